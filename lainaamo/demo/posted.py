"""What the demo's people were sent: messages that arrived, and one that did not."""

from datetime import timedelta

from sqlalchemy import select

from lainaamo.administration import actions
from lainaamo.administration.letters import LETTER, Wording
from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.letters import KNOWN
from lainaamo.core.outbox import Message
from lainaamo.core.secrets import new_token
from lainaamo.lending import sendings
from lainaamo.lending.models import Line, Reservation, Sending
from lainaamo.lending.sendings import About
from lainaamo.people.models import Person

MADE = "reservation.made"
SHOWN = 12


def send() -> None:
    """Say of the newest reservations that their messages went; one did not reach its phone."""
    open_now = select(Line.reservation_id).where(Line.ended_at.is_(None))
    wanted = select(Reservation, Person).join(Person, Person.id == Reservation.person_id)
    wanted = wanted.where(Reservation.id.in_(open_now)).order_by(Reservation.id.desc())
    found = session.execute(wanted.limit(SHOWN)).all()
    for made, person in found:
        _note(made.id, person)
    by_sms = select(Sending).where(Sending.way == "sms").order_by(Sending.id).limit(1)
    lost = session.scalar(by_sms)
    if lost is not None:
        lost.undelivered_at = clock.now()


def _note(reservation_id: int, person: Person) -> None:
    dedup = f"{MADE}:{reservation_id}"
    message_id = session.scalar(select(Message.id).where(Message.dedup == dedup))
    if message_id is None:
        return
    mark = None if person.email else sendings.number_mark(person.phone or "", key=new_token())
    sendings.note(
        message_id,
        kind=MADE,
        way="mail" if person.email else "sms",
        person_id=person.id,
        mark=mark,
        about=[About(reservation_id=reservation_id)],
    )


def word(who: str) -> None:
    """Let the administrator have worded one message anew."""
    letter = next(one for one in KNOWN.values() if one.kind == "loan.due_today")
    text_id = Wording(letter, "fi").number
    with journal.acting(who), clock.at(clock.now() - timedelta(3)):
        actions.edit(LETTER, text_id, {"subject": "Muista palauttaa tänään: {luettelo}"})
