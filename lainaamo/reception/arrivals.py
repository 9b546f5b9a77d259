"""What reception asks: what came lately, by what name, from whom, and what a thing still lacks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area
from lainaamo.goods import queries as goods
from lainaamo.goods.attributes import ATTRIBUTES
from lainaamo.goods.models import Category, Code, Item, Kind, Photo, Place
from lainaamo.people.models import Unit
from lainaamo.reception.models import DonatedThing, Donation, WaitingPhoto

LATELY = 400
"""How many of the last things are looked at for what is used most lately."""
MOST_OFFERED = 6
MOST_LABELS = 200
GAPS = ("size", "place", "photo", "label", "price")
WATCHED = timedelta(days=365)
"""For how long what came in is watched until it is whole."""
ROWS = 30
MOST_COUNTED = 100
_OTHER = aliased(Item)


def find_item_of_photo(name: str) -> Item | None:
    """Return the thing that has this photo."""
    return session.scalar(
        select(Item).join(Photo, Photo.item_id == Item.id).where(Photo.name == name)
    )


def find_waiting(name: str) -> WaitingPhoto | None:
    """Return a photo that waits for its thing."""
    return session.scalar(select(WaitingPhoto).where(WaitingPhoto.name == name))


def find_kind(category_id: int, name: str) -> Kind | None:
    """Return the oldest kind of a group that is called so, in small or large letters."""
    wanted = select(Kind).where(Kind.category_id == category_id, Kind.left_at.is_(None))
    rows = session.scalars(wanted.order_by(Kind.id)).all()
    return next((kind for kind in rows if kind.name.casefold() == name.casefold()), None)


def count_things(kind_id: int) -> int:
    """Count the things of a kind in the house."""
    wanted = select(func.count(Item.id)).where(Item.kind_id == kind_id, Item.left_at.is_(None))
    return session.scalar(wanted) or 0


def donation_of(item_id: int) -> int | None:
    """Return the donation a thing came with."""
    return session.scalar(select(DonatedThing.donation_id).where(DonatedThing.item_id == item_id))


def get_donation(donation_id: int) -> Donation:
    """Return a donation."""
    return session.get_one(Donation, donation_id)


def find_donation(donation_id: int) -> Donation | None:
    """Return a donation, if there is one."""
    return session.get(Donation, donation_id)


def things_of_donation(donation_id: int) -> Sequence[Item]:
    """Return what came with a donation, with the kinds."""
    wanted = select(Item).join(DonatedThing, DonatedThing.item_id == Item.id)
    wanted = wanted.where(DonatedThing.donation_id == donation_id, Item.left_at.is_(None))
    whole = joinedload(Item.kind).joinedload(Kind.category)
    return session.scalars(wanted.options(whole).order_by(Item.id)).all()


# What was used lately


@once_per_change(Area.GOODS)
def last_categories() -> Sequence[int]:
    """Return the groups of the last things that came in, the last first."""
    newest = select(func.max(Item.id) - LATELY).scalar_subquery()
    latest = func.max(Item.id)
    wanted = select(Kind.category_id).join(Item, Item.kind_id == Kind.id)
    wanted = wanted.where(Item.id > newest).group_by(Kind.category_id).order_by(latest.desc())
    return tuple(session.scalars(wanted))


class Giver(NamedTuple):
    """A unit as a list of those who give shows it."""

    id: int
    name: str


@once_per_change(Area.GOODS, Area.PEOPLE)
def givers() -> tuple[Sequence[Giver], Sequence[Giver]]:
    """Return the units that gave something lately, the last first, and all others by name."""
    newest = select(func.max(Item.id) - LATELY).scalar_subquery()
    wanted = select(Item.giving_unit_id).where(Item.id > newest, Item.giving_unit_id.is_not(None))
    wanted = wanted.group_by(Item.giving_unit_id).order_by(func.max(Item.id).desc())
    order = list(session.scalars(wanted.limit(MOST_OFFERED)))
    every = {row.id: Giver(*row) for row in session.execute(select(Unit.id, Unit.name))}
    rest = sorted((one for one in every.values() if one.id not in order), key=_by_name)
    return tuple(every[one] for one in order if one in every), tuple(rest)


def _by_name(giver: Giver) -> tuple[str, int]:
    return giver.name.casefold(), giver.id


def find_unit(unit_id: int) -> Giver | None:
    """Return a unit."""
    row = session.execute(select(Unit.id, Unit.name).where(Unit.id == unit_id)).first()
    return Giver(*row) if row else None


def last_names(category_id: int) -> Sequence[str]:
    """Return what the last things of a group were called, the last first."""
    wanted = select(Kind.name).join(Item, Item.kind_id == Kind.id)
    wanted = wanted.where(Kind.category_id == category_id, Kind.left_at.is_(None))
    wanted = wanted.group_by(Kind.id, Kind.name).order_by(func.max(Item.id).desc())
    return session.scalars(wanted.limit(MOST_OFFERED)).all()


def last_sizes(category_id: int) -> Sequence[str]:
    """Return the sizes of the last things of a group, the last first."""
    wanted = select(Item.size).join(Kind, Item.kind_id == Kind.id)
    wanted = wanted.where(Kind.category_id == category_id, Item.size.is_not(None))
    wanted = wanted.group_by(Item.size).order_by(func.max(Item.id).desc())
    return [size for size in session.scalars(wanted.limit(MOST_OFFERED)) if size]


def places_of(site_id: int) -> Mapping[str, int]:
    """Return a site's shelves in use by their names, in the order one walks them."""
    wanted = select(Place.name, Place.id).where(Place.site_id == site_id, Place.closed_at.is_(None))
    rows = session.execute(
        wanted.where(Place.level == "shelf").order_by(Place.position, Place.name)
    )
    return {row.name: row.id for row in rows}


