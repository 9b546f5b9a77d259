"""What people are told when they ask for what cannot be: days, numbers, children, old links."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Allocation, Kind
from lainaamo.lending import blocks
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Loan, Reservation
from lainaamo.people.models import Person
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

FIRST, LAST = "2026-03-03", "2026-03-06"
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
"""The Sundays on which the clocks are changed."""


def reserve(browser: Browser, kind: Kind, first: str = FIRST, last: str = LAST, **more: str) -> Any:
    form = {"first_day": first, "last_day": last, "first_name": "Aino", "agree": "yes"}
    form |= {"contact": "aino@example.fi", **more}
    return browser.post(f"/valineet/{kind.id}/varaukset", data=form)


def made(app: Lainaamo) -> list[Reservation]:
    with app.app_context():
        return list(session.scalars(select(Reservation)))


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-03-06", "2026-03-03", "Viimeinen päivä on ennen ensimmäistä."),
        ("2026-02-26", "2026-03-03", "Ensimmäinen päivä on jo mennyt."),
        ("2027-03-03", "2027-03-05", "Viimeinen päivä, jonka voit nyt varata"),
        ("2026-03-03", "2026-03-07", "Olemme silloin kiinni"),
        ("2026-03-07", "2026-03-09", "Olemme silloin kiinni"),
        ("2026-03-03", "2026-06-30", "Laina-aika on enintään 28 päivää."),
    ],
)
def test_days_that_cannot_be_are_told_with_what_can(
    app: Lainaamo, browser: Browser, make: Make, first: str, last: str, words: str
) -> None:
    kind = make.kind()
    make.item(kind)
    answer = reserve(browser, kind, first, last)
    assert answer.status_code == 409
    assert words in answer.text
    assert made(app) == []


@pytest.mark.parametrize(
    "day", ["huomenna", "2026-02-30", "0000-00-00", "99999-01-01", "2026-3-3x", "9" * 10_000]
)
def test_what_is_no_day_reserves_nothing(
    app: Lainaamo, browser: Browser, make: Make, day: str
) -> None:
    kind = make.kind()
    make.item(kind)
    assert reserve(browser, kind, day, LAST).status_code == 422
    assert reserve(browser, kind, FIRST, day).status_code == 422
    assert made(app) == []


@pytest.mark.parametrize("sunday", [SPRING, AUTUMN])
def test_a_loan_over_a_change_of_clocks_has_each_day_once(
    app: Lainaamo, make: Make, sunday: date
) -> None:
    make.site(open_on=range(7))
    kind = make.kind()
    make.item(kind)
    first, last = sunday - timedelta(1), sunday + timedelta(1)
    with clock.at(datetime(first.year, first.month, first.day, 9, tzinfo=clock.HELSINKI)):
        make.reservation(kind, first, last)
    with app.app_context():
        days = session.scalars(select(Allocation.day).order_by(Allocation.day)).all()
    assert days == [first, sunday, last]


@pytest.mark.parametrize("sunday", [SPRING, AUTUMN])
@pytest.mark.parametrize(("hour", "is_late"), [(0, False), (23, False), (24, True)])
def test_a_loan_due_on_the_day_the_clocks_change_is_late_at_midnight_and_no_sooner(
    app: Lainaamo, make: Make, signed_in: SignedIn, sunday: date, hour: int, *, is_late: bool
) -> None:
    make.site(open_on=range(7))
    aino, item = make.person("resident", first_name="Aino"), make.item(make.kind("Sukset"))
    begun = datetime(sunday.year, sunday.month, sunday.day, tzinfo=clock.HELSINKI)
    with clock.at(begun - timedelta(days=3)):
        make.loan(item, sunday, person=aino)
    # The wall's hours: the day itself has 23 or 25 of them.
    day, wall = (sunday + timedelta(1), 0) if hour == 24 else (sunday, hour)
    at = datetime(day.year, day.month, day.day, wall, 5, tzinfo=clock.HELSINKI)
    with clock.at(at):
        page = signed_in("resident", person_id=aino.id).get("/omat").text
    assert ("Olisi pitänyt palauttaa" in page) is is_late


@pytest.mark.parametrize(
    "written",
    [
        *("0401234567", "040 123 4567", "040-1234567", "+358 40 1234567", "00358401234567"),
        *("(040) 123 45 67", "040.123.4567", " 040\u00a0123\u00a04567 ", "+358(0)401234567"),
    ],
)
def test_a_number_is_the_same_in_any_writing(
    app: Lainaamo, make: Make, signed_in: SignedIn, written: str
) -> None:
    aino, kind = make.person("resident", phone="+358401234567"), make.kind()
    make.item(kind)
    answer = reserve(signed_in("counter"), kind, contact=written)
    assert answer.status_code == 303
    assert [one.person_id for one in made(app)] == [aino.id]


@pytest.mark.parametrize(
    "written", ["040", "123", "0700123456", "+999", "aino@", "040 123 456 789 01"]
)
def test_what_is_no_number_is_told_at_the_field(
    app: Lainaamo, browser: Browser, make: Make, written: str
) -> None:
    kind = make.kind()
    make.item(kind)
    answer = reserve(browser, kind, contact=written)
    assert answer.status_code == 422
    assert "Kirjoita sähköpostiosoite" in answer.text
    assert made(app) == []


def test_a_child_needs_a_guardian_s_word_where_the_terms_ask_it(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    make.terms(least_age=15)
    kind, aino = make.kind(), make.person("resident", first_name="Aino")
    make.item(kind)
    oona = make.child(aino, "Oona", height_cm=128)
    browser = signed_in("resident", person_id=aino.id)
    assert reserve(browser, kind, for_whom=str(oona.id)).status_code == 422
    assert made(app) == []
    assert reserve(browser, kind, for_whom=str(oona.id), of_age="15").status_code == 303
    assert [one.for_name for one in made(app)] == ["Oona"]


def test_a_form_sent_twice_is_one_reservation(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    kind, browser = make.kind(), signed_in("resident")
    make.item(kind)
    make.item(kind)
    again = {"for_whom": "me", "_key": "k" * 22}
    first, second = (reserve(browser, kind, **again) for _press in range(2))
    assert first.location == second.location
    assert len(made(app)) == 1


def test_a_link_that_was_closed_says_no_more_than_any_other_address(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    kind = make.kind()
    make.item(kind)
    one = make.reservation(kind, date(2026, 3, 3), date(2026, 3, 6))
    path = own_path(one, app.config["SETTINGS"])
    assert browser.get(path).status_code == 200
    with app.app_context(), transaction():
        session.get_one(Reservation, one.id).link_revoked_at = clock.now()
    closed, made_up = browser.get(path), browser.get(f"{path[:-1]}x")
    assert closed.status_code == made_up.status_code == 404


@pytest.mark.parametrize("door", ["screen", "line", "program", "again", "group", "desk"])
def test_a_block_stands_at_every_door(
    app: Lainaamo, make: Make, signed_in: SignedIn, door: str
) -> None:
    kind, aino = make.kind(), make.person("resident", first_name="Aino", phone="+358401234567")
    items = [make.item(kind) for _n in range(5)]
    before = make.reservation(kind, date(2026, 3, 9), date(2026, 3, 10), person=aino)
    if door == "line":
        for item in items[1:]:
            make.loan(item, date(2026, 3, 6))
        make.loan(items[0], date(2026, 3, 6))
    with app.app_context(), transaction():
        blocks.block(session.get_one(Person, aino.id), "late", last_day=date(2026, 3, 20))
    browser = signed_in("resident", person_id=aino.id)
    days = {"alku": FIRST, "loppu": LAST, "agree": "yes"}
    wish = {"first_day": "2026-03-02", "days": "2", "for_whom": "me", "agree": "yes"}
    asked: dict[str, Any] = {
        "screen": lambda: reserve(browser, kind, for_whom="me"),
        "line": lambda: browser.post(f"/valineet/{kind.id}/jono", data=wish),
        "program": lambda: browser.post(
            "/api/v1/reservations",
            json={"kind": kind.id, "first_day": FIRST, "last_day": LAST},
        ),
        "again": lambda: browser.post(f"/omat/uudestaan/{before.id}", data=days),
        "group": lambda: browser.post(
            f"/valineet/{kind.id}/ryhmalle", data={**days, "group": "4 B", "kpl-0": "1"}
        ),
        "desk": lambda: signed_in("worker").post(
            f"/tiski/lainaajat/{aino.id}/lainat", data={"code": make.sign(items[0])}
        ),
    }
    answer = asked[door]()
    assert answer.status_code == 409, answer.text[:500]
    assert "21.3." in answer.text or "20.3." in answer.text or '"blocked"' in answer.text
    assert len(made(app)) == 1
    with app.app_context():
        mine = select(Loan.id).where(Loan.person_id == aino.id)
        assert session.scalars(mine).all() == []
