"""Feedback, and found things that strangers tell of, and what became of both."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lainaamo.core.orm import Area, Base, Id, one_of
from lainaamo.goods.models import Item

ABOUT = ("service", "accessibility")
FACES = ("good", "fair", "bad")


class Feedback(Base):
    """One face, perhaps some words and an address to answer to.

    Open: not `handled_at`. Answered: handled with an `answer`. Erased: its words and address were
    dropped a year after it was handled; the face, the day and the page stay for counting.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint(one_of("about", *ABOUT), name="known_about"),
        CheckConstraint(one_of("face", *FACES), name="known_face"),
        CheckConstraint("answer IS NULL OR handled_at IS NOT NULL", name="answer_is_handled"),
        CheckConstraint("erased_at IS NULL OR handled_at IS NOT NULL", name="erased_is_handled"),
        Index(
            "ix_feedback_open",
            "given_at",
            "id",
            sqlite_where=text("handled_at IS NULL"),
            postgresql_where=text("handled_at IS NULL"),
        ),
        Index("ix_feedback_handled", "handled_at", "id"),
    )

    id: Mapped[Id]
    about: Mapped[str]
    face: Mapped[str]
    text: Mapped[str | None]
    reply_to: Mapped[str | None]
    page: Mapped[str | None]
    locale: Mapped[str]
    given_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[str | None]
    answer: Mapped[str | None]
    erased_at: Mapped[datetime | None]


class FoundReport(Base):
    """Somebody without an account has found a thing of ours: where, and perhaps how to reach them.

    Open: not `handled_at`. Erased: the words and the contact were dropped at their keep-time; the
    thing and the day stay. Nobody has looked at one that is erased and still open.
    """

    __tablename__ = "found_report"
    counted_in = Area.WORK
    __table_args__ = (
        CheckConstraint("email IS NULL OR phone IS NULL", name="one_contact"),
        CheckConstraint(
            "erased_at IS NULL OR (spot IS NULL AND email IS NULL AND phone IS NULL)",
            name="erased_is_empty",
        ),
        CheckConstraint(
            "(handled_at IS NULL) = (handled_by IS NULL)", name="handled_both_or_neither"
        ),
        Index(
            "ix_found_report_open",
            "given_at",
            "id",
            sqlite_where=text("handled_at IS NULL"),
            postgresql_where=text("handled_at IS NULL"),
        ),
        Index(
            "ix_found_report_kept",
            "given_at",
            sqlite_where=text("erased_at IS NULL"),
            postgresql_where=text("erased_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(ForeignKey(Item.id), index=True)
    spot: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    locale: Mapped[str]
    given_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[str | None]
    erased_at: Mapped[datetime | None]
