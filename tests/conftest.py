"""What every test may ask for: its own database, a strict browser, a builder, a stopped clock."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar, cast

import psycopg
import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

from lainaamo.app import create_app, settle
from lainaamo.config import Settings
from lainaamo.core import clock, finnish, limits
from lainaamo.core.db import db, is_sqlite, session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.intake import progress
from lainaamo.people import actions as people
from lainaamo.people.models import Person
from lainaamo.people.visitor import COOKIE
from lainaamo.upkeep import migrations
from tests import postgres
from tests.make import Make
from tests.strict import Browser, watch

MONDAY = datetime(2026, 3, 2, 11, tzinfo=clock.HELSINKI)
SERVER = os.environ.get("TEST_DATABASE", "")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
PROVING = os.environ.get("HYPOTHESIS_PROFILE") == "proof"
LONGEST_WAIT_S = 60
SECRET = "sesame"
DATABASES = {"swept", "new_database", "database", "empty", "pooled"}
"""Who asks for none of these needs no database, and is tried once, beside SQLite."""

hypothesis_settings.register_profile(
    "ordinary",
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
hypothesis_settings.register_profile(
    "proof", hypothesis_settings.get_profile("ordinary"), max_examples=4000
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ordinary"))

# Replica: neither the journal's triggers nor foreign keys stand in the broom's way. What a session
# keeps from test to test falls by the raised counts of changes.
SWEEP = """
DO $$ DECLARE name text; BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND (state <> 'idle'
      OR pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory'));
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
    AND tablename NOT IN ('alembic_version', 'change_count')
    LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
  UPDATE change_count SET number = number + 1;
  FOR name IN SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL
    AND sequencename <> 'change_count_id_seq'
    LOOP PERFORM setval(format('%I', name)::regclass, 1, false); END LOOP;
END $$
"""

Result = TypeVar("Result")
NewDatabase = Callable[[str], str]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what makes no sense with this engine, or beside other tests; begin the long ones.

    One that waits for killed processes to come back should not be what all wait for at the end.
    """
    others = {item for item in items if not _has_sense(item)}
    config.hook.pytest_deselected(items=list(others))
    items[:] = [item for item in items if item not in others]
    items.sort(key=lambda item: "faults" not in item.path.parts)


def _has_sense(item: pytest.Item) -> bool:
    if item.get_closest_marker("timed") and not PROVING:
        return False
    if engines := item.get_closest_marker("only_on"):
        return ("PostgreSQL" if SERVER else "SQLite") in engines.args
    known = DATABASES & set(getattr(item, "fixturenames", ()))
    return not SERVER or bool(known) or item.get_closest_marker("proof") is not None


class AtOnce(Protocol):
    """Does the same in many threads, all let go in the same moment."""

    def __call__(self, n: int, do: Callable[[Browser], Result]) -> list[Result]:
        """Return what each gave, in order; `browser.number` tells which one it is."""


class SignedIn(Protocol):
    """Returns the browser of a person with a role."""

    def __call__(self, role: str, *, person_id: int | None = None) -> Browser:
        """Sign a new person in, or the one named."""


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> NewDatabase:
    """Return a maker of migrated databases: the migrations are run once and their result copied."""
    folder = tmp_path_factory.mktemp("databases")
    if SERVER:
        template = f"template_{WORKER}"
        migrations.upgrade(postgres.create(SERVER, template))
        return lambda name: postgres.create(SERVER, f"{name}_{WORKER}", template=template)
    migrations.upgrade(f"sqlite:///{folder}/template.db")

    def copied(name: str) -> str:
        for old in folder.glob(f"{name}.db*"):
            old.unlink()
        path = folder / f"{name}.db"
        shutil.copyfile(folder / "template.db", path)
        return f"sqlite:///{path}"

    return copied


@pytest.fixture(scope="session")
def swept(new_database: NewDatabase) -> Iterator[Callable[[], str]]:
    """Return a maker of an empty database that one test at a time has.

    On PostgreSQL it is emptied in place: a copy takes ten times as long. A test that changes
    triggers or columns asks `new_database` for one of its own.
    """
    if not SERVER:
        yield lambda: new_database("test")
        return
    address = new_database("test")
    # The same connection each time: one that is new reads the whole catalogue first.
    with psycopg.connect(_plain(address), autocommit=True) as broom:

        def swept() -> str:
            broom.execute(SWEEP)
            return address

        yield swept


def _plain(address: str) -> str:
    return make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where compiled templates are kept from test to test."""
    return tmp_path_factory.mktemp("compiled")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hash passwords with little work: a real hash takes a tenth of a second by purpose."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        patch.setattr(people, "NOBODY", people.hasher.hash("nobody has this password"))
        yield


@pytest.fixture(scope="session", autouse=True)
def dictionary() -> None:
    """Make the Finnish dictionary before the first test needs it: that takes half a minute."""
    finnish.prepare()


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    """Stop the clock on Monday 2 March 2026 at 11 in Helsinki."""
    with clock.at(MONDAY):
        yield


@pytest.fixture
def database(swept: Callable[[], str]) -> str:
    """Return the address of a migrated database with nothing in it."""
    return swept()


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Settings:
    """Return the settings of an installation of the test's own."""
    return Settings(instance=str(tmp_path / "instance"), database_url=database, secret=SECRET)


class Lent(NamedTuple):
    """An application, how it was configured, and the databases it is let loose on."""

    app: Lainaamo
    config: dict[str, Any]
    engines: set[Engine]
    is_kept: bool

    def let_go(self) -> None:
        """Close its databases."""
        for one in self.engines:
            one.dispose()


class Lend(Protocol):
    """Lends an application for one test."""

    def __call__(self, settings: Settings, *, alone: bool = False) -> Lent:
        """Lend the one that all have, or make one that the test may add screens to."""


@pytest.fixture(scope="session")
def lend(compiled: Path) -> Iterator[Lend]:
    """Return a lender of applications: one that only the folder tells apart is made once.

    Making one takes half a second, and the database's engine then knows no statement yet.
    """
    kept: dict[Settings, Lent] = {}

    def lend(settings: Settings, *, alone: bool = False) -> Lent:
        alike = replace(settings, instance="")
        is_usual = alike == Settings(instance="", database_url=alike.database_url, secret=SECRET)
        if alone or not is_usual:
            return _made(settings, compiled, is_kept=False)
        lent = kept[alike] = kept.get(alike) or _made(settings, compiled, is_kept=True)
        lent.app.config.clear()
        lent.app.config.update(lent.config)
        settle(lent.app, settings)
        return lent

    yield lend
    for lent in kept.values():
        lent.let_go()


def _made(settings: Settings, compiled: Path, *, is_kept: bool) -> Lent:
    app = create_app(settings)
    app.testing = True
    app.test_client_class = Browser
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
    with app.app_context():
        engine, sides = db.engine, (limits.engine(), progress.engine())
    watch(engine)
    for one in {engine, *sides}:
        hasten(one)
    return Lent(app, dict(app.config), {engine, *sides}, is_kept)


@pytest.fixture
def app(settings: Settings, lend: Lend, request: pytest.FixtureRequest) -> Iterator[Lainaamo]:
    """Return the application on a database of its own."""
    lent = lend(settings, alone=request.node.get_closest_marker("adds_screens") is not None)
    yield lent.app
    if not (SERVER and lent.is_kept):  # on PostgreSQL the same database comes again
        lent.let_go()


@pytest.fixture
def app_with() -> Iterator[Callable[[Settings], Lainaamo]]:
    """Return a maker of applications with other settings; their databases are let go at the end."""
    made: list[Lainaamo] = []

    def make(settings: Settings) -> Lainaamo:
        made.append(create_app(settings))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            for engine in {db.engine, limits.engine(), progress.engine()}:
                engine.dispose()


def hasten(engine: Engine) -> None:
    """Let SQLite not wait for the disk: nothing here outlives its test."""
    if is_sqlite(engine):
        event.listen(engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous=OFF"))


@pytest.fixture
def browser(app: Lainaamo) -> Browser:
    """Return a browser of somebody who has not signed in."""
    return cast("Browser", app.test_client())


@pytest.fixture
def make(app: Lainaamo) -> Make:
    """Return the builder of the test's world."""
    return Make(app)


@pytest.fixture
def signed_in(app: Lainaamo, make: Make) -> SignedIn:
    """Return a maker of browsers of signed-in people."""

    def sign_in(role: str, *, person_id: int | None = None) -> Browser:
        if person_id is None:
            person_id = make.person(role).id
        with app.app_context(), transaction():
            token = people.sign_in(session.get_one(Person, person_id))
        browser = cast("Browser", app.test_client())
        browser.set_cookie(COOKIE, token)
        browser.person_id = person_id
        browser.token = cache(lambda: make.token(role, person_id))
        return browser

    return sign_in


@pytest.fixture
def at_once(app: Lainaamo) -> AtOnce:
    """Return a way to do the same thing many times in the same moment."""

    def run(n: int, do: Callable[[Browser], Result]) -> list[Result]:
        gate, moment = threading.Barrier(n), clock.now()

        def one(number: int) -> Result:
            browser = cast("Browser", app.test_client())
            browser.number = number
            gate.wait(LONGEST_WAIT_S)
            with clock.at(moment):  # a thread has no part in its starter's context
                return do(browser)

        with ThreadPoolExecutor(n) as pool:
            return list(pool.map(one, range(n)))

    return run
