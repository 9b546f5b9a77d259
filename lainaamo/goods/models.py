"""Goods: what they are, where they stand, and the days they are taken."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lainaamo.core.orm import Area, Base, Id, one_of, only_one
from lainaamo.people.models import Person, Unit

POOLS = ("lendable", "reuse")
CONDITIONS = ("as_new", "good", "worn", "broken")
PURPOSES = ("reserved", "on_loan", "turnaround", "repair")
LEAVINGS = ("retired", "given", "recycled", "transferred", "lost")
NEEDS = ("clean", "repair", "part", "dry", "check")
CHECKLISTS = ("none", "general", "helmet", "life_jacket", "climbing", "skis")


class Site(Base):
    """A place with opening hours where people fetch and bring things, until `closed_at`."""

    __tablename__ = "site"
    counted_in = Area.HOUSE

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    address: Mapped[str]
    phone: Mapped[str]
    closed_at: Mapped[datetime | None]


class OpeningHours(Base):
    """When a site is open on a weekday (0 is Monday); no row means closed."""

    __tablename__ = "opening_hours"
    counted_in = Area.HOUSE
    __table_args__ = (
        UniqueConstraint("site_id", "weekday"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_in_week"),
        CheckConstraint("opens < closes", name="hours_in_order"),
    )

    id: Mapped[Id]
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id))
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]


class DayException(Base):
    """A day that breaks the week: closed (no hours), or open at other hours, holidays included.

    `reason` is a word or two for those who ask why.
    """

    __tablename__ = "day_exception"
    counted_in = Area.HOUSE
    __table_args__ = (
        UniqueConstraint("site_id", "day"),
        CheckConstraint("(opens IS NULL) = (closes IS NULL)", name="both_hours_or_none"),
    )

    id: Mapped[Id]
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id))
    day: Mapped[date]
    opens: Mapped[time | None]
    closes: Mapped[time | None]
    reason: Mapped[str | None]


class Place(Base):
    """A room or a shelf of a site, until `closed_at`.

    Shelves of a room (and rooms of a site) are walked by `position`, then by name.
    """

    __tablename__ = "place"
    counted_in = Area.HOUSE
    __table_args__ = (
        UniqueConstraint("site_id", "name"),
        CheckConstraint(one_of("level", "room", "shelf"), name="known_level"),
    )

    id: Mapped[Id]
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"), index=True)
    level: Mapped[str]
    name: Mapped[str]
    position: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    closed_at: Mapped[datetime | None]

    site: Mapped[Site] = relationship(lazy="raise_on_sql")


class Category(Base):
    """A group of kinds; `attributes` are the keys of goods.attributes that its things have.

    One that is closed gets no new kinds and is not offered.
    """

    __tablename__ = "category"
    counted_in = Area.HOUSE
    __table_args__ = (CheckConstraint(one_of("pool", *POOLS), name="known_pool"),)

    id: Mapped[Id]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    key: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int]
    name: Mapped[str]
    name_simple: Mapped[str]
    name_sv: Mapped[str]
    name_en: Mapped[str]
    pictogram: Mapped[str]
    cpv: Mapped[str]
    pool: Mapped[str]
    attributes: Mapped[list[str]] = mapped_column(JSON)
    aliases: Mapped[list[str]] = mapped_column(JSON)
    closed_at: Mapped[datetime | None]


class Kind(Base):
    """Alike things under one name: what people reserve. A kit is a kind with components."""

    __tablename__ = "kind"
    counted_in = Area.GOODS
    __table_args__ = (
        CheckConstraint(one_of("pool", *POOLS), name="known_pool"),
        Index("ix_kind_pool_name_id", "pool", "name", "id"),
    )

    id: Mapped[Id]
    category_id: Mapped[int] = mapped_column(ForeignKey(Category.id), index=True)
    pool: Mapped[str]
    name: Mapped[str]
    name_simple: Mapped[str | None]
    name_sv: Mapped[str | None]
    name_en: Mapped[str | None]
    description: Mapped[str | None]
    picture: Mapped[str | None]
    price_new_cents: Mapped[int | None]
    made_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    category: Mapped[Category] = relationship(lazy="raise_on_sql")


class Component(Base):
    """What one kit is put together from: so many things of a kind."""

    __tablename__ = "component"
    counted_in = Area.GOODS
    __table_args__ = (
        UniqueConstraint("kit_id", "kind_id"),
        CheckConstraint("quantity > 0", name="some"),
    )

    id: Mapped[Id]
    kit_id: Mapped[int] = mapped_column(ForeignKey(Kind.id))
    kind_id: Mapped[int] = mapped_column(ForeignKey(Kind.id), index=True)
    quantity: Mapped[int]


class Item(Base):
    """One thing with one history, or a lot of alike things for reuse that counts down.

    `place` is where it stands now (none while lent), `home` where it belongs. `unclaimed` of the
    `quantity` are free to be claimed by units. `note` is what is said of this very thing. It is in
    the house until `left_at`. `made_year` and `model` (make and model) are read from the thing; it
    goes out of use after `retire_on`, which follows from the year and its category's safety rule.
    """

    __tablename__ = "item"
    counted_in = Area.GOODS
    __table_args__ = (
        CheckConstraint("quantity > 0", name="some"),
        CheckConstraint("unclaimed BETWEEN 0 AND quantity", name="unclaimed_within_quantity"),
        CheckConstraint(one_of("condition", *CONDITIONS), name="known_condition"),
        CheckConstraint(f"left_as IS NULL OR {one_of('left_as', *LEAVINGS)}", name="known_leaving"),
        CheckConstraint("(left_at IS NULL) = (left_as IS NULL)", name="left_both_or_neither"),
        CheckConstraint("price_new_cents >= 0", name="price_not_negative"),
        Index("ix_item_kind_id_size", "kind_id", "size"),
        Index(
            "ix_item_unclaimed_id_in_house",
            "unclaimed",
            "id",
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    kind_id: Mapped[int] = mapped_column(ForeignKey(Kind.id))
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey(Place.id), index=True)
    home_place_id: Mapped[int | None] = mapped_column(ForeignKey(Place.id), index=True)
    size: Mapped[str | None]
    attributes: Mapped[dict[str, Any]] = mapped_column(JSON)
    condition: Mapped[str]
    quantity: Mapped[int]
    unclaimed: Mapped[int]
    price_new_cents: Mapped[int | None]
    giving_unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id), index=True)
    donor_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id), index=True)
    origin_building: Mapped[str | None]
    electrical_check_on: Mapped[date | None]
    available_from: Mapped[date | None]
    must_go_by: Mapped[date | None]
    made_year: Mapped[int | None]
    model: Mapped[str | None]
    retire_on: Mapped[date | None] = mapped_column(index=True)
    note: Mapped[str | None]
    received_at: Mapped[datetime] = mapped_column(index=True)
    left_at: Mapped[datetime | None]
    left_as: Mapped[str | None]

    kind: Mapped[Kind] = relationship(lazy="raise_on_sql")
    site: Mapped[Site] = relationship(lazy="raise_on_sql")
    place: Mapped[Place | None] = relationship(lazy="raise_on_sql", foreign_keys=[place_id])
    home_place: Mapped[Place | None] = relationship(
        lazy="raise_on_sql", foreign_keys=[home_place_id]
    )


class Part(Base):
    """An uncoded accessory that goes with a thing; `missing_since` while it is not there."""

    __tablename__ = "part"
    __table_args__ = (CheckConstraint("quantity > 0", name="some"),)

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(ForeignKey(Item.id), index=True)
    name: Mapped[str]
    quantity: Mapped[int]
    missing_since: Mapped[date | None]


class Photo(Base):
    """A photo of a thing, shown until `removed_at`; `name` is that of its files.

    `width` and `height` are the pixels of its largest size. The same file (`fingerprint`) is not
    shown twice of one thing.
    """

    __tablename__ = "photo"
    counted_in = Area.GOODS
    __table_args__ = (
        CheckConstraint("width > 0 AND height > 0", name="some_pixels"),
        only_one("uq_photo_shown", "item_id", "fingerprint", where="removed_at IS NULL"),
    )

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(ForeignKey(Item.id), index=True)
    name: Mapped[str] = mapped_column(unique=True)
    width: Mapped[int]
    height: Mapped[int]
    fingerprint: Mapped[str]
    made_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    item: Mapped[Item] = relationship(lazy="raise_on_sql")


class Roll(Base):
    """Codes printed before anything has them, on one roll or one pile of sheets."""

    __tablename__ = "roll"
    __table_args__ = (CheckConstraint("quantity > 0", name="some"),)

    id: Mapped[Id]
    quantity: Mapped[int]
    made_at: Mapped[datetime]


class SheetShift(Base):
    """How far a printer puts the labels of a sheet amiss: tenths of a millimetre to be mended."""

    __tablename__ = "sheet_shift"
    __table_args__ = (
        CheckConstraint(
            "right_tenths BETWEEN -100 AND 100 AND down_tenths BETWEEN -100 AND 100",
            name="within_a_centimetre",
        ),
    )

    id: Mapped[Id]
    sheet: Mapped[str] = mapped_column(unique=True)
    right_tenths: Mapped[int]
    down_tenths: Mapped[int]


class Code(Base):
    """Four or five signs and a check sign, printed as a QR label; blank until something gets it.

    A thing may have several, which all open it; the one it got last is printed. One that was
    printed blank is of a roll, and `given_at` is when something got it.
    """

    __tablename__ = "code"
    counted_in = Area.GOODS
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN item_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN place_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN person_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN command IS NULL THEN 0 ELSE 1 END) <= 1",
            name="one_meaning",
        ),
        only_one("uq_code_command", "command", where="command IS NOT NULL"),
    )

    id: Mapped[Id]
    sign: Mapped[str] = mapped_column(unique=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey(Item.id), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey(Place.id), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id), index=True)
    command: Mapped[str | None]
    roll_id: Mapped[int | None] = mapped_column(ForeignKey(Roll.id), index=True)
    made_at: Mapped[datetime]
    given_at: Mapped[datetime | None]

    item: Mapped[Item | None] = relationship(lazy="raise_on_sql")
    place: Mapped[Place | None] = relationship(lazy="raise_on_sql")


class Use(Base):
    """A stretch of days on which one thing is taken, and why.

    `movable` uses (reservations of a kind) may be packed onto another thing until hand-over; they
    ask for `size` at a site, or any size. Open-ended use (a repair) has no `last_day`. A loan is
    due `due_on`; while it is late it is taken without end. `last_day` includes the turnaround after
    it. Ended uses take no days.
    """

    __tablename__ = "item_use"
    counted_in = Area.GOODS
    __table_args__ = (
        CheckConstraint(one_of("purpose", *PURPOSES), name="known_purpose"),
        CheckConstraint("last_day >= first_day", name="days_in_order"),
        Index(
            "ix_item_use_kind_id_live",
            "kind_id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(ForeignKey(Item.id), index=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey(Kind.id), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id), index=True)
    size: Mapped[str | None]
    purpose: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    due_on: Mapped[date | None]
    movable: Mapped[bool]
    ended_at: Mapped[datetime | None]

    item: Mapped[Item] = relationship(lazy="raise_on_sql")


class Allocation(Base):
    """One thing on one day: the key that makes double booking impossible."""

    __tablename__ = "allocation"
    __table_args__ = (UniqueConstraint("item_id", "day"),)

    id: Mapped[Id]
    use_id: Mapped[int] = mapped_column(ForeignKey(Use.id), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey(Item.id))
    day: Mapped[date]


class Repair(Base):
    """A thing out of circulation until it is cleaned, mended, dry, checked or whole again.

    One that is only to be checked keeps what was promised of it, but is promised to nobody new. It
    was `looked_at` where somebody said that it is safe.
    """

    __tablename__ = "repair"
    __table_args__ = (
        CheckConstraint(one_of("need", *NEEDS), name="known_need"),
        only_one("uq_repair_open", "item_id", where="closed_at IS NULL"),
    )

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(ForeignKey(Item.id), index=True)
    use_id: Mapped[int] = mapped_column(ForeignKey(Use.id), index=True)
    need: Mapped[str]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]


class SafetyRule(Base):
    """How the things of a category are kept safe; a category without a row takes its parent's.

    After each loan a thing is looked at by a `checklist` ("none": it is not). It goes out of use
    `life_years` after the year it was made, after `most_loans` loans somebody decides about it, and
    at once where `fall_ends` and it fell or was hit.
    """

    __tablename__ = "safety_rule"
    counted_in = Area.HOUSE
    __table_args__ = (
        CheckConstraint(one_of("checklist", *CHECKLISTS), name="known_checklist"),
        CheckConstraint("life_years > 0", name="some_years"),
        CheckConstraint("most_loans > 0", name="some_loans"),
    )

    id: Mapped[Id]
    category_id: Mapped[int] = mapped_column(ForeignKey(Category.id), unique=True)
    checklist: Mapped[str]
    life_years: Mapped[int | None]
    most_loans: Mapped[int | None]
    fall_ends: Mapped[bool]


class StoppedModel(Base):
    """A make and model that nobody may use, as its maker or an authority said, until `ended_at`."""

    __tablename__ = "stopped_model"
    counted_in = Area.HOUSE

    id: Mapped[Id]
    model: Mapped[str]
    source: Mapped[str]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
