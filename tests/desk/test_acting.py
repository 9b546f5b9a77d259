"""The staff do everything for who calls, in the residents' own screens and in the caller's name."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.journal import Entry
from lainaamo.core.web import Lainaamo
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Reservation, Wait
from lainaamo.people.models import Person
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

TUE, FRI = "2026-03-03", "2026-03-06"


@pytest.fixture
def aino(make: Make) -> Person:
    return make.person("resident", first_name="Aino", phone="+358401234567")


@pytest.fixture
def desk(signed_in: SignedIn) -> Browser:
    return signed_in("counter")


def act_for(desk: Browser, who: Person) -> None:
    assert desk.post(f"/tiski/lainaajat/{who.id}/asiointi").location == "/"


def reserve(desk: Browser, kind_id: int, **changes: str) -> Any:
    form = {"first_day": TUE, "last_day": FRI, "agree": "yes", **changes}
    return desk.post(f"/valineet/{kind_id}/varaukset", data=form)


def reservations(app: Lainaamo) -> list[tuple[str, int | None]]:
    with app.app_context():
        found = session.scalars(select(Reservation).order_by(Reservation.id))
        return [(one.for_name, one.person_id) for one in found]


def test_every_page_shows_whom_one_acts_for_until_it_is_done(
    make: Make, desk: Browser, aino: Person
) -> None:
    assert "Asioit lainaajan" not in desk.get("/").text
    act_for(desk, aino)
    for path in ("/", "/perhe", "/aukiolo"):
        assert "Asioit lainaajan Aino puolesta." in desk.get(path).text
    answer = desk.post("/tiski/lainaajat/asioinnin-lopetus")
    assert answer.location == f"/tiski/lainaajat/{aino.id}"
    assert "Asioit lainaajan" not in desk.get("/").text


def test_a_caller_and_the_callers_child_get_things_without_writing_anything(
    app: Lainaamo, make: Make, desk: Browser, aino: Person
) -> None:
    kind, oona = make.kind(), make.child(aino, "Oona", height_cm=128)
    make.item(kind)
    make.item(kind)
    act_for(desk, aino)
    page = desk.get(f"/valineet/{kind.id}?alku={TUE}&loppu={FRI}").text
    assert 'name="contact"' not in page
    assert "Oona" in page
    assert "(minä)" not in page
    assert reserve(desk, kind.id, for_whom=f"caller-{aino.id}").status_code == 303
    assert reserve(desk, kind.id, for_whom=str(oona.id)).status_code == 303
    assert reservations(app) == [("Aino", aino.id), ("Oona", aino.id)]


def test_who_has_neither_phone_nor_mail_gets_things_too(
    app: Lainaamo, make: Make, desk: Browser
) -> None:
    desk.post("/tiski/lainaajat", data={"first_name": "Väinö"})
    with app.app_context():
        vaino = session.scalars(select(Person).where(Person.first_name == "Väinö")).one()
        session.expunge(vaino)
    kind = make.kind()
    make.item(kind)
    act_for(desk, vaino)
    assert reserve(desk, kind.id, for_whom=f"caller-{vaino.id}").status_code == 303
    assert reservations(app) == [("Väinö", vaino.id)]


def test_a_form_that_was_opened_for_another_is_not_sent_for_this_one(
    app: Lainaamo, make: Make, desk: Browser, aino: Person
) -> None:
    eetu, kind = make.person("resident", first_name="Eetu"), make.kind()
    make.item(kind)
    act_for(desk, aino)  # one window
    act_for(desk, eetu)  # another
    answer = reserve(desk, kind.id, for_whom=f"caller-{aino.id}")
    assert answer.status_code == 422
    assert "Asioit lainaajan Eetu puolesta." in answer.text
    assert reservations(app) == []


def test_one_acts_for_nobody_half_an_hour_later(make: Make, desk: Browser, aino: Person) -> None:
    act_for(desk, aino)
    with clock.at(clock.now() + timedelta(minutes=31)):
        assert "Asioit lainaajan" not in desk.get("/").text


def test_another_at_the_same_desk_acts_for_nobody(
    signed_in: SignedIn, desk: Browser, aino: Person
) -> None:
    act_for(desk, aino)
    assert "Asioit lainaajan" not in signed_in("worker").get("/").text


def test_a_caller_joins_the_line_and_is_seen_on_the_borrowers_page(
    app: Lainaamo, make: Make, desk: Browser, aino: Person
) -> None:
    kind = make.kind("Luistimet")
    make.loan(make.item(kind), date(2026, 3, 6))
    act_for(desk, aino)
    form = {"first_day": "2026-03-02", "days": "3", "agree": "yes"}
    answer = desk.post(f"/valineet/{kind.id}/jono", data={**form, "for_whom": f"caller-{aino.id}"})
    assert answer.location == f"/jonot/{kind.id}"
    with app.app_context():
        assert session.scalars(select(Wait.person_id)).all() == [aino.id]
    page = desk.get(f"/tiski/lainaajat/{aino.id}").text
    assert "Odottaa näitä" in page
    assert "Luistimet" in page


def test_days_are_moved_and_reservations_cancelled_for_a_caller(
    app: Lainaamo, make: Make, desk: Browser, aino: Person
) -> None:
    kind = make.kind()
    make.item(kind)
    made = make.reservation(kind, date(2026, 3, 3), date(2026, 3, 6), person=aino)
    path = own_path(made, app.config["SETTINGS"])
    assert path in desk.get(f"/tiski/lainaajat/{aino.id}").text
    moved = {"first_day": "2026-03-10", "last_day": "2026-03-12"}
    line = make.lines(made)[0].id
    assert desk.post(f"{path}/muutos", data={**moved, f"size-{line}": ""}).status_code == 303
    assert make.again(made).first_day == date(2026, 3, 10)
    assert desk.post(f"{path}/peruutus").status_code == 303
    assert make.lines(made)[0].ended_as == "cancelled"


def test_the_same_again_for_a_caller(
    app: Lainaamo, make: Make, desk: Browser, aino: Person
) -> None:
    kind = make.kind()
    make.item(kind)
    made = make.reservation(kind, date(2026, 3, 3), date(2026, 3, 6), person=aino)
    make.cancelled_reservation(made)
    url = f"/omat/uudestaan/{made.id}"
    assert url in desk.get(f"/tiski/lainaajat/{aino.id}").text
    answer = desk.post(url, data={"alku": TUE, "loppu": FRI, "agree": "yes"})
    assert answer.location == f"/tiski/varaukset/{made.id + 1}"
    assert reservations(app)[-1] == ("Aino", aino.id)


def test_the_journal_knows_who_acted_for_whom(
    app: Lainaamo, make: Make, desk: Browser, aino: Person
) -> None:
    act_for(desk, aino)
    desk.post("/tiski/lainaajat/asioinnin-lopetus")
    with app.app_context():
        wanted = select(Entry.verb).where(Entry.thing == "person", Entry.thing_id == aino.id)
        verbs = session.scalars(wanted.order_by(Entry.id)).all()
    assert verbs[-2:] == ["borrower.served", "borrower.served_no_more"]


def test_residents_act_for_nobody(signed_in: SignedIn, aino: Person) -> None:
    for role in ("resident", "buyer"):
        assert signed_in(role).post(f"/tiski/lainaajat/{aino.id}/asiointi").status_code == 403
