"""Every row of the house as plain text, table by table: what a backup holds and a move carries.

A row is a JSON list in the order of the table's columns. Both engines give the same text for the
same row, so that a running hash of a table's rows, in the order of their ids, proves that nothing
was lost or changed on the way.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Date,
    Integer,
    String,
    Table,
    TableClause,
    Text,
    Time,
    cast,
    column,
    func,
    select,
    table,
)
from sqlalchemy.types import TypeEngine

from lainaamo.core.orm import Base, Moment
from lainaamo.core.whole import Broken, fill

AT_ONCE = 2000
# Made anew from the rest, or counted beside the database: what a house can do without.
LEFT_OUT = frozenset(
    {
        "attempt",
        "change_count",
        "search_document",
        "search_gram",
        "search_state",
        "search_word",
        "upload_progress",
    }
)
# The first type that fits says what kind of text a column's values become.
KINDS: Mapping[type[TypeEngine[Any]], str] = {
    Moment: "moment",
    JSON: "json",
    Boolean: "flag",
    Date: "day",
    Time: "time",
    Integer: "number",
    String: "text",
}
TYPES: Mapping[str, type[TypeEngine[Any]]] = {
    "moment": Moment,
    "json": Text,  # as it stands: what was written is what was hashed
    "flag": Boolean,
    "day": Date,
    "time": Time,
    "number": Integer,
    "text": Text,
}
READ: Mapping[str, Callable[[str], object]] = {
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "time": time.fromisoformat,
}


class Unfit(Broken):
    """Rows that are not what was said of them, or that the database does not take."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table's name, and the name and kind of each column."""

    name: str
    columns: tuple[tuple[str, str], ...]

    def into(self) -> TableClause:
        """Return the table to fill, as much of it as filling needs."""
        return table(self.name, *(column(name, TYPES[kind]) for name, kind in self.columns))


@dataclass(slots=True)
class Tally:
    """How many rows of a table went by, and the hash of them all."""

    rows: int = 0
    _hash: Any = field(default_factory=hashlib.sha256)

    def add(self, line: str) -> None:
        """Count one row."""
        self.rows += 1
        self._hash.update(line.encode())
        self._hash.update(b"\n")

    def told(self) -> dict[str, Any]:
        """Return the count and the hash, as they are written down."""
        return {"rows": self.rows, "sha256": self._hash.hexdigest()}


def sheets() -> list[Sheet]:
    """Return every table that a house cannot do without."""
    tables = Base.metadata.tables.values()
    return [_sheet(one) for one in tables if one.name not in LEFT_OUT]


def _sheet(one: Table) -> Sheet:
    return Sheet(one.name, tuple((each.name, _kind(each.type)) for each in one.columns))


def _kind(given: TypeEngine[Any]) -> str:
    return next(kind for each, kind in KINDS.items() if isinstance(given, each))


def lines(connection: Connection, sheet: Sheet, tally: Tally) -> Iterator[list[str]]:
    """Yield a table's rows in the order of their ids, some at a time, and count them."""
    one = Base.metadata.tables[sheet.name]
    kinds = dict(sheet.columns)
    columns = [cast(each, Text) if kinds[each.name] == "json" else each for each in one.columns]
    wanted = select(*columns).order_by(one.c.id).execution_options(yield_per=AT_ONCE)
    for some in connection.execute(wanted).partitions():
        written = [_written(row) for row in some]
        for line in written:
            tally.add(line)
        yield written


def _written(row: Sequence[Any]) -> str:
    return json.dumps(list(row), default=_plain, ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> str:
    """Write a moment in UTC, whichever zone the database speaks in; days and times as ISO does."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(type(value))


def put(connection: Connection, sheet: Sheet, some: Iterable[str]) -> None:
    """Add rows of a table that were written as text."""
    readers = [READ.get(kind) for _name, kind in sheet.columns]
    rows = [_read(json.loads(line), readers) for line in some]
    try:
        fill(connection, sheet.into(), rows)
    except Exception as error:
        raise Unfit(f"{sheet.name}: the database does not take its rows ({error})") from error


def _read(row: list[Any], readers: Sequence[Callable[[str], object] | None]) -> list[Any]:
    if len(row) != len(readers):
        raise Unfit("a row has not as many values as its table has columns")
    return [
        value if reader is None or value is None else reader(value)
        for value, reader in zip(row, readers, strict=True)
    ]


def has_rows(connection: Connection, names: Iterable[str]) -> bool:
    """Tell whether any of these tables has a row."""
    asked = (
        select(func.count()).select_from(select(1).select_from(table(one)).limit(1).subquery())
        for one in names
    )
    return any(connection.scalar(one) for one in asked)
