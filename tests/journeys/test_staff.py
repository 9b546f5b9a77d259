"""Staff come in: a worker takes a turn at a shared device, an official by the town's account."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from lainaamo.core.db import session, transaction
from lainaamo.people import oidc, staff
from lainaamo.people.models import Person
from tests.conftest import NewDatabase
from tests.journeys.house import House, free_port, served, settings_in, standing
from tests.journeys.windows import Windows
from tests.oidc import real

pytestmark = pytest.mark.browser
FIVE_SECONDS = 5


def test_a_worker_takes_a_turn_in_five_seconds_and_goes_on_with_the_same(
    house: House, windows: Windows
) -> None:
    niina = house.make.person("worker", first_name="Niina", number=27)
    with house.app.app_context(), transaction():
        staff.set_pin(session.get_one(Person, niina.id), "2904")
    page = windows.open(cookie=house.cookie_of("counter"))
    page.goto("/laitteet")
    page.locator("#f-name").fill("Tiski 1")
    page.get_by_role("button", name="Luota 180 päivää").click()
    page.goto("/tiski?tila=hyllytys")
    began = time.monotonic()
    page.locator(".turn-link").click()
    page.get_by_role("link", name="27").click()
    for digit in "2904":
        page.get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="Jatka").click()
    expect(page.locator(".turn-link .av")).to_have_text("27")
    took_s = time.monotonic() - began
    assert page.url.endswith("/tiski?tila=hyllytys")
    assert took_s < FIVE_SECONDS


@pytest.fixture
def with_accounts(
    new_database: NewDatabase, tmp_path: Path, quick_passwords: None
) -> Iterator[House]:
    """Return a served house that knows a running identity provider."""
    issuer = f"http://127.0.0.1:{free_port()}"
    settings = replace(
        settings_in(tmp_path, new_database("accounts")),
        oidc_issuer=issuer,
        oidc_client_id=real.CLIENT_ID,
        oidc_client_secret=real.CLIENT_SECRET,
    )
    home = settings.public_url
    provider = real.provider(issuer, return_to=home + oidc.RETURN, home=f"{home}/")
    with standing(settings) as house, provider, served(settings, tmp_path / "log"):
        yield house


def test_an_official_signs_in_with_the_towns_account_and_out_again(
    with_accounts: House, chromium: Browser
) -> None:
    hanna = with_accounts.make.person("coordinator", first_name="Hanna")
    issuer = with_accounts.settings.oidc_issuer
    with with_accounts.app.app_context(), transaction():
        staff.tie(session.get_one(Person, hanna.id), issuer=issuer, subject="hanna")
    context = chromium.new_context(base_url=with_accounts.address, locale="fi-FI")
    page = context.new_page()
    page.goto("/kirjautuminen")
    page.get_by_role("link", name="Kirjaudu kunnan tunnuksella").click()
    page.locator("input[name=login]").fill("hanna")
    page.locator("input[name=password]").fill("any")
    page.get_by_role("button").first.click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/tiski")
    page.goto("/oma-tili")
    page.get_by_role("button", name="Kirjaudu ulos", exact=True).click()
    page.get_by_role("link", name="Kirjaudu ulos myös kunnan tunnuksesta").click()
    page.wait_for_url(f"{issuer}/**")
    context.close()
