"""What the staff's screens ask: one thing as it stands, its life, the day's work, all things."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, not_, or_, select
from sqlalchemy import Row as RowOf
from sqlalchemy.orm import aliased

from lainaamo.core import clock, search
from lainaamo.core.db import session
from lainaamo.core.journal import Entry
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area
from lainaamo.core.reading import OneWord
from lainaamo.goods import queries as goods
from lainaamo.goods.codes import is_code
from lainaamo.goods.models import Category, Code, Item, Kind, Place, Repair, Use
from lainaamo.lending.models import Line, Loan, Reservation
from lainaamo.people.models import Actor, Person, Unit

ROWS = 50
LINES = 50
WORK_LINES = 60
LOOKED_THROUGH = 400
"""How many of the newest journal lines are searched for today's work: a bound, not a promise."""

LATEST_THINGS = 2000
"""How many of the newest things are searched for those without a label."""

LOAN_VERBS = ("loan.handed_out", "loan.returned", "item.condition_marked")
REPAIR_VERBS = ("repair.opened", "repair.closed", "part.missing", "part.found")
OTHER_VERBS = ("claim.taken", "item.shelved", "item.received", "item.found", "desk.undone")
WORK_VERBS = (*LOAN_VERBS, *REPAIR_VERBS, *OTHER_VERBS)


@dataclass(frozen=True, slots=True)
class Standing:
    """A thing as it stands now: what it is, its last loan, its open repair and the days taken."""

    sign: str
    item: Item
    last_loan: Loan | None
    repair: Repair | None
    uses: Sequence[Use]

    @property
    def open_loan(self) -> Loan | None:
        """Return the loan it is out on."""
        loan = self.last_loan
        return loan if loan is not None and loan.returned_at is None else None


def get_standing(sign: str) -> Standing:
    """Return a thing by its code, as it stands."""
    item, loan, repair = session.execute(_standing(), {"sign": sign}).one()
    uses = goods.live_uses_of(item.id)
    return Standing(sign=sign, item=item, last_loan=loan, repair=repair, uses=uses)


@lru_cache(maxsize=1)
def _standing() -> Select[Item, Loan, Repair]:
    """Return the question of every scan: to make it costs as much as to ask it."""
    own = aliased(Loan)
    newest = select(func.max(own.id)).where(own.item_id == Item.id).correlate(Item)
    is_open = and_(Repair.item_id == Item.id, Repair.closed_at.is_(None))
    wanted = select(Item, Loan, Repair).join(Code, Code.item_id == Item.id)
    wanted = wanted.outerjoin(Loan, Loan.id == newest.scalar_subquery()).outerjoin(Repair, is_open)
    return wanted.options(*goods.WHOLE).where(Code.sign == bindparam("sign"))


def get_loan(loan_id: int) -> Loan:
    """Return a loan."""
    return session.get_one(Loan, loan_id)


def get_line(line_id: int) -> Line:
    """Return a line of a reservation."""
    return session.get_one(Line, line_id)


def get_reservation(reservation_id: int) -> Reservation:
    """Return a reservation, without its lines."""
    return session.get_one(Reservation, reservation_id)


def sign_of_place(place_id: int) -> str | None:
    """Return the code on a shelf's label."""
    return goods.signs_of_places([place_id]).get(place_id)


def get_place_by_code(sign: str) -> Place:
    """Return the shelf a code is on."""
    wanted = select(Place).join(Code, Code.place_id == Place.id).where(Code.sign == sign)
    return session.scalars(wanted).one()


class Coming(NamedTuple):
    """A reservation that stands on a thing."""

    for_name: str
    first_day: date
    last_day: date


def coming_to(use_ids: Iterable[int]) -> Mapping[int, Coming]:
    """Return for whom, and for which days, these uses are promised."""
    ids = list(use_ids)
    if not ids:
        return {}
    columns = (Reservation.for_name, Reservation.first_day, Reservation.last_day)
    wanted = select(Line.use_id, *columns).join(Line.reservation).where(Line.use_id.in_(ids))
    return {row[0]: Coming(row[1], row[2], row[3]) for row in session.execute(wanted)}


def loans_of(item_id: int) -> Sequence[tuple[datetime, datetime | None]]:
    """Return when a thing was handed out and came back, the newest first."""
    wanted = select(Loan.handed_out_at, Loan.returned_at).where(Loan.item_id == item_id)
    return [(out, back) for out, back in session.execute(wanted.order_by(Loan.id.desc()))]


# The journal


def life_of(
    item_id: int,
    *,
    verbs: Sequence[str] | None = None,
    before_id: int | None = None,
    loans_since: datetime | None = None,
) -> Sequence[Entry]:
    """Return a thing's journal lines, the newest first: one more than a page if there are more.

    Lines of loans before `loans_since` are left out: the page tells them in one.
    """
    wanted = select(Entry).where(Entry.thing == "item", Entry.thing_id == item_id)
    if verbs is not None:
        wanted = wanted.where(Entry.verb.in_(verbs))
    if before_id is not None:
        wanted = wanted.where(Entry.id < before_id)
    if loans_since is not None:
        told_in_one = and_(Entry.verb.in_(LOAN_VERBS), Entry.happened_at < loans_since)
        wanted = wanted.where(not_(told_in_one))
    return session.scalars(wanted.order_by(Entry.id.desc()).limit(LINES + 1)).all()


