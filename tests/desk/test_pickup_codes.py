"""The pickup code that a borrower shows leads the desk to the borrower, typed or scanned."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from lainaamo.core.db import session, transaction
from lainaamo.core.journal import Entry
from lainaamo.core.web import Lainaamo
from lainaamo.lending.models import Reservation
from tests.desk.conftest import FRIDAY, TODAY, Desk
from tests.make import Make


def waits(app: Lainaamo, make: Make, name: str, code: str = "4729", **more: object) -> Reservation:
    """Let a reservation wait from today to Friday under a pickup code."""
    kind = make.kind(f"Skis of {name}")
    make.item(kind)
    if "unit" not in more:
        more["person"] = make.person("resident", first_name=name)
    made = make.reservation(kind, TODAY, FRIDAY, **more)  # type: ignore[arg-type]  # person or unit
    with app.app_context(), transaction():
        this = update(Reservation).where(Reservation.id == made.id)
        session.execute(this.values(pick_up_code=code))
    return made


@pytest.mark.parametrize("read", ["4729", " 47 29\r\n", "\uff14\uff17\uff12\uff19", "٤٧٢٩"])
@pytest.mark.parametrize("mode", ["palautus", "lainaus", "hyllytys"])
def test_the_code_opens_whose_reservation_it_is(
    app: Lainaamo, make: Make, desk: Desk, read: str, mode: str
) -> None:
    waits(app, make, "Aino")
    waits(app, make, "Eetu", "1111")
    page = desk.scan(read, mode)
    assert "<h1>Aino</h1>" in page.text
    assert "code 4729" in page.text
    with app.app_context():
        assert session.query(Entry).filter_by(verb="borrower.opened").count() == 1


def test_of_two_with_the_same_code_the_name_is_asked_for(
    app: Lainaamo, make: Make, desk: Desk
) -> None:
    waits(app, make, "Aino")
    eetu = waits(app, make, "Eetu")
    page = desk.scan("4729")
    assert "Ask for the name." in page.text
    assert "Aino: Skis of Aino" in page.text
    opened = desk.press(f"/tiski/lainaajat/{eetu.person_id}/avaus")
    assert "<h1>Eetu</h1>" in opened.text


def test_a_units_reservation_is_named_and_its_things_are_scanned(
    app: Lainaamo, make: Make, desk: Desk
) -> None:
    waits(app, make, "Koulu", unit=make.unit())
    page = desk.scan("4729")
    assert "Skis of Koulu" in page.text
    assert "Scan now each thing" in page.text


def test_what_is_cancelled_or_over_waits_no_more(app: Lainaamo, make: Make, desk: Desk) -> None:
    gone = waits(app, make, "Aino")
    with app.app_context(), transaction():
        days = {"first_day": TODAY - timedelta(3), "last_day": TODAY - timedelta(1)}
        session.execute(update(Reservation).where(Reservation.id == gone.id).values(**days))
    page = desk.scan("4729")
    assert page.status_code == 409
    assert "No reservation waits with this pickup code." in page.text
    assert 'value="4729"' in page.text
    assert desk.open("/tiski?nouto=4729").status_code == 409


@pytest.mark.parametrize("read", ["0000", "472", "47290", "4" * 10_000, "47\x0029", "47-29"])
def test_what_is_no_waiting_code_opens_nobody(
    app: Lainaamo, make: Make, desk: Desk, read: str
) -> None:
    waits(app, make, "Aino")
    assert desk.scan(read).status_code in {400, 409}
