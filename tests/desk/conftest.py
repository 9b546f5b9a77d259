"""The desk as a person at it has it: signed in, in English, one address and one field."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from lainaamo.core.web import LANGUAGE_COOKIE
from lainaamo.people.visitor import COOKIE
from tests.conftest import SignedIn
from tests.strict import Browser

TODAY = date(2026, 3, 2)
FRIDAY = TODAY + timedelta(4)


@dataclass
class Desk:
    """Somebody at the desk, who scans and presses buttons."""

    browser: Browser

    def scan(self, code: str, mode: str = "palautus", **fields: str) -> Any:
        """Scan a code and look at the answer."""
        return self.press("/tiski/skannaukset", code=code, tila=mode, **fields)

    def press(self, url: str, **fields: str) -> Any:
        """Press a button and look at the answer."""
        return self.browser.post(url, data=fields, follow_redirects=True)

    def send(self, url: str, **fields: str) -> Any:
        """Press a button and stop at the first answer."""
        return self.browser.post(url, data=fields)

    def open(self, url: str) -> Any:
        """Open an address."""
        return self.browser.get(url)

    def twin(self, other: Browser) -> "Desk":
        """Return the same person at another desk."""
        cookie = self.browser.get_cookie(COOKIE)
        assert cookie is not None
        other.set_cookie(COOKIE, cookie.value)
        other.set_cookie(LANGUAGE_COOKIE, "en")
        return Desk(other)


@pytest.fixture
def desk(signed_in: SignedIn) -> Desk:
    """Return the desk of a counter worker who reads English."""
    browser = signed_in("counter")
    browser.set_cookie(LANGUAGE_COOKIE, "en")
    return Desk(browser)
