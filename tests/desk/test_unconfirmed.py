"""The desk sees what nobody has confirmed yet, and handing it out confirms it."""

from datetime import timedelta

from sqlalchemy import select

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo
from lainaamo.lending.confirming import HELD
from lainaamo.lending.models import Loan, Reservation
from lainaamo.people.models import Person
from lainaamo.upkeep import actions as upkeep
from tests.desk.conftest import FRIDAY, TODAY, Desk
from tests.make import Make


def hand_out(desk: Desk, sign: str, line_id: int) -> int:
    return desk.browser.post("/tiski/lainat", data={"tavara": sign, "line": line_id}).status_code


def test_what_is_not_confirmed_is_said_to_be_and_handing_it_out_confirms_it(
    app: Lainaamo, make: Make, desk: Desk
) -> None:
    kind = make.kind()
    sign = make.sign(make.item(kind))
    made = make.held(kind, TODAY, FRIDAY)
    page = desk.scan(sign, "lainaus").text
    assert "not confirmed" in page
    assert made.pick_up_code not in page
    [line] = make.lines(made)
    assert hand_out(desk, sign, line.id) == 303
    now = make.again(made)
    assert not now.is_unconfirmed
    with clock.at(clock.now() + HELD + timedelta(minutes=1)), app.app_context():
        upkeep.lapse()
    with app.app_context():
        loan = session.scalars(select(Loan)).one()
        assert loan.returned_at is None
        assert session.get_one(Person, loan.person_id).email == "aino@example.fi"


def test_a_loan_that_a_stranger_fetched_is_not_put_on_who_has_the_contact(
    app: Lainaamo, make: Make, desk: Desk
) -> None:
    kind, victim = make.kind(), make.person("resident", email="aino@example.fi")
    sign = make.sign(make.item(kind))
    made = make.held(kind, TODAY, FRIDAY)
    assert hand_out(desk, sign, make.lines(made)[0].id) == 303
    with app.app_context():
        assert session.scalars(select(Loan)).one().person_id != victim.id
        assert session.scalars(select(Reservation.email)).all() == [None]


def test_no_pickup_code_leads_to_what_is_not_confirmed(
    app: Lainaamo, make: Make, desk: Desk
) -> None:
    kind = make.kind()
    make.item(kind)
    made = make.held(kind, TODAY, FRIDAY)
    assert desk.scan(made.pick_up_code).status_code == 409
