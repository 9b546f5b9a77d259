"""Kits: which kinds are put together from others, and from how many of each."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import select

from lainaamo.core.db import session
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area
from lainaamo.goods.models import Component, Kind


class Piece(NamedTuple):
    """So many things of a kind in a kit; `is_lent` is false where the kind is lent no more."""

    kind_id: int
    quantity: int
    category_id: int
    is_lent: bool


@once_per_change(Area.GOODS)
def kits() -> Mapping[int, tuple[Piece, ...]]:
    """Return the pieces of every kit, in the order in which it was put together."""
    columns = (Component.quantity, Kind.category_id, Kind.pool, Kind.left_at)
    wanted = select(Component.kit_id, Component.kind_id, *columns)
    rows = session.execute(wanted.join(Kind, Kind.id == Component.kind_id).order_by(Component.id))
    found: dict[int, list[Piece]] = defaultdict(list)
    for kit_id, kind_id, quantity, category_id, pool, left_at in rows:
        is_lent = pool == "lendable" and left_at is None
        found[kit_id].append(Piece(kind_id, quantity, category_id, is_lent))
    return {kit_id: tuple(pieces) for kit_id, pieces in found.items()}


def pieces_of(kit_id: int) -> tuple[Piece, ...]:
    """Return what a kit is put together from; nothing of a kind that is no kit."""
    return kits().get(kit_id, ())


def kits_with(kind_id: int) -> list[int]:
    """Return the kits that a kind is a part of."""
    return [kit for kit, pieces in kits().items() if any(p.kind_id == kind_id for p in pieces)]
