"""How many things a minute come back by the cartful, against the database's own bare commits.

A phone that was without a network sends its queue in one request. The ceiling for things sent one
by one is how often the database commits: the same few rows for each, by its driver alone.
"""

import http.client
import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import psycopg
from sqlalchemy.engine import make_url

from lainaamo.bench.filling import sign_of
from lainaamo.bench.lending import LOANS, loan_of, post
from lainaamo.bench.meter import Server

AT_ONCE, ROUNDS, RAW_S = 50, 7, 0.5
LEAST = 0.6
ROWS = 10_000
SCANS = "/api/v1/scans"
TABLES = (
    "CREATE TABLE item (id integer PRIMARY KEY, status text)",
    "CREATE TABLE loan (id integer PRIMARY KEY, item_id integer, returned integer)",
    "CREATE INDEX loan_item ON loan (item_id)",
    "CREATE TABLE line (item_id integer, what text, at integer)",
)
FILL = (
    "INSERT INTO item VALUES ({0}, 'out')",
    "INSERT INTO loan VALUES ({0}, {0}, NULL)",
)
RETURN = (
    "SELECT id FROM loan WHERE item_id = {0} AND returned IS NULL",
    "UPDATE loan SET returned = 1 WHERE item_id = {0} AND returned IS NULL",
    "UPDATE item SET status = 'in' WHERE id = {0}",
    "INSERT INTO line VALUES ({0}, 'in', 1)",
)


@dataclass
class Rates:
    """Things a second, round by round: by the cartful, and by bare commits."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Return the middle of one against the middle of the other."""
        return median(self.ours) / median(self.bare)


def measure(
    server: Server, cookie: Mapping[str, str], token: str, address: str, numbers: Iterator[int]
) -> Rates:
    """Hand out cartfuls unmeasured and take each back in one request, between bare commits."""
    rates, raw = Rates(), _raw(address)
    host = urlsplit(server.address).netloc
    connection = http.client.HTTPConnection(host, timeout=60)
    for _round in range(ROUNDS + 1):  # the first warms up
        some = list(islice(numbers, AT_ONCE))
        for number in some:
            post(connection, LOANS, loan_of(number), cookie).read()
        rates.bare.append(_commits(raw))
        rates.ours.append(_taken_back(connection, token, some))
    raw.close()
    connection.close()
    del rates.ours[0], rates.bare[0]
    return rates


def _taken_back(
    connection: http.client.HTTPConnection, token: str, numbers: Sequence[int]
) -> float:
    """Take these things back in one request, and return how many a second that is."""
    scans = [{"code": sign_of(number), "action": "take_back"} for number in numbers]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body, began = json.dumps(scans), time.perf_counter()
    connection.request("POST", SCANS, body, headers)
    told = json.loads(connection.getresponse().read())
    took_s = time.perf_counter() - began
    if any(one.get("result") != "applied" for one in told):
        raise RuntimeError(f"{SCANS} answered {told[:1]}")
    return len(numbers) / took_s


def _raw(address: str) -> Any:
    """Open a bare database of a few tables, as durable as ours."""
    url = make_url(address)
    driver: Any
    if url.get_backend_name() == "sqlite":
        driver = sqlite3.connect(str(url.database), isolation_level=None)
        for promise in ("journal_mode=WAL", "synchronous=FULL"):
            driver.execute(f"PRAGMA {promise}")
    else:
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        driver = psycopg.connect(plain, autocommit=True)
    driver.execute("BEGIN")
    for made in TABLES:
        driver.execute(made)
    for number in range(1, ROWS + 1):
        for row in FILL:
            driver.execute(row.format(number))
    driver.execute("COMMIT")
    return driver


def _commits(driver: Any) -> float:
    """Return how many bare returns a second are committed, one by one."""
    begin = "BEGIN IMMEDIATE" if isinstance(driver, sqlite3.Connection) else "BEGIN"
    began, number = time.perf_counter(), 0
    while time.perf_counter() - began < RAW_S:
        number += 1
        driver.execute(begin)
        for statement in RETURN:
            driver.execute(statement.format(number % ROWS + 1))
        driver.execute("COMMIT")
    return number / (time.perf_counter() - began)
