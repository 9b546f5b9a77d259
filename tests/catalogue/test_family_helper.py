"""A family tells heights and shoe sizes, and gets sets that fit and are free, reserved at once."""

from datetime import date

import pytest
from sqlalchemy import select

from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Kind
from lainaamo.lending.models import Bundle, Line, Reservation
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

TUE, FRI = "2026-03-03", "2026-03-06"
DAYS = f"puuha=hiihto&alku={TUE}&loppu={FRI}"
PAIR = "pituus-0=112&kenka-0=30&pituus-1=168&kenka-1=39&rivit=2&ehdota=1"


class Store:
    """Skis, boots and poles for a child and an adult."""

    def __init__(self, make: Make) -> None:
        self.skis = self._kind(make, "skis", "Sukset", ["120 cm", "190 cm"])
        self.boots = self._kind(make, "ski_boots", "Monot", ["30", "39", "40"])
        self.poles = self._kind(make, "ski_poles", "Sauvat", ["95 cm", "140 cm"])

    def _kind(self, make: Make, key: str, name: str, sizes: list[str]) -> Kind:
        kind = make.kind(name, category=make.category(key))
        for size in sizes:
            make.item(kind, size=size, attributes={"binding": "nnn"})
        return kind


@pytest.fixture
def store(make: Make) -> Store:
    return Store(make)


def test_everybody_gets_what_fits(browser: Browser, store: Store) -> None:
    page = browser.get(f"/perhe?{DAYS}&{PAIR}").text
    for text in ("Sukset 120 cm", "Monot 30", "Sauvat 95 cm", "Sukset 190 cm", "Sauvat 140 cm"):
        assert f"<b>{text}</b>" in page
    assert "Varaa kaikki" in page


def test_a_size_that_is_out_is_replaced_by_the_next_and_said(
    browser: Browser, make: Make, store: Store
) -> None:
    make.reservation(store.boots, date(2026, 3, 3), date(2026, 3, 6), size="39")
    page = browser.get(f"/perhe?{DAYS}&{PAIR}").text
    assert "<b>Monot 40</b>" in page


def test_what_one_gets_another_does_not(browser: Browser, store: Store) -> None:
    two = "pituus-0=168&kenka-0=39&pituus-1=168&kenka-1=39&rivit=2&ehdota=1"
    page = browser.get(f"/perhe?{DAYS}&{two}").text
    assert page.count("<b>Sukset 190 cm</b>") == 1
    assert "Meillä ei ole kaikille sopivaa" in page
    assert "Varaa kaikki" not in page


def test_other_days_are_offered_where_all_of_it_is_free(
    browser: Browser, make: Make, store: Store
) -> None:
    make.reservation(store.poles, date(2026, 3, 2), date(2026, 3, 4), size="140 cm")
    chosen = f"v-0-2={store.poles.id}:140+cm"
    page = browser.get(f"/perhe?{DAYS}&pituus-0=168&kenka-0=39&rivit=1&ehdota=1&{chosen}").text
    assert "alku=2026-03-05" in page or "alku=2026-03-06" in page


def fields_of(page: str) -> dict[str, str]:
    """Return the hidden fields of the form that reserves."""
    form = page.partition('id="reserve"')[2]
    pieces = form.split('<input type="hidden" name="')[1:]
    named = (piece.partition('" value="') for piece in pieces)
    return {name: rest.partition('"')[0] for name, _sign, rest in named}


def test_all_sets_become_one_reservation(app: Lainaamo, browser: Browser, store: Store) -> None:
    page = browser.get(f"/perhe?{DAYS}&{PAIR}").text
    who = {"first_name": "Minna", "contact": "minna@example.fi", "agree": "yes"}
    sent = {**fields_of(page), **who, "nimi-0": "Aino"}
    answer = browser.post("/perhe/varaukset", data=sent)
    assert answer.status_code == 303
    with app.app_context():
        assert len(session.scalars(select(Reservation.id)).all()) == 1
        assert session.scalars(select(Bundle.for_name).order_by(Bundle.id)).all() == ["Aino", None]
        lines = session.scalars(select(Line.size).order_by(Line.id)).all()
        assert lines == ["120 cm", "30", "95 cm", "190 cm", "39", "140 cm"]


def test_one_s_own_children_need_not_be_written(
    signed_in: SignedIn, make: Make, app: Lainaamo, store: Store
) -> None:
    person = make.person("resident", first_name="Minna")
    make.child(person, "Aino", height_cm=112, shoe_size=30)
    me = signed_in("resident", person_id=person.id)
    page = me.get("/perhe").text
    assert "<h2>Aino</h2>" in page
    assert 'value="112"' in page
    page = me.get(f"/perhe?{DAYS}&pituus-0=112&kenka-0=30&rivit=1&ehdota=1").text
    answer = me.post("/perhe/varaukset", data={**fields_of(page), "for_whom": "me", "agree": "yes"})
    assert answer.status_code == 303
    with app.app_context():
        assert session.scalars(select(Bundle.for_name)).all() == ["Aino"]


def test_no_name_stands_in_an_address(browser: Browser, store: Store) -> None:
    page = browser.get(f"/perhe?{DAYS}&{PAIR}").text
    get_form = page.partition('method="get" action="/perhe"')[2].partition("</form>")[0]
    assert "nimi" not in get_form


@pytest.mark.parametrize(
    "asked",
    [
        "ehdota=1",
        f"{DAYS}&ehdota=1",
        f"{DAYS}&ehdota=1&pituus-0=9999",
        f"{DAYS}&ehdota=1&pituus-0={'1' * 10_000}",
        "ehdota=1&puuha=x&alku=x&loppu=&rivit=999999999999999999999",
    ],
)
def test_what_is_missing_is_asked_again(browser: Browser, store: Store, asked: str) -> None:
    assert browser.get(f"/perhe?{asked}").status_code == 422


def test_who_does_not_agree_keeps_what_was_chosen(browser: Browser, store: Store) -> None:
    page = browser.get(f"/perhe?{DAYS}&{PAIR}").text
    sent = {**fields_of(page), "first_name": "Minna", "contact": "", "nimi-0": "Aino"}
    answer = browser.post("/perhe/varaukset", data=sent)
    assert answer.status_code == 422
    assert 'value="Aino"' in answer.text
    assert "<b>Sukset 120 cm</b>" in answer.text


def test_a_house_without_such_things_says_so(browser: Browser) -> None:
    assert "Etsi lainattavaa" in browser.get("/perhe").text
