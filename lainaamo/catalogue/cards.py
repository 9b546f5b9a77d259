"""What the list of kinds shows of each, for the days somebody chose or for now."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from flask import get_template_attribute
from markupsafe import Markup, escape

from lainaamo.catalogue import queries
from lainaamo.catalogue.queries import Asked, Found
from lainaamo.catalogue.supply import Days, Pile, Supply, There
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import ngettext, pick
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area
from lainaamo.goods import queries as goods
from lainaamo.goods.kits import Piece, pieces_of

NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
UNIT = re.compile(r" [a-zA-Z]+$")
NO_BREAK = "\N{NO-BREAK SPACE}"
FEW = 3
MACROS = "parts/macros.html"


class Card(NamedTuple):
    """One kind in the list; `said` tells in words how many are free."""

    address: str
    picture: Markup
    name: Markup
    sizes: Markup
    free: int
    status: str
    said: str


class Face(NamedTuple):
    """What a card shows whatever the days, and the piles that are counted for it."""

    address: str
    picture: Markup
    name: Markup
    sizes: Markup
    piles: tuple[Pile, ...]


class Shelf(NamedTuple):
    """A page of the list whatever the days; `next_id` is the kind it ends with if there is more."""

    faces: Sequence[Face]
    there: There
    next_id: int | None


@once_per_change(Area.GOODS, Area.HOUSE)
def shelf(asked: Asked, after_id: int | None, locale: str, *, newest: bool) -> Shelf:  # noqa: ARG001 - names are picked by the language in use
    """Return what stands on a page of the list, the one after the kind with this id."""
    found = queries.kinds(asked, after_id=after_id, limit=queries.PAGE + 1, newest=newest)
    more, found = len(found) > queries.PAGE, found[: queries.PAGE]
    ids = [kind.id for kind in found]
    there = There({kind.id: kind.category_id for kind in found}, goods.heaps(ids))
    photos, sizes = goods.covers(ids), _sizes_asked(asked, ids)
    faces = [_face(kind, there, asked.site_ids, sizes.get(kind.id, ()), photos) for kind in found]
    return Shelf(faces, there, found[-1].id if more else None)


def _sizes_asked(asked: Asked, kind_ids: Sequence[int]) -> Mapping[int, Collection[str]]:
    """Return the sizes that were asked for, or those that are made for whom was asked."""
    if not asked.ages:
        return dict.fromkeys(kind_ids, asked.sizes)
    found: dict[int, set[str]] = {}
    for shape in goods.shapes(kind_ids):
        fits = shape.age in asked.ages and (not asked.sizes or shape.size in asked.sizes)
        if fits and shape.size:
            found.setdefault(shape.kind_id, set()).add(shape.size)
    return found


def _face(
    kind: Found,
    there: There,
    sites: Collection[int],
    sizes: Collection[str],
    photos: Mapping[int, str],
) -> Face:
    name = pick(kind.name_simple, kind.name, kind.name_sv, kind.name_en)
    shown = size_text(sorted_sizes(there.sizes_of(kind.id)))
    piles = there.piles_of(kind.id, sites=sites, sizes=sizes)
    picture = get_template_attribute(MACROS, "card_picture")(kind.picture, photos.get(kind.id))
    return Face(f"/valineet/{kind.id}", picture, escape(name), escape(shown), tuple(piles))


def lendable(shelf: Shelf, days: Days | None) -> list[Card]:
    """Return the cards of kinds to borrow: how many are free on these days."""
    free = Supply(shelf.there, days).count(pile for face in shelf.faces for pile in face.piles)
    cards, said = [], dict[int, str]()
    for address, picture, name, sizes, piles in shelf.faces:
        number = free[piles[0]] if len(piles) == 1 else together({one: free[one] for one in piles})
        if number not in said:
            said[number] = ngettext("%(num)s available", "%(num)s available", number)
        cards.append(Card(address, picture, name, sizes, number, _status(number), said[number]))
    return cards


def _status(number: int) -> str:
    return "none" if number == 0 else "last" if number == 1 else "free"


def kits(asked: Asked, days: Days | None) -> list[Card]:
    """Return the cards of the kits that fit: of how many all parts are free on these days."""
    found = queries.kits(asked)
    counts = count_kits([kit.id for kit in found], days, sites=asked.site_ids) if found else {}
    photos = goods.covers(piece.kind_id for kit in found for piece in pieces_of(kit.id))
    return [_kit_card(kit, counts[kit.id], photos) for kit in found]


def _kit_card(kit: Found, number: int, photos: Mapping[int, str]) -> Card:
    pieces = pieces_of(kit.id)
    photo = next((photos[one.kind_id] for one in pieces if one.kind_id in photos), None)
    picture = get_template_attribute(MACROS, "card_picture")(kit.picture, photo)
    count = sum(piece.quantity for piece in pieces)
    return Card(
        f"/valineet/{kit.id}",
        picture,
        escape(pick(kit.name_simple, kit.name, kit.name_sv, kit.name_en)),
        escape(ngettext("%(num)d thing as one", "%(num)d things as one", count)),
        number,
        _status(number),
        ngettext("%(num)s available", "%(num)s available", number),
    )


def count_kits(
    kit_ids: Collection[int], days: Days | None, *, sites: Collection[int] = ()
) -> dict[int, int]:
    """Count how many times each kit can be reserved for these days, in whatever sizes."""
    every = {kit: pieces_of(kit) for kit in kit_ids}
    kinds = {piece.kind_id: piece.category_id for pieces in every.values() for piece in pieces}
    there = There(kinds, goods.heaps([*kinds]))
    here = {heap.site_id for heap in there.heaps if not sites or heap.site_id in sites}
    piles = {Pile(kind, site, None) for kind in kinds for site in here}
    free = Supply(there, days).count(piles)
    return {kit: sum(_whole(pieces, site, free) for site in here) for kit, pieces in every.items()}


def _whole(pieces: Sequence[Piece], site_id: int, free: Mapping[Pile, int]) -> int:
    """Return how many whole kits a site has things for."""
    if not all(piece.is_lent for piece in pieces):
        return 0
    return min(free[Pile(one.kind_id, site_id, None)] // one.quantity for one in pieces)


def together(free: Mapping[Pile, int]) -> int:
    """Add sites and sizes up; of a site's sizes together never more than it has in all.

    A promise of any size may stand in the way of one size only while another is asked for.
    """
    number = 0
    for site_id in {pile.site_id for pile in free}:
        here = {pile.size: count for pile, count in free.items() if pile.site_id == site_id}
        whole = here.pop(None)
        number += min(whole, sum(here.values())) if here else whole
    return number


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
    unit = _common_unit(sizes)
    shown = [size.removesuffix(unit) for size in sizes]
    shown[-1] += unit.replace(" ", NO_BREAK)
    if len(sizes) <= FEW:
        return ", ".join(shown)
    return _(
        "%(count)d sizes: %(first)s to %(last)s", count=len(sizes), first=shown[0], last=shown[-1]
    )


def _common_unit(sizes: Sequence[str]) -> str:
    """Return the unit behind all of them, which is then said once; nothing where they differ."""
    unit = UNIT.search(sizes[0])
    return unit[0] if unit and all(size.endswith(unit[0]) for size in sizes) else ""
