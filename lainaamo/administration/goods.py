"""A kind and a thing as their facts, for correcting what was written of them."""

from typing import Any

from sqlalchemy import select

from lainaamo.administration.records import Record
from lainaamo.administration.rules import Facts
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.goods import actions as goods
from lainaamo.goods import finding, freed, safety
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.availability import pack
from lainaamo.goods.models import Category, Item, Kind, Place

KIND_FACTS = (
    "name",
    "name_simple",
    "name_sv",
    "name_en",
    "description",
    "category_id",
    "picture",
    "price_new_cents",
)
ITEM_FACTS = ("size", "attributes", "condition", "home_place_id", "note", "model", "made_year")


def lock_kind(kind_id: int) -> None:
    """Make others wait who change the kind or its days."""
    session.get_one(Kind, kind_id)
    goods.lock_kinds([kind_id])


def read_kind(kind_id: int) -> Facts:
    """Return what is written of a kind."""
    kind = session.get_one(Kind, kind_id)
    return {name: getattr(kind, name) for name in KIND_FACTS}


def check_kind(kind_id: int, _now: Facts, after: Facts, _confirmed: int) -> None:
    """Refuse a category that is closed or on the other side."""
    if "category_id" in after:
        category = session.get(Category, after["category_id"])
        pool = session.get_one(Kind, kind_id).pool
        if category is None or category.closed_at is not None or category.pool != pool:
            words = N_("Choose a category that is in use and on the same side: lending or reuse.")
            raise Refusal(words, code="no_category")


def write_kind(kind_id: int, facts: Facts) -> None:
    """Keep facts of a kind."""
    kind = session.get_one(Kind, kind_id)
    for name, value in facts.items():
        setattr(kind, name, value)
    session.flush()
    finding.index_kinds([kind_id])


KIND = Record("kind", lock_kind, read_kind, check_kind, write_kind)


def lock_item(item_id: int) -> None:
    """Make others wait who change the thing, or the days of its kind."""
    wanted = select(Item.kind_id).where(Item.id == item_id)
    goods.lock_kinds([session.scalars(wanted).one()])
    session.scalars(select(Item.id).where(Item.id == item_id).with_for_update()).one()


def read_item(item_id: int) -> Facts:
    """Return what is written of a thing."""
    item = session.get_one(Item, item_id)
    facts: dict[str, Any] = {name: getattr(item, name) for name in ITEM_FACTS}
    return {**facts, "attributes": dict(item.attributes)}


def check_item(item_id: int, _now: Facts, after: Facts, _confirmed: int) -> None:
    """Refuse a shelf that is closed; what is broken is mended at the desk."""
    if after.get("home_place_id") is not None:
        place = session.scalar(select(Place).where(Place.id == after["home_place_id"]))
        if place is None or place.closed_at is not None:
            raise Refusal(N_("Choose a shelf that is in use."), code="no_shelf")
    if session.get_one(Item, item_id).condition == "broken" and "condition" in after:
        words = N_("This thing is broken. Mark it mended at the desk first.")
        raise Refusal(words, code="in_repair")


def write_item(item_id: int, facts: Facts) -> None:
    """Keep facts of a thing; a shelf takes it to its site, unless it stands elsewhere now.

    Refused when somebody's promise would be left without a thing.
    """
    item = session.get_one(Item, item_id)
    promised = _promises(item.kind_id)
    if "home_place_id" in facts:
        _move(item, facts["home_place_id"])
    for name, value in facts.items():
        setattr(item, name, value)
    session.flush()
    freed.note(item.kind_id)
    if promised - _promises(item.kind_id):
        words = N_("Somebody has reserved this size here. Give them another thing first.")
        raise Refusal(words, code="promised")
    if {"made_year", "model"} & set(facts):
        _reckon_age(item)


def _reckon_age(item: Item) -> None:
    """Say until when a thing may be used; what is promised of it after that finds another."""
    safety.reckon(item, session.get_one(Kind, item.kind_id).category_id)
    session.flush()
    goods.rehouse(item.kind_id)


def _move(item: Item, place_id: int | None) -> None:
    """Let a thing that stands at home stand at its new home."""
    if item.place_id == item.home_place_id:
        item.place_id = place_id
    if place_id is not None:
        item.site_id = session.get_one(Place, place_id).site_id


def _promises(kind_id: int) -> set[int]:
    return set(pack(goods_queries.stock(kind_id)) or {})


ITEM = Record("item", lock_item, read_item, check_item, write_item)
