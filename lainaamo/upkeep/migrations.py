"""Bringing the database's tables to where the code expects them."""

from collections.abc import Mapping
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from lainaamo.config import MIGRATIONS
from lainaamo.core import search


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave out the tables in which SQLite keeps its full text index."""
    return not (kind == "table" and search.is_machinery(name))


COMPARED: Mapping[str, Any] = {"compare_type": True, "include_name": is_ours}
"""How models and database are compared."""


def configured(database: str = "") -> Config:
    """Return alembic's configuration; without an address it asks the settings."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", database.replace("%", "%%"))
    return config


def upgrade(database: str, *, to: str = "head") -> None:
    """Run the migrations that are missing, all of them or none."""
    command.upgrade(configured(database), to)


def upgrade_through(connection: Connection, *, to: str = "head") -> None:
    """Run the migrations that are missing in a transaction that is open already."""
    config = configured()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def downgrade(database: str, *, to: str) -> None:
    """Take migrations back, all of them or none."""
    command.downgrade(configured(database), to)


def newest() -> str | None:
    """Return the revision the code expects."""
    return ScriptDirectory.from_config(configured()).get_current_head()


def current(connection: Connection) -> str | None:
    """Return the revision a database has."""
    return MigrationContext.configure(connection).get_current_revision()


def knows(revision: str) -> bool:
    """Tell whether this code has made tables of this revision."""
    return any(
        script.revision == revision
        for script in ScriptDirectory.from_config(configured()).walk_revisions()
    )
