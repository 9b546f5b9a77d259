"""A real server and worker under load, killed without warning, and what must be whole after it."""

import contextlib
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from lainaamo.config import Settings
from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Kind
from lainaamo.lending.models import Loan, Reservation
from lainaamo.people import actions as people
from lainaamo.people.models import Person
from tests.faults.halves import half_states
from tests.faults.load import Client, Desk, Load, Resident, Told, Wire
from tests.make import Make

RESIDENTS, DESKS = 2, 4
KINDS, THINGS = 24, 12
THINGS_OF_A_DESK = 2
LONGEST_START_S = 60
LONGEST_END_S = 30


@dataclass(slots=True)
class Toll:
    """What a number of kills cost; `acknowledged` and `lost` are counts of each kind of change.

    Nothing may be lost, no page may be an error, and nothing may be half done.
    """

    kills: int = 0
    processes_killed: int = 0
    acknowledged: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)
    error_pages: int = 0
    half_states: dict[str, int] = field(default_factory=dict)


@contextlib.contextmanager
def serving(settings: Settings, toll: Toll) -> Iterator[int]:
    """Serve as an installation does, worker included; yield the port, then kill -9 them all."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = (sys.executable, "-m", "lainaamo", "serve", "--port", str(port))
    server = subprocess.Popen(command, env=environment_of(settings))
    try:
        _wait_until_it_lives(port, server)
        yield port
    finally:
        toll.processes_killed += _kill_all_of(server)
    assert _becomes_true(lambda: not _answers(port)), "the server outlived its kill"


def environment_of(settings: Settings) -> dict[str, str]:
    """Return what a command of this installation finds in its environment."""
    return os.environ | {
        "LAINAAMO_INSTANCE": settings.instance,
        "LAINAAMO_DATABASE_URL": settings.database_url,
        "LAINAAMO_SECRET": settings.secret,
        "LAINAAMO_DATABASE_POOLED": settings.database_pooled,
        "LAINAAMO_PUBLIC_URL": settings.public_url,
        "LAINAAMO_TRUSTED_PROXIES": "1",
    }


def _kill_all_of(server: subprocess.Popen[bytes]) -> int:
    """Kill the command, the server, its children and the worker; return how many that were.

    Parents go first, so that none starts another.
    Each has a session of its own, so that killing a group would leave all but one alive.
    """
    family = _family(server.pid)
    for pid in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    server.wait()
    assert _becomes_true(lambda: not any(map(_is_alive, family))), f"some live: {family}"
    return len(family)


def _becomes_true(question: Callable[[], bool]) -> bool:
    """Ask again for a while: the kernel closes what a dead process had open in its own time."""
    ends = time.monotonic() + LONGEST_END_S
    while not question() and time.monotonic() < ends:
        time.sleep(0.01)
    return question()


def _family(pid: int) -> list[int]:
    """Return a process and all it has started, parents before children."""
    found = [pid]
    for one in found:
        for file in Path(f"/proc/{one}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += [int(child) for child in file.read_text(encoding="ascii").split()]
    return found


def _is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"  # a zombie runs nothing any more


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _wait_until_it_lives(port: int, server: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + LONGEST_START_S
    while time.monotonic() < ends and server.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            with contextlib.closing(connection):
                connection.request("GET", "/healthz")
                if connection.getresponse().status == http.HTTPStatus.OK:
                    return
        time.sleep(0.05)
    raise AssertionError("the server did not start")


def kill_again_and_again(app: Lainaamo, make: Make, settings: Settings, *, kills: int) -> Toll:
    """Serve under load and kill, so many times; then look at what is there."""
    toll, told, dice = Toll(), Told(), random.Random(7105)  # noqa: S311 - dice
    clients = clients_of(make, told)
    for _ in range(kills):
        # The load outlives the server: the kill comes while it asks.
        with contextlib.closing(Load(clients)) as load, serving(settings, toll) as port:
            load.start(port)
            _becomes_true(told.has_some_of_each)  # a slow machine needs its time the first time
            time.sleep(dice.uniform(0.3, 1.5))
        toll.kills += 1
    toll.error_pages = sum(status >= 500 for status in told.statuses)
    with app.app_context():
        compare(toll, told)
        toll.half_states = half_states()
    return toll


def clients_of(make: Make, told: Told) -> list[Client]:
    """Return residents and desks, with things to lend that stand on a shelf."""
    shelf = make.place(site=make.site(open_on=range(7)))
    kinds = [make.kind(f"Sukset {n}") for n in range(KINDS)]
    for kind in kinds:
        for _ in range(THINGS):
            make.item(kind, place=shelf, sign=False)
    clients: list[Client] = [
        Resident(Wire(f"r{n}", told), _dice(n), [kind.id for kind in kinds])
        for n in range(RESIDENTS)
    ]
    for n in range(DESKS):
        signs = [make.sign(make.item(kind, place=shelf)) for kind in _some(kinds, n)]
        wire = Wire(f"d{n}", told, cookie=_signed_in(make))
        clients.append(Desk(wire, _dice(n), signs, make.sign(shelf)))
    return clients


def _dice(number: int) -> random.Random:
    return random.Random(number)  # noqa: S311 - dice


def _some(kinds: Sequence[Kind], desk: int) -> Sequence[Kind]:
    return _dice(desk).sample(kinds, THINGS_OF_A_DESK)


def _signed_in(make: Make) -> str:
    """Sign a counter worker in now, not at the test's stopped hour; return the cookie."""

    def sign_in() -> str:
        with make.app.app_context(), transaction():
            return people.sign_in(session.get_one(Person, worker.id))

    worker = make.person("counter")
    return Context().run(sign_in)


def compare(toll: Toll, told: Told) -> None:
    """Count what was told, and what of it is not there."""
    reservations = set(session.scalars(select(Reservation.link_nonce)))
    borrowers = select(Loan, Person.email).join(Person, Loan.person_id == Person.id)
    whose = {
        f"line {loan.line_id}" if loan.line_id else str(email): loan
        for loan, email in session.execute(borrowers)
    }
    back = {one for one, loan in whose.items() if loan.returned_at is not None}
    marked = {loan.id for loan in whose.values() if loan.condition_back == "ok"}
    for name, said, kept in (
        ("reservations", told.reservations, reservations),
        ("hand-outs", told.hand_outs, set(whose)),
        ("returns", told.returns, back),
        ("conditions", told.conditions, marked),
    ):
        toll.acknowledged[name] = len(said)
        toll.lost[name] = len(set(said) - kept)
