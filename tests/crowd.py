"""Several processes on one installation, as servers on several cores are."""

import multiprocessing
import time
import traceback
from collections.abc import Callable
from datetime import datetime
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, TypeVar

from lainaamo.app import create_app
from lainaamo.config import Settings
from lainaamo.core import clock
from lainaamo.core.web import Lainaamo

Result = TypeVar("Result")
Task = Callable[[Lainaamo, Any], Result]
HEAD_START_S = 0.02
_fork = multiprocessing.get_context("forkserver")
_fork.set_forkserver_preload(["tests.crowd"])


class Crowd:
    """N processes, each with an application of its own, that do things in the same moment."""

    def __init__(self, n: int, settings: Settings) -> None:
        self.settings = settings
        self.members = [_Member(settings) for _ in range(n)]

    def __enter__(self) -> "Crowd":
        for member in self.members:
            member.pipe.recv()  # it says when its application stands
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for member in self.members:
            member.go()

    def do(self, task: Task[Result], *given: Any) -> list[Result]:
        """Let each do the task with its own argument (or all with none); return what each gave."""
        start = time.monotonic() + HEAD_START_S
        each = given or (None,) * len(self.members)
        for member, argument in zip(self.members, each, strict=True):
            member.pipe.send((task, argument, start, clock.now()))
        return [member.answer() for member in self.members]


class _Member:
    def __init__(self, settings: Settings) -> None:
        self.pipe, theirs = _fork.Pipe()
        self.child = _fork.Process(target=_serve, args=(theirs, settings), daemon=True)
        self.child.start()
        theirs.close()

    def answer(self) -> Any:
        went_well, result = self.pipe.recv()
        if not went_well:
            raise AssertionError(f"a member of the crowd failed:\n{result}")
        return result

    def go(self) -> None:
        self.child.kill()
        self.child.join()
        self.pipe.close()


def _serve(pipe: Connection, settings: Settings) -> None:
    app = create_app(settings)
    pipe.send("ready")
    while True:
        task, argument, start, moment = pipe.recv()
        pipe.send(_done(app, task, argument, start, moment))


def _done(
    app: Lainaamo, task: Task[Any], argument: Any, start: float, moment: datetime
) -> tuple[bool, Any]:
    time.sleep(max(0.0, start - time.monotonic()))
    try:
        with clock.at(moment):
            return True, task(app, argument)
    except Exception:  # noqa: BLE001 - told to whoever asked
        return False, traceback.format_exc()
