"""How goods come one by one: photos that wait for their thing, and who gave."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lainaamo.core.orm import Base, Id, one_of
from lainaamo.goods.models import Item

LOCALES = ("fi", "fi-simple", "sv", "en")


class WaitingPhoto(Base):
    """A photo that was taken before its thing was written down; its row goes when it has one.

    `name` is that of its files, `colours` what it mostly shows (keys of goods.attributes.COLOURS,
    the most first).
    """

    __tablename__ = "waiting_photo"
    __table_args__ = (CheckConstraint("width > 0 AND height > 0", name="some_pixels"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    width: Mapped[int]
    height: Mapped[int]
    fingerprint: Mapped[str]
    colours: Mapped[list[str]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(index=True)


class Donation(Base):
    """What a resident gives, and on which terms: the text they accepted is kept by its hash.

    `terms_number` counts the municipality's versions of the text in `terms_locale` from 1; 0 is
    the shipped one. The name and the contact are there only if given, until `erased_at`.
    """

    __tablename__ = "donation"
    __table_args__ = (
        CheckConstraint("email IS NULL OR phone IS NULL", name="one_contact"),
        CheckConstraint(one_of("locale", *LOCALES), name="known_locale"),
        CheckConstraint(one_of("terms_locale", *LOCALES), name="known_terms_locale"),
        CheckConstraint("terms_number >= 0", name="terms_counted"),
        CheckConstraint(
            "erased_at IS NULL OR (first_name IS NULL AND email IS NULL AND phone IS NULL)",
            name="erased_is_empty",
        ),
        Index(
            "ix_donation_made_at_kept",
            "made_at",
            sqlite_where=text("erased_at IS NULL"),
            postgresql_where=text("erased_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    first_name: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    locale: Mapped[str]
    terms_number: Mapped[int]
    terms_locale: Mapped[str]
    terms_hash: Mapped[str]
    made_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class DonatedThing(Base):
    """A thing or a lot that came with a donation."""

    __tablename__ = "donated_thing"

    id: Mapped[Id]
    donation_id: Mapped[int] = mapped_column(ForeignKey(Donation.id), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey(Item.id), unique=True)
