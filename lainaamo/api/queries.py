"""What only programs ask: things, loans and reservations page by page, whom and what ids mean."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.desk.queries import is_in
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Code, Item, Kind, Place, Repair, Site, Use
from lainaamo.lending.models import Line, Loan, Reservation

STATES: Mapping[str, str] = {
    "on_shelf": "hyllyssa",
    "at_desk": "tiskilla",
    "on_loan": "lainassa",
    "late": "myohassa",
    "in_repair": "korjauksessa",
}
"""What programs call the states of the staff's list."""

LOAN_STATES = ("open", "late", "returned")
RESERVATION_STATES = ("open", "over")


# Kinds


def pieces_to_book(kind_ids: Collection[int]) -> Mapping[int, Mapping[str | None, int]]:
    """Return how many pieces units may book of each of these kinds, by size."""
    wanted = select(Item.kind_id, Item.size, func.sum(Item.unclaimed))
    wanted = wanted.where(Item.kind_id.in_(kind_ids), *goods.bookable())
    found: dict[int, dict[str | None, int]] = {}
    for kind_id, size, number in session.execute(wanted.group_by(Item.kind_id, Item.size)):
        found.setdefault(kind_id, {})[size] = int(number)
    return found


def pools_of(kind_ids: Iterable[int]) -> Mapping[int, str]:
    """Return which pool each of these kinds is of."""
    rows = session.execute(select(Kind.id, Kind.pool).where(Kind.id.in_(list(kind_ids))))
    return {kind_id: pool for kind_id, pool in rows}  # noqa: C416 - rows are no pairs to mypy


# Things


class Sought(NamedTuple):
    """Which things somebody asks for; `lots_only` are those that units may book."""

    kind_id: int | None = None
    state: str | None = None
    free: bool | None = None
    lots_only: bool = False
    after_id: int = 0


def items(sought: Sought, *, limit: int) -> Sequence[Row[Any]]:
    """Return so many things in the house in the order of their ids."""
    wanted = _items().where(Item.left_at.is_(None), Item.id > sought.after_id, *_asked(sought))
    return session.execute(wanted.order_by(Item.id).limit(limit)).all()


def get_item(sign: str, *, lots_only: bool) -> Row[Any]:
    """Return the thing that a code is on, also one that has left the house."""
    of_code = Item.id.in_(select(Code.item_id).where(Code.sign == sign))
    asked = _asked(Sought(lots_only=lots_only))
    return session.execute(_items().where(of_code, *asked)).one()


def _items() -> Select[*tuple[Any, ...]]:
    home = aliased(Place)
    sign = select(Code.sign).where(Code.item_id == Item.id).order_by(*goods.LAST_FIRST).limit(1)
    own = (Item.id, Item.kind_id, Item.site_id, Item.size, Item.condition, Item.quantity)
    life = (Item.unclaimed, Item.left_as, Loan.id.label("loan_id"), Loan.due_on, Repair.need)
    named = (Kind.name, Kind.name_simple, Kind.name_sv, Kind.name_en, Kind.pool)
    price = func.coalesce(Item.price_new_cents, Kind.price_new_cents).label("price_new_cents")
    places = (Place.name.label("place"), home.name.label("home"))
    wanted: Select[*tuple[Any, ...]] = select(
        *own, *life, *named, price, *places, sign.scalar_subquery().label("sign"), _is_free()
    )
    return (
        wanted.join(Item.kind)
        .outerjoin(Place, Item.place_id == Place.id)
        .outerjoin(home, Item.home_place_id == home.id)
        .outerjoin(Loan, and_(Loan.item_id == Item.id, Loan.returned_at.is_(None)))
        .outerjoin(Repair, and_(Repair.item_id == Item.id, Repair.closed_at.is_(None)))
    )


