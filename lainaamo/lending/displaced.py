"""Promises that have lost their thing: another is found, else their people are told, each once.

A thing that is gone or broken is no more what somebody reserved. Where no other is free, its person
goes to the very front of the line and gets the first that will do. A thing that is only late, or
being washed, may be there in time: that promise stays as it is, goes before all new ones, and its
person is told in the night before.
"""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import contains_eager, joinedload

from lainaamo.core import clock, journal, outbox, quiet
from lainaamo.core.db import session
from lainaamo.goods import actions as goods
from lainaamo.goods.models import Item, Repair, Use
from lainaamo.lending import queries
from lainaamo.lending.ahead import InLine, Turn
from lainaamo.lending.models import Displacement, Line, Reservation, Wait

LATE = "promise.lost"
GONE = "promise.displaced"
TOLD_AFTER = timedelta(minutes=5)
"""How long what was done at the desk can be undone before anybody is told."""

NOTICE = timedelta(days=1)
"""How long before its first day a promise without a thing is given up, or told to be in danger."""

BROKEN = ("repair", "part")


def settle(kind_id: int, *, at_night: bool = False) -> None:
    """Find other things for promises that lost theirs, and do for the rest what can be done.

    The kind must be locked. Twice is no harm.
    """
    homeless = goods.rehouse(kind_id)
    for line in _lines(homeless) if homeless else ():
        made = line.reservation
        is_soon = made.first_day <= clock.today() + NOTICE
        if _is_gone(line) or (is_soon and (_is_broken(line) or _is_given(line))):
            _to_the_front(line)
        elif is_soon and at_night:
            outbox.promise(LATE, str(line.id), reservation=made.id)


def _lines(use_ids: set[int]) -> list[Line]:
    """Return the open lines of these uses that somebody counts on."""
    wanted = select(Line).join(Line.reservation).where(Line.use_id.in_(use_ids))
    wanted = wanted.where(Line.ended_at.is_(None), Reservation.browser_hash.is_(None))
    wanted = wanted.where(Reservation.last_day >= clock.today())
    whole = (
        contains_eager(Line.reservation),
        joinedload(Line.kind),
        joinedload(Line.use).joinedload(Use.item),
    )
    ordered = wanted.order_by(Reservation.first_day, Line.id)
    return list(session.scalars(ordered.options(*whole).execution_options(populate_existing=True)))


def _is_gone(line: Line) -> bool:
    return line.use.item.left_at is not None


def _is_broken(line: Line) -> bool:
    item = line.use.item
    mended = (Repair.item_id == item.id, Repair.closed_at.is_(None), Repair.need.in_(BROKEN))
    return item.condition == "broken" or bool(session.scalar(select(Repair.id).where(*mended)))


def _is_given(line: Line) -> bool:
    """Tell whether the desk has lent the thing to another, with a reason, for these days."""
    until = (Use.due_on >= clock.today(), Use.last_day >= line.use.first_day)
    given = (Use.item_id == line.use.item_id, Use.purpose == "on_loan", Use.ended_at.is_(None))
    return bool(session.scalar(select(Use.id).where(*given, *until).limit(1)))


def _to_the_front(line: Line) -> None:
    """Let the first that will do be for who lost this; units, and who cannot wait, are called."""
    made = line.reservation
    if made.person_id is None or not _has_line(line):
        outbox.promise(LATE, str(line.id), reservation=made.id)
        return
    goods.release(line.use_id)
    line.ended_at, line.ended_as = clock.now(), "thing_removed"
    wait = Wait(
        person_id=made.person_id,
        kind_id=line.kind_id,
        site_id=made.site_id,
        size=line.size,
        for_name=made.for_name,
        first_day=max(made.first_day, clock.today()),
        days=max((made.last_day - made.first_day).days, 1),
        position=_front(line.kind_id),
        joined_at=clock.now(),
    )
    session.add(wait)
    session.flush()
    session.add(Displacement(line_id=line.id, wait_id=wait.id))
    facts = {"line": line.id, "wait": wait.id}
    journal.write("reservation.displaced", "reservation", made.id, **facts)
    told_at = quiet.first_loud(clock.now() + TOLD_AFTER)
    outbox.promise(GONE, str(line.id), due_at=told_at, line=line.id, wait=wait.id)


def _has_line(line: Line) -> bool:
    terms = queries.terms_of(line.kind.category_id, kind_id=line.kind_id)
    return terms.most_waiting > 0


def _front(kind_id: int) -> int:
    first = select(func.min(Wait.position)).where(Wait.kind_id == kind_id, Wait.ended_at.is_(None))
    found = session.scalar(first)
    return 1 if found is None else found - 1


def put_back(one: InLine, turn: Turn, use_id: int) -> bool:
    """Let a promise stand as it stood, of whom nobody was told yet that the thing was gone.

    So it is when what was done at the desk is undone. False where that is not so.
    """
    wanted = select(Line).join(Displacement, Displacement.line_id == Line.id)
    line = session.scalar(
        wanted.where(Displacement.wait_id == one.id).options(joinedload(Line.reservation))
    )
    if line is None or not _are_its_days(line.reservation, turn):
        return False
    if not outbox.withdraw(GONE, str(line.id)):
        return False
    line.ended_at = line.ended_as = None
    line.use_id = use_id
    session.flush()
    session.execute(delete(Displacement).where(Displacement.wait_id == one.id))
    session.execute(delete(Wait).where(Wait.id == one.id))
    journal.write("reservation.kept", "reservation", line.reservation_id, line=line.id)
    return True


def _are_its_days(made: Reservation, turn: Turn) -> bool:
    first = max(made.first_day, clock.today())
    return (first, made.last_day) == (turn.first_day, turn.last_day)


def forget_of(person_id: int) -> None:
    """Forget which promises somebody's places in line came in the stead of."""
    mine = select(Wait.id).where(Wait.person_id == person_id)
    session.execute(delete(Displacement).where(Displacement.wait_id.in_(mine)))


def without_a_thing(most: int) -> Iterator[tuple[Line, Item]]:
    """Yield what begins now or tomorrow and has no thing, with the thing that it stood on."""
    soon = clock.today() + NOTICE
    homeless = goods.homeless()
    for line in _lines(homeless) if homeless else ():
        if most and line.reservation.first_day <= soon:
            most -= 1
            yield line, line.use.item
