"""Forgetting a person for good: names are cut, the goods keep their whole history.

What is open is ended first, or refuses it. Afterwards the person is an empty row that nobody can
come in by, and what was borrowed belongs to the one row that stands for all who were forgotten.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from markupsafe import escape
from sqlalchemy import ColumnElement, Select, Text, cast, delete, func, or_, select, update

from lainaamo.core import clock, journal, outbox
from lainaamo.core.db import hold_name, session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.once import Answered
from lainaamo.core.orm import Base
from lainaamo.core.outbox import Message
from lainaamo.feedback.models import Feedback, FoundReport
from lainaamo.goods.models import Item
from lainaamo.lending import actions as lending
from lainaamo.lending import displaced, waiting
from lainaamo.lending import queries as lending_queries
from lainaamo.lending.models import (
    Answer,
    BorrowerBlock,
    Bundle,
    CalendarFeed,
    GroupMember,
    Line,
    Loan,
    Permit,
    Reservation,
    Sending,
    Wait,
)
from lainaamo.people import queries as people
from lainaamo.people.models import (
    Actor,
    Badge,
    Child,
    ContactProof,
    Grant,
    Identity,
    Invitation,
    Password,
    Person,
    Pin,
    Serving,
    SignIn,
    Token,
)
from lainaamo.reception.models import Donation

ERASED = "person.erased"
KEPT = timedelta(days=365)
"""How long it is kept who borrowed what, after the thing came back or the days were over."""
AT_ONCE = 500
SHORTEST_NAME = 2

DROPPED: Sequence[type[Base]] = (
    *(Child, CalendarFeed, Wait, BorrowerBlock, ContactProof, SignIn, Token, Invitation),
    *(Sending, Answer, Permit, GroupMember, Serving),
    *(Identity, Password, Pin, Badge, Grant, Actor),
)
"""Rows that are a person's only, and go with the person."""

CUT: Sequence[type[Base]] = (Loan, Reservation)
"""Rows that stay for the goods' sake and name nobody any more."""

KEEPING = (Loan, Reservation, Wait, SignIn, BorrowerBlock, Token, Badge)
"""Tables that somebody who is in them is kept for."""

STAY_EMPTY = frozenset({"agreement", "code", "claim", "claim_ending"})
"""Tables that go on naming the empty row: a card stays dead, a booking is the unit's matter, and
who has a worker's agreement is forgotten at that one's own keep-time."""

WORKS_HERE = N_("This account is used for work, too. Ask the administrator to end the role first.")


def check_may_go(person_id: int) -> None:
    """Refuse to forget somebody who works here or has something of ours."""
    person = session.get_one(Person, person_id)
    if person.number is not None or set(people.roles_of(person_id)) - {"resident"}:
        raise Refusal(WORKS_HERE, code="works_here")
    count = count_out(person_id)
    if count:
        words = N_("%(count)d things are on loan. Bring them back first, then we can erase.")
        raise Refusal(words, code="open_loans", count=count)


def count_out(person_id: int) -> int:
    """Count what somebody has of ours now."""
    out = (Loan.person_id == person_id, Loan.returned_at.is_(None))
    return session.scalar(select(func.count()).select_from(Loan).where(*out)) or 0


def count_open(person_id: int) -> tuple[int, int]:
    """Count the reservations and the places in line that an erasure ends."""
    return len(_open_reservations(person_id)), len(lending_queries.waits_of(person_id))


def erase(person_id: int) -> None:
    """Forget somebody for good; refused while things are out or the account is a worker's.

    What is reserved or waited for is given up. All of it in one transaction, or nothing.
    """
    lending.lock_people([person_id])
    check_may_go(person_id)
    for reservation in _open_reservations(person_id):
        lending.cancel(reservation)
    for wait in lending_queries.waits_of(person_id):
        waiting.leave(wait.id, person_id=person_id)
    session.flush()
    forget(person_id)


def _open_reservations(person_id: int) -> list[Reservation]:
    found = session.scalars(lending_queries.whole().where(Reservation.person_id == person_id))
    return [one for one in found.all() if any(line.ended_at is None for line in one.lines)]


def forget(person_id: int, *, erased_at: datetime | None = None) -> None:
    """Cut everything that leads to somebody, whatever is open: for an erasure that was done once.

    A thing that is still out comes back as from nobody.
    """
    person = session.get_one(Person, person_id, with_for_update=True, populate_existing=True)
    _forget_words(person)
    _cut_history(person_id, _nobody())
    displaced.forget_of(person_id)
    for table in DROPPED:
        column = table.person_id  # type: ignore[attr-defined]  # all of them have it
        session.execute(delete(table).where(column == person_id))
    session.execute(update(Item).where(Item.donor_id == person_id).values(donor_id=None))
    person.first_name, person.email, person.phone, person.number = "", None, None, None
    person.locale = "fi"
    person.left_at = person.erased_at = erased_at or clock.now()
    session.flush()
    journal.write(ERASED, "person", person_id)
    made_at, gone_at = (_utc(one) for one in (person.made_at, person.erased_at))
    outbox.promise(ERASED, str(person_id), person=person_id, made_at=made_at, erased_at=gone_at)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _nobody() -> int:
    """Return the row that stands for all who were forgotten: the first of them that is empty."""
    hold_name("nobody")
    first = session.scalar(select(func.min(Person.id)).where(Person.erased_at.is_not(None)))
    if first is not None:
        return first
    now = clock.now()
    empty = Person(first_name="", made_at=now, left_at=now, erased_at=now)
    session.add(empty)
    session.flush()
    return empty.id


