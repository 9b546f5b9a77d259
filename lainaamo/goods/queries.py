"""What screens and actions ask about goods and their days."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import joinedload

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area
from lainaamo.goods.availability import Fixed, Stock, Taken, Thing, Wish
from lainaamo.goods.models import (
    Category,
    Code,
    Component,
    DayException,
    Item,
    Kind,
    OpeningHours,
    Part,
    Photo,
    Repair,
    Site,
    Use,
)
from lainaamo.goods.opening import Hours, Opening

NEVER_OPEN = Opening({})
GIVEN_AT = func.coalesce(Code.given_at, Code.made_at)
LAST_FIRST = (GIVEN_AT.desc(), Code.given_at.is_(None), Code.id.desc())
LAST_LAST = (GIVEN_AT, Code.given_at.is_not(None), Code.id)
"""The orders of a thing's codes in which the one on its label comes first, and last."""


def stock(kind_id: int) -> Stock:
    """Return all there is of a kind, with its taken days from today on."""
    return stocks([kind_id])[kind_id]


def stocks(kind_ids: Iterable[int]) -> Mapping[int, Stock]:
    """Return the stock of several kinds in two queries."""
    ids, today = list(kind_ids), clock.today()
    session.flush()
    things: dict[int, list[Thing]] = defaultdict(list)
    connection = session.connection()
    for row in connection.execute(_LENDABLE, {"kinds": ids}):
        things[row.kind_id].append(
            Thing(row.id, row.size, row.site_id, row.available_from, _free_until(row))
        )
    fixed: dict[int, list[Fixed]] = defaultdict(list)
    wishes: dict[int, list[Wish]] = defaultdict(list)
    for use in connection.execute(_LIVE_USES, {"kinds": ids, "today": today}):
        if use.movable:
            wishes[use.kind_id].append(_wish(use, today))
        else:
            fixed[use.kind_id].append(Fixed(use.item_id, use.first_day, _taken_until(use, today)))
    return {kind: Stock(things[kind], fixed[kind], wishes[kind]) for kind in ids}


def _free_until(thing: Row[Any]) -> date | None:
    """Return the last day on which a thing can be had: it must go then, or is too old after."""
    known = [day for day in (thing.must_go_by, thing.retire_on) if day is not None]
    return min(known, default=None)


def _wish(use: Row[Any], today: date) -> Wish:
    """Cut a promise to the days from today on: what is past cannot be taken from anybody."""
    first = max(use.first_day, today)
    return Wish(use.id, first, use.last_day, use.size, use.site_id, use.item_id)


def _taken_until(use: Row[Any], today: date) -> date | None:
    """Return until when a use lasts; a late thing is never offered, nobody knows its return."""
    is_late = use.due_on is not None and use.due_on < today
    return None if is_late else use.last_day


class Heap(NamedTuple):
    """The things of one kind, site and size; `limited` of them cannot be had on every day."""

    kind_id: int
    site_id: int
    size: str | None
    number: int
    limited: int


_ITEM, _USE = Item.__table__.c, Use.__table__.c
_KINDS: BindParameter[Any] = bindparam("kinds", expanding=True)
_TO_LEND = (_ITEM.left_at.is_(None), _ITEM.condition != "broken")
_LIMITED = or_(
    _ITEM.available_from.is_not(None), _ITEM.must_go_by.is_not(None), _ITEM.retire_on.is_not(None)
)
_PILE = (_ITEM.kind_id, _ITEM.site_id, _ITEM.size)
# Made once: the list of kinds is asked for more often than anything else.
_HEAPS = (
    select(*_PILE, func.count(), func.sum(case((_LIMITED, 1), else_=0)))
    .where(_ITEM.kind_id.in_(_KINDS), *_TO_LEND)
    .group_by(*_PILE)
)
_LENDABLE = (
    select(_ITEM.id, _ITEM.kind_id, _ITEM.size, _ITEM.site_id)
    .add_columns(_ITEM.available_from, _ITEM.must_go_by, _ITEM.retire_on)
    .where(_ITEM.kind_id.in_(_KINDS), *_TO_LEND)
    .order_by(_ITEM.id)
)
# What takes days from today on: a promise nobody fetched is over after its last day.
_LIVE_USES = (
    select(*_USE)
    .where(_USE.kind_id.in_(_KINDS), _USE.ended_at.is_(None))
    .where(or_(~_USE.movable, _USE.last_day >= bindparam("today", type_=Date)))
    .order_by(_USE.first_day, _USE.id)
)


