"""What somebody did, from the journal: one's own lines, and of all others only sums by verb."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from lainaamo.core.db import session
from lainaamo.core.journal import Entry
from lainaamo.goods.models import Item, Kind
from lainaamo.people.floor import ROLES
from lainaamo.people.models import Actor, Grant

MOST_LINES = 3000
VERBS = (
    "item.received",
    "item.shelved",
    "item.completed",
    "loan.handed_out",
    "loan.returned",
    "repair.opened",
    "repair.closed",
    "claim.taken",
)
UNDONE = "item.reception_undone"


class Line(NamedTuple):
    """A line of one's own day."""

    verb: str
    thing: str
    thing_id: int


def own_lines(alias: str, since: datetime) -> Sequence[Line]:
    """Return what somebody did since a moment, the newest first."""
    wanted = select(Entry.verb, Entry.thing, Entry.thing_id)
    wanted = wanted.where(Entry.actor == alias, Entry.happened_at >= since)
    wanted = wanted.where(Entry.verb.in_((*VERBS, UNDONE))).order_by(Entry.id.desc())
    return [Line(*row) for row in session.execute(wanted.limit(MOST_LINES))]


def own_weeks(alias: str, begins: Sequence[datetime]) -> Mapping[int, int]:
    """Return how much somebody did in each of these weeks, given by when each began, newest first.

    The weeks are numbered from 0 in that order; one with nothing in it is left out.
    """
    week = case(*((Entry.happened_at >= begun, at) for at, begun in enumerate(begins)))
    wanted = select(week, func.count()).where(Entry.actor == alias, Entry.verb.in_(VERBS))
    rows = session.execute(wanted.where(Entry.happened_at >= begins[-1]).group_by(week))
    return {at: count for at, count in rows}  # noqa: C416 - a row is no pair to mypy


class House(NamedTuple):
    """What the whole house did, and how many people did it."""

    people: int
    sums: Mapping[str, int]


def house_since(since: datetime) -> House:
    """Return what everybody together did since a moment, by verb."""
    staff = select(Actor.alias).join(Grant, Grant.person_id == Actor.person_id)
    staff = staff.where(Grant.role.in_(ROLES))
    done = (Entry.actor.in_(staff), Entry.happened_at >= since, Entry.verb.in_(VERBS))
    rows = session.execute(select(Entry.verb, func.count()).where(*done).group_by(Entry.verb))
    sums = {verb: count for verb, count in rows}  # noqa: C416 - a row is no pair to mypy
    people = session.scalar(select(func.count(Entry.actor.distinct())).where(*done)) or 0
    return House(people, sums)


def things(item_ids: Sequence[int]) -> Sequence[Item]:
    """Return things with their kinds and groups."""
    whole = joinedload(Item.kind).joinedload(Kind.category)
    return session.scalars(select(Item).where(Item.id.in_(item_ids)).options(whole)).all()
