"""Found by a stranger, served by name, looked for by words: the desk's ways beside the label."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.house import House
from tests.journeys.test_desk import choose, expect_answer, scan
from tests.journeys.windows import DESK, PHONE, Windows

pytestmark = pytest.mark.browser


def type_words(page: Page, words: str) -> None:
    """Type words into the desk's field and press its button, as a hand does."""
    page.locator("#code").fill(words)
    page.locator("#scan button:not(.eye)").click()


@pytest.mark.parametrize(("width", "scripts"), [(PHONE, False), (DESK, True)])
def test_a_stranger_tells_where_it_is_and_the_desk_handles_it(
    house: House, windows: Windows, width: int, *, scripts: bool
) -> None:
    item = house.make.item(house.kind(f"Löytösukset {width}", things=0))
    spot = f"Bussipysäkillä {width}"
    stranger = windows.open(width=width, scripts=scripts)
    stranger.goto(f"/Q/{house.make.sign(item)}")
    stranger.get_by_role("link", name="Löysitkö tämän?").click()
    stranger.get_by_label("Missä se on?").fill(spot)
    stranger.get_by_role("button", name="Kerro meille").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Kiitos, että kerroit")

    desk = windows.open(width=width, scripts=scripts, cookie=house.cookie_of("worker"))
    desk.goto("/tiski")
    desk.get_by_role("link", name="Löydöt").click()
    told = desk.locator("li.panel", has_text=spot)
    told.get_by_role("button", name="Käsitelty").click()
    expect(told).to_have_count(0)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_borrower_is_served_by_name_until_done(
    house: House, windows: Windows, width: int
) -> None:
    name = f"Orvokki{width}"
    house.make.person("resident", first_name=name)
    kind = house.kind(f"Lumikengät {width}", things=0)
    first, second = (house.make.sign(house.make.item(kind)) for _ in range(2))
    desk = windows.open(width=width, cookie=house.cookie_of("worker"))
    desk.goto("/tiski?tila=lainaus")
    type_words(desk, name)
    desk.get_by_role("button", name=name).click()
    expect(desk.locator("#borrower")).to_have_text(name)
    for sign in (first, second):
        scan(desk, sign)
        expect_answer(desk, sign)
    expect(desk.locator("#served")).to_contain_text("2 tavaraa lainassa")
    desk.get_by_role("link", name="Valmis").click()
    expect(desk.locator("#borrower")).to_have_count(0)
    scan(desk, first)
    expect_answer(desk, first, "warn")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_words_and_looking_change_nothing(house: House, windows: Windows, width: int) -> None:
    shelf = house.make.place(f"K{width}", sign=True)
    kind = house.kind(f"Jääkenkä {width}", things=0)
    sign = house.make.sign(house.make.item(kind, place=shelf, size="38"))
    desk = windows.open(width=width, cookie=house.cookie_of("worker"))
    desk.goto("/tiski")
    choose(desk, "katso")
    type_words(desk, f"jääkenkä {width}")
    row = desk.locator(".sought li")
    expect(row).to_contain_text("Hyllyssä")
    expect(row).to_contain_text(f"K{width}")
    row.get_by_role("link").click()
    expect_answer(desk, sign, "info")
    assert on_shelf_still(desk, sign)


def on_shelf_still(desk: Page, sign: str) -> bool:
    """Scan it once more while only looking, and tell whether it stands where it stood."""
    scan(desk, sign)
    expect_answer(desk, sign, "info")
    return desk.locator("#result .shelf").count() == 1


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_block_is_set_told_and_lifted(house: House, windows: Windows, width: int) -> None:
    person = house.make.person("resident", first_name=f"Kaneli{width}")
    sign = house.make.sign(house.make.item(house.kind(f"Pulkka {width}", things=0)))
    desk = windows.open(width=width, cookie=house.cookie_of("counter"), expects={409})
    desk.goto(f"/tiski/lainaajat/{person.id}")
    desk.get_by_text("Aseta lainauskielto").click()
    desk.get_by_label("Syy").select_option("late")
    desk.get_by_label("Kiellon viimeinen päivä").fill(str(house.day(5)))
    desk.get_by_role("button", name="Aseta kielto").click()
    expect(desk.locator(".note.t-warn")).to_contain_text("Lainauskielto")
    desk.get_by_role("button", name="Lainaa tiskillä").click()
    expect(desk.locator("#served")).to_contain_text("Lainauskielto")
    scan(desk, sign)
    expect(desk.locator("#result.t-bad")).to_contain_text("lainauskielto")
    desk.locator("#f-reason").select_option("agreed")
    desk.get_by_role("button", name="Lainaa silti").click()
    expect_answer(desk, sign)
    desk.goto(f"/tiski/lainaajat/{person.id}")
    desk.get_by_role("button", name="Poista kielto").click()
    expect(desk.locator(".note.t-warn")).to_have_count(0)
