"""What is asked at every page and changes seldom: read once, and again after any change.

What was read is kept with the version of the database it was read from, for each connection of each
process. Every request asks the version first, so what somebody was told is done is seen by all.
"""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

from sqlalchemy import Connection

from lainaamo.core.db import is_writing, session, version

MOST = 256
"""How many answers of a function a connection keeps: those that were asked for last."""

FEW = 16
"""How many of those that are thousands of rows."""

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


Kept = dict[Hashable, dict[Hashable, Any]]
"""The answers of each function, by what it was asked."""


class _Shelf:
    """What one connection keeps, and the version of the database it holds for."""

    def __init__(self) -> None:
        self.version = ""
        self.kept: Kept = {}

    def holding_for(self, version: str) -> Kept:
        """Return what is kept of this version; what was kept of another is thrown away."""
        if version != self.version:
            self.version, self.kept = version, {}
        return self.kept


class _Seen(NamedTuple):
    """The reading transaction that asked for the version, and what holds in it."""

    transaction: object
    kept: Kept


def once_per_change(read: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Let a reading function read once until something changes; its arguments must be hashable.

    It must return plain values that nobody alters, no rows of the session. Inside a transaction it
    reads afresh: what is written there is nobody else's yet.
    """
    return _again(read, MOST)


def few_per_change(read: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Do as `once_per_change` for a function whose answers are large: only a few are kept."""
    return _again(read, FEW)


def _again(read: Callable[Given, Answer], most: int) -> Callable[Given, Answer]:
    @wraps(read)
    def again(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        if is_writing():
            return read(*args, **kwargs)
        kept = _kept_now().setdefault(read, {})
        key = (args, tuple(sorted(kwargs.items()))) if kwargs else args
        answer: Answer = kept.pop(key) if key in kept else read(*args, **kwargs)
        if len(kept) >= most:
            del kept[next(iter(kept))]
        kept[key] = answer  # as the last: the first is what nobody has asked for the longest
        return answer

    return again


def _kept_now() -> Kept:
    """Return what still holds; the version is asked once for each reading transaction."""
    current = session()
    seen: _Seen | None = current.info.get("kept")
    if seen is None or seen.transaction is not current.get_transaction():
        connection = current.connection()
        kept = _shelf_of(connection).holding_for(version(connection))
        seen = current.info["kept"] = _Seen(current.get_transaction(), kept)
    return seen.kept


def _shelf_of(connection: Connection) -> _Shelf:
    shelf: _Shelf = connection.info.setdefault("kept", _Shelf())
    return shelf
