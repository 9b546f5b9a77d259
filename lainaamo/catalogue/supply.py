"""How many of many kinds can be had on some days: counted where counting is enough, else packed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from lainaamo.core import clock
from lainaamo.core.errors import Refusal
from lainaamo.goods import queries as goods
from lainaamo.goods.availability import Stock, count_free, free
from lainaamo.goods.opening import Opening
from lainaamo.goods.queries import Heap, Taking
from lainaamo.lending import ahead, rules
from lainaamo.lending import queries as lending
from lainaamo.lending.ahead import InLine
from lainaamo.lending.rules import Terms

Days = tuple[date, date]


class Pile(NamedTuple):
    """The things of a kind at a site; of one size, or all of them where size is None."""

    kind_id: int
    site_id: int
    size: str | None


@dataclass(frozen=True)
class There:
    """Kinds with their categories and what there is of them, whatever the days."""

    kinds: Mapping[int, int]
    heaps: Sequence[Heap]

    @cached_property
    def piles(self) -> Mapping[Pile, tuple[int, int]]:
        """Return how many things each pile has, and how many of them not on every day."""
        found: dict[Pile, tuple[int, int]] = {}
        for kind_id, site_id, size, number, limited in self.heaps:
            for one in {size, None}:
                pile = Pile(kind_id, site_id, one)
                has, few = found.get(pile, (0, 0))
                found[pile] = (has + number, few + limited)
        return found

    @cached_property
    def terms(self) -> Mapping[int, Terms]:
        """Return the terms of each kind."""
        return lending.terms_of_kinds(self.kinds)

    @cached_property
    def _by_kind(self) -> Mapping[int, list[Heap]]:
        found: dict[int, list[Heap]] = defaultdict(list)
        for heap in self.heaps:
            found[heap.kind_id].append(heap)
        return found

    def sizes_of(self, kind_id: int) -> set[str]:
        """Return the sizes there are of a kind."""
        return {heap.size for heap in self._by_kind.get(kind_id, ()) if heap.size}

    def piles_of(
        self, kind_id: int, *, sites: Collection[int] = (), sizes: Collection[str] = ()
    ) -> set[Pile]:
        """Return a kind's piles at these sites: all together, and one of each of these sizes."""
        heaps = [
            heap for heap in self._by_kind.get(kind_id, ()) if not sites or heap.site_id in sites
        ]
        sized = {Pile(kind_id, one.site_id, one.size) for one in heaps if one.size in sizes}
        return sized | {Pile(kind_id, one.site_id, None) for one in (sized or heaps)}


@dataclass(frozen=True)
class Supply:
    """What there is, and the days somebody asks about.

    Without days each site is asked about the next day it is open.
    """

    there: There
    days: Days | None

    @cached_property
    def openings(self) -> Mapping[int, Opening]:
        """Return when the sites that have something are open."""
        return goods.openings({heap.site_id for heap in self.there.heaps})

    def count(self, piles: Iterable[Pile]) -> dict[Pile, int]:
        """Count what can be reserved of each pile; where the site is closed then, nothing."""
        wanted = {pile: self._stretch(pile) for pile in piles}
        asked = {pile: days for pile, days in wanted.items() if days is not None}
        taken, lost = self._taken(asked)
        counted = {
            pile: None if pile.kind_id in lost else self._counted(pile, days, taken.get(pile))
            for pile, days in asked.items()
        }
        lines = ahead.lines({pile.kind_id for pile, number in counted.items() if number != 0})
        hard = [
            pile
            for pile, number in counted.items()
            if number is None or (number and pile.kind_id in lines)
        ]
        stocks = _stocks({pile.kind_id for pile in hard}, lines)
        packed = {
            pile: free(stocks[pile.kind_id], *asked[pile], site_id=pile.site_id, size=pile.size)
            for pile in hard
        }
        return {pile: packed.get(pile, counted.get(pile)) or 0 for pile in wanted}

    def _counted(self, pile: Pile, days: Days, taken: Sequence[Taking] | None) -> int | None:
        number, limited = self.there.piles.get(pile, (0, 0))
        if limited:
            return None
        if not taken:
            return number
        may_move = pile.size is not None and any(one.is_any_size for one in taken)
        return None if may_move else count_free(number, (one.taken for one in taken), *days)

    def _taken(self, asked: Mapping[Pile, Days]) -> tuple[Mapping[Pile, list[Taking]], set[int]]:
        """Return what takes things of each pile, and the kinds with a promise that lost its thing.

        Such a promise looks for another thing, wherever it can stand.
        """
        found: dict[Pile, list[Taking]] = defaultdict(list)
        lost: set[int] = set()
        if asked:
            first = min(first for first, _ in asked.values())
            last = max(last for _, last in asked.values())
            for one in goods.takings([*{pile.kind_id for pile in asked}], first, last):
                for size in {one.size, None}:
                    found[Pile(one.kind_id, one.site_id, size)].append(one)
                if not one.is_plain:
                    lost.add(one.kind_id)
        return found, lost

    def _stretch(self, pile: Pile) -> Days | None:
        """Return the days a thing would be taken, turnaround included; None if it may not be."""
        site_id, terms = pile.site_id, self.there.terms[pile.kind_id]
        key = (site_id, terms)
        if key not in self._stretches:
            self._stretches[key] = self._stretch_of(site_id, terms)
        return self._stretches[key]

    @cached_property
    def _stretches(self) -> dict[tuple[int, Terms], Days | None]:
        return {}

    def _stretch_of(self, site_id: int, terms: Terms) -> Days | None:
        opening = self.openings[site_id]
        first, last = self.days or _soonest(opening)
        try:
            rules.check_days(first, last, today=clock.today(), opening=opening, terms=terms)
        except Refusal:
            return None
        return first, rules.taken_until(last, opening=opening, terms=terms)


def _stocks(kind_ids: Collection[int], lines: Mapping[int, Sequence[InLine]]) -> dict[int, Stock]:
    facts = goods.stocks(kind_ids) if kind_ids else {}
    return {one: ahead.with_line(stock, lines.get(one, ())) for one, stock in facts.items()}


def _soonest(opening: Opening) -> Days:
    soonest = opening.next_open(clock.today()) or clock.today()
    return soonest, soonest


def supply(kinds: Mapping[int, int], days: Days | None) -> Supply:
    """Return what there is of kinds, given with their categories."""
    return Supply(There(kinds, goods.heaps([*kinds])), days)
