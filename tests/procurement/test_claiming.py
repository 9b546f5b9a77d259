"""A unit books pieces of a lot, and can only book what is there."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lainaamo.core import journal, outbox
from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Item
from lainaamo.people.models import Person, Unit
from lainaamo.procurement.models import Claim
from tests.conftest import AtOnce, SignedIn
from tests.make import Make
from tests.procurement.conftest import Counted
from tests.strict import Browser

MON = date(2026, 3, 2)


def book(browser: Browser, lot: Item, unit: Unit | None, number: object, **more: str) -> int:
    form = {"number": str(number), "unit": str(unit.id) if unit else "", **more}
    return browser.post(f"/kierto/erat/{lot.id}/varaukset", data=form).status_code


def test_a_buyer_books_four_of_twelve_for_the_school(
    at_school: Browser, chairs: Item, school: Unit, counted: Counted
) -> None:
    answer = at_school.post(
        f"/kierto/erat/{chairs.id}/varaukset",
        data={"number": "4", "unit": str(school.id), "wanted_on": "2026-03-09"},
    )
    assert answer.status_code == 303
    assert counted(chairs) == (12, 8, 4)
    page = at_school.get(answer.location).text
    assert "Varattu: 4 kpl, Tuoli" in page
    assert "varaaja Riikka" in page
    assert "toivottu päivä ma 9.3." in page


def test_a_booking_is_told_in_the_journal_without_names(
    app: Lainaamo, make: Make, chairs: Item, school: Unit
) -> None:
    claim = make.claim(chairs, school, 4)
    with app.app_context():
        wanted = select(journal.Entry).where(journal.Entry.verb == "claim.made")
        line = session.scalars(wanted).one()
        assert (line.thing, line.thing_id) == ("item", chairs.id)
        assert line.details == {"claim": claim.id, "quantity": 4, "unit": school.id}
        promised = set(session.scalars(select(outbox.Message.kind)))
        assert promised == {"claim.made", "claim.to_gather"}


def test_who_wants_more_than_is_left_is_told_how_many_are(
    make: Make, at_school: Browser, chairs: Item, school: Unit, counted: Counted
) -> None:
    make.claim(chairs, make.unit(), 9)
    form = {"number": "4", "unit": str(school.id)}
    answer = at_school.post(f"/kierto/erat/{chairs.id}/varaukset", data=form)
    assert answer.status_code == 409
    assert "Näitä on jäljellä vain 3. Varaa 3 tai katso muita samanlaisia." in answer.text
    assert 'name="number" type="number" inputmode="numeric" min="1" max="3"' in answer.text
    assert 'required value="3"' in answer.text
    assert counted(chairs) == (12, 3, 9)


def test_when_nothing_is_left_others_like_it_are_shown(
    make: Make, at_school: Browser, chairs: Item, school: Unit
) -> None:
    make.claim(chairs, make.unit(), 12)
    other = make.item(make.kind("Penkki", pool="reuse"), quantity=5)
    assert book(at_school, chairs, school, 1) == 409
    page = at_school.get(f"/kierto/erat/{chairs.id}").text
    assert f"/kierto/erat/{other.id}" in page
    assert 'id="book"' not in page


@pytest.mark.parametrize("number", ["", "0", "-1", "1.5", "kaksi", "١٢", "9" * 40, "a" * 10_000])
def test_what_is_no_number_is_to_be_corrected(
    at_school: Browser, chairs: Item, school: Unit, number: str, counted: Counted
) -> None:
    assert book(at_school, chairs, school, number) == 422
    assert counted(chairs) == (12, 12, 0)


@pytest.mark.parametrize(
    ("wish", "status"),
    [("", 303), ("2026-03-02", 303), ("huomenna", 422), ("2026-03-01", 409), ("2030-01-01", 409)],
)
def test_a_wish_for_a_day_is_for_a_day_to_come(
    at_school: Browser, chairs: Item, school: Unit, wish: str, status: int
) -> None:
    assert book(at_school, chairs, school, 1, wanted_on=wish) == status


def test_goods_that_can_go_later_are_not_wished_for_sooner(
    make: Make, at_school: Browser, school: Unit
) -> None:
    kind = make.kind(pool="reuse")
    lot = make.item(kind, quantity=3, available_from=MON + timedelta(14))
    assert book(at_school, lot, school, 1, wanted_on="2026-03-10") == 409
    assert book(at_school, lot, school, 1) == 303


def test_what_is_broken_in_repair_or_for_lending_is_not_booked(
    make: Make, at_school: Browser, school: Unit
) -> None:
    kind = make.kind(pool="reuse")
    broken, in_repair = make.item(kind, condition="broken"), make.item(kind)
    make.repair(in_repair, "clean")
    assert book(at_school, broken, school, 1) == 409
    assert book(at_school, in_repair, school, 1) == 409
    assert book(at_school, make.item(), school, 1) == 404


def test_a_form_without_its_unit_is_for_the_only_one_there_is(
    make: Make, at_school: Browser, signed_in: SignedIn, chairs: Item, school: Unit
) -> None:
    assert book(at_school, chairs, None, 1) == 303
    make.unit("Kirjasto", parent=school)
    assert book(at_school, chairs, None, 1) == 422


def test_nobody_books_for_another_unit(
    make: Make, at_school: Browser, chairs: Item, counted: Counted
) -> None:
    foreign = make.unit("Toinen koulu")
    assert book(at_school, chairs, foreign, 1) == 404
    for number in ("999999", "0", "-1", "x", "9" * 50):
        form = {"number": "1", "unit": number}
        answer = at_school.post(f"/kierto/erat/{chairs.id}/varaukset", data=form)
        assert answer.status_code == 404
    assert counted(chairs) == (12, 12, 0)


def test_a_role_for_a_unit_reaches_the_units_under_it_and_not_those_above(
    make: Make, signed_in: SignedIn, chairs: Item
) -> None:
    town = make.unit("Kunta")
    school = make.unit("Koulu", parent=town)
    library = make.unit("Koulun kirjasto", parent=school)
    browser = signed_in("buyer", person_id=make.person("buyer", unit=school).id)
    assert book(browser, chairs, library, 1) == 303
    assert book(browser, chairs, school, 1) == 303
    assert book(browser, chairs, town, 1) == 404


def test_a_coordinator_books_for_any_unit(
    signed_in: SignedIn, make: Make, chairs: Item, school: Unit
) -> None:
    make.unit("Toinen")
    coordinator = signed_in("coordinator")
    assert book(coordinator, chairs, school, 2) == 303
    assert book(coordinator, chairs, None, 2) == 422


@pytest.mark.parametrize("role", ["resident", "worker", "counter", "supervisor"])
def test_only_buyers_book(signed_in: SignedIn, chairs: Item, school: Unit, role: str) -> None:
    assert book(signed_in(role), chairs, school, 1) == 403


def test_ten_at_once_never_get_more_than_there_is(
    at_once: AtOnce,
    make: Make,
    signed_in: SignedIn,
    chairs: Item,
    school: Unit,
    counted: Counted,
) -> None:
    browsers = [
        signed_in("buyer", person_id=make.person("buyer", unit=school).id) for _ in range(10)
    ]
    told = at_once(10, lambda one: book(browsers[one.number], chairs, school, 5))
    assert sorted(told) == [303] * 2 + [409] * 8
    assert counted(chairs) == (12, 2, 10)


def test_the_same_form_a_hundred_times_is_one_booking(
    app: Lainaamo, at_school: Browser, chairs: Item, school: Unit, counted: Counted
) -> None:
    form = {"number": "2", "unit": str(school.id), "_key": "one-key"}
    path = f"/kierto/erat/{chairs.id}/varaukset"
    places = {at_school.post(path, data=form).location for _ in range(100)}
    assert len(places) == 1
    assert counted(chairs) == (12, 10, 2)
    with app.app_context():
        assert len(session.scalars(select(Claim.id)).all()) == 1


def test_a_buyer_who_left_the_unit_books_no_more(
    app: Lainaamo, make: Make, at_school: Browser, buyer: Person, chairs: Item, school: Unit
) -> None:
    assert book(at_school, chairs, school, 1) == 303
    make.grants_ended(buyer)
    assert book(at_school, chairs, school, 1) == 403
