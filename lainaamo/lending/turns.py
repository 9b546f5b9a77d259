"""Giving what has turned free to whose turn it is, in the transaction in which it turned free.

It becomes an ordinary reservation with its days, so nobody else ever sees the thing free. Whoever
is first in line and can use it gets it: of the same wish always the first; for another size or
other days somebody behind may fit. No limit is counted here: a place in line is one of what its
person may have at once from the moment of joining.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, CompoundSelect, Select, bindparam, delete, select

from lainaamo.core import clock, journal, outbox, quiet
from lainaamo.core.db import LAST, session
from lainaamo.core.orm import Moment
from lainaamo.goods import actions as goods
from lainaamo.goods import freed
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.actions import Promised, Wanted
from lainaamo.goods.availability import Wish, pack
from lainaamo.goods.models import Kind, Use
from lainaamo.lending import making, queries, rules
from lainaamo.lending.models import Line, Reservation, Wait

MESSAGE = "turn.came"
TOLD_AFTER = timedelta(minutes=5)
"""How long a return can be undone, or the thing be found broken, before anybody is told."""

logger = logging.getLogger(__name__)

LATELY = timedelta(days=1)


class Turn(NamedTuple):
    """What somebody would get now: from its first to its last day, kept until a day."""

    first_day: date
    last_day: date
    taken_until: date
    pick_up_by: date


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
    """Return the kinds that have a line, or somebody who was given one and is not told yet."""
    if not kind_ids:
        return ()
    asked = {"kinds": list(kind_ids), "lately": clock.now() - LATELY}
    return session.scalars(_waited(), asked).all()


@lru_cache(maxsize=1)
def _waited() -> CompoundSelect[int]:
    """Return what is asked after every return: made once, since to make it costs more."""
    kinds: BindParameter[Any] = bindparam("kinds", expanding=True)
    waits = select(Wait.kind_id).where(Wait.kind_id.in_(kinds), Wait.ended_at.is_(None))
    untold = _untold_since(kinds, bindparam("lately", type_=Moment))
    return waits.distinct().union(untold.with_only_columns(Wait.kind_id))


def give(kind_ids: Iterable[int]) -> None:
    """Give what is free of these kinds to those who wait for it; twice is no harm."""
    asked = _waited_for(frozenset(kind_ids))
    if not asked:
        return
    goods.lock_kinds(asked)
    for kind_id in sorted(asked):
        _take_back_lost(kind_id)
        served = list(_served(kind_id))
        # One site after another: each has a lock for its pickup codes.
        for wait, turn, use in sorted(served, key=lambda one: one[0].site_id):
            _write_down(wait, turn, use)


def _served(kind_id: int) -> Iterator[tuple[Wait, Turn, Promised]]:
    line = queries.line_of([kind_id], fresh=True)
    blocked = queries.blocked_people(wait.person_id for wait in line)
    stock, in_vain = goods_queries.stock(kind_id), set[tuple[object, ...]]()
    for wait in line:
        turn = turn_of(wait)
        if wait.person_id in blocked or turn is None:
            continue
        wish = (turn.first_day, turn.taken_until, wait.size, wait.site_id)
        # What one could not get, nobody behind with the same wish can: giving frees nothing.
        if wish in in_vain or pack(stock, [Wish(-1, *wish)]) is None:
            in_vain.add(wish)
            continue
        wanted = Wanted(kind_id, wait.size, wait.site_id, turn.first_day, turn.taken_until)
        for use in goods.promise([wanted]) or ():
            yield wait, turn, use
        stock = goods_queries.stock(kind_id)


def turn_of(wait: Wait) -> Turn | None:
    """Return the days somebody would get if it were the turn now; None at a site always closed."""
    opening = goods_queries.opening(wait.site_id)
    terms = queries.terms_of(_category_of(wait.kind_id))
    days = rules.days_of_turn(
        wait.first_day, wait.days, today=clock.today(), opening=opening, terms=terms
    )
    if days is None:
        return None
    taken_until = rules.taken_until(days[1], opening=opening, terms=terms)
    return Turn(*days, taken_until, rules.pick_up_by(*days, opening=opening, terms=terms))


def _category_of(kind_id: int) -> int:
    return session.get_one(Kind, kind_id).category_id


def _write_down(wait: Wait, turn: Turn, use: Promised) -> None:
    made = making.write_down(
        for_name=wait.for_name,
        person_id=wait.person_id,
        unit_id=None,
        site_id=wait.site_id,
        first_day=turn.first_day,
        last_day=turn.last_day,
        pick_up_by=turn.pick_up_by,
    )
    line = Line(reservation_id=made.id, kind_id=wait.kind_id, size=wait.size, use_id=use.id)
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
    """Put back in line who lost the thing again (it came back broken) before being told."""
    untold = session.scalars(_untold([kind_id]).order_by(Wait.id)).all()
    if not untold:
        return
    stock = goods_queries.stock(kind_id)
    standing = pack(stock) or {}
    for wait in untold:
        own = select(Line.use_id).where(Line.reservation_id == wait.reservation_id)
        if not set(session.scalars(own)) & set(standing):
            _take_back(wait)


def _take_back(wait: Wait) -> None:
    made_id = wait.reservation_id
    if not outbox.withdraw(MESSAGE, str(made_id)):
        return
    wait.ended_at = wait.ended_as = wait.reservation_id = None
    session.flush()
    line = select(Line).where(Line.reservation_id == made_id)
    uses = [session.get_one(Use, one.use_id) for one in session.scalars(line)]
    session.execute(delete(Line).where(Line.reservation_id == made_id))
    session.execute(delete(Reservation).where(Reservation.id == made_id))
    for use in uses:
        goods.forget_use(use)
    journal.write("queue.taken_back", "wait", wait.id)
