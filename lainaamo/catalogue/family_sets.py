"""Sets for a family: of each thing that is needed the size that fits and is free, all together."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from lainaamo.catalogue.supply import Days
from lainaamo.core.errors import N_
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area
from lainaamo.goods import queries as goods
from lainaamo.goods.availability import Stock, fits_together
from lainaamo.goods.fitting import Body, distance, family_of, goes_with
from lainaamo.goods.models import Kind
from lainaamo.goods.opening import Opening
from lainaamo.goods.queries import Heap
from lainaamo.lending import ahead, rules
from lainaamo.lending import queries as lending
from lainaamo.lending.rules import Terms
from lainaamo.lending.together import Part, Together, sizes_by_kind

NEAR = 12
"""How far from the range a size may be to be offered at all, in the size's own unit."""
MOST_OFFERED = 12


class Role(NamedTuple):
    """What is needed for something: things of a category, and what their sizes go by."""

    category: str
    family: str


class Doing(NamedTuple):
    """Something that a family wants to do, and what each of them needs for it."""

    key: str
    name: str
    roles: tuple[Role, ...]


DOINGS = (
    Doing(
        "hiihto",
        N_("Cross-country skiing"),
        (Role("skis", "skis"), Role("ski_boots", "boots"), Role("ski_poles", "poles")),
    ),
    Doing(
        "luisteluhiihto",
        N_("Skate skiing"),
        (
            Role("skis", "skate_skis"),
            Role("ski_boots", "skate_boots"),
            Role("ski_poles", "skate_poles"),
        ),
    ),
    Doing(
        "laskettelu",
        N_("Downhill skiing"),
        (Role("alpine_skis", "alpine_skis"), Role("alpine_boots", "boots")),
    ),
    Doing("luistelu", N_("Ice skating"), (Role("skates", "boots"),)),
    Doing("pyoraily", N_("Cycling"), (Role("bikes", "bikes"),)),
)


class Thing(NamedTuple):
    """A size of a kind, how far it is from what fits, and the bindings or soles it has."""

    kind_id: int
    size: str
    far: float
    binding: str | None


@dataclass
class Choice:
    """One thing of somebody's set: what there is for it, and what was chosen."""

    role: Role | None
    offered: Sequence[Thing]
    chosen: Thing | None = None
    is_next_best: bool = False


@dataclass(frozen=True)
class Shop:
    """What one site has for something that a family wants to do."""

    site_id: int
    kinds: Mapping[int, Kind]
    by_role: Mapping[Role, Sequence[tuple[int, str]]]
    bindings: Mapping[tuple[int, str], str | None]
    stocks: Mapping[int, Stock]
    terms: Mapping[int, Terms]
    opening: Opening

    def offered(self, role: Role, body: Body) -> list[Thing]:
        """Return what would do for somebody, the best first."""
        found = [
            Thing(kind_id, size, far, self.bindings.get((kind_id, size)))
            for kind_id, size in self.by_role[role]
            if (far := distance(role.family, size, body)) is not None and far <= NEAR
        ]
        return sorted(found, key=lambda thing: (thing.far, thing.kind_id))[:MOST_OFFERED]

    def fit(self, wanted: Sequence[Thing], days: Days) -> bool:
        """Tell whether all of these can be had together."""
        asked = sizes_by_kind((thing.kind_id, thing.size) for thing in wanted)
        return all(
            next(
                fits_together(
                    self.stocks[kind_id],
                    [(days[0], self._until(kind_id, days[1]))],
                    site_id=self.site_id,
                    sizes=sizes,
                )
            )
            for kind_id, sizes in asked.items()
        )

    def _until(self, kind_id: int, last_day: date) -> date:
        terms = self.terms[kind_id]
        return rules.taken_until(last_day, opening=self.opening, terms=terms)

    def together(self, wanted: Sequence[Thing]) -> Together:
        """Return when all of these can be had."""
        asked = sizes_by_kind((thing.kind_id, thing.size) for thing in wanted)
        parts = [
            Part(one, self.stocks[one], self.terms[one], sizes) for one, sizes in asked.items()
        ]
        return Together(parts, self.site_id, self.opening)


@dataclass
class Choosing:
    """Chooses for one person after another; what was chosen before is not given twice."""

    shop: Shop
    days: Days
    taken: list[Thing] = field(default_factory=list)

    def choose(self, role: Role, body: Body, said: str | None, soles: str | None) -> Choice:
        """Choose what was said, else what fits best of what can be had with all the rest."""
        offered = self.shop.offered(role, body)
        known = {f"{thing.kind_id}:{thing.size}": thing for thing in offered}
        if said in known:
            self.taken.append(known[said])
            return Choice(role, offered, known[said])
        matching = [one for one in offered if goes_with(one.binding, soles) is not False]
        chosen = next((one for one in matching if self._can_be_had(one)), None)
        if chosen is not None:
            self.taken.append(chosen)
        better = chosen is not None and any(one.far < chosen.far for one in matching)
        return Choice(role, offered, chosen, is_next_best=better)

    def _can_be_had(self, thing: Thing) -> bool:
        same = [one for one in self.taken if one.kind_id == thing.kind_id]
        return self.shop.fit([*same, thing], self.days)


@once_per_change(Area.GOODS, Area.HOUSE)
def doings() -> tuple[Doing, ...]:
    """Return what the house has things for, all of them at one site."""
    by_role = _kinds_by_role({role for one in DOINGS for role in one.roles})
    found = {kind_id for some in by_role.values() for kind_id in some}
    heaps = goods.heaps(list(found)) if found else []
    return tuple(one for one in DOINGS if _sites_for(one, by_role, heaps))


def _kinds_by_role(roles: Collection[Role]) -> Mapping[Role, dict[int, Kind]]:
    """Return the kinds that do for each of what is needed."""
    tree = {one.id: one for one in goods.tree()}
    parents = {one.id: one.parent_id for one in tree.values()}
    wanted = {role.category for role in roles}
    lines = {one: [tree[up].key for up in goods.lineage(one, parents)] for one in tree}
    inside = [one for one, keys in lines.items() if wanted & set(keys)]
    found: dict[Role, dict[int, Kind]] = defaultdict(dict)
    for kind in goods.lent_in(inside) if inside else ():
        keys = lines[kind.category_id]
        family = family_of(keys, kind.name)
        for role in roles:
            if role.category in keys and _does(role, family):
                found[role][kind.id] = kind
    return found


def _does(role: Role, family: str | None) -> bool:
    """Tell whether things of a family do for a role.

    Poles do for both ways of skiing. In classic boots one can skate, in skating boots only that.
    """
    also = {"poles": "skate_poles", "skate_poles": "poles", "skate_boots": "boots"}
    return family in {role.family, also.get(role.family)} and family is not None


def _sites_for(
    doing: Doing, by_role: Mapping[Role, Collection[int]], heaps: Sequence[Heap]
) -> list[int]:
    """Return the sites that have something for each of what is needed."""
    at = [
        {one.site_id for one in heaps if one.size and one.kind_id in by_role.get(role, ())}
        for role in doing.roles
    ]
    return sorted(set.intersection(*at))


def shop(doing: Doing) -> Shop | None:
    """Return what the first site has that has something for each of what is needed."""
    by_role = _kinds_by_role(doing.roles)
    found = [kind_id for some in by_role.values() for kind_id in some]
    sites = _sites_for(doing, by_role, goods.heaps(found)) if found else []
    if not sites:
        return None
    kinds = {one: kind for some in by_role.values() for one, kind in some.items()}
    sized = goods.sizes_with_binding(list(kinds), sites[0])
    roles = {
        role: [(one, size) for one, size in sized if one in some] for role, some in by_role.items()
    }
    return Shop(
        site_id=sites[0],
        kinds=kinds,
        by_role=roles,
        bindings=sized,
        stocks=ahead.stocks(kinds),
        terms=lending.terms_of_kinds({one: kind.category_id for one, kind in kinds.items()}),
        opening=goods.opening(sites[0]),
    )