def heaps(kind_ids: Sequence[int]) -> list[Heap]:
    """Return how many things there are to lend of these kinds, by site and size."""
    rows = session.connection().execute(_HEAPS, {"kinds": kind_ids})
    return [Heap(*row) for row in rows]


class Taking(NamedTuple):
    """A thing that is taken, with its size and site.

    `is_any_size` marks a promise that may move to another size; `is_plain` is false of a promise
    that does not stand on a thing that is good for it.
    """

    kind_id: int
    site_id: int
    size: str | None
    is_any_size: bool
    is_plain: bool
    taken: Taken


def _takings() -> Select[Any]:
    other = Use.__table__.alias("other").c
    today, first_day = bindparam("today", type_=Date), bindparam("first_day", type_=Date)

    def lasts(use: Any, day: Any) -> ColumnElement[bool]:
        return or_(use.last_day.is_(None), use.last_day >= day, use.due_on < today)

    def is_live(use: Any) -> ColumnElement[bool]:
        return and_(use.ended_at.is_(None), or_(~use.movable, use.last_day >= today))

    collides = exists().where(other.item_id == _USE.item_id, other.id != _USE.id, is_live(other))
    collides = collides.where(other.first_day <= _USE.last_day, lasts(other, _USE.first_day))
    of_other_size = and_(_USE.size.is_not(None), _USE.size.is_distinct_from(_ITEM.size))
    lost = or_(~and_(*_TO_LEND), _ITEM.site_id != _USE.site_id, of_other_size, collides)
    is_in_time = or_(_USE.due_on.is_(None), _USE.due_on >= today)
    end = case((is_in_time, _USE.last_day), else_=None)
    any_size = and_(_USE.movable, _USE.size.is_(None))
    return (
        select(*_PILE, any_size, ~and_(_USE.movable, lost), _USE.item_id, _USE.first_day, end)
        .join_from(Use.__table__, Item.__table__, _USE.item_id == _ITEM.id)
        .where(_USE.kind_id.in_(_KINDS), is_live(_USE), lasts(_USE, first_day))
        .where(_USE.first_day <= bindparam("last_day", type_=Date))
        .where(or_(_USE.movable, and_(*_TO_LEND)))
    )


_TAKINGS = _takings()


def takings(kind_ids: Sequence[int], first_day: date, last_day: date) -> list[Taking]:
    """Return what takes things of these kinds on any of these days; a late thing for good."""
    days = {"first_day": first_day, "last_day": last_day, "today": clock.today()}
    rows = session.connection().execute(_TAKINGS, {"kinds": kind_ids, **days})
    return [
        Taking(kind, site, size, bool(is_any), bool(is_plain), Taken(*taken))
        for kind, site, size, is_any, is_plain, *taken in rows
    ]


class Shape(NamedTuple):
    """Things of a kind that are alike in all that a list is narrowed by.

    `number` of them can be lent, `limited` of those not on every day.
    """

    kind_id: int
    site_id: int
    size: str | None
    condition: str
    age: str | None
    number: int
    limited: int


def shapes(kind_ids: Sequence[int]) -> list[Shape]:
    """Return what things there are of these kinds in the house."""
    age = Item.attributes["age_group"].as_string()
    alike = (Item.kind_id, Item.site_id, Item.size, Item.condition, age)
    numbers = (
        func.sum(case((and_(*_TO_LEND), 1), else_=0)),
        func.sum(case((and_(_LIMITED, *_TO_LEND), 1), else_=0)),
    )
    wanted = select(*alike, *numbers).where(Item.kind_id.in_(kind_ids), Item.left_at.is_(None))
    return [Shape(*row) for row in session.execute(wanted.group_by(*alike))]


def opening(site_id: int) -> Opening:
    """Return when a site is open."""
    return openings([site_id])[site_id]


def openings(site_ids: Iterable[int]) -> Mapping[int, Opening]:
    """Return when sites are open."""
    every = _openings(clock.today())
    return {site: every.get(site, NEVER_OPEN) for site in site_ids}


