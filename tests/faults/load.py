"""Residents who reserve, and a desk that hands out and takes back, over HTTP and without pause."""

import http.client
import random
import re
import threading
from collections.abc import Sequence
from contextvars import Context
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol
from urllib.parse import parse_qs, urlencode, urlsplit

from lainaamo.core import clock
from lainaamo.people.visitor import COOKIE

FURTHEST = 170  # days; one may reserve for 180
TODAY_IN = 8  # every eighth reservation begins today, so that the desk has some to hand out


@dataclass(slots=True)
class Told:
    """What the server said was done: whatever of it is not there afterwards was lost.

    A hand-out and a return are known by whom the thing went to: an e-mail address of its own, or
    the reservation's line.
    """

    reservations: list[str] = field(default_factory=list)
    hand_outs: list[str] = field(default_factory=list)
    returns: list[str] = field(default_factory=list)
    conditions: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def has_some_of_each(self) -> bool:
        """Tell whether every sort of change was acknowledged at least once."""
        return all((self.reservations, self.hand_outs, self.returns, self.conditions))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back before the server died."""

    status: int
    location: str
    page: str

    def outcome(self) -> str:
        """Return what the desk says it did: the `tulos` of the page it leads to."""
        return parse_qs(urlsplit(self.location).query).get("tulos", [""])[0]


@dataclass(slots=True)
class Wire:
    """One client's way to the server, wherever it is served now; each form has a key of its own."""

    name: str
    told: Told
    cookie: str = ""
    port: int = 0
    forms: int = 0

    def next_key(self) -> str:
        """Return a key no form had before."""
        self.forms += 1
        return f"{self.name}-{self.forms}"

    def post(self, path: str, *, key: str = "", **fields: str) -> Answer | None:
        """Send a form; None where the server died before it answered."""
        form = {"_key": key or self.next_key(), **fields}
        return self._ask("POST", path, form)

    def get(self, path: str) -> str:
        """Return a page; nothing where the server died before it came."""
        answer = self._ask("GET", path, {})
        return answer.page if answer else ""

    def _ask(self, method: str, path: str, form: dict[str, str]) -> Answer | None:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"{COOKIE}={self.cookie}",
            # An address for each form: limits are not tried here.
            "X-Forwarded-For": form.get("_key", self.name),
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, urlencode(form), headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        self.told.statuses.append(answer.status)
        return Answer(answer.status, answer.getheader("Location") or "", page)


class Client(Protocol):
    """Somebody who asks again and again."""

    wire: Wire

    def ask(self) -> None:
        """Do the next thing."""


@dataclass(slots=True)
class Resident:
    """Somebody new each time, who reserves one thing."""

    wire: Wire
    dice: random.Random
    kinds: Sequence[int]

    def ask(self) -> None:
        """Reserve a thing of some kind for some days."""
        dice, key = self.dice, self.wire.next_key()
        starts_in = 0 if dice.randrange(TODAY_IN) == 0 else dice.randrange(1, FURTHEST)
        first_day = real_today() + timedelta(starts_in)
        answer = self.wire.post(
            f"/valineet/{dice.choice(self.kinds)}/varaukset",
            key=key,
            first_day=first_day.isoformat(),
            last_day=(first_day + timedelta(dice.randrange(1, 6))).isoformat(),
            first_name="Aino",
            contact=f"{key}@example.fi",
            agree="1",
        )
        if answer and answer.status == http.HTTPStatus.SEE_OTHER:
            nonce = urlsplit(answer.location).path.removeprefix("/oma/").partition("-")[0]
            self.wire.told.reservations.append(nonce)


@dataclass(slots=True)
class Desk:
    """A worker with things nobody else touches, so that each return is known to be of one loan.

    `out` has the things that may be lent and whom they went to, also where the server died before
    it said so.
    """

    wire: Wire
    dice: random.Random
    signs: Sequence[str]
    shelf: str
    out: dict[str, str] = field(default_factory=dict)

    def ask(self) -> None:
        """Take a thing back that is out, hand out one that is not."""
        sign = self.dice.choice(self.signs)
        if sign in self.out:
            self._take_back(sign)
        else:
            self._hand_out(sign)

    def _hand_out(self, sign: str) -> None:
        """Give it to whom it is reserved for, or to somebody who walked in."""
        page = self.wire.get(f"/tiski?tila=lainaus&tavara={sign}")
        if not page:
            return
        waiting = re.search(r'name="line" value="(\d+)"', page)
        line = self.dice.choice((waiting, None))
        key = self.wire.next_key()
        whose = f"line {line[1]}" if line else f"{key}@example.fi"
        due_on = (real_today() + timedelta(self.dice.randrange(1, 6))).isoformat()
        walk_in = {"first_name": "Eetu", "contact": whose, "due_on": due_on}
        fields = {"line": line[1]} if line else walk_in
        answer = self.wire.post("/tiski/lainat", key=key, tavara=sign, **fields)
        if answer is None or answer.outcome() == "lainattu":
            self.out[sign] = whose
        if answer and answer.outcome() == "lainattu":
            self.wire.told.hand_outs.append(whose)

    def _take_back(self, sign: str) -> None:
        """Scan it, say that it is in order and put it on the shelf."""
        answer = self.wire.post("/tiski/skannaukset", code=sign, tila="palautus")
        if answer is None or answer.status != http.HTTPStatus.SEE_OTHER:
            return
        whose = self.out.pop(sign)
        if answer.outcome() == "palautettu":
            self.wire.told.returns.append(whose)
        self._mark_condition(self.wire.get(answer.location))
        self.wire.post("/tiski/skannaukset", code=sign, tila="hyllytys", hylly=self.shelf)

    def _mark_condition(self, page: str) -> None:
        loan = re.search(r'name="loan" value="(\d+)"', page)
        if loan is None:
            return
        answer = self.wire.post("/tiski/kunnot", loan=loan[1], condition="ok")
        if answer and answer.outcome() == "kunto":
            self.wire.told.conditions.append(int(loan[1]))


def real_today() -> date:
    """Return the day outside the test's stopped clock, as the server has it."""
    return Context().run(clock.today)


@dataclass(slots=True)
class Load:
    """Clients let loose on a server, until they are stopped."""

    clients: Sequence[Client]
    stopped: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self, port: int) -> None:
        """Let them loose."""
        for client in self.clients:
            client.wire.port = port
            self.threads.append(threading.Thread(target=self._ask_on, args=(client,)))
        for thread in self.threads:
            thread.start()

    def close(self) -> None:
        """Stop them, and wait until each has seen what became of its last question."""
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def _ask_on(self, client: Client) -> None:
        while not self.stopped.is_set():
            client.ask()
