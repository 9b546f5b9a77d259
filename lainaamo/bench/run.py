"""One run: houses of three sizes and the floor, served side by side and measured in turn."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lainaamo.app import create_app
from lainaamo.bench.filling import fill
from lainaamo.bench.meter import Page, Server, measure
from lainaamo.bench.serving import new_database, serving
from lainaamo.bench.targets import ANYBODY, POSTGRESQL, SQLITE, TARGETS, Cost, Target, paths
from lainaamo.config import Settings
from lainaamo.core import journal
from lainaamo.core.db import db, transaction
from lainaamo.people import actions as people
from lainaamo.people.visitor import COOKIE
from lainaamo.upkeep import migrations

ROUNDS, TIMES = 7, 200
SECRET = "bench"  # noqa: S105 - of houses that live as long as the run
Tell = Callable[[str], None]
Cookies = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """A ratio as it came out, with the two costs in CPU milliseconds."""

    target: Target
    engine: str
    cost_ms: float
    against_ms: float

    @property
    def ratio(self) -> float:
        """Return how many times the one costs the other."""
        return self.cost_ms / self.against_ms

    @property
    def most(self) -> float:
        """Return the target's figure on this engine."""
        return self.target.most[self.engine]

    @property
    def is_met(self) -> bool:
        """Tell whether the target is met."""
        return self.ratio <= self.most


def run(sizes: Sequence[int], postgresql: str, tell: Tell) -> list[Result]:
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
    return [
        Result(one, engine, costs[one.cost].cost_ms, costs[one.against].cost_ms) for one in wanted
    ]


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


def lines(results: Sequence[Result]) -> Iterator[str]:
    """Yield a table of the results, in Markdown."""
    yield "| # | what | engine | CPU ms | against ms | ratio | target | met |"
    yield "|---|---|---|---|---|---|---|---|"
    for one in results:
        yield (
            f"| {one.target.number} | {one.target.what} | {one.engine} | {one.cost_ms:.2f} "
            f"| {one.against_ms:.2f} | {one.ratio:.2f} | ≤ {one.most} "
            f"| {'yes' if one.is_met else 'NO'} |"
        )
