"""Bringing the database's tables to where the code expects them."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from lainaamo.config import MIGRATIONS


def configured(database: str = "") -> Config:
    """Return alembic's configuration; without an address it asks the settings."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", database.replace("%", "%%"))
    return config


def upgrade(database: str, *, to: str = "head") -> None:
    """Run the migrations that are missing, all of them or none."""
    command.upgrade(configured(database), to)


def downgrade(database: str, *, to: str) -> None:
    """Take migrations back, all of them or none."""
    command.downgrade(configured(database), to)


def newest() -> str | None:
    """Return the revision the code expects."""
    return ScriptDirectory.from_config(configured()).get_current_head()


def current(connection: Connection) -> str | None:
    """Return the revision a database has."""
    return MigrationContext.configure(connection).get_current_revision()
