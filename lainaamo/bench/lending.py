"""What it costs to hand a thing out and to take it back, and how long workers wait meanwhile.

Through the real server, signed in, with the forms of the desk: each time another thing, to one of a
few hundred borrowers who are written down at their first loan.
"""

import http.client
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from secrets import token_urlsafe
from statistics import median, quantiles
from urllib.parse import urlencode, urlsplit

from lainaamo.bench.filling import ONE_IN, sign_of
from lainaamo.bench.meter import Page, Server
from lainaamo.core import clock
from lainaamo.goods.opening import is_holiday

CLIENTS, SECONDS = 8, 60
MOST_SPREAD, MOST_MS = 3.0, 250.0
BORROWERS = 300
LOANS, SCANS = "/tiski/lainat", "/tiski/skannaukset"
Form = Mapping[str, str]


def loan_of(number: int, *, name: str = "Aino") -> Form:
    """Return the desk's form that hands the nth thing out until the next day.

    No longer: there are groups that are lent for three days at most.
    """
    contact = f"{name.lower()}{number % BORROWERS}@example.org"
    borrower = {"first_name": name, "contact": contact}
    return {"tavara": sign_of(number), "due_on": _due_on(), **borrower}


def return_of(number: int) -> Form:
    """Return the scan that takes the nth thing back."""
    return {"code": sign_of(number), "tila": "palautus"}


def _due_on() -> str:
    days = (clock.today() + timedelta(ahead) for ahead in count(1))
    return next(day for day in days if not is_holiday(day)).isoformat()


def free_things(first: int, last: int) -> Iterator[int]:
    """Yield the things of the bench's house that nobody is promised."""
    return (number for number in range(first, last) if number % ONE_IN)


@dataclass
class Handing(Page):
    """Hands out another thing with each request."""

    numbers: Iterator[int] = field(default_factory=lambda: free_things(1, 10**6))

    def send(self, connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
        """Send one form of the desk."""
        return post(connection, LOANS, loan_of(next(self.numbers)), self.headers)


def post(
    connection: http.client.HTTPConnection, path: str, form: Form, headers: Mapping[str, str]
) -> http.client.HTTPResponse:
    """Send a form as a page of ours does, with a key of its own."""
    body = urlencode({**form, "_key": token_urlsafe(16)})
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    connection.request("POST", path, body, {**headers, **kind})
    return connection.getresponse()


@dataclass(frozen=True, slots=True)
class Waits:
    """How long some workers waited for each hand-out and return, in milliseconds."""

    each: Sequence[float]

    @property
    def middle_ms(self) -> float:
        """Return what half of them were shorter than."""
        return median(self.each)

    @property
    def late_ms(self) -> float:
        """Return what all but every twentieth were shorter than."""
        return quantiles(self.each, n=20)[-1]

    @property
    def worst_ms(self) -> float:
        """Return the longest."""
        return max(self.each)


def wait(server: Server, headers: Mapping[str, str], *, first: int, seconds: float) -> Waits:
    """Let eight workers hand out and take back without pause, each its own things from `first`."""
    until = time.monotonic() + seconds

    def work(client: int) -> list[float]:
        numbers = (n for n in count(first) if n % ONE_IN and n % CLIENTS == client)
        host = urlsplit(server.address).netloc
        connection, waited = http.client.HTTPConnection(host, timeout=60), list[float]()
        while time.monotonic() < until:
            number = next(numbers)
            # Borrowers of their own: the others have loans that stay, and some groups allow one.
            loan = loan_of(number, name=f"Client{client}.")
            for path, form in ((LOANS, loan), (SCANS, return_of(number))):
                waited.append(_wait_for(connection, path, form, headers))
        connection.close()
        return waited

    with ThreadPoolExecutor(CLIENTS) as pool:
        return Waits([ms for some in pool.map(work, range(CLIENTS)) for ms in some])


def _wait_for(
    connection: http.client.HTTPConnection, path: str, form: Form, headers: Mapping[str, str]
) -> float:
    began = time.monotonic()
    answer = post(connection, path, form, headers)
    answer.read()
    if answer.status != http.HTTPStatus.SEE_OTHER:
        raise RuntimeError(f"{path} answered {answer.status}")
    return (time.monotonic() - began) * 1000
