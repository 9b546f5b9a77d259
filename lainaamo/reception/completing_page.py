"""What is shown of a thing that has just come in, or that still lacks something."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import ngettext
from lainaamo.goods import queries as goods
from lainaamo.goods.actions import MOST_PIECES
from lainaamo.goods.attributes import ATTRIBUTES, COLOURS, MEASURES, parse, show
from lainaamo.goods.codes import label_url
from lainaamo.goods.labels import qr_svg_path
from lainaamo.goods.models import Item
from lainaamo.goods.words import condition_word, name_of
from lainaamo.reception import arrivals
from lainaamo.reception.actions import MOST_ALIKE
from lainaamo.reception.arrivals import is_size
from lainaamo.reception.receiving_page import HERE
from lainaamo.reception.way import Way

MOST_LABELS = 200
Shown = dict[str, Any]


def page(
    item: Item,
    way: Way,
    *,
    public_url: str,
    is_new: bool = False,
    more: Sequence[int] = (),
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Shown:
    """Return everything the screen's template needs; `more` are things taken in after it."""
    url, gaps = f"{HERE}/{item.id}", arrivals.gaps_of(item)
    sign = goods.sign_of(item.id)
    return {
        "mode_name": _("New thing") if is_new else _("To complete"),
        "here_url": url,
        "is_new": is_new and item.left_at is None,
        "is_out": item.left_at is not None,
        "thing": _thing(item, sign),
        "gaps": [gap for gap in arrivals.GAPS if gap in gaps],
        "gap_words": gap_words(),
        "alike": _alike(item, url),
        "label": _label(item, sign, public_url, more),
        "more": len(more),
        "form_url": url,
        "fields": way.fields,
        "questions": _questions(item, sign),
        "names": arrivals.last_names(item.kind.category_id),
        "sizes": _offered_sizes(item) if "size" in gaps else [],
        "shelves": list(arrivals.places_of(item.site_id)),
        "values": {**_known(item), **(values or {})},
        "errors": errors or {},
        "photo_url": f"/tavarat/{sign}#photos" if sign else None,
        "undo": _undo(item, way) if is_new and item.left_at is None else None,
        "next_url": way.url(HERE) if is_new else "/vastaanotto/taydennettavat",
        "thanks_url": f"{HERE}/kiitos/{way.donation_id}" if way.donation_id else None,
    }


def gap_words() -> Mapping[str, str]:
    """Return what each gap is called."""
    return {
        "size": _("Size is missing"),
        "place": _("Shelf is missing"),
        "photo": _("Photo is missing"),
        "label": _("Label is missing"),
        "price": _("Price is missing"),
    }


def _thing(item: Item, sign: str | None) -> Shown:
    colour = item.attributes.get("colour")
    return {
        "name": name_of(item.kind),
        "code": sign,
        "url": f"/tavarat/{sign}" if sign else None,
        "condition": condition_word(item.condition),
        "photo": goods.first_photos([item.id]).get(item.id),
        "picture": item.kind.category.pictogram,
        "shelf": item.place.name if item.place else None,
        "size": item.size,
        "colour": _(COLOURS[colour]) if colour in COLOURS else None,
        "number": item.quantity,
        "pool": item.kind.pool,
    }


def _alike(item: Item, url: str) -> Shown:
    """Return how the number of alike ones is said: a lot's own, or so many more things to lend."""
    is_lot = item.kind.pool == "reuse"
    return {
        "url": f"{url}/samanlaiset",
        "is_lot": is_lot,
        "number": item.quantity if is_lot else 1,
        "most": MOST_PIECES if is_lot else MOST_ALIKE,
    }


def _label(item: Item, sign: str | None, public_url: str, more: Sequence[int]) -> Shown | None:
    """Return the label as it is printed: one for a lot or one for each of its things."""
    if sign is None:
        return None
    path, side = qr_svg_path(label_url(public_url, sign))
    signs = [sign, *goods.signs_of(more).values()]
    every = [sign] * min(item.quantity, MOST_LABELS) if item.quantity > 1 else signs
    return {
        "code": sign,
        "qr": {"path": path, "side": side},
        "one_url": _sheet([sign]),
        "many_url": _sheet(every) if len(every) > 1 else None,
        "many": ngettext("%(num)d label", "%(num)d labels", len(every)),
    }


def _sheet(signs: Sequence[str]) -> str:
    return "/tarrat.pdf?" + urlencode([("tavara", sign) for sign in signs])


def _questions(item: Item, sign: str | None) -> list[Shown]:
    """Return the fields of the short form, those of the group first."""
    return [
        {"name": "name", "label": _("Name"), "list": "names"},
        *_sizes(item),
        *_measures(item),
        *_colours(item),
        {"name": "place", "label": _("Shelf"), "list": "shelves", "hint": _("For example H4")},
        {"name": "price", "label": _("Price as new, euros"), "mode": "decimal"},
        *([] if sign else [{"name": "sign", "label": _("Code of the label")}]),
    ]


def _sizes(item: Item) -> list[Shown]:
    keys = [key for key in item.kind.category.attributes if is_size(key)]
    return [
        {
            "name": key,
            "label": _(ATTRIBUTES[key].label),
            "hint": _("For example %(size)s", size=ATTRIBUTES[key].example),
        }
        for key in keys
    ]


def _offered_sizes(item: Item) -> list[Shown]:
    """Return the sizes of the last things of the group, each with its attribute, small to large."""
    key = next((key for key in item.kind.category.attributes if is_size(key)), None)
    if key is None:
        return []
    return [
        {"size": size, "key": key}
        for size in sorted(arrivals.last_sizes(item.kind.category_id), key=_as_read)
        if _fits(key, size)
    ]


def _as_read(size: str) -> tuple[int, str]:
    return len(size), size


def _fits(key: str, size: str) -> bool:
    try:
        parse(key, size)
    except Refusal:
        return False
    return True


def _measures(item: Item) -> list[Shown]:
    if not set(MEASURES) & set(item.kind.category.attributes):
        return []
    hint = _("For example %(size)s", size="60x40x75 cm")
    return [{"name": "measures", "label": _("Width x depth x height"), "hint": hint}]


def _colours(item: Item) -> list[Shown]:
    if "colour" not in item.kind.category.attributes:
        return []
    options = [(key, _(word)) for key, word in COLOURS.items()]
    return [{"name": "colour", "label": _("Colour"), "options": options}]


def _known(item: Item) -> Shown:
    """Return what is written already, as one would write it."""
    known = {key: show(key, value) for key, value in item.attributes.items() if is_size(key)}
    if item.home_place is not None:
        known["place"] = item.home_place.name
    if item.price_new_cents is not None:
        known["price"] = f"{item.price_new_cents / 100:.2f}".replace(".", ",")
    if "colour" in item.attributes:
        known["colour"] = str(item.attributes["colour"])
    return {**known, "name": item.kind.name}


def _undo(item: Item, way: Way) -> Shown:
    return {"url": f"{HERE}/{item.id}/peru", "label": _("Undo"), "fields": way.fields}
