"""Finding kinds: a page of them at a time, by keyset, with bounded counts."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    bindparam,
    exists,
    func,
    select,
    tuple_,
)

from lainaamo.core import reading, search
from lainaamo.core.db import session
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area
from lainaamo.core.reading import Reading
from lainaamo.core.search import Prepared, Query
from lainaamo.goods import kits as put_together
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Category, Component, Item, Kind
from lainaamo.goods.queries import Group

PAGE = 24
COUNTED = 1000
MOST_KITS = 100
MOST_MADE = 128
_LIMIT: BindParameter[int] = bindparam("limit", type_=Integer)
_AFTER: BindParameter[int] = bindparam("after_id", type_=Kind.__table__.c.id.type)

Rows = Select[*tuple[Any, ...]]


class Found(NamedTuple):
    """A kind as a list shows it: a plain row, since entities cost a page's third."""

    id: int
    category_id: int
    name: str
    name_simple: str | None
    name_sv: str | None
    name_en: str | None
    picture: str


class Asked(NamedTuple):
    """What somebody looks for."""

    pool: str
    category_ids: frozenset[int] | None = None
    query: Query | None = None
    sizes: tuple[str, ...] = ()
    site_ids: tuple[int, ...] = ()
    conditions: tuple[str, ...] = ()
    ages: tuple[str, ...] = ()


def kinds(
    asked: Asked, *, after_id: int | None = None, limit: int = PAGE, newest: bool = False
) -> list[Found]:
    """Return kinds by name, or the newest first, after the one with this id.

    Where words are looked for, first those that are the very thing, then the rest.
    """
    if asked.query is not None:
        page = _found(asked._replace(query=None)).page
        return [Found(*row) for row in page(asked.query, after_id=after_id, limit=limit)]
    make = _by_day if newest else _by_name
    given = {"limit": limit} if after_id is None else {"limit": limit, "after_id": after_id}
    rows = session.connection().execute(make(asked, goes_on=after_id is not None), given)
    return [Found(*row) for row in rows]


def kits(asked: Asked) -> list[Found]:
    """Return the kits that fit, by name: few, so all of them; by words those that fit best.

    A kit has no things of its own, so what is asked of a thing leaves every kit out.
    """
    if asked.pool != "lendable" or asked.sizes or asked.conditions or asked.ages:
        return []
    if not put_together.kits():
        return []
    made = _kits(asked._replace(query=None, site_ids=()))
    rows = made.rows(asked.query) if asked.query else session.connection().execute(made.wanted)
    return [Found(*row) for row in rows]


@lru_cache(maxsize=MOST_MADE)
def _kits(asked: Asked) -> Prepared:
    # Not the bare column: SQLite would walk the pool's index, through every kind of the house.
    pool = Kind.pool.concat("")
    is_kit = Kind.id.in_(select(Component.kit_id))
    wanted = _of_pool(_shown(), asked, pool=pool).where(is_kit, ~_in_house(asked))
    return Prepared(wanted.order_by(Kind.name, Kind.id).limit(MOST_KITS), Kind.id)


# To make a select costs as much as to run it; most ask the same of other days.
@lru_cache(maxsize=MOST_MADE)
def _by_day(asked: Asked, *, goes_on: bool) -> Rows:
    wanted = _in_stock(_shown(), asked)
    wanted = wanted.where(Kind.id < _AFTER) if goes_on else wanted
    return wanted.order_by(Kind.id.desc()).limit(_LIMIT)


@lru_cache(maxsize=MOST_MADE)
def _by_name(asked: Asked, *, goes_on: bool) -> Rows:
    wanted = _in_stock(_shown(), asked)
    if goes_on:
        name = select(Kind.name).where(Kind.id == _AFTER).scalar_subquery()
        # As one pair: of two conditions with an OR PostgreSQL reads the index from its beginning.
        wanted = wanted.where(tuple_(Kind.name, Kind.id) > tuple_(name, _AFTER))
    return wanted.order_by(Kind.name, Kind.id).limit(_LIMIT)


@lru_cache(maxsize=MOST_MADE)
def _found(asked: Asked) -> Prepared:
    return Prepared(_in_stock(_shown(), asked), Kind.id)


