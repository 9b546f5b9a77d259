"""What a text message that comes back does: it renews or cancels what the last message named.

Nothing is renewed or cancelled here in a way of its own: it is the same as by link or at the desk.
Who wrote is told what became of it. Numbers that nobody has, and machines that answer to answers,
are told nothing.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from lainaamo.core import clock, journal, outbox
from lainaamo.core.db import hold_name, session
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import days, long_day, retold, speaking
from lainaamo.core.i18n import gettext as _
from lainaamo.core.secrets import fingerprint
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item
from lainaamo.goods.words import name_of, sized
from lainaamo.lending import actions, answer_words, queries, renewing, sendings
from lainaamo.lending.answer_words import CANCEL, CHOOSE, RENEW, UNCLEAR, Said
from lainaamo.lending.models import Answer, Loan, Reservation, Sending
from lainaamo.people import queries as people
from lainaamo.people.models import Person
from lainaamo.people.rules import read_contact

RENEWED, CANCELLED, WHICH, NOTHING, HELP = (
    f"answer.{word}" for word in ("renewed", "cancelled", "which", "nothing", "help")
)
KINDS = (RENEWED, CANCELLED, WHICH, NOTHING, HELP)
DAY = timedelta(days=1)
MOST_A_DAY = 20
HELPED_A_DAY = 1
MOST_CHOICES = 9


def take(*, sender: str, text: str, gateway_id: str, key: str) -> None:
    """Do what somebody answers, once for each number the gateway gave it."""
    mark = fingerprint(gateway_id)
    hold_name(f"answer:{mark}")
    if session.scalar(select(Answer.id).where(Answer.gateway_mark == mark)) is not None:
        return
    answer = Answer(gateway_mark=mark, meaning="ignored", came_at=clock.now())
    session.add(answer)
    person = _who(sender)
    if person is not None:
        actions.lock_people([person.id])  # what came today is counted under it
        said = answer_words.read(text)
        if _may(person, said):
            answer.person_id, answer.meaning = person.id, said.meaning
            with speaking(person.locale):
                _do(person, said, mark=mark, key=key)
    session.flush()
    journal.write("answer.came", "sms_answer", answer.id, meaning=answer.meaning)


def _who(sender: str) -> Person | None:
    try:
        contact = read_contact(sender)
    except Refusal:
        return None
    return people.find_by_contact(email=None, phone=contact.phone) if contact.phone else None


def _may(person: Person, said: Said) -> bool:
    """Tell whether somebody is answered again today: a machine would go on for ever."""
    if _count(person) >= MOST_A_DAY:
        return False
    return said.meaning != UNCLEAR or _count(person, UNCLEAR) < HELPED_A_DAY


def _count(person: Person, *meanings: str) -> int:
    today = (Answer.person_id == person.id, Answer.came_at > clock.now() - DAY)
    which = (Answer.meaning.in_(meanings),) if meanings else ()
    return session.scalar(select(func.count(Answer.id)).where(*today, *which)) or 0


def _do(person: Person, said: Said, *, mark: str, key: str) -> None:
    number = sendings.number_mark(person.phone or "", key=key)
    last = sendings.last_to_number(number, person_id=person.id)
    if said.meaning == RENEW:
        kind, facts = _renew(last)
    elif said.meaning in {CANCEL, CHOOSE}:
        kind, facts = _cancel(person, said, last)
    else:
        kind, facts = HELP, {}
    outbox.promise(kind, mark, at_once=True, person=person.id, **facts)


# Renewing


def _renew(last: Sending | None) -> tuple[str, dict[str, Any]]:
    """Renew all that the last message named, as it named it: twice is once."""
    named = sendings.named_by(last.id) if last else []
    told = {one.loan_id: one.due_on for one in named if one.loan_id is not None}
    if not told:
        return NOTHING, {}
    loans = session.scalars(select(Loan).where(Loan.id.in_(told)).order_by(Loan.id)).all()
    seen: dict[int, date | None] = {loan.id: told[loan.id] for loan in loans}
    results = renewing.renew_all(loans, seen=seen)
    items = goods.items_by_id(one.loan.item_id for one in results)
    lines = [_told(one, items[one.loan.item_id]) for one in results]
    return RENEWED, {"values": {"results": "\n".join(lines)}}


def _told(result: renewing.Result, item: Item) -> str:
    return f"{sized(name_of(item.kind), item.size)}: {_became(result)}"


def _became(result: renewing.Result) -> str:
    by = _("Return by %(day)s", day=long_day(result.loan.due_on)).removesuffix(".") + "."
    if result.refusal is None:
        return by
    reasons: Sequence[Refusal] = result.refusal.params.get("reasons", ())  # type: ignore[assignment]  # what renewing puts there
    if not reasons:
        return retold(result.refusal)
    return " ".join([*(retold(one) for one in reasons), by])


# Cancelling


def _cancel(person: Person, said: Said, last: Sending | None) -> tuple[str, dict[str, Any]]:
    """Cancel the one reservation that is meant; ask which one where there are several."""
    named = sendings.named_by(last.id) if last else []
    ids = [one.reservation_id for one in named if one.reservation_id is not None]
    asked = last is not None and last.kind == WHICH
    if said.meaning == CHOOSE and not asked:
        return HELP, {}
    if said.number is not None and len(ids) > 1:
        return _cancel_one(ids[said.number - 1]) if 0 < said.number <= len(ids) else _which(ids)
    if not ids:
        return _which(_open_of(person))
    still = [one for one in ids if _is_open(one)]
    if len(still) > 1 and len(ids) > 1:
        return _which(still)
    return _cancel_one((still or ids)[0])


def _open_of(person: Person) -> list[int]:
    coming = select(Reservation.id).where(Reservation.person_id == person.id)
    coming = coming.where(Reservation.last_day >= clock.today(), queries.waits_to_be_fetched())
    return list(session.scalars(coming.order_by(Reservation.first_day, Reservation.id)))


def _is_open(reservation_id: int) -> bool:
    made = queries.find_reservation(reservation_id)
    return made is not None and any(line.ended_at is None for line in made.lines)


def _which(ids: Sequence[int]) -> tuple[str, dict[str, Any]]:
    if not ids:
        return NOTHING, {}
    asked = list(ids)[:MOST_CHOICES]
    lines = [f"{number} {_named(one)}" for number, one in enumerate(asked, start=1)]
    return WHICH, {"values": {"choices": "\n".join(lines)}, "reservations": asked}


def _cancel_one(reservation_id: int) -> tuple[str, dict[str, Any]]:
    made = queries.find_reservation(reservation_id)
    if made is None:
        return NOTHING, {}
    named = _named(reservation_id)
    try:
        actions.cancel(made)
    except Refusal as refusal:
        return CANCELLED, {"values": {"results": f"{named}: {retold(refusal)}"}}
    done = _("Cancelled")
    return CANCELLED, {"values": {"results": f"{named}: {done}."}}


def _named(reservation_id: int) -> str:
    made = queries.get_reservation(reservation_id)
    things = ", ".join(sized(name_of(line.kind), line.size) for line in made.lines)
    return f"{things}, {days(made.first_day, made.last_day)}"
