"""What a unit sees of its own: what is booked, what was taken, and what that saved."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.i18n import day, euros, full_day
from lainaamo.core.i18n import gettext as _
from lainaamo.core.tables import Row
from lainaamo.goods import queries as goods
from lainaamo.goods.words import name_of
from lainaamo.people.models import Unit
from lainaamo.procurement import queries, rules
from lainaamo.procurement.lot_page import picture_of, pieces, price_of, where
from lainaamo.procurement.models import Claim, ClaimEnding

Shown = dict[str, Any]
AT_ONCE = 500


def page(
    unit: Unit,
    reached: Sequence[Unit],
    *,
    just_made: int | None = None,
    before_id: int | None = None,
    refusal: str | None = None,
    errors: Shown | None = None,
) -> Shown:
    """Return everything the unit's template needs; `reached` are the units one may look at."""
    waiting = queries.open_claims_of(unit.id) if before_id is None else []
    endings = queries.endings_of(unit.id, before_id=before_id)
    more, endings = len(endings) > queries.PAGE, endings[: queries.PAGE]
    made = next((claim for claim in waiting if claim.id == just_made), None)
    older = urlencode({"ennen": endings[-1].id}) if more else None
    return {
        "unit": {"name": unit.name, "url": url_of(unit.id)},
        "others": _others(unit, reached),
        "made": _made(made) if made else None,
        "waiting": [_waiting(claim) for claim in waiting],
        "ended": [_ending(one) for one in endings],
        "is_first": before_id is None,
        "saving": _saving(unit),
        "next_url": f"{url_of(unit.id)}?{older}" if older else None,
        "refusal": refusal,
        "errors": errors or {},
    }


def url_of(unit_id: int) -> str:
    """Return the address of a unit's page."""
    return f"/yksikko/{unit_id}"


def units(reached: Sequence[Unit]) -> list[Shown]:
    """Return the units to choose from, with how many pieces wait for each."""
    waiting = queries.open_by_unit(unit.id for unit in reached)
    return [
        {
            "name": unit.name,
            "url": url_of(unit.id),
            "text": _("%(pieces)s booked", pieces=pieces(waiting[unit.id]))
            if unit.id in waiting
            else _("nothing booked"),
        }
        for unit in reached
    ]


def _others(unit: Unit, reached: Sequence[Unit]) -> list[Shown]:
    """Return the units right below this one."""
    below = [one for one in reached if one.parent_id == unit.id]
    return units(below) if below else []


def _made(claim: Claim) -> str:
    name = name_of(claim.item.kind)
    return _("Booked: %(pieces)s, %(name)s", pieces=pieces(claim.waiting), name=name)


def _waiting(claim: Claim) -> Shown:
    item = claim.item
    who = claim.person.first_name if claim.person else None
    booked_on = day(clock.local(claim.claimed_at).date())
    texts = [
        _("booked on %(day)s by %(name)s", day=booked_on, name=who)
        if who
        else _("booked on %(day)s", day=booked_on),
        _("wished for %(day)s", day=day(claim.wanted_on)) if claim.wanted_on else None,
        where(item),
    ]
    price = price_of(item)
    return {
        "id": claim.id,
        "name": name_of(item.kind),
        "picture": picture_of(item.kind),
        "url": f"/kierto/erat/{item.id}",
        "number": claim.waiting,
        "pieces": pieces(claim.waiting),
        "texts": [text for text in texts if text],
        "price": _("%(price)s as new", price=euros(price * claim.waiting)) if price else None,
        "cancel_url": f"/varaukset/{claim.id}/peruutus",
    }


def _ending(ending: ClaimEnding) -> Shown:
    """Return how pieces were taken or cancelled."""
    is_taken, claim = ending.ended_as == "taken", ending.claim
    return {
        "icon": "check" if is_taken else "x",
        "tone": "ok" if is_taken else "none",
        "name": name_of(claim.item.kind),
        "url": f"/kierto/erat/{claim.item_id}",
        "text": (_("%(pieces)s taken") if is_taken else _("%(pieces)s cancelled"))
        % {"pieces": pieces(ending.quantity)},
        "when": full_day(clock.local(ending.ended_at).date()),
    }


def _saving(unit: Unit) -> Shown | None:
    """Return what the taken goods would have cost as new, with how it was counted in words."""
    found = rules.saving(queries.taken_by([unit.id]))
    if not found.pieces:
        return None
    left_out = found.unpriced
    return {
        "pieces": pieces(found.pieces),
        "sum": euros(found.cents),
        "unpriced": _("The price of %(pieces)s is not known: left out.", pieces=pieces(left_out))
        if left_out
        else None,
    }


# What all units have booked


def to_gather(*, after_id: int = 0) -> Shown:
    """Return what waits to be gathered for units: the first booked first, no people."""
    claims = queries.open_claims(after_id=after_id)
    more, claims = len(claims) > queries.PAGE, claims[: queries.PAGE]
    signs = goods.signs_of(claim.item_id for claim in claims)
    query = urlencode({"jatko": claims[-1].id}) if more else None
    return {
        "claims": [_to_gather(claim, signs.get(claim.item_id)) for claim in claims],
        "next_url": f"/kierto/varaukset?{query}" if query else None,
    }


def _to_gather(claim: Claim, sign: str | None) -> Shown:
    item = claim.item
    name = name_of(item.kind)
    return {
        "name": name,
        "picture": picture_of(item.kind),
        "url": f"/tavarat/{sign}" if sign else f"/kierto/erat/{item.id}",
        "sign": sign,
        "number": claim.waiting,
        "pieces": pieces(claim.waiting),
        "unit": claim.unit.name,
        "shelf": item.place.name if item.place else None,
        "site": item.site.name,
        "booked": _("booked on %(day)s", day=day(clock.local(claim.claimed_at).date())),
        "wanted": _("wished for %(day)s", day=day(claim.wanted_on)) if claim.wanted_on else None,
        "hand_over_url": f"/kierto/varaukset/{claim.id}/luovutus",
    }


def gathering() -> Iterator[Row]:
    """Yield what waits to be gathered as rows of a table, so many at a time."""
    after_id = 0
    while claims := queries.open_claims(after_id=after_id, limit=AT_ONCE):
        signs = goods.signs_of(claim.item_id for claim in claims)
        for claim in claims:
            item, booked_on = claim.item, clock.local(claim.claimed_at).date()
            place = item.place.name if item.place else None
            what = [name_of(item.kind), signs.get(item.id), claim.waiting, claim.unit.name]
            yield [*what, place, item.site.name, booked_on, claim.wanted_on]
        after_id = claims[-1].id
        session.expunge_all()  # a long list must not fill the memory
