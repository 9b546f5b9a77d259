"""The desk: a scanner's keys, one tap to hand out, one scan and one tap to take back."""

import re
import statistics
import subprocess
import time
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from lainaamo.goods.models import Item, Place
from lainaamo.lending.links import own_path
from tests.journeys.house import House
from tests.journeys.windows import DESK, PHONE, Windows

pytestmark = pytest.mark.browser

SCANS, PERIOD_S = 20, 0.5
ANSWER_MS = 300
BURST = """
(code) => {
  for (const key of code) {
    const press = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    document.activeElement.dispatchEvent(press);
    document.execCommand("insertText", false, key);
  }
}
"""
# Silence ends a code, so a busy machine must not make any between its keys.
ANSWERED_IN = """
() => performance.getEntriesByName("desk-answer").map((one) => one.duration)
"""


@pytest.fixture
def desk(house: House, windows: Windows) -> Page:
    """Return the desk of somebody who has signed in."""
    page = windows.open(width=DESK, cookie=house.cookie_of("counter"))
    page.goto("/tiski")
    return page


def scan(page: Page, code: str, end: str = "Enter") -> None:
    """Send a code as a scanner does: its keys at once, wherever the focus is."""
    page.evaluate(BURST, code)
    for key in end.split():
        page.keyboard.press(key)


def choose(page: Page, mode: str) -> None:
    link = page.locator(f'.modes a[href*="{mode}"]')
    link.click()
    expect(link).to_have_attribute("aria-current", "page")


def expect_answer(page: Page, sign: str, tone: str = "ok") -> None:
    expect(page.locator("#result .it .code")).to_have_text(sign)
    expect(page.locator("#result")).to_have_attribute("data-tone", tone)


def lent(house: House, name: str, count: int = 1) -> list[str]:
    """Return the codes of things that are lent now."""
    kind = house.kind(name, things=0)
    items = [house.make.item(kind) for _ in range(count)]
    for item in items:
        house.make.loan(item, house.day(3))
    return [house.make.sign(item) for item in items]


def test_staff_sign_in_by_form_and_stand_at_the_desk(house: House, windows: Windows) -> None:
    house.make.person("counter", email="tiski@example.fi", password="lumi-on-valkoista")
    page = windows.open(width=DESK)
    page.goto("/")
    page.get_by_role("link", name="Henkilökunnan kirjautuminen").click()
    page.get_by_label("Sähköposti tai työntekijänumero").fill("tiski@example.fi")
    page.get_by_label("Salasana tai PIN-koodi").fill("lumi-on-valkoista")
    page.get_by_role("button", name="Kirjaudu").click()
    expect(page).to_have_url(re.compile("/tiski"))
    expect(page.locator("#code")).to_be_focused()


def test_one_thing_goes_out_comes_back_and_tells_its_life(
    house: House, windows: Windows, desk: Page
) -> None:
    shelf = house.make.place("C1", sign=True)
    kind = house.kind("Elämänsukset", things=0)
    item, other = (house.make.item(kind, place=shelf) for _ in range(2))
    sign, second = house.make.sign(item), house.make.sign(other)
    at_shelf = house.make.sign(shelf)
    reservation = house.make.reservation(kind, house.day(0), house.day(2))
    borrower = windows.open(width=PHONE)

    choose(desk, "lainaus")
    scan(desk, sign)
    expect_answer(desk, sign, "info")
    desk.locator(".acts button", has_text=reservation.for_name).click()  # one tap
    expect_answer(desk, sign)
    borrower.goto(own_path(reservation, house.settings))
    expect(borrower.get_by_role("heading", level=1)).to_have_text("Sinun lainasi")

    choose(desk, "palautus")
    scan(desk, sign)  # one scan
    expect_answer(desk, sign)
    desk.locator('button[name=condition][value="ok"]').click()  # and one tap
    expect_answer(desk, sign)
    expect(desk.locator('button[value="ok"]')).to_have_attribute("aria-pressed", "true")
    borrower.reload()
    expect(borrower.get_by_role("heading", level=1)).to_have_text("Olet palauttanut kaiken")

    choose(desk, "hyllytys")
    scan(desk, at_shelf)  # the shelf, then each thing
    expect(desk.locator("#result")).to_contain_text("C1")
    for one in (sign, second):
        scan(desk, one)
        expect_answer(desk, one)
    assert on_shelf(house, item, shelf)
    assert on_shelf(house, other, shelf)

    desk.goto(f"/tavarat/{sign}")
    told = " ".join(desk.locator("#life .life li b").all_inner_texts())
    in_order = ("Hyllyyn", "Palautettu", "Lainattu", "tarran", "Hyllyyn", "Otettu vastaan")
    assert re.search(".*".join(in_order), told), told


