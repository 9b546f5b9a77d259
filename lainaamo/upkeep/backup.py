"""One file with all that a house is: rows, photos, the secret; as it was in one moment.

The file is a tar:

    lainaamo.json               which version wrote it and when, the tables and their columns
    rows/TABLE/0001.jsonl.gz    rows of a table as JSON lists, in the order of their ids
    files/NAME.ENDING           every file that a row names
    secret                      the key for links, where the house keeps it in its folder
    manifest.json               counts and hashes of all that; without it the file is not whole

Rows are read in one transaction that sees one moment, while people go on working. A file is whole
on the disk before a row names it, and stays for a day after the last row that does: so what is
read after the rows is there.
"""

import gzip
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine

from lainaamo.config import Settings
from lainaamo.core import clock, journal
from lainaamo.core.db import db, transaction
from lainaamo.core.files import Files
from lainaamo.core.whole import last_ids, one_moment
from lainaamo.upkeep import migrations, sealing
from lainaamo.upkeep.rows import Sheet, Tally, lines, sheets

FORMAT = 1
ROWS_IN_A_PART = 20_000
KEPT_BACKUPS = 14
HEAD, MANIFEST, SECRET = "lainaamo.json", "manifest.json", "secret"
PATTERN = "lainaamo-*.tar*"
# The columns that name files.
NAMES_OF_FILES = {"photo": "name", "waiting_photo": "name"}


@dataclass(slots=True)
class Told:
    """What a backup holds: rows of each table, files and their bytes, names that had no file."""

    made_at: datetime
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: int = 0
    file_bytes: int = 0
    file_hash: Any = field(default_factory=hashlib.sha256)
    missing: list[str] = field(default_factory=list)
    secret: str | None = None

    @property
    def rows(self) -> int:
        """Return how many rows there are in all."""
        return sum(int(each["rows"]) for each in self.tables.values())

    def count_file(self, name: str, content: bytes) -> None:
        """Count one file and hash it into the hash of all."""
        self.files += 1
        self.file_bytes += len(content)
        self.file_hash.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())

    def manifest(self) -> dict[str, Any]:
        """Return what is written at the end, and compared when the backup is restored."""
        return {
            "tables": self.tables,
            "files": {
                "count": self.files,
                "bytes": self.file_bytes,
                "sha256": self.file_hash.hexdigest(),
            },
            "secret": self.secret,
        }


class NotNow(Exception):  # noqa: N818 - told to who runs the house
    """A backup that cannot be made, and why."""


def make(settings: Settings, files: Files, target: Path | None = None) -> tuple[Path, Told]:
    """Write a backup into a file, whole or not at all; return where, and what is in it.

    Without a target it goes into the folder of backups, where the newest fourteen stay.
    """
    keys = sealing.check_keys(settings.backup_key)
    made_at = clock.now()
    path = target or folder(settings) / _name(made_at, is_sealed=bool(keys))
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    try:
        with _private(fresh) as file, _sealed(file, keys) as inside:
            told = write(inside, settings, files, made_at)
        fresh.rename(path)
    finally:
        fresh.unlink(missing_ok=True)
    if target is None:
        _let_old_ones_go(path.parent)
    with transaction():
        journal.write("house.backed_up", "house", 0, rows=told.rows, files=told.files)
    return path, told


def folder(settings: Settings) -> Path:
    """Return where backups go."""
    return Path(settings.backup_folder) if settings.backup_folder else settings.folder / "backups"


def newest(settings: Settings) -> Path | None:
    """Return the last backup that was made whole."""
    return max(folder(settings).glob(PATTERN), default=None)


def moment_of(path: Path) -> datetime:
    """Return when a backup was begun, as its name says."""
    stamp = path.name.removeprefix("lainaamo-").partition(".")[0]
    return datetime.strptime(stamp, "%Y%m%dT%H%M%S%z")


