"""The messages about what units book: to the buyer, and to the warehouse that gathers it."""

from collections.abc import Mapping
from typing import Any

from lainaamo.config import Settings
from lainaamo.core import letters
from lainaamo.core.errors import N_
from lainaamo.core.i18n import day
from lainaamo.core.i18n import gettext as _
from lainaamo.core.letters import SIGNED, Letter
from lainaamo.core.outbox import Handler
from lainaamo.goods.words import name_of
from lainaamo.procurement import queries
from lainaamo.procurement.lot_page import pieces, where
from lainaamo.procurement.models import Claim
from lainaamo.procurement.unit_page import url_of
from lainaamo.upkeep.post import Reached, Told, handler

BOOKED = letters.add(
    Letter(
        number=11,
        kind="claim.made",
        title=N_("Booking for a unit"),
        blanks=("name", "unit", "things", "wish", "link"),
        subject=N_("Booked for the unit %(unit)s"),
        mail=(
            N_("Hello %(name)s!"),
            N_("The warehouse keeps these for the unit %(unit)s:"),
            "%(things)s",
            "%(wish)s",
            N_("See and cancel bookings on the unit's page: %(link)s"),
            SIGNED,
        ),
        must=("link",),
        at_once=True,
    )
)


GATHER = letters.add(
    Letter(
        number=16,
        kind="claim.to_gather",
        title=N_("To the warehouse: to gather"),
        blanks=("unit", "things", "wish", "link"),
        subject=N_("To gather for the unit %(unit)s"),
        mail=("%(things)s", "%(wish)s", N_("All that waits: %(link)s"), SIGNED),
        must=("things",),
        at_once=True,
    )
)
SPARED = letters.add(
    Letter(
        number=17,
        kind="claim.cancelled",
        title=N_("To the warehouse: cancelled"),
        blanks=("unit", "things"),
        subject=N_("Cancelled: the unit %(unit)s"),
        mail=(N_("These need not be gathered any more:"), "%(things)s", SIGNED),
        must=("things",),
        at_once=True,
    )
)


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done for each kind of message about claims."""
    return {
        BOOKED.kind: handler(settings, BOOKED, _made),
        GATHER.kind: handler(settings, GATHER, _to_gather),
        SPARED.kind: handler(settings, SPARED, _cancelled),
    }


def _made(settings: Settings, payload: dict[str, Any], _message_id: str) -> Told | None:
    """Confirm a booking to who made it, unless it was cancelled meanwhile."""
    claim = queries.get_whole(payload["claim"])
    person = claim.person
    if claim.waiting == 0 or person is None or person.email is None or person.left_at is not None:
        return None
    first_name = person.first_name
    return Told(
        Reached(person.email, None, person.locale, person.id),
        lambda: {
            "name": first_name,
            "unit": claim.unit.name,
            "things": _line(claim, claim.waiting),
            "wish": "".join(_wish(claim)),
            "link": settings.public_url.rstrip("/") + url_of(claim.unit_id),
        },
    )


def _to_gather(settings: Settings, payload: dict[str, Any], _message_id: str) -> Told | None:
    """Tell the warehouse what to gather, unless it was cancelled meanwhile."""
    claim = queries.get_whole(payload["claim"])
    if claim.waiting == 0:
        return None
    return Told(
        Reached.house(settings),
        lambda: {
            "unit": claim.unit.name,
            "things": _line(claim, claim.waiting),
            "wish": "".join(_wish(claim)),
            "link": settings.public_url.rstrip("/") + "/kierto/varaukset",
        },
    )


def _cancelled(settings: Settings, payload: dict[str, Any], _message_id: str) -> Told | None:
    """Tell the warehouse what need not be gathered any more."""
    ending = queries.get_ending(payload["ending"])
    claim = queries.get_whole(ending.claim_id)
    return Told(
        Reached.house(settings),
        lambda: {"unit": claim.unit.name, "things": _line(claim, ending.quantity)},
    )


def _line(claim: Claim, number: int) -> str:
    name, place = name_of(claim.item.kind), where(claim.item)
    return f"- {pieces(number)}: {name} ({place})"


def _wish(claim: Claim) -> list[str]:
    if claim.wanted_on is None:
        return []
    return [_("Wished for %(day)s", day=day(claim.wanted_on))]
