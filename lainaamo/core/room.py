"""So much of something at one time in a process: who comes when it is full waits for a turn."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Full(Exception):  # noqa: N818 - an answer, not a fault
    """There was no room for as long as one would wait."""


class Room:
    """Holds so much at one time; first come, first served, so that the large are not starved."""

    def __init__(self, size: int) -> None:
        self._free = size
        self._changed = threading.Condition()
        self._first = threading.Lock()

    @contextmanager
    def taken(self, size: int, *, longest_s: float) -> Iterator[None]:
        """Take so much of the room while inside; Full after so long a wait."""
        ends = time.monotonic() + longest_s
        if not self._first.acquire(timeout=longest_s):
            raise Full
        try:
            self._enter(size, ends)
        finally:
            self._first.release()
        try:
            yield
        finally:
            self._leave(size)

    def _enter(self, size: int, ends: float) -> None:
        with self._changed:
            left = max(0.0, ends - time.monotonic())
            if not self._changed.wait_for(lambda: self._free >= size, timeout=left):
                raise Full
            self._free -= size

    def _leave(self, size: int) -> None:
        with self._changed:
            self._free += size
            self._changed.notify_all()