def get_place(place_id: int) -> Place:
    """Return a shelf."""
    return session.get_one(Place, place_id)


def things_between(kind_id: int, first_id: int, last_id: int) -> Sequence[int]:
    """Return the things of a kind with these ids and those between."""
    wanted = select(Item.id).where(Item.kind_id == kind_id, Item.id.between(first_id, last_id))
    return session.scalars(wanted.order_by(Item.id).limit(MOST_LABELS)).all()


def signs_since(moment: datetime) -> Sequence[str]:
    """Return the codes of what has come in since a moment and is in the house."""
    own = aliased(Code)
    first = select(func.min(own.id)).where(own.item_id == Item.id).scalar_subquery()
    wanted = select(Code.sign).join(Item, Code.item_id == Item.id).where(Code.id == first)
    wanted = wanted.where(Item.received_at >= moment, Item.left_at.is_(None))
    return session.scalars(wanted.order_by(Item.id).limit(MOST_LABELS)).all()


# What is missing


class Lacking(NamedTuple):
    """A thing that lacks something, as a row of the list."""

    id: int
    name: str
    name_simple: str | None
    name_sv: str | None
    name_en: str | None
    picture: str
    quantity: int
    received_at: datetime
    gaps: frozenset[str]


def lacking(gap: str | None, *, after_id: int = 0) -> list[Lacking]:
    """Return what came in lately and lacks something, the oldest first; one more than ROWS."""
    tests = _tests()
    names = (Kind.name, Kind.name_simple, Kind.name_sv, Kind.name_en)
    columns: tuple[Any, ...] = (
        Item.id,
        *names,
        Category.pictogram,
        Item.quantity,
        Item.received_at,
    )
    lacks = tests[gap] if gap else or_(*tests.values())
    wanted: Select[*tuple[Any, ...]] = select(*columns, *(tests[one] for one in GAPS))
    wanted = wanted.join(Item.kind).join(Kind.category).where(_is_watched(), lacks)
    rows = session.execute(wanted.where(Item.id > after_id).order_by(Item.id).limit(ROWS + 1))
    return [_lacking(row) for row in rows]


def _lacking(row: Any) -> Lacking:
    *known, size, place, photo, label, price = row
    found = zip(GAPS, (size, place, photo, label, price), strict=True)
    gaps = frozenset(gap for gap, is_missing in found if is_missing)
    return Lacking._make((*known, gaps))


@once_per_change(Area.GOODS, Area.HOUSE)
def counts_of_gaps() -> Mapping[str, int]:
    """Return how many things lack what; more than MOST_COUNTED are not counted on."""
    return {gap: _count(test) for gap, test in _tests().items()}


def _count(test: ColumnElement[bool]) -> int:
    some = select(Item.id).join(Item.kind).where(_is_watched(), test).limit(MOST_COUNTED + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def gaps_of(item: Item) -> frozenset[str]:
    """Return what a thing lacks."""
    tests = _tests()
    wanted: Select[*tuple[Any, ...]] = select(*(tests[gap] for gap in GAPS)).select_from(Item)
    row = session.execute(wanted.join(Item.kind).where(Item.id == item.id)).one()
    return frozenset(gap for gap, is_missing in zip(GAPS, row, strict=True) if is_missing)


def _is_watched() -> ColumnElement[bool]:
    return and_(Item.left_at.is_(None), Item.received_at > clock.now() - WATCHED)


def _tests() -> dict[str, ColumnElement[bool]]:
    """Return for each gap when a thing has it; Item must be joined to its kind."""
    shown = select(_OTHER.kind_id).join(Photo, Photo.item_id == _OTHER.id)
    shown = shown.where(Photo.removed_at.is_(None), _OTHER.left_at.is_(None))
    return {
        "size": and_(Item.size.is_(None), Kind.category_id.in_(list(sized_categories()))),
        "place": and_(Item.place_id.is_(None), Item.home_place_id.is_(None)),
        # By kind, in one go: thing by thing it would take the square of a kind's things.
        "photo": Item.kind_id.not_in(shown),
        "label": ~exists().where(Code.item_id == Item.id),
        "price": and_(Item.price_new_cents.is_(None), Kind.price_new_cents.is_(None)),
    }


def sized_categories() -> Iterable[int]:
    """Return the groups whose things have a size."""
    return [one.id for one in goods.tree() if any(is_size(key) for key in one.attributes)]


def is_size(key: str) -> bool:
    """Tell whether an attribute is the size by which a thing is chosen."""
    return key in ATTRIBUTES and ATTRIBUTES[key].is_size
