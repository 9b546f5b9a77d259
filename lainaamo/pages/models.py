"""What the municipality has written over the shipped texts; each save is a row, the newest rules.

Nothing is changed or deleted here, so going back is one more row with the words of an earlier one.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lainaamo.core.orm import Area, Base, Id, one_of

LOCALES = ("fi", "fi-simple", "sv", "en")


class PageVersion(Base):
    """A page in one language as it was saved once; `number` counts from 1.

    No `body` means the shipped text again. An empty one means that the page is left out in this
    language, and its reader gets another language.
    """

    __tablename__ = "page_version"
    counted_in = Area.HOUSE
    __table_args__ = (
        UniqueConstraint("key", "locale", "number"),
        CheckConstraint(one_of("locale", *LOCALES), name="known_locale"),
        CheckConstraint("number > 0", name="counts_from_one"),
    )

    id: Mapped[Id]
    key: Mapped[str]
    locale: Mapped[str]
    number: Mapped[int]
    title: Mapped[str | None]
    body: Mapped[str | None]
    saved_at: Mapped[datetime]
    actor: Mapped[str]


class OutageNotice(Base):
    """What is said on top of every page, as it was saved once; the newest row rules.

    It is shown while `is_up`, from `starts_at` until `shown_until` (without one: until taken down).
    """

    __tablename__ = "outage_notice"
    counted_in = Area.HOUSE
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("shown_until IS NULL OR shown_until > starts_at", name="ends_after_start"),
        CheckConstraint("number > 0", name="counts_from_one"),
    )

    id: Mapped[Id]
    number: Mapped[int]
    is_up: Mapped[bool]
    text_fi: Mapped[str]
    text_simple: Mapped[str]
    text_sv: Mapped[str]
    text_en: Mapped[str]
    starts_at: Mapped[datetime]
    shown_until: Mapped[datetime | None]
    saved_at: Mapped[datetime]
    actor: Mapped[str]


class StatementVersion(Base):
    """The facts of the accessibility statement as they were saved once; see statement.Facts."""

    __tablename__ = "statement_version"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("number > 0", name="counts_from_one"),
    )

    id: Mapped[Id]
    number: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime]
    actor: Mapped[str]
