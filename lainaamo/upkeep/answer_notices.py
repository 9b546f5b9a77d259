"""What is answered to a text message that came back: what became of it, or how to say it."""

from collections.abc import Mapping
from typing import Any

from lainaamo.config import Settings
from lainaamo.core import letters
from lainaamo.core.db import session
from lainaamo.core.errors import N_
from lainaamo.core.letters import SIGNED, Letter
from lainaamo.core.outbox import Handler
from lainaamo.lending import answers
from lainaamo.lending.sendings import About
from lainaamo.people.models import Person
from lainaamo.upkeep.post import Reached, Told, handler

SUBJECT = N_("Answer to your message")


def _letter(number: int, kind: str, title: str, *sms: str, blanks: tuple[str, ...] = ()) -> Letter:
    """Add an answer: it goes as a text message, and its mail says the same."""
    return letters.add(
        Letter(
            number=number,
            kind=kind,
            title=title,
            blanks=(*blanks, "link"),
            subject=SUBJECT,
            mail=(*sms, SIGNED),
            sms=sms,
            must=blanks,
            at_once=True,
        )
    )


SAID = (
    _letter(30, answers.RENEWED, N_("Answer: renewed"), "%(results)s", blanks=("results",)),
    _letter(31, answers.CANCELLED, N_("Answer: cancelled"), "%(results)s", blanks=("results",)),
    _letter(
        32,
        answers.WHICH,
        N_("Answer: which one?"),
        N_("Which one do you cancel? Answer with its number."),
        "%(choices)s",
        blanks=("choices",),
    ),
    _letter(
        33,
        answers.NOTHING,
        N_("Answer: nothing found"),
        N_("We found nothing that this is about. See your loans: %(link)s Or call %(phone)s"),
    ),
    _letter(
        34,
        answers.HELP,
        N_("Answer: not understood"),
        N_("Answer RENEW to keep your loans longer, or CANCEL to cancel a reservation."),
        N_("Or call us: %(phone)s"),
    ),
)


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done for each kind of answer."""
    return {letter.kind: handler(settings, letter, _answered) for letter in SAID}


def _answered(settings: Settings, payload: dict[str, Any], _message_id: str) -> Told | None:
    """Answer by text message, whatever somebody prefers otherwise."""
    person = session.get(Person, payload.get("person"))
    if person is None or person.phone is None or person.left_at is not None:
        return None
    values: Mapping[str, str] = payload.get("values", {})
    link = settings.public_url.rstrip("/") + "/omat"
    return Told(
        Reached(None, person.phone, person.locale, person.id),
        lambda: {**values, "link": link},
        about=tuple(About(reservation_id=one) for one in payload.get("reservations", ())),
    )
