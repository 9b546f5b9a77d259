"""The one message to who reserved without signing in: what, for which days, the code, the link."""

from collections.abc import Mapping, Sequence
from typing import Any

from lainaamo.config import Settings
from lainaamo.core import letters
from lainaamo.core.db import session
from lainaamo.core.errors import N_
from lainaamo.core.i18n import clock_time, days
from lainaamo.core.i18n import gettext as _
from lainaamo.core.letters import SIGNED, Letter
from lainaamo.core.outbox import Handler
from lainaamo.core.secrets import installation_key
from lainaamo.goods.words import name_of, sized
from lainaamo.lending import queries
from lainaamo.lending.models import Line, Reservation
from lainaamo.people.models import ContactProof
from lainaamo.people.residents import code_of, contact_of, is_open, token_of
from lainaamo.upkeep.post import Reached, Told, handler

SUBJECT = N_("%(code)s is your code: confirm the reservation")
ASKED = letters.add(
    Letter(
        number=6,
        kind="reservation.asked",
        title=N_("Confirm the reservation"),
        blanks=("name", "held", "held_short", "code", "link", "time"),
        subject=SUBJECT,
        mail=(
            N_("Hello %(name)s!"),
            "%(held)s",
            N_("Confirm the reservation with this code: %(code)s"),
            N_("Write it on the page where you reserved. The code works for 10 minutes."),
            N_("Or open this link in the same browser: %(link)s"),
            N_("We hold the things for you until %(time)s."),
            N_("Did you not reserve anything? Then you need not do anything."),
            SIGNED,
        ),
        sms=(SUBJECT, "%(held_short)s", "%(link)s"),
        must=("code", "link"),
        at_once=True,
    )
)


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done for what waits to be confirmed."""
    return {ASKED.kind: handler(settings, ASKED, _asked)}


def _asked(settings: Settings, payload: dict[str, Any], _message_id: str) -> Told | None:
    """Send the code, unless nothing waits for it any more."""
    proof = session.get(ContactProof, payload["proof"])
    if proof is None or not is_open(proof):
        return None
    waiting = queries.unconfirmed_of(contact_of(proof), browser_hash=proof.browser_hash)
    if not waiting:
        return None
    to = Reached(proof.email, proof.phone, proof.locale)
    return Told(to, lambda: _facts(settings, proof, waiting))


def _facts(
    settings: Settings, proof: ContactProof, waiting: Sequence[Reservation]
) -> Mapping[str, str]:
    key = installation_key(settings)
    until = max(one.held_until for one in waiting if one.held_until is not None)
    code = code_of(proof, key)
    return {
        "name": waiting[-1].for_name,
        "held": "\n\n".join(part for one in waiting for part in _reserved(one)),
        "held_short": "\n".join(_short(one) for one in waiting),
        "code": code if proof.phone else f"{code[:3]} {code[3:]}",
        "link": f"{settings.public_url.rstrip('/')}/vahvistus/{token_of(proof, key)}",
        "time": clock_time(until),
    }


def _short(one: Reservation) -> str:
    """Say in a text message what waits, with no more signs than that takes."""
    named = ", ".join(_named(line) for line in one.lines)
    return f"{named}, {days(one.first_day, one.last_day)}"


def _reserved(one: Reservation) -> list[str]:
    where = f"{one.site.name}, {one.site.address}"
    return [
        _("You have reserved for %(days)s:", days=days(one.first_day, one.last_day)),
        "\n".join(f"- {_named(line)}" for line in one.lines),
        _("Pick up: %(place)s", place=where),
    ]


def _named(line: Line) -> str:
    return sized(name_of(line.kind), line.size)
