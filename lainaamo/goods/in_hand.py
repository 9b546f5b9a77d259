"""What is asked of a thing in somebody's hand: plain rows, by questions that are made once."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, exists, or_, select
from sqlalchemy.exc import NoResultFound

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.goods.models import Code, Item, Kind, Use


class InHand(NamedTuple):
    """A thing as lending and shelving need it, with its kind's category and pool."""

    id: int
    kind_id: int
    site_id: int
    size: str | None
    category_id: int
    pool: str
    retire_on: date | None = None

    @classmethod
    def of(cls, item: Item) -> "InHand":
        """Return the same of a thing that was read with its kind."""
        kind = item.kind
        of_kind = (kind.category_id, kind.pool)
        return cls(item.id, item.kind_id, item.site_id, item.size, *of_kind, item.retire_on)


_ITEM, _KIND, _CODE = Item.__table__, Kind.__table__, Code.__table__
_USE = Use.__table__
_TODAY = bindparam("today", type_=Date)
_FIRST, _LAST = bindparam("first_day", type_=Date), bindparam("last_day", type_=Date)
_BY_SIGN: Select[Any] = (
    select(_ITEM.c.id, _ITEM.c.kind_id, _ITEM.c.site_id, _ITEM.c.size)
    .add_columns(_KIND.c.category_id, _KIND.c.pool, _ITEM.c.retire_on)
    .join_from(_CODE, _ITEM, _CODE.c.item_id == _ITEM.c.id)
    .join(_KIND, _ITEM.c.kind_id == _KIND.c.id)
    .where(_CODE.c.sign == bindparam("sign"))
)


def get(sign: str) -> InHand:
    """Return the thing a code is on."""
    found = find(sign)
    if found is None:
        raise NoResultFound
    return found


def find(sign: str) -> InHand | None:
    """Return the thing a code is on; None where it is on something else, or on nothing."""
    row = session.connection().execute(_BY_SIGN, {"sign": sign}).first()
    return None if row is None else InHand._make(row)


def _is_live(use: Any) -> ColumnElement[bool]:
    return and_(use.ended_at.is_(None), or_(~use.movable, use.last_day >= _TODAY))


def _lasts(use: Any, day: Any) -> ColumnElement[bool]:
    """Tell whether a use lasts until a day; a late one lasts for good."""
    return or_(use.last_day.is_(None), use.last_day >= day, use.due_on < _TODAY)


def _is_lost(use: Any, item: Any) -> ColumnElement[bool]:
    """Tell whether a promise may not stand on its thing: rather once too often than too seldom."""
    other = _USE.alias("other").c
    collides = exists().where(other.item_id == use.item_id, other.id != use.id, _is_live(other))
    collides = collides.where(other.first_day <= use.last_day, _lasts(other, use.first_day))
    return or_(
        item.left_at.is_not(None),
        item.condition == "broken",
        item.site_id != use.site_id,
        and_(use.size.is_not(None), use.size.is_distinct_from(item.size)),
        item.available_from > use.first_day,
        item.must_go_by < use.last_day,
        item.retire_on < use.last_day,
        collides,
    )


def _concerned() -> Select[Any]:
    use, item = _USE.c, _ITEM.c
    is_on_it = use.item_id == bindparam("item")
    meets = and_(is_on_it, use.first_day <= _LAST, _lasts(use, _FIRST))
    wanted = select(use.id).join_from(_USE, _ITEM, use.item_id == item.id)
    wanted = wanted.where(use.kind_id == bindparam("kind"), _is_live(use))
    return wanted.where(or_(meets, and_(use.movable, _is_lost(use, item)))).limit(1)


_CONCERNED = _concerned()


def _lost() -> Select[Any]:
    use, item = _USE.c, _ITEM.c
    wanted = select(use.kind_id).join_from(_USE, _ITEM, use.item_id == item.id)
    return wanted.where(use.movable, _is_live(use), _is_lost(use, item)).distinct()


LOST = _lost()
"""Which kinds may have a promise without a thing, `today`: rather one too many than too few."""
LOST_OF = LOST.where(_USE.c.kind_id.in_(bindparam("kinds", expanding=True)))


def kinds_with_lost_promises() -> list[int]:
    """Return the kinds that may have a promise whose thing is late, broken or gone."""
    rows = session.execute(LOST.order_by(_USE.c.kind_id), {"today": clock.today()})
    return list(rows.scalars())


def concerns_nobody(thing: InHand | Item, first_day: date, last_day: date | None) -> bool:
    """Tell whether a thing can be taken for these days without packing its kind.

    So it is when nothing takes the thing then, and every promise of the kind stands on a thing
    that is good for it: packed before or after, each would stay where it is.
    """
    session.flush()
    days = {"first_day": first_day, "last_day": last_day or date.max, "today": clock.today()}
    asked = {"item": thing.id, "kind": thing.kind_id, **days}
    return session.connection().execute(_CONCERNED, asked).first() is None
