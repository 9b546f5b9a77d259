"""A table of the database as it stands, for who runs the house: without what opens doors."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from lainaamo.core.db import db
from lainaamo.core.orm import Base
from lainaamo.core.tables import Cell, Row
from lainaamo.upkeep.rows import LEFT_OUT

AT_ONCE = 1000
# Hashes of passwords and keys, and what is only there for the machinery.
DOORS = frozenset(
    {"answered_request", "badge", "contact_proof", "device", "identity", "invitation", "password"}
    | {"pin", "sign_in", "api_token"}
)
SECRETS = ("hash", "nonce", "secret", "token")


def names() -> list[str]:
    """Return the tables that can be taken out."""
    return sorted(set(Base.metadata.tables) - LEFT_OUT - DOORS)


def headers(name: str) -> list[str]:
    """Return the columns of a table that can be taken out."""
    columns = Base.metadata.tables[name].columns
    return [one.name for one in columns if not any(word in one.name for word in SECRETS)]


def rows(name: str) -> Iterator[Row]:
    """Yield the rows of a table, in the order of their ids."""
    one = Base.metadata.tables[name]
    wanted = select(*(one.c[header] for header in headers(name))).order_by(one.c.id)
    # A connection of its own: PostgreSQL hands rows out bit by bit only in a transaction.
    with db.engine.connect() as connection:
        found = connection.execute(wanted.execution_options(yield_per=AT_ONCE))
        for some in found.partitions():
            yield from (_plain(row) for row in some)


def _plain(row: Sequence[Any]) -> list[Cell]:
    return [one if isinstance(one, str | int | float | date | None) else str(one) for one in row]
