"""What a buyer sees of one lot: how many, how good, where, its measures, and the booking."""

from collections.abc import Mapping, Sequence
from typing import Any

from lainaamo.core import clock
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import euros, full_day, ngettext, pick, retold
from lainaamo.core.i18n import gettext as _
from lainaamo.goods import queries as goods
from lainaamo.goods.attributes import ATTRIBUTES, MEASURES, measures_text, show
from lainaamo.goods.models import Item, Kind
from lainaamo.goods.words import condition_word, name_of
from lainaamo.people.models import Unit
from lainaamo.procurement.forms import ClaimForm

MOST_RADIOS = 8
"""More units than this are chosen from a list."""
Shown = dict[str, Any]


def picture_of(kind: Kind) -> str:
    """Return the drawing of a kind: its own, or its category's."""
    return kind.picture or kind.category.pictogram


def price_of(item: Item) -> int | None:
    """Return what one piece costs as new, in cents, where it is known."""
    return item.price_new_cents or item.kind.price_new_cents


def pieces(number: int) -> str:
    """Write a number of pieces."""
    return ngettext("%(num)d piece", "%(num)d pieces", number)


def page(
    item: Item,
    units: Sequence[Unit],
    *,
    asked: int | None = None,
    form: ClaimForm | None = None,
    refusal: Refusal | None = None,
) -> Shown:
    """Return everything the lot's template needs; without units there is nothing to book for."""
    free = free_of(item)
    few = asked is not None and asked > free
    return {
        "lot": _lot(item, free),
        "facts": _facts(item),
        "few": _few(asked or 0, free) if few and not refusal else None,
        "claim": _claim(item, units, free=free, asked=asked, form=form, refusal=refusal),
        "refusal": retold(refusal) if refusal else None,
        "instead": _instead(item) if few or refusal or not free else [],
    }


def free_of(item: Item) -> int:
    """Return how many pieces a unit can book now."""
    out = item.left_at is not None or item.condition == "broken"
    return 0 if out or goods.find_open_repair(item.id) else item.unclaimed


def _lot(item: Item, free: int) -> Shown:
    group, price = item.kind.category, price_of(item)
    return {
        "name": name_of(item.kind),
        "picture": picture_of(item.kind),
        "photos": [
            {"name": one.name, "url": f"/kuvat/{one.name}.l.webp"}
            for one in goods.photos_of(item.id)
        ],
        "description": item.kind.description,
        "note": item.note,
        "category_name": pick(group.name_simple, group.name, group.name_sv, group.name_en),
        "category_url": f"/kierto?ryhma={group.key}",
        "condition": condition_word(item.condition),
        "free": free,
        "price": euros(price) if price else None,
        "price_cents": price,
        "url": f"/kierto/erat/{item.id}",
    }


def _facts(item: Item) -> list[tuple[str, str]]:
    found = [(_("Amount"), _amount(item)), (_("Where it stands"), where(item))]
    measures = measures_text(item.attributes)
    if measures:
        found.append((_("Width × depth × height"), measures))  # noqa: RUF001 - as measures are written
    hidden = MEASURES if measures else ()
    found += [
        (_(ATTRIBUTES[key].label), show(key, item.attributes[key], translate=_))
        for key in item.attributes
        if key in ATTRIBUTES and key not in hidden
    ]
    return [*found, *_days(item)]


def _amount(item: Item) -> str:
    if item.left_at is not None:
        return _("gone")
    if item.unclaimed == item.quantity:
        return pieces(item.quantity)
    return _("%(left)d of %(all)d left", left=item.unclaimed, all=item.quantity)


def where(item: Item) -> str:
    """Say where a lot stands: the site, and the shelf it is on."""
    return f"{item.site.name}, {item.place.name}" if item.place else item.site.name


def _days(item: Item) -> list[tuple[str, str]]:
    known = [
        (_("Available from"), item.available_from),
        (_("Must go by"), item.must_go_by),
        (_("Electrical check"), item.electrical_check_on),
        (_("Taken in"), clock.local(item.received_at).date()),
    ]
    return [(label, full_day(value)) for label, value in known if value is not None]


def _few(asked: int, free: int) -> str | None:
    if not free:
        return None
    return _("You looked for %(asked)d. %(free)d of these are free.", asked=asked, free=free)


# Booking


def _claim(
    item: Item,
    units: Sequence[Unit],
    *,
    free: int,
    asked: int | None,
    form: ClaimForm | None,
    refusal: Refusal | None,
) -> Shown | None:
    if not free or not units:
        return None
    number = min(asked or 1, free)
    values: Mapping[str, Any] = form.values() if form else {"number": str(number)}
    if refusal is not None:  # what is left is offered at once
        values = {**values, "number": str(number)}
    errors = form.first_errors() if form else {}
    if "wanted_on" in errors:  # a browser's calendar can't show what is no day
        values = {**values, "wanted_on": ""}
    chosen = str(units[0].id) if len(units) == 1 else values.get("unit") or ""
    return {
        "url": f"/kierto/erat/{item.id}/varaukset",
        "values": values,
        "errors": errors,
        "most": free,
        "units": [{"id": str(unit.id), "name": unit.name} for unit in units],
        "unit": chosen,
        "only_unit": units[0].name if len(units) == 1 else None,
        "as_list": len(units) > MOST_RADIOS,
        "labels": _labels(units),
        "today": clock.today().isoformat(),
    }


def _labels(units: Sequence[Unit]) -> Shown:
    """Return what the button says: without scripts, for one piece and for {n} of them."""
    if len(units) == 1:
        name = units[0].name
        return {
            "plain": _("Book for the unit %(unit)s", unit=name),
            "one": _("Book 1 piece for the unit %(unit)s", unit=name),
            "many": _("Book %(number)s pieces for the unit %(unit)s", number="{n}", unit=name),
        }
    return {
        "plain": _("Book"),
        "one": _("Book 1 piece"),
        "many": _("Book %(number)s pieces", number="{n}"),
    }


def _instead(item: Item) -> list[Shown]:
    return [
        {
            "url": f"/kierto/erat/{other.id}",
            "name": name_of(other.kind),
            "picture": picture_of(other.kind),
            "text": f"{pieces(other.unclaimed)} · {condition_word(other.condition)}",
        }
        for other in goods.lots_like(item)
    ]
