"""The message to whose turn it is: what waits, until when, the code, the own page."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from lainaamo.config import Settings
from lainaamo.core import clock, outbox, quiet
from lainaamo.core.db import session, transaction
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import long_day, pick, speaking
from lainaamo.core.outbox import Handler
from lainaamo.lending import queries
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Reservation
from lainaamo.lending.turns import MESSAGE
from lainaamo.people.models import Person
from lainaamo.upkeep import mail, sms


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done when somebody's turn has come."""
    return {MESSAGE: partial(_tell, settings)}


def _tell(settings: Settings, payload: dict[str, Any], message_id: str) -> bool:
    """Tell that it can be fetched, unless it was fetched or is over by now; not at night."""
    made = queries.find_reservation(payload["reservation"])
    if made is None or all(line.ended_at is not None for line in made.lines):
        return False
    if quiet.is_quiet(clock.now()):  # the worker was away, or the mail did not go
        return _put_off(made.id)
    person = session.get(Person, made.person_id)
    if person is None or not (person.email or person.phone):
        return False
    with speaking(person.locale):
        link = settings.public_url.rstrip("/") + own_path(made, settings)
        subject, text = _subject(made), _text(settings, made, link)
    email, phone = person.email, person.phone
    session.rollback()  # nothing is held open while the network is waited for
    if email:
        mail.send(settings, to=email, subject=subject, text=text, message_id=message_id)
    elif phone:
        sms.send(settings, to=phone, text=f"{subject}\n{link}", message_id=message_id)
    return True


def _put_off(reservation_id: int) -> bool:
    session.rollback()
    morning = quiet.first_loud(clock.now())
    once = f"{reservation_id}:{clock.local(morning).date()}"
    with transaction():
        outbox.promise(MESSAGE, once, due_at=morning, reservation=reservation_id)
    return False


def _named(made: Reservation) -> str:
    line = made.lines[0]
    kind = line.kind
    name = pick(kind.name_simple, kind.name, kind.name_sv, kind.name_en)
    return f"{name} {line.size or ''}".rstrip()


def _subject(made: Reservation) -> str:
    until = long_day(made.pick_up_by or made.last_day)
    return _("It is your turn: %(thing)s. Pick up by %(day)s", thing=_named(made), day=until)


def _text(settings: Settings, made: Reservation, link: str) -> str:
    site, until = made.site, made.pick_up_by or made.last_day
    parts = [
        _("Hello %(name)s!", name=made.for_name),
        _("You waited for this. Now it is kept for you: %(thing)s.", thing=_named(made)),
        _("You can pick it up from %(day)s on.", day=long_day(made.first_day)),
        _("Pick it up by %(day)s. Then it goes to the next in line.", day=long_day(until)),
        _("Bring it back by %(day)s.", day=long_day(made.last_day)),
        _("Pick up: %(place)s", place=f"{site.name}, {site.address}"),
        _("Your pickup code: %(code)s", code=made.pick_up_code),
        _("Do you not need it any more? Cancel it here: %(link)s", link=link),
        f"{settings.service_name}, {settings.municipality}\n{settings.phone}",
    ]
    return "\n\n".join(parts) + "\n"
