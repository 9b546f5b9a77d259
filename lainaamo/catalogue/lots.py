"""Finding lots for units: those with most alike pieces first, a page at a time, by keyset."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from lainaamo.catalogue.queries import Asked, kind_ids
from lainaamo.core.db import session
from lainaamo.goods.models import Item, Kind
from lainaamo.goods.queries import bookable

PAGE = 24
COUNTED = 1000

SEATS = {"pieni": (0, 389), "koulu": (390, 469), "aikuinen": (470, 9999)}
"""Seat heights in mm by whom they fit, both ends inclusive (EN 1729 sizes in three groups)."""


class Wanted(NamedTuple):
    """What a buyer looks for: kinds, how many alike, and of what sort."""

    kinds: Asked
    kind_id: int | None = None
    at_least: int = 1
    conditions: tuple[str, ...] = ()
    seats: tuple[str, ...] = ()


class Facts(NamedTuple):
    """What the filters count of a lot."""

    pieces: int
    condition: str
    seat_mm: float | None


def lots(wanted: Wanted, *, after: tuple[int, int] | None, limit: int = PAGE) -> Sequence[Item]:
    """Return a page of lots and one more if there are more; `after` is (free pieces, id)."""
    rows = select(Item).join(Item.kind).where(*_fitting(wanted), *_narrowed(wanted))
    if after is not None:
        pieces, lot_id = after
        later = and_(Item.unclaimed == pieces, Item.id > lot_id)
        rows = rows.where(or_(Item.unclaimed < pieces, later))
    whole = contains_eager(Item.kind).joinedload(Kind.category)
    rows = rows.options(whole, joinedload(Item.site), joinedload(Item.place))
    return session.scalars(rows.order_by(Item.unclaimed.desc(), Item.id).limit(limit + 1)).all()


def facts(wanted: Wanted) -> Sequence[Facts]:
    """Return what the filters count, of one lot more than `COUNTED`; they do not narrow it."""
    columns: Select[int, str, float] = select(Item.unclaimed, Item.condition, _seat())
    rows = columns.join(Item.kind).where(*_fitting(wanted)).limit(COUNTED + 1)
    return [Facts(*row) for row in session.execute(rows)]


def _fitting(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [*bookable(), Item.unclaimed >= wanted.at_least]
    if wanted.kind_id is not None:
        return [*conditions, Item.kind_id == wanted.kind_id]
    return [*conditions, Item.kind_id.in_(kind_ids(wanted.kinds))]


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    narrowed: list[ColumnElement[bool]] = []
    if wanted.conditions:
        narrowed.append(Item.condition.in_(wanted.conditions))
    if wanted.seats:
        narrowed.append(or_(*(_seat().between(*SEATS[seat]) for seat in wanted.seats)))
    return narrowed


def _seat() -> ColumnElement[float]:
    height: ColumnElement[float] = Item.attributes["seat_height_mm"].as_float()
    return height
