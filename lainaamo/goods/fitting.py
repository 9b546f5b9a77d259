"""Which of the sizes there are fit somebody: pure rules over the figures of size_rules."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from lainaamo.goods.size_rules import (
    FAMILIES,
    NOT_BY_BODY,
    RULES,
    SKATING,
    SOLES,
    Measure,
    Rule,
)

NUMBER = re.compile(r"\d{1,3}(?:[.,]\d)?")
HEIGHTS, SHOES, HEADS = (60, 220), (15, 55), (35, 70)


class Body(NamedTuple):
    """What sizes go by: cm, EU shoe size, cm round the head; skill is -1, 0 or 1."""

    height: float | None = None
    shoe: float | None = None
    head: float | None = None
    skill: int = 0


class Range(NamedTuple):
    """From which size to which fits, and the one that fits best."""

    lowest: float
    highest: float

    @property
    def best(self) -> float:
        """Return the middle, which fits best."""
        return (self.lowest + self.highest) / 2


def family_of(category_keys: Iterable[str], name: str) -> str | None:
    """Return what a kind is among things with sizes; `category_keys` are the nearest first."""
    if re.search(NOT_BY_BODY, name, re.IGNORECASE):
        return None
    found = next((FAMILIES[key] for key in category_keys if key in FAMILIES), None)
    is_skating = re.search(SKATING, name, re.IGNORECASE) is not None
    return f"skate_{found}" if is_skating and found in {"skis", "poles", "boots"} else found


def rule_of(family: str, size: str) -> str | None:
    """Return the name of the rule for a size as it is written: by its unit, where that tells."""
    if family == "bikes":
        return "wheel" if re.search(r'[″"]', size) else "frame" if "cm" in size else None
    if family in {"boots", "skate_boots"}:
        return "alpine_boot" if "mondo" in size.lower() else "shoe"
    return {
        "skis": "classic_ski",
        "skate_skis": "skate_ski",
        "poles": "classic_pole",
        "skate_poles": "skate_pole",
        "alpine_skis": "alpine_ski",
        "helmets": "helmet",
    }.get(family)


def measures(family: str, sizes: Iterable[str]) -> list[Measure]:
    """Return what has to be known of somebody to choose among these sizes."""
    rules = [rule_of(family, size) for size in sizes]
    return list(dict.fromkeys(RULES[rule].by for rule in rules if rule))


def range_of(rule: str, body: Body) -> Range | None:
    """Return the sizes that fit; None where what the rule goes by is not known."""
    found = RULES[rule]
    value: float | None = getattr(body, found.by)
    if value is None:
        return None
    lowest, highest = _between(found, value)
    shift = found.skilled * body.skill
    return Range(lowest + shift, highest + shift)


def _between(rule: Rule, value: float) -> tuple[float, float]:
    first, last = rule.anchors[0], rule.anchors[-1]
    at = min(max(value, first[0]), last[0])
    for (low, low_1, high_1), (high, low_2, high_2) in pairwise(rule.anchors):
        if at <= high:
            share = (at - low) / (high - low)
            return low_1 + share * (low_2 - low_1), high_1 + share * (high_2 - high_1)
    return last[1], last[2]


def number_of(size: str) -> float | None:
    """Return the number in a size as it is written."""
    found = NUMBER.search(size)
    return float(found[0].replace(",", ".")) if found else None


def distance(family: str, size: str, body: Body) -> float | None:
    """Return how far a size is from the sizes that fit: 0 where it does, None where none tells."""
    rule, number = rule_of(family, size), number_of(size)
    found = range_of(rule, body) if rule else None
    if found is None or number is None:
        return None
    return max(found.lowest - number, number - found.highest, 0.0)


def fitting(family: str, sizes: Sequence[str], body: Body) -> list[str]:
    """Return the sizes that fit, the best of them first."""
    fits = [size for size in sizes if distance(family, size, body) == 0]
    return sorted(fits, key=lambda size: _from_best(family, size, body))


def nearest(family: str, sizes: Sequence[str], body: Body) -> list[str]:
    """Return the sizes that anything tells of, those that fit or nearly do first."""
    known = [(distance(family, size, body), size) for size in sizes]
    told = [(far, _from_best(family, size, body), size) for far, size in known if far is not None]
    return [size for *_, size in sorted(told)]


def _from_best(family: str, size: str, body: Body) -> float:
    rule, number = rule_of(family, size), number_of(size)
    found = range_of(rule, body) if rule else None
    return abs(found.best - number) if found and number is not None else 0.0


def goes_with(boots: str | None, bindings: str | None) -> bool | None:
    """Tell whether boots fit bindings; None where either is not known."""
    if boots is None or bindings is None:
        return None
    return SOLES.get(boots, boots) == SOLES.get(bindings, bindings)
