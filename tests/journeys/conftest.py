"""A served house and a real browser, for stories told from the screen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from lainaamo.app import create_app
from lainaamo.config import Settings
from tests.conftest import NewDatabase
from tests.journeys.house import HERE, House, free_port, served
from tests.journeys.windows import PATIENCE_MS, Windows
from tests.make import Make

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
def house(
    new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory, quick_passwords: None
) -> Iterator[House]:
    """Return a served house with a site that is open every day and nothing to lend yet."""
    folder = tmp_path_factory.mktemp("house")
    settings = Settings(
        instance=str(folder / "instance"),
        database_url=new_database("journeys"),
        public_url=f"http://{HERE}:{free_port()}",
        secret="sesame",
    )
    app = create_app(settings)
    house = House(settings.public_url, app, Make(app), settings)
    house.open_always()
    with served(settings, folder / "log"):
        yield house


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
    yield windows
    windows.close()
