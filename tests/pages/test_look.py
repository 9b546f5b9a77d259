"""The service stands on a phone's home screen with its name, its colours and its icons."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PIL import Image

from lainaamo.config import STATIC, Settings
from lainaamo.core import house
from lainaamo.core.db import transaction
from lainaamo.core.web import Lainaamo
from tests.strict import Browser

MANIFEST = "/static/lainaamo.webmanifest"


def card(browser: Browser) -> dict[str, Any]:
    answer = browser.get(MANIFEST)
    assert answer.content_type.startswith("application/manifest+json")
    found: dict[str, Any] = answer.get_json(force=True)
    return found


def test_the_card_has_what_a_phone_asks(browser: Browser) -> None:
    found = card(browser)
    assert found["name"] == "Lainaamo, Iin kunta"
    assert len(found["short_name"]) <= 12
    assert (found["start_url"], found["display"], found["lang"]) == ("/", "standalone", "fi")
    assert (found["theme_color"], found["background_color"]) == ("#12515a", "#f3f6f4")


def test_every_icon_is_there_in_the_size_it_says(browser: Browser) -> None:
    icons = card(browser)["icons"]
    assert {(icon["sizes"], icon["purpose"]) for icon in icons} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in icons:
        with Image.open(STATIC.parent / icon["src"].lstrip("/")) as picture:
            assert "{}x{}".format(*picture.size) == icon["sizes"]
        assert browser.get(icon["src"]).status_code == 200
    assert (
        'rel="apple-touch-icon" href="/static/icons/apple-touch-icon.png'
        in browser.get("/apua").text
    )


def test_the_card_wears_the_theme(
    settings: Settings, app_with: Callable[[Settings], Lainaamo]
) -> None:
    browser = app_with(replace(settings, theme="puolukka")).test_client()
    assert browser.get(MANIFEST).get_json(force=True)["theme_color"] == "#8a1538"


def test_what_the_administrator_sets_is_what_pages_and_the_card_say(
    app: Lainaamo, browser: Browser
) -> None:
    with app.app_context(), transaction():
        house.lock()
        house.write({"service_name": "Tavarat kiertoon", "phone": "08 7654 321"})
    assert card(browser)["name"] == "Tavarat kiertoon, Iin kunta"
    assert 'href="tel:087654321"' in browser.get("/saavutettavuus").text
    assert "Tavarat kiertoon" in browser.get("/tietosuoja").text
