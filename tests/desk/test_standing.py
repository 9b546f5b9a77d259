"""At the desk: an identity card is asked for, a permit is ticked, somebody is put in a group."""

from datetime import timedelta

import pytest

from lainaamo.core.db import session
from lainaamo.lending import queries
from lainaamo.lending.models import Loan
from tests.conftest import SignedIn
from tests.desk.conftest import FRIDAY, TODAY, Desk
from tests.make import Make


def test_the_card_is_asked_for_and_one_tap_says_it_was_seen(desk: Desk, make: Make) -> None:
    kind, person = make.kind(), make.person("resident")
    make.terms(shows_id=True)
    item, other = make.item(kind), make.item(kind)
    page = f"/tiski/lainaajat/{person.id}/lainat"
    told = desk.press(page, code=make.sign(item))
    assert "Ask for an ID card" in told.text
    assert "ID card seen: lend" in told.text
    assert desk.send(page, code=make.sign(item), reason="id_seen").status_code == 303
    # Who has shown it today is not asked again.
    assert desk.send(page, code=make.sign(other)).status_code == 303
    with make.app.app_context():
        assert [one.id_seen for one in session.query(Loan).order_by(Loan.id)] == [True, False]


def test_a_worker_of_the_floor_may_say_that_the_card_was_seen(
    make: Make, signed_in: SignedIn
) -> None:
    person = make.person("resident")
    make.terms(least_age=18)
    sign = make.sign(make.item(make.kind()))
    worker = Desk(signed_in("worker"))
    page = f"/tiski/lainaajat/{person.id}/lainat"
    assert worker.send(page, code=sign).status_code == 409
    assert worker.send(page, code=sign, reason="id_seen").status_code == 303


def test_a_seen_card_is_no_exception_from_what_one_may_have(desk: Desk, make: Make) -> None:
    kind, person = make.kind(), make.person("resident")
    make.terms(shows_id=True, at_once=1)
    make.loan(make.item(make.kind("Muut", category=make.category("other"))), FRIDAY, person=person)
    page = f"/tiski/lainaajat/{person.id}/lainat"
    assert desk.send(page, code=make.sign(make.item(kind)), reason="id_seen").status_code == 303
    told = desk.press(page, code=make.sign(make.item(kind)), reason="id_seen")
    assert "can have 1" in told.text


def test_nothing_is_handed_out_without_the_permit_that_it_needs(desk: Desk, make: Make) -> None:
    sort, person = make.permit_sort(), make.person("resident")
    make.terms(permit_sort_id=sort.id)
    sign = make.sign(make.item(make.kind()))
    page = f"/tiski/lainaajat/{person.id}"
    assert "This needs a permit" in desk.press(f"{page}/lainat", code=sign).text
    until = TODAY + timedelta(200)
    shown = desk.press(f"{page}/luvat", permit=str(sort.id), permit_until=str(until))
    assert "Kiipeilykortti" in shown.text
    assert desk.send(f"{page}/lainat", code=sign).status_code == 303
    gone = desk.press(f"{page}/luvan-poisto", permit=str(sort.id))
    assert "No permits." in gone.text


@pytest.mark.parametrize(
    ("until", "status"),
    [("2026-02-01", 409), ("2099-01-01", 409), ("tomorrow", 422), ("", 422), ("0000-13-99", 422)],
)
def test_a_permit_has_a_last_day_that_makes_sense(
    desk: Desk, make: Make, until: str, status: int
) -> None:
    sort, person = make.permit_sort(), make.person("resident")
    answer = desk.send(
        f"/tiski/lainaajat/{person.id}/luvat", permit=str(sort.id), permit_until=until
    )
    assert answer.status_code == status


def test_a_permit_that_is_not_there_is_refused(desk: Desk, make: Make) -> None:
    person = make.person("resident")
    page = f"/tiski/lainaajat/{person.id}/luvat"
    assert desk.send(page, permit="99999", permit_until=str(FRIDAY)).status_code == 409


def test_the_desk_lends_on_the_groups_terms(desk: Desk, make: Make) -> None:
    person, item = make.person("resident"), make.item(make.kind())
    make.terms(days=7)
    make.terms(days=28, group_name="staff")
    page = f"/tiski/lainaajat/{person.id}"
    assert desk.send(f"{page}/ryhma", group="staff").status_code == 303
    assert desk.send(f"{page}/ryhma", group="emperors").status_code == 409
    desk.send(f"{page}/lainat", code=make.sign(item))
    with make.app.app_context():
        loan = queries.find_open_loan(item.id)
        assert loan is not None
        assert loan.due_on > TODAY + timedelta(20)
