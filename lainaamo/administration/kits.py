"""A kit as its facts: which kinds it is put together from, how many of each, and if it is lent."""

from sqlalchemy import delete, select

from lainaamo.administration import actions
from lainaamo.administration.models import Change
from lainaamo.administration.records import Record
from lainaamo.administration.rules import Facts
from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.goods import actions as goods
from lainaamo.goods import finding
from lainaamo.goods import kits as goods_kits
from lainaamo.goods.models import Category, Component, Kind

Parts = list[list[int]]
"""A kind's id and how many of it, for each part."""


def lock(kit_id: int) -> None:
    """Make others wait who change the kit."""
    session.get_one(Kind, kit_id)
    goods.lock_kinds([kit_id])


def read(kit_id: int) -> Facts:
    """Return a kit's facts; not found is what is put together from nothing."""
    kind = session.get_one(Kind, kit_id)
    rows = select(Component.kind_id, Component.quantity).where(Component.kit_id == kit_id)
    found = session.execute(rows.order_by(Component.id)).all()
    parts = [[kind_id, quantity] for kind_id, quantity in found]
    return {"parts": parts, "closed": kind.left_at is not None}


def check(kit_id: int, _now: Facts, after: Facts, _confirmed: int) -> None:
    """Refuse a kit of nothing, and parts that are not lent or are kits themselves."""
    if "parts" in after:
        check_parts(after["parts"], kit_id=kit_id)


def check_parts(parts: Parts, *, kit_id: int | None = None) -> None:
    """Refuse a kit of nothing, and parts that are not lent or are kits themselves."""
    if not parts:
        raise Refusal(N_("Choose at least one part."), code="no_parts")
    ids = {kind_id for kind_id, _number in parts}
    lent = select(Kind.id).where(Kind.id.in_(ids), Kind.left_at.is_(None))
    known = set(session.scalars(lent.where(Kind.pool == "lendable")))
    if ids - known or ids & set(goods_kits.kits()) or kit_id in ids:
        words = N_("A part is a kind that is lent now. It cannot be a kit.")
        raise Refusal(words, code="no_part")


def write(kit_id: int, facts: Facts) -> None:
    """Keep facts of a kit; what is promised stays as it was promised."""
    kind = session.get_one(Kind, kit_id)
    if "parts" in facts:
        session.execute(delete(Component).where(Component.kit_id == kit_id))
        _put_together(kit_id, facts["parts"])
    if "closed" in facts:
        kind.left_at = clock.now() if facts["closed"] else None
        session.flush()
        finding.index_kinds([kit_id])


def _put_together(kit_id: int, parts: Parts) -> None:
    for kind_id, quantity in parts:
        session.add(Component(kit_id=kit_id, kind_id=kind_id, quantity=quantity))
    session.flush()


KIT = Record("kit", lock, read, check, write)


def add(name: str, category_id: int | None, parts: Parts) -> Change:
    """Make a kit of these parts."""
    category = session.get(Category, category_id or 0)
    if category is None or category.closed_at is not None or category.pool != "lendable":
        words = N_("Choose a category that is in use and on the same side: lending or reuse.")
        raise Refusal(words, code="no_category")
    check_parts(parts)
    kit = Kind(category_id=category.id, pool="lendable", name=name, made_at=clock.now())
    session.add(kit)
    session.flush()
    _put_together(kit.id, parts)
    finding.index_kinds([kit.id])
    return actions.keep_made("kit", [(kit.id, read(kit.id))])[0]
