"""A unit of the municipality as its facts: its name, what it is under, and whether it is in use."""

import secrets

from sqlalchemy import select

from lainaamo.administration import actions, queries
from lainaamo.administration.models import Change
from lainaamo.administration.records import Record
from lainaamo.administration.rules import Facts
from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.people import registry
from lainaamo.people.models import Unit
from lainaamo.people.tree import check_move


def lock(unit_id: int) -> None:
    """Make others wait who change the tree: a loop can be closed by two moves at once."""
    session.scalars(select(Unit.id).order_by(Unit.id).with_for_update()).all()
    session.get_one(Unit, unit_id)


def read(unit_id: int) -> Facts:
    """Return a unit's facts."""
    row = session.get_one(Unit, unit_id)
    return {"name": row.name, "parent_id": row.parent_id, "closed": row.closed_at is not None}


def check(unit_id: int, now: Facts, after: Facts, _confirmed: int) -> None:
    """Refuse loops, a place under a closed unit, and closing one that somebody acts for."""
    later = {**now, **after}
    if after.get("closed") and queries.is_used_unit(unit_id):
        words = N_(
            "The unit is in use: units under it, people who act for it, or goods booked. "
            "Move or end those first."
        )
        raise Refusal(words, code="unit_in_use")
    if later["parent_id"] is not None and not later["closed"]:
        _check_parent(unit_id, later["parent_id"])


def _check_parent(unit_id: int, parent_id: int) -> None:
    rows = {unit.id: unit for unit in registry.units()}
    check_move({one: row.parent_id for one, row in rows.items()}, unit_id, parent_id)
    if parent_id not in rows or rows[parent_id].closed_at is not None:
        raise Refusal(N_("Choose a unit above it that is in use."), code="no_unit")


def write(unit_id: int, facts: Facts) -> None:
    """Keep facts of a unit; whom the roles for it reach changes at once."""
    row = session.get_one(Unit, unit_id)
    row.name = facts.get("name", row.name)
    if "parent_id" in facts:
        row.parent_id = facts["parent_id"]
    if "closed" in facts:
        row.closed_at = clock.now() if facts["closed"] else None


UNIT = Record("unit", lock, read, check, write)


def add(facts: Facts) -> Change:
    """Make a unit under another, or at the top."""
    row = Unit(key=f"u-{secrets.token_hex(6)}", name=facts["name"], parent_id=facts["parent_id"])
    session.add(row)
    session.flush()
    if row.parent_id is not None:
        _check_parent(row.id, row.parent_id)
    return actions.keep_made("unit", [(row.id, read(row.id))])[0]
