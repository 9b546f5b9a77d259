"""Feedback and what became of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from lainaamo.core.orm import Base, Id, one_of

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
