"""What a closing would move: each due day, pickup and first day that falls on its days.

A due day goes to an open day after the closing, so that nobody must come earlier than was promised:
to the first that has room (`most_a_day` returns) and takes the thing from nobody. Where those after
it are full, or the thing is promised, it goes before the closing. Where all are full it goes where
the fewest are. The same is reckoned for the preview and when the closing is applied.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.goods import queries as goods
from lainaamo.goods.availability import Fixed, Stock, Wish, pack
from lainaamo.goods.models import Item, Use
from lainaamo.lending import new_days, queries, rules
from lainaamo.lending.models import Line, Loan, Reservation

AFTER, BEFORE = 10, 5
"""How many open days after and before the closing are looked at."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days that a site is to be closed, and how many due days one day may get."""

    site_id: int
    first_day: date
    last_day: date
    most_a_day: int

    def __contains__(self, day: date | None) -> bool:
        return day is not None and self.first_day <= day <= self.last_day

    def all(self) -> list[date]:
        """Return the days."""
        count = (self.last_day - self.first_day).days + 1
        return [self.first_day + timedelta(n) for n in range(count)]


class Move(NamedTuple):
    """A day that moves, of a loan or of a reservation; None where no day was found."""

    loan: Loan | None
    reservation: Reservation | None
    what: str
    was_day: date
    day: date | None


@dataclass
class Plan:
    """What moves, and how many return on which open day afterwards."""

    moves: list[Move] = field(default_factory=list)
    load: Counter[date] = field(default_factory=Counter)
    before: Counter[date] = field(default_factory=Counter)

    def count(self, what: str) -> int:
        """Count the days of a sort that move."""
        return sum(1 for move in self.moves if move.what == what)

    @property
    def lost(self) -> list[Move]:
        """Return what finds no day: its people are called."""
        return [move for move in self.moves if move.day is None]

    def days_of(self, made: Reservation) -> tuple[date, date, date | None]:
        """Return a reservation's first, last and pickup day as they would be."""
        new = {move.what: move.day for move in self.moves if move.reservation is made}
        return (
            new.get("first") or made.first_day,
            new.get("last") or made.last_day,
            new.get("pick_up") or made.pick_up_by,
        )


def plan(days: Days, *, fresh: bool = False) -> Plan:
    """Return what a closing would move; `fresh`: as it is now, under the locks."""
    return _Planner(days, fresh=fresh).run()


def loans_due(days: Days, *, fresh: bool = False) -> Sequence[Loan]:
    """Return the loans that are due on these days, by day."""
    wanted = select(Loan).where(Loan.site_id == days.site_id, Loan.returned_at.is_(None))
    wanted = wanted.where(Loan.due_on.between(days.first_day, days.last_day))
    whole = wanted.options(joinedload(Loan.item).joinedload(Item.kind))
    ordered = whole.order_by(Loan.due_on, Loan.id)
    return session.scalars(ordered.execution_options(populate_existing=fresh)).all()


def reservations_on(days: Days, *, fresh: bool = False) -> Sequence[Reservation]:
    """Return what is to be fetched or brought back on these days, and nothing of it is fetched."""
    touching = or_(
        *(
            column.between(days.first_day, days.last_day)
            for column in (Reservation.first_day, Reservation.last_day, Reservation.pick_up_by)
        )
    )
    waits = Reservation.lines.any(Line.ended_at.is_(None))
    wanted = queries.whole().where(Reservation.site_id == days.site_id, touching, waits)
    wanted = wanted.where(Reservation.browser_hash.is_(None))
    ordered = wanted.order_by(Reservation.first_day, Reservation.id)
    return session.scalars(ordered.execution_options(populate_existing=fresh)).all()


