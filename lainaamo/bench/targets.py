"""What is measured and how much it may cost, as ratios inside one run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from lainaamo.bench.filling import NAMES, sign_of
from lainaamo.core import clock
from lainaamo.goods.opening import is_holiday

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


def paths() -> Mapping[str, Sequence[str]]:
    """Return the addresses of each page that is measured; `hello` and `rows` are the floor's own.

    A page that is first asked for has more than are kept: each time other days, which nobody has
    asked about for so long that nothing is known of them.
    """
    days, *others = [f"/?{_days(*some)}" for some in _stretches()]
    words = urlencode({"q": NAMES[0]})
    return {
        "hello": ["/hello"],
        "rows": ["/rows"],
        "empty": ["/bench/hello"],
        "list": [days],
        "list, first asked": others,
        "next page": [f"{days}&jatko=20"],
        "group": [f"{days}&ryhma=winter"],
        "search": [f"{days}&{words}"],
        "search, first asked": [f"{one}&{words}" for one in others],
        "scan": [f"/Q/{sign_of(number)}" for number in range(1, 999)],
        "desk": [f"/tiski?tila=palautus&tavara={sign_of(number)}" for number in range(1, 999)],
        "hand-out": ["/tiski/lainat"],
    }


def _days(first: date, last: date) -> str:
    return urlencode({"first_day": first, "last_day": last})


def _stretches() -> Iterator[tuple[date, date]]:
    """Yield stretches of one to two weeks that begin and end on open days, in mixed order."""
    for length in range(7, 15):
        for ahead in range(1, 60):
            first = clock.today() + timedelta(ahead * 7 % 60 + 1)
            last = first + timedelta(length)
            if not is_holiday(first) and not is_holiday(last):
                yield first, last


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
    Target(5, "scan, worker : static rows", Cost("scan", MIDDLE, WORKER), ROWS, _both(1.1)),
    Target(5, "scan, anybody : static rows", Cost("scan"), ROWS, _both(1.1)),
    Target(5, "the desk's screen : static rows", Cost("desk", MIDDLE, WORKER), ROWS, _both(1.1)),
    Target(6, "hand-out : static rows", Cost("hand-out", MIDDLE, WORKER), ROWS, _both(1.6)),
    _grows(5, "scan", 1.1, visitor=WORKER),
    _grows(5, "desk", 1.1, visitor=WORKER),
)
