"""What has come in today: from a unit, from a resident, from nobody known, some of it bare."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import select

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.demo.life import Life
from lainaamo.goods import actions as goods
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.models import Category, Place
from lainaamo.pages import texts
from lainaamo.reception import actions as reception
from lainaamo.reception import donors
from lainaamo.reception.actions import Arrival

LONG_AGO = timedelta(minutes=95)
BETWEEN = timedelta(minutes=7)


class _Row(NamedTuple):
    """One thing that came in: of which group, how good, how many, from whom, what is known."""

    group: str
    condition: str = "good"
    number: int = 1
    unit: str | None = None
    is_donated: bool = False
    colour: str | None = None
    is_shelved: bool = False


ROWS = (
    _Row("chairs", "worn", 12, unit="koulu", colour="brown", is_shelved=True),
    _Row("desks", "good", 1, unit="koulu", colour="white"),
    _Row("skates", "as_new", is_donated=True, colour="black"),
    _Row("sleds", is_donated=True, colour="red"),
    _Row("board_games"),
    _Row("scooters", "broken", colour="blue"),
)


@dataclass
class Coming:
    """Things that come in one after another."""

    units: Mapping[str, int]
    donation_id: int | None = None
    is_over: bool = False

    def accept(self) -> None:
        """Let a resident accept the terms."""
        made = donors.accept(
            first_name="Maija",
            contact=None,
            locale="fi",
            terms_number=0,
            terms_locale="fi",
            terms_hash=texts.mark(texts.shipped("donating", "fi")),
        )
        self.donation_id = made.id

    def take_in(self, row: _Row) -> None:
        """Take one thing, or a lot, in."""
        group = session.scalar(select(Category.id).where(Category.key == row.group))
        if group is None:
            return
        site = goods_queries.sites()[0]
        arrival = Arrival(
            category_id=group,
            condition=row.condition,
            site_id=site.id,
            unit_id=self.units.get(row.unit or ""),
            donation_id=self.donation_id if row.is_donated else None,
        )
        item = reception.take_in(arrival)
        whole = goods.lock_item(item.id)
        if row.number > 1:
            goods.recount(whole, row.number)
        if row.colour:
            reception.complete(whole, {"attributes": {"colour": row.colour}})
        if row.is_shelved:
            shelves = select(Place).where(Place.level == "shelf", Place.site_id == site.id)
            goods.shelve(whole, session.scalars(shelves.order_by(Place.id).limit(1)).one())


def plan(life: Life, units: Mapping[str, int], floor: Sequence[str]) -> None:
    """Let the floor take things in today, the resident's after the terms were accepted."""
    coming = Coming(units)
    when = clock.now() - LONG_AGO
    life.plan(when, floor[0], coming, coming.accept)
    for number, row in enumerate(ROWS, start=1):
        who = floor[number % min(len(floor), 3)]
        life.plan(when + number * BETWEEN, who, coming, partial(coming.take_in, row))
