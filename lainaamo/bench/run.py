"""One run: houses of three sizes and the floor, served side by side and measured in turn."""

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from lainaamo.app import create_app
from lainaamo.bench import batches, finding, importing, lending, printing, wire
from lainaamo.bench.filling import fill
from lainaamo.bench.meter import Page, Server, measure
from lainaamo.bench.serving import new_database, serving
from lainaamo.bench.targets import (
    ANYBODY,
    MIDDLE,
    POSTGRESQL,
    SQLITE,
    TARGETS,
    WORKER,
    Cost,
    Target,
    paths,
)
from lainaamo.config import Settings
from lainaamo.core import journal
from lainaamo.core.db import db, session, transaction
from lainaamo.core.secrets import installation_key
from lainaamo.people import actions as people
from lainaamo.people import tokens
from lainaamo.people.visitor import COOKIE
from lainaamo.upkeep import migrations

ROUNDS, TIMES = 7, 200
BYTES_PER_KB = 1000
SECRET = "bench"  # noqa: S105 - of houses that live as long as the run
Tell = Callable[[str], None]
Cookies = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Figure:
    """What came out: a target's number, the value, the most (or the least) it may be, and how."""

    number: int
    what: str
    engine: str
    value: float
    target: float
    how: str
    is_least: bool = False

    @property
    def is_met(self) -> bool:
        """Tell whether the target is met."""
        is_enough = self.value >= self.target
        return is_enough if self.is_least else self.value <= self.target


def run(sizes: Sequence[int], postgresql: str, tell: Tell) -> Iterator[Figure]:
    """Measure on SQLite, then on PostgreSQL, every target that needs only houses of these sizes.

    `postgresql` is the address of a database whose owner may make others; empty means SQLite only.
    """
    for server in ("", postgresql) if postgresql else ("",):
        yield from run_on(server, sizes, tell)


def run_on(server: str, sizes: Sequence[int], tell: Tell) -> Iterator[Figure]:
    """Measure on one engine; a figure is told as soon as it is known."""
    engine = POSTGRESQL if server else SQLITE
    wanted = [target for target in TARGETS if _needs(target) <= {0, *sizes}]
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        pages = _Pages(stack, Path(name), server, tell)
        costs = {cost: pages.page(cost) for one in wanted for cost in (one.cost, one.against)}
        tell(f"measuring {len(costs)} pages on {engine}, {ROUNDS} rounds of {TIMES} requests")
        # Hand-outs last: after each, everything about goods that is kept is read once more.
        writing = [page for page in costs.values() if isinstance(page, lending.Handing)]
        reading = [page for page in costs.values() if page not in writing]
        for some in (reading, writing):
            measure(some, rounds=ROUNDS, times=TIMES)
        yield from (_ratio(one, engine, costs) for one in wanted)
        for part in (_batches, _waits, _loads):
            yield from part(pages, sizes, engine)
        yield from _found(pages, engine)
        yield from _printed(engine)
        yield from _imported(pages, engine)


def _ratio(target: Target, engine: str, costs: Mapping[Cost, Page]) -> Figure:
    cost, against = costs[target.cost].cost_ms, costs[target.against].cost_ms
    how = f"{cost:.2f} : {against:.2f} ms"
    return Figure(target.number, target.what, engine, cost / against, target.most[engine], how)


def _loads(pages: "_Pages", sizes: Sequence[int], engine: str) -> Iterator[Figure]:
    """Yield what the list weighs over the wire, in kilobytes."""
    if MIDDLE not in sizes:
        return
    page = pages.page(Cost("list"))
    first = wire.first_load(page.server, page.paths[0]) / BYTES_PER_KB
    again = wire.next_load(page.server, page.paths[0]) / BYTES_PER_KB
    yield Figure(14, "first load, kB", engine, first, 60, "without font and photos")
    yield Figure(14, "next page, kB", engine, again, 15, "its files are kept")


def _waits(pages: "_Pages", sizes: Sequence[int], engine: str) -> Iterator[Figure]:
    """Yield how long workers wait who hand out and take back at the same time."""
    if MIDDLE not in sizes:
        return
    pages.tell(f"{lending.CLIENTS} workers hand out for {lending.SECONDS} seconds")
    page = pages.page(Cost("desk", MIDDLE, WORKER))
    half = MIDDLE // 2  # below it are the things that were handed out for their cost
    waits = lending.wait(page.server, page.headers, first=half, seconds=lending.SECONDS)
    late, middle = waits.late_ms, waits.middle_ms
    how = f"{late:.1f} : {middle:.1f} ms, {len(waits.each)} requests"
    yield Figure(6, "hand-outs, p95 : p50", engine, late / middle, lending.MOST_SPREAD, how)
    how = f"{lending.CLIENTS} workers for {lending.SECONDS} s"
    yield Figure(6, "hand-outs, worst ms", engine, waits.worst_ms, lending.MOST_MS, how)


