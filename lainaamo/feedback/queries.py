"""What is read of feedback."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select, tuple_

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.feedback.models import Feedback
from lainaamo.feedback.rules import DAYS, NEAR_DAYS

PAGE = 30


def get_feedback(feedback_id: int) -> Feedback:
    """Return one piece of feedback."""
    return session.get_one(Feedback, feedback_id)


def lock_feedback(feedback_id: int) -> Feedback:
    """Return one piece of feedback, and let nobody else handle it meanwhile."""
    wanted = select(Feedback).where(Feedback.id == feedback_id)
    return session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).one()


def open_ones(after_id: int | None = None, *, limit: int = PAGE) -> Sequence[Feedback]:
    """Return what waits for an answer, the oldest first: late ones are on top."""
    wanted = select(Feedback).where(Feedback.handled_at.is_(None))
    place = tuple_(Feedback.given_at, Feedback.id)
    if after_id is not None:
        last = select(Feedback.given_at, Feedback.id).where(Feedback.id == after_id)
        wanted = wanted.where(place > last.scalar_subquery())
    ordered = wanted.order_by(Feedback.given_at, Feedback.id)
    return session.scalars(ordered.limit(limit)).all()


def handled_ones(after_id: int | None = None, *, limit: int = PAGE) -> Sequence[Feedback]:
    """Return what was handled, the newest first."""
    wanted = select(Feedback).where(Feedback.handled_at.is_not(None))
    place = tuple_(Feedback.handled_at, Feedback.id)
    if after_id is not None:
        last = select(Feedback.handled_at, Feedback.id).where(Feedback.id == after_id)
        wanted = wanted.where(place < last.scalar_subquery())
    ordered = wanted.order_by(Feedback.handled_at.desc(), Feedback.id.desc())
    return session.scalars(ordered.limit(limit)).all()


def count_open() -> int:
    """Return how many wait for an answer."""
    wanted = select(func.count()).select_from(Feedback).where(Feedback.handled_at.is_(None))
    return session.scalar(wanted) or 0


def near_end(today: date) -> Sequence[Feedback]:
    """Return what must be answered within a few days or is late already."""
    newest_day = today - timedelta(DAYS - NEAR_DAYS)
    before = datetime.combine(newest_day + timedelta(1), time(), tzinfo=clock.HELSINKI)
    wanted = select(Feedback).where(Feedback.handled_at.is_(None), Feedback.given_at < before)
    return session.scalars(wanted.order_by(Feedback.given_at, Feedback.id)).all()


def to_erase(before: datetime, *, limit: int) -> Sequence[Feedback]:
    """Return what was handled so long ago that its words are not kept."""
    old = (Feedback.handled_at < before, Feedback.erased_at.is_(None))
    return session.scalars(select(Feedback).where(*old).order_by(Feedback.id).limit(limit)).all()
