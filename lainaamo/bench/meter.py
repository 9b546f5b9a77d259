"""CPU time of a server's whole process tree, and one client that asks without pause.

CPU per request hardly moves when other programs load the machine; wall time does.
"""

import http.client
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

NS_PER_MS = 1_000_000
REST_S = 0.02


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address, and the processes whose children's time is its cost too."""

    address: str
    pids: tuple[int, ...]

    def cpu_ms(self) -> float:
        """Return what all its threads have used so far."""
        return sum(map(_thread_ns, self._threads())) / NS_PER_MS

    def _threads(self) -> Iterator[Path]:
        for pid in _family(self.pids):
            yield from Path(f"/proc/{pid}/task").glob("*/schedstat")


def _thread_ns(file: Path) -> int:
    try:
        return int(file.read_text(encoding="ascii").split()[0])
    except OSError:  # it has just ended
        return 0


def _family(roots: Iterable[int]) -> list[int]:
    found = list(roots)
    for pid in found:
        for file in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                found += [int(child) for child in file.read_text(encoding="ascii").split()]
            except OSError:
                continue
    return found


@dataclass
class Page:
    """One page of one server, asked with a visitor's cookies; at each of its addresses in turn."""

    server: Server
    paths: Sequence[str]
    headers: Mapping[str, str] = field(default_factory=dict)
    costs: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.turn = cycle(self.paths)

    def ask(self, times: int) -> None:
        """Ask so many times over one connection and note the CPU milliseconds of each."""
        host = urlsplit(self.server.address).netloc
        before = self.server.cpu_ms()
        with closing(http.client.HTTPConnection(host, timeout=60)) as connection:
            for _ in range(times):
                answer = self.send(connection)
                answer.read()
                if answer.status >= http.HTTPStatus.BAD_REQUEST:
                    raise RuntimeError(f"{self.paths[0]} answered {answer.status}")
        time.sleep(REST_S)  # what the server does after its answer is a part of the cost
        self.costs.append((self.server.cpu_ms() - before) / times)

    def send(self, connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
        """Send one request and return its answer, unread."""
        connection.request("GET", next(self.turn), headers=dict(self.headers))
        return connection.getresponse()

    @property
    def cost_ms(self) -> float:
        """Return the middle cost of one request."""
        return median(self.costs)


def measure(pages: Iterable[Page], *, rounds: int, times: int) -> None:
    """Ask every page in turn, round by round: a busy moment of the machine meets all alike."""
    asked = list(pages)
    for page in asked:
        page.ask(20)
        page.costs.clear()
    for _ in range(rounds):
        for page in asked:
            page.ask(times)
