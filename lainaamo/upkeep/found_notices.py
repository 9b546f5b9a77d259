"""Mail to the house itself: somebody has found a thing."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from lainaamo.config import Settings
from lainaamo.core.db import session
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import speaking
from lainaamo.core.outbox import Handler
from lainaamo.feedback import found
from lainaamo.goods import queries as goods
from lainaamo.goods.words import name_of
from lainaamo.upkeep import mail


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done for each kind of message about found things."""
    return {found.REPORTED: partial(_reported, settings)}


def _reported(settings: Settings, payload: dict[str, Any], message_id: str) -> bool:
    """Tell the service's own address, unless it was handled meanwhile; no words of strangers."""
    if not found.open_of(payload["item"]):
        return False
    item = goods.get_item(payload["item"])
    base = settings.public_url.rstrip("/")
    with speaking("fi"):
        name = f"{name_of(item.kind)} {item.size or ''}".strip()
        subject = _("Somebody found: %(name)s", name=name)
        lines = [_("Where it is and how to reach the finder is here:"), f"{base}/tiski/loydot"]
    session.rollback()  # nothing is held open while the network is waited for
    whole = "\n".join(lines) + "\n"
    mail.send(settings, to=settings.email, subject=subject, text=whole, message_id=message_id)
    return True
