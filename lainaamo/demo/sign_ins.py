"""The demo's sign-ins: random for each installation, kept in a file only its owner can read."""

import secrets
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

FILE = "demo-sign-ins.txt"
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
PIN_DIGITS = 6


@dataclass(frozen=True, slots=True)
class SignInLine:
    """One person of the demo: the role, what to sign in with, and the password or PIN."""

    role: str
    name: str
    sign_in: str
    password: str = ""

    def __str__(self) -> str:
        return f"{self.role:<14} {self.sign_in:<28} {self.password}"


def keep(folder: Path, people: Sequence[SignInLine]) -> tuple[list[SignInLine], bool]:
    """Give people the passwords kept in the file, new ones where it has none.

    Tell also whether any is new. The file is written before the passwords are used, so that a
    demo cut in the middle begins again with the same.
    """
    path = folder / FILE
    kept = {line.sign_in: line.password for line in _read(path)}
    lines = [
        replace(one, password=kept.get(one.sign_in) or _new_password(one.sign_in)) for one in people
    ]
    is_new = any(line.sign_in not in kept for line in lines)
    if is_new:
        _write(path, lines)
    return lines, is_new


def _read(path: Path) -> list[SignInLine]:
    if not path.exists():
        return []
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [SignInLine(*row) for row in rows if len(row) == len(SignInLine.__slots__)]


def _write(path: Path, lines: Sequence[SignInLine]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    fresh.write_text("".join("\t".join(astuple(line)) + "\n" for line in lines), encoding="utf-8")
    fresh.replace(path)


def _new_password(sign_in: str) -> str:
    """Make a PIN for a worker's number, else twelve signs that are easy to type."""
    if sign_in.isdigit():
        return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"
    signs = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"
