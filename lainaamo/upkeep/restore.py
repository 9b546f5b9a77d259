"""A house made anew from a backup: all of it, or nothing has changed."""

import contextlib
import gzip
import hashlib
import json
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, inspect

from lainaamo.config import Settings
from lainaamo.core import clock
from lainaamo.core.files import Files
from lainaamo.core.whole import bare_engine, filling, go_on_from, wipe
from lainaamo.upkeep import migrations, sealing
from lainaamo.upkeep.backup import FORMAT, HEAD, MANIFEST, SECRET, Told
from lainaamo.upkeep.rows import (
    LEFT_OUT,
    TYPES,
    Sheet,
    Tally,
    Unfit,
    has_rows,
    lines,
    put,
    sheets,
)

ROWS = re.compile(r"rows/([a-z_]+)/\d+\.jsonl\.gz")
FILE = re.compile(r"files/([a-f0-9]{32})\.([a-z0-9.]{1,16})")
NAME = re.compile(r"[a-z_][a-z0-9_]*")
# A house that was only started has rows of the machinery; nobody misses them.
NOBODY_MISSES = LEFT_OUT | {"alembic_version", "duty", "journal_seal"}
# Who has signed out since must not be in again: everybody signs in anew.
NOT_BROUGHT_BACK = frozenset({"sign_in"})


class NotEmpty(Exception):  # noqa: N818 - told to who runs the house
    """A house that has something in it, which nobody has said may go."""


@dataclass(slots=True)
class Brought:
    """What came back: what was told of it in the backup, and what was seen."""

    told: Told
    revision: str = ""
    sheets: dict[str, Sheet] = field(default_factory=dict)
    last_ids: dict[str, int] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)
    secret: bytes = b""
    manifest: dict[str, Any] | None = None


def restore(
    settings: Settings, files: Files, source: Path, *, key: Path | None, replace: bool
) -> Brought:
    """Fill the house from a backup; refuse where there is one already, unless it may be replaced.

    The tables are as old as the backup afterwards: migrate then. Files that it brings stay also
    where it fails, and are swept away as strays.
    """
    engine = bare_engine(settings.database)
    try:
        with engine.connect() as connection, connection.begin():
            make_room(connection, replace=replace)
            with _opened(source, key) as file:
                brought = _read(file, connection, files)
            _check(brought)
            _prove(connection, brought)
            if brought.secret:
                _keep_secret(settings.folder / "secret", brought.secret)
        return brought
    finally:
        engine.dispose()


def make_room(connection: Connection, *, replace: bool) -> None:
    """Empty a database that may be emptied."""
    names = [name for name in inspect(connection).get_table_names() if name not in NOBODY_MISSES]
    ours = [name for name in names if not name.startswith("search_index")]
    if not replace and has_rows(connection, ours):
        raise NotEmpty
    wipe(connection)


@contextmanager
def _opened(source: Path, key: Path | None) -> Iterator[IO[bytes]]:
    with source.open("rb") as file:
        is_sealed = file.read(len(sealing.MAGIC)) == sealing.MAGIC
        file.seek(0)
        if not is_sealed:
            yield file
            return
        if key is None:
            raise sealing.CannotOpen("it is sealed: give the key file (--key)")
        with sealing.opened(file, key) as inside:
            yield inside


def _read(file: IO[bytes], connection: Connection, files: Files) -> Brought:
    try:
        with tarfile.open(fileobj=file, mode="r|") as archive:
            members = _members(archive)
            brought = _begin(next(members, ("", b"")), connection)
            with filling(connection):
                for name, content in members:
                    _take(brought, name, content, connection, files)
                go_on_from(connection, brought.last_ids)
            return brought
    except (
        tarfile.TarError,
        zlib.error,
        gzip.BadGzipFile,
        EOFError,
        json.JSONDecodeError,
    ) as error:
        raise Unfit("It is no backup of ours, or only a part of one.") from error


