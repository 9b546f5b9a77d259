"""What a thing still lacks: the list, the short form, and what it refuses."""

from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Category, Code, Item, Kind
from lainaamo.reception.arrivals import ROWS
from tests.conftest import MONDAY, SignedIn
from tests.make import Make
from tests.strict import Browser

HERE = "/vastaanotto"
LIST = f"{HERE}/taydennettavat"


@pytest.fixture
def worker(signed_in: SignedIn) -> Browser:
    return signed_in("worker")


@pytest.fixture
def skis(make: Make) -> Category:
    return make.category("skis", attributes=["ski_length", "colour"])


def save(browser: Browser, item: Item, **fields: str) -> TestResponse:
    return browser.post(f"{HERE}/{item.id}", data=fields)


def test_a_bare_thing_lacks_everything_and_a_whole_one_nothing(
    worker: Browser, make: Make, skis: Category
) -> None:
    bare = make.item(make.kind("Paljas", category=skis), sign=False)
    whole = make.kind("Kokonainen", category=skis, price_new_cents=100)
    make.photo(make.item(whole, size="150 cm", place=make.place()))
    page = worker.get(LIST).text
    assert "Paljas" in page
    assert "Kokonainen" not in page
    for words in ("Koko", "Hylly", "Kuva", "Tarra", "Hinta"):
        assert f"{words} puuttuu" in worker.get(f"{HERE}/{bare.id}").text
    for word in ("koko", "paikka", "kuva", "tarra", "hinta"):
        assert "Paljas" in worker.get(f"{LIST}?puuttuu={word}").text


def test_a_thing_that_has_left_lacks_nothing_any_more(worker: Browser, make: Make) -> None:
    item = make.item(make.kind("Poissa"), sign=False)
    worker.post(f"{HERE}/{item.id}/peru", data={})
    assert "Poissa" not in worker.get(LIST).text


def test_a_group_without_sizes_asks_for_none(worker: Browser, make: Make) -> None:
    ball = make.kind("Pallo", category=make.category("balls", attributes=["colour"]))
    page = worker.get(f"{HERE}/{make.item(ball).id}").text
    assert "Koko puuttuu" not in page


def test_the_list_goes_on_page_by_page_the_oldest_first(worker: Browser, make: Make) -> None:
    for number in range(ROWS + 2):
        make.item(make.kind(f"Tavara {number:03}"), sign=False)
    first = worker.get(f"{LIST}?puuttuu=tarra").text
    assert "Tavara 000" in first
    assert f"Tavara {ROWS:03}" not in first
    address = first.split('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    second = worker.get(address.replace("&amp;", "&")).text
    assert f"Tavara {ROWS:03}" in second
    assert "Tavara 000" not in second


def test_what_came_a_year_ago_waits_no_more(worker: Browser, make: Make) -> None:
    with clock.at(MONDAY - timedelta(days=366)):
        make.item(make.kind("Vanha"), sign=False)
    page = worker.get(LIST).text
    assert "Vanha" not in page
    assert "kunnossa" in page


def test_the_short_form_fills_what_is_missing(worker: Browser, make: Make, skis: Category) -> None:
    item = make.item(make.kind("Sukset", category=skis))
    shelf = make.place("H4")
    fields = {"ski_length": "150", "place": "h4", "price": "129,90", "colour": "blue"}
    assert save(worker, item, **fields).status_code == 303
    now = make.again(item)
    assert (now.size, now.place_id, now.price_new_cents) == ("150 cm", shelf.id, 12990)
    assert now.attributes == {"ski_length": 150, "colour": "blue"}


def test_a_shelf_is_also_told_by_scanning_its_code(worker: Browser, make: Make) -> None:
    item, shelf = make.item(), make.place("H4", sign=True)
    save(worker, item, place=make.sign(shelf))
    assert make.again(item).home_place_id == shelf.id


def test_a_blank_label_is_put_on_a_thing_without_one(
    app: Lainaamo, worker: Browser, make: Make
) -> None:
    item = make.item(sign=False)
    make.kept(Code(sign="K7M4P", made_at=item.received_at))
    assert save(worker, item, sign="k7m4p").status_code == 303
    with app.app_context():
        assert session.query(Code).filter_by(sign="K7M4P").one().item_id == item.id


def test_an_empty_field_changes_nothing(worker: Browser, make: Make, skis: Category) -> None:
    kind = make.kind("Sukset", category=skis)
    item = make.item(kind, size="150 cm", price_new_cents=500)
    save(worker, item, ski_length="", price=" ", name="", place="")
    now = make.again(item)
    assert (now.size, now.price_new_cents, now.kind_id) == ("150 cm", 500, kind.id)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("ski_length", "kuusi"),
        ("ski_length", "9" * 10_000),
        ("place", "Ei ole"),
        ("place", "\u202e" * 50),
        ("price", "halpa"),
        ("price", "-5"),
        ("sign", "AAAA"),
        ("name", "x" * 10_000),
    ],
)
def test_a_field_to_correct_says_so_and_keeps_what_was_typed(
    worker: Browser, make: Make, skis: Category, field: str, text: str
) -> None:
    item = make.item(make.kind("Sukset", category=skis), sign=False)
    answer = save(worker, item, **{field: text, "colour": "blue"})
    assert answer.status_code == 422
    assert f'id="f-{field}-wrong"' in answer.text
    assert make.again(item).attributes == {}


