"""Things, one by one: for the staff all of them, for units the lots that they may book."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from sqlalchemy.exc import NoResultFound

from lainaamo.api import paging, queries, who
from lainaamo.api.offering import offers
from lainaamo.api.queries import Sought
from lainaamo.api.shapes import About
from lainaamo.core import clock
from lainaamo.core.errors import N_
from lainaamo.core.i18n import pick
from lainaamo.goods.codes import is_code
from lainaamo.people.access import Right

State = Literal["on_shelf", "at_desk", "on_loan", "in_repair", "left"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsAsked:
    """Which things are asked for."""

    kind: Annotated[int | None, About("Only things of this kind")] = None
    state: Annotated[
        Literal["on_shelf", "at_desk", "on_loan", "late", "in_repair"] | None,
        About("Only things in this state; who is late is on loan too"),
    ] = None
    free: Annotated[
        bool | None, About("Only what can go out today (of lots, be booked), or only the rest")
    ] = None
    cursor: paging.Cursor = None
    limit: paging.Limit = paging.PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A thing, or a lot of alike things for reuse."""

    id: int
    code: Annotated[str | None, About("The code on its label; null where it has none")]
    kind: Annotated[int, About("Its kind's id")]
    name: Annotated[str, About("Its kind's name in the language that was asked for")]
    size: str | None
    place: Annotated[str | None, About("The shelf it is on, or belongs on")]
    site: Annotated[int, About("Its site's id")]
    pool: Literal["lendable", "reuse"]
    state: State
    late: Annotated[bool, About("Whether it is on loan past its day")]
    due_on: Annotated[date | None, About("Until when it is lent")]
    condition: Literal["as_new", "good", "worn", "broken"]
    free: Annotated[bool, About("Whether it can go out today, or pieces of it be booked")]
    quantity: Annotated[int, About("How many pieces there are; one, but of a lot")]
    unclaimed: Annotated[int, About("How many of them units may book", least=0)]
    price_new_cents: Annotated[int | None, About("What one costs as new, in cents", least=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """A page of things."""

    items: list[Item]
    next: paging.Next


@offers("GET", "/items", right=Right.STOCK, summary=N_("List things"))
def list_items(asked: ItemsAsked) -> ItemPage:
    """In the order of their ids. A unit's token sees the lots that units may book."""
    (after_id,) = paging.read(asked.cursor) or (0,)
    sought = Sought(asked.kind, asked.state, asked.free, _lots_only(), after_id)
    found = queries.items(sought, limit=asked.limit + 1)
    more, found = len(found) > asked.limit, found[: asked.limit]
    cursor = paging.write(found[-1].id) if more else None
    return ItemPage(items=[_item(row) for row in found], next=cursor)


@offers("GET", "/items/<sign>", right=Right.STOCK, summary=N_("See one thing by its code"))
def see_item(sign: str) -> Item:
    """Also a thing that has left the house, for the staff. Letters of either case will do."""
    if not is_code(sign.upper()):
        raise NoResultFound
    return _item(queries.get_item(sign.upper(), lots_only=_lots_only()))


def _lots_only() -> bool:
    return not who.may(Right.THINGS)


def _item(row: Any) -> Item:
    return Item(
        id=row.id,
        code=row.sign,
        kind=row.kind_id,
        name=pick(row.name_simple, row.name, row.name_sv, row.name_en),
        size=row.size,
        place=row.place or row.home,
        site=row.site_id,
        pool=row.pool,
        state=_state(row),
        late=row.due_on is not None and row.due_on < clock.today(),
        due_on=row.due_on,
        condition=row.condition,
        free=bool(row.is_free),
        quantity=row.quantity,
        unclaimed=row.unclaimed if row.pool == "reuse" else 0,
        price_new_cents=row.price_new_cents,
    )


def _state(row: Any) -> State:
    if row.left_as is not None:
        return "left"
    if row.loan_id is not None:
        return "on_loan"
    if row.need is not None:
        return "in_repair"
    return "on_shelf" if row.place is not None else "at_desk"
