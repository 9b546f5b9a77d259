"""Every screen in every language, light and dark, at three widths: nothing that axe-core finds."""

from collections.abc import Callable
from typing import get_args

import pytest
from playwright.sync_api import Page

from lainaamo.core.i18n import ADDRESS
from tests.journeys.conftest import (
    chromium,
    cookies,
    demo_shelf,
    in_town,
    rounds,
    stopped_clock,
    town,
)
from tests.journeys.reading import NARROWEST, RULES, too_wide, violations
from tests.journeys.screens import PARTS, Rounds
from tests.journeys.windows import DESK, PHONE, Theme

pytestmark = [pytest.mark.proof, pytest.mark.browser]
__all__ = ["chromium", "cookies", "demo_shelf", "in_town", "rounds", "stopped_clock", "town"]


@pytest.mark.parametrize("theme", get_args(Theme))
@pytest.mark.parametrize("locale", ADDRESS)
def test_every_screen_passes_axe_at_every_width(
    rounds: Rounds, locale: str, theme: Theme, record_property: Callable[[str, object], None]
) -> None:
    def look(page: Page) -> list[str]:
        found: list[str] = []
        for width in (NARROWEST, PHONE, DESK):
            found += too_wide(page, width)
            found += [f"{width} px: {one}" for one in violations(page, tags=RULES)]
        return found

    shown = rounds.go(look, of=PARTS, locale=locale, theme=theme)
    record_property("pages read", 3 * shown)
    record_property("found", len(rounds.found))
    rounds.end()
