"""What screens and actions ask about claims."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from lainaamo.core.db import session
from lainaamo.goods.models import Item, Kind
from lainaamo.people import queries as people
from lainaamo.people.models import Unit
from lainaamo.procurement.models import Claim, ClaimEnding

PAGE = 50
MOST_OPEN = 500


def units_for(person_id: int, *, everywhere: bool) -> Sequence[Unit]:
    """Return the units somebody may book for: one's own, or with that right every one."""
    wanted = select(Unit).where(Unit.closed_at.is_(None)).order_by(Unit.name, Unit.id)
    if not everywhere:
        wanted = wanted.where(Unit.id.in_(people.units_of(person_id)))
    return session.scalars(wanted).all()


def get_claim(claim_id: int, *, within: Collection[int] | None = None) -> Claim:
    """Return a claim with its unit; `within` are the only units it may be of."""
    wanted = select(Claim).where(Claim.id == claim_id).options(joinedload(Claim.unit))
    return session.scalars(_within(wanted, within)).one()


def get_whole(claim_id: int) -> Claim:
    """Return a claim with all that a message tells of it."""
    return session.scalars(whole().where(Claim.id == claim_id)).one()


def get_ending(ending_id: int) -> ClaimEnding:
    """Return how some pieces of a claim ended."""
    return session.get_one(ClaimEnding, ending_id)


def lock_claim(claim_id: int) -> Claim:
    """Return a claim as it is now; others who would change it wait."""
    wanted = select(Claim).where(Claim.id == claim_id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def open_claims_of(unit_id: int) -> Sequence[Claim]:
    """Return what waits for a unit, the newest first."""
    wanted = whole().where(Claim.unit_id == unit_id, Claim.waiting > 0)
    return session.scalars(wanted.order_by(Claim.id.desc()).limit(MOST_OPEN)).all()


def endings_of(unit_id: int, *, before_id: int | None = None) -> Sequence[ClaimEnding]:
    """Return a page of how a unit's claims ended, the newest first, and one more if there are."""
    wanted = select(ClaimEnding).join(ClaimEnding.claim).where(Claim.unit_id == unit_id)
    whole = contains_eager(ClaimEnding.claim).joinedload(Claim.item).joinedload(Item.kind)
    wanted = wanted.options(whole)
    if before_id is not None:
        wanted = wanted.where(ClaimEnding.id < before_id)
    return session.scalars(wanted.order_by(ClaimEnding.id.desc()).limit(PAGE + 1)).all()


def open_claims(*, after_id: int = 0, limit: int = PAGE + 1) -> Sequence[Claim]:
    """Return a page of what all units have booked, the oldest first, and one more if there are."""
    wanted = whole().where(Claim.waiting > 0, Claim.id > after_id)
    return session.scalars(wanted.order_by(Claim.id).limit(limit)).all()


def open_claims_of_item(item_id: int) -> Sequence[Claim]:
    """Return the open claims on a lot with their units, the oldest first."""
    wanted = select(Claim).where(Claim.item_id == item_id, Claim.waiting > 0)
    return session.scalars(wanted.options(joinedload(Claim.unit)).order_by(Claim.id)).all()


def count_open() -> int:
    """Return how many claims are open."""
    return session.scalar(select(func.count()).where(Claim.waiting > 0)) or 0


def open_by_unit(unit_ids: Iterable[int]) -> Mapping[int, int]:
    """Return how many pieces wait for each of these units."""
    wanted = select(Claim.unit_id, func.sum(Claim.waiting)).where(Claim.waiting > 0)
    rows = session.execute(wanted.where(Claim.unit_id.in_(list(unit_ids))).group_by(Claim.unit_id))
    return {unit_id: int(number) for unit_id, number in rows}


def taken_by(unit_ids: Collection[int]) -> Sequence[tuple[int, int | None]]:
    """Return (pieces, price as new in cents) of all that units took, alike prices in one."""
    price = ClaimEnding.price_new_cents
    wanted = select(func.sum(ClaimEnding.quantity), price).join(ClaimEnding.claim)
    wanted = wanted.where(Claim.unit_id.in_(unit_ids), ClaimEnding.ended_as == "taken")
    return [(int(number), cents) for number, cents in session.execute(wanted.group_by(price))]


def _within(wanted: Select[Claim], unit_ids: Collection[int] | None) -> Select[Claim]:
    return wanted if unit_ids is None else wanted.where(Claim.unit_id.in_(unit_ids))


def whole() -> Select[Claim]:
    """Return the question for claims with all that is told of them."""
    item = joinedload(Claim.item)
    return select(Claim).options(
        joinedload(Claim.unit),
        joinedload(Claim.person),
        item.joinedload(Item.kind).joinedload(Kind.category),
        item.joinedload(Item.site),
        item.joinedload(Item.place),
    )
