"""The office's list of donations: names and contacts are in it for as long as they are kept."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from flask import Blueprint
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.errors import N_
from lainaamo.core.i18n import NAMES, day
from lainaamo.core.i18n import gettext as _
from lainaamo.core.tables import Cell, Row
from lainaamo.goods import ledger
from lainaamo.goods.ledger import Asked, Ledger, Shown, newest_first, within
from lainaamo.goods.models import Item
from lainaamo.goods.words import name_of, times
from lainaamo.people.access import Right
from lainaamo.reception.models import DonatedThing, Donation

bp = Blueprint("donations", __name__)


def find(asked: Asked, most: int) -> Sequence[Donation]:
    """Return donations, the newest first."""
    wanted = select(Donation).where(*within(Donation.made_at, asked))
    return session.scalars(newest_first(wanted, Donation.id, asked).limit(most)).all()


def _things(found: Sequence[Donation]) -> Mapping[int, Sequence[Item]]:
    wanted = select(DonatedThing.donation_id, Item).join(Item, Item.id == DonatedThing.item_id)
    wanted = wanted.where(DonatedThing.donation_id.in_([one.id for one in found]))
    things: dict[int, list[Item]] = defaultdict(list)
    for donation_id, item in session.execute(
        wanted.options(joinedload(Item.kind)).order_by(Item.id)
    ):
        things[donation_id].append(item)
    return things


def _names(things: Sequence[Item]) -> str:
    told = [(item.quantity, name_of(item.kind)) for item in things]
    return ", ".join(times(number, name) for number, name in told)


def _show(found: Sequence[Donation]) -> list[Shown]:
    things = _things(found)
    return [_show_one(one, things.get(one.id, ())) for one in found]


def _show_one(one: Donation, things: Sequence[Item]) -> Shown:
    given_on = clock.local(one.made_at).date()
    return {
        "name": _names(things) or _("Nothing is written down yet"),
        "url": f"/vastaanotto/{things[0].id}" if things else None,
        "code": None,
        "label": _("Name erased") if one.erased_at else _("Name kept"),
        "tone": "none",
        "cells": [one.first_name or "", day(given_on)],
    }


def _tell(found: Sequence[Donation]) -> Iterator[Row]:
    things = _things(found)
    for one in found:
        who = [one.first_name, one.email or one.phone]
        terms: list[Cell] = [one.terms_number, NAMES[one.terms_locale]]
        yield [_names(things.get(one.id, ())), one.made_at, *who, *terms, one.erased_at]


DONATIONS = Ledger(
    key="donations",
    url="/lahjoitukset",
    title=N_("Donations"),
    empty=N_("No donation is like this."),
    days=N_("Given"),
    right=Right.LISTS,
    states={},
    columns=[N_("Giver"), N_("Given")],
    headers=[
        N_("Items"),
        N_("Given"),
        N_("Giver"),
        N_("Contact details"),
        N_("Version of the terms"),
        N_("Language of the terms"),
        N_("Name and contact erased"),
    ],
    find=find,
    shown=_show,
    told=_tell,
    has_sites=False,
)

ledger.offer(bp, DONATIONS)
