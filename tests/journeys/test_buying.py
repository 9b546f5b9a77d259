"""A buyer finds twelve alike chairs and books them: three screens, nothing typed."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from lainaamo.core.db import session
from lainaamo.goods.models import Item
from lainaamo.people.models import Unit
from lainaamo.procurement.models import Claim
from tests.journeys.house import House
from tests.journeys.test_borrowing import press_to
from tests.journeys.windows import DESK, PHONE, Windows

pytestmark = pytest.mark.browser

REFUSED = {409}


@pytest.fixture
def lot(house: House, request: pytest.FixtureRequest) -> Item:
    """Return a lot of more chairs than any other journey has: it comes first in the list."""
    kind = house.make.kind(f"Tuoli {request.node.name}", pool="reuse", price_new_cents=7500)
    number = 900 + house.make.count  # each journey's own, larger than those before
    return house.make.item(kind, quantity=number, place=house.make.place(f"H{number}"))


@pytest.fixture
def school(house: House) -> Unit:
    return house.make.unit("Iin koulu")


def booked(house: House, lot: Item) -> tuple[int, int]:
    """Return how many bookings of a lot there are, and of how many pieces."""
    with house.app.app_context():
        wanted = select(func.count(Claim.id), func.coalesce(func.sum(Claim.waiting), 0))
        number, pieces = session.execute(wanted.where(Claim.item_id == lot.id)).one()
        return number, int(pieces)


def count_typing(page: Page) -> None:
    """Let the page count every key that is pressed in it, from screen to screen."""
    page.add_init_script(
        "addEventListener('keydown', () => sessionStorage.typed = +(sessionStorage.typed || 0) + 1)"
    )


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_buyer_books_twelve_chairs_on_three_screens_and_types_nothing(
    house: House, windows: Windows, lot: Item, school: Unit, *, scripts: bool, width: int
) -> None:
    cookie = house.cookie_of("buyer", unit=school)
    page = windows.open(width=width, scripts=scripts, cookie=cookie)
    count_typing(page)
    screens: list[str] = []
    page.on("framenavigated", lambda frame: screens.append(urlsplit(frame.url).path))
    page.goto("/kierto")
    page.get_by_role("link", name="12 kpl", exact=True).click()
    name = page.get_by_role("link", name=re.compile("^Tuoli test_a_buyer_books")).first
    name.click()
    expect(page.locator("#f-number")).to_have_value("12")
    words = "Varaa 12 kpl yksikölle Iin koulu" if scripts else "Varaa yksikölle Iin koulu"
    page.get_by_role("button", name=words).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Iin koulu")
    expect(page.get_by_role("status")).to_contain_text("Varattu: 12 kpl")
    assert len(set(screens)) == 3
    assert booked(house, lot) == (1, 12)
    if scripts:
        assert page.evaluate("sessionStorage.typed") is None


def test_plus_and_minus_change_the_number_and_what_the_button_says(
    house: House, windows: Windows, lot: Item, school: Unit
) -> None:
    page = windows.open(cookie=house.cookie_of("buyer", unit=school))
    page.goto(f"/kierto/erat/{lot.id}")
    expect(page.get_by_role("button", name="Varaa 1 kpl yksikölle Iin koulu")).to_be_visible()
    page.get_by_role("button", name="Yksi vähemmän").tap()
    for _ in range(3):
        page.get_by_role("button", name="Yksi lisää").tap()
    expect(page.locator("[data-sum]")).to_contain_text("300,00")
    page.get_by_role("button", name="Varaa 4 kpl yksikölle Iin koulu").tap()
    expect(page.get_by_role("status")).to_contain_text("Varattu: 4 kpl")
    assert booked(house, lot) == (1, 4)


def test_two_quick_clicks_make_one_booking(
    house: House, windows: Windows, lot: Item, school: Unit
) -> None:
    page = windows.open(width=DESK, cookie=house.cookie_of("buyer", unit=school))
    page.goto(f"/kierto/erat/{lot.id}?kpl=2")
    page.get_by_role("button", name="Varaa 2 kpl").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Iin koulu")
    assert booked(house, lot) == (1, 2)


def test_who_comes_second_is_told_what_is_left_and_books_that(
    house: House, windows: Windows, lot: Item, school: Unit
) -> None:
    page = windows.open(cookie=house.cookie_of("buyer", unit=school), expects=REFUSED)
    page.goto(f"/kierto/erat/{lot.id}?kpl=12")
    house.make.claim(lot, house.make.unit("Nopeampi"), lot.quantity - 3)
    page.get_by_role("button", name="Varaa 12 kpl").tap()
    expect(page.get_by_role("alert")).to_contain_text("Näitä on jäljellä vain 3.")
    page.get_by_role("button", name="Varaa 3 kpl").tap()
    expect(page.get_by_role("status")).to_contain_text("Varattu: 3 kpl")


def test_a_booking_is_made_and_cancelled_with_the_keyboard_only(
    house: House, windows: Windows, lot: Item, school: Unit
) -> None:
    page = windows.open(width=DESK, cookie=house.cookie_of("buyer", unit=school))
    page.goto(f"/kierto/erat/{lot.id}")
    press_to(page, page.get_by_role("button", name="Yksi lisää"))
    page.keyboard.press("Enter")
    press_to(page, page.get_by_role("button", name="Varaa 2 kpl"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Varattu: 2 kpl")
    press_to(page, page.locator("summary"))
    page.keyboard.press("Enter")
    press_to(page, page.get_by_role("button", name="Peru varaus"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 kpl peruttu")).to_be_visible()
    assert booked(house, lot) == (1, 0)