@lru_cache(maxsize=MOST_MADE)
def _some(asked: Asked, most: int) -> Prepared:
    wanted = _in_stock(select(Kind.id, Kind.category_id), asked)
    return Prepared(wanted.limit(most), Kind.id)


def _shown() -> Rows:
    picture = func.coalesce(Kind.picture, Category.pictogram)
    names = (Kind.name, Kind.name_simple, Kind.name_sv, Kind.name_en)
    return select(Kind.id, Kind.category_id, *names, picture)


@once_per_change(Area.GOODS, Area.HOUSE)
def read(words: str, pool: str) -> Reading:
    """Return how these words are best taken among the kinds of a pool that have a thing here."""

    def finds(query: Query) -> bool:
        return bool(_some(Asked(pool), 1).rows(query) or kits(Asked(pool, query=query)))

    return reading.read(words, pool, finds=finds)


@once_per_change(Area.GOODS, Area.HOUSE)
def count(asked: Asked) -> int:
    """Count the kinds, up to one more than `COUNTED`: nobody needs to know beyond."""
    some = _fitting(select(Kind.id), asked).limit(COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def kind_ids(asked: Asked) -> Select[int]:
    """Return a select of the ids of the kinds asked for, to narrow other things by."""
    return _fitting(select(Kind.id), asked)


def some(asked: Asked) -> dict[int, int]:
    """Return the kinds with their categories, up to one more than `COUNTED`."""
    made = _some(asked._replace(query=None), COUNTED + 1)
    rows = made.rows(asked.query) if asked.query else session.connection().execute(made.wanted)
    return {kind_id: category_id for kind_id, category_id in rows}  # noqa: C416 - rows are no pairs to mypy


@once_per_change(Area.GOODS, Area.HOUSE)
def is_any(asked: Asked) -> bool:
    """Tell whether there is any kind, words apart: the first one found is enough."""
    return (
        session.connection().execute(_some(asked._replace(query=None), 1).wanted).first()
        is not None
    )


def _fitting(wanted: Rows, asked: Asked) -> Rows:
    fitting = _in_stock(wanted, asked)
    return fitting if asked.query is None else search.narrowed(fitting, Kind.id, asked.query)


def _in_stock(wanted: Rows, asked: Asked) -> Rows:
    """Narrow a select of kinds to what was asked for, words apart, and has a thing in the house."""
    return _of_pool(wanted, asked).where(_in_house(asked))


def _of_pool(wanted: Rows, asked: Asked, *, pool: ColumnElement[str] | None = None) -> Rows:
    pool = Kind.pool.expression if pool is None else pool
    wanted = wanted.join(Category, Kind.category_id == Category.id)
    wanted = wanted.where(pool == asked.pool, Kind.left_at.is_(None))
    if asked.category_ids is not None:
        wanted = wanted.where(Kind.category_id.in_(asked.category_ids))
    return wanted


def _in_house(asked: Asked) -> ColumnElement[bool]:
    thing = exists().where(Item.kind_id == Kind.id, Item.left_at.is_(None))
    if asked.sizes:
        thing = thing.where(Item.size.in_(asked.sizes))
    if asked.site_ids:
        thing = thing.where(Item.site_id.in_(asked.site_ids))
    if asked.conditions:
        thing = thing.where(Item.condition.in_(asked.conditions))
    if asked.ages:
        thing = thing.where(Item.attributes["age_group"].as_string().in_(asked.ages))
    return thing


@once_per_change(Area.GOODS, Area.HOUSE)
def used_categories(pool: str) -> Sequence[Group]:
    """Return the categories of a pool that have kinds, or have such a category below them."""
    tree = goods.tree()
    # A look into the index for each category; a DISTINCT would read every kind of the house.
    kind = exists().where(Kind.category_id == Category.id, Kind.pool == pool)
    kind = kind.where(Kind.left_at.is_(None))
    used = set(session.scalars(select(Category.id).where(kind)))
    for one in reversed(tree):  # children stand after their parents
        if one.id in used and one.parent_id is not None:
            used.add(one.parent_id)
    return tuple(one for one in tree if one.id in used)
