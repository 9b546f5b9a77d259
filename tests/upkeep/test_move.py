"""A house moves to another database with all it has, or stays where it is."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from lainaamo.config import Settings
from lainaamo.core import journal
from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.core.whole import Broken, bare_engine
from lainaamo.goods.models import Item, Kind
from lainaamo.upkeep.move import CannotMove, move, reopen
from lainaamo.upkeep.restore import NotEmpty
from tests.conftest import NewDatabase, SignedIn
from tests.make import Make

AppWith = Callable[[Settings], Lainaamo]


@pytest.fixture
def elsewhere(tmp_path: object, new_database: NewDatabase) -> Settings:
    """Return the settings of a house in which there is nothing yet."""
    return Settings(instance=f"{tmp_path}/other", database_url=new_database("elsewhere"))


@pytest.fixture
def house(app: Lainaamo, make: Make, new_database: NewDatabase) -> Iterator[str]:
    """Return the address of a house with goods, whose tables the test may change."""
    with moved_first(app, make, new_database) as address:
        yield address


@contextmanager
def moved_first(app: Lainaamo, make: Make, new_database: NewDatabase) -> Iterator[str]:
    # The test's own database is emptied and used again: what is closed here is a copy of it.
    for name in ("Sukset", "Teltta"):
        make.item(make.kind(name))
    with app.app_context(), transaction():
        journal.seal()
    own = app.config["SETTINGS"].database
    copy = new_database("first")
    move(own, copy)
    reopen(own)
    yield copy


@contextmanager
def looking(address: str) -> Iterator[Engine]:
    engine = bare_engine(address)
    yield engine
    engine.dispose()


def test_every_row_is_there_and_the_journal_is_whole(
    house: str, elsewhere: Settings, app_with: AppWith
) -> None:
    moved = move(house, elsewhere.database)
    assert moved.tables["kind"]["rows"] == 2
    assert moved.tables["journal_entry"]["rows"] > 0
    with app_with(elsewhere).app_context():
        assert session.scalars(select(Kind.name).order_by(Kind.id)).all() == ["Sukset", "Teltta"]
        assert journal.verify().first_bad is None
        assert journal.verify().sealed == moved.tables["journal_seal"]["rows"]


def test_ids_go_on_and_sign_ins_hold(
    app: Lainaamo, signed_in: SignedIn, make: Make, elsewhere: Settings, app_with: AppWith
) -> None:
    signed_in("counter")
    last = make.item(make.kind("Sukset")).id
    moved = move(app.config["SETTINGS"].database, elsewhere.database)
    reopen(app.config["SETTINGS"].database)
    assert moved.tables["sign_in"]["rows"] == 1
    other = app_with(elsewhere)
    assert Make(other).item(Make(other).kind("Teltta")).id > last


def test_the_old_database_takes_no_change_until_it_is_told_to(
    house: str, elsewhere: Settings
) -> None:
    move(house, elsewhere.database)
    renamed = text("UPDATE kind SET name = 'x'")
    with looking(house) as engine:
        with pytest.raises(DBAPIError, match="has moved"), engine.begin() as connection:
            connection.execute(renamed)
        with pytest.raises(CannotMove, match="reopen"):
            move(house, elsewhere.database)
        reopen(house)
        with engine.begin() as connection:
            assert connection.execute(renamed).rowcount == 2


def test_a_database_with_something_in_it_is_left_as_it_is(
    house: str, elsewhere: Settings, app_with: AppWith
) -> None:
    other = app_with(elsewhere)
    Make(other).kind("Ahkio")
    with other.app_context():
        session.remove()
    with pytest.raises(NotEmpty):
        move(house, elsewhere.database)
    with other.app_context():
        assert session.scalars(select(Kind.name)).all() == ["Ahkio"]


@pytest.mark.only_on("SQLite")
def test_a_row_that_does_not_fit_moves_nothing(house: str, elsewhere: Settings) -> None:
    with looking(house) as engine, engine.begin() as connection:
        connection.execute(text("UPDATE item SET kind_id = 999999 WHERE id = 1"))
    with pytest.raises(Broken):
        move(house, elsewhere.database)
    with looking(elsewhere.database) as engine, engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Item)) == 0


@pytest.mark.only_on("PostgreSQL")
def test_there_and_back_between_the_engines_nothing_changes(
    house: str, elsewhere: Settings, tmp_path: Path
) -> None:
    between = f"sqlite:///{tmp_path}/between.db"
    there, back = move(house, between), move(between, elsewhere.database)
    assert there == back
    assert there.tables["kind"]["rows"] == 2


def test_an_address_that_is_none_or_the_same_is_refused(house: str) -> None:
    for wrong in ("sesame", "mysql://x/y", house):
        with pytest.raises(CannotMove):
            move(house, wrong)


@pytest.mark.parametrize("after_s", [0.0, 0.1, 0.3, 0.8])
def test_killed_in_the_middle_nothing_has_changed(
    house: str, elsewhere: Settings, after_s: float
) -> None:
    work = "import sys, lainaamo.app; from lainaamo.upkeep.move import move"
    work += "; print('begins', flush=True); move(*sys.argv[1:]); print('moved', flush=True)"
    given = (sys.executable, "-c", work, house, elsewhere.database)
    mover = subprocess.Popen(given, stdout=subprocess.PIPE)
    assert mover.stdout is not None
    mover.stdout.readline()
    time.sleep(after_s)
    os.kill(mover.pid, signal.SIGKILL)
    was_done = b"moved" in mover.communicate()[0]
    if was_done:
        reopen(house)
        return
    try:
        moved = move(house, elsewhere.database)
    except NotEmpty:  # killed between the two ends: the new one is whole
        return
    assert moved.tables["kind"]["rows"] == 2