def numbers_of(aliases: Iterable[str]) -> Mapping[str, int]:
    """Return the workers' numbers that journal names stand for, of those who have one."""
    wanted = select(Actor.alias, Person.number).join(Person, Actor.person_id == Person.id)
    rows = session.execute(wanted.where(Actor.alias.in_(set(aliases))))
    return {alias: number for alias, number in rows if number is not None}


@once_per_change(Area.HOUSE)
def names_of_all_places() -> Mapping[int, str]:
    """Return the names of every shelf of the house."""
    rows = session.execute(select(Place.id, Place.name))
    return {place_id: name for place_id, name in rows}  # noqa: C416 - a Row is no tuple to mypy


def names_of_places(place_ids: Iterable[int]) -> Mapping[int, str]:
    """Return shelves' names."""
    ids = set(place_ids)
    if not ids:
        return {}
    rows = session.execute(select(Place.id, Place.name).where(Place.id.in_(ids)))
    return {place_id: name for place_id, name in rows}  # noqa: C416 - a Row is no tuple to mypy


def names_of_units(unit_ids: Iterable[int]) -> Mapping[int, str]:
    """Return units' names."""
    ids = set(unit_ids)
    if not ids:
        return {}
    rows = session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(ids)))
    return {unit_id: name for unit_id, name in rows}  # noqa: C416 - a Row is no tuple to mypy


class Named(NamedTuple):
    """A thing by name, as the list of the day's work shows it."""

    name: str
    name_simple: str | None
    name_sv: str | None
    name_en: str | None
    size: str | None


def last_days_work() -> Sequence[Entry]:
    """Return the last journal lines that concern things, of one day, the newest first.

    The day is today, or before the day's first scan the last one on which there was work.
    """
    found = session.scalars(_last_work()).all()
    last = day_of(found[0]) if found else None
    return [entry for entry in found if day_of(entry) == last]


@lru_cache(maxsize=1)
def _last_work() -> Select[Entry]:
    first_id = select(func.max(Entry.id) - LOOKED_THROUGH).scalar_subquery()
    wanted = select(Entry).where(Entry.id > first_id)
    wanted = wanted.where(Entry.thing == "item", Entry.verb.in_(WORK_VERBS))
    return wanted.order_by(Entry.id.desc()).limit(WORK_LINES)


def day_of(entry: Entry) -> date:
    """Return the day on the wall when a line was written."""
    return clock.local(entry.happened_at).date()


def names_of_items(item_ids: Iterable[int]) -> Mapping[int, Named]:
    """Return what things are called."""
    names = (Kind.name, Kind.name_simple, Kind.name_sv, Kind.name_en)
    wanted: Select[*tuple[Any, ...]] = select(Item.id, *names, Item.size).join(Item.kind)
    rows = session.execute(wanted.where(Item.id.in_(set(item_ids))))
    return {item_id: Named(*rest) for item_id, *rest in rows}


# All things


class Row(NamedTuple):
    """A thing in the list, with all that its state is derived from."""

    id: int
    name: str
    name_simple: str | None
    name_sv: str | None
    name_en: str | None
    picture: str
    pool: str
    size: str | None
    sign: str | None
    place: str | None
    home: str | None
    left_as: str | None
    due_on: date | None
    need: str | None


class Sought(NamedTuple):
    """What somebody looks for among the things."""

    words: str = ""
    each: tuple[OneWord, ...] = ()
    states: frozenset[str] = frozenset()
    after_id: int = 0


def things(sought: Sought) -> list[Row]:
    """Return a page of things in the order of their ids, and one more if there are more."""
    wanted = _rows().where(Item.id > sought.after_id, *_fitting(sought))
    return [Row(*row) for row in session.execute(wanted.order_by(Item.id).limit(ROWS + 1))]


def _rows() -> Select[*tuple[Any, ...]]:
    home = aliased(Place)
    sign = select(Code.sign).where(Code.item_id == Item.id).order_by(*goods.LAST_FIRST).limit(1)
    picture = func.coalesce(Kind.picture, Category.pictogram)
    names = (Kind.name, Kind.name_simple, Kind.name_sv, Kind.name_en, picture, Kind.pool)
    facts = (Place.name, home.name, Item.left_as, Loan.due_on, Repair.need)
    wanted: Select[*tuple[Any, ...]] = select(
        Item.id, *names, Item.size, sign.scalar_subquery(), *facts
    )
    return (
        wanted.join(Item.kind)
        .join(Kind.category)
        .outerjoin(Place, Item.place_id == Place.id)
        .outerjoin(home, Item.home_place_id == home.id)
        .outerjoin(Loan, and_(Loan.item_id == Item.id, Loan.returned_at.is_(None)))
        .outerjoin(Repair, and_(Repair.item_id == Item.id, Repair.closed_at.is_(None)))
    )


