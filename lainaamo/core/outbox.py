"""Messages and jobs promised inside a transaction and done after it.

Delivery is claim (transaction) → do (none) → mark (transaction). A crash may repeat one message,
with the same id; it never loses one.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, delete, func, or_, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from lainaamo.core import clock
from lainaamo.core.db import insert_once, session, transaction
from lainaamo.core.orm import Base, Id

LEASE = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=6)
TRIES = 12
AT_ONCE, IN_TURN = 0, 1
logger = logging.getLogger(__name__)

# A handler gets the payload and the message's stable id; it raises when it failed and answers
# False when the message had become needless.
Handler = Callable[[dict[str, Any], str], bool | None]


class Later(Exception):  # noqa: N818 - an outcome: nothing failed, and the try does not count
    """Its time has not come: `until` is when it has."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class Never(Exception):  # noqa: N818 - an outcome
    """Trying again would not help: a person must look. `why` is a stable word."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Message(Base):
    """Something promised to be done.

    Waiting: none of the three ends is set. `done_at`: done. `dropped_at`: it was needless when its
    time came. `dead_at`: it failed too often and waits for a person. Those whose `turn` is at once
    (codes, answers) go before all others.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index(
            "ix_outbox_message_waiting",
            "turn",
            "due_at",
            sqlite_where=text("done_at IS NULL AND dropped_at IS NULL AND dead_at IS NULL"),
            postgresql_where=text("done_at IS NULL AND dropped_at IS NULL AND dead_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    dedup: Mapped[str] = mapped_column(unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    turn: Mapped[int] = mapped_column(server_default=text("1"))
    promised_at: Mapped[datetime]
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str | None]


def promise(
    kind: str,
    dedup: str,
    /,
    *,
    due_at: datetime | None = None,
    at_once: bool = False,
    **payload: Any,
) -> bool:
    """Promise a message; the same `dedup` twice is one promise. Tell whether it was new.

    Somebody waits for one that goes `at_once`: a thousand others do not hold it up.
    """
    now = clock.now()
    return insert_once(
        Message,
        kind=kind,
        dedup=f"{kind}:{dedup}",
        payload=payload,
        turn=AT_ONCE if at_once else IN_TURN,
        promised_at=now,
        due_at=due_at or now,
        tries=0,
    )


def find(kind: str, dedup: str) -> Message | None:
    """Return a promised message, unless it is forgotten."""
    return session.scalar(select(Message).where(Message.dedup == f"{kind}:{dedup}"))


def withdraw(kind: str, dedup: str) -> bool:
    """Take a promised message back; False when it is sent, or somebody is about to send it."""
    this = (Message.dedup == f"{kind}:{dedup}", Message.tries == 0, Message.dropped_at.is_(None))
    taken = update(Message).where(*this).values(dropped_at=clock.now()).returning(Message.id)
    return session.scalar(taken) is not None


def is_in_hand(message: Message) -> bool:
    """Tell whether somebody is doing it now, or its turn has not come for the first time."""
    if message.dead_at is not None:
        return False
    return message.tries == 0 or (message.leased_until or message.promised_at) >= clock.now()


def hurry(message: Message) -> None:
    """Let a message that was interrupted, or given up, have its turn at once."""
    if not is_in_hand(message):
        message.due_at, message.leased_until = clock.now(), None
        message.dead_at, message.tries = None, 0


def forget_old(kind: str, *, before: datetime) -> None:
    """Drop the messages of a kind that are done, needless or given up, and promised before."""
    over = or_(
        Message.done_at.is_not(None), Message.dropped_at.is_not(None), Message.dead_at.is_not(None)
    )
    session.execute(delete(Message).where(Message.kind == kind, Message.promised_at < before, over))


def empty_old(kind: str, *, before: datetime) -> None:
    """Forget what messages of a kind held that are over, and promised before; they stay counted."""
    over = or_(
        Message.done_at.is_not(None), Message.dropped_at.is_not(None), Message.dead_at.is_not(None)
    )
    this = (Message.kind == kind, Message.promised_at < before, over)
    session.execute(update(Message).where(*this).values(payload={}))


def count_waiting() -> int:
    """Count the messages that will still be sent."""
    waiting = (Message.done_at.is_(None), Message.dropped_at.is_(None), Message.dead_at.is_(None))
    return session.scalar(select(func.count(Message.id)).where(*waiting)) or 0


def deliver(handlers: Mapping[str, Handler], *, most: int | None = None) -> int:
    """Do what is due, one message at a time and `most` in all; return how many were tried."""
    tried = 0
    while most is None or tried < most:
        claimed = _claim()
        if claimed is None:
            break
        message_id, kind, payload = claimed
        _finish(message_id, _do(handlers, kind, payload, message_id))
        tried += 1
    return tried


def _claim() -> tuple[int, str, dict[str, Any]] | None:
    now = clock.now()
    free = or_(Message.leased_until.is_(None), Message.leased_until < now)
    waiting = (
        select(Message)
        .where(Message.done_at.is_(None), Message.dropped_at.is_(None), Message.dead_at.is_(None))
        .where(Message.due_at <= now, free)
        .order_by(Message.turn, Message.due_at, Message.id)
        .limit(1)
    )
    with transaction():
        message = session.scalar(waiting.with_for_update(skip_locked=True))
        if message is None:
            return None
        message.leased_until = now + LEASE
        message.tries += 1
        return message.id, message.kind, dict(message.payload)


def _do(
    handlers: Mapping[str, Handler], kind: str, payload: dict[str, Any], message_id: int
) -> bool | Exception:
    try:
        return handlers[kind](payload, f"lainaamo-{message_id}") is not False
    except Later as later:
        return later
    except Exception as error:  # noqa: BLE001 - one failing message must not stop the others
        logger.warning("message %s (%s) failed: %s", message_id, kind, type(error).__name__)
        return error
    finally:
        session.rollback()


def _finish(message_id: int, outcome: bool | Exception) -> None:  # noqa: FBT001 - three outcomes
    now = clock.now()
    with transaction():
        message = session.get_one(Message, message_id)
        message.leased_until = None
        if outcome is True:
            message.done_at = now
        elif outcome is False:
            message.dropped_at = now
        else:
            _postpone(message, outcome, now)


def _postpone(message: Message, error: bool | Exception, now: datetime) -> None:  # noqa: FBT001
    if isinstance(error, Later):
        message.due_at = error.until
        message.tries -= 1
        return
    message.last_error = error.why if isinstance(error, Never) else type(error).__name__
    if message.tries >= TRIES or isinstance(error, Never):
        message.dead_at = now
    message.due_at = now + min(timedelta(seconds=15 * 2**message.tries), LONGEST_PAUSE)
