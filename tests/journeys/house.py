"""A house that is really served: the program in processes of its own, and a builder beside it."""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from datetime import time as clock_time
from itertools import count
from pathlib import Path
from urllib.error import URLError

from sqlalchemy import delete, func, select
from sqlalchemy.engine import make_url

from lainaamo.app import create_app
from lainaamo.config import Settings
from lainaamo.core import clock, limits
from lainaamo.core.db import db, session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import DayException, Item, Kind
from lainaamo.lending.models import Line, Loan
from lainaamo.people import actions as people
from lainaamo.people.models import Person, Unit
from tests.make import Make

HERE = "127.0.0.1"
START_S, PAUSE_S = 60, 0.05
EVERY_DAY = range(7)


@dataclass(frozen=True)
class House:
    """Where the program answers, and the same database through the builder."""

    address: str
    app: Lainaamo
    make: Make
    settings: Settings
    groups: Iterator[int] = field(default_factory=count)

    def cookie_of(self, role: str, *, unit: Unit | None = None) -> str:
        """Return the session cookie of a new person with a role, for a unit or for all."""
        person = self.make.person(role, unit=unit)
        with self.app.app_context(), transaction():
            return people.sign_in(session.get_one(Person, person.id))

    def open_always(self) -> None:
        """Make a site with one shelf that is open every day, holidays too."""
        site = self.make.site(open_on=EVERY_DAY)
        days = [clock.today() + timedelta(n) for n in range(90)]
        hours = {"opens": clock_time(8), "closes": clock_time(20)}
        with self.app.app_context(), transaction():
            session.add_all(DayException(site_id=site.id, day=day, **hours) for day in days)

    def forget_tries(self) -> None:
        """Let the next story begin unlimited: all of them come from one address."""
        with self.app.app_context(), limits.engine().begin() as connection:
            connection.execute(delete(limits.Attempt))

    def kind(self, name: str, *, things: int = 1, size: str | None = None) -> Kind:
        """Make a kind in a category of its own, so that no other journey uses its limits up."""
        own = self.make.category(f"group-{next(self.groups)}")
        kind = self.make.kind(name, category=own)
        for _ in range(things):
            self.make.item(kind, size=size)
        return kind

    def count_lines(self, kind: Kind) -> int:
        """Return how many promises of a kind were ever made."""
        with self.app.app_context():
            return session.scalar(select(func.count()).where(Line.kind_id == kind.id)) or 0

    def count_open_loans(self, kind: str) -> int:
        """Return how many things of the kind with this name are lent."""
        with self.app.app_context():
            wanted = select(func.count()).select_from(Loan).join(Loan.item).join(Item.kind)
            wanted = wanted.where(Kind.name == kind, Loan.returned_at.is_(None))
            return session.scalar(wanted) or 0

    def day(self, ahead: int) -> date:
        """Return today, or a day ahead of it."""
        return clock.today() + timedelta(ahead)


def settings_in(folder: Path, database: str) -> Settings:
    """Return the settings of an installation in a folder, on a port of its own."""
    return Settings(
        instance=str(folder / "instance"),
        database_url=database,
        public_url=f"http://{HERE}:{free_port()}",
        secret="sesame",
    )


@contextlib.contextmanager
def standing(settings: Settings) -> Iterator[House]:
    """Yield the house of an installation, and let go of its database at the end."""
    app = create_app(settings)
    yield House(settings.public_url, app, Make(app), settings)
    with app.app_context():
        engines = {db.engine, limits.engine()}
    for engine in engines:
        engine.dispose()


def load_demo(settings: Settings, shelf: Path) -> None:
    """Load the demo municipality as its command does; on SQLite, copy what the shelf has of it.

    The shelf is a folder that all processes of a run share: the first makes it, the others wait.
    """
    address = make_url(settings.database_url)
    if address.database is None or address.get_backend_name() != "sqlite":
        _make_demo(settings)
        return
    kept = replace(settings, instance=str(shelf), database_url=f"sqlite:///{shelf}/demo.db")
    shelf.mkdir(exist_ok=True)
    with (shelf / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shelf / "made").exists():
            _make_demo(kept)
            (shelf / "made").touch()
    shutil.copytree(shelf, settings.instance)
    shutil.move(settings.folder / "demo.db", address.database)


def _make_demo(settings: Settings) -> None:
    command = (sys.executable, "-m", "lainaamo", "demo", "--load-only")
    subprocess.run(command, env=environment(settings), check=True, stdout=subprocess.DEVNULL)


def environment(settings: Settings) -> Mapping[str, str]:
    """Return the environment in which a process of the program has these settings."""
    own = {f"LAINAAMO_{one.name.upper()}": getattr(settings, one.name) for one in fields(settings)}
    return {**os.environ, **own}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def served(settings: Settings, log: Path) -> Iterator[None]:
    """Serve with `lainaamo serve` until the end; fail when it failed or did not stop cleanly."""
    port = settings.public_url.rpartition(":")[2]
    command = (sys.executable, "-m", "lainaamo", "serve", "--port", port)
    with log.open("w") as file:
        server = subprocess.Popen(
            command, env=environment(settings), stdout=file, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(f"{settings.public_url}/healthz", server, log)
        yield
    finally:
        server.send_signal(signal.SIGTERM)
        code = server.wait(30)
    assert code == 0, f"the server ended with {code}:\n{log.read_text()}"
    assert "Traceback" not in log.read_text(), log.read_text()


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    latest = time.monotonic() + START_S
    while time.monotonic() < latest and server.poll() is None:
        with contextlib.suppress(URLError, ConnectionError):
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own server
            return
        time.sleep(PAUSE_S)
    raise AssertionError(f"the server did not come:\n{log.read_text()}")
