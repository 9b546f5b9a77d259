"""What is asked at every page and changes seldom: read once, and again after a change.

What was read is kept for each connection of each process, with the numbers of changes that its
areas of the database had. Every request asks for these numbers first, so what somebody was told is
done is seen by all. Who reads from an area that is not named is found by every test.
"""

from collections.abc import Callable, Collection, Hashable, Set
from contextvars import ContextVar
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

from sqlalchemy import Connection

from lainaamo.core import changes
from lainaamo.core.db import is_writing, mark, session, stamp
from lainaamo.core.orm import Area

MOST = 256
"""How many answers of a function a connection keeps: those that were asked for last."""

FEW = 16
"""How many of those that are thousands of rows."""

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


Areas = Set[str]
Reading = Callable[Given, Answer]
Kept = dict[Hashable, dict[Hashable, Any]]
"""The answers of each function, by what it was asked."""

_reading: ContextVar[Areas | None] = ContextVar("reading", default=None)


class _Shelf:
    """What one connection keeps by area, and the numbers of changes that it holds for.

    `within` are the numbers that a transaction saw last, at its `mark`.
    """

    def __init__(self) -> None:
        self.stamp: str | None = None
        self.numbers = changes.NEVER
        self.kept: dict[Areas, Kept] = {}
        self.mark: object = None
        self.within = changes.NEVER

    def look_within(self, connection: Connection) -> None:
        """Note the numbers that a transaction sees, its own changes and others' included."""
        now = (connection.get_transaction(), mark(connection))
        if now != self.mark:
            self.within, self.mark = changes.numbers(connection), now

    def look(self, connection: Connection) -> None:
        """Throw away what is kept of areas that have changed."""
        now = stamp(connection)
        if now is None or now != self.stamp:
            self._throw_away(changes.numbers(connection))
            self.stamp = now

    def _throw_away(self, numbers: changes.Numbers) -> None:
        changed = {area for area in Area if numbers[area] != self.numbers[area]}
        for areas in [areas for areas in self.kept if areas & changed]:
            del self.kept[areas]
        self.numbers = numbers


class _Seen(NamedTuple):
    """The reading transaction that asked for the numbers, and what holds in it."""

    transaction: object
    kept: dict[Areas, Kept]


def once_per_change(
    *areas: Area,
) -> Callable[[Callable[Given, Answer]], Callable[Given, Answer]]:
    """Let a function that reads these areas read once until something changes in one of them.

    Its arguments must be hashable. It must return plain values that nobody alters, no rows of the
    session. Inside a transaction that has changed one of its areas, or sees another's change of
    them, it reads afresh and keeps nothing: what is written there is nobody else's yet.
    """
    named = _named(areas)
    return lambda read: _again(read, named, MOST)


def few_per_change(
    *areas: Area,
) -> Callable[[Callable[Given, Answer]], Callable[Given, Answer]]:
    """Do as `once_per_change` for a function whose answers are large: only a few are kept."""
    named = _named(areas)
    return lambda read: _again(read, named, FEW)


def _named(areas: Collection[object]) -> Areas:
    named = frozenset(area for area in areas if isinstance(area, Area))
    if not named or len(named) < len(areas):
        raise TypeError("Name the areas that are read: @once_per_change(Area.HOUSE).")
    return named


def areas_read() -> Areas | None:
    """Return the areas that an answer that is being read now is kept for; None when none is."""
    return _reading.get()


def _again(read: Callable[Given, Answer], areas: Areas, most: int) -> Callable[Given, Answer]:
    def afresh(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        token = _reading.set(areas)
        try:
            return read(*args, **kwargs)
        finally:
            _reading.reset(token)

    @wraps(read)
    def again(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        of_all = _kept_within(areas) if is_writing() else _kept_now()
        if of_all is None:
            return read(*args, **kwargs)
        _check_named(areas)
        kept = of_all.setdefault(areas, {}).setdefault(read, {})
        key = (args, tuple(sorted(kwargs.items()))) if kwargs else args
        answer: Answer = kept.pop(key) if key in kept else afresh(*args, **kwargs)
        if len(kept) >= most:
            del kept[next(iter(kept))]
        kept[key] = answer  # as the last: the first is what nobody has asked for the longest
        return answer

    return again


def _check_named(areas: Areas) -> None:
    outer = _reading.get()
    if outer is not None and not areas <= outer:
        raise RuntimeError(f"What is kept for {sorted(outer)} reads {sorted(areas)} too: name it.")


def _kept_now() -> dict[Areas, Kept]:
    """Return what still holds; the numbers are asked once for each reading transaction."""
    current = session()
    seen: _Seen | None = current.info.get("kept")
    if seen is None or seen.transaction is not current.get_transaction():
        connection = current.connection()
        shelf = _shelf_of(connection)
        shelf.look(connection)
        seen = current.info["kept"] = _Seen(current.get_transaction(), shelf.kept)
    return seen.kept


def _kept_within(areas: Areas) -> dict[Areas, Kept] | None:
    """Return what holds inside a transaction, asked anew after each lock and each change there.

    None where one of these areas is not as it was when they were kept.
    """
    current = session()
    current.flush()  # as a read would: what waits to be written counts as a change
    connection = current.connection()
    shelf = _shelf_of(connection)
    shelf.look_within(connection)
    is_same = all(shelf.within[area] == shelf.numbers[area] for area in areas)
    return shelf.kept if is_same else None


def _shelf_of(connection: Connection) -> _Shelf:
    shelf: _Shelf = connection.info.setdefault("kept", _Shelf())
    return shelf
