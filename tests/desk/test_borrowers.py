"""Borrowers at the desk: written down in a minute, found by card or name, lent to by scans."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lainaamo.core import journal
from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Code
from lainaamo.lending.models import Loan
from lainaamo.people.models import Person
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

HERE = "/tiski/lainaajat"
BLANK = "K7M4P"
FRIDAY, WEEK = date(2026, 3, 6), timedelta(7)


@pytest.fixture
def desk(signed_in: SignedIn) -> Browser:
    return signed_in("worker")


def find(desk: Browser, text: str) -> Any:
    return desk.post(f"{HERE}/haku", data={"q": text})


def test_a_borrower_without_phone_and_e_mail_is_written_down_with_a_card(
    app: Lainaamo, desk: Browser
) -> None:
    form = {"first_name": "Väinö", "contact": "", "card": BLANK.lower()}
    answer = desk.post(HERE, data=form)
    assert answer.status_code == 303
    page = desk.get(answer.location).text
    assert "Väinö" in page
    assert BLANK in page
    with app.app_context():
        person = session.scalars(select(Person).where(Person.first_name == "Väinö")).one()
        assert (person.email, person.phone) == (None, None)


@pytest.mark.parametrize("asked", [BLANK, "040-123 4567", "väin", "Väinö"])
def test_a_borrower_is_found_by_card_phone_and_name(desk: Browser, asked: str) -> None:
    desk.post(HERE, data={"first_name": "Väinö", "contact": "040 1234567", "card": BLANK})
    page = find(desk, asked).text
    assert "Väinö" in page
    assert "040 ••• 4567" in page
    assert "1234567" not in page.replace(asked, "")


@pytest.mark.parametrize("asked", ["", "vä", "  v ", "%"])
def test_fewer_than_three_letters_find_nobody(desk: Browser, make: Make, asked: str) -> None:
    make.person("resident", first_name="Väinö")
    page = find(desk, asked)
    assert page.status_code == 409
    assert "Väinö" not in page.text


def test_a_percent_sign_means_itself(desk: Browser, make: Make) -> None:
    make.person("resident", first_name="Väinö")
    assert "Väinö" not in find(desk, "%%%").text


def test_the_journal_knows_who_was_looked_up(app: Lainaamo, desk: Browser, make: Make) -> None:
    aino = make.person("resident", first_name="Aino-Kaisa")
    find(desk, "Aino-K")
    desk.post(f"{HERE}/{aino.id}/avaus")
    with app.app_context():
        lines = session.scalars(select(journal.Entry).where(journal.Entry.thing_id == aino.id))
        verbs = [line.verb for line in lines if line.verb.startswith("borrower.")]
    assert verbs == ["borrower.found", "borrower.opened"]


def test_a_card_scanned_at_the_desk_shows_the_borrower_and_the_things(
    app: Lainaamo, desk: Browser, make: Make
) -> None:
    desk.post(HERE, data={"first_name": "Väinö", "contact": "", "card": BLANK})
    with app.app_context():
        person = session.scalars(select(Person).where(Person.first_name == "Väinö")).one()
    make.loan(make.item(make.kind("Lumikengät")), date(2026, 3, 6), person=person)
    answer = desk.post("/tiski/skannaukset", data={"code": f"HTTP://127.0.0.1/Q/{BLANK}"})
    assert answer.location.startswith(f"/tiski?tila=lainaus&lainaaja={person.id}.")
    served = desk.get(answer.location).text
    assert f'href="{HERE}/{person.id}"' in served
    assert "Lumikengät" in desk.get(f"{HERE}/{person.id}").text
    assert desk.get(f"/Q/{BLANK}").location == f"{HERE}/{person.id}"


def test_a_card_tells_a_stranger_nothing(desk: Browser, browser: Browser) -> None:
    desk.post(HERE, data={"first_name": "Väinö", "contact": "", "card": BLANK})
    page = browser.get(f"/Q/{BLANK}")
    assert page.status_code == 200
    assert "Väinö" not in page.text


def test_a_thing_is_lent_to_a_borrower_by_one_scan(
    app: Lainaamo, desk: Browser, make: Make
) -> None:
    item, aino = make.item(make.kind("Sukset")), make.person("resident")
    answer = desk.post(f"{HERE}/{aino.id}/lainat", data={"code": make.sign(item)})
    assert answer.status_code == 303
    assert "Sukset: palauta viimeistään" in desk.get(answer.location).text
    with app.app_context():
        assert session.scalars(select(Loan.person_id)).one() == aino.id
    again = desk.post(f"{HERE}/{aino.id}/lainat", data={"code": make.sign(item)})
    assert again.status_code == 409


def test_a_scan_hands_out_the_borrowers_own_reservation(
    app: Lainaamo, desk: Browser, make: Make
) -> None:
    kind, aino = make.kind(), make.person("resident")
    item = make.item(kind)
    made = make.reservation(kind, date(2026, 3, 2), date(2026, 3, 5), person=aino)
    desk.post(f"{HERE}/{aino.id}/lainat", data={"code": make.sign(item)})
    assert [line.ended_as for line in make.lines(made)] == ["fetched"]
    with app.app_context():
        assert session.scalars(select(Loan.due_on)).one() == date(2026, 3, 5)


def test_a_card_that_is_in_use_is_not_given_again(app: Lainaamo, desk: Browser, make: Make) -> None:
    sign = make.sign(make.item())
    page = desk.post(HERE, data={"first_name": "Väinö", "contact": "", "card": sign})
    assert page.status_code == 409
    with app.app_context():
        assert session.scalar(select(Person.id).where(Person.first_name == "Väinö")) is None


def test_a_contact_that_is_known_is_searched_not_written_twice(desk: Browser, make: Make) -> None:
    make.person("resident", phone="+358401234567")
    form = {"first_name": "Väinö", "contact": "040 123 4567", "card": ""}
    assert desk.post(HERE, data=form).status_code == 409


def test_a_lost_card_is_followed_by_another(app: Lainaamo, desk: Browser, make: Make) -> None:
    aino = make.person("resident")
    assert desk.post(f"{HERE}/{aino.id}/kortti").status_code == 303
    assert desk.post(f"{HERE}/{aino.id}/kortti", data={"card": BLANK}).status_code == 303
    assert BLANK in desk.get(f"{HERE}/{aino.id}").text
    with app.app_context():
        assert len(session.scalars(select(Code).where(Code.person_id == aino.id)).all()) == 2


@pytest.mark.parametrize("role", ["resident", "buyer"])
def test_borrowers_are_for_the_staff(signed_in: SignedIn, make: Make, role: str) -> None:
    aino, browser = make.person("resident"), signed_in(role)
    assert browser.get(f"{HERE}/{aino.id}").status_code == 403
    assert find(browser, "Aino").status_code == 403


def test_a_name_of_ten_thousand_letters_is_shown_again(desk: Browser) -> None:
    form = {"first_name": "x" * 10_000, "contact": "", "card": ""}
    assert desk.post(HERE, data=form).status_code == 422
    assert find(desk, "x" * 10_000).status_code == 200


def test_a_loan_is_renewed_for_who_calls(desk: Browser, make: Make) -> None:
    make.terms(days=7)
    person = make.person("resident", first_name="Väinö")
    loan = make.loan(make.item(), FRIDAY, person=person)
    page = f"{HERE}/{person.id}"
    assert "Jatka lainaa" in desk.get(page).text
    seen = {"loan": str(loan.id), f"seen_{loan.id}": str(FRIDAY)}
    answer = desk.post(f"{page}/jatko", data=seen)
    assert (answer.status_code, make.again(loan).due_on) == (200, FRIDAY + WEEK)
    again = desk.post(f"{page}/jatko", data=seen)  # in another window, where it is shown as it was
    assert (again.status_code, make.again(loan).due_on) == (200, FRIDAY + WEEK)


def test_a_loan_that_cannot_be_renewed_says_why_and_another_s_is_left_alone(
    desk: Browser, make: Make
) -> None:
    make.terms(days=7, renewals=0)
    person, other = make.person("resident"), make.person("resident")
    loan, others = (make.loan(make.item(), FRIDAY, person=one) for one in (person, other))
    answer = desk.post(f"{HERE}/{person.id}/jatko", data={"loan": str(loan.id)})
    assert answer.status_code == 409
    assert "ei jatketa" in answer.text
    desk.post(f"{HERE}/{person.id}/jatko", data={"loan": str(others.id)})
    assert make.again(others).due_on == FRIDAY
