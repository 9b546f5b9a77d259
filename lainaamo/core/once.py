"""The same request twice is done once: an idempotency key and its answer, kept with the change."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lainaamo.core import clock
from lainaamo.core.db import insert_missing, insert_new, session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.orm import Base, Id

KEPT = timedelta(days=2)
LONGEST_KEY = 128


class Answered(Base):
    """A request that was answered well, and its answer."""

    __tablename__ = "answered_request"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    route: Mapped[str]
    body_hash: Mapped[str]
    status: Mapped[int]
    location: Mapped[str | None]
    content_type: Mapped[str | None]
    body: Mapped[str | None]
    answered_at: Mapped[datetime] = mapped_column(index=True)


_ANSWERED = cast("Table", Answered.__table__)
# Made once: every form that is sent is kept by it.
_KEEP = update(_ANSWERED).where(_ANSWERED.c.id == bindparam("made"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered: enough to answer it again."""

    status: int
    location: str | None
    content_type: str | None
    body: str | None


class OtherBody(Exception):  # noqa: N818 - a program's mistake that gets a 422
    """A key came again with another body."""


def answer(key: str, route: str, body_hash: str, work: Callable[[], Answer]) -> Answer:
    """Do the work, or give the answer it got before under the same key.

    The key is written first: a twin at the same moment waits for it (PostgreSQL: on the row,
    SQLite: at the gate) and then finds the answer. A refusal rolls the key back with the rest, so
    a refused request is judged anew. A key longer than 128 signs is refused.
    """
    if len(key) > LONGEST_KEY:
        raise Refusal(N_("The request could not be read. Go back and try again."), code="bad_key")
    now = clock.now()
    facts = {"key": key, "route": route, "body_hash": body_hash, "status": 0, "answered_at": now}
    made = insert_new(Answered, **facts)
    if made is not None:
        given = work()
        session.flush()
        session.execute(_KEEP, {"made": made, **asdict(given)})
        return given
    kept = session.scalars(select(Answered).where(Answered.key == key)).one()
    if (kept.route, kept.body_hash) != (route, body_hash):
        raise OtherBody
    return Answer(kept.status, kept.location, kept.content_type, kept.body)


def begin_many(route: str, bodies: Mapping[str, str]) -> Mapping[str, Answered]:
    """Write many keys down at once, each with its body's hash, and return their rows.

    A row of status 0 is new, and its answer is to be kept with `end_many`; another has the answer
    that was given before, perhaps to another body. A twin at the same moment waits.
    """
    if not bodies:
        return {}
    shared = {"route": route, "status": 0, "answered_at": clock.now()}
    # In one order for everybody: else two lists with the same keys would wait for each other.
    rows = [{"key": key, "body_hash": bodies[key], **shared} for key in sorted(bodies)]
    insert_missing(Answered, rows)
    wanted = select(Answered).where(Answered.key.in_(bodies))
    found = session.scalars(wanted.execution_options(populate_existing=True))
    return {row.key: row for row in found}


def end_many(answers: Mapping[int, str]) -> None:
    """Keep the answers of new keys, by the ids of their rows."""
    if answers:
        rows = [{"id": one, "status": 200, "body": body} for one, body in answers.items()]
        session.execute(update(Answered), rows)


def forget_old() -> None:
    """Drop the answers nobody will ask for again."""
    session.execute(delete(Answered).where(Answered.answered_at < clock.now() - KEPT))
