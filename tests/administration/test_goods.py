"""A typing error of a name, a size or a shelf is corrected, and promises keep their things."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.administration.conftest import Office
from tests.make import Make

MON = date(2026, 3, 2)
TUE = MON + timedelta(1)


def test_a_name_is_corrected_in_all_languages_and_found(
    make: Make, another: Callable[[str], Office]
) -> None:
    kind = make.kind("Suskt")
    make.item(kind)
    desk = another("counter")
    saved = desk.save(
        f"/hallinta/nimikkeet/{kind.id}", name="Sukset", name_sv="Skidor", price="129,9"
    )
    assert saved.status_code == 303
    now = make.again(kind)
    assert (now.name, now.name_sv, now.name_en, now.price_new_cents) == (
        "Sukset",
        "Skidor",
        None,
        12990,
    )
    assert f"/valineet/{kind.id}" in desk.browser.get("/?q=sukset").text


@pytest.mark.parametrize("price", ["-1", "12,345", "paljon", "9" * 400])
def test_what_is_no_price_is_told(make: Make, office: Office, price: str) -> None:
    kind = make.kind()
    told = office.save(f"/hallinta/nimikkeet/{kind.id}", price=price)
    assert told.status_code == 422
    assert 'id="f-price-wrong"' in told.text


def test_a_kind_stays_on_its_side(make: Make, office: Office) -> None:
    kind, reuse = make.kind(), make.category("desks", pool="reuse")
    refused = office.save(f"/hallinta/nimikkeet/{kind.id}", category_id=reuse.id)
    assert refused.status_code == 422
    assert make.again(kind).category_id == kind.category_id


def test_a_size_is_corrected_by_its_measure_and_taken_back(make: Make, office: Office) -> None:
    skis = make.category("skis", attributes=["ski_length", "colour"])
    item = make.item(make.kind(category=skis), size="15 cm")
    page = f"/hallinta/tavarat/{item.id}"
    office.save(page, a_ski_length="150", a_colour="red", note="Uudet siteet")
    now = make.again(item)
    assert (now.size, now.attributes, now.note) == (
        "150 cm",
        {"ski_length": 150, "colour": "red"},
        "Uudet siteet",
    )
    office.undo(office.changes()[0])
    now = make.again(item)
    assert (now.size, now.attributes, now.note) == ("15 cm", {}, None)


def test_a_measure_that_cannot_be_is_told(make: Make, office: Office) -> None:
    skis = make.category("skis", attributes=["ski_length"])
    item = make.item(make.kind(category=skis))
    told = office.save(f"/hallinta/tavarat/{item.id}", a_ski_length="9 km")
    assert told.status_code == 422
    assert "9 km" in told.text


def test_a_size_that_is_promised_is_not_changed(make: Make, office: Office) -> None:
    kind = make.kind()
    item = make.item(kind, size="150")
    make.reservation(kind, TUE, TUE, size="150")
    refused = office.save(f"/hallinta/tavarat/{item.id}", size="160")
    assert refused.status_code == 409
    assert make.again(item).size == "150"
    make.item(kind, size="150")
    assert office.save(f"/hallinta/tavarat/{item.id}", size="160").status_code == 303


def test_a_shelf_of_another_site_takes_the_thing_there(make: Make, office: Office) -> None:
    here, there = make.place("A1"), make.place("B1", site=make.site("kirjasto"))
    item = make.item(place=here)
    office.save(f"/hallinta/tavarat/{item.id}", home_place_id=there.id)
    now = make.again(item)
    assert (now.home_place_id, now.place_id, now.site_id) == (there.id, there.id, there.site_id)


def test_the_thing_s_page_leads_here_and_tells_of_it(make: Make, office: Office) -> None:
    item = make.item()
    sign = make.sign(item)
    assert f"/hallinta/tavarat/{item.id}" in office.browser.get(f"/tavarat/{sign}").text
    office.save(f"/hallinta/tavarat/{item.id}", note="Naarmu")
    assert "Tietoja korjattu" in office.browser.get(f"/tavarat/{sign}").text


def test_a_worker_of_the_floor_does_not_correct(
    make: Make, another: Callable[[str], Office]
) -> None:
    item = make.item()
    assert another("worker").browser.get(f"/hallinta/tavarat/{item.id}").status_code == 403