@once_per_change(Area.HOUSE)
def _openings(today: date) -> Mapping[int, Opening]:
    """Return when each site is open from a day on."""
    weeks: dict[int, dict[int, Hours]] = defaultdict(dict)
    for row in session.scalars(select(OpeningHours)):
        weeks[row.site_id][row.weekday] = Hours(row.opens, row.closes)
    exceptions: dict[int, dict[date, Hours | None]] = defaultdict(dict)
    for day in session.scalars(select(DayException).where(DayException.day >= today)):
        hours = Hours(day.opens, day.closes) if day.opens and day.closes else None
        exceptions[day.site_id][day.day] = hours
    return {site: Opening(weeks[site], exceptions[site]) for site in {*weeks, *exceptions}}


class Where(NamedTuple):
    """A site as lists use it: a plain row."""

    id: int
    key: str
    name: str


@once_per_change(Area.HOUSE)
def wheres() -> Sequence[Where]:
    """Return the sites as plain rows, in the order they were made."""
    rows = session.execute(select(Site.id, Site.key, Site.name).order_by(Site.id))
    return tuple(Where(*row) for row in rows)


def sites() -> Sequence[Site]:
    """Return the sites that are in use, in the order they were made."""
    return session.scalars(select(Site).where(Site.closed_at.is_(None)).order_by(Site.id)).all()


def sites_of(kind_id: int) -> Sequence[Site]:
    """Return the sites that have things of a kind."""
    has = select(Item.site_id).where(Item.kind_id == kind_id, Item.left_at.is_(None))
    return session.scalars(select(Site).where(Site.id.in_(has)).order_by(Site.id)).all()


def sizes_at(kind_id: int) -> Sequence[tuple[int, str | None]]:
    """Return at which sites, and in which sizes, there are things of a kind in the house."""
    wanted = select(Item.site_id, Item.size).where(Item.kind_id == kind_id, Item.left_at.is_(None))
    rows = session.execute(wanted.distinct().order_by(Item.site_id, Item.size))
    return [(site_id, size) for site_id, size in rows]


def lent_in(category_ids: Collection[int]) -> Sequence[Kind]:
    """Return the kinds of these categories that are lent, by name."""
    lent = (Kind.pool == "lendable", Kind.left_at.is_(None))
    wanted = select(Kind).where(Kind.category_id.in_(category_ids), *lent)
    return session.scalars(wanted.order_by(Kind.name, Kind.id)).all()


def sizes_with_binding(
    kind_ids: Collection[int], site_id: int
) -> Mapping[tuple[int, str], str | None]:
    """Return the sizes there are of these kinds at a site; with the binding that all of one have.

    None where its things have several, or where nobody has said which.
    """
    binding = Item.attributes["binding"].as_string()
    wanted = select(Item.kind_id, Item.size, binding).where(*_TO_LEND, Item.size.is_not(None))
    wanted = wanted.where(Item.kind_id.in_(kind_ids), Item.site_id == site_id).distinct()
    found: dict[tuple[int, str], set[str | None]] = defaultdict(set)
    for kind_id, size, one in session.execute(wanted.order_by(Item.kind_id, Item.size)):
        found[kind_id, size].add(one)
    return {key: next(iter(some)) if len(some) == 1 else None for key, some in found.items()}


def sites_with_all(kind_ids: Collection[int]) -> set[int]:
    """Return the ids of the sites that have things of each of these kinds."""
    pairs = select(Item.site_id, Item.kind_id).where(Item.kind_id.in_(kind_ids))
    found: dict[int, set[int]] = defaultdict(set)
    for site_id, kind_id in session.execute(pairs.where(Item.left_at.is_(None)).distinct()):
        found[site_id].add(kind_id)
    return {site_id for site_id, kinds in found.items() if kinds == set(kind_ids)}


def get_kind(kind_id: int) -> Kind:
    """Return a kind with its category."""
    wanted = select(Kind).where(Kind.id == kind_id).options(joinedload(Kind.category))
    return session.scalars(wanted).one()


def kinds(kind_ids: Iterable[int]) -> Sequence[Kind]:
    """Return these kinds, by name."""
    wanted = select(Kind).where(Kind.id.in_(list(kind_ids)))
    return session.scalars(wanted.order_by(Kind.name, Kind.id)).all()


