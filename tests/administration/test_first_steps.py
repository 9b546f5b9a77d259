"""An empty house tells its administrator what to do first, and stops when it is done."""

from sqlalchemy import select

from lainaamo.core import house
from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Category
from tests.conftest import SignedIn
from tests.make import Make

HEADING = "Ensiaskeleet"


def test_the_administrator_of_an_empty_house_is_told_what_to_do_first(
    signed_in: SignedIn,
) -> None:
    page = signed_in("administrator").get("/hallinta").text
    assert HEADING in page
    assert "0/7 tehty" in page
    assert 'href="/hallinta/toimipisteet"' in page


def test_what_the_house_has_is_done(signed_in: SignedIn, make: Make) -> None:
    site = make.site()
    make.item(place=make.place("A1"))
    page = signed_in("administrator").get("/hallinta").text
    assert "4/7 tehty" in page, "a category, a site, a shelf, a thing"
    assert f'href="/hallinta/toimipisteet/{site.id}/hyllyt"' in page


def test_a_house_in_order_is_not_told_the_steps_any_more(
    app: Lainaamo, signed_in: SignedIn, make: Make
) -> None:
    make.item(place=make.place("A1"))
    make.person("counter")
    make.statement()
    administrator = signed_in("administrator")
    assert HEADING in administrator.get("/hallinta").text
    with app.app_context(), transaction():
        house.lock()
        house.write({"phone": "08 7654 321", "email": "tavarat@ii.fi"})
    assert HEADING not in administrator.get("/hallinta").text


def test_who_may_not_change_the_settings_is_not_told_the_steps(signed_in: SignedIn) -> None:
    assert HEADING not in signed_in("coordinator").get("/hallinta").text


def test_the_ready_made_categories_come_with_one_tap(app: Lainaamo, signed_in: SignedIn) -> None:
    administrator = signed_in("administrator")
    before = administrator.get("/hallinta/luokat").text
    assert 'action="/hallinta/luokat/valmiit"' in before
    for _press in range(2):
        answer = administrator.post("/hallinta/luokat/valmiit", follow_redirects=True)
        assert "Sukset" in answer.text
    assert 'action="/hallinta/luokat/valmiit"' not in answer.text
    with app.app_context():
        keys = session.scalars(select(Category.key)).all()
    assert len(keys) == len(set(keys)) > 100


def test_reception_without_categories_says_whom_to_ask(signed_in: SignedIn, make: Make) -> None:
    make.site()
    assert "Kysy pääkäyttäjältä." in signed_in("counter").get("/vastaanotto").text
    assert 'href="/hallinta/luokat"' in signed_in("administrator").get("/vastaanotto").text


def test_an_empty_catalogue_says_so_and_where_to_ask(signed_in: SignedIn) -> None:
    page = signed_in("resident").get("/").text
    assert "Täällä ei ole vielä mitään lainattavaa." in page
    assert "lyhyempää" not in page


def test_an_empty_list_of_things_says_how_the_first_ones_come(signed_in: SignedIn) -> None:
    page = signed_in("coordinator").get("/tavarat").text
    assert "Tavaroita ei ole vielä." in page
    assert 'href="/tuonti"' in page
    assert "Tavaroita ei ole vielä." not in signed_in("coordinator").get("/tavarat?q=sukset").text