def test_a_thing_called_by_another_name_goes_to_that_kind(
    app: Lainaamo, worker: Browser, make: Make, skis: Category, browser: Browser
) -> None:
    wrong = make.kind("Sukset", category=skis)
    right = make.kind("Metsäsukset", category=skis)
    item = make.item(wrong)
    save(worker, item, name="metsäsukset")
    assert make.again(item).kind_id == right.id
    assert make.again(wrong).left_at is not None
    assert browser.get(f"/valineet/{wrong.id}").status_code == 404


def test_a_new_name_is_a_new_kind_that_can_be_found(
    app: Lainaamo, worker: Browser, make: Make, skis: Category, browser: Browser
) -> None:
    first, item = (make.item(make.kind("Sukset", category=skis)) for _ in range(2))
    save(worker, item, name="Tunturisukset")
    now = make.again(item)
    assert now.kind_id != first.kind_id
    with app.app_context():
        assert session.get_one(Kind, now.kind_id).name == "Tunturisukset"
    assert "Tunturisukset" in browser.get("/?q=tunturisukset").text


def test_a_broken_thing_is_renamed_with_its_repair(
    worker: Browser, make: Make, skis: Category
) -> None:
    item = make.item(make.kind("Sukset", category=skis), condition="broken")
    make.repair(item)
    assert save(worker, item, name="Metsäsukset").status_code == 303
    (use,) = make.uses(item)
    assert use.kind_id == make.again(item).kind_id


def test_a_promised_thing_keeps_its_name(worker: Browser, make: Make, skis: Category) -> None:
    item = make.item(make.kind("Sukset", category=skis))
    make.loan(item, MONDAY.date())
    answer = save(worker, item, name="Metsäsukset")
    assert answer.status_code == 409
    assert "varattu tai lainattu" in answer.text
    assert make.again(item).kind_id == item.kind_id


def test_the_sizes_of_the_last_things_are_offered(
    worker: Browser, make: Make, skis: Category
) -> None:
    kind = make.kind("Sukset", category=skis)
    make.item(kind, size="160 cm")
    make.item(kind, size="outo")
    item = make.item(kind)
    page = worker.get(f"{HERE}/{item.id}").text
    assert 'name="ski_length" value="160 cm"' in page
    assert 'value="outo"' not in page


def test_the_labels_of_today_are_one_sheet(worker: Browser, make: Make) -> None:
    signs = [make.sign(make.item(make.kind(f"Uusi {n}"))) for n in range(2)]
    with clock.at(MONDAY - timedelta(days=1)):
        old = make.sign(make.item(make.kind("Eilinen")))
    page = worker.get(LIST).text
    address = page.partition("/tarrat.pdf?")[2].partition('"')[0]
    assert all(sign in address for sign in signs)
    assert old not in address


def test_only_the_floor_completes(signed_in: SignedIn, browser: Browser, make: Make) -> None:
    item = make.item()
    assert save(signed_in("resident"), item, price="5").status_code == 403
    assert signed_in("buyer").get(f"{HERE}/{item.id}").status_code == 403
    assert "/kirjautuminen" in browser.get(f"{HERE}/{item.id}").location
