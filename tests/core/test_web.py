"""What every screen shares: doors, refusals, error pages, headers and languages."""

import logging

import pytest
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.exc import NoResultFound
from werkzeug.exceptions import UnprocessableEntity

from lainaamo.config import Settings
from lainaamo.core import journal, web
from lainaamo.core.db import session
from lainaamo.core.errors import Refusal
from lainaamo.core.web import Lainaamo, check_declared, needs
from lainaamo.people.access import Right
from lainaamo.people.models import Unit
from tests.conftest import SignedIn
from tests.strict import Browser

pytestmark = pytest.mark.adds_screens


@needs(Right.LOOK)
def answer(kind: str) -> ResponseReturnValue:
    """Change something, then answer in one of the ways a screen can."""
    unit = Unit(key="a", name="A")
    session.add(unit)
    session.flush()
    journal.write("unit.made", "unit", unit.id)
    if kind == "good":
        return {"said": "good"}
    if kind == "status":
        return {"said": "not so"}, 422
    raise {
        "refused": Refusal("Taken until Friday.", code="taken"),
        "missing": NoResultFound(),
        "unreadable": UnprocessableEntity(),
        "broken": ZeroDivisionError("the secret of the inside"),
    }[kind]


@needs(Right.LOOK, POST=Right.LABELS)
def by_method() -> ResponseReturnValue:
    return {"said": "open"}


@pytest.fixture(autouse=True)
def _answers(app: Lainaamo) -> None:
    app.add_url_rule("/answer/<kind>", view_func=answer, methods=["POST"])
    app.add_url_rule("/method", view_func=by_method, methods=["GET", "POST"])


def units(app: Lainaamo) -> int:
    with app.app_context():
        return session.scalar(select(func.count()).select_from(Unit)) or 0


@pytest.mark.parametrize(
    ("kind", "status"),
    [("good", 200), ("status", 422), ("refused", 409), ("missing", 404), ("unreadable", 422)],
)
def test_a_change_is_kept_only_when_the_answer_is_good(
    app: Lainaamo, browser: Browser, kind: str, status: int
) -> None:
    assert browser.post(f"/answer/{kind}").status_code == status
    assert units(app) == (1 if status < 400 else 0)


def test_a_refusal_is_told_on_the_page(browser: Browser) -> None:
    page = browser.post("/answer/refused")
    assert (page.status_code, "Taken until Friday." in page.text) == (409, True)


def test_a_fault_shows_a_number_that_the_log_knows_and_nothing_of_the_inside(
    app: Lainaamo, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    browser.may_fail = True
    with caplog.at_level(logging.ERROR):
        page = browser.post("/answer/broken")
    (line,) = [record.getMessage() for record in caplog.records if record.name.endswith("web")]
    number = line.split()[1]
    assert page.status_code == 500
    assert number in page.text
    for inside in ("Traceback", "ZeroDivisionError", "the secret of the inside", ".py"):
        assert inside not in page.text
    assert units(app) == 0


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing-here", 404), ("POST", "/healthz", 405), ("DELETE", "/kirjautuminen", 405)],
)
def test_an_address_that_does_not_exist_has_a_page(
    browser: Browser, method: str, path: str, status: int
) -> None:
    page = browser.open(path, method=method)
    assert (page.status_code, "<h1>" in page.text) == (status, True)


def test_a_program_gets_a_refusal_as_json(app: Lainaamo, browser: Browser) -> None:
    app.add_url_rule("/api/answer/<kind>", "api", answer, methods=["POST"])
    said = browser.post("/api/answer/refused")
    assert (said.status_code, said.get_json()["refusal"]) == (409, "taken")
    assert browser.get("/api/nothing").get_json()["status"] == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
    ],
)
def test_a_change_sent_by_another_sites_page_is_refused(
    app: Lainaamo, browser: Browser, headers: dict[str, str], status: int
) -> None:
    assert browser.post("/answer/good", headers=headers).status_code == status
    assert units(app) == (1 if status == 200 else 0)


def test_a_right_is_asked_for_each_method(browser: Browser, signed_in: SignedIn) -> None:
    assert browser.get("/method").status_code == 200
    assert browser.head("/method").status_code == 200
    assert browser.post("/method").status_code == 403
    assert signed_in("resident").post("/method").status_code == 403
    assert signed_in("worker").post("/method").status_code == 200


def test_an_application_with_an_undeclared_screen_does_not_start(app: Lainaamo) -> None:
    app.add_url_rule("/open", view_func=dict)
    with pytest.raises(RuntimeError, match="/open has no right"):
        check_declared(app)


def test_a_method_added_to_a_screen_needs_its_right_too(app: Lainaamo) -> None:
    def half_declared() -> ResponseReturnValue:
        return {}

    half_declared.rights = {"GET": Right.LOOK}  # type: ignore[attr-defined]  # as needs() does
    app.add_url_rule("/half", view_func=half_declared, methods=["GET", "POST"])
    with pytest.raises(RuntimeError, match="/half has no right"):
        check_declared(app)


def test_a_larger_request_than_any_of_ours_is_refused(browser: Browser) -> None:
    page = browser.post("/kirjautuminen", data={"name": "x" * (3 * 1024 * 1024)})
    assert page.status_code == 413


def test_a_language_chosen_by_a_link_is_remembered_and_leaves_the_address(
    browser: Browser,
) -> None:
    chosen = browser.get("/kirjautuminen?kieli=selko&next=/oma-tili")
    assert (chosen.status_code, chosen.location) == (303, "/kirjautuminen?next=%2Foma-tili")
    assert '<html lang="fi-simple">' in browser.get("/kirjautuminen").text


def test_without_a_choice_the_browsers_language_counts_and_then_finnish(browser: Browser) -> None:
    for asked, lang in {"sv-FI,sv;q=0.9": "sv", "en-GB": "en", "de": "fi", "": "fi"}.items():
        page = browser.get("/kirjautuminen", headers={"Accept-Language": asked})
        assert f'<html lang="{lang}">' in page.text


@pytest.mark.parametrize("odd", ["xx", "../etc", "fi_SIMPLE", "a" * 5000])
def test_a_language_we_do_not_speak_changes_nothing(browser: Browser, odd: str) -> None:
    page = browser.get(f"/kirjautuminen?kieli={odd}")
    assert (page.status_code, page.headers.getlist("Set-Cookie")) == (200, [])


def test_an_error_page_speaks_the_readers_language(browser: Browser) -> None:
    browser.set_cookie(web.LANGUAGE_COOKIE, "sv")
    assert '<html lang="sv">' in browser.get("/nothing-here").text


def test_a_personal_page_is_never_kept_by_a_browser(browser: Browser, signed_in: SignedIn) -> None:
    assert signed_in("worker").get("/oma-tili").headers["Cache-Control"] == "no-store"
    assert browser.get("/kirjautuminen").headers["Cache-Control"] == "no-cache"


def test_the_service_says_that_it_lives(browser: Browser) -> None:
    assert browser.get("/healthz").text == "ok\n"


def test_nothing_tells_which_program_answers(browser: Browser, settings: Settings) -> None:
    headers = browser.get("/kirjautuminen").headers
    assert "X-Powered-By" not in headers
    assert settings.secret not in str(headers)