def components_of(kit_id: int) -> list[tuple[Kind, int]]:
    """Return the kinds a kit is put together from, and how many of each."""
    wanted = select(Kind, Component.quantity).join(Component, Component.kind_id == Kind.id)
    rows = session.execute(wanted.where(Component.kit_id == kit_id).order_by(Component.id))
    return [(kind, quantity) for kind, quantity in rows]


def usual_parts(kind_id: int) -> list[str]:
    """Return the accessories that go with a kind's things, each name once."""
    wanted = select(Part.name).join(Item, Part.item_id == Item.id).distinct()
    here = (Item.kind_id == kind_id, Item.left_at.is_(None))
    return list(session.scalars(wanted.where(*here).order_by(Part.name)))


def lots_of(kind_id: int) -> Sequence[Item]:
    """Return a kind's things and lots in the house, with where they stand."""
    wanted = _whole_item().where(Item.kind_id == kind_id, Item.left_at.is_(None))
    return session.scalars(wanted.order_by(Item.id).limit(100)).all()


def lots_like(item: Item, *, limit: int = 4) -> Sequence[Item]:
    """Return other lots of the same category that units may book, those with most pieces first."""
    same = (Kind.category_id == item.kind.category_id, Kind.pool == "reuse", Item.id != item.id)
    wanted = _whole_item().join(Item.kind).where(*same, *bookable())
    return session.scalars(wanted.order_by(Item.unclaimed.desc(), Item.id).limit(limit)).all()


def bookable() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which pieces of a lot can be booked now."""
    in_repair = select(Repair.id).where(Repair.item_id == Item.id, Repair.closed_at.is_(None))
    here = (Item.left_at.is_(None), Item.unclaimed > 0, Item.condition != "broken")
    # By name: a query that joins repairs would else take this for its own.
    return (*here, ~in_repair.correlate(Item).exists())


def kinds_like(kind: Kind, *, limit: int = 12) -> Sequence[Kind]:
    """Return other kinds of the same category and pool, by name."""
    same = (Kind.category_id == kind.category_id, Kind.pool == kind.pool, Kind.id != kind.id)
    wanted = select(Kind).where(*same, Kind.left_at.is_(None)).order_by(Kind.name, Kind.id)
    return session.scalars(wanted.limit(limit)).all()


def find_code(sign: str) -> Code | None:
    """Return a code with the thing or place it stands for."""
    whole = (joinedload(Code.item).joinedload(Item.kind), joinedload(Code.place))
    return session.scalar(select(Code).where(Code.sign == sign).options(*whole))


class Label(NamedTuple):
    """What a code stands for: a thing of a kind, a place, a person's card, a command, nothing."""

    sign: str
    item_id: int | None
    place_id: int | None
    person_id: int | None
    command: str | None
    kind_id: int | None
    pool: str | None
    name: str | None
    name_simple: str | None
    name_sv: str | None
    name_en: str | None
    left_as: str | None


_CODE, _KIND = Code.__table__.c, Kind.__table__.c
# Made once: a phone that reads a label waits for nothing else.
_LABEL: Select[Any] = (
    select(
        *(_CODE.sign, _CODE.item_id, _CODE.place_id, _CODE.person_id, _CODE.command),
        *(_ITEM.kind_id, _KIND.pool),
        *(_KIND.name, _KIND.name_simple, _KIND.name_sv, _KIND.name_en),
        _ITEM.left_as,
    )
    .outerjoin_from(Code.__table__, Item.__table__, _CODE.item_id == _ITEM.id)
    .outerjoin(Kind.__table__, _ITEM.kind_id == _KIND.id)
    .where(_CODE.sign == bindparam("sign"))
)


def find_label(sign: str) -> Label | None:
    """Return what a code stands for."""
    row = session.connection().execute(_LABEL, {"sign": sign}).first()
    return None if row is None else Label._make(row)


def get_item(item_id: int, *, fresh: bool = False) -> Item:
    """Return a thing with its kind, category, site and places; `fresh`: as it is now, for a lock.

    Without it a row that was read before in the transaction may be given again as it was.
    """
    wanted = _whole_item().where(Item.id == item_id).execution_options(populate_existing=fresh)
    return session.scalars(wanted).one()


