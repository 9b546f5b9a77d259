"""Who waits in line: for a size that is all out, and for one that has just come back."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.errors import Refusal
from lainaamo.demo.life import Guest
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item
from lainaamo.lending import actions as lending
from lainaamo.lending import turns, waiting
from lainaamo.lending.actions import Asked, Borrower
from lainaamo.lending.models import Loan

LONG, SHORT, DAYS = 3, 1, 7
"""How many wait where nothing comes back for now, and where one has come back; for how long."""


class Scarce(NamedTuple):
    """A size of a kind at a site, and one thing of it that is out."""

    kind_id: int
    size: str | None
    site_id: int
    item_id: int


def stand_in_line(guests: Sequence[Guest], *, who: str) -> None:
    """Let the last of some sizes go out and people wait for them, and let one come back.

    It is the last that happened at the desk; `who` did it.
    """
    with clock.at(_last_moment()), journal.acting(who):
        _play(guests)
        turns.give_freed()


def _last_moment() -> datetime:
    ends = func.max(func.coalesce(Loan.returned_at, Loan.handed_out_at))
    return session.scalars(select(ends)).one() or clock.now()


def _play(guests: Sequence[Guest]) -> None:
    left = iter([guest.borrower for guest in reversed(guests)])
    found = iter(_nearly_out())
    long = next((one for one in found if _wait_for(one, left, LONG)), None)
    short = next((one for one in found if _wait_for(one, left, SHORT)), None)
    if long is not None and short is not None:
        lending.take_back(goods.get_item(short.item_id))


def _nearly_out() -> list[Scarce]:
    """Return the sizes of which there are two things at most, and one is out and not late."""
    alike = (Item.kind_id, Item.size, Item.site_id)
    few = select(*alike).where(Item.left_at.is_(None)).group_by(*alike).having(func.count() < 3)  # noqa: PLR2004
    out = (Loan.returned_at.is_(None), Loan.due_on > clock.today(), Item.size.is_not(None))
    wanted = select(*alike, func.min(Item.id)).join(Loan, Loan.item_id == Item.id).where(*out)
    rows = session.execute(wanted.group_by(*alike).order_by(func.max(Loan.due_on).desc()))
    scarce = {tuple(row) for row in session.execute(few)}
    return [Scarce(*row) for row in rows if tuple(row[:-1]) in scarce]


def _wait_for(scarce: Scarce, left: Iterator[Borrower], number: int) -> bool:
    """Let the last ones go out, and so many join; False where one could be had after all."""
    same = (Item.kind_id == scarce.kind_id, Item.size == scarce.size)
    here = (Item.site_id == scarce.site_id, Item.left_at.is_(None), Item.place_id.is_not(None))
    for item_id in session.scalars(select(Item.id).where(*same, *here)).all():
        _lend(item_id, left)
    return sum(_join(scarce, left) for _one in range(number)) == number


def _lend(item_id: int, left: Iterator[Borrower]) -> None:
    item = goods.get_item(item_id)
    due_on = goods.opening(item.site_id).due_on(clock.today(), DAYS)
    for borrower in left:
        try:
            lending.hand_out(item, borrower, due_on=due_on)
        except Refusal as refusal:
            if refusal.code not in {"at_once", "blocked"}:
                return
        else:
            return


def _join(scarce: Scarce, left: Iterator[Borrower]) -> bool:
    """Let the next who may join."""
    wish = {"site_id": scarce.site_id, "first_day": clock.today(), "days": DAYS}
    for borrower in left:
        try:
            waiting.join(Asked(scarce.kind_id, scarce.size), borrower, **wish)  # type: ignore[arg-type]  # the three it names
        except Refusal as refusal:
            if refusal.code not in {"at_once", "blocked"}:
                return False
        else:
            return True
    return False
