"""A served house and a real browser, for stories told from the screen."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.conftest import WORKER, NewDatabase
from tests.journeys.house import House, load_demo, served, settings_in, standing
from tests.journeys.screens import ADMIN, LEADER, OFFICE, STAFF, Rounds, Town
from tests.journeys.windows import PATIENCE_MS, Windows
from tests.letterbox import Letterbox, standing_letterbox

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(autouse=True)
def stopped_clock() -> None:
    """Let the clock run: the server beside the test has the real one."""


@pytest.fixture(scope="session")
def letterbox() -> Iterator[Letterbox]:
    """Return where the mails of the house arrive."""
    with standing_letterbox() as letterbox:
        yield letterbox


@pytest.fixture(scope="session")
def house(
    new_database: NewDatabase,
    tmp_path_factory: pytest.TempPathFactory,
    quick_passwords: None,
    letterbox: Letterbox,
) -> Iterator[House]:
    """Return a served house with a site that is open every day and nothing to lend yet."""
    folder = tmp_path_factory.mktemp("house")
    settings = settings_in(folder, new_database("journeys"))
    with standing(replace(settings, smtp_url=letterbox.address)) as house:
        house.open_always()
        with served(house.settings, folder / "log"):
            yield house


@pytest.fixture(scope="session")
def demo_shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the processes of this run keep the demo that one of them has made."""
    own = tmp_path_factory.getbasetemp()
    return (own if WORKER == "alone" else own.parent) / "demo-shelf"


@pytest.fixture(scope="session")
def town(
    new_database: NewDatabase,
    tmp_path_factory: pytest.TempPathFactory,
    quick_passwords: None,
    demo_shelf: Path,
) -> Iterator[Town]:
    """Return the demo municipality, served."""
    folder = tmp_path_factory.mktemp("town")
    settings = settings_in(folder, new_database("town"))
    load_demo(settings, demo_shelf)
    with standing(settings) as house, served(settings, folder / "log"):
        yield Town(house)


@pytest.fixture(scope="session")
def cookies(town: Town) -> dict[str, str]:
    """Return a session cookie for each role that looks at the town's screens."""
    roles = (STAFF, OFFICE, ADMIN, LEADER, "worker", "resident")
    return {role: town.house.cookie_of(role) for role in roles}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return Debian's Chromium."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def windows(chromium: Browser, house: House) -> Iterator[Windows]:
    """Return a way to open windows; at the end of the story none may have complained."""
    windows = Windows(chromium, house.address)
    house.forget_tries()
    yield windows
    windows.close()


@pytest.fixture
def in_town(chromium: Browser, town: Town) -> Iterator[Windows]:
    """Return a way to open windows on the demo municipality."""
    windows = Windows(chromium, town.house.address)
    yield windows
    windows.close()


@pytest.fixture
def rounds(in_town: Windows, town: Town, cookies: dict[str, str]) -> Rounds:
    """Return a way to look at every screen of the demo municipality."""
    return Rounds(in_town, town, cookies)
