"""One question after a return: one tap by a link, no login, once for a loan, sums for the staff."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.outbox import Message
from lainaamo.core.web import Lainaamo
from lainaamo.lending import opinions
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Loan, Opinion
from lainaamo.people.models import Person
from lainaamo.upkeep import return_notices, worker
from tests.conftest import AtOnce, SignedIn
from tests.make import Make
from tests.strict import Browser

MON, FRI = date(2026, 3, 2), date(2026, 3, 6)


def returned(make: Make, first_name: str = "Aino", **contact: str) -> Loan:
    item = make.item(make.kind("Pulkka"))
    loan = make.loan(item, FRI, person=_person(make, first_name, contact))
    make.taken_back(item)
    return make.again(loan)


def _person(make: Make, first_name: str, contact: Mapping[str, str]) -> Person:
    email, phone = contact.get("email"), contact.get("phone")
    return make.person("resident", first_name=first_name, email=email, phone=phone)


def address(app: Lainaamo, loan: Loan) -> str:
    return opinions.path_of(loan.id, app.config["SETTINGS"])


def faces(app: Lainaamo) -> list[str]:
    with app.app_context():
        return list(session.scalars(select(Opinion.face)))


def test_one_tap_by_the_link_is_enough(app: Lainaamo, browser: Browser, make: Make) -> None:
    url = address(app, returned(make))
    assert "Miten lainaus sujui?" in browser.get(url).text
    assert browser.post(url, data={"face": "good"}).location == url
    assert "Kiitos!" in browser.get(url).text
    assert faces(app) == ["good"]


def test_a_second_tap_changes_nothing(
    app: Lainaamo, browser: Browser, make: Make, at_once: AtOnce
) -> None:
    url = address(app, returned(make))
    codes = at_once(4, lambda one: one.post(url, data={"face": "bad"}).status_code)
    assert set(codes) == {303}
    browser.post(url, data={"face": "good"})
    assert faces(app) == ["bad"]


def test_what_is_still_out_is_not_asked_about(app: Lainaamo, browser: Browser, make: Make) -> None:
    loan = make.loan(make.item(make.kind()), FRI)
    assert browser.post(address(app, loan), data={"face": "good"}).status_code == 409
    assert faces(app) == []


def test_a_link_has_its_time(app: Lainaamo, browser: Browser, make: Make) -> None:
    url = address(app, returned(make))
    with clock.at(clock.now() + timedelta(days=31)):
        assert "Lainasta on jo kauan" in browser.get(url).text
        assert browser.post(url, data={"face": "good"}).status_code == 409


@pytest.mark.parametrize("token", ["1-x", "1", "x-y", "9" * 30 + "-a", "-", "²-a"])
def test_a_made_up_address_opens_nothing(browser: Browser, make: Make, token: str) -> None:
    returned(make)
    assert browser.get(f"/palaute/lainat/{token}").status_code == 404


def test_a_face_that_there_is_not_is_refused(app: Lainaamo, browser: Browser, make: Make) -> None:
    url = address(app, returned(make))
    assert browser.post(url, data={"face": "ugly"}).status_code == 409
    assert browser.post(url).status_code == 409


def test_the_own_page_of_a_reservation_asks_once(
    app: Lainaamo, browser: Browser, make: Make, signed_in: SignedIn
) -> None:
    kind, desk = make.kind(), signed_in("counter")
    item = make.item(kind)
    made = make.reservation(kind, MON, FRI)
    line = make.lines(made)[0].id
    desk.post(f"/tiski/varaukset/{made.id}/luovutus", data={"line": line})
    desk.post("/tiski/skannaukset", data={"code": make.sign(item), "tila": "palautus"})
    path = own_path(made, app.config["SETTINGS"])
    page = browser.get(path).text
    assert "Miten lainaus sujui?" in page
    with app.app_context():
        loan = session.scalars(select(Loan)).one()
    browser.post(address(app, loan), data={"face": "fair"})
    assert "Miten lainaus sujui?" not in browser.get(path).text


def test_ones_own_list_asks_about_the_newest_return(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    loan = returned(make, first_name="Aino")
    assert loan.person_id is not None
    mine = signed_in("resident", person_id=loan.person_id)
    assert "Miten lainaus sujui?" in mine.get("/omat").text
    mine.post(address(app, loan), data={"face": "good"})
    assert "Miten lainaus sujui?" not in mine.get("/omat").text


def test_the_thanks_go_once_a_day_by_mail_and_not_for_what_went_out_again(
    app: Lainaamo, make: Make
) -> None:
    loan = returned(make, email="aino@example.fi")
    returned(make, phone="+358401112223")
    for hour in (1, 2):
        with clock.at(clock.now() + timedelta(hours=hour)):
            worker.work_once(app)
    with app.app_context():
        kind = Message.kind == return_notices.RETURNED
        sent = session.scalars(select(Message).where(kind).order_by(Message.id)).all()
        assert [bool(one.done_at) for one in sent] == [True, False]
    mails = list((app.config["SETTINGS"].folder / "mail").iterdir())
    assert len(mails) == 1
    assert address(app, loan).rpartition("-")[2][:12] in mails[0].read_text().replace("=\n", "")


def test_the_staff_see_sums_and_nobodys_name(
    app: Lainaamo, browser: Browser, make: Make, signed_in: SignedIn
) -> None:
    for face in ("good", "good", "good", "bad"):
        browser.post(address(app, returned(make, first_name="Zygmunt")), data={"face": face})
    desk = signed_in("counter")
    page = desk.get("/lainat/palaute").text
    assert "75 % sujui hyvin." in page
    assert "Zygmunt" not in page
    assert "Skis;3;0;1;4;75" in desk.get("/lainat/palaute.csv").text
    assert signed_in("worker").get("/lainat/palaute").status_code == 403


def test_sums_know_from_which_days_they_are(
    app: Lainaamo, browser: Browser, make: Make, signed_in: SignedIn
) -> None:
    browser.post(address(app, returned(make)), data={"face": "bad"})
    with clock.at(clock.now() + timedelta(days=40)):
        desk = signed_in("counter")
        assert "Kukaan ei ole vastannut" in desk.get("/lainat/palaute").text
        assert "1 vastaus" in desk.get("/lainat/palaute?ajalta=90").text
        assert desk.get("/lainat/palaute?ajalta=x").status_code == 200
