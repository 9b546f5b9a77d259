"""A place without staff: one's own reservation goes by its code, and comes back to be looked at."""

from datetime import date, datetime, time, timedelta

import pytest

from lainaamo.core import clock
from lainaamo.core.db import transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Item, Kind
from lainaamo.lending import self_service
from lainaamo.lending.models import Reservation
from lainaamo.lending.self_service import Span
from tests.conftest import AtOnce, SignedIn
from tests.make import Make
from tests.strict import Browser

MON, FRI = date(2026, 3, 2), date(2026, 3, 6)


@pytest.fixture
def unstaffed(app: Lainaamo, make: Make) -> None:
    """Let people do it by themselves from 7 to 21."""
    site = make.site()
    with app.app_context(), transaction():
        self_service.allow(site.id, Span(time(7), time(21)))


def reserved(make: Make) -> tuple[Kind, Item, Reservation]:
    kind = make.kind("Pulkka")
    item = make.item(kind)
    return kind, item, make.reservation(kind, MON, FRI)


def url(make: Make, item: Item) -> str:
    return f"/itsepalvelu/{make.sign(item)}"


def fetch(browser: Browser, make: Make, item: Item, code: str) -> int:
    return int(browser.post(f"{url(make, item)}/nouto", data={"code": code}).status_code)


def bring(browser: Browser, make: Make, item: Item, code: str = "") -> int:
    return int(browser.post(f"{url(make, item)}/palautus", data={"code": code}).status_code)


@pytest.mark.usefixtures("unstaffed")
def test_what_is_reserved_goes_by_its_code_and_comes_back_to_be_looked_at(
    browser: Browser, make: Make, signed_in: SignedIn
) -> None:
    _kind, item, made = reserved(make)
    assert browser.get(f"/Q/{make.sign(item)}").location == url(make, item)
    assert "Noutokoodi" in browser.get(url(make, item)).text
    assert fetch(browser, make, item, made.pick_up_code) == 303
    assert make.lines(made)[0].ended_as == "fetched"
    assert "Palauta" in browser.get(f"{url(make, item)}?tehty=nouto").text
    assert bring(browser, make, item, made.pick_up_code) == 303
    assert [use.purpose for use in make.uses(item)] == ["repair"]
    morning = signed_in("worker").get("/tiski/aamu").text
    assert "Katso nämä: ne on palautettu" in morning
    assert "Pulkka" in morning


@pytest.mark.usefixtures("unstaffed")
def test_a_wrong_code_opens_nothing_and_few_tries_are_let_through(
    browser: Browser, make: Make
) -> None:
    _kind, item, made = reserved(make)
    wrong = "0000" if made.pick_up_code != "0000" else "1111"
    assert {fetch(browser, make, item, wrong) for _try in range(8)} == {409}
    answer = browser.post(f"{url(make, item)}/nouto", data={"code": made.pick_up_code})
    assert answer.status_code == 409  # too many tries: the right one too has to wait
    assert make.lines(made)[0].ended_as is None


@pytest.mark.usefixtures("unstaffed")
def test_the_code_of_another_s_reservation_opens_nothing(browser: Browser, make: Make) -> None:
    _kind, item, _made = reserved(make)
    other = make.kind("Kypärä")
    make.item(other)
    theirs = make.reservation(other, MON, FRI)
    assert fetch(browser, make, item, theirs.pick_up_code) == 409


@pytest.mark.usefixtures("unstaffed")
def test_what_is_reserved_from_tomorrow_waits_till_then(browser: Browser, make: Make) -> None:
    kind = make.kind()
    item = make.item(kind)
    made = make.reservation(kind, MON + timedelta(1), FRI)
    assert fetch(browser, make, item, made.pick_up_code) == 409


@pytest.mark.usefixtures("unstaffed")
@pytest.mark.parametrize(("hour", "status"), [(6, 409), (7, 303), (20, 303), (21, 409)])
def test_the_hours_of_the_place_are_kept(
    browser: Browser, make: Make, hour: int, status: int
) -> None:
    _kind, item, made = reserved(make)
    with clock.at(datetime(2026, 3, 3, hour, tzinfo=clock.HELSINKI)):
        assert fetch(browser, make, item, made.pick_up_code) == status


def test_where_the_staff_do_it_nobody_does_it_alone(browser: Browser, make: Make) -> None:
    kind, item, made = reserved(make)
    assert f"/valineet/{kind.id}" in (browser.get(f"/Q/{make.sign(item)}").location or "")
    assert "Täällä henkilökunta hoitaa tämän." in browser.get(url(make, item)).text
    assert fetch(browser, make, item, made.pick_up_code) == 409


@pytest.mark.usefixtures("unstaffed")
def test_who_borrowed_at_the_desk_brings_it_back_signed_in(
    browser: Browser, make: Make, signed_in: SignedIn
) -> None:
    aino, item = make.person("resident"), make.item(make.kind())
    make.loan(item, FRI, person=aino)
    assert bring(browser, make, item, "0000") == 409
    assert bring(signed_in("resident"), make, item) == 409
    mine = signed_in("resident", person_id=aino.id)
    assert 'name="code"' not in mine.get(url(make, item)).text
    assert bring(mine, make, item) == 303
    assert bring(mine, make, item) == 409  # it is back: twice is told, and harmless


@pytest.mark.usefixtures("unstaffed")
def test_where_an_identity_card_is_asked_the_staff_hand_it_out(
    browser: Browser, make: Make
) -> None:
    make.terms(shows_id=True)
    _kind, item, made = reserved(make)
    assert fetch(browser, make, item, made.pick_up_code) == 409


@pytest.mark.usefixtures("unstaffed")
def test_of_four_at_once_one_gets_it(browser: Browser, make: Make, at_once: AtOnce) -> None:
    _kind, item, made = reserved(make)
    make.sign(item)
    path = f"{url(make, item)}/nouto"
    form = {"code": made.pick_up_code}
    got = at_once(4, lambda one: one.post(path, data=form).status_code)
    assert sorted(got) == [303, 409, 409, 409]


@pytest.mark.usefixtures("unstaffed")
def test_the_page_says_nothing_of_who_has_it(browser: Browser, make: Make) -> None:
    item = make.item(make.kind())
    make.loan(item, FRI, person=make.person("resident", first_name="Salaperäinen"))
    page = browser.get(url(make, item)).text
    assert "Salaperäinen" not in page
    assert "6.3." not in page


def test_the_office_sets_the_hours_and_ends_it(make: Make, signed_in: SignedIn) -> None:
    site, office = make.site(), signed_in("coordinator")
    here = f"/hallinta/toimipisteet/{site.id}/itsepalvelu"
    assert "Ei käytössä" in office.get(here).text
    assert office.post(here, data={"opens": "20:00", "closes": "08:00"}).status_code == 409
    assert office.post(here, data={"opens": "kahdeksan", "closes": "8"}).status_code == 422
    assert office.post(here, data={"opens": "08:00", "closes": "20:00"}).status_code == 303
    assert 'value="20:00"' in office.get(here).text
    assert office.post(here, data={"act": "end"}).status_code == 303
    assert "Ei käytössä" in office.get(here).text
    assert signed_in("counter").get(here).status_code == 403
