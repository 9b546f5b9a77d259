"""Sites: their week, the days that break it, and promises that a closed day would break."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import select

from lainaamo.administration import actions
from lainaamo.administration.rules import day_fact
from lainaamo.administration.sites import SITE
from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.web import Lainaamo
from lainaamo.goods import queries as goods
from lainaamo.goods.models import DayException, OpeningHours
from lainaamo.lending.models import Reservation
from tests.administration.conftest import Office, filled
from tests.conftest import AtOnce
from tests.make import Make

MON = date(2026, 3, 2)
TUE, WED, FRI = MON + timedelta(1), MON + timedelta(2), MON + timedelta(4)


def exceptions(app: Lainaamo) -> dict[date, DayException]:
    with app.app_context():
        return {row.day: row for row in session.scalars(select(DayException))}


def test_a_site_is_added_and_opened_for_a_day(app: Lainaamo, office: Office) -> None:
    added = office.save("/hallinta/toimipisteet", name="Kirjasto", address="Tie 2", phone="08 1234")
    assert added.status_code == 303
    (change,) = office.changes()
    page = f"/hallinta/toimipisteet/{change.thing_id}"
    office.save(page, opens_0="12:00", closes_0="17:30")
    with app.app_context():
        (row,) = session.scalars(select(OpeningHours)).all()
    assert (row.weekday, row.opens, row.closes) == (0, time(12), time(17, 30))


def test_hours_the_wrong_way_round_are_told_at_the_day(make: Make, office: Office) -> None:
    site = make.site()
    told = office.save(f"/hallinta/toimipisteet/{site.id}", opens_2="17:00", closes_2="12:00")
    assert told.status_code == 422
    assert filled(told.text, f"/hallinta/toimipisteet/{site.id}")["opens_2"] == ["17:00"]
    half = office.save(f"/hallinta/toimipisteet/{site.id}", opens_2="")
    assert half.status_code == 422


def test_days_are_closed_with_a_reason_and_opened_again(
    app: Lainaamo, make: Make, office: Office
) -> None:
    site = make.site()
    page = f"/hallinta/toimipisteet/{site.id}/paivat"
    typed = {"first_day": str(TUE), "last_day": str(WED), "reason": "Muutto"}
    assert office.save(page, **typed).status_code == 303
    assert {day: row.reason for day, row in exceptions(app).items()} == {
        TUE: "Muutto",
        WED: "Muutto",
    }
    office.browser.post(f"{page}/{TUE}/poisto")
    assert list(exceptions(app)) == [WED]
    office.undo(office.changes()[0])
    assert sorted(exceptions(app)) == [TUE, WED]


def test_a_day_somebody_comes_on_closes_only_when_the_number_is_agreed_to(
    app: Lainaamo, make: Make, office: Office
) -> None:
    site, kind = make.site(), make.kind()
    items = [make.item(kind) for _ in range(3)]
    make.reservation(kind, TUE, FRI)
    make.reservation(kind, MON, TUE)
    make.loan(items[0], TUE)
    page = f"/hallinta/toimipisteet/{site.id}/paivat"
    asked = office.save(page, first_day=str(TUE))
    assert asked.status_code == 409
    assert exceptions(app) == {}
    form = filled(asked.text, page)
    assert "3 lupausta" in asked.text
    assert office.send(page, form, confirmed=2).status_code == 409
    assert office.send(page, form, confirmed=3).status_code == 303
    assert list(exceptions(app)) == [TUE]


def test_a_weekday_that_people_come_on_asks_too(make: Make, office: Office) -> None:
    site, kind = make.site(), make.kind()
    make.item(kind)
    make.reservation(kind, TUE, FRI)
    page = f"/hallinta/toimipisteet/{site.id}"
    asked = office.save(page, opens_1="", closes_1="")
    assert asked.status_code == 409
    assert office.send(page, filled(asked.text, page), confirmed=1).status_code == 303


def test_taking_back_an_extra_day_on_which_somebody_comes_asks_too(
    make: Make, office: Office
) -> None:
    site, kind = make.site(), make.kind()
    saturday = MON + timedelta(5)
    make.item(kind)
    page = f"/hallinta/toimipisteet/{site.id}/paivat"
    office.save(page, first_day=str(saturday), opens="10:00", closes="14:00")
    make.reservation(kind, TUE, saturday)
    change = office.changes()[0]
    assert office.undo(change).status_code == 409
    assert office.undo(change, confirmed=1).status_code == 303


def test_nobody_is_promised_a_day_that_is_being_closed(
    app: Lainaamo, make: Make, at_once: AtOnce
) -> None:
    """Half close the day, half reserve it: no reservation begins on a day that is closed."""
    site, kind = make.site(), make.kind()
    for _ in range(4):
        make.item(kind)

    def one(browser: Any) -> str:
        try:
            if browser.number % 2:
                make.reservation(kind, TUE, FRI)
                return "promised"
            with app.app_context(), transaction():
                actions.edit(SITE, site.id, {day_fact(TUE): {"hours": None, "reason": None}})
        except Refusal as refusal:
            return refusal.code
        return "closed"

    results = at_once(8, one)
    with app.app_context():
        begins = session.scalars(select(Reservation.first_day)).all()
        is_open = goods.opening(site.id).is_open(TUE)
    assert ("promised" in results) is (TUE in begins) is is_open, results


def test_a_site_with_things_stays_and_an_empty_one_leaves_the_lists(
    app: Lainaamo, make: Make, office: Office
) -> None:
    busy, empty = make.site(), make.site("kirjasto")
    make.item()
    refused = office.browser.post(f"/hallinta/toimipisteet/{busy.id}/sulkeminen")
    assert refused.status_code == 409
    assert office.browser.post(f"/hallinta/toimipisteet/{empty.id}/sulkeminen").status_code == 303
    with app.app_context():
        assert [site.id for site in goods.sites()] == [busy.id]
    office.undo(office.changes()[0])
    assert make.again(empty).closed_at is None


def test_the_public_page_tells_the_new_hours_at_once(
    make: Make, office: Office, another: Callable[[str], Office]
) -> None:
    site = make.site()
    visitor = another("resident").browser
    assert "klo 12–17" in visitor.get("/aukiolo").text
    office.save(f"/hallinta/toimipisteet/{site.id}", opens_0="09:00", closes_0="10:15")
    with clock.at(clock.now()):
        assert "klo 9–10.15" in visitor.get("/aukiolo").text