class _Planner:
    """Goes through what falls on the days, each after those before it have their new days."""

    def __init__(self, days: Days, *, fresh: bool) -> None:
        self.days, self.plan, self.today = days, Plan(), clock.today()
        opening = goods.opening(days.site_id)
        self.opening = replace(
            opening, exceptions={**opening.exceptions, **dict.fromkeys(days.all())}
        )
        self.loans, self.made = loans_due(days, fresh=fresh), reservations_on(days, fresh=fresh)
        self.plan.load.update(_returns(days))
        self.plan.before.update(self.plan.load)
        kinds = {loan.item.kind_id for loan in self.loans}
        kinds |= {line.kind_id for made in self.made for line in made.lines}
        self.stocks: dict[int, Stock] = dict(goods.stocks(kinds)) if kinds else {}
        every = [loan.item.kind for loan in self.loans]
        every += [line.kind for made in self.made for line in made.lines]
        self.terms = queries.terms_of_kinds({kind.id: kind.category_id for kind in every})

    def run(self) -> Plan:
        for loan in self.loans:
            self._move_loan(loan)
        for made in self.made:
            self._move_reservation(made)
        return self.plan

    def _options(self) -> Iterator[date]:
        """Yield the open days on which things may come back: after the closing, then before it."""
        after = self.days.last_day + timedelta(1)
        yield from self._open_days(after, after + timedelta(6 * AFTER))[:AFTER]
        before = self.days.first_day - timedelta(1)
        start = max(self.today + timedelta(1), before - timedelta(4 * BEFORE))
        yield from self._open_days(start, before)[::-1][:BEFORE]

    def _open_days(self, first: date, last: date) -> list[date]:
        return self.opening.open_days(first, last) if first <= last else []

    def _by_room(self, days: Iterable[date]) -> list[date]:
        """Put first the days that have room, then those with the fewest returns."""
        every = list(days)
        full = [day for day in every if self.plan.load[day] >= self.days.most_a_day]
        roomy = [day for day in every if day not in full]
        return roomy + sorted(full, key=lambda day: self.plan.load[day])

    def _move_loan(self, loan: Loan) -> None:
        day = next((one for one in self._by_room(self._options()) if self._keeps(loan, one)), None)
        self.plan.moves.append(Move(loan, None, "due", loan.due_on, day))
        if day is not None:
            self.plan.load[day] += 1
            self.stocks[loan.item.kind_id] = self._with_loan(loan, day)

    def _with_loan(self, loan: Loan, day: date) -> Stock:
        stock = self.stocks[loan.item.kind_id]
        others = [one for one in stock.fixed if not _is_of(one, loan, self.today)]
        terms = self.terms[loan.item.kind_id]
        until = rules.taken_until(day, opening=self.opening, terms=terms)
        return replace(stock, fixed=[*others, Fixed(loan.item_id, self.today, until)])

    def _keeps(self, loan: Loan, day: date) -> bool:
        """Tell whether a loan can be due on a day and all promises stand."""
        promised = set(pack(self.stocks[loan.item.kind_id]) or {})
        return promised <= set(pack(self._with_loan(loan, day)) or {})

    def _move_reservation(self, made: Reservation) -> None:
        first, last = next(
            (pair for pair in self._pairs(made) if self._fits(made, *pair)), (None, None)
        )
        by = self._pick_up(made, last or made.last_day)
        days = {
            "first": (made.first_day, first),
            "last": (made.last_day, last),
            "pick_up": (made.pick_up_by, by),
        }
        for what, (was, day) in days.items():
            if was is not None and (was in self.days or day not in {None, was}):
                self.plan.moves.append(Move(None, made, what, was, day))
        if first is not None and last is not None:
            self.plan.load[last] += last != made.last_day
            self._keep(made, first, last)

    def _pick_up(self, made: Reservation, last: date) -> date | None:
        if made.pick_up_by not in self.days:
            return made.pick_up_by
        following = self.opening.next_open(self.days.last_day + timedelta(1))
        return min(following, last) if following else None

    def _pairs(self, made: Reservation) -> Iterator[tuple[date, date]]:
        """Yield the first and last days that would do, the best first."""
        first = made.first_day
        if first in self.days:
            following = self.opening.next_open(self.days.last_day + timedelta(1))
            if following is None:
                return
            first = following
        if made.last_day in self.days:
            length = (made.last_day - made.first_day).days
            if made.first_day in self.days:
                yield first, self.opening.due_on(first, max(length, 1))
            lasts = self._by_room(day for day in self._options() if day >= first)
            yield from ((first, last) for last in lasts)
        elif first <= made.last_day:
            yield first, made.last_day

    def _wishes(self, made: Reservation, first: date, last: date) -> dict[int, list[Wish]]:
        found: dict[int, list[Wish]] = {}
        for line in made.lines:
            if line.ended_at is None:
                terms = self.terms[line.kind_id]
                until = rules.taken_until(last, opening=self.opening, terms=terms)
                start = max(first, self.today)
                wish = Wish(line.use_id, start, until, line.size, made.site_id)
                found.setdefault(line.kind_id, []).append(wish)
        return found

    def _fits(self, made: Reservation, first: date, last: date) -> bool:
        wanted = self._wishes(made, first, last)
        return all(pack(self._without(made, one), some) for one, some in wanted.items())

    def _without(self, made: Reservation, kind_id: int) -> Stock:
        return new_days.without(self.stocks[kind_id], {line.use_id for line in made.lines})

    def _keep(self, made: Reservation, first: date, last: date) -> None:
        for kind_id, some in self._wishes(made, first, last).items():
            others = self._without(made, kind_id)
            self.stocks[kind_id] = replace(others, wishes=[*others.wishes, *some])


def _is_of(row: Fixed, loan: Loan, today: date) -> bool:
    return row.thing_id == loan.item_id and row.first_day <= today


def _returns(days: Days) -> Mapping[date, int]:
    """Return how many loans and reservations end on which day around a closing."""
    found: Counter[date] = Counter()
    due = select(Loan.due_on, func.count()).where(Loan.returned_at.is_(None))
    due = due.where(Loan.site_id == days.site_id, Loan.due_on >= clock.today())
    open_line = Reservation.lines.any(Line.ended_at.is_(None))
    ends = select(Reservation.last_day, func.count()).where(open_line)
    ends = ends.where(Reservation.site_id == days.site_id, Reservation.last_day >= clock.today())
    for wanted in (due.group_by(Loan.due_on), ends.group_by(Reservation.last_day)):
        for day, count in session.execute(wanted):
            found[day] += count
    return {day: count for day, count in found.items() if day not in days}


def kinds_of(days: Days) -> set[int]:
    """Return the kinds whose days a closing would change."""
    loans = select(Use.kind_id).join(Loan, Loan.use_id == Use.id)
    loans = loans.where(Loan.id.in_([loan.id for loan in loans_due(days)]))
    lines = {line.kind_id for made in reservations_on(days) for line in made.lines}
    return lines | set(session.scalars(loans))
