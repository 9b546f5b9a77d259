"""A real server and worker under load, killed without warning, and what must be whole after it."""

import contextlib
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from sqlalchemy import select, text

from lainaamo.config import Settings
from lainaamo.core import clock, journal
from lainaamo.core.db import db, is_sqlite, session
from lainaamo.core.web import Lainaamo
from lainaamo.lending.models import Reservation
from tests.make import Make

CLIENTS, KINDS, THINGS = 6, 12, 12
LONGEST_START_S = 60
LONGEST_END_S = 10


@dataclass(slots=True)
class Toll:
    """What a number of kills cost: everything after the first three must be nothing."""

    kills: int = 0
    processes_killed: int = 0
    acknowledged: int = 0
    lost: int = 0
    error_pages: int = 0
    half_states: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Load:
    """Residents who reserve without pause, and what they were promised."""

    port: int
    kinds: Sequence[int]
    round: int
    acknowledged: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> list[threading.Thread]:
        """Let the residents loose."""
        threads = [threading.Thread(target=self._reserve, args=(n,)) for n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        return threads

    def _reserve(self, who: int) -> None:
        dice, number = random.Random(f"{self.round}-{who}"), 0  # noqa: S311 - dice
        while not self.stop.is_set():
            number += 1
            path = f"/valineet/{dice.choice(self.kinds)}/varaukset"
            answer = self._post(path, _form(dice, f"{self.round}-{who}-{number}"))
            if answer is None:
                continue
            self.statuses.append(answer[0])
            if answer[0] == http.HTTPStatus.SEE_OTHER:
                self.acknowledged.append(answer[1])

    def _post(self, path: str, form: dict[str, str]) -> tuple[int, str] | None:
        """Return status and location; None where the server died before it answered."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-For": form["_key"],  # an address each: limits are not tried here
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", path, urlencode(form), headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.getheader("Location") or ""
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


def _form(dice: random.Random, key: str) -> dict[str, str]:
    first_day = _real_today() + timedelta(dice.randrange(1, 120))
    return {
        "first_day": first_day.isoformat(),
        "last_day": (first_day + timedelta(dice.randrange(1, 6))).isoformat(),
        "first_name": "Aino",
        "contact": f"{key}@example.fi",
        "agree": "1",
        "_key": key,
    }


def _real_today() -> date:
    return Context().run(clock.today)  # outside the test's stopped clock, as the server is


@contextlib.contextmanager
def serving(settings: Settings, toll: "Toll") -> Iterator[int]:
    """Serve as an installation does, worker included; yield the port, then kill -9 them all."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    environment = os.environ | {
        "LAINAAMO_INSTANCE": settings.instance,
        "LAINAAMO_DATABASE_URL": settings.database_url,
        "LAINAAMO_SECRET": settings.secret,
        "LAINAAMO_TRUSTED_PROXIES": "1",
    }
    command = (sys.executable, "-m", "lainaamo", "serve", "--port", str(port))
    server = subprocess.Popen(command, env=environment)
    try:
        _wait_until_it_lives(port, server)
        yield port
    finally:
        toll.processes_killed += _kill_all_of(server)
    assert _becomes_true(lambda: not _answers(port)), "the server outlived its kill"


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
    site = make.site(open_on=range(7))
    kinds = [make.kind(f"Sukset {n}") for n in range(KINDS)]
    for kind in kinds:
        for _ in range(THINGS):
            make.item(kind, site=site, sign=False)
    toll, dice, promised = Toll(), random.Random(7105), list[str]()  # noqa: S311 - dice
    for number in range(kills):
        with serving(settings, toll) as port:
            load = Load(port, [kind.id for kind in kinds], number)
            threads = load.run()
            time.sleep(dice.uniform(0.3, 1.5))
        load.stop.set()
        for thread in threads:
            thread.join()
        toll.kills += 1
        toll.error_pages += sum(status >= 500 for status in load.statuses)
        promised += load.acknowledged
    toll.acknowledged = len(promised)
    with app.app_context():
        toll.lost = len(_nonces(promised) - set(session.scalars(select(Reservation.link_nonce))))
        toll.half_states = half_states()
    return toll


