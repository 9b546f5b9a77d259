"""How long a session lasts, and what ends it at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.people import actions, staff
from lainaamo.people.models import Grant, Person, SignIn
from lainaamo.people.spans import (
    ADMINISTRATOR,
    FLOOR,
    RESIDENT,
    STAFF,
    Span,
    device_words,
    span_for,
)
from lainaamo.people.visitor import COOKIE
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

PASSWORD = "suksi ja sauva"
FORM = {"name": "rauni@example.fi", "password": PASSWORD}
SPANS = [("resident", RESIDENT), ("buyer", STAFF), ("counter", STAFF), ("worker", STAFF)]


def is_in(browser: Browser) -> bool:
    return browser.get("/oma-tili").status_code == 200


def test_the_most_powerful_and_the_shared_are_the_shortest() -> None:
    assert span_for(["administrator", "resident"], on_floor=False) == ADMINISTRATOR
    assert span_for(["worker"], on_floor=True) == FLOOR
    assert span_for([], on_floor=False) == RESIDENT
    assert FLOOR.rest < STAFF.rest < RESIDENT.rest
    assert FLOOR.whole < STAFF.whole < RESIDENT.whole


@pytest.mark.parametrize(("role", "span"), [*SPANS, ("administrator", ADMINISTRATOR)])
def test_a_session_left_alone_rests_out_to_the_minute(
    signed_in: SignedIn, role: str, span: Span
) -> None:
    browser, start = signed_in(role), clock.now()
    with clock.at(start + span.rest - timedelta(minutes=1)):
        assert is_in(browser)
    browser = signed_in(role)
    with clock.at(start + span.rest):
        assert not is_in(browser)


@pytest.mark.parametrize(("role", "span"), [*SPANS, ("administrator", ADMINISTRATOR)])
def test_a_session_in_use_is_over_at_its_end_whatever_happens(
    signed_in: SignedIn, role: str, span: Span
) -> None:
    browser, start = signed_in(role), clock.now()
    step = span.rest * 0.7
    last_open = _walk(browser, start, step, int(span.whole / step) + 3)
    assert span.whole - step <= last_open - start < span.whole


def _walk(browser: Browser, start: datetime, step: timedelta, steps: int) -> datetime:
    last = start
    for moment in (start + step * n for n in range(steps)):
        with clock.at(moment):
            if is_in(browser):
                last = moment
    return last


def test_a_session_is_renewed_at_most_hourly_and_often_enough(
    app: Lainaamo, signed_in: SignedIn
) -> None:
    def changes(role: str, minutes: tuple[int, ...]) -> list[bool]:
        browser, start = signed_in(role), clock.now()
        mine = select(SignIn.seen_at).where(SignIn.person_id == browser.person_id)
        seen = []
        for one in minutes:
            with clock.at(start + timedelta(minutes=one)):
                is_in(browser)
                with app.app_context():
                    seen.append(session.scalars(mine).one())
        return [before != after for before, after in pairwise(seen)]

    resident = changes("resident", (0, 30, 59, 61, 100, 122))
    assert resident == [False, False, True, False, True]
    assert changes("administrator", (0, 7, 8, 14, 16)) == [False, True, False, True]


def _grant_of(person_id: int | None) -> Grant:
    open_one = select(Grant).where(Grant.person_id == person_id, Grant.ended_at.is_(None))
    return session.scalars(open_one).one()


def _set_password(person: Person) -> None:
    staff.choose_password(person, "aivan uusi salasana")


def _set_pin(person: Person) -> None:
    staff.set_pin(person, "290417")


def _grant(person: Person) -> None:
    actions.grant(person, "coordinator")


def _end_grant(person: Person) -> None:
    staff.end_grant(_grant_of(person.id))


def _end_everywhere(person: Person) -> None:
    actions.end_sessions(person.id)


def _make_badge_again(person: Person) -> None:
    staff.make_badge(person, key="k")
    staff.make_badge(person, key="k")


CHANGES: list[Callable[[Person], None]] = [
    _set_password,
    _set_pin,
    _grant,
    _end_grant,
    staff.leave,
    _end_everywhere,
    _make_badge_again,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: str(one.__name__).strip("_"))
def test_no_session_from_before_a_change_of_the_account_is_taken(
    app: Lainaamo, signed_in: SignedIn, change: Callable[[Person], None]
) -> None:
    windows = [signed_in("counter")]
    windows += [signed_in("counter", person_id=windows[0].person_id) for _ in range(3)]
    stranger = signed_in("counter")
    with app.app_context(), transaction():
        change(session.get_one(Person, windows[0].person_id))
    accepted = [window for window in windows if is_in(window)]
    assert accepted == []
    assert all(window.post("/tiski/skannaukset").status_code == 403 for window in windows)
    assert is_in(stranger)


def test_a_role_for_a_unit_that_ends_ends_the_session(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    buyer = make.person("buyer", unit=make.unit())
    browser = signed_in("buyer", person_id=buyer.id)
    assert browser.get("/kierto").status_code == 200
    with app.app_context(), transaction():
        staff.end_grant(_grant_of(buyer.id))
    assert browser.get("/kierto").status_code == 303


def test_signing_in_again_gives_a_new_session_and_ends_the_one_this_browser_had(
    make: Make, browser: Browser
) -> None:
    make.person("counter", email=FORM["name"], password=PASSWORD)
    browser.post("/kirjautuminen", data=FORM)
    first = browser.get_cookie(COOKIE)
    browser.post("/kirjautuminen", data=FORM)
    second = browser.get_cookie(COOKIE)
    assert first is not None
    assert second is not None
    assert first.value != second.value
    assert is_in(browser)
    browser.set_cookie(COOKIE, first.value)
    assert not is_in(browser)


def test_good_tries_are_not_counted(make: Make, browser: Browser) -> None:
    make.person("counter", email=FORM["name"], password=PASSWORD)
    codes = {browser.post("/kirjautuminen", data=FORM).status_code for _ in range(15)}
    assert codes == {303}


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox, Linux",
        ),
        (
            (
                "Mozilla/5.0 (Linux; Android 15; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/140.0.0.0 Mobile Safari/537.36"
            ),
            "Chrome, Android",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
                "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
            ),
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Edg/140.0", "Edge, Windows"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_device_is_said_in_words_of_ours(agent: str, words: str) -> None:
    assert device_words(agent) == words
