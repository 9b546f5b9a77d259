"""The tree of units: what lies below one, and which one may not become its parent; pure rules."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from lainaamo.core.errors import N_, Refusal

Parents = Mapping[int, int | None]


def reach(parents: Parents, roots: Iterable[int]) -> frozenset[int]:
    """Return these units and all below them: what a role for a unit reaches."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for unit, parent in parents.items():
        children[parent].append(unit)
    found: set[int] = set()
    waiting = [root for root in roots if root in parents]
    while waiting:
        unit = waiting.pop()
        if unit not in found:
            found.add(unit)
            waiting += children[unit]
    return frozenset(found)


def check_move(parents: Parents, unit: int, parent: int | None) -> None:
    """Refuse to put a unit under itself or under one of those below it."""
    if parent is not None and parent in reach(parents, [unit]):
        words = N_("A unit cannot be under itself. Choose another unit above it.")
        raise Refusal(words, code="unit_loop")


def in_order(parents: Parents, names: Mapping[int, str]) -> list[tuple[int, int]]:
    """Return every unit with its depth, each under its parent, by name."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for unit in sorted(parents, key=lambda one: (names[one].casefold(), one)):
        children[parents[unit]].append(unit)
    found: list[tuple[int, int]] = []
    waiting = [(unit, 0) for unit in reversed(children[None])]
    while waiting:
        unit, depth = waiting.pop()
        found.append((unit, depth))
        waiting += [(child, depth + 1) for child in reversed(children[unit])]
    return found
