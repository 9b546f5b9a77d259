"""Looking only: where a thing is and who needs it next; a scan changes nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.journal import Entry
from lainaamo.core.web import Lainaamo
from lainaamo.goods import commands
from lainaamo.goods.models import Code, Item
from tests.desk.conftest import FRIDAY, TODAY, Desk
from tests.make import Make

LOOK = "katso"


def lines(app: Lainaamo) -> int:
    with app.app_context():
        return session.scalar(select(func.count()).select_from(Entry)) or 0


def lost(app: Lainaamo, item: Item) -> None:
    with app.app_context(), transaction():
        gone = {"left_at": clock.now(), "left_as": "lost", "place_id": None}
        session.execute(update(Item).where(Item.id == item.id).values(**gone))


def test_a_thing_on_its_shelf_is_where_it_is(app: Lainaamo, desk: Desk, make: Make) -> None:
    item = make.item(make.kind("Sukset"), place=make.place("B12"), size="150")
    sign, before = make.sign(item), lines(app)
    page = desk.scan(sign, LOOK)
    for text in ("On the shelf", "B12", "Varasto", "150"):
        assert text in page.text
    assert lines(app) == before


def test_who_needs_it_next_is_told(desk: Desk, make: Make) -> None:
    kind = make.kind()
    item = make.item(kind)
    person = make.person("resident", first_name="Eetu")
    make.reservation(kind, FRIDAY, FRIDAY, person=person)
    assert "Next: Eetu" in desk.scan(make.sign(item), LOOK).text


def test_a_lent_thing_stays_lent_and_its_borrower_unnamed(
    app: Lainaamo, desk: Desk, make: Make
) -> None:
    item = make.item()
    make.loan(item, TODAY + timedelta(4), person=make.person("resident", first_name="Kaarlotar"))
    sign, before = make.sign(item), lines(app)
    page = desk.scan(sign, LOOK).text
    assert "On loan, due" in page
    assert "Kaarlotar" not in page
    assert "Take back" in page
    assert lines(app) == before


def test_what_strangers_told_of_it_is_there(desk: Desk, make: Make) -> None:
    item = make.item()
    make.found_report(item, "Bussipysäkillä")
    assert "Bussipysäkillä" in desk.scan(make.sign(item), LOOK).text


def test_a_lost_thing_is_found_by_one_tap_and_goes_to_its_shelf(
    app: Lainaamo, desk: Desk, make: Make
) -> None:
    shelf = make.place("B12", sign=True)
    item = make.item(place=shelf)
    lost(app, item)
    sign = make.sign(item)
    assert "It was found" in desk.scan(sign, LOOK).text
    page = desk.press("/tiski/loytyneet", tavara=sign, tila=LOOK)
    assert "Found again" in page.text
    assert "Take it to shelf B12." in page.text
    assert "Put on shelf B12" in page.text
    desk.scan(sign, "hyllytys", hylly=make.sign(shelf))
    assert make.again(item).place_id == shelf.id


@pytest.mark.parametrize("command", ["broken", "ok", "undo"])
def test_a_command_on_the_wall_changes_nothing_while_one_looks(
    app: Lainaamo, desk: Desk, make: Make, command: str
) -> None:
    with app.app_context(), transaction():
        commands.make()
    with app.app_context():
        wanted = select(Code.sign).where(Code.command == command)
        sign = session.scalars(wanted).one()
    item = make.item(place=make.place("B12"))
    page = desk.scan(sign, LOOK, nyt=make.sign(item))
    assert page.status_code == 409
    assert "Looking changes nothing." in page.text
    assert make.again(item).condition == "good"


@pytest.mark.parametrize("mode", ["palautus", "lainaus", "hyllytys", LOOK])
def test_words_find_things_with_shelf_and_state(desk: Desk, make: Make, mode: str) -> None:
    kind = make.kind("Murtomaasukset")
    here = make.item(kind, place=make.place("B12"), size="150")
    out = make.item(kind, size="150")
    make.item(kind, size="160", place=make.place("C1"))
    make.loan(out, FRIDAY)
    field = "/tiski/haku" if mode == "lainaus" else "/tiski/skannaukset"
    page = desk.press(field, code="murtomaasukset 150", tila=mode)
    assert page.status_code == 200
    for text in (make.sign(here), "B12", "On the shelf", make.sign(out), "On loan, due"):
        assert text in page.text
    assert ">C1<" not in page.text.partition('id="day"')[0]
    assert f'href="/tiski?tila={mode}&amp;tavara={make.sign(here)}"' in page.text


def test_many_are_a_short_list_with_the_way_to_all(desk: Desk, make: Make) -> None:
    kind = make.kind("Pulkka")
    for _one in range(12):
        make.item(kind)
    page = desk.scan("pulkka", LOOK).text
    assert page.count('class="photo thumb"') == 8
    assert "/tavarat?q=pulkka" in page
