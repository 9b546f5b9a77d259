"""The database as a whole: read in one moment, filled in one go, wiped; alike on both engines.

With `core.db`, `core.changes` and `core.search` one of the rooms that know that there are two.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, TableClause, create_engine, event, insert, text
from sqlalchemy.engine import make_url

from lainaamo.core.db import PROMISES, is_sqlite

ALONE = ("foreign_keys=OFF", "busy_timeout=20000")
# What PostgreSQL is asked; its tables are those of the schema in use.
FOREIGN_KEYS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND connamespace = current_schema()::text::regnamespace
"""
TABLES = """
SELECT oid::regclass::text FROM pg_class
WHERE relkind = 'r' AND relnamespace = current_schema()::text::regnamespace
"""
FUNCTIONS = """
SELECT oid::regprocedure::text FROM pg_proc
WHERE pronamespace = current_schema()::text::regnamespace
AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""
LAST_ID = "SELECT pg_sequence_last_value(pg_get_serial_sequence(:name, 'id')::regclass)"
# And what SQLite is: the full text index goes first, and the tables that it keeps itself in.
SQLITE_TABLES = (
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'",
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'",
)


class Broken(Exception):  # noqa: N818 - told to who runs the house
    """Rows that name others which are not there."""


@contextmanager
def one_moment(engine: Engine) -> Iterator[Connection]:
    """Read the whole database as it is in one moment, while others go on writing."""
    with engine.connect() as connection:
        # SQLite: the first read after a plain BEGIN fixes what is seen (WAL).
        if not is_sqlite(engine):
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


def bare_engine(address: str) -> Engine:
    """Return an engine for making tables and filling them: one writer, no foreign key checked."""
    if make_url(address).get_backend_name() != "sqlite":
        # Prepared statements would stay behind in a session that a pooler gives to others.
        return create_engine(
            address, hide_parameters=True, connect_args={"prepare_threshold": None}
        )
    engine = create_engine(address, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (*PROMISES, *ALONE):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@contextmanager
def filling(connection: Connection) -> Iterator[None]:
    """Let rows come in any order: foreign keys hold again, and are checked, at the end."""
    if _is_sqlite(connection):
        yield
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise Broken(f"Row {broken[1]} of {broken[0]} names a row that is not there.")
        return
    keys = connection.exec_driver_sql(FOREIGN_KEYS).all()
    for table, name, _definition in keys:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition in keys:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def fill(connection: Connection, into: TableClause, rows: Sequence[Sequence[Any]]) -> None:
    """Add rows in bulk, their values in the order of the table's columns."""
    names = [column.name for column in into.columns]
    if _is_sqlite(connection):
        values = [dict(zip(names, row, strict=True)) for row in rows]
        connection.execute(insert(into), values)
        return
    driver: Any = connection.connection.dbapi_connection
    columns = ", ".join(f'"{name}"' for name in names)
    wanted = f'COPY "{into.name}" ({columns}) FROM STDIN'
    with driver.cursor() as cursor, cursor.copy(wanted) as pipe:
        for row in rows:
            pipe.write_row(row)


def last_ids(connection: Connection, tables: Iterable[str]) -> dict[str, int]:
    """Return the last id that each table gave: it is never given again."""
    if _is_sqlite(connection):
        found = connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence").all()
        given = {str(name): int(last) for name, last in found}
        return {table: given.get(table, 0) for table in tables}
    return {name: connection.scalar(text(LAST_ID), {"name": name}) or 0 for name in tables}


def go_on_from(connection: Connection, last: Mapping[str, int]) -> None:
    """Let each table give ids that come after these."""
    given = [{"name": table, "last": number} for table, number in last.items() if number]
    if _is_sqlite(connection):
        forgotten = text("DELETE FROM sqlite_sequence WHERE name = :name")
        told = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)")
        changes = [forgotten, told]
    else:
        changes = [text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")]
    for one in given:
        for change in changes:
            connection.execute(change, one)


def wipe(connection: Connection) -> None:
    """Drop every table with all that is in it."""
    if _is_sqlite(connection):
        for wanted in SQLITE_TABLES:
            for (name,) in connection.exec_driver_sql(wanted).all():
                connection.exec_driver_sql(f'DROP TABLE "{name}"')
        return
    connection.exec_driver_sql("SET LOCAL lock_timeout = '20s'")
    for (name,) in connection.exec_driver_sql(TABLES).all():
        connection.exec_driver_sql(f"DROP TABLE {name} CASCADE")
    for (name,) in connection.exec_driver_sql(FUNCTIONS).all():
        connection.exec_driver_sql(f"DROP FUNCTION {name}")


def _is_sqlite(connection: Connection) -> bool:
    return is_sqlite(connection.engine)


# A database that is let go of: it can be read, and nobody writes to it any more

CLOSING = "closed_"


def hold_still(connection: Connection, tables: Iterable[str]) -> None:
    """Let nobody else write until this transaction is over."""
    if not _is_sqlite(connection):  # SQLite has one writer, and that is who asks
        names = ", ".join(f'"{name}"' for name in tables)
        connection.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")


def close(connection: Connection, tables: Iterable[str], words: str) -> None:
    """Refuse every change to these tables from now on."""
    if not _is_sqlite(connection):
        connection.exec_driver_sql(
            f"CREATE FUNCTION {CLOSING}now() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$"
        )
    for name in tables:
        for statement in _closing(name, words, is_sqlite=_is_sqlite(connection)):
            connection.exec_driver_sql(statement)


def _closing(table: str, words: str, *, is_sqlite: bool) -> list[str]:
    if not is_sqlite:
        made = f"CREATE TRIGGER {CLOSING}{table} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON "
        return [f'{made} "{table}" FOR EACH STATEMENT EXECUTE FUNCTION {CLOSING}now()']
    return [
        f'CREATE TRIGGER {CLOSING}{table}_{change.lower()} BEFORE {change} ON "{table}" '
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        for change in ("INSERT", "UPDATE", "DELETE")
    ]


def is_closed(connection: Connection) -> bool:
    """Tell whether changes are refused."""
    return bool(_closed(connection))


def open_again(connection: Connection) -> None:
    """Take changes again."""
    for name, table in _closed(connection):
        here = "" if _is_sqlite(connection) else f" ON {table}"
        connection.exec_driver_sql(f"DROP TRIGGER {name}{here}")
    if not _is_sqlite(connection):
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {CLOSING}now()")


def _closed(connection: Connection) -> Sequence[Any]:
    if _is_sqlite(connection):
        wanted = "SELECT name, tbl_name FROM sqlite_schema WHERE type = 'trigger'"
    else:
        wanted = "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    found = connection.exec_driver_sql(wanted).all()
    return [(name, table) for name, table in found if name.startswith(CLOSING)]
