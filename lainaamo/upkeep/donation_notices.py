"""The thanks to who gave something to the house."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from lainaamo.config import Settings
from lainaamo.core.db import session
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import ngettext, pick, speaking
from lainaamo.core.outbox import Handler
from lainaamo.goods.models import Item
from lainaamo.reception import arrivals
from lainaamo.reception.donors import THANKS
from lainaamo.reception.models import Donation
from lainaamo.upkeep import mail, sms


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done for each kind of message about donations."""
    return {THANKS: partial(_thank, settings)}


def _thank(settings: Settings, payload: dict[str, Any], message_id: str) -> bool:
    """Thank a donor, unless nothing was taken in or the contact is forgotten."""
    donation = session.get(Donation, payload["donation"])
    if donation is None or not (donation.email or donation.phone):
        return False
    items = arrivals.things_of_donation(donation.id)
    if not items:
        return False
    email, phone = donation.email, donation.phone
    with speaking(donation.locale):
        subject, text = _("Thank you for your donation"), _whole(settings, donation, items)
        short = _short(settings, sum(item.quantity for item in items))
    session.rollback()  # nothing is held open while the network is waited for
    if email:
        mail.send(settings, to=email, subject=subject, text=text, message_id=message_id)
    elif phone:
        sms.send(settings, to=phone, text=short, message_id=message_id)
    return True


def _whole(settings: Settings, donation: Donation, items: Any) -> str:
    name = donation.first_name
    hello = _("Hello %(name)s!", name=name) if name else _("Hello!")
    link = settings.public_url.rstrip("/") + "/lahjoita"
    lines = [
        hello,
        _("Thank you! We took these in:"),
        "\n".join(_line(item) for item in items),
        _("They go on to those who need them."),
        _("The terms you accepted: %(link)s", link=link),
        f"{settings.service_name}, {settings.municipality}\n{settings.phone}",
    ]
    return "\n\n".join(lines) + "\n"


def _short(settings: Settings, number: int) -> str:
    """Write the thanks as one text message."""
    thanks = ngettext(
        "Thank you for your donation! We took in %(num)d thing.",
        "Thank you for your donation! We took in %(num)d things.",
        number,
    )
    return f"{thanks} {settings.service_name}, {settings.phone}"


def _line(item: Item) -> str:
    kind = item.kind
    name = pick(kind.name_simple, kind.name, kind.name_sv, kind.name_en)
    return f"- {name}" if item.quantity == 1 else f"- {item.quantity} x {name}"
