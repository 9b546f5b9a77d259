"""How often something may be tried, counted exactly however many processes serve.

Counting must outlive the request it judges, so it is a transaction of its own that always commits.
"""

from datetime import timedelta
from hashlib import sha256

from sqlalchemy import Engine, UniqueConstraint, delete, update
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
    now_s, ends_at_s = _window(within)
    key = _key(what, who)
    with engine().begin() as connection:
        count = count_up(connection, Attempt, {"what": key, "ends_at_s": ends_at_s}, "count")
    if count > most:
        minutes = (ends_at_s - now_s) // 60 + 1
        words = N_("Too many tries. Wait %(minutes)d minutes and try again, or call us.")
        raise Refusal(words, code="too_many_tries", minutes=minutes)


def forgive_try(what: str, who: str, *, within: timedelta) -> None:
    """Take a counted try back: it was a good one, and only bad ones are to be limited.

    Counting first and forgiving afterwards is exact: of many at once no more than `most` are ever
    under way.
    """
    _, ends_at_s = _window(within)
    this = (Attempt.what == _key(what, who), Attempt.ends_at_s == ends_at_s, Attempt.count > 0)
    with engine().begin() as connection:
        connection.execute(update(Attempt).where(*this).values(count=Attempt.count - 1))


def _window(within: timedelta) -> tuple[int, int]:
    now_s, window_s = int(clock.now().timestamp()), int(within.total_seconds())
    return now_s, (now_s // window_s + 1) * window_s


def _key(what: str, who: str) -> str:
    return sha256(f"{what}:{who}".encode()).hexdigest()


def forget_old() -> None:
    """Drop the counts of windows that are over."""
    with engine().begin() as connection:
        now_s = int(clock.now().timestamp())
        connection.execute(delete(Attempt).where(Attempt.ends_at_s < now_s))


def engine() -> Engine:
    """Return where tries are counted."""
    return side_engine("limits", Attempt)
