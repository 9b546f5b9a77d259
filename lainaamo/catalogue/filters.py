"""The filters beside a list: what each value would leave, and the chips that take one off."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from lainaamo.catalogue.cards import sorted_sizes
from lainaamo.catalogue.facets import Look
from lainaamo.core.i18n import gettext as _
from lainaamo.goods import queries as goods
from lainaamo.goods.attributes import AGES, ATTRIBUTES
from lainaamo.goods.queries import Group, Where
from lainaamo.goods.words import CONDITIONS

NAMES = ("vapaat", "ika", "koko", "paikka", "kunto")
MOST_SIZES = 40
SHORT = 7

Args = Mapping[str, Sequence[str]]
Counts = Mapping[str, int | None]
Sites = Mapping[str, Where]


class Readdress(Protocol):
    """Returns the same address with some of it changed; None takes it out, a list replaces."""

    def __call__(self, **changes: str | Sequence[str] | None) -> str:
        """Return the address."""


def only_free(args: Args) -> list[dict[str, Any]]:
    """Return the one filter that needs no group or words."""
    checked = "1" in args.get("vapaat", ())
    option = {"value": "1", "label": _("Only what is available"), "count": None, "checked": checked}
    return [{"legend": _("Availability"), "name": "vapaat", "options": [option]}]


def groups(
    args: Args, category: Group | None, look: Look | None, sites: Sites
) -> list[dict[str, Any]]:
    """Return the filters of a list with how many kinds each value would leave."""
    counts = look.counts if look else {}
    there = counts.get("paikka", {})
    places = {key: there[str(one.id)] for key, one in sites.items() if str(one.id) in there}
    legends = {"ika": _("For whom"), "paikka": _("Where"), "kunto": _("Condition")}
    legends["koko"] = _size_legend(category)
    values = {
        "ika": _ordered(counts.get("ika", {}), AGES),
        "koko": _sizes(counts.get("koko", {})),
        "paikka": places,
        "kunto": _ordered(counts.get("kunto", {}), CONDITIONS),
    }
    found = [
        {
            "legend": legends[name],
            "name": name,
            "options": _options(name, values[name], args, sites),
            "is_long": len(values[name]) > SHORT,
        }
        for name in ("ika", "koko", "paikka", "kunto")
        if len(values[name]) > 1 or args.get(name)
    ]
    return [*only_free(args), *found]


def _ordered(counts: Counts, order: Iterable[str]) -> Counts:
    return {value: counts[value] for value in order if value in counts}


def _sizes(counts: Counts) -> Counts:
    return {size: counts[size] for size in sorted_sizes(counts)[:MOST_SIZES]}


def _size_legend(category: Group | None) -> str:
    """Return what sizes are called in a group: by what all its things are measured."""
    keys = category.attributes if category else ()
    known = [ATTRIBUTES[key] for key in keys if key in ATTRIBUTES and ATTRIBUTES[key].is_size]
    is_end = category is not None and category.id not in goods.parents_of_categories().values()
    return _(known[0].label) if is_end and len(known) == 1 else _("Size")


def _options(name: str, counts: Counts, args: Args, sites: Sites) -> list[dict[str, Any]]:
    return [
        {
            "value": value,
            "label": label(name, value, sites),
            "count": number,
            "checked": value in args.get(name, ()),
        }
        for value, number in counts.items()
    ]


def label(name: str, value: str, sites: Sites) -> str:
    """Return a filter's value as people read it."""
    if name == "ika":
        return _(AGES[value]).capitalize()
    if name == "kunto":
        return _(CONDITIONS[value])
    return sites[value].name if name == "paikka" else value


def picked(args: Args, sites: Sites, readdress: Readdress) -> list[dict[str, str]]:
    """Return each value that was picked, with the address of the list without it."""
    known: Mapping[str, Iterable[str]] = {"ika": AGES, "kunto": CONDITIONS, "paikka": sites}
    return [
        {
            "text": _("Only what is available") if name == "vapaat" else label(name, value, sites),
            "url": readdress(jatko=None, **{name: [one for one in args[name] if one != value]}),
        }
        for name in NAMES
        for value in args.get(name, ())[:MOST_SIZES]
        if value in known.get(name, (value,))
    ]
