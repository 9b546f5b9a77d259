"""Nobody learns from an answer, or from how long it takes, who has an account."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from argon2 import PasswordHasher

from lainaamo.core.limits import forgive_try
from lainaamo.doors import views as people
from lainaamo.people import actions
from tests.make import Make
from tests.strict import Browser

ROUNDS = 12
KNOWN, UNKNOWN = "rauni@example.fi", "ninni@example.fi"
Record = Callable[[str, object], None]


@pytest.fixture
def real_hasher(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords as slowly as an installation does."""
    monkeypatch.setattr(actions, "hasher", PasswordHasher())
    monkeypatch.setattr(actions, "NOBODY", actions.hasher.hash("nobody has this password"))


@dataclass(frozen=True, slots=True)
class Try:
    """A wrong sign-in: what was typed, and what was told."""

    name: str
    password: str

    def by(self, browser: Browser) -> tuple[bytes, float]:
        """Return the answer without what is random in it, and the processor's time for it."""
        form = {"name": self.name, "password": self.password, "_key": "one"}
        began = time.process_time()
        answer = browser.post("/kirjautuminen", data=form)
        took = time.process_time() - began
        for what in ("sign-in name", "sign-in address", "pin elsewhere"):
            who = "127.0.0.1" if what == "sign-in address" else self.name
            forgive_try(what, who, within=people.DAY if what == "pin elsewhere" else people.WITHIN)
        page = answer.get_data(as_text=True)
        key = page.partition('name="_key" value="')[2].partition('"')[0]
        return page.replace(key, "").replace(self.name, "").encode(), took


@pytest.mark.parametrize("secret", ["wrong password", "291804"])
def test_a_known_and_an_unknown_name_get_the_same_bytes(
    make: Make, browser: Browser, secret: str
) -> None:
    make.person("counter", email=KNOWN, password="suksi ja sauva")
    with browser.application.app_context():
        pages = {Try(name, secret).by(browser)[0] for name in (KNOWN, UNKNOWN)}
    assert len(pages) == 1


@pytest.mark.timed
@pytest.mark.usefixtures("real_hasher")
@pytest.mark.parametrize("secret", ["wrong password", "291804"])
def test_a_known_and_an_unknown_name_take_the_same_time(
    make: Make, browser: Browser, record_property: Record, secret: str
) -> None:
    make.person("counter", email=KNOWN, password="suksi ja sauva")
    times: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    with browser.application.app_context():
        for _ in range(ROUNDS):
            for name in (KNOWN, UNKNOWN):
                times[name].append(Try(name, secret).by(browser)[1])
    # The least of each: a busy machine only ever adds.
    known, unknown = (min(times[name]) for name in (KNOWN, UNKNOWN))
    record_property("difference", abs(known - unknown) / unknown)
    assert abs(known - unknown) / unknown < 0.05
