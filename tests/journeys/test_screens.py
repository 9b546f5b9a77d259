"""Every screen can be read by everyone: in every language, dark, narrow, and without complaint."""

import pytest
from playwright.sync_api import Page

from tests.journeys.reading import CONTRAST, NARROWEST, RULES, too_wide, violations
from tests.journeys.screens import PARTS, Rounds
from tests.journeys.windows import DESK, PHONE, Windows

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
SPOIL = """
() => document.querySelector("main").insertAdjacentHTML("beforeend",
  '<img src="/static/icon.svg"><p class="muted" id="faint">Faint</p>' +
  '<table width="2000"><tr><td>Wide')
"""


@pytest.mark.parametrize("part", PARTS)
def test_every_screen_can_be_read_by_everyone(rounds: Rounds, part: str) -> None:
    def look(page: Page) -> list[str]:
        found = violations(page, tags=RULES)
        for width in (NARROWEST, PHONE, DESK):
            found += too_wide(page, width)
        page.emulate_media(color_scheme="dark")
        found += [f"dark: {one}" for one in violations(page, rules=CONTRAST)]
        page.emulate_media(color_scheme="light")
        return found

    rounds.go(look, of=[part])
    rounds.end()


def test_a_screen_that_is_wrong_would_be_found(in_town: Windows) -> None:
    page = in_town.open()
    page.goto("/apua")
    page.evaluate(SPOIL)
    page.evaluate("document.querySelector('#faint').style.color = '#ccc'")
    found = " ".join(violations(page, tags=RULES))
    assert "image-alt" in found
    assert "color-contrast" in found
    assert too_wide(page, NARROWEST)
