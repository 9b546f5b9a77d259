"""Run migrations against whichever database is configured, each run whole or not at all."""

import logging
from typing import Any

from alembic import context
from sqlalchemy import Connection, create_engine, event

import lainaamo.app  # noqa: F401 - knows every model
from lainaamo.config import Settings
from lainaamo.core import changes
from lainaamo.core.orm import Base, Moment
from lainaamo.upkeep.migrations import COMPARED

logger = logging.getLogger("alembic")


def render(kind: str, thing: Any, _autogen: Any) -> Any:
    """Write our column types as SQLAlchemy's own: a migration needs none of our code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, Moment) else False


def run(connection: Connection) -> None:
    """Run what is missing inside one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render,
        render_as_batch=True,
        **COMPARED,
        # SQLite has transactional DDL once the driver's own transaction handling is off; without
        # this a kill in the middle leaves debris on which the next upgrade fails for good.
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        changes.count_from_now_on(connection)


def address() -> str:
    """Return which database: the one asked for, else the settings'."""
    asked = context.config.get_alembic_option("sqlalchemy.url")
    return str(asked or Settings.from_environment().database)


def online() -> None:
    """Open the database and run."""
    given = context.config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    engine = create_engine(address())
    if engine.dialect.name == "sqlite":
        # Foreign keys stay off while tables are rebuilt by copy and rename.
        event.listen(engine, "connect", lambda raw, _record: setattr(raw, "isolation_level", None))
        event.listen(engine, "begin", lambda opened: opened.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # Two nodes that start at once: the second waits, then finds nothing to do. The lock
            # ends with the transaction: behind pgbouncer a session is another's afterwards.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7105)")
        run(connection)
    engine.dispose()


def offline() -> None:
    """Print the SQL instead of running it."""
    context.configure(
        url=address(), target_metadata=Base.metadata, literal_binds=True, render_item=render
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    offline()
else:
    online()
