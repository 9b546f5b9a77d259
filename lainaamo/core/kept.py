"""What is asked at every page and changes seldom: read once, and again after any change.

What was read is kept with the version of the database it was read from, for each connection of each
process. Every request asks the version first, so what somebody was told is done is seen by all.
"""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

from sqlalchemy import Connection

from lainaamo.core.db import is_writing, session, version

MOST = 512
"""How many answers a connection keeps: some of them are a few hundred rows."""

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


Kept = dict[Hashable, Any]


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

    @wraps(read)
    def again(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        if is_writing():
            return read(*args, **kwargs)
        kept = _kept_now()
        key = (read, args, tuple(sorted(kwargs.items())))
        if key not in kept:
            if len(kept) >= MOST:
                kept.clear()
            kept[key] = read(*args, **kwargs)
        answer: Answer = kept[key]
        return answer

    return again


def _kept_now() -> dict[Hashable, Any]:
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
