"""Whole days without a mouse or without scripts, and the taps that each way takes, counted."""

import re

import pytest
from playwright.sync_api import Page, expect

from lainaamo.core.db import session, transaction
from lainaamo.goods.queries import get_item
from lainaamo.lending.actions import Borrower, hand_out
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Line
from tests.journeys.house import House
from tests.journeys.test_borrowing import press_to
from tests.journeys.windows import DESK, PHONE, Windows

pytestmark = pytest.mark.browser
SLOWER_THAN_A_SCANNER_MS = 600
COUNT_TAPS = (
    "addEventListener('click', (one) => one.isTrusted && "
    "(sessionStorage.taps = +(sessionStorage.taps || 0) + 1), true)"
)


def taps(page: Page) -> int:
    """Return how many taps a window has had, from screen to screen."""
    return int(page.evaluate("+(sessionStorage.taps || 0)"))


def type_code(page: Page, code: str) -> None:
    """Write a code into the field that has the focus, and send it."""
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def press(page: Page, words: str) -> None:
    """Go to a button with Tab and press it with Enter, not as fast after a code as a scanner."""
    page.wait_for_timeout(SLOWER_THAN_A_SCANNER_MS)
    press_to(page, page.get_by_role("button", name=words).first)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_thing_goes_out_and_back_and_is_undone_with_the_keyboard_only(
    house: House, windows: Windows, *, scripts: bool
) -> None:
    kind = house.kind(f"Kauppasukset {scripts}", things=0)
    item = house.make.item(kind)
    sign = house.make.sign(item)
    reservation = house.make.reservation(kind, house.day(0), house.day(2))
    page = windows.open(width=DESK, scripts=scripts, cookie=house.cookie_of("counter"))
    page.goto("/tiski?tila=lainaus")
    type_code(page, sign)
    press(page, reservation.for_name)
    expect(page.locator("#result h2")).to_have_text("Lainattu")
    assert house.count_open_loans(kind.name) == 1

    page.goto("/tiski?tila=palautus")
    type_code(page, sign)
    expect(page.locator("#result h2")).to_have_text("Palautettu")
    assert house.count_open_loans(kind.name) == 0
    press(page, "Peru")
    expect(page.locator("#result")).to_contain_text("Peruttu")
    assert house.count_open_loans(kind.name) == 1


def test_a_return_is_one_scan_and_one_tap(house: House, windows: Windows) -> None:
    item = house.make.item(house.kind("Laskettavat sukset", things=0))
    house.make.loan(item, house.day(1))
    page = windows.open(width=DESK, cookie=house.cookie_of("counter"))
    page.add_init_script(COUNT_TAPS)
    page.goto("/tiski")
    type_code(page, house.make.sign(item))
    page.locator('button[name=condition][value="ok"]').click()
    expect(page.locator('button[value="ok"]')).to_have_attribute("aria-pressed", "true")
    assert taps(page) == 1


def test_whether_a_thing_is_due_needs_a_link_and_no_sign_in(house: House, windows: Windows) -> None:
    kind = house.kind("Linkkisukset", things=0)
    item = house.make.item(kind)
    reservation = house.make.reservation(kind, house.day(0), house.day(2))
    (line,) = house.make.lines(reservation)
    with house.app.app_context(), transaction():
        who = Borrower(reservation.for_name, person_id=reservation.person_id)
        fetched = session.get_one(Line, line.id)
        hand_out(get_item(item.id), who, due_on=house.day(2), line=fetched)
    page = windows.open(width=PHONE, scripts=False)
    page.goto(own_path(reservation, house.settings))
    expect(page.get_by_role("heading", level=1)).to_have_text("Sinun lainasi")
    expect(page.locator(".due .big")).to_be_visible()
    expect(page.get_by_text("Minne palautat")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^Soita meille"))).to_be_visible()
    assert house.make.sign(item) in page.content()


def test_a_family_is_two_taps_from_a_child_s_skis(house: House, windows: Windows) -> None:
    kind = house.kind("Perhesukset", things=0)
    house.make.item(kind, size="120 cm", attributes={"age_group": "child"})
    page = windows.open(width=PHONE)
    page.add_init_script(COUNT_TAPS)
    page.goto("/")
    page.get_by_role("link", name=re.compile("^Lainaatko lapselle")).tap()
    page.get_by_role("link", name="Perhesukset").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Perhesukset")
    assert taps(page) == 2


def test_a_text_is_changed_and_previewed_with_the_keyboard_and_without_scripts(
    house: House, windows: Windows
) -> None:
    page = windows.open(width=DESK, scripts=False, cookie=house.cookie_of("administrator"))
    page.goto("/hallinta")
    press_to(page, page.get_by_role("link", name="Tekstit ja tiedotteet"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/hallinta/sivut")
    page.goto("/hallinta/sivut/asked/fi")
    press_to(page, page.locator("#f-body"))
    page.keyboard.press("Control+End")
    page.keyboard.type("\n## Saako koira tulla mukaan?\nSaa.")
    press(page, "Esikatsele")
    shown = page.locator(".preview")
    expect(shown.get_by_text("Saako koira tulla mukaan?")).to_be_visible()
    press(page, "Tallenna")
    expect(page.locator(".note.t-ok")).to_be_visible()
    page.goto("/usein-kysyttya")
    expect(page.get_by_role("heading", name="Saako koira tulla mukaan?")).to_be_visible()
