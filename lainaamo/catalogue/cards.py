"""What the list of kinds shows of each, for the days somebody chose or for now."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from lainaamo.catalogue.queries import Found
from lainaamo.catalogue.supply import Pile, supply
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import pick
from lainaamo.goods import queries as goods

NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
FEW = 3


@dataclass(frozen=True, slots=True)
class Card:
    """One kind in the list."""

    url: str
    name: str
    picture: str
    sizes: str
    free: int | None
    status: str
    photo: str | None = None


def lendable(
    found: Sequence[Found],
    days: tuple[date, date] | None,
    *,
    sizes: Mapping[int, Collection[str]],
    sites: Collection[int] = (),
    kept: str = "",
) -> list[Card]:
    """Return the cards of kinds to borrow: how many are free on these days.

    `sizes` are those asked for of each kind, at `sites` if any. `kept` is what a card's address
    carries on, as "?alku=…".
    """
    there = supply({kind.id: kind.category_id for kind in found}, days)
    piles = {
        kind.id: there.piles_of(kind.id, sites=sites, sizes=sizes.get(kind.id, ()))
        for kind in found
    }
    free = there.count(pile for some in piles.values() for pile in some)
    photos = goods.covers([kind.id for kind in found])
    cards = []
    for kind in found:
        number = _together({pile: free[pile] for pile in piles[kind.id]})
        shown = size_text(sorted_sizes(there.sizes_of(kind.id)))
        url = f"/valineet/{kind.id}{kept}"
        cards.append(_card(url, kind, shown, number, photos.get(kind.id)))
    return cards


def _together(free: Mapping[Pile, int]) -> int:
    """Add sites and sizes up; of a site's sizes together never more than it has in all.

    A promise of any size may stand in the way of one size only while another is asked for.
    """
    number = 0
    for site_id in {pile.site_id for pile in free}:
        here = {pile.size: count for pile, count in free.items() if pile.site_id == site_id}
        whole = here.pop(None)
        number += min(whole, sum(here.values())) if here else whole
    return number


def _card(url: str, kind: Found, sizes: str, number: int, photo: str | None) -> Card:
    status = "none" if number == 0 else "last" if number == 1 else "free"
    name = pick(kind.name_simple, kind.name, kind.name_sv, kind.name_en)
    return Card(url, name, kind.picture, sizes, number, status, photo)


def sorted_sizes(sizes: Iterable[str | None]) -> list[str]:
    """Sort sizes as people do: those of one unit together, numbers by value, letters by size."""
    return sorted({size for size in sizes if size}, key=_order)


@lru_cache(maxsize=1000)
def _order(size: str) -> tuple[str, float, str]:
    letters = {"XXS": 1, "XS": 2, "S": 3, "M": 4, "L": 5, "XL": 6, "XXL": 7}
    number = NUMBER.search(size)
    if number is None:
        return ("" if size.upper() in letters else size, letters.get(size.upper(), 0), size)
    return (size.replace(number[0], "").strip(), float(number[0].replace(",", ".")), size)


def size_text(sizes: Sequence[str]) -> str:
    """Write a few sizes out, many as a range."""
    if not sizes:
        return ""
    if len(sizes) <= FEW:
        return ", ".join(sizes)
    return _(
        "%(count)d sizes: %(first)s to %(last)s", count=len(sizes), first=sizes[0], last=sizes[-1]
    )
