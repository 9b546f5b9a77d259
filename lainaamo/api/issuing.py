"""The command's tokens: making, listing and ending them."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, or_, select

from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.secrets import installation_key
from lainaamo.core.web import Lainaamo
from lainaamo.goods import holders
from lainaamo.people import actions, tokens
from lainaamo.people.models import ROLES, Person, Token, Unit


class Wanted(NamedTuple):
    """A token that is asked for: role, whose, for which unit, what for, and until when."""

    role: str
    who: str
    unit: str
    words: str
    last_day: date | None


def issue(app: Lainaamo, wanted: Wanted) -> str:
    """Make a token and return it; without anybody named it is of a new person."""
    if wanted.role not in ROLES:
        words = N_("There is no such role. The roles are: %(roles)s.")
        raise Refusal(words, code="no_such_role", roles=", ".join(ROLES))
    settings = app.config["SETTINGS"]
    unit_id = _unit(wanted.unit).id if wanted.unit else None
    person = _person(wanted, host=settings.public_host)
    if tokens.lacks_role(person, wanted.role):
        _check_unit(wanted, unit_id)
        actions.grant(person, wanted.role, unit_id=unit_id)
        session.flush()
    key = installation_key(settings)
    made = tokens.make(
        person,
        wanted.role,
        key=key,
        words=wanted.words,
        unit_id=unit_id,
        last_day=wanted.last_day,
    )
    return tokens.find_text(made, key=key) or ""


def _check_unit(wanted: Wanted, unit_id: int | None) -> None:
    """Refuse to make somebody who is known here a buyer for the whole service."""
    if wanted.role == "buyer" and wanted.who and unit_id is None:
        raise Refusal(N_("Choose the unit that this person buys for."), code="no_unit")


def _person(wanted: Wanted, *, host: str) -> Person:
    if wanted.who:
        return holders.get_person(wanted.who, host=host)
    return actions.add_person(wanted.words)


def _unit(named: str) -> Unit:
    """Return a unit in use by its id, key or name."""
    same = [Unit.key == named, func.lower(Unit.name) == named.lower()]
    if named.isascii() and named.isdigit():
        same.append(Unit.id == int(named[:15]))
    wanted = select(Unit).where(Unit.closed_at.is_(None), or_(*same)).order_by(Unit.id)
    found = session.scalars(wanted).all()
    if len(found) != 1:
        raise Refusal(N_("Choose a unit that is in use."), code="no_unit")
    return found[0]


def listed() -> Iterator[str]:
    """Yield a line of each token, those that open first."""
    for one in tokens.every():
        until = "ended" if one.ended_at else f"until {one.last_day}" if one.last_day else "open"
        used = f"used {one.used_at:%Y-%m-%d}" if one.used_at else "not used"
        whose = f"person {one.person_id}" + (f", unit {one.unit_id}" if one.unit_id else "")
        yield f"{one.id}\t{one.role}\t{whose}\t{one.words}\t{until}\t{used}"


def revoke(token_id: int) -> None:
    """End a token."""
    found = session.get(Token, token_id)
    if found is None or found.ended_at is not None:
        raise Refusal(N_("There is no such token in use."), code="no_token")
    tokens.end(found)
