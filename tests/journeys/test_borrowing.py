"""A resident borrows: with two taps, without scripts, with the keyboard only, and twice at once."""

import re
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from lainaamo.core.i18n import long_day, speaking
from lainaamo.lending.links import own_path
from tests.journeys.house import House
from tests.journeys.windows import DESK, PHONE, Windows
from tests.letterbox import Letterbox

pytestmark = pytest.mark.browser

OWN = re.compile(r"/oma/")
REFUSED = {409}


def free_days(page: Page) -> Locator:
    return page.locator("a.day.free")


def choose_days(page: Page) -> None:
    """Tap the second and the fourth free day."""
    expect(page.get_by_text("Valitse noutopäivä.")).to_be_visible()
    free_days(page).nth(1).click()
    expect(page.get_by_text("Valitse palautuspäivä.")).to_be_visible()
    free_days(page).nth(3).click()
    expect(page.locator("#reserve")).to_be_visible()


def somebody() -> str:
    """Return an address that nobody has yet: how many reservations of one may wait is limited."""
    return f"{uuid4().hex}@example.fi"


def fill(page: Page, name: str = "Aino", contact: str = "") -> Locator:
    """Fill the form in and return the button that sends it."""
    contact = contact or somebody()
    form = page.locator("#reserve")
    form.get_by_label("Etunimi").fill(name)
    form.get_by_label("Puhelinnumero tai sähköposti").fill(contact)
    form.get_by_label("Hyväksyn nämä.").check()
    return form.get_by_role("button", name=re.compile("^Varaa"))


def reserve(page: Page, **who: str) -> None:
    choose_days(page)
    fill(page, **who).click()


def expect_own_page(page: Page) -> None:
    expect(page).to_have_url(OWN)
    expect(page.get_by_role("heading", level=1)).to_have_text("Vahvista varaus")


def code_in(mail: str) -> str:
    """Return the code of a mail, as its subject has it."""
    found = re.match(r"(\d{3}) ?(\d{3}) on koodisi", mail)
    assert found, mail
    return found[1] + found[2]


def enter_code(page: Page, mail: str) -> None:
    """Write a mail's code into the own page, and see the pickup code come."""
    page.locator("#f-code").fill(code_in(mail))
    page.get_by_role("button", name="Vahvista varaus").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Varaus on tehty")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_resident_finds_skis_on_a_phone_and_reserves_them(
    house: House, windows: Windows, letterbox: Letterbox, *, scripts: bool
) -> None:
    kind = house.kind(f"Peltosukset {scripts}", things=2, size="150 cm")
    house.make.item(kind, size="160 cm")
    page = windows.open(width=PHONE, scripts=scripts)
    screens: list[str] = []
    page.on("framenavigated", lambda frame: screens.append(urlsplit(frame.url).path))
    page.goto("/")
    page.get_by_label("Mitä etsit?").fill(kind.name)
    page.get_by_role("search").get_by_role("button", name="Näytä").tap()
    page.get_by_role("link", name=kind.name).tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(kind.name)
    page.get_by_role("link", name=re.compile("^150 cm")).tap()
    free_days(page).nth(1).tap()
    free_days(page).nth(3).tap()
    expect(page.locator("form#reserve input[type=checkbox]")).to_have_count(1)
    aino = somebody()
    fill(page, contact=aino).tap()
    expect_own_page(page)
    expect(page.locator(".pick-up b")).to_have_count(0)
    enter_code(page, letterbox.wait_for(aino))
    expect(page.get_by_text("Hei Aino!")).to_be_visible()
    expect(page.locator(".pick-up b")).to_have_text(re.compile(r"\d{4}"))
    with speaking("fi"):
        expect(page.locator(".due .big")).to_have_text(long_day(house.day(1)))
    assert len(set(screens)) <= 4
    assert house.count_lines(kind) == 1


SHOWS_FOCUS = """
start => {
  for (let one = start; one; one = one.parentElement) {
    const style = getComputedStyle(one);
    if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) return true;
  }
  return false;
}
"""


def press_to(page: Page, target: Locator) -> None:
    """Press Tab until the focus is there, and see that it shows: there, or on the card around."""
    handle = target.element_handle()
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("element => element === document.activeElement", handle):
            break
    expect(target).to_be_focused()
    expect(target).to_be_in_viewport()
    assert page.evaluate(SHOWS_FOCUS, handle), "the focus cannot be seen"


def test_a_resident_reserves_with_the_keyboard_only(
    house: House, windows: Windows, letterbox: Letterbox
) -> None:
    kind = house.kind("Näppäinsukset")
    page = windows.open(width=DESK)
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type(kind.name)
    page.keyboard.press("Enter")
    press_to(page, page.get_by_role("link", name=kind.name))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(kind.name)
    for number in (0, 2):
        press_to(page, free_days(page).nth(number))
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("loppu=" if number else "alku="))
    press_to(page, page.get_by_label("Etunimi"))
    page.keyboard.type("Aino")
    press_to(page, page.get_by_label("Puhelinnumero tai sähköposti"))
    aino = somebody()
    page.keyboard.type(aino)
    press_to(page, page.get_by_label("Hyväksyn nämä."))
    page.keyboard.press("Space")
    press_to(page, page.locator("#reserve button"))
    page.keyboard.press("Enter")
    expect_own_page(page)
    expect(page.locator("#f-code")).to_be_focused()
    page.keyboard.type(code_in(letterbox.wait_for(aino)))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Varaus on tehty")


