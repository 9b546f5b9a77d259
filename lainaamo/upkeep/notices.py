"""What is done for each kind of message in the outbox, and the messages about reservations."""

from collections.abc import Mapping
from typing import Any

from lainaamo.config import Settings
from lainaamo.core import clock, letters
from lainaamo.core.db import session
from lainaamo.core.errors import N_
from lainaamo.core.i18n import day, days
from lainaamo.core.letters import SIGNED, Letter
from lainaamo.core.outbox import Handler
from lainaamo.core.secrets import installation_key
from lainaamo.goods.words import name_of, sized
from lainaamo.lending import queries
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Line, Reservation
from lainaamo.lending.sendings import About
from lainaamo.people.models import Invitation, Person
from lainaamo.people.staff import invitation_token
from lainaamo.upkeep import (
    answer_notices,
    claim_notices,
    closing_notices,
    code_notices,
    confirm_notices,
    donation_notices,
    erasures,
    found_notices,
    imports,
    reminder_notices,
    replies,
    return_notices,
    turn_notices,
)
from lainaamo.upkeep.post import Reached, Told, handler

RESERVED = ("name", "days", "things", "place", "code", "link", "first_day")
LINES = (
    N_("Hello %(name)s!"),
    N_("You have reserved for %(days)s:"),
    "%(things)s",
    N_("Pick up: %(place)s"),
    N_("Your pickup code: %(code)s"),
    N_("Your own page: %(link)s"),
    SIGNED,
)
MADE_SUBJECT = N_("Your reservation: pick up %(first_day)s")
CHANGED_SUBJECT = N_("Your reservation was changed: pick up %(first_day)s")
LOST_SUBJECT = N_("We are sorry: your reservation is in danger")
MADE = letters.add(
    Letter(
        number=1,
        kind="reservation.made",
        title=N_("Reservation made"),
        blanks=RESERVED,
        subject=MADE_SUBJECT,
        mail=LINES,
        sms=(MADE_SUBJECT, "%(link)s"),
        must=("link",),
        at_once=True,
    )
)
CHANGED = letters.add(
    Letter(
        number=2,
        kind="reservation.changed",
        title=N_("Reservation changed"),
        blanks=RESERVED,
        subject=CHANGED_SUBJECT,
        mail=LINES,
        sms=(CHANGED_SUBJECT, "%(link)s"),
        must=("link",),
        at_once=True,
    )
)
LOST = letters.add(
    Letter(
        number=3,
        kind="promise.lost",
        title=N_("A reserved thing is missing"),
        blanks=("name", "things", "days", "link"),
        subject=LOST_SUBJECT,
        mail=(
            N_("Hello %(name)s!"),
            N_("A thing that you reserved did not come back in time or has broken."),
            "%(things)s",
            N_("We look for another one. Call us, or choose other days on your own page."),
            N_("Your own page: %(link)s"),
            SIGNED,
        ),
        sms=(LOST_SUBJECT, "%(link)s"),
        must=("link",),
    )
)
INVITED = letters.add(
    Letter(
        number=4,
        kind="person.invited",
        title=N_("Invitation to staff"),
        blanks=("name", "link", "day"),
        subject=N_("Welcome to %(service)s"),
        mail=(
            N_("Hello %(name)s!"),
            N_("You can sign in to %(service)s. Choose a password here:"),
            "%(link)s",
            N_("The link works once, until %(day)s."),
            SIGNED,
        ),
        must=("link",),
        at_once=True,
    )
)


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done for each kind of message in the outbox."""
    return {
        MADE.kind: handler(settings, MADE, _made),
        CHANGED.kind: handler(settings, CHANGED, _made),
        LOST.kind: handler(settings, LOST, _lost),
        INVITED.kind: handler(settings, INVITED, _invited),
        **turn_notices.handlers(settings),
        **claim_notices.handlers(settings),
        **closing_notices.handlers(settings),
        **replies.handlers(settings),
        **donation_notices.handlers(settings),
        **found_notices.handlers(settings),
        **code_notices.handlers(settings),
        **erasures.handlers(settings),
        **return_notices.handlers(settings),
        **confirm_notices.handlers(settings),
        **reminder_notices.handlers(settings),
        **answer_notices.handlers(settings),
        **imports.handlers(),
    }


def _made(settings: Settings, payload: dict[str, Any], _message_id: str) -> Told | None:
    """Tell what is reserved, unless it was cancelled meanwhile."""
    return _about(settings, queries.get_reservation(payload["reservation"]))


def _lost(settings: Settings, payload: dict[str, Any], _message_id: str) -> Told | None:
    """Tell that a promised thing is late, broken or gone and no other is free."""
    made = queries.get_reservation(payload["reservation"])
    return _about(settings, made) if made.last_day >= clock.today() else None


def _about(settings: Settings, made: Reservation) -> Told | None:
    """Tell somebody of a reservation that is not over; who has no contact is called."""
    person = session.get(Person, made.person_id) if made.person_id else None
    to = Reached.person(person)
    if to is None or all(line.ended_at is not None for line in made.lines):
        return None
    return Told(to, lambda: _facts(settings, made), about=(About(reservation_id=made.id),))


def _facts(settings: Settings, made: Reservation) -> Mapping[str, str]:
    return {
        "name": made.for_name,
        "days": days(made.first_day, made.last_day),
        "first_day": day(made.first_day),
        "things": "\n".join(f"- {named(line)}" for line in made.lines),
        "place": f"{made.site.name}, {made.site.address}",
        "code": made.pick_up_code,
        "link": settings.public_url.rstrip("/") + own_path(made, settings),
    }


def named(line: Line) -> str:
    """Return what a line of a reservation is of."""
    return sized(name_of(line.kind), line.size)


def _invited(settings: Settings, payload: dict[str, Any], _message_id: str) -> Told | None:
    """Send the link that sets a password, unless it was used or taken back meanwhile."""
    row = session.get(Invitation, payload["invitation"])
    person = session.get(Person, row.person_id) if row else None
    if row is None or person is None or person.email is None or row.used_at is not None:
        return None
    token = invitation_token(installation_key(settings), row.nonce)
    ends_on = clock.local(row.ends_at).date()
    first_name = person.first_name
    return Told(
        Reached(person.email, None, person.locale, person.id),
        lambda: {
            "name": first_name,
            "link": f"{settings.public_url.rstrip('/')}/kutsu/{token}",
            "day": day(ends_on),
        },
    )
