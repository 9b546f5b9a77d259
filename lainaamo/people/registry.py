"""What the users' administration asks: who works here, one of them, the units, what happened."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, tuple_

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.journal import Entry
from lainaamo.people.models import (
    Actor,
    Badge,
    Grant,
    Identity,
    Invitation,
    Password,
    Person,
    Pin,
    SignIn,
    Unit,
)
from lainaamo.people.spans import has_rested_out

PAGE, LONGEST_HISTORY = 50, 100
QUIET = ("signed.in", "signed.out", "signed.out_everywhere")


@dataclass(frozen=True, slots=True)
class Role:
    """A role somebody has, and the unit it is for."""

    grant_id: int
    role: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class Session:
    """An open session as its owner and the administrator see it."""

    sign_in_id: int
    words: str
    way: str
    made_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Ways:
    """How somebody can come in."""

    password: bool
    pin: bool
    badge: bool
    identity: bool
    invited_until: datetime | None


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list of people is asked for."""

    text: str = ""
    role: str = ""
    gone: bool = False
    after: int | None = None
    workers_only: bool = False


def people(sought: Sought) -> tuple[Sequence[Person], int | None]:
    """Return a page of those who work here or did, and the id to go on after, if any are left."""
    wanted = select(Person).where(*_conditions(sought))
    name = func.lower(Person.first_name)
    if sought.after is not None:
        last = select(name, Person.id).where(Person.id == sought.after).subquery()
        row = session.execute(select(last)).first()
        if row is not None:
            wanted = wanted.where(tuple_(name, Person.id) > tuple_(*row))
    rows = session.scalars(wanted.order_by(name, Person.id).limit(PAGE + 1)).all()
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def _conditions(sought: Sought) -> Iterable[ColumnElement[bool]]:
    mine = select(Grant.id).where(Grant.person_id == Person.id)
    open_ones = mine.where(Grant.ended_at.is_(None))
    yield or_(Person.number.is_not(None), mine.where(Grant.role != "resident").exists())
    yield Person.left_at.is_not(None) if sought.gone else Person.left_at.is_(None)
    if sought.role:
        yield open_ones.where(Grant.role == sought.role).exists()
    if sought.workers_only:
        yield mine.where(Grant.role == "worker").exists()
        yield ~open_ones.where(Grant.role != "worker").exists()
    if sought.text:
        yield _matches(sought.text)


def _matches(text: str) -> ColumnElement[bool]:
    part = text.strip().lower()
    if part.isascii() and part.isdigit():
        return Person.number == int(part[:8])
    inside = (func.lower(Person.first_name), func.lower(Person.email))
    return or_(*(column.contains(part, autoescape=True) for column in inside))


def roles_of_many(person_ids: Iterable[int]) -> Mapping[int, Sequence[Role]]:
    """Return the roles that each of these people has now."""
    wanted = select(Grant.person_id, Grant.id, Grant.role, Unit.name)
    wanted = wanted.outerjoin(Unit, Unit.id == Grant.unit_id).where(Grant.ended_at.is_(None))
    wanted = wanted.where(Grant.person_id.in_(list(person_ids))).order_by(Grant.id)
    found: dict[int, list[Role]] = defaultdict(list)
    for person_id, grant_id, role, unit in session.execute(wanted):
        found[person_id].append(Role(grant_id, role, unit))
    return found


def grants(person_id: int) -> Sequence[Grant]:
    """Return the roles somebody has now."""
    wanted = select(Grant).where(Grant.person_id == person_id, Grant.ended_at.is_(None))
    return session.scalars(wanted.order_by(Grant.id)).all()


def get_grant(person_id: int, grant_id: int) -> Grant:
    """Return a role of this very person."""
    wanted = select(Grant).where(Grant.id == grant_id, Grant.person_id == person_id)
    return session.scalars(wanted).one()


def is_only_worker(roles: Sequence[Role], person: Person) -> bool:
    """Tell whether somebody is a worker (or was) and nothing else."""
    return person.number is not None and {one.role for one in roles} <= {"worker"}


def sessions(person_id: int) -> Sequence[Session]:
    """Return somebody's open sessions, the one used last first."""
    now = clock.now()
    wanted = select(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    wanted = wanted.where(SignIn.ends_at > now).order_by(SignIn.seen_at.desc(), SignIn.id.desc())
    rows = session.scalars(wanted).all()
    return [
        Session(row.id, row.words, row.way, row.made_at, row.seen_at)
        for row in rows
        if not has_rested_out(row.seen_at, row.rest_minutes, now)
    ]


def get_session(person_id: int, sign_in_id: int) -> SignIn:
    """Return a session of this very person."""
    wanted = select(SignIn).where(SignIn.id == sign_in_id, SignIn.person_id == person_id)
    return session.scalars(wanted).one()


def ways(person_id: int) -> Ways:
    """Return how somebody can come in, in one question."""
    has = [
        select(model.id).where(model.person_id == person_id).exists()
        for model in (Password, Pin, Identity)
    ]
    badge = select(Badge.id).where(Badge.person_id == person_id, Badge.ended_at.is_(None))
    invited = select(func.max(Invitation.ends_at)).where(
        Invitation.person_id == person_id,
        Invitation.used_at.is_(None),
        Invitation.ends_at > clock.now(),
    )
    row = session.execute(
        select(has[0], has[1], badge.exists(), has[2], invited.scalar_subquery())
    ).one()
    return Ways(bool(row[0]), bool(row[1]), bool(row[2]), bool(row[3]), row[4])


def history(thing: str, thing_id: int) -> Sequence[Entry]:
    """Return what happened to a person's account or to a unit, the newest first."""
    wanted = select(Entry).where(Entry.thing == thing, Entry.thing_id == thing_id)
    wanted = wanted.where(Entry.verb.not_in(QUIET)).order_by(Entry.id.desc())
    return session.scalars(wanted.limit(LONGEST_HISTORY)).all()


def names_of(aliases: Iterable[str]) -> Mapping[str, str]:
    """Return what those are called whom the journal knows by these names."""
    wanted = select(Actor.alias, Person.first_name).join(Person, Person.id == Actor.person_id)
    rows = session.execute(wanted.where(Actor.alias.in_(set(aliases))))
    return {row.alias: row.first_name for row in rows}


def units() -> Sequence[Unit]:
    """Return every unit, the closed ones too."""
    return session.scalars(select(Unit).order_by(Unit.id)).all()


def unit_names(unit_ids: Iterable[int]) -> Mapping[int, str]:
    """Return the names of these units."""
    wanted = select(Unit.id, Unit.name).where(Unit.id.in_(list(unit_ids)))
    return {row.id: row.name for row in session.execute(wanted)}


def people_of_unit(unit_id: int) -> Sequence[tuple[Person, str]]:
    """Return who acts for this very unit, and in which role."""
    wanted = select(Person, Grant.role).join(Grant, Grant.person_id == Person.id)
    wanted = wanted.where(Grant.unit_id == unit_id, Grant.ended_at.is_(None))
    rows = session.execute(wanted.order_by(Person.first_name, Person.id))
    return [(person, role) for person, role in rows]


def counts_by_unit() -> Mapping[int, int]:
    """Return how many people have a role for each unit itself."""
    wanted = select(Grant.unit_id, func.count(Grant.person_id.distinct()))
    wanted = wanted.where(Grant.ended_at.is_(None), Grant.unit_id.is_not(None))
    rows = session.execute(wanted.group_by(Grant.unit_id))
    return {unit_id: count for unit_id, count in rows if unit_id is not None}