def rows_of(item_ids: Iterable[int]) -> list[Row]:
    """Return these things as the list has them, those that have left the house too."""
    wanted = _rows().where(Item.id.in_(set(item_ids)))
    return [Row(*row) for row in session.execute(wanted)]


def unlabelled() -> list[Row]:
    """Return things in the house that have no code, of those that came last, the newest first."""
    has_code = select(Code.id).where(Code.item_id == Item.id).exists()
    first_id = select(func.max(Item.id) - LATEST_THINGS).scalar_subquery()
    wanted = _rows().where(Item.id > first_id, Item.left_at.is_(None), ~has_code)
    return [Row(*row) for row in session.execute(wanted.order_by(Item.id.desc()).limit(ROWS))]


def whole_things(sought: Sought, *, limit: int) -> Sequence[RowOf[Any]]:
    """Return all that a list tells of things, in the order of their ids, from the same filters."""
    home = aliased(Place)
    sign = select(Code.sign).where(Code.item_id == Item.id).order_by(*goods.LAST_FIRST).limit(1)
    own = (Item.id, Item.size, Item.attributes, Item.condition, Item.quantity, Item.note)
    life = (Item.left_as, Item.received_at, Loan.due_on, Repair.need, Kind.pool)
    named = (
        Kind.name,
        Kind.description,
        Category.name.label("category"),
        Category.name_simple.label("category_simple"),
        Category.name_sv.label("category_sv"),
        Category.name_en.label("category_en"),
        Place.name.label("place"),
        home.name.label("home"),
        Unit.name.label("unit"),
        func.coalesce(Item.price_new_cents, Kind.price_new_cents).label("price_new_cents"),
        sign.scalar_subquery().label("sign"),
    )
    wanted: Select[*tuple[Any, ...]] = select(*own, *life, *named)
    wanted = (
        wanted.join(Item.kind)
        .join(Kind.category)
        .outerjoin(Place, Item.place_id == Place.id)
        .outerjoin(home, Item.home_place_id == home.id)
        .outerjoin(Unit, Item.giving_unit_id == Unit.id)
        .outerjoin(Loan, and_(Loan.item_id == Item.id, Loan.returned_at.is_(None)))
        .outerjoin(Repair, and_(Repair.item_id == Item.id, Repair.closed_at.is_(None)))
        .where(Item.id > sought.after_id, *_fitting(sought))
    )
    return session.execute(wanted.order_by(Item.id).limit(limit)).all()


def _fitting(sought: Sought) -> list[ColumnElement[bool]]:
    """Narrow to what was asked for; what has left the house is found by its code only."""
    word = sought.words.upper()
    if is_code(word):
        return [Item.id.in_(select(Code.item_id).where(Code.sign == word))]
    asked = [Item.left_at.is_(None), *(_has_word(one) for one in sought.each)]
    if sought.states:
        asked.append(or_(*(is_in(state) for state in sorted(sought.states))))
    return asked


def _has_word(one: OneWord) -> ColumnElement[bool]:
    named = Item.kind_id.in_(search.narrowed(select(Kind.id), Kind.id, one.query))
    size = func.lower(Item.size)
    # A size is written with its unit, "150 cm", and meant without it.
    sized = or_(size == one.word, size.startswith(f"{one.word} ", autoescape=True))
    return or_(named, func.lower(Place.name) == one.word, sized)


def is_in(state: str) -> ColumnElement[bool]:
    """Return the condition of a state; see states.states for the words."""
    out, here, mended = Loan.id.is_not(None), Loan.id.is_(None), Repair.id.is_(None)
    return {
        "hyllyssa": and_(here, mended, Item.place_id.is_not(None)),
        "tiskilla": and_(here, Item.place_id.is_(None)),
        "lainassa": out,
        "myohassa": and_(out, Loan.due_on < clock.today()),
        "korjauksessa": not_(mended),
    }[state]


def coming_uses(item_ids: Iterable[int]) -> Mapping[int, Sequence[tuple[str, date, date | None]]]:
    """Return what takes each of these things now or later, as (purpose, first day, last day)."""
    not_over = or_(~Use.movable, Use.last_day >= clock.today())
    columns = (Use.item_id, Use.purpose, Use.first_day, Use.last_day)
    wanted = select(*columns).where(Use.item_id.in_(list(item_ids)), Use.ended_at.is_(None))
    found: dict[int, list[tuple[str, date, date | None]]] = {}
    for row in session.execute(wanted.where(not_over).order_by(Use.first_day, Use.id)):
        found.setdefault(row[0], []).append((row[1], row[2], row[3]))
    return found