def _name(made_at: datetime, *, is_sealed: bool) -> str:
    return f"lainaamo-{made_at:%Y%m%dT%H%M%S}Z.tar{sealing.ENDING if is_sealed else ''}"


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """Open a new file that only we may read; at the end it is on the disk."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _sealed(file: IO[bytes], keys: Sequence[str]) -> Iterator[IO[bytes]]:
    if not keys:
        yield file
        return
    with sealing.sealed(file, keys) as inside:
        yield inside


def _let_old_ones_go(where: Path) -> None:
    for old in sorted(where.glob(PATTERN))[:-KEPT_BACKUPS]:
        old.unlink(missing_ok=True)


def write(file: IO[bytes], settings: Settings, files: Files, made_at: datetime) -> Told:
    """Write a backup into an open file."""
    told = Told(made_at)
    with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        add = _adder(archive, made_at)
        with one_moment(_engine()) as connection:
            every = sheets()
            add(HEAD, _json(_head(connection, every, made_at)))
            names = _add_rows(connection, every, add, told)
        _add_files(files, names, add, told)
        _add_secret(settings, add, told)
        add(MANIFEST, _json(told.manifest()))
    return told


def _engine() -> Engine:
    engine = db.engine
    with engine.connect() as connection:
        has, wants = migrations.current(connection), migrations.newest()
    if has != wants:
        raise NotNow(f"The tables are of revision {has}, the code wants {wants}: lainaamo migrate")
    return engine


Add = Callable[[str, bytes], None]


def _adder(archive: tarfile.TarFile, made_at: datetime) -> Add:
    def add(name: str, content: bytes) -> None:
        about = tarfile.TarInfo(name)
        about.size, about.mode, about.mtime = len(content), 0o600, int(made_at.timestamp())
        archive.addfile(about, io.BytesIO(content))

    return add


def _json(what: Any) -> bytes:
    return json.dumps(what, indent=1).encode()


def _head(connection: Connection, every: Sequence[Sheet], made_at: datetime) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_at": made_at.isoformat(timespec="seconds"),
        "revision": migrations.current(connection),
        "engine": connection.dialect.name,
        "tables": {sheet.name: sheet.columns for sheet in every},
        "last_ids": last_ids(connection, [sheet.name for sheet in every]),
    }


def _add_rows(
    connection: Connection, every: Sequence[Sheet], add: Add, told: Told
) -> dict[str, None]:
    """Add every table's rows; return the names of files that they name, each once."""
    names: dict[str, None] = {}
    for sheet in every:
        tally = Tally()
        for number, part in enumerate(_parts(lines(connection, sheet, tally)), 1):
            content = "".join(f"{line}\n" for line in part).encode()
            add(f"rows/{sheet.name}/{number:04}.jsonl.gz", gzip.compress(content, 6, mtime=0))
            names.update(dict.fromkeys(_names_in(sheet, part)))
        told.tables[sheet.name] = tally.told()
    return names


def _parts(some_at_a_time: Iterator[list[str]]) -> Iterator[list[str]]:
    part: list[str] = []
    for some in some_at_a_time:
        part += some
        if len(part) >= ROWS_IN_A_PART:
            yield part
            part = []
    if part:
        yield part


def _names_in(sheet: Sheet, part: Sequence[str]) -> Iterator[str]:
    wanted = NAMES_OF_FILES.get(sheet.name)
    if wanted is None:
        return
    position = [name for name, _kind in sheet.columns].index(wanted)
    for line in part:
        yield json.loads(line)[position]


def _add_files(files: Files, names: dict[str, None], add: Add, told: Told) -> None:
    for name in names:
        found = {each: files.read(name, each) for each in files.endings(name)}
        kept = {each: content for each, content in found.items() if content is not None}
        if not kept:
            told.missing.append(name)
        for ending, content in kept.items():
            add(f"files/{name}.{ending}", content)
            told.count_file(f"{name}.{ending}", content)


def _add_secret(settings: Settings, add: Add, told: Told) -> None:
    """Add the key for links: one that is set outside is kept outside."""
    kept = settings.folder / "secret"
    if not settings.secret and kept.exists():
        content = kept.read_bytes()
        add(SECRET, content)
        told.secret = hashlib.sha256(content).hexdigest()
