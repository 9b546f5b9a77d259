"""What may be changed and how: decisions from values. No database, no clock, no web."""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lainaamo.core.errors import N_, Refusal

Facts = Mapping[str, Any]
"""A thing's facts as they are kept of a change: names to plain values (text, numbers, lists)."""

WEEKDAYS = range(7)
MOST_SHELVES = 200
LONGEST_NAME = 40
SHELVES = re.compile(r"(?P<stem>.*?)(?P<first>\d{1,4})\s*[-–]\s*(?P<again>.*?)(?P<last>\d{1,4})")

STALE = Refusal(
    N_("Somebody else changed this while you wrote. Look at both and save again."), code="stale"
)
CHANGED_SINCE = Refusal(
    N_("This has been changed again since. Undo the newer change first, or correct it by hand."),
    code="changed_since",
)


def digest(facts: Facts) -> str:
    """Return a short mark of facts: the same facts have the same mark."""
    text = json.dumps(facts, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check_seen(now: Facts, seen: str | None) -> None:
    """Refuse a form that was filled in over other facts than there are now."""
    if seen is not None and seen != digest(now):
        raise STALE


def changed(now: Facts, wanted: Facts) -> dict[str, Any]:
    """Return those of the wanted facts that differ from what there is."""
    return {name: value for name, value in wanted.items() if now.get(name) != value}


def taken_back(before: Facts, after: Facts, now: Facts) -> Facts:
    """Return the facts that take a change back; a thing that was made is closed.

    Refused when something has changed since.
    """
    if changed(now, after):
        raise CHANGED_SINCE
    return before or {"closed": True}


# Shelves


def shelf_names(text: str) -> list[str]:
    """Return the names that "A1–A12, B1, C01-C09" stands for, in the order written."""
    names: list[str] = []
    for part in re.split(r"[,;\n]", text):
        name = " ".join(part.split())
        if name:
            names.extend(_run(name))
        _check_count(names)
    if not names:
        raise Refusal(N_("Write the shelves, for example A1–A12."), code="no_shelves")
    return list(dict.fromkeys(names))


def _run(name: str) -> Iterable[str]:
    found = SHELVES.fullmatch(name)
    if found is None or found["again"].strip() not in {"", found["stem"].strip()}:
        _check_name(name)
        return [name]
    first, last = int(found["first"]), int(found["last"])
    if last < first or last - first >= MOST_SHELVES:
        words = N_("The first shelf is %(first)d and the last %(last)d. Check their order.")
        raise Refusal(words, code="shelves_in_order", first=first, last=last)
    width = len(found["first"])
    names = [f"{found['stem']}{number:0{width}}" for number in range(first, last + 1)]
    _check_name(names[-1])
    return names


def _check_name(name: str) -> None:
    if len(name) > LONGEST_NAME:
        words = N_("A shelf's name has %(most)d signs at most. Write a shorter one.")
        raise Refusal(words, code="long_name", most=LONGEST_NAME)


def _check_count(names: Collection[str]) -> None:
    if len(names) > MOST_SHELVES:
        words = N_("Add %(most)d shelves at most at a time.")
        raise Refusal(words, code="many_shelves", most=MOST_SHELVES)


# Orders and trees


def put_after(ids: Sequence[int], moved: int, after: int | None) -> list[int]:
    """Return the ids with one moved to stand after another; after None it is the first."""
    rest = [one for one in ids if one != moved]
    at = rest.index(after) + 1 if after in rest else 0
    return [*rest[:at], moved, *rest[at:]]


def check_no_circle(
    category_id: int, parent_id: int | None, parents: Mapping[int, int | None]
) -> None:
    """Refuse to put a category under itself or under one that is under it."""
    here, passed = parent_id, set()
    while here is not None and here not in passed:
        if here == category_id:
            words = N_("A category cannot be under itself. Choose another one above it.")
            raise Refusal(words, code="circle")
        passed.add(here)
        here = parents.get(here)


# Promises and closed days


def week_fact(weekday: int) -> str:
    """Return the name of a weekday's fact; its value is [opens, closes], or None where closed."""
    return f"week.{weekday}"


def day_fact(day: date) -> str:
    """Return the name of a day's fact; its value is {"hours": …, "reason": …}, or None."""
    return f"day.{day.isoformat()}"


@dataclass(frozen=True, slots=True)
class Broken:
    """How many promises begin and end on days that would be closed."""

    pickups: int
    returns: int

    @property
    def count(self) -> int:
        """Return how many there are in all."""
        return self.pickups + self.returns


class BreaksPromises(Refusal):
    """A change that closes days on which promises begin or end: it asks to be confirmed."""

    def __init__(self, broken: Broken) -> None:
        super().__init__(
            N_(
                "On the days that would close, %(pickups)d pickups and %(returns)d returns are due."
            ),
            code="breaks_promises",
            pickups=broken.pickups,
            returns=broken.returns,
        )
        self.count = broken.count


def check_confirmed(broken: Broken, confirmed: int) -> None:
    """Refuse to break promises that nobody has said yes to, each one counted."""
    if broken.count and broken.count != confirmed:
        raise BreaksPromises(broken)
