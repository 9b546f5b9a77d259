"""A break is told on every page, from when, until when, and in every process at once."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, text

from lainaamo.config import Settings
from lainaamo.core import clock
from lainaamo.core.db import db, session, transaction
from lainaamo.core.web import LANGUAGE_COOKIE, Lainaamo
from lainaamo.pages import notice
from tests.conftest import MONDAY, SignedIn
from tests.crowd import Crowd
from tests.make import Make
from tests.strict import Browser

NOTICE = "/hallinta/hairio"
TEXT = "Tiski on kiinni tiistaina."
PAGES = ("/", "/apua", "/kirjautuminen", "/palaute", "/olematon")


def put_up(browser: Browser, **changes: str) -> int:
    given = {"text_fi": TEXT, "seen": "0", **changes}
    return browser.post(NOTICE, data=given).status_code


def test_a_notice_is_on_every_page_until_it_is_taken_down(
    make: Make, signed_in: SignedIn, browser: Browser
) -> None:
    make.site()
    office = signed_in("coordinator")
    assert put_up(office) == 303
    assert all(TEXT in browser.get(path).text for path in PAGES)
    assert office.post(f"{NOTICE}/poisto", data={"seen": "1"}).status_code == 303
    assert not any(TEXT in browser.get(path).text for path in PAGES)


def test_a_notice_is_shown_from_its_beginning_until_its_end(
    signed_in: SignedIn, browser: Browser
) -> None:
    put_up(signed_in("coordinator"), starts_at="2026-03-02T12:00", shown_until="2026-03-02T14:00")
    for hour, is_shown in ((11, False), (12, True), (13, True), (14, False)):
        with clock.at(datetime(2026, 3, 2, hour, tzinfo=clock.HELSINKI)):
            assert (TEXT in browser.get("/apua").text) is is_shown, hour


def test_everybody_reads_it_in_the_nearest_language(make: Make, browser: Browser) -> None:
    make.notice(TEXT, sv="Disken är stängd.", en="")
    for locale, words, lang in (
        ("fi", TEXT, ""),
        ("selko", TEXT, ' lang="fi"'),
        ("sv", "Disken är stängd.", ""),
        ("en", TEXT, ' lang="fi"'),
    ):
        browser.set_cookie(LANGUAGE_COOKIE, locale)
        assert f"<p{lang}>{words}</p>" in browser.get("/apua").text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"text_fi": " "}, "text_fi"),
        ({"text_fi": "x" * 10_000}, "text_fi"),
        ({"starts_at": "huomenna"}, "starts_at"),
        ({"starts_at": "2026-03-02T12:00", "shown_until": "2026-03-02T12:00"}, "shown_until"),
        ({"shown_until": "2026-02-01T12:00"}, "shown_until"),
    ],
)
def test_a_notice_that_cannot_be_is_corrected_at_its_field(
    signed_in: SignedIn, typed: dict[str, str], field: str
) -> None:
    page = signed_in("coordinator").post(NOTICE, data={"text_fi": TEXT, "seen": "0", **typed})
    assert page.status_code == 422
    assert f'id="f-{field}-wrong"' in page.text


def test_the_second_who_says_something_is_told_what_was_said(
    make: Make, signed_in: SignedIn, browser: Browser
) -> None:
    make.notice("Ensimmäinen")
    refused = signed_in("administrator").post(NOTICE, data={"text_fi": "Toinen", "seen": "0"})
    assert refused.status_code == 409
    assert "Ensimmäinen" in refused.text
    assert ">\nToinen</textarea>" in refused.text
    assert "Toinen" not in browser.get("/apua").text


def test_a_preview_says_nothing_yet(signed_in: SignedIn, browser: Browser) -> None:
    page = signed_in("coordinator").post(f"{NOTICE}/esikatselu", data={"text_fi": TEXT})
    assert page.text.count(f'<p lang="fi">{TEXT}</p>') == 4
    assert TEXT not in browser.get("/apua").text


@pytest.mark.parametrize("role", ["resident", "worker", "counter", "supervisor", "buyer"])
def test_others_put_nothing_up(signed_in: SignedIn, role: str) -> None:
    assert put_up(signed_in(role)) == 403


def said(app: Lainaamo, _number: int) -> str | None:
    with app.test_request_context():
        shown = notice.current()
        return shown.text if shown else None


def test_other_processes_know_it_at_once(make: Make, settings: Settings) -> None:
    with Crowd(2, settings) as crowd:
        assert crowd.do(said, 0, 1) == [None, None]
        with clock.at(MONDAY - timedelta(days=2)):
            make.notice(TEXT)
        assert crowd.do(said, 0, 1) == [TEXT, TEXT]


def test_a_page_is_read_though_the_notice_cannot_be(
    app: Lainaamo, make: Make, browser: Browser
) -> None:
    make.notice(TEXT)
    with app.app_context(), transaction():
        session.execute(text("ALTER TABLE outage_notice RENAME TO outage_gone"))
    try:
        page = browser.get("/apua")
        assert page.status_code == 200
        assert TEXT not in page.text
        assert browser.get("/olematon").status_code == 404
    finally:
        with app.app_context(), transaction():
            session.execute(text("ALTER TABLE outage_gone RENAME TO outage_notice"))
    assert TEXT in browser.get("/apua").text


def test_the_notice_costs_pages_no_read_of_their_own(
    app: Lainaamo, make: Make, browser: Browser
) -> None:
    make.notice(TEXT)
    browser.get("/apua")
    with app.test_request_context():
        notice.current()
        seen: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
        for _ in range(5):
            assert notice.current() is not None
    assert seen == []
