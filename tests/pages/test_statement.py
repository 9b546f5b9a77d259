"""The accessibility statement says what the law asks, from facts an administrator keeps."""

import pytest

from lainaamo.core.i18n import ADDRESS
from lainaamo.core.web import LANGUAGE_COOKIE
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

STATEMENT = "/hallinta/saavutettavuus"
FACTS = {
    "seen": "0",
    "status": "partial",
    "method": "expert",
    "assessed_on": "2026-02-01",
    "published_on": "2026-01-15",
    "gap-0-fi": "Kartta ei toimi näppäimistöllä.",
    "gap-0-criteria": "2.1.1 1.4.3",
    "gap-0-reason": "burden",
    "gap-1-fi": "",
}
ASKED = {
    "fi": ("saavutettavuusvaatimukset.fi", "saavutettavuus@traficom.fi", "14 päivä", "Traficom"),
    "selko": ("saavutettavuusvaatimukset.fi", "saavutettavuus@traficom.fi", "14 päivä", "Traficom"),
    "sv": ("tillganglighetskrav.fi", "tillganglighet@traficom.fi", "14 dagar", "Traficom"),
    "en": ("webaccessibility.fi", "saavutettavuus@traficom.fi", "14 days", "Traficom"),
}


@pytest.mark.parametrize("locale", ADDRESS)
def test_the_statement_has_what_the_law_asks(browser: Browser, locale: str) -> None:
    browser.set_cookie(LANGUAGE_COOKIE, locale)
    page = browser.get("/saavutettavuus").text
    missing = [word for word in ASKED[locale] if word not in page]
    assert missing == []
    for told in ("WCAG 2.2", "029 534 5000", "aihe=saavutettavuus", "axe-core", "2026", "1.3.1"):
        assert told in page, told


def test_the_facts_of_the_municipality_are_told(signed_in: SignedIn, browser: Browser) -> None:
    assert signed_in("coordinator").post(STATEMENT, data=FACTS).status_code == 303
    page = browser.get("/saavutettavuus").text
    assert "Kartta ei toimi näppäimistöllä. (WCAG 2.1.1, 1.4.3)" in page
    assert "kohtuuton rasite" in page
    assert "1.2.2026" in page
    assert "tarra-arkit" not in page


def test_facts_are_taken_back(signed_in: SignedIn, browser: Browser) -> None:
    office = signed_in("administrator")
    office.post(STATEMENT, data=FACTS)
    office.post(STATEMENT, data={**FACTS, "seen": "1", "gap-0-fi": "", "gap-0-criteria": ""})
    assert "Kartta" not in browser.get("/saavutettavuus").text
    assert office.post(f"{STATEMENT}/versiot/1/palautus", data={"seen": "2"}).status_code == 303
    assert "Kartta" in browser.get("/saavutettavuus").text


def test_a_preview_of_facts_saves_nothing(signed_in: SignedIn, browser: Browser) -> None:
    page = signed_in("coordinator").post(f"{STATEMENT}/esikatselu", data=FACTS)
    assert "(WCAG 2.1.1, 1.4.3)" in page.text
    assert "Kartta" not in browser.get("/saavutettavuus").text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"status": "perfect"}, "status"),
        ({"method": ""}, "method"),
        ({"assessed_on": "eilen"}, "assessed_on"),
        ({"gap-0-criteria": "9.9.9"}, "gap-0-criteria"),
        ({"gap-0-criteria": "<script>"}, "gap-0-criteria"),
        ({"gap-0-fi": "", "gap-0-sv": "Bara svenska"}, "gap-0-fi"),
        ({"gap-0-fi": "x" * 10_000}, "gap-0-fi"),
    ],
)
def test_facts_that_cannot_be_are_corrected_at_their_field(
    signed_in: SignedIn, typed: dict[str, str], field: str
) -> None:
    page = signed_in("coordinator").post(STATEMENT, data={**FACTS, **typed})
    assert page.status_code == 422
    assert f'id="f-{field}-wrong"' in page.text


def test_the_second_who_states_facts_is_told(make: Make, signed_in: SignedIn) -> None:
    make.statement(status="none")
    refused = signed_in("coordinator").post(STATEMENT, data=FACTS)
    assert refused.status_code == 409
    assert "Kartta ei toimi" in refused.text
    assert 'name="seen" value="1"' in refused.text
