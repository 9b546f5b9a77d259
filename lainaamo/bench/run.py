"""One run: houses of three sizes and the floor, served side by side and measured in turn."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lainaamo.app import create_app
from lainaamo.bench import wire
from lainaamo.bench.filling import fill
from lainaamo.bench.meter import Page, Server, measure
from lainaamo.bench.serving import new_database, serving
from lainaamo.bench.targets import (
    ANYBODY,
    MIDDLE,
    POSTGRESQL,
    SQLITE,
    TARGETS,
    Cost,
    Target,
    paths,
)
from lainaamo.config import Settings
from lainaamo.core import journal
from lainaamo.core.db import db, transaction
from lainaamo.people import actions as people
from lainaamo.people.visitor import COOKIE
from lainaamo.upkeep import migrations

ROUNDS, TIMES = 7, 200
BYTES_PER_KB = 1000
SECRET = "bench"  # noqa: S105 - of houses that live as long as the run
Tell = Callable[[str], None]
Cookies = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Figure:
    """What came out: a target's number, the value, the most it may be, and how it was got."""

    number: int
    what: str
    engine: str
    value: float
    most: float
    how: str

    @property
    def is_met(self) -> bool:
        """Tell whether the target is met."""
        return self.value <= self.most


def run(sizes: Sequence[int], postgresql: str, tell: Tell) -> list[Figure]:
    """Measure every target that needs only houses of these sizes, on SQLite or on PostgreSQL.

    `postgresql` is the address of a database whose owner may make others; empty means SQLite.
    """
    engine = POSTGRESQL if postgresql else SQLITE
    wanted = [target for target in TARGETS if _needs(target) <= {0, *sizes}]
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        pages = _Pages(stack, Path(name), postgresql, tell)
        costs = {cost: pages.page(cost) for one in wanted for cost in (one.cost, one.against)}
        tell(f"measuring {len(costs)} pages on {engine}, {ROUNDS} rounds of {TIMES} requests")
        measure(costs.values(), rounds=ROUNDS, times=TIMES)
        return [_ratio(one, engine, costs) for one in wanted] + list(_loads(pages, sizes, engine))


def _ratio(target: Target, engine: str, costs: Mapping[Cost, Page]) -> Figure:
    cost, against = costs[target.cost].cost_ms, costs[target.against].cost_ms
    how = f"{cost:.2f} : {against:.2f} ms"
    return Figure(target.number, target.what, engine, cost / against, target.most[engine], how)


def _loads(pages: "_Pages", sizes: Sequence[int], engine: str) -> Iterator[Figure]:
    """Yield what the list weighs over the wire, in kilobytes."""
    if MIDDLE not in sizes:
        return
    page = pages.page(Cost("list"))
    first = wire.first_load(page.server, page.path) / BYTES_PER_KB
    again = wire.next_load(page.server, page.path) / BYTES_PER_KB
    yield Figure(14, "first load, kB", engine, first, 60, "without font and photos")
    yield Figure(14, "next page, kB", engine, again, 15, "its files are kept")


def _needs(target: Target) -> set[int]:
    return {target.cost.things, target.against.things}


@dataclass
class _Pages:
    """Starts each server when its first page is asked for, and stops all when the stack ends."""

    stack: contextlib.ExitStack
    folder: Path
    postgresql: str
    tell: Tell

    def __post_init__(self) -> None:
        self.houses: dict[int, tuple[Server, Cookies]] = {}

    def page(self, cost: Cost) -> Page:
        """Return the page of a cost, on its server, as its visitor."""
        if cost.things not in self.houses:
            self.houses[cost.things] = self._open(cost.things)
        server, cookies = self.houses[cost.things]
        known = cost.visitor != ANYBODY
        headers = {"Cookie": f"{COOKIE}={cookies[cost.visitor]}"} if known else {}
        return Page(server, paths()[cost.page], headers)

    def _open(self, things: int) -> tuple[Server, Cookies]:
        if not things:
            floor = serving("lainaamo.bench.floor:create_floor", {}, path="/hello")
            return self.stack.enter_context(floor), {}
        self.tell(f"filling a house with {things:,} things")
        name = f"bench_{things}"
        address = self.stack.enter_context(new_database(self.postgresql, name, self.folder))
        settings = {"DATABASE_URL": address, "INSTANCE": str(self.folder / name), "SECRET": SECRET}
        cookies = _filled(address, self.folder / name, things)
        house = serving("lainaamo.bench.floor:create_ours", settings, path="/healthz")
        return self.stack.enter_context(house), cookies


def _filled(address: str, folder: Path, things: int) -> Cookies:
    """Fill a new database and return a session's cookie for each visitor."""
    folder.mkdir()
    migrations.upgrade(address)
    app = create_app(Settings(instance=str(folder), database_url=address, secret=SECRET))
    with app.app_context():
        fill(things)
        cookies = {role: _come(role) for role in ("resident", "worker")}
        db.engine.dispose()
    return cookies


def _come(role: str) -> str:
    """Write somebody with a role down and sign them in."""
    with journal.acting("command"), transaction():
        person = people.add_person(role.title())
        people.grant(person, role)
        return people.sign_in(person)


def lines(figures: Sequence[Figure]) -> Iterator[str]:
    """Yield a table of the figures, in Markdown."""
    yield "| # | what | engine | measured | at most | met | how |"
    yield "|---|---|---|---|---|---|---|"
    for one in figures:
        met = "yes" if one.is_met else "NO"
        measured = f"{one.value:.2f} | {one.most:g} | {met} | {one.how} |"
        yield f"| {one.number} | {one.what} | {one.engine} | {measured}"
