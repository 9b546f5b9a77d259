"""Backups that only the holder of a key can read: the age format (age-encryption.org).

The house knows the public half only; who breaks into it cannot read the backups it has made. The
other half is kept elsewhere, and the ordinary `age` program opens such a file, too.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyrage

ENDING = ".age"
MAGIC = b"age-encryption.org/v1\n"
NOT_A_KEY = "is no public key of age (age1…)"


class CannotOpen(Exception):  # noqa: N818 - told to who has the key
    """A key that is none, or not the one that a backup was sealed for."""


def make_key(file: Path) -> str:
    """Write a new secret key into a file that only its owner reads; return its public half."""
    identity = pyrage.x25519.Identity.generate()
    file.touch(mode=0o600, exist_ok=False)
    public = str(identity.to_public())
    file.write_text(f"# public key: {public}\n{identity}\n", encoding="ascii")
    return public


def check_keys(keys: str) -> list[str]:
    """Return public keys that were written with commas between them."""
    found = [key.strip() for key in keys.split(",") if key.strip()]
    for key in found:
        try:
            pyrage.x25519.Recipient.from_str(key)
        except pyrage.RecipientError as error:
            raise CannotOpen(f"{key} {NOT_A_KEY}") from error
    return found


@contextmanager
def sealed(target: IO[bytes], keys: Sequence[str]) -> Iterator[IO[bytes]]:
    """Give a file to write to; what is written is readable by the holders of these keys only."""
    to = [pyrage.x25519.Recipient.from_str(key) for key in keys]
    inner, outer = _pipe()
    with _beside(lambda: pyrage.encrypt_io(inner, target, to), inner), outer:
        yield outer


@contextmanager
def opened(source: IO[bytes], key_file: Path) -> Iterator[IO[bytes]]:
    """Give a file to read from, whose content was sealed for this key among others."""
    with key_file.open(encoding="ascii") as lines:
        written = [line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-")]
    try:
        keys = [pyrage.x25519.Identity.from_str(line) for line in written]
    except pyrage.IdentityError as error:
        raise CannotOpen(f"{key_file} holds no key of age") from error
    inner, outer = _pipe()
    with _beside(lambda: pyrage.decrypt_io(source, outer, keys), outer), inner:
        yield inner


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb")


@contextmanager
def _beside(work: Callable[[], None], end: IO[bytes]) -> Iterator[None]:
    """Do a work in a thread that has one end of a pipe; what it fails with is told at the end."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            with end:
                work()
        except BaseException as error:  # noqa: BLE001 - raised below, where it is waited for
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    except Exception:
        thread.join()
        _tell(failed)
        raise
    thread.join()
    _tell(failed)


def _tell(failed: Sequence[BaseException]) -> None:
    """Raise what the thread failed with: what the other end of a pipe sees of it says nothing."""
    if not failed or isinstance(failed[0], BrokenPipeError):
        return
    without_cause = isinstance(failed[0], OSError) and failed[0].errno is None
    if without_cause or isinstance(failed[0], pyrage.DecryptError):
        raise CannotOpen("the key does not open it, or it was changed") from failed[0]
    raise failed[0]
