"""The morning list: a thing on the pickup shelf turns free when somebody has looked."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Item, Kind
from lainaamo.lending.models import Loan, Reservation
from lainaamo.people.models import Person
from lainaamo.upkeep import actions as upkeep
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

MON = date(2026, 3, 2)
TUE, WED, THU, FRI = (MON + timedelta(n) for n in range(1, 5))


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.HELSINKI)


@pytest.fixture
def desk(signed_in: SignedIn) -> Browser:
    return signed_in("counter")


@pytest.fixture
def kind(make: Make) -> Kind:
    return make.kind("Luistimet")


@pytest.fixture
def item(make: Make, kind: Kind) -> Item:
    return make.item(kind, place=make.place("B2"))


@pytest.fixture
def reserved(make: Make, kind: Kind, item: Item) -> Reservation:
    """Return a reservation of the only thing, from Monday to Tuesday."""
    assert item.kind_id == kind.id
    return make.reservation(kind, MON, TUE)


def line_id(make: Make, reserved: Reservation) -> int:
    return make.lines(reserved)[0].id


def pulled(make: Make, desk: Browser, reserved: Reservation) -> str:
    """Bring the thing to the pickup shelf and return the address of its line."""
    path = f"/tiski/aamu/{line_id(make, reserved)}"
    assert desk.post(f"{path}/nouto").status_code == 303
    return path


def test_what_is_reserved_for_today_is_to_be_pulled(
    make: Make, desk: Browser, reserved: Reservation
) -> None:
    assert "Tuo nämä noutohyllyyn (1)" in desk.get("/tiski/aamu").text
    pulled(make, desk, reserved)
    assert "Tuo nämä noutohyllyyn" not in desk.get("/tiski/aamu").text


def test_what_was_pulled_stays_taken_until_somebody_has_looked(
    app: Lainaamo,
    make: Make,
    desk: Browser,
    signed_in: SignedIn,
    kind: Kind,
    reserved: Reservation,
) -> None:
    path = pulled(make, desk, reserved)
    with clock.at(at(THU)):
        with app.app_context():
            upkeep.expire()
        assert make.lines(reserved)[0].ended_at is None
        with pytest.raises(Refusal):
            make.reservation(kind, THU, FRI)
        then = signed_in("counter")
        assert "Katso noutohyllystä (1)" in then.get("/tiski/aamu").text
        assert then.post(f"{path}/takaisin").status_code == 303
        assert make.lines(reserved)[0].ended_as == "expired"
        make.reservation(kind, THU, FRI)


def test_what_was_fetched_without_a_scan_is_a_loan_afterwards(
    app: Lainaamo,
    make: Make,
    desk: Browser,
    signed_in: SignedIn,
    item: Item,
    reserved: Reservation,
) -> None:
    path = pulled(make, desk, reserved)
    with clock.at(at(THU)):
        assert signed_in("counter").post(f"{path}/haettu").status_code == 303
    with app.app_context():
        loan = session.scalars(select(Loan).where(Loan.item_id == item.id)).one()
        assert (loan.person_id, loan.due_on) == (reserved.person_id, THU)


def test_what_is_put_back_goes_to_the_next_in_line(
    make: Make, desk: Browser, signed_in: SignedIn, kind: Kind, reserved: Reservation
) -> None:
    path = pulled(make, desk, reserved)
    with clock.at(at(TUE)):
        wait = make.wait(kind)
    with clock.at(at(THU)):
        signed_in("counter").post(f"{path}/takaisin")
    assert make.again(wait).ended_as == "served"


def test_a_cancelled_thing_on_the_pickup_shelf_is_to_be_put_back(
    make: Make, desk: Browser, reserved: Reservation
) -> None:
    path = pulled(make, desk, reserved)
    make.cancelled_reservation(reserved)
    assert "kukaan ei hae niitä" in desk.get("/tiski/aamu").text
    desk.post(f"{path}/takaisin")
    assert "kukaan ei hae niitä" not in desk.get("/tiski/aamu").text


def test_it_is_pulled_once_and_put_back_by_mistake_without_harm(
    make: Make, desk: Browser, item: Item, reserved: Reservation
) -> None:
    path = pulled(make, desk, reserved)
    assert desk.post(f"{path}/nouto").status_code == 303
    desk.post(f"{path}/takaisin")
    desk.post(f"{path}/takaisin")
    assert [(use.purpose, use.movable) for use in make.uses(item)] == [("reserved", True)]
    assert make.lines(reserved)[0].ended_at is None


def test_whom_no_message_reaches_is_to_be_called(
    make: Make, desk: Browser, kind: Kind, item: Item
) -> None:
    make.loan(item, FRI)
    eino = make.person("resident", first_name="Eino")
    make.wait(kind, eino)
    with make.app.app_context(), transaction():
        session.get_one(Person, eino.id).email = None
    make.taken_back(item)
    page = desk.get("/tiski/aamu").text
    assert "Soita näille" in page
    assert "Eino" in page


def test_a_late_loan_that_somebody_waits_for_is_told(
    make: Make, signed_in: SignedIn, kind: Kind, item: Item
) -> None:
    make.loan(item, TUE)
    make.wait(kind)
    with clock.at(at(WED)):
        assert "Myöhässä, ja joku odottaa (1)" in signed_in("counter").get("/tiski/aamu").text


def test_without_loose_ends_it_says_so(desk: Browser) -> None:
    assert "Mitään ei ole kesken" in desk.get("/tiski/aamu").text
