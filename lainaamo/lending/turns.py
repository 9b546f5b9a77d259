"""Giving what has turned free to whose turn it is, in the transaction in which it turned free.

It becomes an ordinary reservation with its days, so nobody else ever sees the thing free. Whoever
is first in line and can use it gets it: of the same wish always the first; for another size or
other days somebody behind may fit, if it takes nothing of the days that those before will get
(`ahead`). No limit is counted here: a place in line is one of what its
person may have at once from the moment of joining.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, Select, bindparam, delete, select

from lainaamo.core import clock, journal, outbox, quiet
from lainaamo.core.db import LAST, session
from lainaamo.core.orm import Moment
from lainaamo.goods import actions as goods
from lainaamo.goods import freed, in_hand
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.actions import Promised, Wanted
from lainaamo.goods.availability import Wish, pack
from lainaamo.goods.models import Use
from lainaamo.lending import ahead, displaced, making, queries
from lainaamo.lending.ahead import InLine, Turn
from lainaamo.lending.models import Line, MovedDay, Reservation, Wait

MESSAGE = "turn.came"
TOLD_AFTER = timedelta(minutes=5)
"""How long a return can be undone, or the thing be found broken, before anybody is told."""

logger = logging.getLogger(__name__)

LATELY = timedelta(days=1)


def give_freed() -> None:
    """Give what has turned free in this transaction.

    Whatever fails here fails alone: a return works always, and the worker gives it a little later.
    """
    waited_for = _waited_for(freed.take())
    if not waited_for:
        return
    try:
        with session.begin_nested():
            give(waited_for)
    except Exception:
        logger.exception("giving what turned free to the next in line failed")


LAST.append(give_freed)


def _waited_for(kind_ids: Collection[int]) -> Sequence[int]:
    """Return the kinds that have a line, or a promise that has lost its thing.

    Or somebody who was given one and is not told yet.
    """
    if not kind_ids:
        return ()
    asked = {"kinds": list(kind_ids), "lately": clock.now() - LATELY, "today": clock.today()}
    return session.scalars(_waited(), asked).all()


@lru_cache(maxsize=1)
def _waited() -> CompoundSelect[int]:
    """Return what is asked after every return: made once, since to make it costs more."""
    kinds: BindParameter[Any] = bindparam("kinds", expanding=True)
    waits = select(Wait.kind_id).where(Wait.kind_id.in_(kinds), Wait.ended_at.is_(None))
    untold = _untold_since(kinds, bindparam("lately", type_=Moment))
    return waits.distinct().union(untold.with_only_columns(Wait.kind_id), in_hand.LOST_OF)


def give(kind_ids: Iterable[int]) -> None:
    """Give what is free of these kinds to those who wait for it; twice is no harm."""
    asked = _waited_for(frozenset(kind_ids))
    if not asked:
        return
    goods.lock_kinds(asked)
    for kind_id in sorted(asked):
        _take_back_lost(kind_id)
        displaced.settle(kind_id)
        served = list(_served(kind_id))
        # One site after another: each has a lock for its pickup codes.
        for wait, turn, use in sorted(served, key=lambda one: one[0].site_id):
            _write_down(wait, turn, use)


def _served(kind_id: int) -> Iterator[tuple[InLine, Turn, Promised]]:
    """Promise a thing to each whose turn it is; who stands before keeps the days it will get."""
    line = ahead.lines([kind_id]).get(kind_id, ())
    gone = queries.blocked_people(one.person_id for one in line)
    line = [one for one in line if one.person_id not in gone]
    facts = goods_queries.stock(kind_id)
    before: list[Wish] = []
    for one, turn in zip(line, ahead.turns(facts, line), strict=True):
        if turn is None:
            continue
        use = _promised(one, turn, before) if turn.is_now else None
        if use is None:
            before.append(ahead.shadow(one, turn))
        else:
            yield one, turn, use


def _promised(one: InLine, turn: Turn, before: Sequence[Wish]) -> Promised | None:
    kind_id = one.kind_id
    wanted = Wanted(kind_id, one.size, one.site_id, turn.first_day, turn.taken_until)
    there = replace(goods_queries.stock(kind_id), line=before)
    return next(iter(goods.promise([wanted], {kind_id: there}) or ()), None)


def _write_down(one: InLine, turn: Turn, use: Promised) -> None:
    if displaced.put_back(one, turn, use.id):
        return
    wait = session.get_one(Wait, one.id)
    made = making.write_down(
        for_name=one.for_name,
        person_id=one.person_id,
        unit_id=None,
        site_id=one.site_id,
        first_day=turn.first_day,
        last_day=turn.last_day,
        pick_up_by=turn.pick_up_by,
    )
    line = Line(reservation_id=made.id, kind_id=one.kind_id, size=one.size, use_id=use.id)
    session.add(line)
    wait.ended_at, wait.ended_as, wait.reservation_id = clock.now(), "served", made.id
    session.flush()
    facts = {"reservation": made.id, "first_day": turn.first_day, "until": turn.pick_up_by}
    journal.write("queue.served", "wait", wait.id, **facts)
    told_at = quiet.first_loud(clock.now() + TOLD_AFTER)
    outbox.promise(MESSAGE, str(made.id), due_at=told_at, reservation=made.id)


# Taking back what nobody was told of yet


def _untold(kind_ids: Collection[int]) -> Select[Wait]:
    """Select whose turn came just now: still to be fetched, and the message may not be sent yet."""
    return _untold_since(kind_ids, clock.now() - LATELY)


def _untold_since(kind_ids: Any, lately: Any) -> Select[Wait]:
    wanted = select(Wait).join(Line, Line.reservation_id == Wait.reservation_id)
    return wanted.where(
        Wait.kind_id.in_(kind_ids),
        Wait.ended_as == "served",
        Wait.ended_at >= lately,
        Line.ended_at.is_(None),
        Line.pulled_at.is_(None),
    )


def take_back_untold(kind_id: int) -> None:
    """Put all back in line who were given one and not told yet: what gave it to them is undone.

    They get again what is left when the transaction ends. The kind must be locked.
    """
    for wait in session.scalars(_untold([kind_id]).order_by(Wait.id)).all():
        _take_back(wait)
    freed.note(kind_id)


def _take_back_lost(kind_id: int) -> None:
    """Put back in line who lost the thing again (it came back broken) before being told.

    With them all others who are not told yet: who stood before them may get theirs.
    """
    untold = session.scalars(_untold([kind_id]).order_by(Wait.id)).all()
    if not untold:
        return
    stock = goods_queries.stock(kind_id)
    standing = pack(stock) or {}
    made = [wait.reservation_id for wait in untold]
    uses = set(session.scalars(select(Line.use_id).where(Line.reservation_id.in_(made))))
    if not uses <= set(standing):
        for wait in untold:
            _take_back(wait)


def _take_back(wait: Wait) -> None:
    made_id = wait.reservation_id
    if not outbox.withdraw(MESSAGE, str(made_id)):
        return
    wait.ended_at = wait.ended_as = wait.reservation_id = None
    session.flush()
    line = select(Line).where(Line.reservation_id == made_id)
    uses = [session.get_one(Use, one.use_id) for one in session.scalars(line)]
    session.execute(delete(MovedDay).where(MovedDay.reservation_id == made_id))
    session.execute(delete(Line).where(Line.reservation_id == made_id))
    session.execute(delete(Reservation).where(Reservation.id == made_id))
    for use in uses:
        goods.forget_use(use)
    journal.write("queue.taken_back", "wait", wait.id)
