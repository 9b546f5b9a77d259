"""The one message to who reserved without signing in: what, for which days, the code, the link."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from lainaamo.config import Settings
from lainaamo.core.db import session
from lainaamo.core.i18n import clock_time, days, pick, speaking
from lainaamo.core.i18n import gettext as _
from lainaamo.core.outbox import Handler
from lainaamo.core.secrets import installation_key
from lainaamo.lending import queries
from lainaamo.lending.models import Line, Reservation
from lainaamo.people.models import ContactProof
from lainaamo.people.residents import code_of, contact_of, is_open, token_of
from lainaamo.upkeep import mail, sms


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done for what waits to be confirmed."""
    return {"reservation.asked": partial(_asked, settings)}


def _asked(settings: Settings, payload: dict[str, Any], message_id: str) -> bool:
    """Send the code, unless nothing waits for it any more."""
    proof = session.get(ContactProof, payload["proof"])
    if proof is None or not is_open(proof):
        return False
    waiting = queries.unconfirmed_of(contact_of(proof), browser_hash=proof.browser_hash)
    if not waiting:
        return False
    key = installation_key(settings)
    code, token = code_of(proof, key), token_of(proof, key)
    with speaking(proof.locale):
        link = f"{settings.public_url.rstrip('/')}/vahvistus/{token}"
        subject = _("%(code)s is your code: confirm the reservation", code=code)
        text = "\n".join([subject, *_short(waiting), link])
        whole = _whole(settings, waiting, code, link)
    email, phone = proof.email, proof.phone
    session.rollback()  # nothing is held open while the network is waited for
    if phone:
        sms.send(settings, to=phone, text=text, message_id=message_id)
    elif email:
        mail.send(settings, to=email, subject=subject, text=whole, message_id=message_id)
    return True


def _short(waiting: Sequence[Reservation]) -> list[str]:
    """Say in a text message what waits, with no more signs than that takes."""
    return [
        f"{', '.join(_named(line) for line in one.lines)}, {days(one.first_day, one.last_day)}"
        for one in waiting
    ]


def _whole(settings: Settings, waiting: Sequence[Reservation], code: str, link: str) -> str:
    until = max(one.held_until for one in waiting if one.held_until is not None)
    held = [part for one in waiting for part in _reserved(one)]
    parts = [
        _("Hello %(name)s!", name=waiting[-1].for_name),
        *held,
        _("Confirm the reservation with this code: %(code)s", code=f"{code[:3]} {code[3:]}"),
        _("Write it on the page where you reserved. The code works for 10 minutes."),
        _("Or open this link in the same browser: %(link)s", link=link),
        _("We hold the things for you until %(time)s.", time=clock_time(until)),
        _("Did you not reserve anything? Then you need not do anything."),
        f"{settings.service_name}, {settings.municipality}\n{settings.phone}",
    ]
    return "\n\n".join(parts) + "\n"


def _reserved(one: Reservation) -> list[str]:
    where = f"{one.site.name}, {one.site.address}"
    return [
        _("You have reserved for %(days)s:", days=days(one.first_day, one.last_day)),
        "\n".join(f"- {_named(line)}" for line in one.lines),
        _("Pick up: %(place)s", place=where),
    ]


def _named(line: Line) -> str:
    kind = line.kind
    name = pick(kind.name_simple, kind.name, kind.name_sv, kind.name_en)
    return f"{name} {line.size or ''}".rstrip()
