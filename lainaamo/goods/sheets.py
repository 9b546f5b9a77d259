"""What is printed: labels of things, shelves, commands, blank codes, cards and badges."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from lainaamo.core import clock, journal
from lainaamo.core.db import insert_once, session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.goods import blanks, commands, queries, walking
from lainaamo.goods.labels import Label, sheet_pdf
from lainaamo.goods.models import Category, Code, Item, Kind, Place, SheetShift
from lainaamo.goods.papers import MOST_SHIFT_TENTHS, SHEETS, USUAL, Shift
from lainaamo.people.models import Badge, Person
from lainaamo.people.proofs import badge_text

MOST = 1000
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose the things are, as blank labels and cards say."""

    name: str
    phone: str
    service: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants labels of; a label is printed for each that there is."""

    things: tuple[str, ...] = ()
    received_on: date | None = None
    home_id: int | None = None
    shelves: tuple[str, ...] = ()
    room_id: int | None = None
    site_id: int | None = None
    commands: bool = False
    roll_id: int | None = None
    cards: tuple[str, ...] = ()
    badges: tuple[int, ...] = ()

    @property
    def has_things(self) -> bool:
        """Tell whether labels of things are wanted."""
        return bool(self.things or self.received_on or self.home_id)


def labels(wanted: Wanted, owner: Owner, *, key: str = "") -> list[Label]:
    """Return what is to be printed, in the order it is wanted or walked; `key` makes badges."""
    return [
        *(labels_of(wanted) if wanted.has_things else ()),
        *_of_places(wanted),
        *(_of_commands() if wanted.commands else ()),
        *(_of_roll(wanted.roll_id, owner) if wanted.roll_id else ()),
        *_of_cards(wanted.cards, owner),
        *_of_badges(wanted.badges, owner, key),
    ]


# Things


def labels_of(wanted: Wanted) -> list[Label]:
    """Return the labels of things; Wanted() means all there are. Those without a code are not."""
    home = aliased(Place)
    last = select(Code.sign).where(Code.item_id == Item.id).order_by(*queries.LAST_FIRST).limit(1)
    rows = session.execute(
        select(Item.id, last.scalar_subquery(), Kind.name, Item.size, home.name, Category.name)
        .join(Kind, Item.kind_id == Kind.id)
        .join(Category, Category.id == Kind.category_id)
        .outerjoin(home, Item.home_place_id == home.id)
        .where(*_things(wanted))
        .order_by(home.name, Item.id)
    ).all()
    found = {
        item_id: Label(sign, name, size, place, instead=category)
        for item_id, sign, name, size, place, category in rows
        if sign is not None
    }
    if not wanted.things:
        return list(found.values())
    asked = select(Code.sign, Code.item_id).where(Code.sign.in_(wanted.things))
    items = dict(session.execute(asked).all())
    order = dict.fromkeys(items.get(sign) for sign in wanted.things)
    return [found[item_id] for item_id in order if item_id in found]


def _things(wanted: Wanted) -> list[ColumnElement[bool]]:
    fits: list[ColumnElement[bool]] = [Item.left_at.is_(None)]
    if wanted.things:
        fits.append(Item.id.in_(select(Code.item_id).where(Code.sign.in_(wanted.things))))
    if wanted.received_on:
        start = clock.day_start(wanted.received_on)
        end = clock.day_start(wanted.received_on + timedelta(1))
        fits += [Item.received_at >= start, Item.received_at < end]
    if wanted.home_id:
        of_room = select(Place.id).where(Place.parent_id == wanted.home_id)
        fits.append(or_(Item.home_place_id == wanted.home_id, Item.home_place_id.in_(of_room)))
    return fits


def unlabelled(wanted: Wanted) -> list[int]:
    """Return the wanted things that have no code yet."""
    has_code = select(Code.id).where(Code.item_id == Item.id).exists()
    ids = select(Item.id).where(*_things(wanted), ~has_code).order_by(Item.id).limit(MOST)
    return list(session.scalars(ids))


# Shelves


def _of_places(wanted: Wanted) -> list[Label]:
    if wanted.shelves:
        asked = select(Code.sign, Code.place_id).where(Code.sign.in_(wanted.shelves))
        ids = {sign: place_id for sign, place_id in session.execute(asked) if place_id}
        order = list(dict.fromkeys(ids[sign] for sign in wanted.shelves if sign in ids))
        places = {one.id: one for one in _places(Place.id.in_(order))}
        return _labels_of_places([places[place_id] for place_id in order])
    if wanted.room_id:
        return _labels_of_places(walking.in_order(shelves_of(wanted.room_id)))
    if wanted.site_id:
        return _labels_of_places(walking.walk(places_of(wanted.site_id)))
    return []


def places_of(site_id: int) -> Sequence[Place]:
    """Return the rooms and shelves of a site that are in use."""
    return _places(Place.site_id == site_id, Place.closed_at.is_(None))


def shelves_of(room_id: int) -> Sequence[Place]:
    """Return the shelves of a room that are in use."""
    return _places(Place.parent_id == room_id, Place.closed_at.is_(None))


def _places(*conditions: ColumnElement[bool]) -> Sequence[Place]:
    return session.scalars(select(Place).where(*conditions)).all()


def _labels_of_places(places: Iterable[Place]) -> list[Label]:
    every = list(places)
    signs = queries.signs_of_places(place.id for place in every)
    rooms = {one.id: one.name for one in _places(Place.id.in_(_parents(every)))}
    return [
        Label(signs[one.id], one.name, place=rooms.get(one.parent_id or 0), sort="shelf")
        for one in every
        if one.id in signs
    ]


def _parents(places: Iterable[Place]) -> list[int]:
    return [place.parent_id for place in places if place.parent_id is not None]


# Commands, blanks, people


def _of_commands() -> list[Label]:
    return [
        Label(
            sign,
            _(commands.WORDS[command]).upper(),
            place=_(commands.hint(command)),
            sort="command",
        )
        for command, sign in commands.signs().items()
    ]


def _of_roll(roll_id: int, owner: Owner) -> list[Label]:
    return [
        Label(sign, owner.name, place=owner.phone, sort="blank")
        for sign in blanks.signs_of(roll_id, only_blank=True)
    ]


def _of_cards(signs: Sequence[str], owner: Owner) -> list[Label]:
    wanted = select(Code.sign, Person.first_name).join(Person, Code.person_id == Person.id)
    rows = session.execute(wanted.where(Code.sign.in_(signs), Person.left_at.is_(None)))
    found = dict(rows.all())
    return [
        Label(sign, found[sign] or "", place=owner.service, sort="person")
        for sign in signs
        if sign in found
    ]


def badges() -> Sequence[Person]:
    """Return who has a badge that opens, by number."""
    wanted = select(Person).join(Badge, Badge.person_id == Person.id)
    wanted = wanted.where(Badge.ended_at.is_(None), Person.left_at.is_(None))
    return session.scalars(wanted.order_by(Person.number, Person.id)).all()


def _of_badges(person_ids: Sequence[int], owner: Owner, key: str) -> list[Label]:
    if not person_ids:
        return []
    nonces = select(Badge.person_id, Badge.nonce).where(Badge.ended_at.is_(None))
    rows = session.execute(nonces.where(Badge.person_id.in_(person_ids)))
    made: Mapping[int, str] = dict(rows.all())
    return [
        Label(
            "",
            person.first_name or "",
            str(person.number or "") or None,
            owner.service,
            sort="person",
            symbol=badge_text(key, made[person.id]),
        )
        for person in badges()
        if person.id in made
    ]


# The paper


def shift_of(sheet: str) -> Shift:
    """Return how far the house's printer is mended on a sheet."""
    found = session.scalar(select(SheetShift).where(SheetShift.sheet == sheet))
    if found is None:
        return Shift()
    return Shift(found.right_tenths / _TENTHS, found.down_tenths / _TENTHS)


def move_sheet(sheet: str, *, right_tenths: int, down_tenths: int) -> None:
    """Keep how far everything on a sheet is moved, in tenths of a millimetre."""
    if max(abs(right_tenths), abs(down_tenths)) > MOST_SHIFT_TENTHS:
        words = N_("The labels can be moved 10 mm at most. Check how the sheet is in the printer.")
        raise Refusal(words, code="far_shift")
    insert_once(SheetShift, sheet=sheet, right_tenths=0, down_tenths=0)
    wanted = select(SheetShift).where(SheetShift.sheet == sheet).with_for_update()
    kept = session.scalars(wanted).one()
    kept.right_tenths, kept.down_tenths = right_tenths, down_tenths
    journal.write("sheet.moved", "sheet_shift", kept.id, right=right_tenths, down=down_tenths)


def sheet_of(
    found: Sequence[Label], *, public_url: str, start_at: int = 1, sheet: str = USUAL
) -> bytes:
    """Return the labels as a PDF, moved as the house's printer needs; see labels.sheet_pdf."""
    name = sheet if sheet in SHEETS else USUAL
    return sheet_pdf(
        found,
        sheet=SHEETS[name],
        public_url=public_url,
        start_at=start_at,
        shift=shift_of(name),
    )
