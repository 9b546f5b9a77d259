"""Taking goods in with a phone: one photo and two taps, counted; no network; no scripts."""

import io
import time
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from lainaamo.core.db import session
from lainaamo.goods.models import Category, Item, Photo
from lainaamo.reception.models import WaitingPhoto
from tests.journeys.house import House
from tests.journeys.windows import PHONE, Windows

pytestmark = pytest.mark.browser

LONGEST_S = 20
TAPS = """
() => {
  window.name = "0";
  const count = (event) => event.isTrusted && (window.name = Number(window.name) + 1);
  addEventListener("click", count, true);
}
"""


@pytest.fixture
def chairs(house: House) -> Category:
    category = house.make.category(
        "journey-chairs", pool="reuse", attributes=["width_mm", "colour"]
    )
    house.make.item(house.make.kind("Vanha tuoli", category=category))
    return category


@pytest.fixture
def phone(house: House, windows: Windows, chairs: Category) -> Page:
    page = windows.open(width=PHONE, cookie=house.cookie_of("worker"), expects={409, 422})
    page.goto("/vastaanotto")
    return page


@pytest.fixture
def chair(tmp_path: Path) -> Path:
    """Return a photo of twelve megapixels, as phones take them."""
    return photo_in(tmp_path, (4000, 3000))


def photo_in(folder: Path, size: tuple[int, int]) -> Path:
    picture = Image.new("RGB", size, (205, 203, 198))
    width, height = size
    box = (width // 3, height // 4, width * 2 // 3, height * 3 // 4)
    ImageDraw.Draw(picture).rectangle(box, fill=(40, 80, 160))
    path = folder / f"IMG_{width}.jpg"
    picture.save(path, "JPEG", quality=92)
    return path


def counts(house: House, *models: type) -> list[int]:
    with house.app.app_context():
        return [session.scalar(select(func.count()).select_from(one)) or 0 for one in models]


def tap_group(page: Page, category: Category) -> None:
    page.locator(f'input[name=category][value="{category.id}"]').tap(force=True)


def tap_condition(page: Page, condition: str = "good") -> None:
    page.locator(f'button[name=condition][value="{condition}"]').tap()


def test_one_photo_and_two_taps_take_a_chair_in(
    house: House, phone: Page, chairs: Category, chair: Path
) -> None:
    items, photos = counts(house, Item, Photo)
    phone.evaluate(TAPS)
    begun = time.monotonic()
    phone.locator("#f-photo").set_input_files(chair)
    tap_group(phone, chairs)
    tap_condition(phone)
    expect(phone.locator(".result h2")).to_have_text("Otettu vastaan")
    took = time.monotonic() - begun
    assert int(phone.evaluate("window.name")) == 2
    assert took <= LONGEST_S
    expect(phone.locator(".result .code")).to_be_visible()
    expect(phone.locator(".result")).to_contain_text("sininen")
    expect(phone.locator(".result img")).to_be_visible()
    assert counts(house, Item, Photo) == [items + 1, photos + 1]


def test_twelve_alike_are_a_stepper_more(
    house: House, phone: Page, chairs: Category, chair: Path
) -> None:
    phone.locator("#f-photo").set_input_files(chair)
    tap_group(phone, chairs)
    tap_condition(phone)
    for _ in range(11):
        phone.get_by_role("button", name="Yksi lisää").tap()
    phone.get_by_role("button", name="Niitä on 12").tap()
    expect(phone.locator(".result")).to_contain_text("12 kpl")
    expect(phone.get_by_role("link", name="12 tarraa")).to_be_visible()


def test_a_network_that_goes_loses_no_photo_and_makes_no_second_thing(
    house: House, windows: Windows, phone: Page, chairs: Category, chair: Path
) -> None:
    items, waiting = counts(house, Item, WaitingPhoto)
    phone.context.set_offline(True)
    phone.locator("#f-photo").set_input_files(chair)
    expect(phone.locator("#photo-told")).to_contain_text("Verkko ei toimi")
    assert counts(house, WaitingPhoto) == [waiting]
    offline = [one for one in windows.complaints if "ERR_INTERNET_DISCONNECTED" in one]
    windows.complaints[:] = [one for one in windows.complaints if one not in offline]
    assert offline
    phone.context.set_offline(False)
    expect(phone.locator("#photo-told")).to_contain_text("Kuva on tallessa")
    tap_group(phone, chairs)
    tap_condition(phone)
    expect(phone.locator(".result img")).to_be_visible()
    assert counts(house, Item, WaitingPhoto) == [items + 1, waiting]


def test_two_presses_are_one_thing(
    house: House, phone: Page, chairs: Category, chair: Path
) -> None:
    (items,) = counts(house, Item)
    phone.locator("#f-photo").set_input_files(chair)
    tap_group(phone, chairs)
    phone.locator('button[value="good"]').dblclick()
    expect(phone.locator(".result h2")).to_have_text("Otettu vastaan")
    assert counts(house, Item) == [items + 1]


def test_it_works_without_scripts(
    house: House, windows: Windows, chairs: Category, tmp_path: Path
) -> None:
    page = windows.open(width=PHONE, cookie=house.cookie_of("worker"), scripts=False, expects={422})
    page.goto("/vastaanotto")
    page.locator("#f-photo").set_input_files(photo_in(tmp_path, (1600, 1200)))
    page.locator("#intake").get_by_role("button", name="Hyvä").tap()
    # The group is asked for then; the photo stays.
    expect(page.locator("#f-category-wrong")).to_be_visible()
    tap_group(page, chairs)
    page.locator("#intake").get_by_role("button", name="Hyvä").tap()
    expect(page.locator(".result h2")).to_have_text("Otettu vastaan")
    expect(page.locator(".result img")).to_be_visible()


def test_by_keyboard_alone(house: House, windows: Windows, chairs: Category) -> None:
    page = windows.open(width=PHONE, cookie=house.cookie_of("worker"))
    page.goto("/vastaanotto")
    page.locator("#f-photo").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.locator(f'input[name=category][value="{chairs.id}"]').focus()
    page.keyboard.press("Space")
    page.locator('button[value="worn"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator(".result h2")).to_have_text("Otettu vastaan")


def test_a_photo_turned_by_its_camera_stands_upright(
    house: House, phone: Page, chairs: Category, tmp_path: Path
) -> None:
    lying = Image.new("RGB", (800, 400), (40, 80, 160))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera"
    path = tmp_path / "lying.jpg"
    lying.save(path, "JPEG", exif=exif)
    phone.locator("#f-photo").set_input_files(path)
    tap_group(phone, chairs)
    tap_condition(phone)
    address = phone.locator(".result img").get_attribute("src")
    assert address
    shown = Image.open(io.BytesIO(phone.request.get(address.replace(".s.", ".l.")).body()))
    assert shown.size == (400, 800)
    assert not shown.getexif()