def items_by_id(item_ids: Iterable[int], *, fresh: bool = False) -> Mapping[int, Item]:
    """Return these things whole, by their ids; `fresh` as `get_item` has it."""
    wanted = _whole_item().where(Item.id.in_(set(item_ids)))
    wanted = wanted.execution_options(populate_existing=fresh)
    return {item.id: item for item in session.scalars(wanted)}


def get_item_by_code(sign: str) -> Item:
    """Return the thing a code is on."""
    wanted = _whole_item().join(Code, Code.item_id == Item.id).where(Code.sign == sign)
    return session.scalars(wanted).one()


WHOLE = (
    joinedload(Item.kind).joinedload(Kind.category),
    joinedload(Item.site),
    joinedload(Item.place),
    joinedload(Item.home_place),
)
"""What is read with a thing: its kind with the category, its site and its places."""


def _whole_item() -> Select[Item]:
    return select(Item).options(*WHOLE)


def sign_of(item_id: int) -> str | None:
    """Return the code on a thing's label: the one it got last."""
    return next(iter(signs_on(item_id)), None)


def signs_on(item_id: int) -> list[str]:
    """Return every code of a thing, the one it got last first; all of them open it."""
    return [code.sign for code in codes_on(item_id)]


def codes_on(item_id: int) -> Sequence[Code]:
    """Return every code of a thing, the one it got last first."""
    wanted = select(Code).where(Code.item_id == item_id)
    return session.scalars(wanted.order_by(*LAST_FIRST)).all()


def signs_in_use(signs: Iterable[str]) -> list[str]:
    """Return those of these codes that are on things in the house."""
    wanted = select(Code.sign).join(Item, Code.item_id == Item.id)
    wanted = wanted.where(Code.sign.in_(list(signs)), Item.left_at.is_(None))
    return list(session.scalars(wanted.order_by(Code.id)))


def sign_of_person(person_id: int) -> str | None:
    """Return the code of somebody's card: the one given last."""
    wanted = select(Code.sign).where(Code.person_id == person_id).order_by(*LAST_FIRST)
    return session.scalar(wanted.limit(1))


def signs_of(item_ids: Iterable[int]) -> Mapping[int, str]:
    """Return the code on the label of each of these things that has one."""
    wanted = select(Code.item_id, Code.sign).where(Code.item_id.in_(list(item_ids)))
    rows = session.execute(wanted.order_by(*LAST_LAST)).all()
    return {item_id: sign for item_id, sign in rows if item_id is not None}


def signs_of_places(place_ids: Iterable[int]) -> Mapping[int, str]:
    """Return the code on the label of each of these places that has one."""
    wanted = select(Code.place_id, Code.sign).where(Code.place_id.in_(list(place_ids)))
    rows = session.execute(wanted.order_by(*LAST_LAST)).all()
    return {place_id: sign for place_id, sign in rows if place_id is not None}


def parts_of(item_id: int) -> Sequence[Part]:
    """Return a thing's uncoded accessories."""
    return session.scalars(_PARTS, {"item": item_id}).all()


_PARTS = select(Part).where(Part.item_id == bindparam("item")).order_by(Part.id)


def parts_of_many(item_ids: Iterable[int]) -> Mapping[int, Sequence[Part]]:
    """Return the uncoded accessories of each of these things that has any."""
    found: dict[int, list[Part]] = defaultdict(list)
    wanted = select(Part).where(Part.item_id.in_(list(item_ids))).order_by(Part.id)
    for part in session.scalars(wanted):
        found[part.item_id].append(part)
    return found


def get_part(item_id: int, part_id: int) -> Part:
    """Return an accessory of this thing, as it is now."""
    wanted = select(Part).where(Part.id == part_id, Part.item_id == item_id)
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def photos_of(item_id: int) -> Sequence[Photo]:
    """Return the photos of a thing that are shown, the first one first."""
    wanted = select(Photo).where(Photo.item_id == item_id, Photo.removed_at.is_(None))
    return session.scalars(wanted.order_by(Photo.id)).all()


def first_photos(item_ids: Iterable[int]) -> Mapping[int, str]:
    """Return the name of the first photo of each of these things that has one."""
    shown = (Photo.removed_at.is_(None), Photo.item_id.in_(list(item_ids)))
    first = select(func.min(Photo.id)).where(*shown).group_by(Photo.item_id)
    rows = session.execute(select(Photo.item_id, Photo.name).where(Photo.id.in_(first)))
    return dict(rows.all())


