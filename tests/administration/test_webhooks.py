"""Partners' addresses on the administrator's screens: added, secret shown once, tried, ended."""

import re
from datetime import timedelta

import pytest

from lainaamo.core import clock
from tests.conftest import SignedIn
from tests.make import Make

LIST = "/hallinta/ilmoitukset"
SECRET = re.compile(r"whsec_[\w+/=]{44}")
GOOD = {"words": "Kumppani", "url": "https://partner.example.fi/hook", "events": "loan.returned"}


def test_an_address_is_added_and_its_secret_shown_once_to_who_added_it(signed_in: SignedIn) -> None:
    admin = signed_in("administrator")
    made = admin.post(LIST, data=GOOD)
    assert made.status_code == 303
    assert SECRET.search(admin.get(made.location).text)
    assert not SECRET.search(signed_in("administrator").get(made.location).text)
    assert "partner.example.fi" in admin.get(LIST).text
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert not SECRET.search(admin.get(made.location).text)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("url", "http://partner.example.fi"),
        ("url", "https://10.1.2.3/x"),
        ("url", "https://localhost"),
        ("url", "x" * 10_000),
        ("url", ""),
        ("events", "person.added"),
        ("events", ""),
        ("words", ""),
    ],
)
def test_what_cannot_be_told_is_asked_again_with_what_was_written(
    signed_in: SignedIn, name: str, value: str
) -> None:
    page = signed_in("administrator").post(LIST, data={**GOOD, name: value})
    assert page.status_code == 422
    assert f"f-{name}-wrong" in page.text


def test_a_test_waits_for_the_worker(signed_in: SignedIn, make: Make) -> None:
    admin, row = signed_in("administrator"), make.webhook("https://partner.example.fi/")
    assert admin.post(f"{LIST}/{row.id}/koe").status_code == 303
    assert "Koe" in admin.get(f"{LIST}/{row.id}").text


def test_an_ended_address_stays_ended(signed_in: SignedIn, make: Make) -> None:
    admin, row = signed_in("administrator"), make.webhook("https://partner.example.fi/")
    assert admin.post(f"{LIST}/{row.id}/sulkeminen").status_code == 303
    assert admin.post(f"{LIST}/{row.id}/koe").status_code == 409
    assert make.again(row).ended_at is not None


def test_only_administrators_decide_who_is_told(signed_in: SignedIn) -> None:
    assert signed_in("coordinator").get(LIST).status_code == 403