def _members(archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    for member in archive:
        content = archive.extractfile(member)
        if content is None:
            raise Unfit(f"{member.name} is no file.")
        yield member.name, content.read()


def _begin(first: tuple[str, bytes], connection: Connection) -> Brought:
    """Make tables as old as the backup, by what its first member says of it."""
    name, content = first
    if name != HEAD:
        raise Unfit("It is no backup of ours.")
    head = json.loads(content)
    if head["format"] != FORMAT or not migrations.knows(head["revision"]):
        raise Unfit("It was made by a newer version: install that one first.")
    found = [Sheet(name, tuple(map(tuple, columns))) for name, columns in head["tables"].items()]
    if not all(map(_is_sound, found)):
        raise Unfit("It names tables that cannot be.")
    migrations.upgrade_through(connection, to=head["revision"])
    return Brought(
        Told(datetime.fromisoformat(head["made_at"])),
        revision=head["revision"],
        sheets={sheet.name: sheet for sheet in found},
        last_ids=head["last_ids"],
        tallies={sheet.name: Tally() for sheet in found},
    )


def _is_sound(sheet: Sheet) -> bool:
    names = [sheet.name, *(name for name, _kind in sheet.columns)]
    kinds = {kind for _name, kind in sheet.columns}
    return all(map(NAME.fullmatch, names)) and kinds <= set(TYPES)


def _take(
    brought: Brought, name: str, content: bytes, connection: Connection, files: Files
) -> None:
    """Take one member of the archive in."""
    if rows := ROWS.fullmatch(name):
        _take_rows(brought, rows[1], content, connection)
    elif file := FILE.fullmatch(name):
        brought.told.count_file(f"{file[1]}.{file[2]}", content)
        files.keep(file[1], file[2], content)
    elif name == SECRET:
        brought.secret = content
        brought.told.secret = hashlib.sha256(content).hexdigest()
    elif name == MANIFEST:
        brought.manifest = json.loads(content)
    else:
        raise Unfit(f"{name} is not ours.")


def _take_rows(brought: Brought, name: str, content: bytes, connection: Connection) -> None:
    written = gzip.decompress(content).decode().split("\n")[:-1]
    for line in written:
        brought.tallies[name].add(line)
    if name not in NOT_BROUGHT_BACK:
        put(connection, brought.sheets[name], written)


def _check(brought: Brought) -> None:
    """Refuse what is not exactly what was written."""
    if brought.manifest is None:
        raise Unfit("It ends before its end: it is only a part of a backup.")
    brought.told.tables = {name: tally.told() for name, tally in brought.tallies.items()}
    seen = brought.told.manifest()
    wrong = [part for part, said in brought.manifest.items() if seen.get(part) != said]
    if wrong:
        raise Unfit(f"It was changed after it was made: {', '.join(wrong)}.")


def _prove(connection: Connection, brought: Brought) -> None:
    """Read back what was filled; tables of an older version are read when they are migrated."""
    if brought.revision != migrations.newest():
        return
    some = [sheet for sheet in sheets() if sheet.name not in NOT_BROUGHT_BACK]
    compare(read_back(connection, some), brought.told.tables)


def read_back(connection: Connection, some: list[Sheet]) -> dict[str, dict[str, Any]]:
    """Return the count and the hash of the rows that stand in each of these tables."""
    found = {}
    for sheet in some:
        tally = Tally()
        for _lines in lines(connection, sheet, tally):
            pass
        found[sheet.name] = tally.told()
    return found


def compare(found: dict[str, dict[str, Any]], wanted: dict[str, dict[str, Any]]) -> None:
    """Refuse where a table has not exactly the rows that it must have."""
    wrong = [name for name, told in found.items() if wanted.get(name) != told]
    if wrong:
        raise Unfit(f"These tables are not as they were: {', '.join(wrong)}.")


def _keep_secret(path: Path, content: bytes) -> None:
    """Write the key for links; another one that was there stays beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_bytes() != content:
        path.rename(path.with_name(f"secret.before-{clock.now():%Y%m%dT%H%M%S}"))
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    path.touch(mode=0o600)
    path.write_bytes(content)
