"""Things go on their shelves: the shelf's label once, then each thing."""

import pytest
from sqlalchemy import func, select

from lainaamo.core.db import session
from lainaamo.core.journal import Entry
from lainaamo.core.web import Lainaamo
from tests.desk.conftest import FRIDAY, Desk
from tests.make import Make


@pytest.fixture
def shelf(make: Make) -> str:
    """Return the code of shelf B12."""
    return make.sign(make.place("B12", sign=True))


def test_a_shelf_and_then_each_thing(desk: Desk, make: Make, shelf: str) -> None:
    items = [make.item(make.kind(f"Luistimet {n}")) for n in range(3)]
    page = desk.scan(shelf, "hyllytys")
    assert "Shelf B12" in page.text
    assert f'name="hylly" value="{shelf}"' in page.text
    for item in items:
        page = desk.scan(make.sign(item), "hyllytys", hylly=shelf)
        assert "Put on shelf B12" in page.text
        assert f'name="hylly" value="{shelf}"' in page.text
    assert len({make.again(item).place_id for item in items}) == 1


def test_another_shelf_takes_over(desk: Desk, make: Make, shelf: str) -> None:
    other = make.sign(make.place("C3", sign=True))
    page = desk.scan(other, "hyllytys", hylly=shelf)
    assert "Shelf C3" in page.text
    assert f'name="hylly" value="{other}"' in page.text


def test_the_same_thing_twice_is_harmless(
    app: Lainaamo, desk: Desk, make: Make, shelf: str
) -> None:
    sign = make.sign(make.item())
    desk.scan(sign, "hyllytys", hylly=shelf)
    page = desk.scan(sign, "hyllytys", hylly=shelf)
    assert page.status_code == 200
    assert "On B12 already" in page.text
    with app.app_context():
        count = select(func.count()).select_from(Entry).where(Entry.verb == "item.shelved")
        assert session.scalar(count) == 1


def test_a_thing_before_its_shelf_is_told_where_it_belongs(desk: Desk, make: Make) -> None:
    place = make.place("B12", sign=True)
    item = make.item(place=place)
    make.loan(item, FRIDAY)
    sign = make.sign(item)
    desk.scan(sign)
    page = desk.scan(sign, "hyllytys")
    assert "Scan the shelf first" in page.text
    assert "Put on shelf B12" in page.text
    desk.press("/tiski/skannaukset", code=sign, tila="hyllytys", hylly=make.sign(place))
    assert make.again(item).place_id == place.id


def test_what_is_lent_is_taken_back_first(desk: Desk, make: Make, shelf: str) -> None:
    item = make.item(place=make.place("A1"))
    make.loan(item, FRIDAY)
    page = desk.scan(make.sign(item), "hyllytys", hylly=shelf)
    assert page.status_code == 200
    assert "take it back first" in page.text
    assert "Take back" in page.text
    assert make.again(item).place_id is None


def test_a_code_that_is_no_shelf_holds_nothing(desk: Desk, make: Make) -> None:
    sign = make.sign(make.item())
    assert desk.scan(sign, "hyllytys", hylly=sign).status_code == 404
