"""Renewing by the link of a message, and on one's own page."""

from datetime import date, timedelta

from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods import queries as goods
from lainaamo.lending import actions
from lainaamo.lending.actions import Borrower
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Line, Loan, Reservation
from lainaamo.people.models import Person
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

MON = date(2026, 3, 2)
FRI = MON + timedelta(4)
NEXT_FRI = FRI + timedelta(7)


def fetched(app: Lainaamo, make: Make, person: Person | None = None) -> tuple[Reservation, Loan]:
    """Reserve a thing until Friday and fetch it."""
    make.terms(days=7)
    kind = make.kind()
    item = make.item(kind)
    made = make.reservation(kind, MON, FRI, person=person)
    line_id = make.lines(made)[0].id
    with app.app_context():
        with transaction():
            who = Borrower(made.for_name, person_id=made.person_id)
            line = session.get_one(Line, line_id)
            loan = actions.hand_out(goods.get_item(item.id), who, due_on=FRI, line=line)
            loan_id = loan.id
        return made, session.get_one(Loan, loan_id)


def path(app: Lainaamo, made: Reservation) -> str:
    return own_path(made, app.config["SETTINGS"])


def test_who_has_the_link_renews_without_signing_in(
    app: Lainaamo, make: Make, browser: Browser
) -> None:
    made, loan = fetched(app, make)
    assert "Jatka lainaa" in browser.get(path(app, made)).text
    seen = {f"seen_{loan.id}": str(FRI)}
    answer = browser.post(f"{path(app, made)}/jatko", data=seen)
    assert answer.status_code == 200
    assert "13.3." in answer.text
    assert make.again(loan).due_on == NEXT_FRI
    again = browser.post(f"{path(app, made)}/jatko", data=seen)
    assert (again.status_code, make.again(loan).due_on) == (200, NEXT_FRI)


def test_a_link_that_is_not_ours_renews_nothing(
    app: Lainaamo, make: Make, browser: Browser
) -> None:
    made, loan = fetched(app, make)
    assert browser.post(f"{path(app, made)}x/jatko").status_code == 404
    assert make.again(loan).due_on == FRI


def test_every_reason_is_told_on_the_same_page(app: Lainaamo, make: Make, browser: Browser) -> None:
    made, loan = fetched(app, make)
    with app.app_context():
        kind = goods.get_kind(goods.get_item(loan.item_id).kind_id)
    make.wait(kind)
    answer = browser.post(f"{path(app, made)}/jatko", data={f"seen_{loan.id}": str(FRI)})
    assert answer.status_code == 409
    assert "Joku muu odottaa" in answer.text
    assert "6.3." in answer.text


def test_all_loans_are_renewed_by_one_press_each_with_its_answer(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    me = make.person("resident")
    _made, loan = fetched(app, make, me)
    kind = make.kind("Kypärä")
    other = make.loan(make.item(kind), FRI, person=me)
    make.wait(kind)
    page = signed_in("resident", person_id=me.id)
    assert "Jatka kaikkia lainoja" in page.get("/omat").text
    answer = page.post("/omat/jatko", data={"loan": [str(loan.id), str(other.id)]})
    assert answer.status_code == 200
    assert "Joku muu odottaa" in answer.text
    assert (make.again(loan).due_on, make.again(other).due_on) == (NEXT_FRI, FRI)


def test_nobody_renews_anothers_loan(make: Make, signed_in: SignedIn) -> None:
    loan = make.loan(make.item(), FRI)
    answer = signed_in("resident").post("/omat/jatko", data={"loan": [str(loan.id), "x", "9" * 40]})
    assert answer.status_code == 409
    assert make.again(loan).due_on == FRI
