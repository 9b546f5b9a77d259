"""The office's list of what is, or was, out of circulation to be cleaned, mended or made whole."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint
from sqlalchemy import Row as Found
from sqlalchemy import Select, select

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.errors import N_
from lainaamo.core.i18n import day
from lainaamo.core.i18n import gettext as _
from lainaamo.core.tables import Row
from lainaamo.goods import ledger, life, queries
from lainaamo.goods.ledger import Asked, Ledger, Shown, newest_first, within
from lainaamo.goods.models import Item, Kind, Repair, Site
from lainaamo.goods.words import name_of, sized
from lainaamo.people.access import Right

bp = Blueprint("repairs", __name__)


def find(asked: Asked, most: int) -> Sequence[Found[Any]]:
    """Return repairs: the open ones the oldest first, others the newest first."""
    wanted = _repairs().where(*within(Repair.opened_at, asked))
    if asked.site_id is not None:
        wanted = wanted.where(Item.site_id == asked.site_id)
    if asked.state == "auki":
        wanted = wanted.where(Repair.closed_at.is_(None)).order_by(Repair.id)
        going_on = Repair.id > (asked.after_id or 0)
        return session.execute(wanted.where(going_on).limit(most)).all()
    if asked.state == "valmis":
        wanted = wanted.where(Repair.closed_at.is_not(None))
    return session.execute(newest_first(wanted, Repair.id, asked).limit(most)).all()


def _repairs() -> Select[*tuple[Any, ...]]:
    columns = (
        Repair.id,
        Repair.item_id,
        Repair.need,
        Repair.opened_at,
        Repair.closed_at,
        Item.size,
        Kind.name,
        Kind.name_simple,
        Kind.name_sv,
        Kind.name_en,
        Site.name.label("site"),
    )
    joined = select(*columns).join(Item, Item.id == Repair.item_id)
    return joined.join(Kind, Kind.id == Item.kind_id).join(Site, Site.id == Item.site_id)


def _show(found: Sequence[Found[Any]]) -> list[Shown]:
    signs = queries.signs_of(row.item_id for row in found)
    return [_show_one(row, signs.get(row.item_id)) for row in found]


def _show_one(row: Found[Any], sign: str | None) -> Shown:
    _icon, words, *_rest = life.NEEDS[row.need]
    closed_on = clock.local(row.closed_at).date() if row.closed_at else None
    return {
        "name": sized(name_of(row), row.size),
        "url": f"/tavarat/{sign}" if sign else None,
        "code": sign,
        "label": _("Back in use") if closed_on else _(words),
        "tone": "ok" if closed_on else "warn",
        "cells": [
            day(clock.local(row.opened_at).date()),
            day(closed_on) if closed_on else "",
            row.site,
        ],
    }


def _tell(found: Sequence[Found[Any]]) -> Iterator[Row]:
    signs = queries.signs_of(row.item_id for row in found)
    for row in found:
        _icon, words, *_rest = life.NEEDS[row.need]
        what = [name_of(row), row.size, signs.get(row.item_id), _(words)]
        yield [*what, row.opened_at, row.closed_at, row.site]


REPAIRS = Ledger(
    key="repairs",
    url="/korjaukset",
    title=N_("Repairs"),
    empty=N_("No repair is like this."),
    days=N_("Out of use since"),
    right=Right.LISTS,
    states={"auki": N_("Out of use now"), "valmis": N_("Back in use"), "kaikki": N_("All")},
    columns=[N_("Out of use since"), N_("Back in use"), N_("Site")],
    headers=[
        N_("Item"),
        N_("Size"),
        N_("Code"),
        N_("State"),
        N_("Out of use since"),
        N_("Back in use"),
        N_("Site"),
    ],
    find=find,
    shown=_show,
    told=_tell,
    names_people=False,
)

ledger.offer(bp, REPAIRS)
