"""Coming in, going out, and whose session still counts."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from lainaamo.config import Settings
from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.people import actions, queries
from lainaamo.people.models import Grant, Person, SignIn
from lainaamo.people.visitor import COOKIE
from tests.conftest import AtOnce, SignedIn
from tests.make import Make
from tests.strict import Browser

PASSWORD = "suksi ja sauva"
FORM = {"name": "rauni@example.fi", "password": PASSWORD}


@pytest.fixture
def rauni(make: Make) -> Person:
    return make.person(
        "counter", first_name="Rauni", email="rauni@example.fi", number=17, password=PASSWORD
    )


def is_in(browser: Browser) -> bool:
    return browser.get("/oma-tili").status_code == 200


@pytest.mark.usefixtures("rauni")
@pytest.mark.parametrize(
    "name", ["rauni@example.fi", "Rauni@Example.FI", " rauni@example.fi ", "17"]
)
def test_staff_sign_in_by_address_or_number(browser: Browser, name: str) -> None:
    opened = browser.post("/kirjautuminen", data={"name": name, "password": PASSWORD})
    assert (opened.status_code, opened.location) == (303, "/tiski")
    assert is_in(browser)


@pytest.mark.usefixtures("rauni")
@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("rauni@example.fi", "wrong"),
        ("rauni@example.fi", PASSWORD.upper()),
        ("nobody@example.fi", PASSWORD),
        ("18", PASSWORD),
        ("", PASSWORD),
        ("rauni@example.fi", ""),
        ("' OR 1=1 --", "' OR 1=1 --"),
        ("\u0661\u0667", PASSWORD),  # Arabic digits
        ("1" * 400, PASSWORD),
        ("rauni@example.fi", "x" * 10_000),
    ],
)
def test_a_wrong_name_or_password_opens_nothing(browser: Browser, name: str, password: str) -> None:
    page = browser.post("/kirjautuminen", data={"name": name, "password": password})
    assert page.status_code == 422
    assert not is_in(browser)


@pytest.mark.usefixtures("rauni")
def test_the_answer_is_the_same_whether_the_account_exists(browser: Browser) -> None:
    pages = [
        browser.post("/kirjautuminen", data={"name": name, "password": "wrong"}).text
        for name in ("rauni@example.fi", "nobody@example.fi")
    ]
    keys = [page.partition('name="_key" value="')[2].partition('"')[0] for page in pages]
    blank = [page.replace(key, "") for page, key in zip(pages, keys, strict=True)]
    assert blank[0].replace("rauni@", "nobody@") == blank[1]


@pytest.mark.usefixtures("rauni")
def test_the_eleventh_try_is_refused_even_with_the_right_password(browser: Browser) -> None:
    for _ in range(10):
        assert browser.post("/kirjautuminen", data={**FORM, "password": "no"}).status_code == 422
    assert browser.post("/kirjautuminen", data=FORM).status_code == 409
    assert not is_in(browser)
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert browser.post("/kirjautuminen", data=FORM).status_code == 303


@pytest.mark.usefixtures("rauni")
def test_many_windows_at_once_get_no_more_tries(at_once: AtOnce) -> None:
    def guess(browser: Browser) -> str:
        page = browser.post("/kirjautuminen", data={**FORM, "password": str(browser.number)})
        return page.text

    pages = at_once(14, guess)
    assert sum('role="alert"' in page for page in pages) == 14
    told_to_wait = {page for page in pages if "Odota 16 min" in page}
    assert len(told_to_wait) == 4


@pytest.mark.usefixtures("rauni")
def test_signing_in_gives_a_new_cookie_and_only_its_fingerprint_is_kept(
    app: Lainaamo, browser: Browser
) -> None:
    browser.set_cookie(COOKIE, "planted-by-somebody")
    browser.post("/kirjautuminen", data=FORM)
    cookie = browser.get_cookie(COOKIE)
    assert cookie is not None
    assert cookie.value != "planted-by-somebody"
    assert len(cookie.value) >= 43
    with app.app_context():
        assert cookie.value not in session.scalars(select(SignIn.token_hash)).all()
        assert queries.find_sign_in(cookie.value) is not None


def test_a_copied_cookie_is_worth_nothing_after_signing_out(
    app: Lainaamo, signed_in: SignedIn
) -> None:
    browser = signed_in("worker")
    cookie = browser.get_cookie(COOKIE)
    assert cookie is not None
    assert browser.post("/uloskirjautuminen").status_code == 303
    browser.set_cookie(COOKIE, cookie.value)
    assert not is_in(browser)


def test_signing_out_here_leaves_the_other_device_signed_in(signed_in: SignedIn) -> None:
    here = signed_in("worker")
    there = signed_in("worker", person_id=here.person_id)
    here.post("/uloskirjautuminen")
    assert (is_in(here), is_in(there)) == (False, True)


def test_signing_out_everywhere_ends_every_session_of_the_person_only(signed_in: SignedIn) -> None:
    here = signed_in("worker")
    there, other = signed_in("worker", person_id=here.person_id), signed_in("worker")
    here.post("/uloskirjautuminen", data={"everywhere": "1"})
    assert [is_in(one) for one in (here, there, other)] == [False, False, True]


def test_a_new_password_ends_every_session(
    app: Lainaamo, rauni: Person, signed_in: SignedIn
) -> None:
    browser = signed_in("counter", person_id=rauni.id)
    with app.app_context(), transaction():
        actions.set_password(session.get_one(Person, rauni.id), "another one")
    assert not is_in(browser)


def test_who_left_is_out_at_once(app: Lainaamo, signed_in: SignedIn) -> None:
    browser = signed_in("worker")
    with app.app_context(), transaction():
        session.get_one(Person, browser.person_id).left_at = clock.now()
    assert not is_in(browser)


def test_a_right_that_ended_is_gone_at_the_next_request(app: Lainaamo, signed_in: SignedIn) -> None:
    browser = signed_in("counter")
    assert browser.get("/kierto").status_code == 200
    with app.app_context(), transaction():
        session.scalars(select(Grant)).one().ended_at = clock.now()
    assert browser.get("/kierto").status_code == 403
    assert is_in(browser)


@pytest.mark.usefixtures("rauni")
@pytest.mark.parametrize(
    "hostile",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "/%0d%0aSet-Cookie:a=b\r\n",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        "http:evil.example",
        "/ok\r\nLocation: //evil.example",
        " /evil",
    ],
)
def test_after_signing_in_nobody_is_led_away(browser: Browser, hostile: str) -> None:
    opened = browser.post("/kirjautuminen", data={**FORM, "next": hostile})
    assert (opened.status_code, opened.location) == (303, "/tiski")
    page = browser.get("/kirjautuminen", query_string={"next": hostile})
    assert set(re.findall(r'name="next" value="([^"]*)"', page.text)) <= {""}


@pytest.mark.usefixtures("rauni")
def test_after_signing_in_one_goes_where_one_was_going(browser: Browser) -> None:
    sent = browser.get("/oma-tili?a=1&b=2")
    assert sent.status_code == 303
    page = browser.get(sent.location)
    assert 'value="/oma-tili?a=1&amp;b=2"' in page.text
    opened = browser.post("/kirjautuminen", data={**FORM, "next": "/oma-tili?a=1&b=2"})
    assert opened.location == "/oma-tili?a=1&b=2"


@pytest.mark.parametrize(("address", "secure"), [("https://l.fi", True), ("http://l.fi", False)])
def test_over_https_the_cookie_is_sent_over_https_only(
    app: Lainaamo,
    rauni: Person,
    address: str,
    secure: bool,  # noqa: FBT001 - a row of the table
) -> None:
    settings: Settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = Settings(
        instance=settings.instance, database_url=settings.database_url, public_url=address
    )
    opened = app.test_client().post("/kirjautuminen", data=FORM)
    (cookie,) = opened.headers.getlist("Set-Cookie")
    assert ("Secure" in cookie) is secure
    assert "HttpOnly" in cookie


def test_passwords_are_kept_as_argon2(app: Lainaamo, rauni: Person) -> None:
    with app.app_context():
        kept = session.scalar(text("SELECT hash FROM password"))
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept
