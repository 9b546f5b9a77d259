"""A family of four on a phone with a slow network, and the same again: screens and taps counted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.goods.models import Kind
from lainaamo.people import actions as people
from lainaamo.people.models import Person
from tests.journeys.house import House
from tests.journeys.test_borrowing import code_in, somebody
from tests.journeys.windows import PHONE, Windows
from tests.letterbox import Letterbox

pytestmark = pytest.mark.browser
MOST_SCREENS = 4
BODIES = ((112, 30), (140, 35), (168, 39), (182, 43))
SIZES = {
    "skis": ("Perheen sukset", ("130 cm", "160 cm", "190 cm", "200 cm")),
    "ski_boots": ("Perheen monot", ("30", "35", "39", "43")),
    "ski_poles": ("Perheen sauvat", ("95 cm", "120 cm", "145 cm", "155 cm")),
}
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 2e5, "uploadThroughput": 1e5}
"""A phone far from the mast: bytes a second, and ms before the first of them."""


@dataclass
class Counter:
    """Counts the screens that somebody sees (by their heading) and the taps."""

    page: Page
    taps: int = 0
    screens: list[str] = field(default_factory=list)

    def see(self, heading: str) -> None:
        """See a screen."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        if heading not in self.screens:
            self.screens.append(heading)

    def tap(self, target: Locator) -> None:
        """Tap something."""
        self.taps += 1
        target.tap()

    def button(self, name: str) -> None:
        """Tap a button."""
        self.tap(self.page.get_by_role("button", name=re.compile(f"^{name}")))


def on_a_slow_phone(windows: Windows, *, cookie: str | None = None) -> Counter:
    page = windows.open(width=PHONE, cookie=cookie)
    devices = page.context.new_cdp_session(page)
    devices.send("Network.emulateNetworkConditions", SLOW)
    devices.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    return Counter(page)


@pytest.fixture
def store(house: House) -> Iterator[None]:
    """Have skis, boots and poles for four during a story; other stories begin without them."""
    kinds = []
    for key, (name, sizes) in SIZES.items():
        kinds.append(house.make.kind(name, category=house.make.category(key)))
        for size in sizes:
            house.make.item(kinds[-1], size=size, attributes={"binding": "nnn"})
    yield
    with house.app.app_context(), transaction():
        theirs = update(Kind).where(Kind.id.in_(kind.id for kind in kinds))
        session.execute(theirs.values(left_at=clock.now()))


@pytest.mark.usefixtures("store")
def test_skis_for_four_are_reserved_on_four_screens(
    house: House, windows: Windows, letterbox: Letterbox
) -> None:
    counter, aino = on_a_slow_phone(windows), somebody()
    page = counter.page
    page.goto("/perhe")
    counter.see("Välineet koko perheelle")
    for number, (height, shoe) in enumerate(BODIES):
        if number:
            counter.button("Lisää henkilö")
        page.locator(f"#f-pituus-{number}").fill(str(height))
        page.locator(f"#f-kenka-{number}").fill(str(shoe))
    counter.button("Ehdota välineet")
    counter.see("Nämä sopivat teille")
    expect(page.locator("section.panel .rows li")).to_have_count(12)
    expect(page.locator("form#reserve input[type=checkbox]")).to_have_count(1)
    page.locator("#f-first_name").fill("Aino")
    page.locator("#f-contact").fill(aino)
    counter.tap(page.locator("#f-agree"))
    counter.button("Varaa kaikki")
    counter.see("Vahvista varaus")
    page.locator("#f-code").fill(code_in(letterbox.wait_for(aino)))
    counter.button("Vahvista varaus")
    counter.see("Varaus on tehty")
    assert len(counter.screens) <= MOST_SCREENS
    assert counter.taps <= 7


@pytest.mark.usefixtures("store")
def test_a_known_family_taps_three_times_and_the_same_again_is_three_more(
    house: House, windows: Windows
) -> None:
    aino = house.make.person("resident", first_name="Aino")
    for name, (height, shoe) in zip(("Oona", "Eetu"), BODIES, strict=False):
        house.make.child(aino, name, height_cm=height, shoe_size=shoe)
    with house.app.app_context(), transaction():
        cookie = people.sign_in(session.get_one(Person, aino.id))
    counter = on_a_slow_phone(windows, cookie=cookie)
    page = counter.page
    page.goto("/perhe")
    counter.see("Välineet koko perheelle")
    counter.button("Ehdota välineet")
    counter.see("Nämä sopivat teille")
    counter.tap(page.locator("#f-agree"))
    counter.button("Varaa kaikki")
    counter.see("Varaus on tehty")
    assert (counter.taps, len(counter.screens)) == (3, 3)
    counter.button("Peru varaus")
    counter.see("Varaus on peruttu")

    again = Counter(page)
    page.goto("/omat")
    again.see("Omat lainat")
    again.tap(page.get_by_role("link", name=re.compile("^Uudelleen")).first)
    again.see("Lainaa sama uudelleen")
    expect(page.get_by_text("Oona")).to_be_visible()
    again.tap(page.locator("#f-agree"))
    again.button("Varaa")
    again.see("Varaus on tehty")
    assert (again.taps, len(again.screens)) == (3, 3)
    expect(page.locator("section.panel .rows li")).to_have_count(6)
