"""Label sheets for things in the house, and for its shelves."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import aliased

from lainaamo.core.db import session
from lainaamo.goods.labels import SHEETS, Label, sheet_pdf
from lainaamo.goods.models import Code, Item, Kind, Place

USUAL = "70x37"


def labels_of(signs: Sequence[str]) -> list[Label]:
    """Return the labels of things by their codes, in the order given; no codes mean all things."""
    home = aliased(Place)
    wanted = (
        select(Code.sign, Kind.name, Item.size, home.name)
        .join(Item, Code.item_id == Item.id)
        .join(Kind, Item.kind_id == Kind.id)
        .outerjoin(home, Item.home_place_id == home.id)
        .where(Item.left_at.is_(None))
        .order_by(home.name, Code.id)
    )
    if signs:
        wanted = wanted.where(Code.sign.in_(signs))
    found = [Label(*row) for row in session.execute(wanted)]
    order = {sign: n for n, sign in enumerate(signs)}
    return sorted(found, key=lambda label: order.get(label.code, 0))


def labels_of_places(signs: Sequence[str]) -> list[Label]:
    """Return the labels of rooms and shelves by their codes, in the order given."""
    room = aliased(Place)
    wanted = (
        select(Code.sign, Place.name, room.name)
        .join(Place, Code.place_id == Place.id)
        .outerjoin(room, Place.parent_id == room.id)
        .where(Code.sign.in_(signs))
    )
    found = [Label(sign, name, place=within) for sign, name, within in session.execute(wanted)]
    order = {sign: n for n, sign in enumerate(signs)}
    return sorted(found, key=lambda label: order[label.code])


def sheet_of(
    signs: Sequence[str],
    *,
    public_url: str,
    start_at: int = 1,
    sheet: str = USUAL,
    shelves: Sequence[str] = (),
) -> bytes:
    """Return a PDF of labels of things, or of `shelves`; see labels.sheet_pdf for refusals."""
    return sheet_pdf(
        labels_of_places(shelves) if shelves else labels_of(signs),
        sheet=SHEETS.get(sheet, SHEETS[USUAL]),
        public_url=public_url,
        start_at=start_at,
    )
