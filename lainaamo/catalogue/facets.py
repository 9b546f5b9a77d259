"""How many kinds each filter would leave: for the days chosen, counted once per change."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from lainaamo.catalogue import queries
from lainaamo.catalogue.queries import COUNTED, Asked
from lainaamo.catalogue.supply import Days, Pile, Supply, There
from lainaamo.core.kept import few_per_change, once_per_change
from lainaamo.core.orm import Area
from lainaamo.goods import queries as goods
from lainaamo.goods.queries import Heap, Shape

GROUPS = ("ika", "koko", "paikka", "kunto")


class Look(NamedTuple):
    """What a question finds in all: up to `COUNTED` kinds are counted exactly.

    `number` of kinds fit, `free` of them can be had on the days; `counts` says of each filter's
    each value how many kinds it would leave, or nothing where there are too many to count.
    """

    number: int
    free: int
    counts: Mapping[str, Mapping[str, int | None]]


@dataclass
class _Tally:
    """Kinds sorted out by what they fit; a kind counts once however many things it has."""

    picked: Mapping[str, Collection[str]]
    fitting: set[int] = field(default_factory=set)
    free: set[int] = field(default_factory=set)
    by_value: dict[str, dict[str, set[int]]] = field(
        default_factory=lambda: {group: defaultdict(set) for group in GROUPS}
    )

    def add(self, kind_id: int, values: Mapping[str, str], *, is_free: bool, counts: bool) -> None:
        """Add alike things: they count where they fit every other filter that was picked."""
        misses = [one for one in GROUPS if self.picked[one] and values[one] not in self.picked[one]]
        if not misses:
            self.fitting.add(kind_id)
            if is_free:
                self.free.add(kind_id)
        for group, value in values.items():
            if value:
                kinds = self.by_value[group][value]
                if counts and (not misses or misses == [group]):
                    kinds.add(kind_id)


def _values(shape: Shape) -> Mapping[str, str]:
    condition = "" if shape.condition == "broken" else shape.condition
    return {
        "ika": shape.age or "",
        "koko": shape.size or "",
        "paikka": str(shape.site_id),
        "kunto": condition,
    }


@once_per_change(Area.GOODS, Area.HOUSE)
def look(asked: Asked, days: Days | None, today: date, *, only_free: bool) -> Look:  # noqa: ARG001 - what is free without days hangs on today
    """Count what a question finds and what each filter would leave of it."""
    bare = asked._replace(sizes=(), site_ids=(), ages=(), conditions=())
    around = _around(bare)
    if not around.is_all:
        return _look_near(asked, days, around)
    found = _tally(around, asked, days, only_free=only_free)
    counts = {
        group: {value: len(fitting) for value, fitting in values.items()}
        for group, values in found.by_value.items()
    }
    return Look(len(found.fitting), len(found.free), counts)


def _look_near(asked: Asked, days: Days | None, around: "_Around") -> Look:
    """Look at what fits the filters only, where too many stand around it to be counted."""
    here = _around(asked)
    if not here.is_all:
        return Look(COUNTED + 1, 0, around.uncounted)
    found = _tally(here, asked, days, only_free=False)
    return Look(len(found.fitting), len(found.free), around.uncounted)


@dataclass(frozen=True)
class _Around:
    """What things there are of the kinds a question finds, whatever the days."""

    there: There
    shapes: Sequence[Shape]
    is_all: bool

    @cached_property
    def values(self) -> Sequence[Mapping[str, str]]:
        """Return the values of each shape in each filter."""
        return [_values(shape) for shape in self.shapes]

    @cached_property
    def uncounted(self) -> Mapping[str, Mapping[str, None]]:
        """Return the values that each filter has, with no number beside them."""
        return {
            group: dict.fromkeys(one[group] for one in self.values if one[group])
            for group in GROUPS
        }

    @cached_property
    def piles(self) -> Sequence[Pile]:
        """Return the pile that each shape is counted in; shapes of one pile share it."""
        return [Pile(shape.kind_id, shape.site_id, shape.size) for shape in self.shapes]


@few_per_change(Area.GOODS, Area.HOUSE)
def _around(asked: Asked) -> _Around:
    kinds = queries.some(asked)
    shapes = goods.shapes([*kinds])
    there = There(kinds, [_heap(shape) for shape in shapes])
    return _Around(there, shapes, len(kinds) <= COUNTED)


def _tally(around: _Around, asked: Asked, days: Days | None, *, only_free: bool) -> _Tally:
    free = Supply(around.there, days).count(set(around.piles))
    counts_taken = not (days or only_free)
    found = _Tally(_picked(asked))
    for shape, values, pile in zip(around.shapes, around.values, around.piles, strict=True):
        is_free = shape.number > 0 and free[pile] > 0
        found.add(shape.kind_id, values, is_free=is_free, counts=is_free or counts_taken)
    return found


def _picked(asked: Asked) -> Mapping[str, Collection[str]]:
    sites = [str(site_id) for site_id in asked.site_ids]
    return {"ika": asked.ages, "koko": asked.sizes, "paikka": sites, "kunto": asked.conditions}


def _heap(shape: Shape) -> Heap:
    return Heap(shape.kind_id, shape.site_id, shape.size, shape.number, shape.limited)
