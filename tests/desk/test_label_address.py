"""A label's address, opened by anybody who reads it with a phone."""

import pytest

from lainaamo.core.web import LANGUAGE_COOKIE
from tests.desk.conftest import Desk
from tests.make import Make
from tests.strict import Browser


@pytest.fixture
def phone(browser: Browser) -> Browser:
    """Return the phone of a passer-by who reads English."""
    browser.set_cookie(LANGUAGE_COOKIE, "en")
    return browser


def test_a_borrower_comes_to_the_kind(phone: Browser, make: Make) -> None:
    kind = make.kind()
    sign = make.sign(make.item(kind))
    answer = phone.get(f"/Q/{sign}")
    assert (answer.status_code, answer.location) == (303, f"/valineet/{kind.id}?tarra={sign}")


def test_a_thing_for_reuse_says_whose_it_is_and_whom_to_call(phone: Browser, make: Make) -> None:
    sign = make.sign(make.item(make.kind("Työpöytä", pool="reuse")))
    page = phone.get(f"/Q/{sign}")
    assert page.status_code == 200
    assert "This belongs to Iin kunta" in page.text
    assert "tel:0800000000" in page.text


def test_a_shelf_is_nobodys_thing(phone: Browser, desk: Desk, make: Make) -> None:
    sign = make.sign(make.place("B12", sign=True))
    assert "This label is for our workers" in phone.get(f"/Q/{sign}").text
    assert desk.open(f"/Q/{sign}").location == f"/tiski?tila=hyllytys&hylly={sign}"


def test_an_unknown_code_is_told_in_plain_words(phone: Browser) -> None:
    for sign in ("22222", "Ö", "K7M4PK7M4P"):
        page = phone.get(f"/Q/{sign}")
        assert page.status_code == 404
        assert "This label is not known here" in page.text
