"""How many requests were answered and how fast, counted by all server processes of a machine.

Each process counts in a small file of its own, shared memory to whoever asks: adding costs no lock
and no system call. The files are removed when the server starts.
"""

import contextlib
import mmap
import os
import struct
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

BOUNDS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
# Each of the classes; each of the bounds and what is beyond them; microseconds in all.
CELLS = len(CLASSES) + len(BOUNDS_S) + 2
CELL = struct.Struct("<Q")
_folder: list[Path] = []


def look_in(folder: Path) -> None:
    """Count in files of this folder from now on."""
    _folder[:] = [folder]


def begin_again(folder: Path) -> None:
    """Forget what was counted: the server starts."""
    for file in folder.glob("*.meter"):
        file.unlink(missing_ok=True)


def count(status: int, seconds: float) -> None:
    """Count one answered request."""
    if not _folder:
        return
    with contextlib.suppress(OSError):  # a full disk must not cost an answer
        _count(_own(str(_folder[0]), os.getpid()), status, seconds)


def _count(cells: mmap.mmap, status: int, seconds: float) -> None:
    bucket = next((n for n, bound in enumerate(BOUNDS_S) if seconds <= bound), len(BOUNDS_S))
    _add(cells, min(max(status // 100, 1), 5) - 1, 1)
    _add(cells, len(CLASSES) + bucket, 1)
    _add(cells, CELLS - 1, round(seconds * 1_000_000))


def _add(cells: mmap.mmap, cell: int, number: int) -> None:
    at = cell * CELL.size
    CELL.pack_into(cells, at, CELL.unpack_from(cells, at)[0] + number)


@lru_cache(maxsize=4)
def _own(folder: str, process: int) -> mmap.mmap:
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    handle = os.open(path / f"{process}.meter", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.ftruncate(handle, CELLS * CELL.size)
        return mmap.mmap(handle, CELLS * CELL.size)
    finally:
        os.close(handle)


def lines() -> list[str]:
    """Return what was counted on this machine, as Prometheus reads it."""
    sums = _sums(_folder[0]) if _folder else [0] * CELLS
    classes, buckets, micros = sums[: len(CLASSES)], sums[len(CLASSES) : -1], sums[-1]
    name = "lainaamo_request_seconds"
    told = ["# TYPE lainaamo_requests_total counter"]
    told += [
        f'lainaamo_requests_total{{status="{one}"}} {number}'
        for one, number in zip(CLASSES, classes, strict=True)
    ]
    told += [f"# TYPE {name} histogram"]
    bounds = [*map(str, BOUNDS_S), "+Inf"]
    told += [
        f'{name}_bucket{{le="{bound}"}} {sum(buckets[: number + 1])}'
        for number, bound in enumerate(bounds)
    ]
    return [*told, f"{name}_sum {micros / 1_000_000}", f"{name}_count {sum(buckets)}"]


def _sums(folder: Path) -> Sequence[int]:
    whole = struct.Struct(f"<{CELLS}Q")
    found = [file.read_bytes() for file in folder.glob("*.meter")]
    each = [whole.unpack(content) for content in found if len(content) == whole.size]
    return [sum(column) for column in zip(*each, strict=True)] or [0] * CELLS