def _batches(pages: "_Pages", sizes: Sequence[int], engine: str) -> Iterator[Figure]:
    """Yield how fast things come back by the cartful, against the database's bare commits."""
    if MIDDLE not in sizes:
        return
    pages.tell(f"{batches.AT_ONCE} things come back in one request")
    page, token = pages.page(Cost("desk", MIDDLE, WORKER)), pages.houses[MIDDLE][1]["program"]
    others = lending.free_things(MIDDLE * 3 // 4, MIDDLE)  # below are those of the other figures
    with new_database(pages.postgresql, "bench_bare", pages.folder) as address:
        rates = batches.measure(page.server, page.headers, token, address, others)
    how = f"{median(rates.ours):.0f} : {median(rates.bare):.0f} things a second"
    what = f"{batches.AT_ONCE} returns at once : bare commits"
    yield Figure(7, what, engine, rates.ratio, batches.LEAST, how, is_least=True)


def _found(pages: "_Pages", engine: str) -> Iterator[Figure]:
    """Yield how well Finnish words find what they name, in a house of its own for each set."""
    for name in finding.SETS:
        with pages.empty(f"finding_{name}"):
            with transaction():
                finding.stock(*finding.open_house(), finding.names(name))
            quality = finding.measure(name)
        how = f"{len(quality.empty)} without an answer"
        recall = ("recall", quality.recall, finding.LEAST_RECALL)
        precision = ("precision", quality.precision, finding.LEAST_PRECISION)
        for what, value, least in (recall, precision):
            yield Figure(9, f"{what}, {name}", engine, value, least, how, is_least=True)


def _printed(engine: str) -> Iterator[Figure]:
    """Yield what a thousand labels cost; the database has no part in it."""
    cost, floor = printing.measure()
    how = f"{cost:.2f} : {floor:.2f} s of CPU"
    what = f"{printing.LABELS:,} labels : the library floor"
    yield Figure(10, what, engine, cost / floor, printing.MOST, how)


def _imported(pages: "_Pages", engine: str) -> Iterator[Figure]:
    """Yield what a list of ten thousand rows costs to bring in, by the clock of the wall."""
    with pages.empty("importing"):
        importing.prepare()
        for kind in ("csv", "xlsx"):
            brought, bulk = importing.measure(kind)
            how = f"{brought:.2f} : {bulk:.2f} s"
            what = f"{importing.ROWS:,} rows of {kind.upper()} : bulk SQL"
            yield Figure(13, what, engine, brought / bulk, importing.MOST, how)


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
        made = lending.Handing if cost.page == "hand-out" else Page
        return made(server, paths()[cost.page], headers)

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

    @contextlib.contextmanager
    def empty(self, name: str) -> Iterator[None]:
        """Be in an application on a new database with nothing in it."""
        own = new_database(self.postgresql, name, self.folder)
        with own as address, _inside(address, self.folder / name):
            yield


def _filled(address: str, folder: Path, things: int) -> Cookies:
    """Fill a new database and return a session's cookie for each visitor."""
    with _inside(address, folder):
        fill(things)
        return {role: _come(role) for role in ("resident", "worker")} | {"program": _token()}


@contextlib.contextmanager
def _inside(address: str, folder: Path) -> Iterator[None]:
    """Be in an application on a new database, brought to where the code expects it."""
    folder.mkdir()
    migrations.upgrade(address)
    app = create_app(Settings(instance=str(folder), database_url=address, secret=SECRET))
    with app.app_context():
        yield
        db.engine.dispose()


def _come(role: str) -> str:
    """Write somebody with a role down and sign them in."""
    with journal.acting("command"), transaction():
        person = people.add_person(role.title())
        people.grant(person, role)
        return people.sign_in(person)


def _token() -> str:
    """Make a token for a worker's program."""
    key = installation_key(Settings(secret=SECRET))
    with journal.acting("command"), transaction():
        person = people.add_person("Program")
        people.grant(person, "worker")
        session.flush()
        made = tokens.make(person, "worker", key=key, words="bench")
        return tokens.find_text(made, key=key) or ""


def lines(figures: Iterable[Figure]) -> Iterator[str]:
    """Yield a table of the figures, in Markdown."""
    yield "| # | what | engine | measured | target | met | how |"
    yield "|---|---|---|---|---|---|---|"
    for one in figures:
        sign, met = "≥" if one.is_least else "≤", "yes" if one.is_met else "NO"
        measured = f"{one.value:.2f} | {sign} {one.target:g} | {met} | {one.how} |"
        yield f"| {one.number} | {one.what} | {one.engine} | {measured}"
