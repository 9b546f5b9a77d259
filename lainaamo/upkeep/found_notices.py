"""Mail to the house itself: somebody has found a thing."""

from collections.abc import Mapping
from typing import Any

from lainaamo.config import Settings
from lainaamo.core import letters
from lainaamo.core.errors import N_
from lainaamo.core.letters import SIGNED, Letter
from lainaamo.core.outbox import Handler
from lainaamo.feedback import found
from lainaamo.goods import queries as goods
from lainaamo.goods.words import name_of, sized
from lainaamo.upkeep.post import Reached, Told, handler

FOUND = letters.add(
    Letter(
        number=19,
        kind=found.REPORTED,
        title=N_("To the desk: somebody found a thing"),
        blanks=("thing", "link"),
        subject=N_("Somebody found: %(thing)s"),
        mail=(N_("Where it is and how to reach the finder is here:"), "%(link)s", SIGNED),
        must=("link",),
        at_once=True,
    )
)


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done for each kind of message about found things."""
    return {found.REPORTED: handler(settings, FOUND, _reported)}


def _reported(settings: Settings, payload: dict[str, Any], _message_id: str) -> Told | None:
    """Tell the service's own address, unless it was handled meanwhile; no words of strangers."""
    if not found.open_of(payload["item"]):
        return None
    item = goods.get_item(payload["item"])
    link = settings.public_url.rstrip("/") + "/tiski/loydot"
    return Told(
        Reached.house(settings),
        lambda: {"thing": sized(name_of(item.kind), item.size), "link": link},
    )
