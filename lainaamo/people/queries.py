"""What screens ask about people and sessions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, func, or_, select

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area
from lainaamo.core.secrets import fingerprint
from lainaamo.people.models import Actor, Grant, Password, Person, Pin, SignIn, Unit
from lainaamo.people.rules import Contact
from lainaamo.people.spans import has_rested_out
from lainaamo.people.tree import reach

LONGEST_NUMBER = 8


def find_sign_in(token: str) -> SignIn | None:
    """Return the open session of a cookie: not signed out, not rested out, not over."""
    now = clock.now()
    wanted = select(SignIn).where(SignIn.token_hash == fingerprint(token))
    found = session.scalar(wanted.where(SignIn.ended_at.is_(None), SignIn.ends_at > now))
    if found is None or found.person.left_at is not None:
        return None
    return None if has_rested_out(found.seen_at, found.rest_minutes, now) else found


class Known(NamedTuple):
    """Who came with a cookie, as plain values: session, person, name in the journal, roles."""

    sign_in_id: int
    way: str
    device_id: int | None
    seen_at: datetime
    rest_minutes: int
    ends_at: datetime
    person_id: int
    first_name: str
    number: int | None
    locale: str
    alias: str | None
    roles: tuple[str, ...]


_SIGN_IN, _PERSON = SignIn.__table__.c, Person.__table__.c
_ACTOR, _GRANT = Actor.__table__.c, Grant.__table__.c
# Made once: it is asked of everybody who is signed in. One row for each role.
_KNOWN: Select[Any] = (
    select(
        *(_SIGN_IN.id, _SIGN_IN.way, _SIGN_IN.device_id, _SIGN_IN.seen_at),
        *(_SIGN_IN.rest_minutes, _SIGN_IN.ends_at),
        *(_PERSON.id, _PERSON.first_name, _PERSON.number, _PERSON.locale),
        *(_ACTOR.alias, _GRANT.role),
    )
    .join_from(SignIn.__table__, Person.__table__, _SIGN_IN.person_id == _PERSON.id)
    .outerjoin(Actor.__table__, _ACTOR.person_id == _PERSON.id)
    .outerjoin(Grant.__table__, and_(_GRANT.person_id == _PERSON.id, _GRANT.ended_at.is_(None)))
    .where(_SIGN_IN.token_hash == bindparam("token_hash"), _SIGN_IN.ended_at.is_(None))
    .where(_PERSON.left_at.is_(None))
    .order_by(_GRANT.id)
)


def find_known(token: str) -> Known | None:
    """Return who the open session of a cookie belongs to, with the roles held right now."""
    found, now = _known(fingerprint(token)), clock.now()
    if found is None or found.ends_at <= now:
        return None
    return None if has_rested_out(found.seen_at, found.rest_minutes, now) else found


@once_per_change(Area.PEOPLE)
def _known(token_hash: str) -> Known | None:
    """Return whose session it is, unless it was ended; its time may be over."""
    rows = session.connection().execute(_KNOWN, {"token_hash": token_hash}).all()
    if not rows:
        return None
    roles = tuple(row.role for row in rows if row.role is not None)
    return Known._make((*rows[0][:-1], roles))


@once_per_change(Area.PEOPLE)
def roles_of(person_id: int) -> Sequence[str]:
    """Return the roles a person has now."""
    wanted = select(Grant.role).where(Grant.person_id == person_id, Grant.ended_at.is_(None))
    return tuple(session.scalars(wanted.order_by(Grant.id)))


@once_per_change(Area.PEOPLE)
def alias_of(person_id: int) -> str | None:
    """Return the name the journal knows a person by."""
    return session.scalar(select(Actor.alias).where(Actor.person_id == person_id))


def units_of(person_id: int, *, role: str = "buyer") -> frozenset[int]:
    """Return the units somebody acts for in a role: those granted and all below them.

    A role for the whole service reaches every unit. Asked at each request: who has left a unit
    reaches nothing of it any more.
    """
    rows = session.execute(select(Unit.id, Unit.parent_id).where(Unit.closed_at.is_(None)))
    parents = {unit: parent for unit, parent in rows}  # noqa: C416 - rows are no pairs to mypy
    mine = (Grant.person_id == person_id, Grant.role == role, Grant.ended_at.is_(None))
    granted = session.scalars(select(Grant.unit_id).where(*mine)).all()
    if None in granted:
        return frozenset(parents)
    return reach(parents, [unit for unit in granted if unit is not None])


def units_below(unit_id: int) -> frozenset[int]:
    """Return a unit in use and all below it."""
    rows = session.execute(select(Unit.id, Unit.parent_id).where(Unit.closed_at.is_(None)))
    return reach({unit: parent for unit, parent in rows}, [unit_id])  # noqa: C416 - rows are no pairs to mypy


def called(aliases: Iterable[str]) -> Mapping[str, str]:
    """Return what the people behind names of the journal are called."""
    known = Actor.alias.in_(set(aliases))
    wanted = select(Actor.alias, Person.first_name).join(Person, Person.id == Actor.person_id)
    rows = session.execute(wanted.where(known)).all()
    return {alias: first_name for alias, first_name in rows}  # noqa: C416 - a row is no pair to mypy


def find_by_name(name: str) -> tuple[Person, str] | None:
    """Return a person and the password's hash by e-mail or worker number."""
    return find_to_sign_in(name, with_pin=False)


def find_to_sign_in(name: str, *, with_pin: bool) -> tuple[Person, str] | None:
    """Return a person and the hash to compare with: the password's, or a worker's PIN's."""
    number = int(name) if name.isascii() and name.isdigit() and len(name) <= LONGEST_NUMBER else -1
    same = or_(func.lower(Person.email) == name.strip().lower(), Person.number == number)
    model = Pin if with_pin else Password
    wanted = select(Person, model.hash).join(model, model.person_id == Person.id)
    row = session.execute(wanted.where(same, Person.left_at.is_(None))).first()
    return (row[0], row[1]) if row else None


def password_of(person_id: int) -> str | None:
    """Return the hash of somebody's password."""
    return session.scalar(select(Password.hash).where(Password.person_id == person_id))


def id_by_contact(contact: Contact) -> int | None:
    """Return the id of the person with this contact."""
    wanted = _BY_PHONE if contact.email is None else _BY_EMAIL
    found: int | None = session.scalar(wanted, {"contact": contact.text})
    return found


_HERE = select(_PERSON.id).where(_PERSON.left_at.is_(None))
_BY_EMAIL = _HERE.where(_PERSON.email == bindparam("contact"))
_BY_PHONE = _HERE.where(_PERSON.phone == bindparam("contact"))


def find_by_contact(*, email: str | None, phone: str | None) -> Person | None:
    """Return the person with this e-mail address or phone number."""
    wanted = select(Person).where(Person.left_at.is_(None))
    if email is not None:
        return session.scalar(wanted.where(Person.email == email))
    return session.scalar(wanted.where(Person.phone == phone))
