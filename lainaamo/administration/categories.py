"""A category as its facts: its names, where it stands in the tree, and what its things are like."""

import secrets
from typing import Any

from sqlalchemy import select

from lainaamo.administration import actions, queries, rules
from lainaamo.administration.models import Change
from lainaamo.administration.records import Record
from lainaamo.administration.rules import Facts
from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.goods import actions as goods
from lainaamo.goods import finding
from lainaamo.goods.models import Category

PLAIN = ("name", "name_simple", "name_sv", "name_en", "pictogram", "cpv", "pool")
LISTS = ("aliases", "attributes")
FOUND_BY = {"name", "name_simple", "name_sv", "name_en", "aliases", "parent_id"}
"""The facts by which a category's kinds are found."""
LAST_RESORT = "other"
"""A part of the keys of categories that imports need for what fits nowhere else."""


def lock(category_id: int) -> None:
    """Make others wait who change the tree: a circle can be closed by two moves at once."""
    lock_tree()
    session.scalars(select(Category.id).where(Category.id == category_id).with_for_update()).one()


def lock_tree() -> None:
    """Make others wait who change any category."""
    wanted = select(Category.id).order_by(Category.id)
    session.scalars(wanted.with_for_update(key_share=True)).all()


def read(category_id: int) -> Facts:
    """Return a category's facts; `after_id` is the one that stands just before it."""
    row = session.get_one(Category, category_id)
    facts: dict[str, Any] = {name: getattr(row, name) for name in PLAIN}
    facts |= {name: list(getattr(row, name)) for name in LISTS}
    beside = _beside(row)
    at = beside.index(category_id)
    return {
        **facts,
        "parent_id": row.parent_id,
        "after_id": beside[at - 1] if at else None,
        "closed": row.closed_at is not None,
    }


def _beside(row: Category) -> list[int]:
    """Return the open categories under the same one, the row itself included, in their order."""
    return [
        one.id
        for one in queries.categories()
        if one.parent_id == row.parent_id and (one.closed_at is None or one.id == row.id)
    ]


def check(category_id: int, now: Facts, after: Facts, _confirmed: int) -> None:
    """Refuse circles, another pool than its kinds or parents have, and closing what is in use."""
    later = {**now, **after}
    if after.get("closed"):
        _check_unused(session.get_one(Category, category_id))
    if "parent_id" in after or "pool" in after or after.get("closed") is False:
        _check_parent(category_id, later)
    if "pool" in after and _has_goods(category_id):
        words = N_("The category has goods, so it stays on its side. Move them first.")
        raise Refusal(words, code="category_in_use")


def _check_unused(row: Category) -> None:
    if _has_goods(row.id):
        words = N_("The category is in use. Move its kinds and what is under it first.")
        raise Refusal(words, code="category_in_use")
    if LAST_RESORT in row.key.split("_"):
        words = N_("Imports need this category for what fits nowhere else. It stays in use.")
        raise Refusal(words, code="last_resort")


def _has_goods(category_id: int) -> bool:
    return queries.has_kinds(category_id) or queries.has_open_children(category_id)


def _check_parent(category_id: int, later: Facts) -> None:
    rows = {row.id: row for row in queries.categories()}
    parents = {row.id: row.parent_id for row in rows.values()}
    parent = rows.get(later["parent_id"]) if later["parent_id"] is not None else None
    rules.check_no_circle(category_id, later["parent_id"], parents)
    if later["parent_id"] is None:
        return
    if parent is None or parent.closed_at is not None or parent.pool != later["pool"]:
        words = N_("Choose one above it that is in use and on the same side: lending or reuse.")
        raise Refusal(words, code="no_parent")


def write(category_id: int, facts: Facts) -> None:
    """Keep facts of a category; the tree is numbered anew where it moves."""
    row = session.get_one(Category, category_id)
    for name in (*PLAIN, *LISTS, "parent_id"):
        if name in facts:
            setattr(row, name, facts[name])
    if "closed" in facts:
        row.closed_at = clock.now() if facts["closed"] else None
    session.flush()
    if "parent_id" in facts or "after_id" in facts:
        _put_in_order(row, facts.get("after_id"))
    if FOUND_BY & set(facts):
        finding.index_categories([category_id])


def _put_in_order(row: Category, after_id: int | None) -> None:
    """Give the tree its numbers so that a category stands after another."""
    rows = queries.categories()
    beside = rules.put_after(_beside(row), row.id, after_id)
    order = {one: number for number, one in enumerate(beside)}
    listed = sorted(rows, key=lambda one: order.get(one.id, -1))
    goods.number_categories((one.id, one.parent_id) for one in listed)


def settled(category_id: int, facts: Facts) -> Facts:
    """Return facts in which attributes keep their order, and a new place is the last there."""
    rows = queries.categories()
    now = next(row for row in rows if row.id == category_id)
    # The first size that a thing has is the one that is printed, so the order is no accident.
    kept = [key for key in now.attributes if key in facts["attributes"]]
    added = [key for key in facts["attributes"] if key not in kept]
    facts = {**facts, "attributes": [*kept, *added]}
    if facts["parent_id"] == now.parent_id:
        return facts
    under = [row.id for row in rows if row.parent_id == facts["parent_id"] and not row.closed_at]
    return {**facts, "after_id": under[-1] if under else None}


CATEGORY = Record("category", lock, read, check, write)


def add(facts: Facts) -> Change:
    """Make a category; it comes last under its parent."""
    lock_tree()
    row = Category(
        key=f"own_{secrets.token_hex(6)}",  # never a key that a later version ships
        position=2**30,
        **{name: facts[name] for name in (*PLAIN, *LISTS, "parent_id")},
    )
    session.add(row)
    session.flush()
    _check_parent(row.id, facts)
    goods.number_categories((one.id, one.parent_id) for one in queries.categories())
    return actions.keep_made("category", [(row.id, read(row.id))])[0]
