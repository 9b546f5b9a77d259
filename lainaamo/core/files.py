"""Files that people bring: kept under random names, in a folder or in storage that speaks S3.

A file is whole where it is kept before the row that names it is written. What no row names is a
stray (its transaction failed) and is swept away after a day.
"""

import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from lainaamo.core import clock
from lainaamo.core.errors import N_, Refusal

NAME = re.compile(r"[a-f0-9]{32}")
STRAY_AFTER = timedelta(days=1)


def new_name() -> str:
    """Return a name that nobody can guess."""
    return secrets.token_hex(16)


def address(name: str, ending: str) -> str:
    """Return where a file is among the others; a name that is none of ours is a mistake."""
    if not NAME.fullmatch(name):
        raise ValueError(name)
    return f"{name[:2]}/{name}.{ending}"


class Files(Protocol):
    """Where files are; a name may have several of them, each with an ending of its own."""

    def keep(self, name: str, ending: str, content: bytes) -> None:
        """Write a file so that it is whole or not there; refuse where it cannot be kept."""

    def read(self, name: str, ending: str) -> bytes | None:
        """Return a file's content; None where there is no such file."""

    def endings(self, name: str) -> list[str]:
        """Return which files of a name there are."""

    def forget(self, name: str) -> None:
        """Remove every file of a name."""

    def old_names(self) -> Iterator[str]:
        """Yield the names of files so old that a row must name them, if it ever will."""

    def where(self) -> str:
        """Return where that is, for who runs the house; with no password in it."""


def not_kept() -> Refusal:
    """Return what is said where a file could not be kept."""
    words = N_("The file could not be kept. Nothing is lost: try again, or call us.")
    return Refusal(words, code="file_not_kept")


@dataclass(frozen=True, slots=True)
class Folder:
    """Files in a folder of the installation."""

    folder: Path

    def where(self) -> str:
        """Return the folder."""
        return str(self.folder)

    def path(self, name: str, ending: str) -> Path:
        """Return where a file is."""
        return self.folder / address(name, ending)

    def keep(self, name: str, ending: str, content: bytes) -> None:
        """Write a file so that it is whole or not there; refuse where there is no room for it."""
        path = self.path(name, ending)
        fresh = path.with_suffix(".new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with fresh.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            fresh.rename(path)
            _sync(path.parent)
        except OSError as error:
            fresh.unlink(missing_ok=True)
            raise not_kept() from error

    def read(self, name: str, ending: str) -> bytes | None:
        """Return a file's content; None where there is no such file."""
        try:
            return self.path(name, ending).read_bytes()
        except FileNotFoundError:
            return None

    def endings(self, name: str) -> list[str]:
        """Return which files of a name there are."""
        files = self.path(name, "x").parent.glob(f"{name}.*")
        return sorted(file.name.partition(".")[2] for file in files if file.suffix != ".new")

    def forget(self, name: str) -> None:
        """Remove every file of a name."""
        for path in self.path(name, "x").parent.glob(f"{name}.*"):
            path.unlink(missing_ok=True)

    def old_names(self) -> Iterator[str]:
        """Yield the names of files so old that a row must name them, if it ever will."""
        latest = clock.now() - STRAY_AFTER
        seen: set[str] = set()
        for path in self.folder.glob("??/*"):
            name = path.name.partition(".")[0]
            written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            if NAME.fullmatch(name) and name not in seen and written_at < latest:
                seen.add(name)
                yield name


def _sync(folder: Path) -> None:
    """Let the disk know the folder's new entry, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
