"""Who is signed in reserves without writing anything: for oneself or for a child."""

from typing import Any

from sqlalchemy import select

from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Kind
from lainaamo.lending.models import Reservation
from lainaamo.people.models import Person
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

TUE, FRI = "2026-03-03", "2026-03-06"


def reserve(browser: Browser, kind: Kind, **changes: str) -> Any:
    whole = {"first_day": TUE, "last_day": FRI, "agree": "yes", **changes}
    return browser.post(f"/valineet/{kind.id}/varaukset", data=whole)


def made(app: Lainaamo) -> list[tuple[str, int | None]]:
    with app.app_context():
        rows = session.scalars(select(Reservation).order_by(Reservation.id))
        return [(row.for_name, row.person_id) for row in rows]


def a_kind(make: Make) -> Kind:
    kind = make.kind("Lasten sukset")
    make.item(kind)
    make.item(kind)
    return kind


def test_the_form_asks_only_for_whom(make: Make, signed_in: SignedIn) -> None:
    kind, aino = a_kind(make), make.person("resident", first_name="Aino")
    make.child(aino, "Oona", height_cm=128, shoe_size=32)
    browser = signed_in("resident", person_id=aino.id)
    page = browser.get(f"/valineet/{kind.id}?alku={TUE}&loppu={FRI}").text
    assert 'name="contact"' not in page
    assert "Aino (minä)" in page
    assert "Oona · 128 cm · kengän koko 32" in page


def test_a_guardian_reserves_for_a_child_and_for_oneself(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    kind, aino = a_kind(make), make.person("resident", first_name="Aino")
    oona = make.child(aino, "Oona")
    browser = signed_in("resident", person_id=aino.id)
    assert reserve(browser, kind, for_whom=str(oona.id)).status_code == 303
    assert reserve(browser, kind).status_code == 303
    assert made(app) == [("Oona", aino.id), ("Aino", aino.id)]
    assert "Oona" in browser.get("/omat").text


def test_nobody_reserves_for_anothers_child(app: Lainaamo, make: Make, signed_in: SignedIn) -> None:
    kind, other = a_kind(make), make.person("resident", first_name="Eetu")
    child = make.child(other, "Salla")
    browser = signed_in("resident")
    page = reserve(browser, kind, for_whom=str(child.id))
    assert page.status_code == 422
    assert "Salla" not in page.text
    assert made(app) == []


def test_a_contact_sent_along_is_not_read(app: Lainaamo, make: Make, signed_in: SignedIn) -> None:
    kind, victim = a_kind(make), make.person("resident", email="eetu@example.fi")
    browser = signed_in("resident")
    assert reserve(browser, kind, contact="eetu@example.fi", first_name="Eetu").status_code == 303
    assert made(app) == [("Aino", browser.person_id)]
    assert browser.person_id != victim.id


def test_staff_still_write_down_who_calls(app: Lainaamo, make: Make, signed_in: SignedIn) -> None:
    kind, browser = a_kind(make), signed_in("counter")
    assert reserve(browser, kind).status_code == 422
    form = {"first_name": "Väinö", "contact": "040 123 4567"}
    assert reserve(browser, kind, **form).status_code == 303
    with app.app_context():
        person = session.scalars(select(Person).where(Person.phone == "+358401234567")).one()
        assert made(app) == [("Väinö", person.id)]
