"""Booking goods for reuse for a unit."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from lainaamo.api import queries, who
from lainaamo.api.offering import offers
from lainaamo.api.shapes import About, Unfit
from lainaamo.core.errors import N_
from lainaamo.core.i18n import gettext as _
from lainaamo.people.access import Right
from lainaamo.procurement import actions

MOST = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClaim:
    """Which lot, how many pieces of it, and for whom."""

    item: Annotated[int | str, About("The lot's id, or the code on it")]
    quantity: Annotated[int, About("How many pieces", least=1, most=MOST)]
    unit: Annotated[
        int | str | None,
        About(
            "The unit's id or key, or the code of the card of somebody who buys for it alone; "
            "may be left out where there is only one",
            example="K7M4P",
        ),
    ] = None
    wanted_on: Annotated[date | None, About("The day for which it is wished")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Pieces of a lot that a unit has booked."""

    id: int
    item: int
    unit: int
    quantity: int
    waiting: Annotated[int, About("How many are still to be taken", least=0)]
    wanted_on: date | None
    claimed_at: datetime


@offers("POST", "/claims", right=Right.CLAIM, status=201, summary=N_("Book goods for a unit"))
def claim(body: NewClaim) -> Claim:
    """For a unit of one's own. Refused with how many are `left` where they are too few."""
    made = actions.claim(
        _item_id(body.item),
        unit_id=_unit_id(body.unit),
        number=body.quantity,
        person_id=who.me().person_id,
        wanted_on=body.wanted_on,
    )
    return Claim(
        id=made.id,
        item=made.item_id,
        unit=made.unit_id,
        quantity=made.quantity,
        waiting=made.waiting,
        wanted_on=made.wanted_on,
        claimed_at=made.claimed_at,
    )


def _item_id(named: int | str) -> int:
    found = queries.find_item_id(named)
    if found is None:
        raise Unfit({"item": _("There is no such thing.")})
    return found


def _unit_id(named: int | str | None) -> int:
    """Return a unit that the token may book for."""
    mine = who.units()
    if named is None and len(mine) == 1:
        return mine[0].id
    if named is None:
        raise Unfit({"unit": _("Choose the unit.")})
    meant = {str(named), *who.units_of_card(named)}
    found = [unit.id for unit in mine if meant & {str(unit.id), unit.key}]
    if len(found) != 1:
        raise Unfit({"unit": _("This is no unit of yours.")})
    return found[0]
