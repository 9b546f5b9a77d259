"""What anybody types is only read; and the service goes on a phone's home screen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from lainaamo.core.db import session, transaction
from lainaamo.pages import actions, queries
from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.journeys.house import House
from tests.journeys.windows import Windows

pytestmark = pytest.mark.browser
HOSTILE = (
    "<script>window.ran = 1</script>",
    "<img src=x onerror='window.ran = 1'>",
    "<svg/onload=window.ran=1>",
    "[x](javascript:window.ran=1)",
    "<javascript:window.ran=1>",
    "[x](data:text/html,<script>window.ran=1</script>)",
    '"><script>window.ran = 1</script>',
    "</textarea><script>window.ran = 1</script>",
    "</title><script>window.ran = 1</script>",
    "{{ 7 * 191 }}",
    "javascript:window.ran=1",
    "' autofocus onfocus='window.ran = 1",
    '![x](x "onerror=window.ran=1")',
)
CORPUS = " ".join(HOSTILE)
OFFICE = "/hallinta/sivut/help/fi"


@pytest.fixture
def calm(house: House) -> Iterator[None]:
    """Take down what the story put on the pages of everybody."""
    yield
    with house.app.app_context(), transaction():
        seen = queries.find_notice()
        actions.take_down(seen=seen.number if seen else 0)
        newest = queries.newest("help").get("fi")
        actions.restore("help", "fi", 0, seen=newest.number if newest else 0)
        session.flush()


def check_nothing_ran(page: Page) -> None:
    """Press every link of the text too; then nothing has run."""
    assert page.evaluate("window.ran") is None, page.url
    for link in page.locator("main a").all():
        assert not (link.get_attribute("href") or "").startswith(("javascript:", "data:"))
    assert "1337" not in page.locator("main").inner_text()


@pytest.mark.usefixtures("calm")
def test_no_script_that_anybody_types_runs_anywhere(house: House, windows: Windows) -> None:
    office = windows.open(cookie=house.cookie_of("administrator"))
    visitor = windows.open()

    office.goto(OFFICE)
    office.locator("#f-title").fill(HOSTILE[0] + HOSTILE[8])
    office.locator("#f-body").fill("\n\n".join(HOSTILE))
    office.locator("main [formaction]").click()
    expect(office.locator(".preview")).to_be_visible()
    check_nothing_ran(office)
    office.locator(f'main form[action="{OFFICE}"] .btn').first.click()
    expect(office.locator(".note.t-ok")).to_be_visible()
    check_nothing_ran(office)

    office.goto("/hallinta/hairio")
    office.locator("#f-text_fi").fill(CORPUS[:300])
    office.locator('main form[action="/hallinta/hairio"] .btn').first.click()
    expect(office.locator(".outage").first).to_be_visible()

    office.goto("/hallinta/saavutettavuus")
    office.locator("#f-gap-0-fi").fill(CORPUS)
    office.locator('main form[action="/hallinta/saavutettavuus"] .btn').first.click()
    expect(office.locator(".note.t-ok")).to_be_visible()
    check_nothing_ran(office)

    visitor.goto("/palaute?sivu=/%22%3E%3Cscript%3Ewindow.ran=1%3C/script%3E")
    visitor.locator(".face").first.click()
    visitor.locator("#f-text").fill(CORPUS[:900])
    visitor.locator("#f-reply_to").fill("'onfocus=window.ran=1//@example.fi")
    visitor.get_by_role("button", name="Lähetä palaute").click()
    expect(visitor).to_have_url(f"{house.address}/palaute/kiitos?vastaus=1")

    for path in ("/", "/apua", "/saavutettavuus", "/palaute", "/aukiolo", "/olematon"):
        visitor.goto(path) if path != "/olematon" else None
        check_nothing_ran(visitor)
    office.goto("/hallinta/palaute")
    check_nothing_ran(office)
    office.locator(".inbox a").last.click()  # the newest; older ones want no answer, maybe
    check_nothing_ran(office)
    office.locator("#f-answer").fill(CORPUS)
    office.locator("main form .btn").first.click()
    expect(office.locator(".said").last).to_contain_text("window.ran")
    check_nothing_ran(office)
    office.goto(f"{OFFICE}/versiot/1")
    check_nothing_ran(office)


def test_feedback_is_given_by_keyboard_and_without_scripts(house: House, windows: Windows) -> None:
    page = windows.open(scripts=False)
    page.goto("/palaute?sivu=/apua")
    page.locator("#f-face").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("Hyvin meni")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#f-reply_to")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Lähetä palaute")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{house.address}/palaute/kiitos")


def test_chromium_finds_the_service_fit_for_the_home_screen(
    house: House, chromium: Browser, tmp_path: Path
) -> None:
    # A profile of its own: in a private window nothing can be installed, whatever the page is.
    kind, profile = chromium.browser_type, str(tmp_path / "profile")
    context = kind.launch_persistent_context(profile, executable_path=CHROMIUM, args=FLAGS)
    try:
        page = context.new_page()
        page.goto(house.address)
        browser = context.new_cdp_session(page)
        manifest = browser.send("Page.getAppManifest")
        assert manifest["errors"] == []
        assert '"Lainaamo, Iin kunta"' in manifest["data"]
        assert browser.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    finally:
        context.close()