def _cut_history(person_id: int, nobody_id: int) -> None:
    """Let what was borrowed belong to nobody: without a name, without a link that opens it."""
    mine = select(Reservation.id).where(Reservation.person_id == person_id)
    session.execute(
        update(Bundle).where(Bundle.reservation_id.in_(mine)).values(for_name=None),
        execution_options={"synchronize_session": False},
    )
    for table in (Reservation, Loan):
        _cut(table, table.person_id == person_id, nobody_id)


def _cut(table: type[Reservation | Loan], which: ColumnElement[bool], nobody_id: int) -> int:
    nobody: dict[str, object] = {"person_id": nobody_id, "for_name": ""}
    if table is Reservation:
        closed = {"link_revoked_at": clock.now(), "email": None, "phone": None}
        nobody |= {**closed, "browser_hash": None}
    cut = update(table).where(which).values(**nobody)
    cut = cut.execution_options(synchronize_session=False).returning(table.id)
    return len(session.scalars(cut).all())


def _forget_words(person: Person) -> None:
    """Drop what was written with the person's contact, and messages that hold it."""
    contacts = [one for one in (person.email, person.phone) if one]
    now = clock.now()
    nothing = {"first_name": None, "email": None, "phone": None, "erased_at": now}
    session.execute(update(Donation).where(_has(Donation, contacts)).values(**nothing))
    nothing = {"spot": None, "email": None, "phone": None, "erased_at": now}
    session.execute(update(FoundReport).where(_has(FoundReport, contacts)).values(**nothing))
    _forget_feedback(person.email)
    session.execute(delete(ContactProof).where(_has(ContactProof, contacts)))
    _forget_messages(contacts)
    _forget_answers([*contacts, person.first_name])
    _forget_changes(person.id)


def _has(table: type[Base], contacts: Sequence[str]) -> ColumnElement[bool]:
    columns = (table.email, table.phone)  # type: ignore[attr-defined]  # the three that have both
    return or_(*(column.in_(contacts) for column in columns))


def _forget_feedback(email: str | None) -> None:
    """Drop the words of who wrote an address to answer to; the face stays for counting."""
    if email is None:
        return
    mine = func.lower(Feedback.reply_to) == email
    now = clock.now()
    handled_at = func.coalesce(Feedback.handled_at, now)
    nothing = {"text": None, "reply_to": None, "answer": None, "erased_at": now}
    session.execute(
        update(Feedback).where(mine).values(handled_at=handled_at, **nothing),
        execution_options={"synchronize_session": False},
    )


def _forget_messages(contacts: Iterable[str]) -> None:
    """Drop messages that hold a contact themselves; the others ask the rows, which know nobody."""
    for contact in contacts:
        held = cast(Message.payload, Text).contains(json.dumps(contact)[1:-1], autoescape=True)
        session.execute(delete(Message).where(held))


def _forget_answers(words: Iterable[str]) -> None:
    """Drop pages kept for a repeat of their request that name the person."""
    for word in words:
        if len(word) >= SHORTEST_NAME:
            named = Answered.body.contains(str(escape(word)), autoescape=True)
            session.execute(delete(Answered).where(named))


def _forget_changes(person_id: int) -> None:
    """Cut the name out of what administrators changed of the person; their room is beside ours."""
    change = Base.metadata.tables["change"]
    mine = (change.c.thing == "person", change.c.thing_id == person_id)
    nothing: dict[str, object] = {"before": {}, "after": {}, "erased_at": clock.now()}
    session.execute(update(change).where(*mine).values(**nothing))


# The keep-time


def forget_old_loans() -> int:
    """Forget who borrowed what is long over, so many at once; return how many were cut."""
    before = clock.now() - KEPT
    old = (Loan.person_id.is_not(None), Loan.for_name != "", Loan.returned_at < before)
    return _cut_some(Loan, select(Loan.id).where(*old))


def forget_old_reservations() -> int:
    """Forget who reserved for days that are long over, unless a thing of it is still out."""
    day = clock.local(clock.now() - KEPT).date()
    out = select(Line.reservation_id).join(Loan, Loan.line_id == Line.id)
    is_out = Reservation.id.in_(out.where(Loan.returned_at.is_(None)))
    old = (Reservation.person_id.is_not(None), Reservation.for_name != "")
    return _cut_some(
        Reservation, select(Reservation.id).where(*old, Reservation.last_day < day, ~is_out)
    )


def _cut_some(table: type[Reservation | Loan], old: Select[int]) -> int:
    ids = session.scalars(old.order_by(table.id).limit(AT_ONCE)).all()
    if not ids:
        return 0
    if table is Reservation:
        named = update(Bundle).where(Bundle.reservation_id.in_(ids))
        session.execute(named.values(for_name=None))
    _cut(table, table.id.in_(ids), _nobody())
    journal.write_many(f"{table.__tablename__}.erased", table.__tablename__, [(i, {}) for i in ids])
    return len(ids)


def idle_people() -> Sequence[int]:
    """Return whom nothing is kept for any more: no loan, no reservation, no session, no work."""
    before = clock.now() - KEPT
    is_here = (Person.erased_at.is_(None), Person.number.is_(None), Person.made_at < before)
    works = select(Grant.person_id).where(Grant.role != "resident", Grant.ended_at.is_(None))
    has = [select(table.person_id).where(table.person_id.is_not(None)) for table in KEEPING]
    wanted = select(Person.id).where(*is_here, Person.id.not_in(works))
    for one in has:
        wanted = wanted.where(Person.id.not_in(one))
    return session.scalars(wanted.order_by(Person.id).limit(AT_ONCE)).all()
