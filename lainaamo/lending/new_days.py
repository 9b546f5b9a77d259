"""The days to which a whole reservation could be moved: its own promises are not in its way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import takewhile
from typing import NamedTuple

from lainaamo.goods import queries as goods
from lainaamo.goods.availability import Stock, Wish, pack
from lainaamo.goods.opening import Opening
from lainaamo.lending import queries, rules
from lainaamo.lending.models import Line, Reservation
from lainaamo.lending.rules import Terms


class Part(NamedTuple):
    """What a reservation has of one kind: the sizes of its things, and what else there is."""

    stock: Stock
    terms: Terms
    sizes: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class NewDays:
    """All kinds of a reservation at its site; a day is free when all of them can be had."""

    parts: Sequence[Part]
    site_id: int
    opening: Opening

    @property
    def terms(self) -> Terms:
        """Return the terms that hold for all of it: of each number the strictest."""
        every = [part.terms for part in self.parts] or [Terms()]
        return replace(
            every[0],
            longest_days=min(terms.longest_days for terms in every),
            ahead_days=min(terms.ahead_days for terms in every),
        )

    def free_days(self, days: Sequence[date]) -> dict[date, bool]:
        """Tell of each day whether all of it can be had for that day."""
        return {day: self.opening.is_open(day) and self._fits(day, day) for day in days}

    def last_days(self, first_day: date) -> set[date]:
        """Return the open days on which the loan from `first_day` may end."""
        until = self.terms.longest_days + 1
        days = [first_day + timedelta(n) for n in range(until)]
        run = takewhile(lambda day: self._fits(first_day, day), days)
        return {day for day in run if self.opening.is_open(day)}

    def _fits(self, first_day: date, last_day: date) -> bool:
        return all(self._part_fits(part, first_day, last_day) for part in self.parts)

    def _part_fits(self, part: Part, first_day: date, last_day: date) -> bool:
        until = rules.taken_until(last_day, opening=self.opening, terms=part.terms)
        wishes = [
            Wish(-number, first_day, until, size, self.site_id)
            for number, size in enumerate(part.sizes, start=1)
        ]
        return pack(part.stock, wishes) is not None


def of(made: Reservation, sizes: Mapping[int, str | None]) -> NewDays:
    """Return the days of a reservation; `sizes` are those asked for instead, by line."""
    own = {line.use_id for line in made.lines}
    stocks = goods.stocks({line.kind_id for line in made.lines})
    parts = [
        _part(kind_id, _without(stocks[kind_id], own), made.lines, sizes) for kind_id in stocks
    ]
    return NewDays(parts, made.site_id, goods.opening(made.site_id))


def _without(stock: Stock, uses: set[int]) -> Stock:
    return replace(stock, wishes=[wish for wish in stock.wishes if wish.key not in uses])


def _part(
    kind_id: int, stock: Stock, lines: Sequence[Line], sizes: Mapping[int, str | None]
) -> Part:
    mine = [line for line in lines if line.kind_id == kind_id]
    terms = queries.terms_of(mine[0].kind.category_id)
    return Part(stock, terms, [sizes.get(line.id, line.size) for line in mine])