def _is_free() -> ColumnElement[bool]:
    """Tell whether a thing can go out today, or pieces of a lot be booked."""
    today = clock.today()
    lasts = or_(Use.last_day.is_(None), Use.last_day >= today, Use.due_on < today)
    taken = select(Use.id).where(Use.item_id == Item.id, Use.ended_at.is_(None))
    taken = taken.where(Use.first_day <= today, lasts).correlate(Item)
    to_lend = (Kind.pool == "lendable", Item.condition != "broken", Item.left_at.is_(None))
    lot = and_(Kind.pool == "reuse", *goods.bookable())
    found: ColumnElement[bool] = or_(and_(*to_lend, ~taken.exists()), lot)
    return found.label("is_free")


def _asked(sought: Sought) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if sought.kind_id is not None:
        asked.append(Item.kind_id == sought.kind_id)
    if sought.state is not None:
        asked.append(is_in(STATES[sought.state]))
    if sought.free is not None:
        is_free = _is_free()
        asked.append(is_free if sought.free else ~is_free)
    if sought.lots_only:
        asked += [Kind.pool == "reuse", *goods.bookable()]
    return asked


# Loans and reservations


def loans(
    *, person_id: int | None, state: str | None, after_id: int | None, limit: int
) -> Sequence[Loan]:
    """Return loans with their things, the newest first: of one person, or of everybody."""
    wanted = select(Loan).options(joinedload(Loan.item).joinedload(Item.kind))
    wanted = wanted.options(joinedload(Loan.line))
    if person_id is not None:
        wanted = wanted.where(Loan.person_id == person_id)
    if state == "returned":
        wanted = wanted.where(Loan.returned_at.is_not(None))
    elif state is not None:
        wanted = wanted.where(Loan.returned_at.is_(None))
    if state == "late":
        wanted = wanted.where(Loan.due_on < clock.today())
    if after_id is not None:
        wanted = wanted.where(Loan.id < after_id)
    return session.scalars(wanted.order_by(Loan.id.desc()).limit(limit)).all()


def get_loan_id(loan_id: int, *, person_id: int | None) -> int:
    """Return a loan's id if there is such a one: of one person, or of anybody."""
    wanted = select(Loan.id).where(Loan.id == loan_id)
    if person_id is not None:
        wanted = wanted.where(Loan.person_id == person_id)
    return session.scalars(wanted).one()


def reservations(
    *, person_id: int | None, state: str | None, after_id: int | None, limit: int
) -> Sequence[Reservation]:
    """Return reservations with their lines, the newest first: of one person, or of everybody."""
    wanted = _whole_reservation()
    waits = Reservation.lines.any(Line.ended_at.is_(None))
    open_ones = and_(waits, Reservation.last_day >= clock.today())
    if person_id is not None:
        wanted = wanted.where(Reservation.person_id == person_id)
    if state is not None:
        wanted = wanted.where(open_ones if state == "open" else ~open_ones)
    if after_id is not None:
        wanted = wanted.where(Reservation.id < after_id)
    return session.scalars(wanted.order_by(Reservation.id.desc()).limit(limit)).all()


def get_reservation(reservation_id: int, *, person_id: int | None) -> Reservation:
    """Return a reservation with its lines: of one person, or of anybody."""
    wanted = _whole_reservation().where(Reservation.id == reservation_id)
    if person_id is not None:
        wanted = wanted.where(Reservation.person_id == person_id)
    return session.scalars(wanted).one()


def _whole_reservation() -> Select[Reservation]:
    lines = selectinload(Reservation.lines)
    return select(Reservation).options(lines.joinedload(Line.kind))


# What ids mean


def find_site(named: int | str) -> Site | None:
    """Return an open site by its id or its key."""
    is_id = isinstance(named, int)
    wanted = select(Site).where(Site.closed_at.is_(None))
    return session.scalar(wanted.where(Site.id == named if is_id else Site.key == named))


def find_item_id(named: int | str) -> int | None:
    """Return the id of a thing by it or by its code."""
    if isinstance(named, int):
        return session.scalar(select(Item.id).where(Item.id == named))
    return session.scalar(select(Code.item_id).where(Code.sign == named.upper()))


def today() -> date:
    """Return the day it is for everything that is asked here."""
    return clock.today()
