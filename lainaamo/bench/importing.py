"""What a list of ten thousand rows costs to bring in, against the same rows by bulk SQL.

The import reads the file, judges each row, looks for its kind and category, keeps its key for the
next time, and makes what is found by search. The bulk SQL writes the rows that it left in the
tables of goods, codes, keys and the journal once more: one INSERT for each table, nothing else.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Table, insert, select

from lainaamo.administration.shipped import load_categories
from lainaamo.core import journal, tables
from lainaamo.core.db import session, transaction
from lainaamo.core.orm import Base
from lainaamo.intake import actions

ROWS, ROUNDS = 10_000, 3
MOST = 3.0
NAMES = ("Sukset", "Monot", "Luistimet", "Polkupyörä", "Teltta", "Kypärä", "Pöytä", "Tuoli")
HEADERS = ("nimi", "koko", "hinta", "kunto")
WRITTEN = ("kind", "item", "code", "imported_row", "journal_entry")
UNIQUE = {"code": "sign", "imported_row": "key"}


def prepare() -> None:
    """Put into an empty house what lists are read with."""
    with journal.acting("command"), transaction():
        load_categories()


def measure(kind: str) -> tuple[float, float]:
    """Return the best seconds of an import from this kind of file, and of the bulk SQL."""
    best = float("inf"), float("inf")
    for number in range(ROUNDS):
        rows_of = _list(f"{kind} {number}")
        content = b"".join(tables.write(kind, HEADERS, rows_of))
        before = {name: _last_id(_table(name)) for name in WRITTEN}
        brought = _seconds(lambda content=content: _bring(content))  # type: ignore[misc]
        rows = {name: _since(_table(name), before[name]) for name in WRITTEN}
        bulk = _seconds(lambda rows=rows: _write(rows))  # type: ignore[misc]
        best = min(best[0], brought), min(best[1], bulk)
    return best


def _list(name: str) -> list[tables.Row]:
    """Return rows that no other round has: four things of each kind, as houses have them."""
    return [
        [f"{NAMES[n % 8]} {name}-{n // 32}", f"{100 + n % 80} cm", 10 + n % 90, "hyvä"]
        for n in range(ROWS)
    ]


def _bring(content: bytes) -> None:
    with journal.acting("command"):
        seen = actions.preview(content)
        with transaction():
            outcome = actions.apply(seen)
    if outcome.rows != ROWS:
        raise RuntimeError(f"{outcome.rows} of {ROWS} rows came in")


def _write(rows: dict[str, Sequence[dict[str, Any]]]) -> None:
    with transaction():
        for name, some in rows.items():
            session.connection().execute(insert(_table(name)), some)


def _since(table: Table, last_id: int) -> list[dict[str, Any]]:
    """Return the new rows of a table, without their ids and with other unique keys."""
    found = session.execute(select(table).where(table.c.id > last_id)).mappings()
    rows = [{key: value for key, value in row.items() if key != "id"} for row in found]
    unique = UNIQUE.get(table.name)
    for row in rows if unique else ():
        row[unique] = f"{row[unique]}-"
    session.rollback()
    return rows


def _last_id(table: Table) -> int:
    last = session.scalar(select(table.c.id).order_by(table.c.id.desc()).limit(1))
    session.rollback()
    return last or 0


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _seconds(do: Callable[[], None]) -> float:
    began = time.monotonic()
    do()
    return time.monotonic() - began
