"""Migrations on their way: up, down, and killed at some moment in between."""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from lainaamo.core import search
from lainaamo.core.orm import Base
from lainaamo.upkeep import migrations

# Upgrades, and kills itself like a power cut just after its nth statement; tells how many it did.
PROGRAM = """
import os, signal, sys
from sqlalchemy import Engine, event
from lainaamo.upkeep.migrations import upgrade

done, last = 0, int(sys.argv[2])

@event.listens_for(Engine, "after_cursor_execute")
def count(*_rest):
    global done
    done += 1
    if done == last:
        os.kill(os.getpid(), signal.SIGKILL)

upgrade(sys.argv[1])
print(done)
"""
NEVER = 0


def revisions() -> list[str]:
    """Return every revision, the oldest first."""
    script = ScriptDirectory.from_config(migrations.configured())
    return [one.revision for one in reversed(list(script.walk_revisions()))]


def opened(address: str) -> Engine:
    """Open a database by its address."""
    return create_engine(address)


def revision_of(engine: Engine) -> str | None:
    """Return where a database stands."""
    with engine.connect() as connection:
        return migrations.current(connection)


def tables(engine: Engine) -> list[str]:
    """Return the tables there are, alembic's own apart."""
    found = {name for name in inspect(engine).get_table_names() if not search.is_machinery(name)}
    return sorted(found - {"alembic_version"})


def differences(engine: Engine) -> Sequence[object]:
    """Return what the models say otherwise than the database."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=migrations.COMPARED)
        found: Sequence[object] = compare_metadata(context, Base.metadata)
        return found


def count_statements(address: str) -> int:
    """Upgrade in a process of its own and return how many statements that took."""
    done = _upgrade(address, NEVER)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def upgrade_and_kill(address: str, *, after: int) -> bool:
    """Upgrade in a process that is killed just after a statement; tell whether it was."""
    return _upgrade(address, after).returncode == -signal.SIGKILL


def _upgrade(address: str, after: int) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-c", PROGRAM, address, str(after))
    return subprocess.run(command, capture_output=True, text=True, check=False)


def is_whole(engine: Engine) -> bool:
    """Tell whether a database stands at one end or the other: all the tables, or none."""
    for _ in range(50):
        try:
            found, at = tables(engine), revision_of(engine)
        except OperationalError:  # a killed PostgreSQL client's transaction is still going
            time.sleep(0.1)
            continue
        return (found, at) in [([], None), (sorted(Base.metadata.tables), revisions()[-1])]
    return False


def forget_everything(engine: Engine) -> None:
    """Leave nothing of a database but itself."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
            return
        for table in inspect(connection).get_table_names():
            if not table.startswith("sqlite_"):
                connection.execute(text(f'DROP TABLE IF EXISTS "{table}"'))
