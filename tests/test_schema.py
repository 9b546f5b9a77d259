"""What every table keeps to, read from the live catalogue of the engine in use."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Inspector, create_engine, inspect, text
from sqlalchemy.exc import DatabaseError

from lainaamo.config import MIGRATIONS
from lainaamo.core import journal, search
from lainaamo.core.db import PROMISES, db, is_sqlite, session, transaction
from lainaamo.core.orm import Base
from lainaamo.core.web import Lainaamo
from lainaamo.upkeep import migrations

TABLES = sorted(Base.metadata.tables)
KEPT = ("journal_entry", "journal_seal")


@pytest.fixture(scope="module")
def catalogue(new_database: Any) -> Iterator[Inspector]:
    """Return the catalogue of a migrated database."""
    engine = create_engine(new_database("schema"))
    with engine.connect() as connection:
        yield inspect(connection)
    engine.dispose()


def scalar(catalogue: Inspector, sql: str, **given: str) -> Any:
    connection = catalogue.bind
    assert isinstance(connection, Connection)
    return connection.execute(text(sql), given).scalar()


def test_the_tables_are_those_of_the_models(catalogue: Inspector) -> None:
    found = {name for name in catalogue.get_table_names() if not search.is_machinery(name)}
    assert sorted(found - {"alembic_version"}) == TABLES


def test_migrations_and_models_say_the_same(catalogue: Inspector) -> None:
    connection = catalogue.bind
    assert isinstance(connection, Connection)
    context = MigrationContext.configure(connection, opts=migrations.COMPARED)
    assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize("table", TABLES)
def test_an_id_is_given_once_and_never_again(catalogue: Inspector, table: str) -> None:
    assert catalogue.get_pk_constraint(table)["constrained_columns"] == ["id"]
    if catalogue.dialect.name == "sqlite":
        made = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table"
        assert "AUTOINCREMENT" in scalar(catalogue, made, table=table)
    else:
        assert scalar(catalogue, "SELECT pg_get_serial_sequence(:table, 'id')", table=table)


@pytest.mark.parametrize("table", TABLES)
def test_every_foreign_key_has_an_index(catalogue: Inspector, table: str) -> None:
    led = {tuple(index["column_names"]) for index in catalogue.get_indexes(table)}
    led |= {tuple(unique["column_names"]) for unique in catalogue.get_unique_constraints(table)}
    for key in catalogue.get_foreign_keys(table):
        columns = tuple(key["constrained_columns"])
        assert any(index[: len(columns)] == columns for index in led), (table, columns)


@pytest.mark.parametrize("table", TABLES)
def test_every_foreign_key_leads_to_an_id(catalogue: Inspector, table: str) -> None:
    for key in catalogue.get_foreign_keys(table):
        assert key["referred_columns"] == ["id"]
        assert all(column.endswith("_id") for column in key["constrained_columns"])


@pytest.mark.parametrize("table", TABLES)
def test_names_follow_the_convention(catalogue: Inspector, table: str) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", table)
    names: dict[str, list[str | None]] = {
        "fk": [key["name"] for key in catalogue.get_foreign_keys(table)],
        "ck": [check["name"] for check in catalogue.get_check_constraints(table)],
        "uq": [unique["name"] for unique in catalogue.get_unique_constraints(table)],
        "ix": [one["name"] for one in catalogue.get_indexes(table) if not one["unique"]],
        # SQLite's is written inline and has no name.
        "pk": [catalogue.get_pk_constraint(table)["name"] or f"pk_{table}"],
    }
    for kind, found in names.items():
        for name in found:
            assert name == f"{kind}_{table}" or str(name).startswith(f"{kind}_{table}_"), name
            assert len(str(name)) <= 63, "PostgreSQL would cut it"


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_named_by_what_they_hold(catalogue: Inspector, table: str) -> None:
    for column in catalogue.get_columns(table):
        name, kind = column["name"], str(column["type"]).upper()
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", name), name
        if "TIMESTAMP" in kind or "DATETIME" in kind:
            assert name.endswith(("_at", "_until")), f"a moment is named {table}.{name}"
        if kind == "DATE":
            ends = ("_on", "_day", "_from", "_by", "_since")
            assert name.endswith(ends) or name == "day", f"a day is named {table}.{name}"


@pytest.mark.parametrize("table", TABLES)
def test_what_must_be_there_is_not_null(catalogue: Inspector, table: str) -> None:
    wanted = {column.name: bool(column.nullable) for column in Base.metadata.tables[table].columns}
    found = {column["name"]: bool(column["nullable"]) for column in catalogue.get_columns(table)}
    assert {name: found[name] for name in wanted} == wanted


def test_there_is_one_newest_migration_and_its_number_is_pinned() -> None:
    script = ScriptDirectory.from_config(migrations.configured())
    assert script.get_heads() == [Path(MIGRATIONS, "HEAD").read_text(encoding="ascii").strip()]
    assert migrations.newest() == script.get_heads()[0]


def test_a_fresh_database_is_at_the_newest_migration(app: Lainaamo) -> None:
    with app.app_context(), db.engine.connect() as connection:
        assert migrations.current(connection) == migrations.newest()


# Append-only


@pytest.fixture
def written(app: Lainaamo) -> Engine:
    """Return the engine of a database with a sealed line."""
    with app.app_context():
        with transaction():
            journal.write("unit.made", "unit", 1)
        with transaction():
            journal.seal()
        return db.engine


@pytest.mark.parametrize("table", KEPT)
def test_a_line_and_its_seal_cannot_be_changed_or_deleted(
    app: Lainaamo, written: Engine, table: str
) -> None:
    changes = [f"UPDATE {table} SET id = id", f"DELETE FROM {table}"]
    if is_sqlite(written):
        changes.append(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    else:
        changes.append(f"TRUNCATE {table} CASCADE")
    for change in changes:
        with app.app_context():
            with pytest.raises(DatabaseError, match="append-only"):
                session.execute(text(change))
            session.rollback()
            assert journal.verify().first_bad is None
            assert journal.verify().sealed == 1


# The engine


def test_sqlite_keeps_its_promises_on_every_connection(app: Lainaamo) -> None:
    with app.app_context():
        if not is_sqlite(db.engine):
            assert session.scalar(text("SHOW synchronous_commit")) == "on"
            return
        assert "synchronous=FULL" in PROMISES
        held = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("foreign_keys", "journal_mode", "busy_timeout", "recursive_triggers")
        }
    assert held == {
        "foreign_keys": 1,
        "journal_mode": "wal",
        "busy_timeout": 5000,
        "recursive_triggers": 1,
    }
