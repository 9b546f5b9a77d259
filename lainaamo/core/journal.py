"""Who did what to which thing: one line for every change, in the change's own transaction.

Lines are append-only (triggers in the database) and are sealed afterwards by the worker into a
chain of hashes, so that a later edit shows. A chain head written in each transaction would make
all writers wait for one another.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import JSON, ForeignKey, Index, Table, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.orm import Area, Base, Id

GENESIS = "0" * 64
CODE = re.compile(r"[\w.+:-]{0,64}", re.ASCII)
_actor: ContextVar[str] = ContextVar("actor", default="system")


class Entry(Base):
    """One thing that happened to one row."""

    __tablename__ = "journal_entry"
    counted_in = Area.WORK
    __table_args__ = (
        Index("ix_journal_entry_thing_thing_id_id", "thing", "thing_id", "id"),
        Index("ix_journal_entry_actor_happened_at", "actor", "happened_at"),
    )

    id: Mapped[Id]
    happened_at: Mapped[datetime]
    actor: Mapped[str]
    verb: Mapped[str]
    thing: Mapped[str]
    thing_id: Mapped[int]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


# Made once: every change of the house has a line.
_ADD = insert(cast("Table", Entry.__table__)).inline()


class Seal(Base):
    """The hash of one entry and of all sealed before it; its ids are the chain's order."""

    __tablename__ = "journal_seal"

    id: Mapped[Id]
    entry_id: Mapped[int] = mapped_column(ForeignKey(Entry.id), unique=True)
    hash: Mapped[str]

    entry: Mapped[Entry] = relationship(lazy="raise_on_sql")


@contextmanager
def acting(alias: str) -> Iterator[None]:
    """Name who does what is done inside: a random alias, or "system", "worker", "command"."""
    token = _actor.set(alias)
    try:
        yield
    finally:
        _actor.reset(token)


def actor() -> str:
    """Return who is acting now."""
    return _actor.get()


def write(verb: str, thing: str, thing_id: int, **details: Any) -> None:
    """Add a line; it is kept exactly when the change is.

    Details are ids, days, numbers and codes only: names in an append-only journal could never be
    forgotten. Anything else is refused with a ValueError.
    """
    session.execute(_ADD, _facts(verb, thing, thing_id, details))


def write_many(verb: str, thing: str, rows: Sequence[tuple[int, dict[str, Any]]]) -> None:
    """Add a line for each (thing_id, details); they are written at once, thousands in one go."""
    if rows:
        lines = [_facts(verb, thing, thing_id, details) for thing_id, details in rows]
        session.execute(_ADD, lines)


def _facts(verb: str, thing: str, thing_id: int, details: dict[str, Any]) -> dict[str, Any]:
    kept = {name: _plain(value) for name, value in details.items() if value is not None}
    return {
        "happened_at": clock.now(),
        "actor": _actor.get(),
        "verb": verb,
        "thing": thing,
        "thing_id": thing_id,
        "details": kept,
    }


def _plain(value: Any) -> int | str | bool:
    if isinstance(value, (bool, int)):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and CODE.fullmatch(value):
        return value
    raise ValueError(f"not a number, day or code: {value!r}")


def seal(limit: int = 1000) -> int:
    """Chain the oldest unsealed lines, in the order of their ids; return how many."""
    # A line of a slow transaction may appear below sealed ones: it is simply sealed next time.
    unsealed = (
        select(Entry).outerjoin(Seal).where(Seal.id.is_(None)).order_by(Entry.id).limit(limit)
    )
    entries = session.scalars(unsealed).all()
    last = session.scalar(select(Seal.hash).order_by(Seal.id.desc()).limit(1)) or GENESIS
    for entry in entries:
        last = _chained(last, entry)
        session.add(Seal(entry_id=entry.id, hash=last))
        session.flush()  # one by one: the seals' ids are the order of the chain
    return len(entries)


def _chained(previous: str, entry: Entry) -> str:
    moment = entry.happened_at.isoformat(timespec="microseconds")
    facts = [entry.id, moment, entry.actor, entry.verb, entry.thing, entry.thing_id, entry.details]
    text = json.dumps([previous, *facts], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the chain found; `head` can be kept elsewhere to notice a cut tail."""

    sealed: int
    unsealed: int
    first_bad: int | None
    head: str


def verify(batch: int = 1000) -> Verdict:
    """Recompute the whole chain and compare: an edited or lost line, or a lost seal, breaks it."""
    sealed, head, first_bad = 0, GENESIS, None
    for entry, kept in _chain(batch):
        head = _chained(head, entry)
        if head != kept and first_bad is None:
            first_bad = entry.id
        head = kept
        sealed += 1
    waiting = select(func.count()).select_from(Entry).outerjoin(Seal).where(Seal.id.is_(None))
    return Verdict(sealed, session.scalar(waiting) or 0, first_bad, head)


def _chain(batch: int) -> Iterator[tuple[Entry, str]]:
    """Yield every sealed line with the hash kept for it, in the order of the chain."""
    after = 0
    while True:
        wanted = select(Seal.id, Entry, Seal.hash).join(Seal.entry).where(Seal.id > after)
        rows = session.execute(wanted.order_by(Seal.id).limit(batch)).all()
        if not rows:
            return
        for _seal_id, entry, kept in rows:
            yield entry, kept
        after = rows[-1][0]
        session.expunge_all()
