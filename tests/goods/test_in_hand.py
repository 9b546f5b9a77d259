"""A thing in hand: when its days concern nobody, nothing of its kind needs to be packed."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import insert, select

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods import in_hand, queries
from lainaamo.goods.availability import Fixed, pack
from lainaamo.goods.models import Item, Kind, Use
from tests.make import Make


def some_day(chance: Random, first: int = -2, last: int = 6) -> date:
    return clock.today() + timedelta(chance.randint(first, last))


def fill(chance: Random, kind: Kind, sites: list[int]) -> None:
    """Give a kind a few things and a few uses, many of which do not fit on their thing."""
    limits = [None, None, None, None, 1, 3]
    for _ in range(chance.randint(1, 3)):
        ahead = chance.choice(limits)
        thing = Item(
            kind_id=kind.id,
            site_id=chance.choice(sites),
            size=chance.choice([None, "42", "43"]),
            condition=chance.choice(["good", "good", "good", "broken"]),
            available_from=clock.today() + timedelta(ahead) if ahead else None,
            quantity=1,
            unclaimed=1,
            attributes={},
            received_at=clock.now(),
        )
        session.add(thing)
    session.flush()
    things = session.scalars(select(Item).where(Item.kind_id == kind.id)).all()
    for _ in range(chance.randint(0, 2)):
        thing, first_day = chance.choice(things), some_day(chance)
        is_promise, last_day = chance.random() < 0.7, first_day + timedelta(chance.randint(0, 2))
        facts = {"kind_id": kind.id, "item_id": thing.id, "first_day": first_day}
        facts |= {"site_id": thing.site_id, "last_day": last_day, "movable": is_promise}
        facts |= {"size": chance.choice([None, thing.size]) if is_promise else None}
        late = None if is_promise else chance.choice([None, last_day])
        purpose = "reserved" if is_promise else "on_loan"
        session.execute(insert(Use), [{**facts, "due_on": late, "purpose": purpose}])


@pytest.mark.parametrize("seed", range(4))
def test_what_concerns_nobody_moves_nobody(app: Lainaamo, make: Make, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - the same each time, and no secret
    kinds, sites = [make.kind() for _ in range(10)], [make.site().id, make.site("toinen").id]
    answers = set()
    with app.app_context(), transaction():
        for kind in kinds:
            fill(chance, kind, sites)
            stock = queries.stock(kind.id)
            for item in session.scalars(select(Item).where(Item.kind_id == kind.id)):
                first_day = clock.today()
                last_day = chance.choice([None, first_day, first_day + timedelta(2)])
                is_free = in_hand.concerns_nobody(item, first_day, last_day)
                answers.add(is_free)
                if is_free:
                    taken = Fixed(item.id, first_day, last_day)
                    after = replace(stock, fixed=[*stock.fixed, taken])
                    stays = {wish.key: wish.now for wish in stock.wishes}
                    assert pack(stock) == pack(after) == stays
    assert answers == {True, False}
