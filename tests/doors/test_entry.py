"""Residents come in with a code or a link: no password, and nobody learns who has an account."""

import logging
import re
import statistics
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from lainaamo.config import Settings
from lainaamo.core import clock, outbox
from lainaamo.core.db import session, transaction
from lainaamo.core.orm import Base
from lainaamo.core.web import Lainaamo
from lainaamo.doors.asking import ASKED, COOKIE
from lainaamo.people import residents
from lainaamo.people.models import ContactProof, Person, SignIn
from lainaamo.people.visitor import COOKIE as SESSION
from lainaamo.upkeep import worker
from tests.conftest import AtOnce, SignedIn
from tests.crowd import Crowd
from tests.make import Make
from tests.strict import Browser

AINO = "aino@example.fi"
LINK = re.compile(r"/omat/linkki/\S+")


def ask(browser: Browser, contact: str = AINO, **more: str) -> int:
    return browser.post("/omat/tulo", data={"contact": contact, **more}).status_code


def newest(app: Lainaamo) -> tuple[str, str]:
    """Return the code and the link's path that were sent last."""
    key = app.config["SETTINGS"].secret
    with app.app_context():
        wanted = select(ContactProof).order_by(ContactProof.id.desc()).limit(1)
        proof = session.scalars(wanted).one()
        token = residents.token_of(proof, key)
        return residents.code_of(proof, key), f"/omat/linkki/{token}"


def enter(browser: Browser, code: str) -> int:
    return browser.post("/omat/koodi", data={"code": code}).status_code


def is_in(browser: Browser) -> bool:
    return browser.get("/omat").status_code == 200


def count(app: Lainaamo, model: type[Base]) -> int:
    with app.app_context():
        return session.scalar(select(func.count()).select_from(model)) or 0


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


@pytest.mark.parametrize("contact", [AINO, "040 123 4567"])
def test_a_resident_comes_in_with_a_code_and_is_written_down_then(
    app: Lainaamo, browser: Browser, contact: str
) -> None:
    assert browser.get("/omat").location == "/omat/tulo"
    assert ask(browser, contact) == 303
    assert count(app, Person) == 0
    code, _ = newest(app)
    assert browser.post("/omat/koodi", data={"code": code}).location == "/omat/tiedot"
    assert is_in(browser)
    assert count(app, Person) == 1
    browser.post("/omat/nimi", data={"first_name": "Väinö"})
    assert "Hei Väinö!" in browser.get("/omat").text


@pytest.mark.parametrize("between", [" ", "-", "\u00a0", " – "])
def test_the_code_may_be_typed_with_spaces_and_in_any_digits(
    app: Lainaamo, browser: Browser, between: str
) -> None:
    ask(browser)
    code, _ = newest(app)
    arabic = code[3:].translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert enter(browser, f" {code[:3]}{between}{arabic}\n") == 303


@pytest.mark.parametrize("typed", ["", "x", "12345", "1234567", "0" * 10_000, "'; --", "🙂"])
def test_what_is_not_the_code_opens_nothing(app: Lainaamo, browser: Browser, typed: str) -> None:
    ask(browser)
    assert enter(browser, typed) == 422
    assert not is_in(browser)


def test_a_code_is_bound_to_the_browser_that_asked(
    app: Lainaamo, browser: Browser, signed_in: SignedIn
) -> None:
    ask(browser)
    code, link = newest(app)
    other = app.test_client()
    assert isinstance(other, Browser)
    other.get("/omat/tulo")
    assert other.post("/omat/koodi", data={"code": code}).location == "/omat/tulo"
    page = other.get(link)
    assert "Pyysit koodin toisessa selaimessa" in page.text
    assert other.post(link).status_code == 200
    assert not is_in(other)
    assert enter(browser, code) == 303


def test_a_code_is_over_in_ten_minutes_and_after_it_was_used(
    app: Lainaamo, browser: Browser
) -> None:
    ask(browser)
    code, link = newest(app)
    with clock.at(clock.now() + residents.LASTS):
        assert browser.post("/omat/koodi", data={"code": code}).location == "/omat/tulo"
        assert browser.post(link).status_code == 409
    assert enter(browser, code) == 303
    token = browser.get_cookie(COOKIE)
    assert token is None
    assert browser.post(link).status_code == 409


def test_five_wrong_codes_and_the_right_one_is_worth_nothing(
    app: Lainaamo, browser: Browser
) -> None:
    ask(browser)
    code, _ = newest(app)
    assert [enter(browser, wrong(code)) for _ in range(5)] == [422] * 5
    assert enter(browser, code) == 422
    assert not is_in(browser)