def _nonces(locations: Sequence[str]) -> set[str]:
    return {urlsplit(place).path.removeprefix("/oma/").partition("-")[0] for place in locations}


# Each of these counts rows that only half a change could leave behind.
HALVES = {
    "reservations without lines": "SELECT count(*) FROM reservation r WHERE NOT EXISTS "
    "(SELECT 1 FROM reservation_line l WHERE l.reservation_id = r.id)",
    "promises without a line": "SELECT count(*) FROM item_use u WHERE u.purpose = 'reserved' "
    "AND NOT EXISTS (SELECT 1 FROM reservation_line l WHERE l.use_id = u.id)",
    "promises without days": "SELECT count(*) FROM item_use u WHERE u.ended_at IS NULL "
    "AND u.last_day IS NOT NULL AND NOT EXISTS (SELECT 1 FROM allocation a WHERE a.use_id = u.id)",
    "days on another thing": "SELECT count(*) FROM allocation a JOIN item_use u "
    "ON u.id = a.use_id WHERE a.item_id <> u.item_id",
    "days of ended promises": "SELECT count(*) FROM allocation a JOIN item_use u "
    "ON u.id = a.use_id WHERE u.ended_at IS NOT NULL AND a.day > date(u.ended_at)",
    "changes without a journal line": "SELECT count(*) FROM reservation r WHERE NOT EXISTS "
    "(SELECT 1 FROM journal_entry j WHERE j.verb = 'reservation.made' AND j.thing_id = r.id)",
    "journal lines without a change": "SELECT count(*) FROM journal_entry j "
    "WHERE j.verb = 'reservation.made' "
    "AND NOT EXISTS (SELECT 1 FROM reservation r WHERE r.id = j.thing_id)",
    "people the journal has no name for": "SELECT count(*) FROM person p WHERE NOT EXISTS "
    "(SELECT 1 FROM actor a WHERE a.person_id = p.id)",
    "requests half answered": "SELECT count(*) FROM answered_request WHERE status = 0",
    "one request twice": "SELECT count(*) FROM (SELECT person_id FROM reservation "
    "GROUP BY person_id HAVING count(*) > 1) AS twice",
}


def half_states() -> dict[str, int]:
    """Return every kind of half state that was found, and how often."""
    found = {name: session.scalar(text(sql)) for name, sql in HALVES.items()}
    found["messages that were not promised"] = _without_their_messages()
    found["journal broken at"] = journal.verify().first_bad
    found["days of promises that are missing"] = _missing_days()
    if is_sqlite(db.engine):
        found["integrity"] = session.scalar(text("PRAGMA integrity_check")) != "ok"
        found["foreign keys"] = len(session.execute(text("PRAGMA foreign_key_check")).all())
    return {name: int(count) for name, count in found.items() if count}


def _without_their_messages() -> int:
    made = set(session.scalars(text("SELECT id FROM reservation")))
    dedups = session.scalars(
        text("SELECT dedup FROM outbox_message WHERE kind = 'reservation.made'")
    )
    return len(made ^ {int(dedup.rpartition(":")[2]) for dedup in dedups})


def _missing_days() -> int:
    """Count live promises that have fewer or more days than they promise."""
    days = session.execute(
        text(
            "SELECT u.first_day, u.last_day, count(a.id) FROM item_use u "
            "LEFT JOIN allocation a ON a.use_id = u.id WHERE u.ended_at IS NULL "
            "AND u.last_day IS NOT NULL GROUP BY u.id, u.first_day, u.last_day"
        )
    ).all()
    read = date.fromisoformat
    return sum((read(str(last)) - read(str(first))).days + 1 != n for first, last, n in days)
