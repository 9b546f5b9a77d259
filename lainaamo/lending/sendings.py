"""What was sent about loans and reservations: by which way, and whether it arrived."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from lainaamo.core import clock, journal
from lainaamo.core.db import insert_new, session
from lainaamo.core.outbox import Message
from lainaamo.core.secrets import derive
from lainaamo.lending.models import Answer, Loan, Sending, SendingAbout

KEPT = timedelta(days=90)
FAILED_SHOWN = timedelta(days=30)
ANSWERED_WITHIN = timedelta(days=7)
ERASED_AT_ONCE = 500
MOST_FAILED = 100


class About(NamedTuple):
    """A loan, with the due day that was told, or a reservation that a message names."""

    loan_id: int | None = None
    reservation_id: int | None = None
    due_on: date | None = None

    @classmethod
    def loan(cls, loan: Loan) -> "About":
        """Name a loan as it is now."""
        return cls(loan_id=loan.id, due_on=loan.due_on)


def number_mark(phone: str, *, key: str) -> str:
    """Return what is kept of a phone number: the same for the same number, and not the number."""
    return derive(key, "number", phone)


def note(
    message_id: int,
    *,
    kind: str,
    way: str,
    person_id: int | None,
    mark: str | None,
    about: Iterable[About],
) -> None:
    """Write down that a message goes out now, and what it names; a second try is the same one."""
    now = {"kind": kind, "way": way, "number_mark": mark, "made_at": clock.now()}
    sending_id = insert_new(Sending, message_id=message_id, person_id=person_id, **now)
    if sending_id is None:
        found = session.scalars(select(Sending).where(Sending.message_id == message_id)).one()
        found.way, found.number_mark = way, mark
        session.execute(delete(SendingAbout).where(SendingAbout.sending_id == found.id))
        sending_id = found.id
    for one in about:
        session.add(SendingAbout(sending_id=sending_id, **one._asdict()))


def find_of_message(message_id: int) -> Sending | None:
    """Return what was sent as a message of the outbox."""
    return session.scalar(select(Sending).where(Sending.message_id == message_id))


def last_to_number(mark: str, *, person_id: int) -> Sending | None:
    """Return the last text message that named something, to this number and this person."""
    named = select(SendingAbout.id).where(SendingAbout.sending_id == Sending.id).exists()
    recent = Sending.made_at > clock.now() - ANSWERED_WITHIN
    wanted = select(Sending).where(Sending.number_mark == mark, Sending.person_id == person_id)
    return session.scalar(wanted.where(named, recent).order_by(Sending.id.desc()).limit(1))


def named_by(sending_id: int) -> Sequence[SendingAbout]:
    """Return what a message named, in its order."""
    wanted = select(SendingAbout).where(SendingAbout.sending_id == sending_id)
    return session.scalars(wanted.order_by(SendingAbout.id)).all()


def of_reservation(reservation_id: int, loan_ids: Iterable[int] = ()) -> Sequence[Sending]:
    """Return what was sent about a reservation and these loans, the newest first."""
    about = or_(
        SendingAbout.reservation_id == reservation_id, SendingAbout.loan_id.in_(set(loan_ids))
    )
    return _told(select(SendingAbout.sending_id).where(about))


def of_loan(loan_id: int) -> Sequence[Sending]:
    """Return what was sent about a loan, the newest first."""
    return _told(select(SendingAbout.sending_id).where(SendingAbout.loan_id == loan_id))


def _told(ids: Select[int]) -> Sequence[Sending]:
    wanted = select(Sending).where(Sending.id.in_(ids)).options(joinedload(Sending.message))
    return session.scalars(wanted.order_by(Sending.id.desc()).limit(MOST_FAILED)).all()


def failed() -> Sequence[Sending]:
    """Return what did not reach somebody lately, until a worker has seen to it."""
    given_up = or_(Message.dead_at.is_not(None), Sending.undelivered_at.is_not(None))
    recent = Sending.made_at > clock.now() - FAILED_SHOWN
    wanted = select(Sending).join(Sending.message).outerjoin(Sending.person)
    wanted = wanted.where(given_up, recent, Sending.settled_at.is_(None))
    wanted = wanted.options(contains_eager(Sending.message), contains_eager(Sending.person))
    return session.scalars(wanted.order_by(Sending.id.desc()).limit(MOST_FAILED)).all()


def get(sending_id: int) -> Sending:
    """Return what was sent."""
    return session.get_one(Sending, sending_id)


def settle(sending_id: int) -> None:
    """Say that a worker has seen to a message that did not arrive."""
    sending = session.get_one(Sending, sending_id, with_for_update=True)
    if sending.settled_at is None:
        sending.settled_at = clock.now()
        journal.write("message.closed", "sending", sending.id)


def report(message_id: int, *, arrived: bool) -> bool:
    """Write down what the network says of a text message; tell whether it is one of ours."""
    wanted = select(Sending).where(Sending.message_id == message_id, Sending.way == "sms")
    sending = session.scalar(wanted.with_for_update())
    if sending is None:
        return False
    if arrived and sending.delivered_at is None:
        sending.delivered_at, sending.undelivered_at = clock.now(), None
        journal.write("message.delivered", "sending", sending.id)
    elif not arrived and sending.delivered_at is None and sending.undelivered_at is None:
        sending.undelivered_at = clock.now()
        journal.write("message.not_delivered", "sending", sending.id)
    return True


def forget_old() -> int:
    """Drop so many of what is older than its keep-time; return how many were dropped."""
    before = clock.now() - KEPT
    old = select(Sending.id).where(Sending.made_at < before).limit(ERASED_AT_ONCE)
    ids = session.scalars(old).all()
    session.execute(delete(SendingAbout).where(SendingAbout.sending_id.in_(ids)))
    session.execute(delete(Sending).where(Sending.id.in_(ids)))
    session.execute(delete(Answer).where(Answer.came_at < before))
    return len(ids)