def test_a_new_code_ends_the_old_one(app: Lainaamo, browser: Browser) -> None:
    ask(browser)
    old, _ = newest(app)
    assert browser.post("/omat/koodi/uusi").status_code == 303
    new, _ = newest(app)
    assert enter(browser, old) == 422
    assert enter(browser, new) == 303


def test_fifty_scanners_eat_nothing(
    app: Lainaamo, browser: Browser, record_property: Callable[[str, object], None]
) -> None:
    ask(browser)
    _, link = newest(app)
    scanners = [app.test_client() for _ in range(50)]
    assert {one.get(link).status_code for one in scanners} == {200}
    eaten = int(browser.post(link).status_code != 303)
    record_property("eaten by 50 GETs", eaten)
    assert eaten == 0
    assert is_in(browser)


def test_fifty_presses_at_once_have_one_winner(
    app: Lainaamo,
    browser: Browser,
    at_once: AtOnce,
    record_property: Callable[[str, object], None],
) -> None:
    ask(browser)
    _, link = newest(app)
    asked = browser.get_cookie(COOKIE)
    assert asked is not None

    def press(one: Browser) -> int:
        one.set_cookie(COOKIE, asked.value)
        return int(one.post(link).status_code)

    codes = at_once(50, press)
    record_property("winners of 50 parallel POSTs", codes.count(303))
    assert sorted(codes) == [303] + [409] * 49
    assert (count(app, Person), count(app, SignIn)) == (1, 1)


def test_no_code_and_no_token_stand_in_logs_or_tables(
    app: Lainaamo,
    browser: Browser,
    caplog: pytest.LogCaptureFixture,
    record_property: Callable[[str, object], None],
) -> None:
    caplog.set_level(logging.DEBUG)
    ask(browser)
    code, link = newest(app)
    asked = browser.get_cookie(COOKIE)
    browser.get(link)
    enter(browser, wrong(code))
    worker.work_once(app)
    browser.post(link)
    cookie = browser.get_cookie(SESSION)
    assert asked is not None
    assert cookie is not None
    secrets = [link.rpartition("-")[2], asked.value, cookie.value]
    written = caplog.text + "".join(_rows(app))
    found = sum(written.count(one) for one in secrets)
    record_property("tokens in logs and tables", found)
    assert found == 0
    assert not re.search(rf"\b{code}\b", caplog.text)


def _rows(app: Lainaamo) -> list[str]:
    with app.app_context():
        names = Base.metadata.tables
        return [
            str(row) for name in names for row in session.execute(text(f"SELECT * FROM {name}"))
        ]


def _blank(page: str) -> str:
    return re.sub(r'name="_key" value="[^"]*"', "", page)


def test_known_and_unknown_are_answered_with_the_same_bytes(app: Lainaamo, make: Make) -> None:
    make.person("counter", email="known@example.fi")
    answers = []
    for contact in ("known@example.fi", "other@example.fi"):
        browser = app.test_client()
        first = browser.post("/omat/tulo", data={"contact": contact})
        page = browser.get("/omat/koodi")
        again = browser.post("/omat/koodi", data={"code": "000000"})
        pages = [_blank(one.text).replace("k•••", "o•••") for one in (first, page, again)]
        answers.append([first.status_code, first.location, again.status_code, *pages])
    assert answers[0] == answers[1]


@pytest.mark.timed
def test_known_and_unknown_are_answered_in_the_same_time(
    app: Lainaamo, make: Make, record_property: Callable[[str, object], None]
) -> None:
    took: dict[str, list[float]] = {"known": [], "other": []}
    for n in range(60):
        make.person(email=f"known{n}@example.fi")
    for n in range(60):
        for who, times in took.items():
            browser = app.test_client()
            where = {"REMOTE_ADDR": f"10.0.{n}.1"}
            form = {"contact": f"{who}{n}@example.fi"}
            began = time.process_time()
            browser.post("/omat/tulo", data=form, environ_overrides=where)
            times.append(time.process_time() - began)
    known, other = (statistics.median(times) for times in took.values())
    record_property("median difference, per cent", round(100 * abs(known / other - 1), 2))
    assert 0.9 < known / other < 1.1


def test_too_many_messages_are_not_sent_to_anybody(app: Lainaamo, browser: Browser) -> None:
    codes = [ask(browser, "040 123 4567") for _ in range(ASKED)]
    codes += [ask(browser, "+358 40 1234567") for _ in range(3)]
    assert codes == [303] * ASKED + [409] * 3
    assert count(app, outbox.Message) == ASKED


