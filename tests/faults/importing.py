"""A list of goods that a real worker brings in, killed in the middle, and what it leaves."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, field

from sqlalchemy import func, select, update

from lainaamo.administration.shipped import load_categories
from lainaamo.config import Settings
from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.files import new_name
from lainaamo.core.journal import Entry
from lainaamo.core.orm import Base
from lainaamo.core.outbox import Message
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Code, Item, Kind
from lainaamo.intake import actions as intake
from lainaamo.intake import progress, uploads
from lainaamo.intake.models import ImportedRow, Upload
from tests.make import Make

LONGEST_S = 90
BROUGHT: tuple[type[Base], ...] = (Item, Kind, Code, ImportedRow)


@dataclass(slots=True)
class Toll:
    """What kills of an import cost: how many came before its end, and what was left half."""

    kills: int = 0
    before_its_end: int = 0
    halves: list[dict[str, int]] = field(default_factory=list)


def asked_list(app: Lainaamo, make: Make, *, things: int, number: int = 0) -> int:
    """Ask for a long list of that many things, each a row of its own; return its id.

    Lists of another number have other things.
    """

    def ask() -> int:
        with app.app_context():
            with transaction():
                load_categories()
            with transaction():
                return _kept(_list(things, number))

    make.site()
    return Context().run(ask)  # now, not at the test's stopped hour: old lists are thrown away


def _list(things: int, number: int) -> bytes:
    rows = "".join(f"Sukset {number}-{n};sukset;1\n" for n in range(things))
    return f"nimi;luokka;kpl\n{rows}".encode()


def _kept(content: bytes) -> int:
    facts = {"key": new_name(), "name": "lista.csv", "content": content, "site_id": None}
    upload_id, _is_same = uploads.keep(intake.read_list(content), **facts)  # type: ignore[arg-type]
    uploads.ask(upload_id)
    return upload_id


def same_list_again(app: Lainaamo, *, things: int, number: int = 0) -> set[str]:
    """Look at the same file once more; return what its rows would become."""
    with app.app_context():
        return {row.verdict for row in intake.preview(_list(things, number)).rows}


def found(app: Lainaamo) -> dict[str, int]:
    """Count what an import brings, and what it says of it."""
    with app.app_context():
        counts = {model.__name__: _count(model) for model in BROUGHT}
        told = select(func.count()).where(Entry.verb == "item.imported")
        applied = select(func.count()).where(Upload.applied_at.is_not(None))
        more = {"journal": session.scalar(told) or 0, "applied": session.scalar(applied) or 0}
        session.rollback()
        return counts | more


def _count(model: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def whole(things: int, lists: int = 1) -> dict[str, int]:
    """Return what there is when so many lists have come in."""
    counts = {model.__name__: things * lists for model in BROUGHT}
    return counts | {"journal": things * lists, "applied": lists}


@contextmanager
def worker(settings: Settings) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a worker's round as a process of its own."""
    environment = os.environ | {
        "LAINAAMO_INSTANCE": settings.instance,
        "LAINAAMO_DATABASE_URL": settings.database_url,
        "LAINAAMO_SECRET": settings.secret,
    }
    command = (sys.executable, "-m", "lainaamo", "worker", "--once")
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.wait()


def work(settings: Settings) -> None:
    """Let a worker do all there is to do."""
    with worker(settings) as process:
        assert process.wait(LONGEST_S) == 0


def kill_when(settings: Settings, is_there: Callable[[], bool], *, after_s: float = 0) -> bool:
    """Kill a worker some time after this has become true; tell whether it was at work still."""
    with worker(settings) as process:
        ends = time.monotonic() + LONGEST_S
        while not is_there() and process.poll() is None and time.monotonic() < ends:
            time.sleep(0.002)
        time.sleep(after_s)
        return process.poll() is None


def is_in_hand(app: Lainaamo) -> bool:
    """Tell whether a worker has taken the list in hand."""
    with app.app_context():
        taken = select(func.count()).where(Message.leased_until.is_not(None))
        number = session.scalar(taken.where(Message.kind == uploads.JOB)) or 0
        session.rollback()
        return number > 0


def has_come(app: Lainaamo, upload_id: int, number: int) -> bool:
    """Tell whether the bar says that so many things have come."""
    with app.app_context():
        told = progress.find(upload_id)
        return told is not None and told[0] >= number


def let_time_pass(app: Lainaamo, upload_id: int) -> None:
    """Let the dead worker's lease end, and forget how far it had come."""
    with app.app_context():
        progress.forget(upload_id)
        with transaction():
            held = update(Message).where(Message.kind == uploads.JOB)
            session.execute(held.values(leased_until=None, due_at=clock.now()))
