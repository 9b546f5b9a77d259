"""Who waits in line: for sizes that are all out, and one whose turn has just come."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.errors import Refusal
from lainaamo.demo.life import Guest
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item
from lainaamo.lending import actions as lending
from lainaamo.lending import waiting
from lainaamo.lending.actions import Asked, Borrower
from lainaamo.lending.models import Loan

LONG, SHORT, DAYS = 3, 1, 7
"""How many wait where nothing comes back for now, and where one has come back; for how long."""


class Scarce(NamedTuple):
    """A size of a kind at a site, of which there is one thing, and that is out."""

    kind_id: int
    size: str | None
    site_id: int
    item_id: int


def stand_in_line(guests: Sequence[Guest]) -> None:
    """Let people wait for what is all out, and let one thing come back for who waits for it."""
    left = iter([guest.borrower for guest in reversed(guests)])
    found = _all_out()
    long = next((one for one in found if _join(one, left, LONG)), None)
    short = next((one for one in found if one != long and _join(one, left, SHORT)), None)
    if short is not None:
        lending.take_back(goods.get_item(short.item_id))


def _all_out() -> list[Scarce]:
    """Return what is all out and due in time, the last due first."""
    alike = (Item.kind_id, Item.size, Item.site_id)
    alone = select(*alike, func.max(Item.id)).where(Item.left_at.is_(None)).group_by(*alike)
    rows = session.execute(alone.having(func.count() == 1)).all()
    out = (Loan.returned_at.is_(None), Loan.due_on >= clock.today())
    due = select(Loan.item_id).where(*out, Loan.item_id.in_([row[-1] for row in rows]))
    order = {item_id: place for place, item_id in enumerate(session.scalars(due.order_by(Loan.id)))}
    found = [Scarce(*row) for row in rows if row[-1] in order]
    return sorted(found, key=lambda one: order[one.item_id])


def _join(scarce: Scarce, left: Iterator[Borrower], number: int) -> bool:
    """Let so many join who may; False where one could be had after all."""
    joined = 0
    for borrower in left:
        try:
            waiting.join(
                Asked(scarce.kind_id, scarce.size),
                borrower,
                site_id=scarce.site_id,
                first_day=clock.today(),
                days=DAYS,
            )
        except Refusal as refusal:
            if refusal.code not in {"at_once", "blocked"}:
                return False
            continue
        joined += 1
        if joined == number:
            return True
    return joined > 0
