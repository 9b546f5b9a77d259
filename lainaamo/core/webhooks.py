"""Partners that are told what changed: their addresses, and what each is still to be told.

What is told is the journal's lines, in the order of their seals: each line has one, and none comes
before an earlier one, so nothing is left out and nothing told that was taken back. A change costs
nothing more for it: the worker writes down what is to be told and delivers it.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    delete,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.journal import Entry, Seal
from lainaamo.core.orm import KEY, Base, Id

MOST = 20
AT_ONCE = 500
GIVEN_UP = timedelta(days=3)
KEPT = timedelta(days=30)
PAUSES = tuple(timedelta(seconds=one) for one in (5, 60, 300, 1800, 7200, 18_000, 36_000))
"""How long an address rests after each failure in a row; the last one from then on."""

TEST = "webhook.test"
EVENTS: Mapping[str, str] = {
    "reservation.made": N_("A reservation was made"),
    "reservation.confirmed": N_("A reservation was confirmed"),
    "reservation.changed": N_("The days of a reservation changed"),
    "reservation.cancelled": N_("A reservation was cancelled"),
    "reservation.expired": N_("A reservation was not picked up"),
    "loan.handed_out": N_("A thing was handed out"),
    "loan.renewed": N_("The return day of a loan was moved on"),
    "loan.returned": N_("A thing was taken back"),
    "desk.undone": N_("Something done at the desk was undone"),
    "item.received": N_("A thing came in"),
    "repair.opened": N_("A thing went to repair"),
    "repair.closed": N_("A thing came from repair"),
    "claim.made": N_("A unit booked goods"),
    "claim.cancelled": N_("A unit's booking was cancelled"),
    "claim.taken": N_("A unit took its goods"),
}
"""What can be told, by the journal's verb."""

WAITING = text("done_at IS NULL AND given_up_at IS NULL")


class Webhook(Base):
    """An address of a partner that is told of some events, until it is ended.

    Told is everything whose seal is `after_seal_id` or earlier. After `failures` in a row it rests
    until `next_at`. Its secret is made from `nonce` and the installation's secret.
    """

    __tablename__ = "webhook"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures_counted"),)

    id: Mapped[Id]
    words: Mapped[str]
    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(JSON)
    nonce: Mapped[str]
    after_seal_id: Mapped[int] = mapped_column(KEY)
    failures: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Delivery(Base):
    """A line of the journal that a partner is to be told; without a line it is a test.

    `answer` is the last status it got, or `fault` why it got none. `done_at`: it was taken.
    `given_up_at`: it was too old, or the address had ended.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "entry_id"),
        CheckConstraint("tries >= 0", name="tries_counted"),
        Index(
            "ix_webhook_delivery_waiting",
            "webhook_id",
            "id",
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
    )

    id: Mapped[Id]
    webhook_id: Mapped[int] = mapped_column(ForeignKey(Webhook.id), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey(Entry.id), index=True)
    made_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    answer: Mapped[int | None]
    fault: Mapped[str | None]
    done_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]

    entry: Mapped[Entry | None] = relationship(lazy="raise_on_sql")


_WHOLE = joinedload(Delivery.entry)


# Who is told of what


def make(url: str, *, words: str, events: Sequence[str], nonce: str) -> Webhook:
    """Write an address down; it is told of what happens from now on."""
    in_use = select(func.count(Webhook.id)).where(Webhook.ended_at.is_(None))
    if (session.scalar(in_use) or 0) >= MOST:
        no = N_("There can be %(most)d addresses in use. End one first.")
        raise Refusal(no, code="too_many", most=MOST)
    last = session.scalar(select(func.max(Seal.id))) or 0
    facts = {"words": words, "nonce": nonce, "after_seal_id": last, "made_at": clock.now()}
    made = Webhook(url=url, events=sorted(set(events) & set(EVENTS)), failures=0, **facts)
    session.add(made)
    session.flush()
    journal.write("webhook.made", "webhook", made.id, events=len(made.events))
    return made


def secret(row: Webhook, *, key: str) -> str:
    """Return what its messages are signed with; `key` is the installation's secret."""
    made = hmac.new(key.encode(), f"webhook:{row.nonce}".encode(), hashlib.sha256).digest()
    return "whsec_" + b64encode(made).decode()


def get(webhook_id: int) -> Webhook:
    """Return a partner's address."""
    return session.get_one(Webhook, webhook_id)