def on_shelf(house: House, item: Item, shelf: Place) -> bool:
    return house.make.again(item).place_id == shelf.id


def test_a_broken_return_opens_a_repair_and_the_promise_moves_to_another_thing(
    house: House, desk: Page
) -> None:
    kind = house.kind("Rikkoutuvat sukset", things=0)
    breaks, spare = house.make.item(kind), house.make.item(kind)
    away = house.make.loan(spare, house.day(10))
    promise = house.make.reservation(kind, house.day(3), house.day(4))
    assert [use.purpose for use in house.make.uses(breaks)] == ["reserved"]
    house.make.loan(breaks, house.day(1))
    assert away.returned_at is None
    for item, condition in ((spare, "ok"), (breaks, "broken")):
        sign = house.make.sign(item)
        scan(desk, sign)
        expect_answer(desk, sign)
        desk.locator(f'button[name=condition][value="{condition}"]').click()
        expect(desk.locator(f'button[value="{condition}"]')).to_have_attribute(
            "aria-pressed", "true"
        )
    (line,) = house.make.lines(promise)
    assert [use.id for use in house.make.uses(spare)] == [line.use_id]
    assert [use.purpose for use in house.make.uses(breaks)] == ["repair"]


ENDS = {"CR": "Enter", "CR LF": "Enter Enter", "TAB": "Tab", "nothing": ""}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_scanner_may_end_with_what_it_likes(house: House, desk: Page, end: str) -> None:
    first, second = lent(house, f"Skannatut {end}", 2)
    address = house.address.upper()
    for sign in (first, second):
        scan(desk, f"{address}/Q/{sign}", end)
        expect_answer(desk, sign)


def test_a_scanner_is_heard_when_the_focus_is_on_a_button(house: House, desk: Page) -> None:
    first, second = lent(house, "Hanskojen sukset", 2)
    scan(desk, first)
    expect_answer(desk, first)
    desk.locator('button[name=condition][value="dirty"]').focus()
    scan(desk, second)
    expect_answer(desk, second)
    expect(desk.locator("[aria-pressed=true][name=condition]")).to_have_count(0)


def test_twenty_scans_in_ten_seconds_are_all_taken_back(house: House, desk: Page) -> None:
    signs = lent(house, "Jonon sukset", SCANS)
    for sign in signs:
        begun = time.monotonic()
        scan(desk, sign)
        desk.wait_for_timeout((PERIOD_S - (time.monotonic() - begun)) * 1000)
    expect_answer(desk, signs[-1])
    took = desk.evaluate(ANSWERED_IN)
    assert len(took) == SCANS
    assert house.count_open_loans("Jonon sukset") == 0
    assert statistics.median(took) <= ANSWER_MS


