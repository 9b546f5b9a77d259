"""The verbs of buyers: claim pieces of a lot, cancel, hand over.

Each locks the lot's kind first and the claim after it, so that two never wait for each other.
"""

from datetime import date

from lainaamo.core import clock, journal, outbox
from lainaamo.core.db import session
from lainaamo.core.errors import CONSTRAINTS, N_, Refusal
from lainaamo.goods import actions as goods
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.models import Item
from lainaamo.procurement import queries, rules
from lainaamo.procurement.models import Claim, ClaimEnding

OVER = Refusal(N_("Somebody changed this booking just now. Look again."), code="changed")
CONSTRAINTS["ck_claim_waiting_within_quantity"] = OVER


def claim(
    item_id: int,
    *,
    unit_id: int,
    number: int,
    person_id: int | None = None,
    wanted_on: date | None = None,
) -> Claim:
    """Book pieces of a lot for a unit; refused with how many are left when they are too few."""
    item = goods.lock_item(item_id)
    rules.check_offered(
        pool=item.kind.pool,
        left_as=item.left_as,
        condition=item.condition,
        in_repair=goods_queries.find_open_repair(item.id) is not None,
    )
    rules.check_day(wanted_on, today=clock.today(), available_from=item.available_from)
    if not goods.set_aside(item, number):
        raise rules.too_many(item.unclaimed)
    made = Claim(
        item_id=item.id,
        unit_id=unit_id,
        person_id=person_id,
        quantity=number,
        waiting=number,
        wanted_on=wanted_on,
        claimed_at=clock.now(),
    )
    session.add(made)
    session.flush()
    _tell("claim.made", item, made, number)
    outbox.promise("claim.made", str(made.id), claim=made.id)
    outbox.promise("claim.to_gather", str(made.id), claim=made.id)
    return made


def cancel(claim_id: int, number: int, *, person_id: int | None = None) -> ClaimEnding:
    """Give back pieces that were booked and not taken yet; others can book them at once."""
    item, found = _locked(claim_id)
    ending = _end(found, number, "cancelled", person_id=person_id)
    goods.put_back(item, number)
    _tell("claim.cancelled", item, found, number)
    outbox.promise("claim.cancelled", str(ending.id), ending=ending.id)
    return ending


def hand_over(claim_id: int, number: int, *, person_id: int | None = None) -> ClaimEnding:
    """Let a unit take what it booked, or some of it; with the last piece the lot has left."""
    item, found = _locked(claim_id)
    price = item.price_new_cents or item.kind.price_new_cents
    ending = _end(found, number, "taken", person_id=person_id, price_new_cents=price)
    goods.transfer(item, number, unit_id=found.unit_id, claim_id=found.id)
    return ending


def _locked(claim_id: int) -> tuple[Item, Claim]:
    item = goods.lock_item(queries.get_claim(claim_id).item_id)
    return item, queries.lock_claim(claim_id)


def _end(
    found: Claim,
    number: int,
    how: str,
    *,
    person_id: int | None,
    price_new_cents: int | None = None,
) -> ClaimEnding:
    rules.check_waiting(number, waiting=found.waiting)
    found.waiting -= number
    ending = ClaimEnding(
        claim_id=found.id,
        person_id=person_id,
        quantity=number,
        ended_as=how,
        price_new_cents=price_new_cents,
        ended_at=clock.now(),
    )
    session.add(ending)
    session.flush()
    return ending


def _tell(verb: str, item: Item, about: Claim, number: int) -> None:
    facts = {"claim": about.id, "quantity": number, "unit": about.unit_id}
    journal.write(verb, "item", item.id, **facts)
