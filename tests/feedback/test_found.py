"""Whoever finds a thing of ours tells where it is, and learns nothing of anybody."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from lainaamo.core import clock, outbox
from lainaamo.core.db import session, transaction
from lainaamo.core.journal import Entry
from lainaamo.core.web import LANGUAGE_COOKIE, Lainaamo
from lainaamo.feedback.found_page import MOST
from lainaamo.feedback.models import FoundReport
from lainaamo.goods import actions as goods
from lainaamo.goods import blanks
from lainaamo.goods.models import Item
from lainaamo.upkeep import worker
from lainaamo.upkeep.actions import erase_old_finders
from tests.conftest import AtOnce, SignedIn
from tests.desk.conftest import FRIDAY, Desk
from tests.make import Make
from tests.strict import Browser

SPOT = "Bussipysäkillä koulun vieressä"


@pytest.fixture
def phone(browser: Browser) -> Browser:
    """Return the phone of a passer-by who reads English."""
    browser.set_cookie(LANGUAGE_COOKIE, "en")
    return browser


@pytest.fixture
def desk(signed_in: SignedIn) -> Desk:
    """Return the desk of a worker who reads English."""
    browser = signed_in("worker")
    browser.set_cookie(LANGUAGE_COOKIE, "en")
    return Desk(browser)


def all_of(app: Lainaamo) -> list[FoundReport]:
    with app.app_context():
        found = list(session.scalars(select(FoundReport).order_by(FoundReport.id)))
        session.expunge_all()
        return found


def tell(browser: Browser, sign: str, **fields: str) -> Any:
    return browser.post(f"/Q/{sign}/loytyi", data={"spot": SPOT, **fields})


def test_the_label_leads_to_the_thing_and_to_telling(phone: Browser, make: Make) -> None:
    sign = make.sign(make.item(make.kind("Potkukelkka")))
    page = phone.get(f"/Q/{sign}", follow_redirects=True).text
    assert "Did you find this?" in page
    assert f'href="/Q/{sign}/loytyi"' in page
    page = phone.get(f"/q/{sign}", follow_redirects=True).text
    assert f'href="/Q/{sign}/loytyi"' in page
    assert "Potkukelkka" in phone.get(f"/Q/{sign.lower()}/loytyi").text


def test_who_looks_at_the_kind_is_not_asked(phone: Browser, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    assert "Did you find this?" not in phone.get(f"/valineet/{kind.id}").text
    page = phone.get(f"/valineet/{kind.id}", query_string={"tarra": '"><script>'})
    assert "Did you find this?" not in page.text


def test_where_it_is_is_enough(app: Lainaamo, phone: Browser, make: Make) -> None:
    item = make.item()
    answer = tell(phone, make.sign(item))
    assert answer.location == "/loytyi/kiitos"
    assert "Thank you for telling us" in phone.get(answer.location).text
    (row,) = all_of(app)
    assert (row.item_id, row.spot, row.email, row.phone) == (item.id, SPOT, None, None)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("040 123 4567", (None, "+358401234567")), (" A@Example.fi ", ("a@example.fi", None))],
)
def test_a_contact_is_kept_in_one_writing(
    app: Lainaamo, phone: Browser, make: Make, typed: str, kept: tuple[str | None, str | None]
) -> None:
    tell(phone, make.sign(make.item()), contact=typed)
    (row,) = all_of(app)
    assert (row.email, row.phone) == kept


@pytest.mark.parametrize(
    "fields",
    [
        {"spot": ""},
        {"spot": "  \r\n "},
        {"spot": "x" * 501},
        {"spot": "x" * 10_000},
        {"contact": "call me"},
        {"contact": "0" * 10_000},
    ],
)
def test_what_is_to_be_corrected_is_kept_and_told_at_the_field(
    app: Lainaamo, phone: Browser, make: Make, fields: dict[str, str]
) -> None:
    page = tell(phone, make.sign(make.item()), **fields)
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert all_of(app) == []


def test_any_script_is_kept_as_written(app: Lainaamo, phone: Browser, make: Make) -> None:
    spot = "<b>Ylä-Ii</b> 'puu' متجر 🛷"
    tell(phone, make.sign(make.item()), spot=spot)
    assert all_of(app)[0].spot == spot
    assert tell(phone, make.sign(make.item()), spot="a\0b").status_code == 400


def test_a_thing_on_loan_tells_the_finder_nothing_of_it(
    app: Lainaamo, phone: Browser, make: Make
) -> None:
    kind = make.kind()
    lent, free = make.item(kind), make.item(kind)
    person = make.person("resident", first_name="Kaarlotar", phone="+358401112222")
    make.loan(lent, FRIDAY, person=person)

    def pages(item: Item) -> list[str]:
        sign = make.sign(item)
        found = [phone.get(f"/Q/{sign}/loytyi").text, tell(phone, sign).location]
        return [str(text).replace(sign, "") for text in found]

    shown = [[_without_key(one) for one in pages(item)] for item in (lent, free)]
    assert shown[0] == shown[1]
    assert "Kaarlotar" not in "".join(shown[0])


def _without_key(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "_key" not in line)


@pytest.mark.parametrize(
    ("left_as", "reports"),
    [("lost", 1), ("transferred", 1), ("given", 0), ("recycled", 0), ("retired", 0)],
)
def test_a_thing_that_has_left_is_asked_for_where_it_is_still_ours(
    app: Lainaamo, phone: Browser, make: Make, left_as: str, reports: int
) -> None:
    item = make.item()
    sign = make.sign(item)
    with app.app_context(), transaction():
        gone = {"left_at": clock.now(), "left_as": left_as}
        session.execute(update(Item).where(Item.id == item.id).values(**gone))
    told = tell(phone, sign).location
    assert told == ("/loytyi/kiitos" if reports else f"/Q/{sign}")
    assert len(all_of(app)) == reports
    page = phone.get(f"/Q/{sign}", follow_redirects=True).text
    assert ("This is not ours any more" in page) is (reports == 0)


def test_a_shelf_a_card_and_a_blank_label_are_no_things(
    app: Lainaamo, phone: Browser, make: Make
) -> None:
    person = make.person("resident", first_name="Kaarlotar")
    with app.app_context(), transaction():
        card = goods.label_person(person.id)
        (blank,) = blanks.signs_of(blanks.make_roll(1).id)
    shelf = make.sign(make.place("B12", sign=True))
    words = {
        shelf: "This label is for our workers",
        card: "This is the card of a borrower",
        blank: "This label is not on a thing yet",
    }
    for sign, text in words.items():
        page = phone.get(f"/Q/{sign}").text
        assert text in page
        assert "Kaarlotar" not in page
        assert tell(phone, sign).location == f"/Q/{sign}"
    assert all_of(app) == []


@pytest.mark.parametrize("sign", ["22222", "K7M4PK7M4P", "A" * 10_000, "x%2Fy"])
def test_an_unknown_sign_is_no_thing(app: Lainaamo, phone: Browser, sign: str) -> None:
    assert phone.get(f"/Q/{sign}/loytyi").status_code == 404
    assert tell(phone, sign).status_code == 404
    assert all_of(app) == []


def test_what_a_program_sends_is_thanked_for_and_forgotten(
    app: Lainaamo, phone: Browser, make: Make
) -> None:
    answer = tell(phone, make.sign(make.item()), website="http://spam.example")
    assert answer.location == "/loytyi/kiitos"
    assert all_of(app) == []


def test_so_many_an_hour_from_one_address_and_no_more(
    app: Lainaamo, phone: Browser, make: Make
) -> None:
    sign = make.sign(make.item())
    for _one in range(MOST):
        assert tell(phone, sign).status_code == 303
    page = tell(phone, sign)
    assert page.status_code == 409
    assert SPOT in page.text
    assert len(all_of(app)) == MOST


def test_the_same_form_sent_twice_counts_once(app: Lainaamo, phone: Browser, make: Make) -> None:
    sign = make.sign(make.item())
    assert {tell(phone, sign, _key="a" * 22).status_code for _twice in range(2)} == {303}
    assert len(all_of(app)) == 1


# The desk


def test_the_desk_sees_it_and_says_it_is_handled(app: Lainaamo, desk: Desk, make: Make) -> None:
    item = make.item(make.kind("Potkukelkka"), place=make.place("B12"))
    row = make.found_report(item, SPOT, contact="040 123 4567")
    assert "Finds" in desk.open("/tiski").text
    page = desk.open("/tiski/loydot").text
    for text in ("Potkukelkka", SPOT, 'href="tel:+358401234567"', "On the shelf"):
        assert text in page
    page = desk.press(f"/tiski/loydot/{row.id}/kasittely").text
    assert "Nobody has told of a found thing." in page
    assert SPOT in desk.open("/tiski/loydot?tila=kasitelty").text
    assert "Finds" not in desk.open("/tiski").text
    again = desk.press(f"/tiski/loydot/{row.id}/kasittely")
    assert again.status_code == 409


def test_the_things_own_page_tells_it_to_the_staff(desk: Desk, make: Make) -> None:
    item = make.item()
    row = make.found_report(item, SPOT)
    url = f"/tavarat/{make.sign(item)}"
    page = desk.open(url).text
    assert "Somebody found this on 2 Mar 2026" in page
    assert SPOT in page
    answer = desk.send(f"/tiski/loydot/{row.id}/kasittely", then="thing")
    assert answer.location == url
    page = desk.open(url).text
    assert "Somebody found this on" not in page
    assert "Somebody found it and told us" in page


def test_two_handle_one_at_once_and_one_is_told(
    app: Lainaamo, desk: Desk, make: Make, at_once: AtOnce
) -> None:
    row = make.found_report(make.item())
    url = f"/tiski/loydot/{row.id}/kasittely"
    pages = at_once(3, lambda one: desk.twin(one).send(url))
    assert sorted(page.status_code for page in pages) == [303, 409, 409]


def test_a_long_list_has_pages(desk: Desk, make: Make) -> None:
    item = make.item()
    for number in range(33):
        make.found_report(item, f"spot-{number:03}")
    first = desk.open("/tiski/loydot").text
    assert "spot-029" in first
    assert "spot-030" not in first
    last_id = 30
    assert "spot-032" in desk.open(f"/tiski/loydot?jalkeen={last_id}").text
    assert desk.open("/tiski/loydot?jalkeen=" + "9" * 40).status_code == 200


@pytest.mark.parametrize("role", ["resident", "buyer"])
def test_the_list_is_for_the_desk(signed_in: SignedIn, make: Make, role: str) -> None:
    row, visitor = make.found_report(make.item(), SPOT), signed_in(role)
    assert visitor.get("/tiski/loydot").status_code == 403
    assert visitor.post(f"/tiski/loydot/{row.id}/kasittely").status_code == 403


def test_the_house_is_told_by_mail_once_a_day_and_without_the_words(
    app: Lainaamo, make: Make, phone: Browser
) -> None:
    item = make.item(make.kind("Potkukelkka"))
    for _twice in range(2):
        tell(phone, make.sign(item), contact="a@example.fi")
    with app.app_context():
        kinds = list(session.scalars(select(outbox.Message.kind)))
    assert kinds == ["found.reported"]
    worker.work_once(app)
    (mail,) = (app.config["SETTINGS"].folder / "mail").glob("*.eml")
    text = mail.read_text()
    assert "Potkukelkka" in text
    assert "/tiski/loydot" in text
    assert "a@example.fi" not in text


def test_words_and_contact_are_forgotten_at_their_time_and_never_in_the_journal(
    app: Lainaamo, make: Make, desk: Desk
) -> None:
    row = make.found_report(make.item(), SPOT, contact="a@example.fi")
    with app.app_context():
        with clock.at(clock.now() + timedelta(days=90)):
            erase_old_finders()
        assert session.get_one(FoundReport, row.id).spot == SPOT
        with clock.at(clock.now() + timedelta(days=90, seconds=1)):
            erase_old_finders()
            erase_old_finders()
        session.expire_all()
        kept = session.get_one(FoundReport, row.id)
        assert (kept.spot, kept.email, kept.phone) == (None, None, None)
        lines = session.scalars(select(Entry)).all()
        verbs = [line.verb for line in lines]
        assert verbs.count("found.erased") == 1
        assert SPOT not in str([line.details for line in lines])
    assert "The words are erased." in desk.open("/tiski/loydot").text
