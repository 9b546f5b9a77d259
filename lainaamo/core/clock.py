"""The time in Helsinki, asked for in one place so that a test can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")
_set: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return _set.get() or datetime.now(UTC)


def today() -> date:
    """Return the date on the wall in Helsinki."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """Return the same moment as the wall clock in Helsinki shows it."""
    return moment.astimezone(HELSINKI)


def day_start(day: date) -> datetime:
    """Return the moment when a day begins in Helsinki."""
    return datetime.combine(day, time(), HELSINKI)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Stop the clock at a moment; for tests and for a demo's past."""
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)
