"""Every page there is a link to, with a script in every word: none runs, and none is reported."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page
from werkzeug.exceptions import HTTPException

from lainaamo.core.web import Lainaamo
from tests.conftest import NewDatabase
from tests.journeys.hostile import CALCULATED, CORPUS, poison
from tests.journeys.house import House, load_demo, served, settings_in, standing
from tests.journeys.windows import DESK, Windows

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
FILES = {".csv", ".xlsx", ".pdf", ".ics"}
OF_EACH = 3  # pages of one screen: the words come in turn
# What search engines read of a kind is no script that runs.
RUNS = """() => {
  const found = [...document.querySelectorAll("script:not([src]), [onload], [onerror]")];
  return (window.ran ?? 0) + found.filter(one => one.type != "application/ld+json").length;
}"""
LINKS = "() => [...document.querySelectorAll('a[href]')].map(link => link.href)"


@pytest.fixture(scope="module")
def hostile(
    new_database: NewDatabase,
    tmp_path_factory: pytest.TempPathFactory,
    quick_passwords: None,
    demo_shelf: Path,
) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("hostile")
    settings = settings_in(folder, new_database("hostile"))
    load_demo(settings, demo_shelf)
    with standing(settings) as house:
        assert poison(house.app) > 1000
        with served(settings, folder / "log"):
            yield house


@pytest.mark.parametrize("role", ["administrator", "counter", "buyer", "resident", None])
def test_no_word_of_anybody_runs_on_any_page(
    chromium: Browser,
    hostile: House,
    role: str | None,
    record_property: Callable[[str, object], None],
) -> None:
    windows = Windows(chromium, hostile.address)
    page = windows.open(width=DESK, cookie=hostile.cookie_of(role) if role else None)
    page.on("dialog", _complain)
    walk = _Walk(hostile.app, hostile.address)
    for address in walk:
        answer = page.goto(address)
        assert answer is not None
        if "text/html" in answer.headers.get("content-type", ""):
            assert page.evaluate(RUNS) == 0, address
            assert CALCULATED not in page.inner_text("body"), address
            walk.meet(page)
    record_property("pages", len(walk.seen))
    record_property("screens", len(walk.screens))
    assert len(walk.screens) >= 5, walk.screens
    windows.close()


def test_a_word_that_runs_would_be_seen(chromium: Browser, hostile: House) -> None:
    windows = Windows(chromium, hostile.address)
    page = windows.open()
    page.goto("/apua")
    page.set_content(f"<body>{CORPUS[0]}{CORPUS[1]}</body>")
    assert page.evaluate(RUNS) == 2
    with pytest.raises(AssertionError, match="violates the following Content Security Policy"):
        windows.close()


def _complain(dialog: Dialog) -> None:
    raise AssertionError(dialog.message)


class _Walk:
    """Every address that pages link to, a few of each screen, each once."""

    def __init__(self, app: Lainaamo, home: str) -> None:
        self.map = app.url_map.bind("")
        self.home = home
        self.seen: list[str] = []
        self.screens: dict[str, int] = {}
        self.waiting = [home + "/"]

    def __iter__(self) -> Iterator[str]:
        while self.waiting:
            address = self.waiting.pop(0)
            self.seen.append(address)
            yield address

    def meet(self, page: Page) -> None:
        """Remember where a page leads."""
        for link in page.evaluate(LINKS):
            address = urljoin(page.url, link).partition("#")[0]
            if address.startswith(self.home + "/") and address not in self.seen:
                self._remember(address)

    def _remember(self, address: str) -> None:
        try:
            endpoint = str(self.map.match(urlsplit(address).path, method="GET")[0])
        except HTTPException:  # a link that leads nowhere is another test's matter
            return
        if Path(urlsplit(address).path).suffix in FILES:  # nobody's page
            return
        if address in self.waiting or self.screens.get(endpoint, 0) >= OF_EACH:
            return
        self.screens[endpoint] = self.screens.get(endpoint, 0) + 1
        self.waiting.append(address)
