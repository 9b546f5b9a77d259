"""What may be asked for before a thing is lent: its names, and whether it is in use."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from lainaamo.administration import actions
from lainaamo.administration.models import Change
from lainaamo.administration.records import Record
from lainaamo.administration.rules import Facts
from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import pick
from lainaamo.lending.models import LoanTerms, PermitSort

NAMES = ("name", "name_simple", "name_sv", "name_en")


def lock(sort_id: int) -> None:
    """Make others wait who change the same."""
    wanted = select(PermitSort.id).where(PermitSort.id == sort_id)
    session.scalars(wanted.with_for_update()).one()


def read(sort_id: int) -> Facts:
    """Return a permit's facts."""
    row = session.get_one(PermitSort, sort_id)
    return {**{name: getattr(row, name) for name in NAMES}, "closed": row.closed_at is not None}


def check(sort_id: int, _now: Facts, after: Facts, _confirmed: int) -> None:
    """Refuse to close what terms still ask for: nobody could show it."""
    if not after.get("closed"):
        return
    asked = select(LoanTerms.id).where(LoanTerms.permit_sort_id == sort_id)
    if session.scalar(asked.limit(1)) is not None:
        words = N_("Loan terms ask for this permit. Take it out of them first.")
        raise Refusal(words, code="permit_in_use")


def write(sort_id: int, facts: Facts) -> None:
    """Keep facts of a permit; who has it keeps it."""
    row = session.get_one(PermitSort, sort_id)
    for name in NAMES:
        setattr(row, name, facts.get(name, getattr(row, name)))
    if "closed" in facts:
        row.closed_at = clock.now() if facts["closed"] else None


PERMIT = Record("permit_sort", lock, read, check, write)


def add(facts: Facts) -> Change:
    """Make a permit that terms can ask for; names that are not given are the Finnish one."""
    named = {name: facts[name] or facts["name"] for name in NAMES}
    row = PermitSort(**named)
    session.add(row)
    session.flush()
    return actions.keep_made("permit_sort", [(row.id, read(row.id))])[0]


def every() -> Sequence[PermitSort]:
    """Return all permits, those in use first."""
    wanted = select(PermitSort).order_by(PermitSort.closed_at.is_not(None), PermitSort.name)
    return session.scalars(wanted).all()


def called(row: PermitSort) -> str:
    """Return what a permit is called in the language in use."""
    return pick(row.name_simple, row.name, row.name_sv, row.name_en)


def names() -> Mapping[int, str]:
    """Return what permits are called."""
    return {row.id: called(row) for row in every()}


def choices() -> list[tuple[str, str]]:
    """Return the permits in use as one may choose one."""
    return [(str(row.id), called(row)) for row in every() if row.closed_at is None]
