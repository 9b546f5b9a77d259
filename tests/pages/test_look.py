"""The service stands on a phone's home screen with its name, its colours and its icons."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageChops, ImageStat

from lainaamo.config import STATIC, Settings
from lainaamo.core import house, icons, theme
from lainaamo.core.db import transaction
from lainaamo.core.theme import BadTheme
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


@pytest.fixture
def berry(settings: Settings, app_with: Callable[[Settings], Lainaamo]) -> FlaskClient:
    """Return a browser of a house that wears a theme with a logo and an icon."""
    return app_with(replace(settings, theme="puolukka")).test_client()


def picture(client: FlaskClient, address: str) -> Image.Image:
    """Return an icon as a phone gets it."""
    answer = client.get(address)
    assert answer.content_type == "image/png"
    assert "immutable" in answer.headers["Cache-Control"]
    return Image.open(io.BytesIO(answer.data)).convert("RGB")


def test_the_icons_wear_the_theme_too(berry: FlaskClient) -> None:
    for one in berry.get(MANIFEST).get_json(force=True)["icons"]:
        assert one["src"].startswith("/static/theme-icon/")
        shown = picture(berry, one["src"])
        assert "{}x{}".format(*shown.size) == one["sizes"]
        side = shown.width
        assert shown.getpixel((side // 2, side // 20)) == (0x8A, 0x15, 0x38)
    page = berry.get("/apua").text
    assert 'rel="icon" href="/static/theme-logo?v=' in page
    assert 'rel="apple-touch-icon" href="/static/theme-icon/apple-touch-icon.png?v=' in page
    assert berry.get("/static/theme-icon/olematon.png").status_code == 404


def own(settings: Settings, folder: Path, css: str, **files: bytes) -> Settings:
    """Return the settings of a house with a theme of its own."""
    (folder / "theme.css").write_text(css, encoding="utf-8")
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)
    return replace(settings, theme=str(folder))


def test_without_pictures_of_its_own_a_theme_colours_the_mark(
    settings: Settings, app_with: Callable[[Settings], Lainaamo], tmp_path: Path
) -> None:
    themed = own(settings, tmp_path, ":root { --brand: #7a1f5c; --sun: #7a2f5c; --on-sun: #fff; }")
    client = app_with(themed).test_client()
    page = client.get("/apua").text
    drawing = client.get("/static/theme-icon.svg").text
    assert 'rel="icon" href="/static/theme-icon.svg?v=' in page
    assert 'fill="#7a1f5c"' in drawing
    assert "#7a2f5c" not in drawing, "a sun that the ground swallows"
    whole = picture(client, "/static/theme-icon/icon-maskable-512.png")
    assert whole.getpixel((1, 1)) == (0x7A, 0x1F, 0x5C)
    assert whole.getpixel((256, 180)) == (255, 255, 255)


def test_the_drawn_mark_is_the_one_that_ships() -> None:
    usual = icons.dress("#12515a", "#ffffff", "#f6b73c")
    shipped = Image.open(STATIC / "icons" / "icon-192.png").convert("RGBA")
    drawn = Image.open(io.BytesIO(icons.mark("icon-192", usual))).convert("RGBA")
    apart = ImageChops.difference(shipped.convert("RGB"), drawn.convert("RGB"))
    assert ImageStat.Stat(apart).mean < [3, 3, 3]


@pytest.mark.parametrize("side", [(100, 100), (600, 512), (4000, 4000)])
def test_an_icon_that_no_phone_could_show_is_refused_at_start(
    settings: Settings, tmp_path: Path, side: tuple[int, int]
) -> None:
    kept = io.BytesIO()
    Image.new("RGB", side, "#123456").save(kept, "PNG")
    with pytest.raises(BadTheme, match="square PNG of 512 to 2048 pixels"):
        theme.load(own(settings, tmp_path, ":root { --r: 8px; }", icon_png=kept.getvalue()))


def test_what_is_no_picture_is_no_icon(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(BadTheme, match=r"icon\.png must be"):
        theme.load(own(settings, tmp_path, ":root { --r: 8px; }", icon_png=b"\x89PNG\r\n\x1a\n"))
