"""Sheets of labels for the things that were ticked."""

import re
import zlib
from base64 import a85decode

import pytest

from lainaamo.core.web import LANGUAGE_COOKIE
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser


@pytest.fixture
def staff(signed_in: SignedIn) -> Browser:
    """Return the browser of a worker who reads English."""
    browser = signed_in("worker")
    browser.set_cookie(LANGUAGE_COOKIE, "en")
    return browser


def drawn(pdf: bytes) -> str:
    """Return what is drawn on the pages of a PDF."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    whole = [
        zlib.decompress(a85decode(stream.strip(), adobe=False))
        for stream in (one.strip().removesuffix(b"~>") for one in streams)
    ]
    return b"".join(whole).decode("latin-1")


def test_the_ticked_things_are_on_one_sheet(staff: Browser, make: Make) -> None:
    signs = [make.sign(make.item(make.kind(f"Sukset {n}"))) for n in range(3)]
    answer = staff.get("/tarrat.pdf", query_string={"tavara": signs[:2]})
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("inline")
    text = drawn(answer.data)
    assert signs[0] in text
    assert signs[1] in text
    assert signs[2] not in text


def test_a_sheet_that_is_begun_is_used_up(staff: Browser, make: Make) -> None:
    sign = make.sign(make.item())
    first, later = (
        staff.get("/tarrat.pdf", query_string={"tavara": sign, "alku": start, "arkki": "63x38"})
        for start in ("1", "21")
    )
    assert first.data != later.data
    for wrong in ("22", "0"):
        answer = staff.get(f"/tarrat.pdf?tavara={sign}&arkki=63x38&alku={wrong}")
        assert answer.status_code == 409
        assert "Choose a number from 1 to 21" in answer.text


def test_nothing_ticked_leads_back_to_the_list(staff: Browser) -> None:
    assert staff.get("/tarrat.pdf").location == "/tavarat"


def test_codes_of_nothing_make_no_sheet(staff: Browser) -> None:
    answer = staff.get("/tarrat.pdf?tavara=22222&tavara=%00")
    assert answer.status_code == 409
    assert "no labels to print" in answer.text


def test_who_is_not_staff_prints_nothing(browser: Browser, make: Make) -> None:
    sign = make.sign(make.item())
    assert browser.get(f"/tarrat.pdf?tavara={sign}").location.startswith("/kirjautuminen")
