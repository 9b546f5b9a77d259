"""Who is ahead in line, on which days each would have a turn, and what is left for all others.

Nobody is made to wait longer by somebody who came later: days that the first in line would get are
not free to who reserves them, and those behind get what is left of them. The days are reckoned from
what is known today (what is out comes back when it is due, what is late or in repair comes back
nobody knows when), so they may come sooner, and later only when something goes amiss.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Date, Select, bindparam, exists, select

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area
from lainaamo.goods import queries as goods
from lainaamo.goods.availability import Asking, Fixed, Stock, Wish, free, line_up
from lainaamo.goods.models import Kind
from lainaamo.goods.opening import Opening
from lainaamo.lending import queries, rules
from lainaamo.lending.models import BorrowerBlock, Wait
from lainaamo.lending.rules import Terms


class InLine(NamedTuple):
    """Somebody's place in the line for a kind, of those who may borrow now."""

    id: int
    kind_id: int
    category_id: int
    person_id: int
    site_id: int
    size: str | None
    for_name: str
    first_day: date
    days: int


class Turn(NamedTuple):
    """What somebody would get: from its first to its last day, kept until a day; and is it now.

    It is now where the loan would begin on the wished day, or as soon as the site is open.
    """

    first_day: date
    last_day: date
    taken_until: date
    pick_up_by: date
    is_now: bool


def _in_line() -> Select[Any]:
    wait = Wait.__table__.c
    kinds: BindParameter[Any] = bindparam("kinds", expanding=True)
    today = bindparam("today", type_=Date)
    block = BorrowerBlock.__table__.c
    is_blocked = exists().where(block.person_id == wait.person_id, block.last_day >= today)
    wanted = select(wait.id, wait.kind_id, Kind.__table__.c.category_id, wait.person_id)
    wanted = wanted.add_columns(wait.site_id, wait.size, wait.for_name, wait.first_day, wait.days)
    wanted = wanted.join_from(Wait.__table__, Kind.__table__, wait.kind_id == Kind.__table__.c.id)
    wanted = wanted.where(wait.kind_id.in_(kinds), wait.ended_at.is_(None), ~is_blocked)
    return wanted.order_by(wait.kind_id, wait.position, wait.id)


# Made once: it is asked wherever it is asked what is free.
_IN_LINE = _in_line()


def lines(kind_ids: Iterable[int]) -> Mapping[int, Sequence[InLine]]:
    """Return who waits for each of these kinds that has a line, the next first.

    Not who borrows nothing for now: they keep their places, and hold nobody up.
    """
    waited = _waited().intersection(kind_ids)
    if not waited:
        return {}
    asked = {"kinds": sorted(waited), "today": clock.today()}
    found: dict[int, list[InLine]] = defaultdict(list)
    for row in session.connection().execute(_IN_LINE, asked):
        found[row.kind_id].append(InLine._make(row))
    return found


@once_per_change(Area.GOODS)
def _waited() -> frozenset[int]:
    """Return the kinds that somebody waits for: most of them nobody does."""
    return frozenset(session.scalars(select(Wait.kind_id).where(Wait.ended_at.is_(None))))


def stock(kind_id: int) -> Stock:
    """Return all there is of a kind, with the days that those in line will get."""
    return stocks([kind_id])[kind_id]


def stocks(kind_ids: Iterable[int]) -> Mapping[int, Stock]:
    """Return the stock of several kinds, each with the days that those in line will get."""
    ids = list(kind_ids)
    facts, waiting = goods.stocks(ids), lines(ids)
    return {one: with_line(facts[one], waiting.get(one, ())) for one in ids}


def with_line(facts: Stock, line: Sequence[InLine]) -> Stock:
    """Return a kind's stock with the days that those in line will get."""
    given = zip(line, turns(facts, line), strict=True)
    return replace(facts, line=[shadow(one, turn) for one, turn in given if turn is not None])


def shadow(one: InLine, turn: Turn) -> Wish:
    """Return the days that somebody in line will get as a wish that holds no thing."""
    return Wish(0, turn.first_day, turn.taken_until, one.size, one.site_id)


def turns(facts: Stock, line: Sequence[InLine]) -> list[Turn | None]:
    """Return when each in line would have a turn; None where nobody can tell.

    All wait for one kind. Those before have their turns first.
    """
    if not line:
        return []
    openings = goods.openings({one.site_id for one in line})
    groups, today = queries.groups_of(one.person_id for one in line), clock.today()

    @cache
    def possible(site_id: int, first_day: date, days: int, group: str) -> tuple[Turn, ...]:
        of_kind = {"kind_id": line[0].kind_id, "group": group}
        terms = queries.terms_of(line[0].category_id, **of_kind)  # type: ignore[arg-type]  # the two keywords it names
        return tuple(_possible(first_day, days, openings[site_id], terms, today))

    every = [
        possible(one.site_id, max(one.first_day, today), one.days, groups.get(one.person_id, ""))
        for one in line
    ]
    asking = [
        Asking(tuple((turn.first_day, turn.taken_until) for turn in some), one.size, one.site_id)
        for one, some in zip(line, every, strict=True)
    ]
    found = line_up(facts, asking, today)
    return [
        some[number] if number is not None else None
        for some, number in zip(every, found, strict=True)
    ]


def _possible(
    first_day: date, days: int, opening: Opening, terms: Terms, today: date
) -> Iterable[Turn]:
    """Yield the turns that a wish could have, the soonest first."""
    latest = max(first_day, today) + timedelta(terms.ahead_days)
    for number, first in enumerate(opening.open_days(first_day, latest)):
        last = opening.due_on(first, min(days, terms.longest_from(first)))
        until = rules.taken_until(last, opening=opening, terms=terms)
        by = rules.pick_up_by(first, last, opening=opening, terms=terms)
        yield Turn(first, last, until, by, number == 0)


def turn_days(kind_id: int) -> Mapping[int, date]:
    """Return on which day each place in a kind's line would have its turn, where it can be told."""
    line = lines([kind_id]).get(kind_id, ())
    found = zip(line, turns(goods.stock(kind_id), line) if line else (), strict=True)
    return {one.id: turn.first_day for one, turn in found if turn is not None}


def delayed_by(taken: Fixed, kind_id: int, person_id: int | None) -> date | None:
    """Return when the first in line would have got what somebody else takes now; None: nobody.

    Who takes it is not in the own way.
    """
    facts = goods.stock(kind_id)
    line = [one for one in lines([kind_id]).get(kind_id, ()) if one.person_id != person_id]
    after = turns(replace(facts, fixed=[*facts.fixed, taken]), line)
    for had, has in zip(turns(facts, line), after, strict=True):
        if had is not None and (has is None or has.first_day > had.first_day):
            return had.first_day
    return None


def kinds_instead(
    kind: Kind, first_day: date, last_taken_day: date, *, site_id: int, most: int = 3
) -> list[int]:
    """Return the ids of alike kinds that are free on these days at the site."""
    alike = [other.id for other in goods.kinds_like(kind)]
    there = stocks(alike)
    fitting = (i for i in alike if free(there[i], first_day, last_taken_day, site_id=site_id))
    return [kind_id for kind_id, _ in zip(fitting, range(most), strict=False)]
