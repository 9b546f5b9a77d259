"""A house carried from one database into another, between the engines or within one.

Nobody writes to the old database meanwhile, and nobody afterwards: it is closed in the transaction
in which it was read, so that no server that was left running says yes to anything more. The new
one is filled in one transaction, which is kept only when what stands there was read back and is the
same, row for row. Killed in the middle, nothing has changed: move again.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from lainaamo.core.whole import (
    bare_engine,
    close,
    filling,
    go_on_from,
    hold_still,
    is_closed,
    last_ids,
    open_again,
)
from lainaamo.upkeep import migrations
from lainaamo.upkeep.restore import compare, make_room, read_back
from lainaamo.upkeep.rows import Tally, lines, put, sheets

CLOSED = "This house has moved to another database."


class CannotMove(Exception):  # noqa: N818 - told to who runs the house
    """Why a house stays where it is."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What was carried: the count and the hash of each table's rows, as they stand there now."""

    tables: dict[str, dict[str, Any]]

    @property
    def rows(self) -> int:
        """Return how many rows there are in all."""
        return sum(int(each["rows"]) for each in self.tables.values())


def move(source: str, target: str) -> Moved:
    """Carry everything from one database to an empty one; refuse where it is not empty."""
    check_addresses(source, target)
    old, new = bare_engine(source), bare_engine(target)
    try:
        with old.connect() as reading, new.connect() as writing, reading.begin():
            _check(reading)
            hold_still(reading, [sheet.name for sheet in sheets()])
            with writing.begin():
                moved = _carry(reading, writing)
            close(reading, [sheet.name for sheet in sheets()], CLOSED)
        return moved
    finally:
        old.dispose()
        new.dispose()


def check_addresses(source: str, target: str) -> None:
    """Refuse an address that is none, and a move to where the house is."""
    try:
        wanted = make_url(target)
    except ArgumentError as error:
        raise CannotMove("The address is not one that SQLAlchemy can read.") from error
    if wanted.get_backend_name() not in {"sqlite", "postgresql"}:
        raise CannotMove("Only SQLite and PostgreSQL are known here.")
    here = make_url(source)
    places = {(each.host, each.port, each.database) for each in (here, wanted)}
    if len(places) == 1:
        raise CannotMove("The house is there already.")


def _check(reading: Connection) -> None:
    has, wants = migrations.current(reading), migrations.newest()
    if has != wants:
        raise CannotMove(f"The tables are of revision {has}, the code wants {wants}.")
    if is_closed(reading):
        raise CannotMove("The house has moved from here already. To open it again: --reopen")


def _carry(reading: Connection, writing: Connection) -> Moved:
    make_room(writing, replace=False)
    migrations.upgrade_through(writing)
    every = sheets()
    tallies = {sheet.name: Tally() for sheet in every}
    with filling(writing):
        for sheet in every:
            for some in lines(reading, sheet, tallies[sheet.name]):
                put(writing, sheet, some)
    go_on_from(writing, last_ids(reading, tallies))
    told = {name: tally.told() for name, tally in tallies.items()}
    compare(read_back(writing, every), told)
    return Moved(told)


def reopen(database: str) -> None:
    """Let a database that a house has moved from be written to again."""
    engine = bare_engine(database)
    try:
        with engine.connect() as connection, connection.begin():
            open_again(connection)
    finally:
        engine.dispose()
