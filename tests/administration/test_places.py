"""Rooms and shelves: many at once, in the order of the walk, with codes, closed when empty."""

import pytest
from sqlalchemy import select

from lainaamo.administration import actions, places, queries, rules
from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.web import Lainaamo
from lainaamo.goods import actions as goods
from lainaamo.goods.models import Item, Place
from lainaamo.goods.walking import in_order
from tests.administration.conftest import Office
from tests.conftest import AtOnce
from tests.make import Make


def walked(app: Lainaamo, site_id: int) -> list[str]:
    with app.app_context():
        rows = queries.places_of(site_id)
        return [one.name for one in in_order(rows) if one.level == "shelf"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A1–A3", ["A1", "A2", "A3"]),
        ("A1-3", ["A1", "A2", "A3"]),
        ("C08-C10, B1", ["C08", "C09", "C10", "B1"]),
        ("Eteinen;  Pöytä 2", ["Eteinen", "Pöytä 2"]),
        ("A1, A1", ["A1"]),
        ("LIINA-1", ["LIINA-1"]),
        ("Ω1–Ω2", ["Ω1", "Ω2"]),
    ],
)
def test_shelves_are_read_as_people_write_them(text: str, names: list[str]) -> None:
    assert rules.shelf_names(text) == names


@pytest.mark.parametrize("text", ["", " , ", "A9-A1", "A1-A999", "x" * 41, "A1-A150, B1-B150"])
def test_what_is_no_list_of_shelves_is_refused_in_words(text: str) -> None:
    with pytest.raises(Refusal):
        rules.shelf_names(text)


def test_shelves_of_a_room_are_added_with_codes_and_printed(
    app: Lainaamo, make: Make, office: Office
) -> None:
    site = make.site()
    page = f"/hallinta/toimipisteet/{site.id}/hyllyt"
    office.save(page, f"/hallinta/toimipisteet/{site.id}/tilat", name="Halli")
    room = office.changes()[0].thing_id
    assert office.save(page, shelves="A9–A11", room=room).status_code == 303
    assert walked(app, site.id) == ["A9", "A10", "A11"]
    with app.app_context():
        signs = queries.signs_of_places(site.id)
    assert len(signs) == 3
    pdf = office.browser.get("/tarrat.pdf", query_string={"hylly": list(signs.values())})
    assert pdf.data.startswith(b"%PDF")


def test_two_hundred_shelves_come_in_one_go(app: Lainaamo, make: Make, office: Office) -> None:
    site = make.site()
    with app.app_context(), transaction():
        places.add_shelves(site.id, None, rules.shelf_names("H1–H200"))
    assert walked(app, site.id)[-1] == "H200"
    assert len(office.changes()) == 200
    assert office.browser.get(f"/hallinta/toimipisteet/{site.id}/hyllyt").status_code == 200


def test_a_name_is_given_once_in_a_site(make: Make, office: Office) -> None:
    site = make.site()
    make.place("A2")
    page = f"/hallinta/toimipisteet/{site.id}/hyllyt"
    refused = office.save(page, shelves="A1–A3")
    assert refused.status_code == 409
    assert "A2" in refused.text
    assert office.changes() == []


def test_of_two_who_add_the_same_shelf_at_once_one_is_told(
    app: Lainaamo, make: Make, at_once: AtOnce
) -> None:
    site = make.site()

    def add(_browser: object) -> str:
        try:
            with app.app_context(), transaction():
                places.add_shelves(site.id, None, ["A1"])
        except Refusal as refusal:
            return refusal.code
        return "added"

    assert sorted(at_once(4, add)) == ["added"] + ["place_name_taken"] * 3


def test_a_shelf_moves_in_the_walk_and_back(app: Lainaamo, make: Make, office: Office) -> None:
    site = make.site()
    shelves = [make.place(name) for name in ("A1", "A2", "A10")]
    page = f"/hallinta/hyllyt/{shelves[0].id}"
    office.save(page, after_id=shelves[2].id)
    assert walked(app, site.id) == ["A2", "A10", "A1"]
    office.undo(office.changes()[0])
    assert walked(app, site.id) == ["A1", "A2", "A10"]


def test_a_shelf_goes_into_another_room_and_back(app: Lainaamo, make: Make, office: Office) -> None:
    rooms = [make.place(name, level="room") for name in ("Halli", "Vintti")]
    shelf = make.place("A1", parent=rooms[0])
    make.place("B1", parent=rooms[1])
    office.save(f"/hallinta/hyllyt/{shelf.id}", parent_id=rooms[1].id)
    assert make.again(shelf).parent_id == rooms[1].id
    assert office.undo(office.changes()[0]).status_code == 303
    assert make.again(shelf).parent_id == rooms[0].id


def test_a_shelf_with_things_stays_in_use(make: Make, office: Office) -> None:
    shelf = make.place("A1")
    make.item(place=shelf)
    assert office.browser.post(f"/hallinta/hyllyt/{shelf.id}/sulkeminen").status_code == 409
    assert make.again(shelf).closed_at is None


def test_nothing_is_put_on_a_closed_shelf(app: Lainaamo, make: Make, office: Office) -> None:
    shelf, item = make.place("A1"), make.item()
    assert office.browser.post(f"/hallinta/hyllyt/{shelf.id}/sulkeminen").status_code == 303
    with app.app_context(), transaction(), pytest.raises(Refusal) as refused:
        goods.shelve(session.get_one(Item, item.id), session.get_one(Place, shelf.id))
    assert refused.value.code == "shelf_closed"
    office.browser.post(f"/hallinta/hyllyt/{shelf.id}/kayttoonotto")
    with app.app_context(), transaction():
        goods.shelve(session.get_one(Item, item.id), session.get_one(Place, shelf.id))


def test_a_shelf_that_is_filled_while_it_is_closed_is_one_or_the_other(
    app: Lainaamo, make: Make, at_once: AtOnce
) -> None:
    shelf, items = make.place("A1"), [make.item() for _ in range(3)]

    def one(browser: object) -> str:
        number: int = browser.number  # type: ignore[attr-defined]  # a browser of ours
        try:
            with app.app_context(), transaction():
                if number == 0:
                    actions.edit(places.PLACE, shelf.id, {"closed": True})
                    return "closed"
                item = session.get_one(Item, items[number - 1].id)
                goods.shelve(item, session.get_one(Place, shelf.id))
        except Refusal as refusal:
            return refusal.code
        return "shelved"

    at_once(4, one)
    with app.app_context():
        things = session.scalars(select(Item.id).where(Item.place_id == shelf.id)).all()
    assert bool(things) is (make.again(shelf).closed_at is None)