def guess_often(app: Lainaamo, given: tuple[str, str]) -> int:
    """Guess in a process of its own; return how many guesses were looked at."""
    token, path = given
    client = app.test_client()
    client.set_cookie(COOKIE, token)
    looked_at = 0
    for n in range(6):
        where = {"REMOTE_ADDR": "10.0.0.9"}
        answer = client.post(path, data={"code": f"99{n:04}"}, environ_overrides=where)
        looked_at += "Katso uusin viesti" in answer.text
    return looked_at


def test_four_processes_get_exactly_five_guesses(
    app: Lainaamo,
    settings: Settings,
    browser: Browser,
    record_property: Callable[[str, object], None],
) -> None:
    ask(browser)
    asked = browser.get_cookie(COOKIE)
    assert asked is not None
    given = (asked.value, "/omat/koodi")
    with Crowd(4, settings) as crowd:
        looked_at = sum(crowd.do(guess_often, given, given, given, given))
    record_property("guesses looked at by 4 processes", looked_at)
    assert looked_at == residents.MOST_TRIES


def test_of_guesses_from_one_address_a_hundred_are_looked_at(app: Lainaamo) -> None:
    browser = FlaskClient(app, app.response_class)  # many pages, read by nobody
    looked_at = 0
    for n in range(25):
        browser.post("/omat/tulo", data={"contact": f"p{n}@example.fi"})
        for _ in range(5):
            answer = browser.post("/omat/koodi", data={"code": "000000"})
            looked_at += "Katso uusin viesti" in answer.text
    assert looked_at == 100


@pytest.mark.parametrize(
    "hostile",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1", "/\t/x"],
)
def test_nobody_is_led_away_after_coming_in(
    app: Lainaamo, browser: Browser, make: Make, hostile: str
) -> None:
    make.person(email=AINO)
    ask(browser, next=hostile)
    code, _ = newest(app)
    assert browser.post("/omat/koodi", data={"code": code}).location == "/omat"


def test_one_goes_where_one_was_going(app: Lainaamo, browser: Browser, make: Make) -> None:
    make.person(email=AINO)
    ask(browser, next="/valineet/1?alku=2026-03-03")
    code, _ = newest(app)
    answer = browser.post("/omat/koodi", data={"code": code})
    assert answer.location == "/valineet/1?alku=2026-03-03"


def test_staff_who_come_in_with_a_code_get_ones_own_things_only(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    make.person("administrator", email=AINO)
    ask(browser)
    enter(browser, newest(app)[0])
    assert is_in(browser)
    assert browser.get("/tiski").status_code == 403
    assert browser.get("/kierto").status_code == 403


def test_coming_in_ends_the_session_this_browser_had(app: Lainaamo, signed_in: SignedIn) -> None:
    browser = signed_in("resident")
    old = browser.get_cookie(SESSION)
    ask(browser)
    enter(browser, newest(app)[0])
    new = browser.get_cookie(SESSION)
    assert old is not None
    assert new is not None
    assert old.value != new.value
    copied = app.test_client()
    copied.set_cookie(SESSION, old.value)
    assert copied.get("/omat").status_code == 303


def test_who_left_is_told_to_call_and_not_let_in(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    person = make.person(email=AINO)
    with app.app_context(), transaction():
        session.get_one(Person, person.id).left_at = clock.now()
    ask(browser)
    assert enter(browser, newest(app)[0]) == 409
    assert not is_in(browser)


@pytest.mark.parametrize("contact", ["", "Aino", "a@b", "x" * 10_000, "000000", "<script>"])
def test_what_reaches_nobody_is_shown_again(browser: Browser, contact: str) -> None:
    assert ask(browser, contact) == 422


def test_a_planted_cookie_that_is_none_of_ours_is_replaced(app: Lainaamo, browser: Browser) -> None:
    browser.set_cookie(COOKIE, "short")
    ask(browser)
    asked = browser.get_cookie(COOKIE)
    assert asked is not None
    assert len(asked.value) == 43
    assert enter(browser, newest(app)[0]) == 303


def test_twenty_four_hours_of_asking_end_in_a_limit(app: Lainaamo, browser: Browser) -> None:
    start, codes = clock.now(), []
    for n in range(30):
        with clock.at(start + timedelta(minutes=16 * n)):
            codes.append(ask(browser))
    assert codes.count(303) == 20
