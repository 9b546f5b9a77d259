"""What an address says of one kit: where, which sizes of its parts, which days."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from lainaamo.catalogue.cards import sorted_sizes
from lainaamo.catalogue.choice import days_shown, look_from
from lainaamo.catalogue.forms import read_day
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Kind, Site
from lainaamo.lending import kits
from lainaamo.lending.kits import Kit
from lainaamo.lending.together import Part, Together


class Slot(NamedTuple):
    """One thing of a kit, for which a size may be chosen; `sizes` are those the site has."""

    kind_id: int
    number: int
    sizes: Sequence[str]
    size: str | None

    @property
    def name(self) -> str:
        """Return what its size is called in addresses and forms."""
        return f"koko-{self.kind_id}" + (f"-{self.number}" if self.number else "")

    @property
    def needs_size(self) -> bool:
        """Tell whether a size is still to be chosen."""
        return self.size is None and len(self.sizes) > 1


@dataclass(frozen=True)
class KitChoice:
    """What an address says of one kit: where, which sizes of its parts, which days."""

    kind: Kind
    kit: Kit
    sites: Sequence[Site]
    shelf: Together
    slots: Sequence[Slot]
    first_day: date | None
    last_day: date | None
    monday: date

    @property
    def days(self) -> tuple[date, date]:
        """Return the days that are shown: those chosen, else the next day the site is open."""
        return days_shown(self.shelf.opening, self.first_day, self.last_day)

    @property
    def site(self) -> Site:
        """Return where it would be fetched."""
        return next(site for site in self.sites if site.id == self.shelf.site_id)

    def part(self, kind_id: int) -> Part | None:
        """Return what is wanted of a kind; None of a kit that is not lent."""
        return next((part for part in self.shelf.parts if part.kind_id == kind_id), None)

    def url(self, **changes: object) -> str:
        """Return this page's address with some of the choice changed; None takes it out."""
        now: dict[str, object] = {
            "paikka": self.site.key if len(self.sites) > 1 else None,
            **{slot.name: slot.size for slot in self.slots},
            "alku": self.first_day,
            "loppu": self.last_day,
            "viikko": self.monday if self.monday != look_from(self.shelf, None) else None,
        }
        kept = {name: str(value) for name, value in {**now, **changes}.items() if value}
        return f"/valineet/{self.kind.id}?{urlencode(kept)}"


def choice(
    kind: Kind, args: Mapping[str, str], proposed: Mapping[str, str] | None = None
) -> KitChoice | None:
    """Read the choice from an address; None of a kind that is no kit, or that no site has whole.

    `proposed` are sizes that come in the place of those in the address, by the slot's name.
    """
    kit = kits.kit(kind.id)
    sites = _sites_of(kit) if kit else []
    if kit is None or not sites:
        return None
    site = next((one for one in sites if one.key == args.get("paikka")), sites[0])
    slots = list(_slots(kit, site.id, {**args, **(proposed or {})}))
    sized = Kit(kit.id, kit.pieces, {(one.kind_id, one.number): one.size for one in slots})
    shelf = kits.together(sized, site.id)
    if not (sized.is_lent and kind.left_at is None):
        shelf = Together([], site.id, shelf.opening)
    first, last = read_day(args.get("alku")), read_day(args.get("loppu"))
    monday = look_from(shelf, read_day(args.get("viikko")) or first)
    return KitChoice(kind, sized, sites, shelf, slots, first, last if first else None, monday)


def _sites_of(kit: Kit) -> Sequence[Site]:
    """Return the sites that have things of all its parts."""
    having = goods.sites_with_all([piece.kind_id for piece in kit.pieces])
    return [site for site in goods.sites() if site.id in having]


def _slots(kit: Kit, site_id: int, args: Mapping[str, str]) -> Iterator[Slot]:
    sizes: dict[int, set[str]] = {}
    for heap in goods.heaps([piece.kind_id for piece in kit.pieces]):
        if heap.site_id == site_id and heap.size:
            sizes.setdefault(heap.kind_id, set()).add(heap.size)
    for piece in kit.pieces:
        known = sorted_sizes(sizes.get(piece.kind_id, ()))
        for number in range(piece.quantity):
            slot = Slot(piece.kind_id, number, known, None)
            asked = args.get(slot.name)
            yield slot._replace(size=asked) if asked in known else slot
