"""All bookings of units as a list and as files: what was booked, taken and cancelled."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from flask import Blueprint
from sqlalchemy import func, select

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.errors import N_
from lainaamo.core.i18n import day
from lainaamo.core.i18n import gettext as _
from lainaamo.core.tables import Row
from lainaamo.goods import ledger
from lainaamo.goods import queries as goods
from lainaamo.goods.ledger import Asked, Ledger, Shown, newest_first, within
from lainaamo.goods.models import Item
from lainaamo.goods.words import name_of
from lainaamo.people.access import Right
from lainaamo.procurement import queries
from lainaamo.procurement.lot_page import pieces, price_of
from lainaamo.procurement.models import Claim, ClaimEnding

bp = Blueprint("claim_list", __name__)
HEADERS = (
    N_("Item"),
    N_("Code"),
    N_("Unit"),
    N_("Booked pieces"),
    N_("Waiting pieces"),
    N_("Taken pieces"),
    N_("Cancelled pieces"),
    N_("Price of one as new (€)"),
    N_("Booked"),
    N_("Wished for"),
    N_("Site"),
)
CENTS = 100


def find(asked: Asked, most: int, *, unit_id: int | None = None) -> Sequence[Claim]:
    """Return bookings, of one unit or of all: those that wait the oldest first, others newest."""
    wanted = queries.whole().where(*within(Claim.claimed_at, asked))
    if unit_id is not None:
        wanted = wanted.where(Claim.unit_id == unit_id)
    if asked.site_id is not None:
        wanted = wanted.where(Claim.item.has(Item.site_id == asked.site_id))
    if asked.state == "odottaa":
        wanted = wanted.where(Claim.waiting > 0, Claim.id > (asked.after_id or 0))
        return session.scalars(wanted.order_by(Claim.id).limit(most)).all()
    if asked.state == "paattynyt":
        wanted = wanted.where(Claim.waiting == 0)
    return session.scalars(newest_first(wanted, Claim.id, asked).limit(most)).all()


Ended = Mapping[tuple[int, str], tuple[int, int | None]]


def _endings(found: Sequence[Claim]) -> Ended:
    """Return how many pieces of each ended each way, and what one cost as new when it did."""
    columns = (ClaimEnding.claim_id, ClaimEnding.ended_as)
    sums = (func.sum(ClaimEnding.quantity), func.max(ClaimEnding.price_new_cents))
    wanted = select(*columns, *sums).where(ClaimEnding.claim_id.in_([one.id for one in found]))
    ended: dict[tuple[int, str], tuple[int, int | None]] = defaultdict(lambda: (0, None))
    for claim_id, how, number, cents in session.execute(wanted.group_by(*columns)):
        ended[claim_id, how] = (int(number), cents)
    return ended


def _show(found: Sequence[Claim]) -> list[Shown]:
    signs, ended = goods.signs_of(one.item_id for one in found), _endings(found)
    return [_show_one(one, signs.get(one.item_id), ended) for one in found]


def _show_one(one: Claim, sign: str | None, ended: Ended) -> Shown:
    words, tone = _state(one, ended)
    booked_on = clock.local(one.claimed_at).date()
    return {
        "name": name_of(one.item.kind),
        "url": f"/kierto/erat/{one.item_id}",
        "code": sign,
        "label": words,
        "tone": tone,
        "cells": [one.unit.name, pieces(one.quantity), day(booked_on), one.item.site.name],
    }


def _state(one: Claim, ended: Ended) -> tuple[str, str]:
    if one.waiting:
        return _("%(pieces)s waiting", pieces=pieces(one.waiting)), "warn"
    taken, _price = ended[one.id, "taken"]
    if taken:
        return _("%(pieces)s taken") % {"pieces": pieces(taken)}, "ok"
    return _("Cancelled"), "none"


def _tell(found: Sequence[Claim]) -> Iterator[Row]:
    signs, ended = goods.signs_of(one.item_id for one in found), _endings(found)
    for one in found:
        taken, paid = ended[one.id, "taken"]
        cancelled, _none = ended[one.id, "cancelled"]
        cents = price_of(one.item) if paid is None else paid
        what = [name_of(one.item.kind), signs.get(one.item_id), one.unit.name]
        numbers = [one.quantity, one.waiting, taken, cancelled]
        price = None if cents is None else cents / CENTS
        yield [*what, *numbers, price, one.claimed_at, one.wanted_on, one.item.site.name]


CLAIMS = Ledger(
    key="claims",
    url="/kierto/kaikki-varaukset",
    title=N_("Bookings of units"),
    empty=N_("No booking is like this."),
    days=N_("Booked"),
    right=Right.CLAIMS,
    states={"odottaa": N_("Waiting"), "paattynyt": N_("Ended"), "kaikki": N_("All")},
    columns=[N_("Unit"), N_("Pieces"), N_("Booked"), N_("Site")],
    headers=HEADERS,
    find=find,
    shown=_show,
    told=_tell,
    names_people=False,
)


def of_unit(unit_id: int) -> Iterator[Row]:
    """Yield all that one unit has booked as rows of a table."""
    mine = replace(CLAIMS, find=partial(find, unit_id=unit_id))
    return ledger.rows(mine, Asked("kaikki"))


ledger.offer(bp, CLAIMS)
