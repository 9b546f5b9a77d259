"""Which size fits: what somebody says of oneself in an address, and what it chooses by."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lainaamo.core.errors import N_
from lainaamo.core.i18n import gettext as _
from lainaamo.goods import queries as goods
from lainaamo.goods.fitting import (
    HEADS,
    HEIGHTS,
    SHOES,
    Body,
    distance,
    family_of,
    fitting,
    measures,
)
from lainaamo.goods.models import Kind
from lainaamo.goods.size_rules import Measure

LONGEST = 8
WRITTEN = re.compile(r"(\d{1,3}(?:[.,]\d)?)(?: ?cm)?", re.ASCII)
ASKED: Mapping[Measure, tuple[str, str, tuple[int, int]]] = {
    "height": ("pituus", N_("Height, cm"), HEIGHTS),
    "shoe": ("kenka", N_("Shoe size"), SHOES),
    "head": ("paa", N_("Head girth, cm"), HEADS),
}
"""Each measure's name in addresses, its label, and from what to what it may be."""
WRONG: Mapping[Measure, str] = {
    "height": N_("Write the height in centimetres, from %(least)d to %(most)d."),
    "shoe": N_("Write the shoe size, from %(least)d to %(most)d."),
    "head": N_("Write the girth of the head in centimetres, from %(least)d to %(most)d."),
}


@dataclass(frozen=True)
class Said:
    """What somebody says of oneself, as read and as written, and what is wrong with it."""

    body: Body
    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_any(self) -> bool:
        """Tell whether anything was said that a size goes by."""
        return self.body._replace(skill=0) != Body()


def read(args: Mapping[str, str], *, after: str = "") -> Said:
    """Read what an address or a form says; `after` ends the names where there are several."""
    known: dict[str, float | None] = {}
    values, errors = dict[str, str](), dict[str, str]()
    for measure, (name, _label, span) in ASKED.items():
        text = args.get(name + after, "").strip()[:LONGEST]
        number = _number(text) if text else None
        if text:
            values[name] = text
        if text and (number is None or not span[0] <= number <= span[1]):
            errors[name] = _(WRONG[measure], least=span[0], most=span[1])
            number = None
        known[measure] = number
    skill = {"alku": -1, "hyva": 1}.get(args.get("taito", ""), 0)
    return Said(Body(**known, skill=skill), values, errors)


def _number(text: str) -> float | None:
    found = WRITTEN.fullmatch(text)
    return float(found[1].replace(",", ".")) if found else None


def family(kind: Kind) -> str | None:
    """Return what a kind is among the things whose sizes go by the body."""
    tree = {one.id: one for one in goods.tree()}
    parents = {one.id: one.parent_id for one in tree.values()}
    line = goods.lineage(kind.category_id, parents)
    return family_of([tree[one].key for one in line if one in tree], kind.name)


def panel(
    said: Said, asked: Sequence[tuple[str, Sequence[str]]], kept: Iterable[tuple[str, str]]
) -> dict[str, Any] | None:
    """Return the small form that asks what sizes go by; None where none go by the body.

    `asked` are the families and their sizes, `kept` what the form carries.
    """
    needed = dict.fromkeys(one for name, sizes in asked for one in measures(name, sizes))
    if not needed:
        return None
    return {
        "fields": [(ASKED[one][0], _(ASKED[one][1])) for one in needed],
        "has_skill": any(name == "alpine_skis" for name, _sizes in asked),
        "values": said.values,
        "errors": said.errors,
        "kept": list(kept),
        "told": None,
    }


def tell(said: Said, name: str, sizes: Sequence[str]) -> str | None:
    """Say in words which of the sizes fit; nothing where nothing was said."""
    if not said.is_any or all(distance(name, size, said.body) is None for size in sizes):
        return None
    fits = fitting(name, sizes, said.body)
    if not fits:
        return _("We have no size that fits. Call us, and we look together.")
    return _("These fit: %(sizes)s.", sizes=", ".join(sorted(fits, key=sizes.index)))
