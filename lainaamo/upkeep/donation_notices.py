"""The thanks to who gave something to the house."""

from collections.abc import Mapping, Sequence
from typing import Any

from lainaamo.config import Settings
from lainaamo.core import letters
from lainaamo.core.db import session
from lainaamo.core.errors import N_
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import ngettext
from lainaamo.core.letters import SIGNED, Letter
from lainaamo.core.outbox import Handler
from lainaamo.goods.models import Item
from lainaamo.goods.words import name_of
from lainaamo.reception import arrivals
from lainaamo.reception.donors import THANKS
from lainaamo.reception.models import Donation
from lainaamo.upkeep.post import Reached, Told, handler

THANKED = letters.add(
    Letter(
        number=9,
        kind=THANKS,
        title=N_("Thanks for a donation"),
        blanks=("greeting", "things", "taken", "link"),
        subject=N_("Thank you for your donation"),
        mail=(
            "%(greeting)s",
            N_("Thank you! We took these in:"),
            "%(things)s",
            N_("They go on to those who need them."),
            N_("The terms you accepted: %(link)s"),
            SIGNED,
        ),
        sms=(N_("Thank you for your donation! %(taken)s"), "%(service)s, %(phone)s"),
    )
)


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done for each kind of message about donations."""
    return {THANKS: handler(settings, THANKED, _thank)}


def _thank(settings: Settings, payload: dict[str, Any], _message_id: str) -> Told | None:
    """Thank a donor, unless nothing was taken in or the contact is forgotten."""
    donation = session.get(Donation, payload["donation"])
    if donation is None or not (donation.email or donation.phone):
        return None
    items = arrivals.things_of_donation(donation.id)
    if not items:
        return None
    to = Reached(donation.email, donation.phone, donation.locale)
    return Told(to, lambda: _facts(settings, donation.first_name, items))


def _facts(settings: Settings, name: str | None, items: Sequence[Item]) -> Mapping[str, str]:
    number = sum(item.quantity for item in items)
    return {
        "greeting": _("Hello %(name)s!", name=name) if name else _("Hello!"),
        "things": "\n".join(_line(item) for item in items),
        "taken": ngettext("We took in %(num)d thing.", "We took in %(num)d things.", number),
        "link": settings.public_url.rstrip("/") + "/lahjoita",
    }


def _line(item: Item) -> str:
    name = name_of(item.kind)
    return f"- {name}" if item.quantity == 1 else f"- {item.quantity} x {name}"
