"""What the list of kinds shows of each, for the days somebody chose or for now."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lainaamo.catalogue.queries import Found, unclaimed
from lainaamo.catalogue.stretch import Shelf
from lainaamo.core import clock
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import pick
from lainaamo.goods import queries as goods
from lainaamo.goods.availability import Stock
from lainaamo.goods.opening import Opening
from lainaamo.lending import queries as lending

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
    sub: str | None = None


def lendable(
    found: Sequence[Found], days: tuple[date, date] | None, *, site_id: int | None
) -> list[Card]:
    """Return the cards of kinds to borrow: free on these days, or today."""
    first_day, last_day = days or (clock.today(), clock.today())
    stocks = goods.stocks([kind.id for kind in found])
    openings = goods.openings({thing.site_id for s in stocks.values() for thing in s.things})
    terms = lending.terms_of_all(kind.category_id for kind in found)
    cards = []
    for kind in found:
        shelves = [
            Shelf(stocks[kind.id], site, openings[site], terms[kind.category_id])
            for site in _sites(stocks[kind.id], openings, site_id)
        ]
        number = sum(shelf.free(first_day, last_day) for shelf in shelves)
        shown = size_text(sorted_sizes(thing.size for thing in stocks[kind.id].things))
        cards.append(_card(f"/valineet/{kind.id}", kind, shown, number))
    return cards


def _sites(stock: Stock, openings: Mapping[int, Opening], site_id: int | None) -> list[int]:
    has = {thing.site_id for thing in stock.things}
    return [site for site in openings if site in has and site_id in {None, site}]


def reuse(found: Sequence[Found]) -> list[Card]:
    """Return the cards of kinds for reuse: how many units may still claim."""
    left = unclaimed(kind.id for kind in found)
    return [_card(f"/kierto/{kind.id}", kind, "", left.get(kind.id, 0)) for kind in found]


def _card(url: str, kind: Found, sizes: str, number: int) -> Card:
    status = "none" if number == 0 else "last" if number == 1 else "free"
    name = pick(kind.name_simple, kind.name, kind.name_sv, kind.name_en)
    return Card(url, name, kind.picture, sizes, number, status)


def sorted_sizes(sizes: Iterable[str | None]) -> list[str]:
    """Sort sizes as people do: numbers by value, then words."""
    return sorted({size for size in sizes if size}, key=_order)


def _order(size: str) -> tuple[float, str]:
    number = NUMBER.search(size)
    letters = {"XXS": 1, "XS": 2, "S": 3, "M": 4, "L": 5, "XL": 6, "XXL": 7}
    value = float(number[0].replace(",", ".")) if number else letters.get(size.upper(), 99)
    return (value, size)


def size_text(sizes: Sequence[str]) -> str:
    """Write a few sizes out, many as a range."""
    if not sizes:
        return ""
    if len(sizes) <= FEW:
        return ", ".join(sizes)
    return _(
        "%(count)d sizes: %(first)s to %(last)s", count=len(sizes), first=sizes[0], last=sizes[-1]
    )
