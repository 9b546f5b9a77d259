"""Every migration goes up and down, with things in the house too, and retries after a kill."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from lainaamo.core.orm import Base
from lainaamo.core.web import Lainaamo
from lainaamo.upkeep import migrations
from tests import postgres
from tests.conftest import SERVER, WORKER
from tests.make import Make
from tests.migrations.travelling import (
    count_statements,
    differences,
    forget_everything,
    is_whole,
    opened,
    revision_of,
    revisions,
    tables,
    upgrade_and_kill,
)
from tests.world import build


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Engine]:
    """Return a database with nothing in it, not even a table."""
    if SERVER:
        engine = opened(postgres.create(SERVER, f"empty_{WORKER}"))
    else:
        engine = opened(f"sqlite:///{tmp_path}/empty.db")
    yield engine
    engine.dispose()


def address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_every_migration_goes_up_and_down_and_up(empty: Engine) -> None:
    numbers = revisions()
    for number in numbers:
        migrations.upgrade(address(empty), to=number)
        assert revision_of(empty) == number
    assert differences(empty) == []
    for number in [*reversed(numbers[:-1]), "base"]:
        migrations.downgrade(address(empty), to=number)
        assert revision_of(empty) == (None if number == "base" else number)
    assert tables(empty) == []
    migrations.upgrade(address(empty))
    assert differences(empty) == []


def test_upgrading_twice_changes_nothing(empty: Engine) -> None:
    migrations.upgrade(address(empty))
    migrations.upgrade(address(empty))
    assert tables(empty) == sorted(Base.metadata.tables)


def test_a_full_house_goes_down_and_up(app: Lainaamo, make: Make) -> None:
    """The last migration is taken back and made again with something of everything in it."""
    build(app, make)
    where = app.config["SETTINGS"].database_url
    engine = opened(where)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM journal_entry"))
    numbers = revisions()
    migrations.downgrade(where, to=numbers[-2] if len(numbers) > 1 else "base")
    migrations.upgrade(where)
    assert (revision_of(engine), differences(engine)) == (numbers[-1], [])
    engine.dispose()


@pytest.mark.timeout(400)  # five whole upgrades, each in a process of its own
def test_an_upgrade_killed_in_the_middle_is_made_the_next_time(empty: Engine) -> None:
    last = count_statements(address(empty))
    for after in (last // 4, last // 2, last - 1, last):
        forget_everything(empty)
        assert upgrade_and_kill(address(empty), after=after)
        assert is_whole(empty)
    migrations.upgrade(address(empty))
    assert differences(empty) == []
