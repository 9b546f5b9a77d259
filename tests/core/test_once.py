"""The same request sent again is done once."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from lainaamo.core import clock, journal, once, outbox
from lainaamo.core.db import insert_once, session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.web import Lainaamo, needs
from lainaamo.people.access import Right
from lainaamo.people.models import Unit
from tests.conftest import AtOnce
from tests.strict import Browser

pytestmark = pytest.mark.adds_screens

_names = count()


@needs(Right.LOOK)
def found_a_unit() -> ResponseReturnValue:
    """Make a unit, with its journal line and its message; a forbidden name is refused."""
    name = request.form["name"]
    if insert_once(Unit, key="closed", name="x") and name == "refused":
        raise Refusal("No.")
    unit = Unit(key=f"unit-{next(_names)}", name=name)
    session.add(unit)
    session.flush()
    journal.write("unit.made", "unit", unit.id)
    outbox.promise("unit.made", str(unit.id), unit=unit.id)
    return "", 303, {"Location": f"/units/{unit.id}"}


@pytest.fixture(autouse=True)
def _found_a_unit(app: Lainaamo) -> None:
    app.add_url_rule("/units", view_func=found_a_unit, methods=["POST"])


@pytest.fixture
def counts(app: Lainaamo) -> Callable[[], list[int]]:
    """Return how many units, journal lines and messages there are."""

    def counted() -> list[int]:
        with app.app_context():
            made = select(func.count()).select_from(Unit).where(Unit.key != "closed")
            lines = select(func.count()).select_from(journal.Entry)
            messages = select(func.count()).select_from(outbox.Message)
            return [session.scalar(one) or 0 for one in (made, lines, messages)]

    return counted


def test_twenty_presses_of_one_form_are_one(
    browser: Browser, counts: Callable[[], list[int]]
) -> None:
    form = {"name": "Koulu", "_key": "k"}
    answers = {browser.post("/units", data=form).location for _ in range(20)}
    assert len(answers) == 1
    assert counts() == [1, 1, 1]


def test_ten_presses_in_the_same_moment_are_one(
    at_once: AtOnce, counts: Callable[[], list[int]]
) -> None:
    form = {"name": "Koulu", "_key": "k"}
    answers = at_once(10, lambda browser: browser.post("/units", data=form))
    assert {(one.status_code, one.location) for one in answers} == {(303, answers[0].location)}
    assert counts() == [1, 1, 1]


def test_a_program_may_send_its_key_as_a_header(
    browser: Browser, counts: Callable[[], list[int]]
) -> None:
    for _ in range(3):
        answer = browser.post("/units", data={"name": "A"}, headers={"Idempotency-Key": "k"})
        assert answer.status_code == 303
    assert counts() == [1, 1, 1]


def test_without_a_key_each_request_counts(
    browser: Browser, counts: Callable[[], list[int]]
) -> None:
    for _ in range(2):
        browser.post("/units", data={"name": "A"})
    assert counts() == [2, 2, 2]


def test_a_key_with_another_body_is_a_mistake(
    browser: Browser, counts: Callable[[], list[int]]
) -> None:
    browser.post("/units", data={"name": "A", "_key": "k"})
    assert browser.post("/units", data={"name": "B", "_key": "k"}).status_code == 422
    assert counts() == [1, 1, 1]


def test_a_refused_request_is_judged_again(
    browser: Browser, app: Lainaamo, counts: Callable[[], list[int]]
) -> None:
    form = {"name": "refused", "_key": "k"}
    assert browser.post("/units", data=form).status_code == 409
    assert counts() == [0, 0, 0]
    with app.app_context(), transaction():
        session.add(Unit(key="closed", name="what stood in the way is settled"))
    assert browser.post("/units", data=form).status_code == 303
    assert counts() == [1, 1, 1]


def test_a_key_longer_than_any_of_ours_is_refused(browser: Browser) -> None:
    """Through the web a key is hashed with its sender first, so its length is no matter there."""
    with pytest.raises(Refusal) as refused:
        once.answer("k" * 200, "POST /units", "", lambda: once.Answer(200, None, None, None))
    assert refused.value.code == "bad_key"


def test_old_answers_are_forgotten(browser: Browser, app: Lainaamo) -> None:
    browser.post("/units", data={"name": "A", "_key": "k"})
    with app.app_context(), clock.at(clock.now() + once.KEPT + timedelta(seconds=1)):
        with transaction():
            once.forget_old()
        assert session.scalar(select(func.count()).select_from(once.Answered)) == 0
