"""What one act costs: so many statements and no more, however many things the house has."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from lainaamo.core.db import session
from lainaamo.goods.models import Item, Place
from tests.desk.conftest import FRIDAY, TODAY, Desk
from tests.make import Make

Act = Callable[[Desk, Make, Item], object]


def hand_out(desk: Desk, make: Make, item: Item) -> object:
    typed = {"first_name": "Anna", "contact": "anna@example.fi", "due_on": str(FRIDAY)}
    return desk.send("/tiski/lainat", tavara=make.sign(item), _key=f"out {item.id}", **typed)


def take_back(desk: Desk, make: Make, item: Item) -> object:
    return desk.send(
        "/tiski/skannaukset", code=make.sign(item), tila="palautus", _key=f"back {item.id}"
    )


def shelve(desk: Desk, make: Make, item: Item) -> object:
    with desk.browser.application.app_context():
        found = session.scalars(select(Place).where(Place.name == "C7")).first()
    shelf = make.sign(found or make.place("C7", sign=True))
    mode = {"tila": "hyllytys", "hylly": shelf, "_key": f"shelf {item.id}"}
    return desk.send("/tiski/skannaukset", code=make.sign(item), **mode)


@pytest.mark.parametrize(
    ("act", "earlier", "most", "locks"),
    [
        # Key, thing, person, stand, borrower, kind; use, days, place, loan, line, undo, answer.
        (hand_out, (), 13, 3),
        # Key, thing, stand; loan, use, days, line, undo, answer; who waits for it.
        (take_back, (hand_out,), 10, 1),
        # Key, thing, shelf, stand; open shelf, thing, line, undo, answer.
        (shelve, (), 9, 1),
    ],
)
def test_an_act_of_the_desk_asks_no_more_than_it_must(
    desk: Desk, make: Make, act: Act, earlier: tuple[Act, ...], most: int, locks: int
) -> None:
    make.terms(at_once=9)
    kind = make.kind()
    shelf = make.place("B12", sign=True)
    known, item, *others = [make.item(kind, place=shelf) for _ in range(6)]
    for day, _other in enumerate(others):
        make.reservation(kind, TODAY + timedelta(7 + day % 2), TODAY + timedelta(9 + day % 2))
    for one in (*earlier, act):
        one(desk, make, known)  # now it is known what the house is like, and who borrows
    for one in earlier:
        one(desk, make, item)
    act(desk, make, item)
    asked = [one for one in desk.browser.asked if "FROM sign_in" not in one]  # who is at the door
    is_locked = make.app.config["SETTINGS"].database_url.startswith("postgresql")
    assert len(asked) <= most + (locks if is_locked else 0), asked
