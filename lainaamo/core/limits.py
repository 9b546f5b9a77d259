"""How often something may be tried, counted exactly however many processes serve.

Counting must outlive the request it judges, so it is a transaction of its own that always commits.
"""

from datetime import timedelta
from hashlib import sha256

from sqlalchemy import Engine, UniqueConstraint, delete
from sqlalchemy.orm import Mapped

from lainaamo.core import clock
from lainaamo.core.db import count_up, side_engine
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.orm import Base, Id


class Attempt(Base):
    """How many times somebody tried something within one window of time.

    `what` is a hash: an address or number that was only tried must not be kept.
    """

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("what", "ends_at_s"),)

    id: Mapped[Id]
    what: Mapped[str]
    ends_at_s: Mapped[int]
    count: Mapped[int]


def count_try(what: str, who: str, *, most: int, within: timedelta) -> None:
    """Count one try; refuse it when it is more than `most` in this window."""
    now_s, window_s = int(clock.now().timestamp()), int(within.total_seconds())
    ends_at_s = (now_s // window_s + 1) * window_s
    key = sha256(f"{what}:{who}".encode()).hexdigest()
    with engine().begin() as connection:
        count = count_up(connection, Attempt, {"what": key, "ends_at_s": ends_at_s}, "count")
    if count > most:
        minutes = (ends_at_s - now_s) // 60 + 1
        words = N_("Too many tries. Wait %(minutes)d minutes and try again, or call us.")
        raise Refusal(words, code="too_many_tries", minutes=minutes)


def forget_old() -> None:
    """Drop the counts of windows that are over."""
    with engine().begin() as connection:
        now_s = int(clock.now().timestamp())
        connection.execute(delete(Attempt).where(Attempt.ends_at_s < now_s))


def engine() -> Engine:
    """Return where tries are counted."""
    return side_engine("limits", Attempt)
