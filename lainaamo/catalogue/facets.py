"""How many kinds each filter would leave: for the days chosen, counted once per change."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from lainaamo.catalogue import queries
from lainaamo.catalogue.queries import COUNTED, Asked
from lainaamo.catalogue.supply import Days, Pile, Supply
from lainaamo.core.kept import once_per_change
from lainaamo.goods import queries as goods
from lainaamo.goods.queries import Heap, Shape

GROUPS = ("ika", "koko", "paikka", "kunto")


class Look(NamedTuple):
    """What a question finds in all: up to `COUNTED` kinds are counted exactly.

    `number` of kinds fit, `free` of them can be had on the days; `counts` says of each filter's
    each value how many kinds it would leave.
    """

    number: int
    free: int
    counts: Mapping[str, Mapping[str, int]]
    is_all: bool


@dataclass
class _Tally:
    """Kinds sorted out by what they fit; a kind counts once however many things it has."""

    picked: Mapping[str, Collection[str]]
    fitting: set[int] = field(default_factory=set)
    free: set[int] = field(default_factory=set)
    by_value: dict[str, dict[str, set[int]]] = field(
        default_factory=lambda: {group: defaultdict(set) for group in GROUPS}
    )

    def add(self, shape: Shape, *, is_free: bool, counts: bool) -> None:
        """Add alike things: they count where they fit every other filter that was picked."""
        values = _values(shape)
        misses = [one for one in GROUPS if self.picked[one] and values[one] not in self.picked[one]]
        if not misses:
            self.fitting.add(shape.kind_id)
            if is_free:
                self.free.add(shape.kind_id)
        for group in GROUPS:
            value = values[group]
            if value:
                kinds = self.by_value[group][value]
                if counts and set(misses) <= {group}:
                    kinds.add(shape.kind_id)


def _values(shape: Shape) -> Mapping[str, str]:
    condition = "" if shape.condition == "broken" else shape.condition
    return {
        "ika": shape.age or "",
        "koko": shape.size or "",
        "paikka": str(shape.site_id),
        "kunto": condition,
    }


@once_per_change
def look(asked: Asked, days: Days | None, today: date, *, only_free: bool) -> Look:  # noqa: ARG001 - what is free without days hangs on today
    """Count what a question finds and what each filter would leave of it."""
    bare = asked._replace(sizes=(), site_ids=(), ages=(), conditions=())
    kinds = queries.some(bare)
    shapes = goods.shapes([*kinds])
    free = _free(kinds, shapes, days)
    tally = _Tally(_picked(asked))
    for shape in shapes:
        is_free = free[shape] > 0
        tally.add(shape, is_free=is_free, counts=is_free or not (days or only_free))
    counts = {
        group: {value: len(fitting) for value, fitting in values.items()}
        for group, values in tally.by_value.items()
    }
    return Look(len(tally.fitting), len(tally.free), counts, len(kinds) <= COUNTED)


def _picked(asked: Asked) -> Mapping[str, Collection[str]]:
    sites = [str(site_id) for site_id in asked.site_ids]
    return {"ika": asked.ages, "koko": asked.sizes, "paikka": sites, "kunto": asked.conditions}


def _free(
    kinds: Mapping[int, int], shapes: Sequence[Shape], days: Days | None
) -> Mapping[Shape, int]:
    """Return of how many things of each shape one can be had; shapes of one pile share it."""
    there = Supply(kinds, [_heap(shape) for shape in shapes], days)
    free = there.count({_pile(shape) for shape in shapes})
    return {shape: free[_pile(shape)] if shape.number else 0 for shape in shapes}


def _heap(shape: Shape) -> Heap:
    return Heap(shape.kind_id, shape.site_id, shape.size, shape.number, shape.limited)


def _pile(shape: Shape) -> Pile:
    return Pile(shape.kind_id, shape.site_id, shape.size)
