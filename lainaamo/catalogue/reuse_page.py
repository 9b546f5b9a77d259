"""What a buyer sees of one kind of goods for reuse: how many, where, how good, what it saves."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from lainaamo.catalogue.kind_page import name_of
from lainaamo.core.i18n import euros, ngettext
from lainaamo.core.i18n import gettext as _
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item, Kind
from lainaamo.goods.words import condition_word


def page(kind: Kind) -> dict[str, Any]:
    """Return everything the kind's template needs; booking comes with the buyers' own flow."""
    lots = goods.lots_of(kind.id)
    group = kind.category
    return {
        "kind": {
            "name": name_of(kind),
            "picture": kind.picture or group.pictogram,
            "description": kind.description,
            "category_name": group.name,
            "category_url": f"/kierto?ryhma={group.key}",
            "pool": kind.pool,
        },
        "free": sum(lot.unclaimed for lot in lots),
        "facts": _facts(kind, lots),
    }


def _facts(kind: Kind, lots: Sequence[Item]) -> list[tuple[str, str]]:
    places = Counter[str]()
    for lot in lots:
        where = f"{lot.site.name}, {lot.place.name}" if lot.place else lot.site.name
        places[where] += lot.unclaimed
    facts = [(place, _pieces(number)) for place, number in places.items()]
    conditions = {condition_word(lot.condition) for lot in lots}
    facts.append((_("Condition"), ", ".join(sorted(conditions))))
    prices = [price for lot in lots if (price := lot.price_new_cents or kind.price_new_cents)]
    if prices:
        facts.append((_("Price as new"), euros(min(prices))))
    return facts


def _pieces(number: int) -> str:
    return ngettext("%(num)d piece", "%(num)d pieces", number)
