"""Lending against the terms: the counter may, for a reason that the journal keeps."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lainaamo.core.db import session
from lainaamo.core.journal import Entry
from lainaamo.core.web import LANGUAGE_COOKIE, Lainaamo
from lainaamo.goods import life
from lainaamo.goods.models import Item
from lainaamo.lending.rules import OVERRIDES
from tests.conftest import SignedIn
from tests.desk.conftest import FRIDAY, TODAY, Desk
from tests.make import Make

SATURDAY = FRIDAY + timedelta(1)


def hand_out(desk: Desk, make: Make, item: Item, due_on: date, **more: str) -> Any:
    typed = {"first_name": "Anna", "contact": "anna@example.fi", "due_on": str(due_on)}
    return desk.press("/tiski/lainat", tavara=make.sign(item), **typed, **more)


@pytest.fixture
def floor(signed_in: SignedIn) -> Desk:
    """Return the desk of a worker, who may not make exceptions."""
    browser = signed_in("worker")
    browser.set_cookie(LANGUAGE_COOKIE, "en")
    return Desk(browser)


@pytest.mark.parametrize("due_on", [TODAY + timedelta(60), SATURDAY])
def test_a_refused_day_keeps_what_was_typed_and_offers_an_exception(
    app: Lainaamo, desk: Desk, make: Make, due_on: date
) -> None:
    item = make.item()
    page = hand_out(desk, make, item, due_on)
    assert page.status_code == 409
    assert 'value="anna@example.fi"' in page.text
    assert "Lend anyway, because" in page.text
    page = hand_out(desk, make, item, due_on, reason="group")
    assert page.status_code == 200
    with app.app_context():
        wanted = select(Entry).where(Entry.verb == "loan.handed_out")
        assert session.scalars(wanted).one().details["override"] == "group"
    assert "For a group or a school" in desk.open(f"/tavarat/{make.sign(item)}").text


def test_one_more_than_the_terms_allow_needs_a_reason(desk: Desk, make: Make) -> None:
    make.terms(at_once=1)
    kind = make.kind()
    first, second = make.item(kind), make.item(kind)
    assert hand_out(desk, make, first, FRIDAY).status_code == 200
    assert hand_out(desk, make, second, FRIDAY).status_code == 409
    assert hand_out(desk, make, second, FRIDAY, reason="agreed").status_code == 200


def test_a_borrowers_own_page_offers_the_exception_too(desk: Desk, make: Make) -> None:
    make.terms(at_once=1)
    kind, person = make.kind(), make.person("resident")
    make.loan(make.item(kind), FRIDAY, person=person)
    second = make.item(kind)
    url = f"/tiski/lainaajat/{person.id}/lainat"
    page = desk.press(url, code=make.sign(second))
    assert page.status_code == 409
    assert "Lend anyway, because" in page.text
    assert desk.press(url, code=make.sign(second), reason="agreed").status_code == 200


def test_a_worker_of_the_floor_is_offered_none_and_may_make_none(floor: Desk, make: Make) -> None:
    item = make.item()
    page = hand_out(floor, make, item, SATURDAY)
    assert page.status_code == 409
    assert "Lend anyway" not in page.text
    assert hand_out(floor, make, item, SATURDAY, reason="agreed").status_code == 403


@pytest.mark.parametrize(
    ("reason", "due_on"),
    [
        ("because I say so", SATURDAY),
        ("agreed", TODAY + timedelta(500)),
        ("agreed", TODAY - timedelta(1)),
    ],
)
def test_an_exception_has_bounds_of_its_own(
    desk: Desk, make: Make, reason: str, due_on: date
) -> None:
    assert hand_out(desk, make, make.item(), due_on, reason=reason).status_code == 409


def test_what_another_is_promised_goes_with_a_reason_only(desk: Desk, make: Make) -> None:
    kind = make.kind()
    item = make.item(kind)
    make.reservation(kind, FRIDAY, FRIDAY)
    refused = hand_out(desk, make, item, FRIDAY)
    assert refused.status_code == 409
    assert 'name="reason"' in refused.text
    assert hand_out(desk, make, item, FRIDAY, reason="agreed").status_code == 200


def test_every_reason_has_its_words() -> None:
    assert set(life.OVERRIDES) == set(OVERRIDES)
