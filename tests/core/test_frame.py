"""The frame that is made once per change is right for each who sees it, and never old."""

import pytest

from lainaamo.core import house
from lainaamo.core.db import transaction
from lainaamo.core.web import Lainaamo
from tests.conftest import SignedIn
from tests.strict import Browser


def test_a_new_name_of_the_service_is_on_the_next_page(app: Lainaamo, browser: Browser) -> None:
    assert "Puurtilan puuhavaja" not in browser.get("/").text
    with app.app_context(), transaction():
        house.lock()
        house.write({"service_name": "Puurtilan puuhavaja"})
    assert browser.get("/").text.count("Puurtilan puuhavaja") == 2


def test_each_sees_the_menu_of_ones_own_rights_and_name(
    browser: Browser, signed_in: SignedIn
) -> None:
    for _again in range(2):
        assert 'href="/tiski"' in signed_in("counter").get("/").text
        stranger = browser.get("/").text
        assert 'href="/tiski"' not in stranger
        assert 'href="/oma-tili"' not in stranger
        assert 'href="/kirjautuminen"' in stranger
        resident = signed_in("resident").get("/").text
        assert 'href="/oma-tili"' in resident
        assert 'href="/kirjautuminen"' not in resident


@pytest.mark.parametrize(("address", "word"), [("sv", "Öppettider"), ("en", "Opening hours")])
def test_each_language_has_its_own_frame(browser: Browser, address: str, word: str) -> None:
    assert word not in browser.get("/").text
    browser.get(f"/?kieli={address}")
    assert word in browser.get("/").text


def test_each_place_is_marked_on_its_own_page_only(browser: Browser) -> None:
    for path in ("/", "/aukiolo", "/"):
        page = browser.get(path).text
        assert f'href="{path}" aria-current="page"' in page
