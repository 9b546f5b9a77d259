"""How often each part of the database was changed: counted by the database itself, by triggers.

So no way of writing goes uncounted: in bulk, by hand, by the worker or by another program. A change
and its count are kept in the same transaction. Who sees the rows sees the number too, and who sees
the same numbers again sees the same rows.

On PostgreSQL a part has as many counters as writers were ever busy in it at once, and counts are
added up: a writer takes one that nobody holds, or makes one, and never waits for another. SQLite
has one writer at a time and one counter for each part.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import CheckConstraint, Connection, inspect
from sqlalchemy.orm import Mapped, mapped_column

from lainaamo.core.orm import KEY, Area, Base, Id, one_of

Numbers = Mapping[str, int]
NEVER: Numbers = dict.fromkeys(Area, 0)
VERBS = ("INSERT", "UPDATE", "DELETE")
READ = "SELECT area, number FROM change_count"


class ChangeCount(Base):
    """How many transactions (on SQLite: rows) have changed an area; several rows are added up."""

    __tablename__ = "change_count"
    __table_args__ = (CheckConstraint(one_of("area", *Area), name="known_area"),)

    id: Mapped[Id]
    area: Mapped[str]
    number: Mapped[int] = mapped_column(KEY)


def numbers(connection: Connection) -> Numbers:
    """Return the number of changes of each area, as the connection sees them now."""
    driver: Any = connection.connection.dbapi_connection
    found = dict(NEVER)
    for area, number in driver.execute(READ).fetchall():
        found[area] += number
    return found


def count_from_now_on(connection: Connection) -> None:
    """Make the triggers of all tables that are counted, where they are missing; drop all others.

    Called after each migration: a table that was made anew has lost its own.
    """
    inspector = inspect(connection)
    if not inspector.has_table(ChangeCount.__tablename__):
        return
    there = set(inspector.get_table_names())
    wanted = {name: ddl for table, name, ddl in _triggers(connection) if table in there}
    found = dict(_found(connection))
    for name in found.keys() - wanted.keys():
        connection.exec_driver_sql(_drop(connection, name, found[name]))
    for name in sorted(wanted.keys() - found.keys()):
        connection.exec_driver_sql(wanted[name])


@lru_cache(maxsize=1)
def counted() -> Mapping[str, Area]:
    """Return the area of each table that is counted."""
    models: Iterable[type[Base]] = (mapper.class_ for mapper in Base.registry.mappers)
    return {one.__tablename__: one.counted_in for one in models if one.counted_in is not None}


def _triggers(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Yield each trigger that there should be: its table, its name and how it is made."""
    is_sqlite = connection.dialect.name == "sqlite"
    for table, area in sorted(counted().items()):
        for verb in VERBS if is_sqlite else ("any",):
            name = f"count_{area}_{table}_{verb.lower()}"
            yield table, name, (_on_sqlite if is_sqlite else _on_postgresql)(name, table, area)


def _on_sqlite(name: str, table: str, area: Area) -> str:
    verb = name.rpartition("_")[2].upper()
    raised = f"UPDATE change_count SET number = number + 1 WHERE id = {list(Area).index(area) + 1}"  # noqa: S608 - of our own words
    return f"CREATE TRIGGER {name} AFTER {verb} ON {table} BEGIN {raised}; END"


def _on_postgresql(name: str, table: str, area: Area) -> str:
    return (
        f"CREATE TRIGGER {name} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION count_change('{area}')"
    )


def _found(connection: Connection) -> Iterator[tuple[str, str]]:
    """Yield the name and the table of each trigger that counts now."""
    asked = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
    if connection.dialect.name != "sqlite":
        asked = "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    for name, table in connection.exec_driver_sql(asked):
        if name.startswith("count_"):
            yield name, table


def _drop(connection: Connection, name: str, table: str) -> str:
    return f"DROP TRIGGER {name}" + ("" if connection.dialect.name == "sqlite" else f" ON {table}")