def lock(webhook_id: int) -> Webhook:
    """Return an address as it is now; others who would change it wait."""
    wanted = select(Webhook).where(Webhook.id == webhook_id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def every() -> Sequence[Webhook]:
    """Return every address, those in use first, the newest first."""
    order = (Webhook.ended_at.is_not(None), Webhook.id.desc())
    return session.scalars(select(Webhook).order_by(*order)).all()


def end(webhook_id: int, *, why: str | None = None) -> None:
    """Tell an address no more; what it was still to be told is given up."""
    row = lock(webhook_id)
    if row.ended_at is not None:
        return
    row.ended_at = clock.now()
    for one in _waiting(row.id, most=None):
        one.given_up_at = clock.now()
    journal.write("webhook.ended", "webhook", row.id, why=why)


def ask_test(webhook_id: int) -> None:
    """Let an address be told something at once that nothing happened for."""
    row = lock(webhook_id)
    if row.ended_at is not None:
        raise Refusal(N_("This address is told nothing any more. Make a new one."), code="ended")
    row.next_at, row.failures = None, 0
    session.add(Delivery(webhook_id=row.id, made_at=clock.now(), tries=0))
    journal.write("webhook.tested", "webhook", row.id)


def last_deliveries(webhook_id: int, *, most: int) -> Sequence[Delivery]:
    """Return what an address was told last, the newest first."""
    wanted = select(Delivery).where(Delivery.webhook_id == webhook_id).order_by(Delivery.id.desc())
    return session.scalars(wanted.limit(most).options(_WHOLE)).all()


def _waits() -> tuple[ColumnElement[bool], ...]:
    return Delivery.done_at.is_(None), Delivery.given_up_at.is_(None)


def _waiting(webhook_id: int, *, most: int | None) -> Sequence[Delivery]:
    wanted = select(Delivery).where(Delivery.webhook_id == webhook_id, *_waits())
    return session.scalars(wanted.order_by(Delivery.id).limit(most).options(_WHOLE)).all()


def waiting_counts() -> Mapping[int, int]:
    """Return how much each address is still to be told."""
    wanted = select(Delivery.webhook_id, func.count(Delivery.id)).where(*_waits())
    rows = session.execute(wanted.group_by(Delivery.webhook_id))
    return {webhook_id: number for webhook_id, number in rows}  # noqa: C416 - a row is no pair


# Telling


def promise_new() -> bool:
    """Write down what each address is to be told of newly sealed lines; tell whether all of it."""
    is_all = True
    for row in session.scalars(select(Webhook).where(Webhook.ended_at.is_(None))).all():
        is_all &= _promise_for(lock(row.id))
    return is_all


def _promise_for(row: Webhook) -> bool:
    wanted = select(Seal.id, Entry.id, Entry.verb).join(Seal.entry)
    later = wanted.where(Seal.id > row.after_seal_id).order_by(Seal.id).limit(AT_ONCE)
    found = session.execute(later).all()
    for seal_id, entry_id, verb in found:
        if verb in row.events and row.ended_at is None:
            facts = {"webhook_id": row.id, "entry_id": entry_id, "made_at": clock.now()}
            session.add(Delivery(tries=0, **facts))
        row.after_seal_id = seal_id
    return len(found) < AT_ONCE


def due() -> Sequence[int]:
    """Return the addresses that are to be told something now."""
    is_rested = or_(Webhook.next_at.is_(None), Webhook.next_at <= clock.now())
    has_some = select(Delivery.id).where(Delivery.webhook_id == Webhook.id, *_waits()).exists()
    wanted = select(Webhook.id).where(Webhook.ended_at.is_(None), is_rested, has_some)
    return session.scalars(wanted.order_by(Webhook.id)).all()


def next_of(webhook_id: int) -> Delivery | None:
    """Return what an address is to be told next, in their order; what is too old is given up."""
    for one in _waiting(webhook_id, most=AT_ONCE):
        if one.made_at >= clock.now() - GIVEN_UP:
            return one
        one.given_up_at = clock.now()
    return None


def note(delivery_id: int, *, answer: int | None, fault: str | None) -> bool:
    """Write down how it went, and tell whether it was taken: 2xx. 410 ends the address."""
    one = session.get_one(Delivery, delivery_id)
    row = lock(one.webhook_id)
    one.tries, one.tried_at, one.answer, one.fault = one.tries + 1, clock.now(), answer, fault
    if answer is not None and 200 <= answer < 300:  # noqa: PLR2004 - HTTP's own numbers
        one.done_at, row.failures, row.next_at = clock.now(), 0, None
        return True
    row.next_at = clock.now() + PAUSES[min(row.failures, len(PAUSES) - 1)]
    row.failures += 1
    if answer == 410:  # noqa: PLR2004 - HTTP's Gone
        session.flush()
        end(row.id, why="gone")
    return False


def forget_old() -> None:
    """Drop what was told long ago."""
    over = or_(Delivery.done_at.is_not(None), Delivery.given_up_at.is_not(None))
    before = Delivery.made_at < clock.now() - KEPT
    session.execute(delete(Delivery).where(over, before))
