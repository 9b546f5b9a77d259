"""Sheets of labels for the things that were ticked."""

import re
import zlib
from base64 import a85decode
from datetime import timedelta

import pytest

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.secrets import installation_key
from lainaamo.core.web import LANGUAGE_COOKIE, Lainaamo
from lainaamo.goods import actions as goods
from lainaamo.goods import blanks
from lainaamo.people import staff as staff_actions
from lainaamo.people.models import Person
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


def test_nothing_ticked_leads_to_what_can_be_printed(staff: Browser) -> None:
    assert staff.get("/tarrat.pdf").location == "/tarrat"


def test_codes_of_nothing_make_no_sheet(staff: Browser) -> None:
    answer = staff.get("/tarrat.pdf?tavara=22222&tavara=%00")
    assert answer.status_code == 409
    assert "no labels to print" in answer.text


def test_who_is_not_staff_prints_nothing(browser: Browser, make: Make) -> None:
    sign = make.sign(make.item())
    assert browser.get(f"/tarrat.pdf?tavara={sign}").location.startswith("/kirjautuminen")


def test_the_ticked_things_are_shown_before_they_are_printed(staff: Browser, make: Make) -> None:
    item = make.item(make.kind("Sukset"), size="150")
    page = staff.get(f"/tarrat?tavara={make.sign(item)}").text
    assert make.sign(item) in page
    assert "Sukset 150" in page
    assert "1 label, 1 sheet" in page


def test_what_came_today_is_printed_at_once(staff: Browser, make: Make) -> None:
    with clock.at(clock.now() - timedelta(days=3)):
        make.item(make.kind("Vanhat luistimet"))
    make.item(make.kind("Uudet luistimet"))
    page = staff.get(f"/tarrat?saatu={clock.today()}").text
    assert "Uudet luistimet" in page
    assert "Vanhat luistimet" not in page


def test_things_without_a_code_get_one_before_they_are_printed(staff: Browser, make: Make) -> None:
    make.item(make.kind("Kelkka"), sign=False)
    address = f"/tarrat?saatu={clock.today()}"
    page = staff.get(address).text
    assert "1 thing has no code yet." in page
    answer = staff.post("/tarrat/koodit", data={"saatu": str(clock.today()), "_key": "k"})
    assert answer.status_code == 303
    assert "Kelkka" in staff.get(answer.location).text


def test_the_shelves_of_a_room_come_in_the_order_of_the_walk(staff: Browser, make: Make) -> None:
    room = make.place("Sali", level="room")
    signs = {
        name: make.sign(make.place(name, parent=room, sign=True)) for name in ("A10", "A2", "A1")
    }
    page = staff.get(f"/tarrat?tila={room.id}").text
    places = [page.index(signs[name]) for name in ("A1", "A2", "A10")]
    assert places == sorted(places)


def test_commands_are_made_once_and_printed(staff: Browser) -> None:
    for key in ("a", "b"):
        answer = staff.post("/tarrat/komennot", data={"_key": key})
        assert answer.status_code == 303
    page = staff.get("/tarrat?komennot=1").text
    assert "8 labels, 1 sheet" in page
    assert staff.get("/tarrat.pdf?komennot=1").content_type == "application/pdf"


def test_blank_labels_are_made_and_printed_until_they_are_used(staff: Browser, make: Make) -> None:
    answer = staff.post("/tarrat/tyhjat", data={"quantity": "30", "arkki": "70x37", "_key": "k"})
    page = staff.get(answer.location).text
    assert "30 labels, 2 sheets" in page
    assert "30 of 30 unused" in page
    sign = re.findall(r'<span class="code">(\w{5})</span>', page)[0]
    item = make.item()
    with staff.application.app_context(), transaction():
        blanks.claim(item.id, sign)
    assert "29 of 30 unused" in staff.get(answer.location).text


@pytest.mark.parametrize("quantity", ["", "0", "-3", "1001", "yksi", "9" * 10_000, "\u0663"])
def test_a_wrong_number_of_labels_is_told_on_the_same_page(staff: Browser, quantity: str) -> None:
    answer = staff.post(
        "/tarrat/tyhjat", data={"quantity": quantity, "mita": "tyhjat", "_key": "k"}
    )
    assert answer.status_code == 409
    assert "from 1 to 1000 labels" in answer.text


def test_a_printer_that_prints_aside_is_mended_for_everybody(staff: Browser, make: Make) -> None:
    sign = make.sign(make.item())
    before = staff.get(f"/tarrat.pdf?tavara={sign}").data
    moved = {"right": "1,5", "down": "-2", "arkki": "70x37", "tavara": sign, "_key": "k"}
    answer = staff.post("/tarrat/kohdistus", data=moved)
    assert 'value="1.5"' in staff.get(answer.location).text
    assert staff.get(f"/tarrat.pdf?tavara={sign}").data != before
    other = f"/tarrat.pdf?tavara={sign}&arkki=105x48"
    assert drawn(staff.get(other).data) != drawn(before)
    assert staff.get("/tarrat/kohdistus.pdf?arkki=105x48").content_type == "application/pdf"


@pytest.mark.parametrize("right", ["kaksi", "11", "-99,9", "1,55", "9" * 10_000])
def test_a_shift_that_cannot_be_is_told(staff: Browser, right: str) -> None:
    answer = staff.post("/tarrat/kohdistus", data={"right": right, "down": "", "_key": "k"})
    assert answer.status_code == 409


def test_cards_and_badges_are_printed_by_those_who_look_after_people(
    app: Lainaamo, signed_in: SignedIn, make: Make
) -> None:
    worker, borrower = make.person("worker", number=77), make.person("resident", first_name="Ulla")
    with app.app_context(), transaction():
        key = installation_key(app.config["SETTINGS"])
        staff_actions.make_badge(session.get_one(Person, worker.id), key=key)
        card = goods.label_person(borrower.id)
    boss, floor = signed_in("supervisor"), signed_in("worker")
    badge = f"/tarrat.pdf?tunnus={worker.id}"
    assert "(77)" in drawn(boss.get(badge).data)
    assert floor.get(badge).status_code == 409
    assert "(Ulla)" in drawn(floor.get(f"/tarrat.pdf?henkilo={card}").data)


@pytest.mark.parametrize(
    "query",
    ["saatu=huomenna", "koti=9999999999999999", "rulla=-1", "tila=x&mita=olematon", "tunnus=a"],
)
def test_an_address_of_nothing_shows_what_can_be_chosen(staff: Browser, query: str) -> None:
    assert staff.get(f"/tarrat?{query}").status_code == 200
