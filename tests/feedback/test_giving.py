"""Three faces and a line: given without a login, answered in fourteen days, erased in a year."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo
from lainaamo.feedback.models import Feedback
from lainaamo.feedback.views import MOST
from tests.make import Make
from tests.strict import Browser

GIVEN = {"face": "good", "text": "Hienot sukset", "about": "service", "page": "/apua"}


def all_of(app: Lainaamo) -> list[Feedback]:
    with app.app_context():
        found = list(session.scalars(select(Feedback).order_by(Feedback.id)))
        session.expunge_all()
        return found


def test_a_face_is_enough(app: Lainaamo, browser: Browser) -> None:
    assert browser.post("/palaute", data={"face": "bad"}).location == "/palaute/kiitos"
    (row,) = all_of(app)
    assert (row.face, row.text, row.reply_to, row.about) == ("bad", None, None, "service")


def test_what_was_said_is_kept_with_its_page(app: Lainaamo, browser: Browser) -> None:
    answer = browser.post("/palaute", data={**GIVEN, "reply_to": " anna@example.fi "})
    assert "14 päivän kuluessa" in browser.get(answer.location or "").text
    (row,) = all_of(app)
    assert (row.text, row.reply_to, row.page) == ("Hienot sukset", "anna@example.fi", "/apua")


def test_each_page_tells_which_page_feedback_is_about(make: Make, browser: Browser) -> None:
    make.site()
    assert 'href="/palaute?sivu=/apua"' in browser.get("/apua").text
    assert 'name="page" value="/apua"' in browser.get("/palaute?sivu=/apua").text


def test_the_key_of_an_own_page_does_not_go_with_feedback(browser: Browser) -> None:
    page = browser.get("/oma/salainen-avain").text
    assert "palaute?sivu=/oma/%3Ctoken%3E" in page
    assert "sivu=/oma/salainen" not in page


def test_feedback_on_accessibility_is_of_its_own_kind(app: Lainaamo, browser: Browser) -> None:
    page = browser.get("/palaute?aihe=saavutettavuus").text
    assert 'value="accessibility" checked' in page
    browser.post("/palaute", data={**GIVEN, "about": "accessibility"})
    assert all_of(app)[0].about == "accessibility"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"face": ""}, "face"),
        ({"face": "angry"}, "face"),
        ({"text": "x" * 10_000}, "text"),
        ({"reply_to": "ei osoite"}, "reply_to"),
        ({"reply_to": "a@b.fi\r\nBcc: c@d.fi"}, "reply_to"),
        ({"reply_to": f"{'a' * 10_000}@example.fi"}, "reply_to"),
    ],
)
def test_what_must_be_corrected_is_told_at_its_field(
    app: Lainaamo, browser: Browser, typed: dict[str, str], field: str
) -> None:
    page = browser.post("/palaute", data={**GIVEN, **typed})
    assert page.status_code == 422
    assert f'id="f-{field}-wrong"' in page.text
    assert "Hienot sukset" in page.text or field == "text"
    assert all_of(app) == []


def test_a_thousand_signs_fit_however_lines_end(app: Lainaamo, browser: Browser) -> None:
    text = "\r\n".join(["x" * 99] * 10)
    assert browser.post("/palaute", data={**GIVEN, "text": text}).status_code == 303
    assert len(all_of(app)[0].text or "") == 999


@pytest.mark.parametrize("page", ["//evil.example", "https://evil.example", "/" + "x" * 300, "x"])
def test_a_page_that_is_not_ours_is_not_kept(app: Lainaamo, browser: Browser, page: str) -> None:
    browser.post("/palaute", data={**GIVEN, "page": page})
    assert all_of(app)[0].page is None


def test_what_a_program_fills_in_is_forgotten(app: Lainaamo, browser: Browser) -> None:
    answer = browser.post("/palaute", data={**GIVEN, "website": "https://spam.example"})
    assert answer.location == "/palaute/kiitos"
    assert all_of(app) == []


def test_the_trap_is_no_field_for_people(browser: Browser) -> None:
    page = browser.get("/palaute").text
    assert '<div class="trap" aria-hidden="true">' in page
    assert 'name="website" tabindex="-1" autocomplete="off"' in page


def test_one_address_gives_only_so_much_in_an_hour(app: Lainaamo, browser: Browser) -> None:
    answers = [browser.post("/palaute", data=GIVEN).status_code for _ in range(MOST + 2)]
    assert answers == [303] * MOST + [409] * 2
    assert len(all_of(app)) == MOST
    with clock.at(clock.now() + timedelta(hours=1)):
        assert browser.post("/palaute", data=GIVEN).status_code == 303


def test_the_same_press_twice_is_one(app: Lainaamo, browser: Browser) -> None:
    for _ in range(3):
        assert browser.post("/palaute", data={**GIVEN, "_key": "once"}).status_code == 303
    with app.app_context():
        assert session.scalar(select(func.count()).select_from(Feedback)) == 1
