"""What goes wrong on ordinary days: two shelves, wrong clocks, impossible counts, old codes."""

import pytest
from sqlalchemy import select, update

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.lending.models import Loan, Reservation, Step
from tests.desk.conftest import FRIDAY, TODAY, Desk
from tests.make import Make

SHELVES = "hyllytys"


def test_of_two_shelves_the_last_counts_and_the_first_is_named_and_undone(
    app: Lainaamo, desk: Desk, make: Make
) -> None:
    first, second = (make.place(name, sign=True) for name in ("A1", "B12"))
    item = make.item()
    sign = make.sign(item)
    page = desk.scan(sign, SHELVES, hylly=make.sign(first))
    assert "Until now it was on shelf" not in page.text
    page = desk.scan(sign, SHELVES, hylly=make.sign(second))
    assert "Put on shelf B12" in page.text
    assert "Until now it was on shelf A1. The last one counts." in page.text
    assert make.again(item).place_id == second.id
    with app.app_context():
        step = session.scalars(select(Step.id).order_by(Step.id.desc())).first()
    desk.press("/tiski/peruutukset", step=str(step), tila=SHELVES)
    assert make.again(item).place_id == first.id


@pytest.mark.parametrize("number", ["-3", "0", "", "x", "9" * 40, "2.5", "\u0663"])
def test_a_lot_cannot_have_less_than_one_piece(desk: Desk, make: Make, number: str) -> None:
    lot = make.item(make.kind("Tuoli", pool="reuse"), quantity=12)
    page = desk.press(f"/tavarat/{make.sign(lot)}/maara", number=number)
    assert page.status_code == 409
    assert "The count must be 1 or more." in page.text
    assert make.again(lot).quantity == 12


def test_the_servers_clock_counts_whatever_a_device_says(
    app: Lainaamo, desk: Desk, make: Make
) -> None:
    item = make.item()
    loan = make.loan(item, FRIDAY)
    wrong = {"at": "2026-03-01T11:00:00Z", "returned_at": "1999-01-01", "day": "2030-01-01"}
    answer = desk.browser.post(
        "/tiski/skannaukset",
        data={"code": make.sign(item), "tila": "palautus", **wrong},
        headers={"Date": "Sun, 01 Mar 2026 11:00:00 GMT"},
    )
    assert answer.status_code == 303
    assert make.again(loan).returned_at == clock.now()


def test_an_undone_hand_out_waits_with_the_code_that_its_borrower_has(
    app: Lainaamo, desk: Desk, make: Make
) -> None:
    kind = make.kind()
    item = make.item(kind)
    made = make.reservation(kind, TODAY, FRIDAY, person=make.person("resident"))
    (line,) = make.lines(made)
    desk.press("/tiski/lainat", tavara=make.sign(item), line=str(line.id))
    assert desk.scan(made.pick_up_code).status_code == 409
    with app.app_context():
        step = session.scalars(select(Step.id).order_by(Step.id.desc())).first()
    desk.press("/tiski/peruutukset", step=str(step))
    assert make.again(made).pick_up_code == made.pick_up_code
    assert f"/tiski/varaukset/{made.id}" in desk.scan(made.pick_up_code).request.path
    page = desk.press(f"/tiski/varaukset/{made.id}/luovutus", line=str(line.id))
    assert "Everything is handed over." in page.text
    with app.app_context():
        assert len(session.scalars(select(Loan.id)).all()) == 1


def test_where_another_drew_the_code_meanwhile_the_desk_asks_for_the_name(
    app: Lainaamo, desk: Desk, make: Make
) -> None:
    kind = make.kind()
    item, _other = make.item(kind), make.item(kind)
    first = make.reservation(kind, TODAY, FRIDAY, person=make.person(first_name="Eetu"))
    (line,) = make.lines(first)
    desk.press("/tiski/lainat", tavara=make.sign(item), line=str(line.id))
    second = make.reservation(kind, TODAY, FRIDAY, person=make.person(first_name="Venla"))
    with app.app_context(), transaction():
        same = update(Reservation).where(Reservation.id == second.id)
        session.execute(same.values(pick_up_code=first.pick_up_code))
    with app.app_context():
        step = session.scalars(select(Step.id).order_by(Step.id.desc())).first()
    desk.press("/tiski/peruutukset", step=str(step))
    page = desk.scan(first.pick_up_code)
    assert "Ask for the name." in page.text
    assert "Eetu" in page.text
    assert "Venla" in page.text
