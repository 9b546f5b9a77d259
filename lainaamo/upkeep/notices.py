"""The messages people get, written when they are sent, in their own language."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from lainaamo.config import Settings
from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.i18n import day, days, pick, speaking
from lainaamo.core.i18n import gettext as _
from lainaamo.core.outbox import Handler
from lainaamo.core.secrets import installation_key
from lainaamo.lending import queries
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Line, Reservation
from lainaamo.people.models import Invitation, Person
from lainaamo.people.staff import invitation_token
from lainaamo.upkeep import (
    claim_notices,
    code_notices,
    confirm_notices,
    donation_notices,
    found_notices,
    imports,
    mail,
    replies,
    sms,
    turn_notices,
)


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done for each kind of message in the outbox."""
    return {
        "reservation.made": partial(_made, settings),
        "reservation.changed": partial(_changed, settings),
        "promise.lost": partial(_lost, settings),
        **turn_notices.handlers(settings),
        **claim_notices.handlers(settings),
        **replies.handlers(settings),
        **donation_notices.handlers(settings),
        **found_notices.handlers(settings),
        "person.invited": partial(_invited, settings),
        **code_notices.handlers(settings),
        **confirm_notices.handlers(settings),
        **imports.handlers(),
    }


def _made(settings: Settings, payload: dict[str, Any], message_id: str) -> bool:
    """Confirm a reservation, unless it was cancelled meanwhile."""
    reservation = queries.get_reservation(payload["reservation"])
    if all(line.ended_at is not None for line in reservation.lines):
        return False
    return _tell(settings, reservation, message_id, subject=_subject_made, lines=_lines_made)


def _changed(settings: Settings, payload: dict[str, Any], message_id: str) -> bool:
    """Tell the new days of a reservation, unless it is over."""
    reservation = queries.get_reservation(payload["reservation"])
    if all(line.ended_at is not None for line in reservation.lines):
        return False
    return _tell(settings, reservation, message_id, subject=_subject_changed, lines=_lines_made)


def _subject_changed(reservation: Reservation) -> str:
    return _("Your reservation was changed: pick up %(day)s", day=day(reservation.first_day))


def _lost(settings: Settings, payload: dict[str, Any], message_id: str) -> bool:
    """Tell that a promised thing is late, broken or gone and no other is free."""
    reservation = queries.get_reservation(payload["reservation"])
    over = reservation.last_day < clock.today()
    if over or all(line.ended_at is not None for line in reservation.lines):
        return False
    return _tell(settings, reservation, message_id, subject=_subject_lost, lines=_lines_lost)


def _invited(settings: Settings, payload: dict[str, Any], message_id: str) -> bool:
    """Send the link that sets a password, unless it was used or taken back meanwhile."""
    row = session.get(Invitation, payload["invitation"])
    person = session.get(Person, row.person_id) if row else None
    if row is None or person is None or person.email is None or row.used_at is not None:
        return False
    token = invitation_token(installation_key(settings), row.nonce)
    link, service = f"{settings.public_url.rstrip('/')}/kutsu/{token}", settings.service_name
    with speaking(person.locale):
        subject = _("Welcome to %(service)s", service=service)
        until = day(clock.local(row.ends_at).date())
        text = "\n\n".join(
            [
                _("Hello %(name)s!", name=person.first_name),
                _(
                    "You can sign in to %(service)s. Choose a password here:",
                    service=settings.service_name,
                ),
                link,
                _("The link works once, until %(day)s.", day=until),
                f"{settings.service_name}, {settings.municipality}\n{settings.phone}\n",
            ]
        )
    to = person.email
    session.rollback()  # nothing is held open while the network is waited for
    mail.send(settings, to=to, subject=subject, text=text, message_id=message_id)
    return True


def _tell(
    settings: Settings, reservation: Reservation, message_id: str, *, subject: Any, lines: Any
) -> bool:
    """Send to the borrower's e-mail, else in short to the phone; who has neither is called."""
    person = session.get(Person, reservation.person_id) if reservation.person_id else None
    if person is None or not (person.email or person.phone):
        return False
    with speaking(person.locale):
        link = settings.public_url.rstrip("/") + own_path(reservation, settings)
        text = "\n\n".join([*lines(reservation), _("Your own page: %(link)s", link=link)])
        foot = f"{settings.service_name}, {settings.municipality}\n{settings.phone}"
        whole = f"{text}\n\n{foot}\n"
        words = subject(reservation)
    email, phone = person.email, person.phone
    session.rollback()  # nothing is held open while the network is waited for
    if email:
        mail.send(settings, to=email, subject=words, text=whole, message_id=message_id)
    elif phone:
        sms.send(settings, to=phone, text=f"{words}\n{link}", message_id=message_id)
    return True


def _named(line: Line) -> str:
    kind = line.kind
    name = pick(kind.name_simple, kind.name, kind.name_sv, kind.name_en)
    return f"- {name} {line.size or ''}".rstrip()


def _subject_made(reservation: Reservation) -> str:
    return _("Your reservation: pick up %(day)s", day=day(reservation.first_day))


def _lines_made(reservation: Reservation) -> list[str]:
    when = days(reservation.first_day, reservation.last_day)
    site = reservation.site
    return [
        _("Hello %(name)s!", name=reservation.for_name),
        _("You have reserved for %(days)s:", days=when),
        "\n".join(_named(line) for line in reservation.lines),
        _("Pick up: %(place)s", place=f"{site.name}, {site.address}"),
        _("Your pickup code: %(code)s", code=reservation.pick_up_code),
    ]


def _subject_lost(_reservation: Reservation) -> str:
    return _("We are sorry: your reservation is in danger")


def _lines_lost(reservation: Reservation) -> list[str]:
    return [
        _("Hello %(name)s!", name=reservation.for_name),
        _("A thing that you reserved did not come back in time or has broken."),
        "\n".join(_named(line) for line in reservation.lines),
        _("We look for another one. Call us, or choose other days on your own page."),
    ]
