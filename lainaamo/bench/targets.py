"""What is measured and how much it may cost, as ratios inside one run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from lainaamo.bench.filling import NAMES, sign_of
from lainaamo.core import clock

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
SMALL, MIDDLE, LARGE = 1_000, 100_000, 1_000_000
SIZES = (SMALL, MIDDLE, LARGE)
ANYBODY, RESIDENT, WORKER = "anybody", "resident", "worker"


@dataclass(frozen=True, slots=True)
class Cost:
    """One page's cost: what it is, in a house of which size, and who asks."""

    page: str
    things: int = MIDDLE
    visitor: str = ANYBODY


@dataclass(frozen=True, slots=True)
class Target:
    """A ratio of two costs and the most that it may be on each engine."""

    number: int
    what: str
    cost: Cost
    against: Cost
    most: Mapping[str, float]


def paths() -> Mapping[str, str]:
    """Return the address of each page that is measured; `hello` and `rows` are the floor's own.

    Where it says {n}, each request has a number of its own: nobody has asked for that page since
    the last change, so that nothing of it is kept.
    """
    first = clock.today() + timedelta(7)
    days = urlencode({"first_day": first, "last_day": first + timedelta(6)})
    return {
        "hello": "/hello",
        "rows": "/rows",
        "empty": "/bench/hello",
        "list": f"/?{days}",
        "list, first asked": f"/?{days}&n={{n}}",
        "next page": f"/?{days}&jatko=20",
        "group": f"/?{days}&ryhma=winter",
        "search": f"/?{days}&{urlencode({'q': NAMES[0]})}",
        "search, first asked": f"/?{days}&{urlencode({'q': NAMES[0]})}&n={{n}}",
        "scan": f"/Q/{sign_of(500)}",
    }


def _both(most: float) -> Mapping[str, float]:
    return {SQLITE: most, POSTGRESQL: most}


def _either(sqlite: float, postgresql: float) -> Mapping[str, float]:
    return {SQLITE: sqlite, POSTGRESQL: postgresql}


HELLO, ROWS = Cost("hello", 0), Cost("rows", 0)


def _grows(number: int, page: str, most: float, *, visitor: str = ANYBODY) -> Target:
    """Return the target of a page that costs the same however large the house is."""
    large, small = Cost(page, LARGE, visitor), Cost(page, SMALL, visitor)
    return Target(number, f"{page}, 1M : 1k", large, small, _both(most))


TARGETS = (
    Target(1, "empty page : bare hello", Cost("empty"), HELLO, _both(2.0)),
    Target(2, "list, anybody : static rows", Cost("list"), ROWS, _either(1.6, 2.2)),
    Target(2, "list, first asked : rows", Cost("list, first asked"), ROWS, _either(1.6, 2.2)),
    Target(2, "list, signed in : rows", Cost("list", MIDDLE, RESIDENT), ROWS, _either(2.2, 2.8)),
    Target(2, "list with filter counts : static rows", Cost("group"), ROWS, _both(3.0)),
    _grows(3, "list", 1.05),
    _grows(3, "list, first asked", 1.05),
    _grows(3, "next page", 1.05),
    _grows(3, "group", 1.05),
    Target(
        4,
        "search, 1M : 100k",
        Cost("search, first asked", LARGE),
        Cost("search, first asked"),
        _either(1.7, 1.1),
    ),
    Target(4, "search : list", Cost("search"), Cost("list"), _both(1.2)),
    Target(
        4,
        "search : list, both first asked",
        Cost("search, first asked"),
        Cost("list, first asked"),
        _both(1.2),
    ),
    Target(5, "scan : static rows", Cost("scan", MIDDLE, WORKER), ROWS, _both(1.1)),
    _grows(5, "scan", 1.1, visitor=WORKER),
)
