"""Every screen fits the narrowest phone in the languages with the longest words."""

import pytest

from lainaamo.core.i18n import ADDRESS
from tests.journeys.reading import NARROWEST, too_wide
from tests.journeys.screens import PARTS, Rounds

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


# English is short: its round is left to the proof of all languages at all widths.
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("locale", [one for one in ADDRESS if one not in {"fi", "en"}])
def test_every_screen_fits_the_narrowest_phone_in_long_words_too(
    rounds: Rounds, locale: str, part: str
) -> None:
    rounds.go(lambda page: list(too_wide(page, NARROWEST)), of=[part], locale=locale)
    rounds.end()
