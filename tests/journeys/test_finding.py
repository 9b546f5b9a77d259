"""A resident finds a thing: as one types, by filters and days, back and forth, by keys."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.house import House
from tests.journeys.windows import DESK, PHONE, Windows

pytestmark = pytest.mark.browser

MOST_OF_THE_FIRST_LOAD, MOST_OF_THE_NEXT = 60_000, 15_000
STILL_THERE = "window.stillThere = true"
CARDS = ".card h3"


def open_list(windows: Windows, **how: Any) -> Page:
    page = windows.open(**how)
    page.goto("/")
    page.evaluate(STILL_THERE)
    return page


def is_the_same_page(page: Page) -> bool:
    """Tell whether the page was changed in part, not loaded anew."""
    return bool(page.evaluate("window.stillThere === true"))


@pytest.mark.parametrize("width", [320, PHONE, DESK])
def test_what_is_typed_is_found_without_a_button(
    house: House, windows: Windows, width: int
) -> None:
    kind = house.kind(f"Kirjoitussukset {width}")
    house.kind("Jotain muuta")
    page = open_list(windows, width=width)
    field = page.get_by_label("Mitä etsit?")
    field.press_sequentially(kind.name.lower(), delay=20)
    expect(page.locator(CARDS)).to_have_text([kind.name])
    expect(page.locator("#told")).to_have_text("1 väline")
    expect(field).to_be_focused()
    expect(page).to_have_url(re.compile(r"\?q=kirjoitussukset"))
    assert is_the_same_page(page)


def test_one_letter_asks_nothing(house: House, windows: Windows) -> None:
    house.kind("Yksikirjain")
    page = open_list(windows, width=DESK)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "q=" in request.url else None)
    page.get_by_label("Mitä etsit?").press_sequentially("y")
    page.wait_for_timeout(600)
    assert asked == []


def test_back_leads_to_what_was_before_the_words_and_forward_again(
    house: House, windows: Windows
) -> None:
    kind = house.kind("Edestakaisin")
    page = open_list(windows, width=DESK)
    before = page.url
    page.get_by_label("Mitä etsit?").press_sequentially("edestakaisin", delay=300)
    expect(page).to_have_url(re.compile(r"q=edestakaisin$"))
    expect(page.locator(CARDS)).to_have_text([kind.name])
    after = page.url
    page.go_back()
    expect(page).to_have_url(before)
    expect(page.get_by_label("Mitä etsit?")).to_have_value("")
    page.go_forward()
    expect(page).to_have_url(after)
    expect(page.locator(CARDS)).to_have_text([kind.name])
    expect(page.get_by_label("Mitä etsit?")).to_have_value("edestakaisin")


def test_an_old_answer_never_comes_over_a_newer_one(house: House, windows: Windows) -> None:
    slow, fast = house.kind("Hidasvastaus"), house.kind("Nopeavastaus")
    page = open_list(windows, width=DESK)

    def hold(route: Any) -> None:
        page.wait_for_timeout(900)
        route.continue_()

    page.route(re.compile("q=hidas"), hold)
    field = page.get_by_label("Mitä etsit?")
    field.fill("hidas")
    page.wait_for_timeout(400)
    field.fill("nopea")
    expect(page.locator(CARDS)).to_have_text([fast.name])
    page.wait_for_timeout(1200)
    expect(page.locator(CARDS)).to_have_text([fast.name])
    assert slow.name not in page.locator("#results").inner_text()


def test_a_filter_narrows_at_once_and_its_chip_takes_it_off(house: House, windows: Windows) -> None:
    kind = house.kind("Rajaussukset", size="120 cm")
    house.make.item(kind, size="140 cm")
    page = windows.open(width=DESK)
    page.goto("/?q=rajaussukset")
    page.evaluate(STILL_THERE)
    box = page.get_by_role("checkbox", name=re.compile("^120 cm"))
    box.check()
    expect(page).to_have_url(re.compile("koko=120"))
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    assert is_the_same_page(page)
    page.get_by_role("link", name="Poista rajaus: 120 cm").click()
    expect(page.get_by_role("checkbox", name=re.compile("^120 cm"))).not_to_be_checked()


def test_chosen_days_stay_from_the_list_to_the_thing(house: House, windows: Windows) -> None:
    kind = house.kind("Päiväsukset")
    first, last = house.day(2), house.day(4)
    page = windows.open(width=DESK)
    page.goto("/?q=päiväsukset")
    page.get_by_label("Noudan").fill(first.isoformat())
    page.get_by_label("Palautan").fill(last.isoformat())
    expect(page.locator("#count")).to_contain_text("1 väline vapaana")
    page.get_by_role("link", name=kind.name).click()
    expect(page.locator("#reserve")).to_be_visible()
    expect(page).to_have_url(re.compile(f"alku={first}&loppu={last}"))
    page.locator("a.pill").first.click()
    expect(page).to_have_url(re.compile(f"first_day={first}&last_day={last}"))


def test_a_day_that_is_over_is_said_at_its_field(house: House, windows: Windows) -> None:
    house.kind("Menneet sukset")
    page = windows.open(width=DESK, expects={422})
    page.goto("/")
    page.get_by_label("Noudan").fill(house.day(-3).isoformat())
    page.get_by_role("search").get_by_role("button", name="Näytä").click()
    expect(page.locator("#f-first_day-wrong")).to_contain_text("mennyt")


def test_without_scripts_the_button_and_enter_do_the_same(house: House, windows: Windows) -> None:
    kind = house.kind("Skriptittä")
    page = windows.open(width=PHONE, scripts=False)
    page.goto("/")
    page.get_by_label("Mitä etsit?").fill("skriptittä")
    page.keyboard.press("Enter")
    expect(page.locator(CARDS)).to_have_text([kind.name])


def test_the_keys_are_told_and_work(house: House, windows: Windows) -> None:
    page = open_list(windows, width=DESK)
    page.keyboard.press("?")
    keys = page.get_by_role("dialog")
    expect(keys).to_be_visible()
    expect(keys).to_contain_text("Haku")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_label("Mitä etsit?")).to_be_focused()
    page.keyboard.type("?")
    expect(page.get_by_label("Mitä etsit?")).to_have_value("?")


def test_a_shared_address_opens_the_same_choice(house: House, windows: Windows) -> None:
    kind = house.kind("Jaetut sukset", size="150 cm")
    house.make.item(kind, size="160 cm")
    days = f"alku={house.day(1)}&loppu={house.day(3)}"
    page = windows.open(width=DESK)
    page.goto(f"/valineet/{kind.id}?koko=160+cm&{days}")
    shared = page.locator("#share").get_attribute("href")
    assert shared
    other = windows.open(width=PHONE)
    other.goto(shared)
    expect(other.locator(".sizes [aria-current]")).to_contain_text("160 cm")
    expect(other.locator("td.first")).to_have_count(1)


def test_a_page_is_printed_on_one_sheet_with_a_code_that_leads_back(
    house: House, windows: Windows
) -> None:
    kind = house.kind("Paperisukset", size="150 cm")
    page = windows.open(width=DESK)
    page.goto(f"/valineet/{kind.id}")
    expect(page.locator(".printed")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator(".printed svg")).to_be_visible()
    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))
    assert len(sheets) == 1
    page.goto(f"/V/{kind.id}")
    expect(page).to_have_url(re.compile(f"/valineet/{kind.id}$"))


def test_pages_are_small_on_their_way(house: House, windows: Windows) -> None:
    for n in range(24):
        house.kind(f"Painava {n:02}", things=2, size=f"{100 + n} cm")
    page = windows.open(width=PHONE)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    sizes: dict[str, float] = {}
    addresses: dict[str, str] = {}

    def came(event: dict[str, Any]) -> None:
        sizes[event["requestId"]] = event["encodedDataLength"]

    def asked(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["request"]["url"]

    devtools.on("Network.requestWillBeSent", asked)
    devtools.on("Network.loadingFinished", came)
    days = f"first_day={house.day(1)}&last_day={house.day(3)}"
    page.goto(f"/?{days}", wait_until="networkidle")
    first = _bytes(sizes, addresses)
    sizes.clear()
    page.get_by_role("link", name=re.compile("^Näytä lisää")).click()
    page.wait_for_load_state("networkidle")
    following = _bytes(sizes, addresses)
    assert 0 < first <= MOST_OF_THE_FIRST_LOAD, first
    assert 0 < following <= MOST_OF_THE_NEXT, following


def _bytes(sizes: dict[str, float], addresses: dict[str, str]) -> float:
    left_out = (".woff2", ".webp")
    return sum(size for one, size in sizes.items() if not addresses.get(one, "").endswith(left_out))