def test_the_button_of_the_mails_link_confirms_and_the_next_reservation_asks_nothing(
    house: House, windows: Windows, letterbox: Letterbox
) -> None:
    kind = house.kind("Linkkisukset", things=3)
    page = windows.open()
    page.goto(f"/valineet/{kind.id}")
    aino = somebody()
    reserve(page, contact=aino)
    expect_own_page(page)
    mail = letterbox.wait_for(aino)
    assert kind.name in mail
    link = re.search(r"http\S+/vahvistus/\S+", mail)
    assert link
    page.goto(link[0])
    expect(page.get_by_text(kind.name)).to_be_visible()
    page.get_by_role("button", name="Vahvista varaus").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Varaus on tehty")
    assert "Noutokoodisi" in letterbox.wait_for(aino, count=2)
    page.goto(f"/valineet/{kind.id}")
    choose_days(page)
    form = page.locator("#reserve")
    expect(form.get_by_label("Etunimi")).to_have_count(0)
    form.get_by_label("Hyväksyn nämä.").check()
    form.get_by_role("button", name=re.compile("^Varaa")).tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Varaus on tehty")


def test_a_wrong_code_is_told_at_the_field_and_a_new_one_is_sent(
    house: House, windows: Windows, letterbox: Letterbox
) -> None:
    kind = house.kind("Väärät sukset")
    page = windows.open(expects={422})
    page.goto(f"/valineet/{kind.id}")
    aino = somebody()
    reserve(page, contact=aino)
    code = code_in(letterbox.wait_for(aino))
    page.locator("#f-code").fill(f"{(int(code) + 1) % 10**6:06}")
    page.get_by_role("button", name="Vahvista varaus").tap()
    expect(page.locator("#f-code-wrong")).to_contain_text("ei ole lähettämämme koodi")
    page.get_by_role("button", name="Lähetä uusi koodi").tap()
    expect(page.locator("#f-code-wrong")).to_have_count(0)
    enter_code(page, letterbox.wait_for(aino, count=2))


def test_the_second_person_taps_the_first_free_day_and_gets_it(
    house: House, windows: Windows
) -> None:
    kind = house.kind("Viimeiset sukset")
    first, second = windows.open(), windows.open(expects=REFUSED)
    for page in (first, second):
        page.goto(f"/valineet/{kind.id}")
        choose_days(page)
    fill(first).click()
    expect_own_page(first)
    fill(second, "Eetu").click()
    refusal = second.locator(".errors")
    expect(refusal).to_contain_text("Ensimmäinen vapaa päivä")
    refusal.get_by_role("link", name=re.compile("^Valitse")).tap()
    fill(second, "Eetu").click()
    expect_own_page(second)
    assert house.count_lines(kind) == 2


def test_two_quick_clicks_make_one_reservation(house: House, windows: Windows) -> None:
    kind = house.kind("Kaksoissukset", things=3)
    page = windows.open(width=DESK)
    page.goto(f"/valineet/{kind.id}")
    choose_days(page)
    fill(page).dblclick()
    expect_own_page(page)
    assert house.count_lines(kind) == 1


def test_going_back_and_sending_again_makes_no_other_reservation(
    house: House, windows: Windows
) -> None:
    kind = house.kind("Paluusukset", things=3)
    page = windows.open()
    page.goto(f"/valineet/{kind.id}")
    aino = somebody()
    reserve(page, contact=aino)
    expect_own_page(page)
    made = page.url
    page.go_back()
    fill(page, contact=aino).click()
    expect_own_page(page)
    assert page.url == made
    assert house.count_lines(kind) == 1


def test_a_reservation_is_cancelled_by_its_link(house: House, windows: Windows) -> None:
    kind = house.kind("Perutut sukset")
    made = house.make.reservation(kind, house.day(1), house.day(2))
    page = windows.open()
    page.goto(own_path(made, house.settings))
    page.get_by_role("button", name="Peru varaus").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Varaus on peruttu")
    expect(page.get_by_role("button", name="Peru varaus")).to_have_count(0)


def test_another_language_keeps_the_page_and_the_days(house: House, windows: Windows) -> None:
    kind = house.kind("Kielisukset")
    page = windows.open()
    page.goto(f"/valineet/{kind.id}")
    choose_days(page)
    days = re.search("alku=[^&#]+&loppu=[^&#]+", page.url)
    for language in ("sv", "en", "fi-simple", "fi"):
        page.locator(f".langs a[lang={language}]").tap()
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert days
        assert days[0] in page.url
        expect(page.locator("#reserve")).to_be_visible()


def test_a_slow_answer_comes_when_it_comes(house: House, windows: Windows) -> None:
    kind = house.kind("Hitaat sukset")
    page = windows.open()
    page.goto(f"/valineet/{kind.id}")
    choose_days(page)
    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 800, "downloadThroughput": 60_000}
    network.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": 20_000})
    fill(page).click(click_count=2, delay=50)
    expect_own_page(page)
    assert house.count_lines(kind) == 1
