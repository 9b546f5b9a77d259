"""How a thing stands: all that an act at the desk changes of it, before and after."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, case, func, literal, select

from lainaamo.core.db import session
from lainaamo.goods.models import Item, Part, Repair, Use
from lainaamo.lending.models import Loan

Stand = dict[str, Any]
"""Its place, home and site, condition, how it left, last and open loan, repair, rest, parts."""


def stand(item_id: int) -> Stand:
    """Return how a thing stands."""
    return stands([item_id])[item_id]


def stands(item_ids: Sequence[int]) -> Mapping[int, Stand]:
    """Return how each of these things stands."""
    asked = {"items": list(item_ids)}
    session.flush()
    rows = session.connection().execute(_STANDS, asked).mappings()
    found = [dict(row) for row in rows]
    incomplete = any(one.pop("incomplete") for one in found)
    missing = _missing(item_ids) if incomplete else {}
    return {(item_id := one.pop("item")): _standing(one, missing.get(item_id, {})) for one in found}


def _standing(found: Stand, missing: Mapping[str, str]) -> Stand:
    is_out = found["last"] is not None and found.pop("returned") is None
    found.pop("returned", None)
    return {**found, "loan": found["last"] if is_out else None, "missing": missing}


def _stands() -> Select[Any]:
    item, loan, use = _ITEM.c, _LOAN.c, _USE.c
    own = _LOAN.alias("own").c
    newest = select(func.max(own.id)).where(own.item_id == item.id).scalar_subquery()
    repair = select(_REPAIR.c.id).where(_REPAIR.c.item_id == item.id, _REPAIR.c.closed_at.is_(None))
    resting = (use.item_id == item.id, use.purpose == "turnaround", use.ended_at.is_(None))
    rest = select(func.max(use.id)).where(*resting)
    is_missing = (_PART.c.item_id == item.id, _PART.c.missing_since.is_not(None))
    incomplete = select(_PART.c.id).where(*is_missing).exists()
    columns = (
        item.id.label("item"),
        item.place_id.label("place"),
        item.home_place_id.label("home"),
        item.site_id.label("site"),
        item.condition.label("condition"),
        item.left_as.label("left"),
        loan.id.label("last"),
        loan.returned_at.label("returned"),
        loan.condition_back.label("back"),
        repair.scalar_subquery().label("repair"),
        rest.scalar_subquery().label("rest"),
        case((incomplete, literal(1)), else_=0).label("incomplete"),
    )
    return (
        select(*columns).outerjoin_from(_ITEM, _LOAN, loan.id == newest).where(item.id.in_(_ITEMS))
    )


_ITEMS: BindParameter[Any] = bindparam("items", expanding=True)
_ITEM, _LOAN, _USE = Item.__table__, Loan.__table__, Use.__table__
_REPAIR, _PART = Repair.__table__, Part.__table__
_STANDS = _stands()
_PARTS = (
    select(Part.item_id, Part.id, Part.missing_since)
    .where(Part.item_id.in_(_ITEMS), Part.missing_since.is_not(None))
    .order_by(Part.id)
)


def _missing(item_ids: Sequence[int]) -> Mapping[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for item_id, part, since in session.execute(_PARTS, {"items": list(item_ids)}):
        if since is not None:
            found.setdefault(item_id, {})[str(part)] = since.isoformat()
    return found


# What the acts of every day make of it


def lent(before: Stand, loan_id: int) -> Stand:
    """Return how a thing stands that was handed out: in somebody's hands, and not resting."""
    gone = {"place": None, "rest": None, "back": None}
    return {**before, **gone, "last": loan_id, "loan": loan_id}


def taken_back(before: Stand, *, rest: int | None, check: int | None = None) -> Stand:
    """Return how a thing stands that came back: at the desk, resting, or to be looked at."""
    waits = {"rest": rest, "repair": check}
    return {**before, "loan": None, **{name: one for name, one in waits.items() if one is not None}}


def shelved(before: Stand, *, place: int, site: int) -> Stand:
    """Return how a thing stands that was put on a shelf: that is its home, too."""
    return {**before, "place": place, "home": place, "site": site}