def get_photo(item_id: int, photo_id: int) -> Photo:
    """Return a photo of this thing, shown or not."""
    wanted = select(Photo).where(Photo.id == photo_id, Photo.item_id == item_id)
    return session.scalars(wanted).one()


def is_photo_removed(item_id: int, photo_id: int) -> bool:
    """Tell whether this photo of a thing was taken away."""
    wanted = select(Photo.removed_at).where(Photo.id == photo_id, Photo.item_id == item_id)
    return session.scalar(wanted) is not None


def _covers() -> Select[int, str]:
    photo = Photo.__table__.c
    newest = select(_ITEM.kind_id, func.max(photo.id).label("photo_id")).join_from(
        Photo.__table__, Item.__table__, photo.item_id == _ITEM.id
    )
    shown = (photo.removed_at.is_(None), _ITEM.left_at.is_(None), _ITEM.kind_id.in_(_KINDS))
    chosen = newest.where(*shown).group_by(_ITEM.kind_id).subquery()
    return select(chosen.c.kind_id, photo.name).join_from(
        Photo.__table__, chosen, photo.id == chosen.c.photo_id
    )


_COVERS = _covers()


def covers(kind_ids: Iterable[int]) -> Mapping[int, str]:
    """Return the name of the newest photo of each kind that has one of a thing in the house."""
    rows = session.connection().execute(_COVERS, {"kinds": list(kind_ids)})
    return {kind_id: name for kind_id, name in rows}  # noqa: C416 - a row is no pair to mypy


def names_without_photo(names: Sequence[str]) -> set[str]:
    """Return those names of files that no photo has."""
    known = set(session.scalars(select(Photo.name).where(Photo.name.in_(names))))
    return set(names) - known


def live_uses_of(item_id: int) -> Sequence[Use]:
    """Return what takes a thing now and later, the soonest first."""
    return session.scalars(_uses_of_one(), {"item": item_id, "today": clock.today()}).all()


@lru_cache(maxsize=1)
def _uses_of_one() -> Select[Use]:
    wanted = select(Use).where(Use.item_id == bindparam("item"), Use.ended_at.is_(None))
    not_over = or_(~Use.movable, Use.last_day >= bindparam("today", type_=Date))
    return wanted.where(not_over).order_by(Use.first_day, Use.id)


def find_open_repair(item_id: int) -> Repair | None:
    """Return what keeps a thing out of circulation."""
    wanted = select(Repair).where(Repair.item_id == item_id, Repair.closed_at.is_(None))
    return session.scalar(wanted)


class Group(NamedTuple):
    """A category as lists use it: a plain row, the whole tree is read on every page of a list."""

    id: int
    parent_id: int | None
    key: str
    pool: str
    name: str
    name_simple: str
    name_sv: str
    name_en: str
    pictogram: str
    attributes: Sequence[str]


@once_per_change(Area.HOUSE)
def tree() -> Sequence[Group]:
    """Return every category in use, parents before children."""
    columns = [getattr(Category, name) for name in Group._fields]
    wanted = select(*columns).where(Category.closed_at.is_(None))
    rows = session.execute(wanted.order_by(Category.position, Category.id))
    return tuple(Group(*row) for row in rows)


def categories() -> Sequence[Category]:
    """Return every category in use whole, parents before children."""
    wanted = select(Category).where(Category.closed_at.is_(None))
    return session.scalars(wanted.order_by(Category.position, Category.id)).all()


def parents_of_categories() -> Mapping[int, int | None]:
    """Return each category's parent."""
    return {group.id: group.parent_id for group in tree()}


def lineage(category_id: int, parents: Mapping[int, int | None]) -> list[int]:
    """Return a category's id and its parents' ids, nearest first."""
    line: list[int] = []
    here: int | None = category_id
    while here is not None and here not in line:
        line.append(here)
        here = parents.get(here)
    return line


def walk(rows: Iterable[tuple[int, int | None]]) -> list[int]:
    """Return ids so that each parent comes before its children; rows are (id, parent), in order."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for row_id, parent_id in rows:
        children[parent_id].append(row_id)
    found: list[int] = []
    waiting = children[None][::-1]
    while waiting:
        found.append(waiting.pop())
        waiting.extend(children[found[-1]][::-1])
    return found