def test_a_burst_of_scans_while_the_server_is_slow_is_not_lost(
    house: House, windows: Windows, desk: Page
) -> None:
    signs = lent(house, "Ryöpyn sukset", 5)
    network = desk.context.new_cdp_session(desk)
    slow = {"offline": False, "latency": 700, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", slow)
    for sign in signs:
        scan(desk, sign)
        desk.wait_for_timeout(150)
    expect_answer(desk, signs[-1])
    assert house.count_open_loans("Ryöpyn sukset") == 0


def test_scans_without_a_network_wait_their_turn_and_count_once(
    house: House, windows: Windows, desk: Page
) -> None:
    signs = lent(house, "Katkon sukset", 3)
    desk.context.set_offline(offline=True)
    for sign in signs:
        scan(desk, sign)
        desk.wait_for_timeout(200)
    expect(desk.locator("#waiting")).to_have_text("3 odottaa")
    expect(desk.locator("#net")).to_have_text("Ei verkkoa")
    expect(desk.locator("#away")).to_be_visible()
    desk.context.set_offline(offline=False)
    expect_answer(desk, signs[-1])
    expect(desk.locator("#waiting")).to_be_hidden()
    assert house.count_open_loans("Katkon sukset") == 0
    windows.complaints[:] = [one for one in windows.complaints if "DISCONNECTED" not in one]


@pytest.mark.parametrize(
    "mangled",
    ["HTTPÖ--{host}-Q-{sign}", "HTTP>&&{host}&Q&{sign}"],
    ids=["a US scanner, a Finnish computer", "a Finnish scanner, a US computer"],
)
def test_a_scanner_of_another_layout_is_understood(house: House, desk: Page, mangled: str) -> None:
    (sign,) = lent(house, f"Sekasukset {mangled[4]}")
    host = house.address.partition("://")[2].partition(":")[0].upper()
    scan(desk, mangled.format(host=host, sign=sign))
    expect_answer(desk, sign)


def test_what_was_done_is_undone_by_one_tap_and_the_tap_goes_in_ten_seconds(
    house: House, desk: Page
) -> None:
    (sign,) = lent(house, "Perutut sukset")
    scan(desk, sign)
    expect_answer(desk, sign)
    desk.locator("#undo button").click()
    expect(desk.locator("#result h2")).to_have_text("Peruttu")
    assert house.count_open_loans("Perutut sukset") == 1
    scan(desk, sign)
    expect_answer(desk, sign)
    desk.locator("#undo button").wait_for(state="detached", timeout=12_000)
    desk.locator("#day li", has_text="Perutut").first.get_by_role("button").click()
    expect(desk.locator("#result h2")).to_have_text("Peruttu")
    assert house.count_open_loans("Perutut sukset") == 1


def test_the_printed_label_is_found_by_staff_and_by_a_resident(
    house: House, windows: Windows, desk: Page, tmp_path: Path
) -> None:
    kind = house.kind("Tarrasukset", things=0)
    sign = house.make.sign(house.make.item(kind))
    desk.goto(f"/tavarat/{sign}")
    address = desk.locator('a[href^="/tarrat?"]').get_attribute("href")
    assert address
    printed = desk.request.get(address.replace("/tarrat?", "/tarrat.pdf?"))
    assert printed.status == 200
    assert printed.headers["content-type"] == "application/pdf"
    (code,) = codes_in(printed.body(), tmp_path)
    assert code.endswith(f"/Q/{sign}")

    desk.goto("/tiski")
    scan(desk, code)
    expect_answer(desk, sign, "info")
    desk.goto(code)
    expect_answer(desk, sign, "info")
    resident = windows.open(width=PHONE)
    resident.goto(code)
    expect(resident.get_by_role("heading", level=1)).to_have_text(kind.name)


def codes_in(pdf: bytes, folder: Path) -> list[str]:
    """Print a sheet and read the codes on it, as a phone would."""
    command = ("pdftoppm", "-r", "200", "-gray", "-png", "-", str(folder / "sheet"))
    subprocess.run(command, input=pdf, check=True)
    pages = sorted(folder.glob("sheet*.png"))
    return [one.text for page in pages for one in zxingcpp.read_barcodes(Image.open(page))]
