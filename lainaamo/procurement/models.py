"""Claims: pieces of a lot that a unit has booked, and how they ended."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lainaamo.core.orm import Base, Id, one_of
from lainaamo.goods.models import Item
from lainaamo.people.models import Person, Unit

ENDINGS = ("taken", "cancelled")


class Claim(Base):
    """Pieces of one lot booked for a unit.

    `waiting` of the `quantity` are booked still: the rest ended, each in a row of its own. A claim
    is open while any wait. `wanted_on` is a wish of the buyer, no promise of ours.
    """

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="some"),
        CheckConstraint("waiting BETWEEN 0 AND quantity", name="waiting_within_quantity"),
        Index(
            "ix_claim_item_id_open",
            "item_id",
            sqlite_where=text("waiting > 0"),
            postgresql_where=text("waiting > 0"),
        ),
    )

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(ForeignKey(Item.id), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id), index=True)
    quantity: Mapped[int]
    waiting: Mapped[int]
    wanted_on: Mapped[date | None]
    claimed_at: Mapped[datetime]

    item: Mapped[Item] = relationship(lazy="raise_on_sql")
    unit: Mapped[Unit] = relationship(lazy="raise_on_sql")
    person: Mapped[Person | None] = relationship(lazy="raise_on_sql")


class ClaimEnding(Base):
    """How some pieces of a claim ended: taken by the unit, or cancelled.

    `price_new_cents` is what one piece cost as new on the day it was taken, where that was known.
    """

    __tablename__ = "claim_ending"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="some"),
        CheckConstraint(one_of("ended_as", *ENDINGS), name="known_ending"),
        CheckConstraint("price_new_cents >= 0", name="price_not_negative"),
    )

    id: Mapped[Id]
    claim_id: Mapped[int] = mapped_column(ForeignKey(Claim.id), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id), index=True)
    quantity: Mapped[int]
    ended_as: Mapped[str]
    price_new_cents: Mapped[int | None]
    ended_at: Mapped[datetime]

    claim: Mapped[Claim] = relationship(lazy="raise_on_sql")
