"""A thing goes out: to whom it is reserved for, or to somebody who walked in."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Item
from lainaamo.lending.models import Loan
from tests.conftest import AtOnce
from tests.desk.conftest import FRIDAY, TODAY, Desk
from tests.make import Make

SUNDAY = TODAY + timedelta(6)


def loans(app: Lainaamo, item: Item) -> list[Loan]:
    with app.app_context():
        found = list(session.scalars(select(Loan).where(Loan.item_id == item.id)))
        session.expunge_all()
        return found


def lend(desk: Desk, sign: str, **changes: str) -> Any:
    fields = {"first_name": "Aino", "contact": "040 123 4567", "due_on": FRIDAY.isoformat()}
    return desk.send("/tiski/lainat", tavara=sign, **{**fields, **changes})


def test_the_reservation_is_offered_and_handed_out_with_one_tap(
    app: Lainaamo, desk: Desk, make: Make
) -> None:
    kind = make.kind()
    item = make.item(kind, size="150", place=make.place())
    eetu = make.person("resident", first_name="Eetu")
    reservation = make.reservation(kind, TODAY, FRIDAY, person=eetu, size="150")
    page = desk.scan(make.sign(item), "lainaus")
    assert "Eetu" in page.text
    assert reservation.pick_up_code in page.text
    line = make.lines(reservation)[0]
    page = desk.press("/tiski/lainat", tavara=make.sign(item), line=str(line.id))
    assert "Lent" in page.text
    assert "Due Fri 6 Mar" in page.text
    assert make.lines(reservation)[0].ended_as == "fetched"
    assert [(loan.person_id, loan.due_on) for loan in loans(app, item)] == [(eetu.id, FRIDAY)]


def test_any_thing_of_the_kind_does_for_a_reservation(
    app: Lainaamo, desk: Desk, make: Make
) -> None:
    kind = make.kind()
    items = [make.item(kind, size="150", place=make.place(f"A{n}")) for n in range(2)]
    reservation = make.reservation(kind, TODAY, FRIDAY, size="150")
    line = make.lines(reservation)[0]
    for item in items:
        assert "Whose reservation?" in desk.scan(make.sign(item), "lainaus").text
    desk.press("/tiski/lainat", tavara=make.sign(items[1]), line=str(line.id))
    assert loans(app, items[0]) == []
    assert len(loans(app, items[1])) == 1


def test_a_thing_of_another_kind_is_refused(desk: Desk, make: Make) -> None:
    kind, other = make.kind(), make.kind("Luistimet")
    make.item(kind)
    skates = make.item(other, place=make.place())
    line = make.lines(make.reservation(kind, TODAY, FRIDAY))[0]
    page = desk.press("/tiski/lainat", tavara=make.sign(skates), line=str(line.id))
    assert page.status_code == 409
    assert "Scan the right one" in page.text


def test_who_walks_in_gets_it_until_the_usual_day(app: Lainaamo, desk: Desk, make: Make) -> None:
    make.terms(days=13)
    item = make.item(place=make.place())
    page = desk.scan(make.sign(item), "lainaus")
    assert 'name="due_on" type="date" value="2026-03-13"' in page.text  # a Friday, not the Sunday
    assert lend(desk, make.sign(item), due_on="2026-03-13").status_code == 303
    assert [loan.for_name for loan in loans(app, item)] == ["Aino"]


def test_a_form_left_half_empty_is_shown_again(desk: Desk, make: Make) -> None:
    sign = make.sign(make.item(place=make.place()))
    page = lend(desk, sign, first_name=" ", contact="call me", due_on="soon")
    assert page.status_code == 422
    assert "Write the borrower&#39;s first name." in page.text
    assert 'value="call me"' in page.text


def test_a_due_day_that_cannot_be_is_refused(app: Lainaamo, desk: Desk, make: Make) -> None:
    item = make.item(place=make.place())
    for day in (TODAY - timedelta(1), SUNDAY, TODAY + timedelta(60)):
        assert lend(desk, make.sign(item), due_on=day.isoformat()).status_code == 409
    assert loans(app, item) == []


def test_what_is_lent_is_offered_to_be_taken_back(desk: Desk, make: Make) -> None:
    item = make.item(place=make.place())
    make.loan(item, FRIDAY)
    sign = make.sign(item)
    page = desk.scan(sign, "lainaus")
    assert page.status_code == 200
    assert "Take back" in page.text
    assert "Returned" in desk.press("/tiski/skannaukset", code=sign, tila="palautus").text


def test_what_is_in_repair_can_be_said_to_be_in_order(desk: Desk, make: Make) -> None:
    item = make.item(place=make.place())
    make.repair(item, "clean")
    sign = make.sign(item)
    page = desk.scan(sign, "lainaus")
    assert "Waits for cleaning" in page.text
    page = desk.press(f"/tavarat/{sign}/korjaus", need="none", tila="lainaus")
    assert "Who borrows?" in page.text


def test_what_is_for_reuse_is_not_lent(desk: Desk, make: Make) -> None:
    item = make.item(make.kind(pool="reuse"), place=make.place())
    page = desk.scan(make.sign(item), "lainaus")
    assert "For reuse by units" in page.text
    assert "Who borrows?" not in page.text


def test_a_thing_promised_to_others_is_kept_for_them(desk: Desk, make: Make) -> None:
    kind = make.kind()
    item = make.item(kind, place=make.place())
    make.reservation(kind, TODAY + timedelta(1), FRIDAY)
    page = lend(desk, make.sign(item))
    assert page.status_code == 409
    assert "promised to somebody else" in page.text


def test_two_desks_hand_out_the_same_thing_at_once(
    app: Lainaamo, desk: Desk, make: Make, at_once: AtOnce
) -> None:
    item = make.item(place=make.place())
    sign = make.sign(item)
    answers = at_once(4, lambda browser: lend(desk.twin(browser), sign).status_code)
    assert sorted(answers) == [303, 409, 409, 409]
    assert len(loans(app, item)) == 1


def test_a_refused_hand_out_leaves_no_new_person(desk: Desk, make: Make) -> None:
    item = make.item(place=make.place())
    make.loan(item, FRIDAY)
    page = lend(desk, make.sign(item), contact="new@example.fi")
    assert page.status_code == 409
    assert "Take back" in page.text
