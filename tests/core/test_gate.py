"""Many processes that write at once: all get their turn and none fails."""

import sqlite3
import time
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import create_engine, func, select, text

from lainaamo.config import Settings
from lainaamo.core.db import insert_once, session, teach_sqlite, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.people.models import Unit
from tests.crowd import Crowd

WRITERS = 8
EACH = 25
SECONDS = 1.5


def write(app: Lainaamo, number: int) -> None:
    """Make a number of transactions, one after another."""
    with app.app_context():
        for made in range(EACH):
            _write_once(f"{number}-{made}")


def write_as_often_as_you_can(app: Lainaamo, number: int) -> tuple[int, float]:
    """Return how many transactions were made and how long the longest took, in seconds."""
    made, longest, ends = 0, 0.0, time.monotonic() + SECONDS
    with app.app_context():
        while (began := time.monotonic()) < ends:
            _write_once(f"{number}-{made}")
            made += 1
            longest = max(longest, time.monotonic() - began)
    return made, longest


def _write_once(key: str) -> None:
    with transaction():
        # Reads before it writes: where a deferred lock would fail.
        seen = session.scalar(select(func.count()).select_from(Unit)) or 0
        insert_once(Unit, key=key, name=str(seen))


def test_eight_processes_write_at_once_and_none_fails(app: Lainaamo, settings: Settings) -> None:
    with Crowd(WRITERS, settings) as crowd:
        crowd.do(write, *range(WRITERS))
    with app.app_context():
        assert session.scalar(select(func.count()).select_from(Unit)) == WRITERS * EACH


@pytest.mark.timed
def test_of_eight_processes_each_gets_its_share_soon(settings: Settings) -> None:
    with Crowd(WRITERS, settings) as crowd:
        results = crowd.do(write_as_often_as_you_can, *range(WRITERS))
    made = [count for count, _ in results]
    assert min(made) * 4 >= max(made), f"unfair: {made}"
    assert max(longest for _, longest in results) < SECONDS, "somebody waited too long"


def test_a_new_database_is_opened_while_somebody_writes_to_it(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    writer = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    writer.execute("CREATE TABLE anything (id)")
    writer.execute("BEGIN IMMEDIATE")  # where SQLite answers "locked" at once, whatever its timeout
    engine = create_engine(f"sqlite:///{path}")
    teach_sqlite(engine)
    Timer(0.2, writer.execute, ["COMMIT"]).start()
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
    engine.dispose()
    writer.close()
