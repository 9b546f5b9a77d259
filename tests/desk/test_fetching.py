"""A whole reservation is handed out by one tap: its things and their parts ticked."""

from typing import Any

import pytest

from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Item, Kind
from lainaamo.lending.models import Reservation
from tests.conftest import AtOnce
from tests.desk.conftest import FRIDAY, TODAY, Desk
from tests.desk.test_undo import UNDOS, all_of
from tests.make import Make


@pytest.fixture
def family(make: Make) -> tuple[Reservation, list[Item]]:
    """Return a reservation of three things that waits from today."""
    kind = make.kind("Sukset")
    items = [make.item(kind, place=make.place(name)) for name in ("A1", "A2", "A3")]
    person = make.person("resident", first_name="Väinämö")
    return make.reservation(kind, TODAY, FRIDAY, person=person, count=3), items


def hand_out(desk: Desk, found: Reservation, **fields: Any) -> Any:
    url = f"/tiski/varaukset/{found.id}/luovutus"
    return desk.browser.post(url, data=fields, follow_redirects=True)


def lines(make: Make, found: Reservation) -> list[str]:
    return [str(line.id) for line in make.lines(found)]


def endings(make: Make, found: Reservation) -> list[str | None]:
    return [line.ended_as for line in make.lines(found)]


def test_the_page_shows_the_things_their_shelves_and_parts(
    desk: Desk, make: Make, family: tuple[Reservation, list[Item]]
) -> None:
    found, items = family
    make.part(items[0], "sauvat")
    page = desk.scan(found.pick_up_code)
    assert "<h1>Väinämö</h1>" in page.text
    for text in ("A1", "A2", "A3", "sauvat", *(make.sign(item) for item in items)):
        assert text in page.text


def test_one_tap_hands_out_all_and_one_tap_undoes_it(
    app: Lainaamo, desk: Desk, make: Make, family: tuple[Reservation, list[Item]]
) -> None:
    found, items = family
    before = [all_of(app, item) for item in items]
    page = hand_out(desk, found, line=lines(make, found))
    assert "Everything is handed over." in page.text
    assert endings(make, found) == ["fetched"] * 3
    assert page.text.count(f'action="{UNDOS}"') == 1
    step = page.text.partition('name="step" value="')[2].partition('"')[0]
    assert desk.press(UNDOS, step=step).status_code == 200
    assert endings(make, found) == [None] * 3
    assert [all_of(app, item) for item in items] == before


def test_what_has_no_tick_stays_and_waits(
    desk: Desk, make: Make, family: tuple[Reservation, list[Item]]
) -> None:
    found, _items = family
    page = hand_out(desk, found, line=lines(make, found)[:2])
    assert sorted(endings(make, found), key=str) == [None, "fetched", "fetched"]
    assert "What is handed over?" in page.text


def test_a_part_without_a_tick_is_missing_from_today(
    app: Lainaamo, desk: Desk, make: Make, family: tuple[Reservation, list[Item]]
) -> None:
    found, items = family
    poles, bag = make.part(items[0], "sauvat"), make.part(items[0], "pussi")
    shown = [str(poles.id), str(bag.id)]
    hand_out(desk, found, line=lines(make, found), shown=shown, part=[str(poles.id)])
    assert make.again(poles).missing_since is None
    assert make.again(bag).missing_since == TODAY


def test_one_that_is_out_already_stops_all(
    desk: Desk, make: Make, family: tuple[Reservation, list[Item]]
) -> None:
    found, _items = family
    all_lines = lines(make, found)
    hand_out(desk, found, line=all_lines[:1])
    page = hand_out(desk, found, line=all_lines)
    assert page.status_code == 409
    assert sum(ending is not None for ending in endings(make, found)) == 1


def test_each_thing_can_be_scanned_instead(
    app: Lainaamo, desk: Desk, make: Make, family: tuple[Reservation, list[Item]]
) -> None:
    found, _items = family
    with app.app_context():
        kind = session.get_one(Kind, make.lines(found)[0].kind_id)
    spare, other = make.item(kind), make.item(make.kind("Luistimet"))
    url = f"/tiski/varaukset/{found.id}/skannaukset"
    page = desk.press(url, code=make.sign(spare))
    assert page.status_code == 200
    assert sum(ending == "fetched" for ending in endings(make, found)) == 1
    assert desk.press(url, code=make.sign(other)).status_code == 409
    assert desk.press(url, code="0000").status_code == 409


def test_nothing_ticked_or_anothers_line_hands_out_nothing(
    desk: Desk, make: Make, family: tuple[Reservation, list[Item]]
) -> None:
    found, _items = family
    kind = make.kind()
    make.item(kind)
    other = make.reservation(kind, TODAY, FRIDAY)
    for line in ([], ["x", "-1", "9" * 40], lines(make, other)):
        assert hand_out(desk, found, line=line).status_code == 409
    assert endings(make, other) == [None]


def test_a_reservation_that_has_not_begun_waits(desk: Desk, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    found = make.reservation(kind, FRIDAY, FRIDAY)
    page = hand_out(desk, found, line=lines(make, found))
    assert page.status_code == 409
    assert "begins on" in page.text


def test_two_desks_hand_the_same_out_at_once(
    desk: Desk, make: Make, at_once: AtOnce, family: tuple[Reservation, list[Item]]
) -> None:
    found, _items = family
    ticked = lines(make, found)
    url = f"/tiski/varaukset/{found.id}/luovutus"
    pages = at_once(4, lambda browser: desk.twin(browser).browser.post(url, data={"line": ticked}))
    assert sorted(page.status_code for page in pages) == [303, 409, 409, 409]
