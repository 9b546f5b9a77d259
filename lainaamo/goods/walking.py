"""The order in which the rooms of a site, and the shelves of a room, are walked."""

import re
from collections.abc import Iterable

from lainaamo.goods.models import Place


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return the key by which names are put in order as people count: A2 before A10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name.casefold())
    return tuple((0, int(p), "") if "0" <= p[0] <= "9" else (1, 0, p) for p in parts)


def in_order(places: Iterable[Place]) -> list[Place]:
    """Return places in the order they are walked: by position, then by name as people count."""
    return sorted(places, key=lambda place: (place.position, natural(place.name), place.id))


def walk(places: Iterable[Place]) -> list[Place]:
    """Return shelves as they are walked: room by room, and first those that are in no room."""
    every = list(places)
    rooms = in_order(place for place in every if place.level == "room")
    shelves = in_order(place for place in every if place.level == "shelf")
    parents = [None, *(room.id for room in rooms)]
    return [shelf for parent in parents for shelf in shelves if shelf.parent_id == parent]
