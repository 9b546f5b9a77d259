"""A borrower is chosen at the desk, stays named on it, and each scan hands out to them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.journal import Entry
from lainaamo.core.web import Lainaamo
from lainaamo.desk import serving
from lainaamo.goods import actions as goods
from lainaamo.lending.models import Loan
from lainaamo.people.models import Person
from tests.conftest import SignedIn
from tests.desk.conftest import FRIDAY, TODAY, Desk
from tests.make import Make

TOKEN = re.compile(r'name="lainaaja" value="([^"]+)"')
LOAN = "lainaus"


@pytest.fixture
def aino(make: Make) -> Person:
    return make.person("resident", first_name="Aino", phone="+358401234567")


def card_of(app: Lainaamo, person: Person) -> str:
    with app.app_context(), transaction():
        return goods.label_person(person.id)


def token_in(page: Any) -> str:
    found = TOKEN.search(page.text)
    assert found is not None, "nobody is served"
    return found[1]


def names(desk: Desk, text: str) -> Any:
    """Type a name in the mode of lending; the browser carries the words on by itself."""
    answer = desk.send("/tiski/skannaukset", code=text, tila=LOAN)
    assert (answer.status_code, answer.location) == (307, "/tiski/haku")
    return desk.send("/tiski/haku", code=text, tila=LOAN)


def loans(app: Lainaamo) -> list[tuple[int, int | None]]:
    with app.app_context():
        wanted = select(Loan.item_id, Loan.person_id).order_by(Loan.id)
        return [(item, person) for item, person in session.execute(wanted)]


@pytest.mark.parametrize("mode", ["palautus", LOAN, "hyllytys"])
def test_a_card_starts_handing_out_and_each_scan_goes_on(
    app: Lainaamo, desk: Desk, make: Make, aino: Person, mode: str
) -> None:
    first, second = make.item(), make.item()
    page = desk.scan(card_of(app, aino), mode)
    assert '<h2 id="borrower">Aino</h2>' in page.text
    assert "Nothing on loan" in page.text
    page = desk.scan(make.sign(first), LOAN, lainaaja=token_in(page))
    assert "Lent" in page.text
    assert "1 thing on loan" in page.text
    page = desk.scan(make.sign(second), LOAN, lainaaja=token_in(page))
    assert "2 things on loan" in page.text
    assert loans(app) == [(first.id, aino.id), (second.id, aino.id)]


@pytest.mark.parametrize("typed", ["040 123 4567", "+358 40 1234567", "0401234567"])
def test_a_number_says_who_it_is(
    app: Lainaamo, desk: Desk, make: Make, aino: Person, typed: str
) -> None:
    page = desk.scan(typed)
    assert '<h2 id="borrower">Aino</h2>' in page.text
    assert "1234567" not in page.text
    with app.app_context():
        opened = select(Entry.thing_id).where(Entry.verb == "borrower.opened")
        assert session.scalars(opened).all() == [aino.id]


def test_a_number_of_nobody_leads_to_a_new_borrower(desk: Desk) -> None:
    page = desk.scan("040 999 8888")
    assert page.status_code == 409
    assert 'name="q" value="040 999 8888"' in page.text
    page = desk.press("/tiski/lainaajat/haku", q="040 999 8888")
    assert 'name="contact" type="text" value="040 999 8888"' in page.text


@pytest.mark.parametrize("typed", ["Aino", "ain", "AINO"])
def test_a_name_is_pointed_at_before_anybody_is_served(
    app: Lainaamo, desk: Desk, make: Make, aino: Person, typed: str
) -> None:
    page = names(desk, typed)
    assert "040 ••• 4567" in page.text
    assert 'id="borrower"' not in page.text
    with app.app_context():
        seen = select(Entry.thing_id).where(Entry.verb == "borrower.found")
        assert aino.id in session.scalars(seen).all()
    page = desk.press("/tiski/lainaaja", person=str(aino.id), tila=LOAN)
    assert '<h2 id="borrower">Aino</h2>' in page.text


def test_a_name_that_looks_like_a_torn_code_is_a_name(desk: Desk, make: Make) -> None:
    make.person("resident", first_name="Maija")
    assert "Maija" in names(desk, "Maija").text


def test_an_answer_that_names_people_has_no_address(desk: Desk, make: Make, aino: Person) -> None:
    assert names(desk, "Aino").status_code == 200
    assert desk.open("/tiski/haku").location == "/tiski?tila=lainaus"


def test_in_other_modes_a_name_shows_nobody(desk: Desk, make: Make, aino: Person) -> None:
    for mode in ("palautus", "hyllytys", "katso"):
        page = desk.scan("Aino", mode)
        assert "•••" not in page.text
        assert 'action="/tiski/lainaajat/haku"' in page.text


def test_a_thing_in_hand_waits_for_its_borrower(
    app: Lainaamo, desk: Desk, make: Make, aino: Person
) -> None:
    item = make.item()
    sign = make.sign(item)
    assert "Who borrows?" in desk.scan(sign, LOAN).text
    page = desk.scan(card_of(app, aino), LOAN, nyt=sign)
    assert "Lend to Aino" in page.text
    assert 'name="first_name"' not in page.text
    desk.scan(sign, LOAN, lainaaja=token_in(page))
    assert loans(app) == [(item.id, aino.id)]


def test_after_two_minutes_nobody_is_served_and_nothing_is_lent(
    app: Lainaamo, desk: Desk, make: Make, aino: Person
) -> None:
    item = make.item()
    token = token_in(desk.scan(card_of(app, aino)))
    with clock.at(clock.now() + serving.LASTS):
        page = desk.scan(make.sign(item), LOAN, lainaaja=token)
        assert "No borrower is chosen any more." in page.text
        assert "Who borrows?" in page.text
        assert 'id="borrower"' not in page.text
    assert loans(app) == []


def test_each_hand_out_gives_two_minutes_more(
    app: Lainaamo, desk: Desk, make: Make, aino: Person
) -> None:
    token = token_in(desk.scan(card_of(app, aino)))
    for number in range(1, 4):
        with clock.at(clock.now() + number * (serving.LASTS - timedelta(seconds=1))):
            token = token_in(desk.scan(make.sign(make.item()), LOAN, lainaaja=token))
    assert len(loans(app)) == 3


def test_who_takes_the_next_turn_serves_nobody(
    app: Lainaamo, desk: Desk, make: Make, signed_in: SignedIn, aino: Person
) -> None:
    token = token_in(desk.scan(card_of(app, aino)))
    other = Desk(signed_in("counter"))
    page = other.scan(make.sign(make.item()), LOAN, lainaaja=token)
    assert 'id="borrower"' not in page.text
    assert loans(app) == []


@pytest.mark.parametrize("change", [1, -1])
def test_a_token_that_was_changed_serves_nobody(
    app: Lainaamo, desk: Desk, make: Make, aino: Person, change: int
) -> None:
    person, ends, signature = token_in(desk.scan(card_of(app, aino))).split(".")
    forged = [
        f"{int(person) + change}.{ends}.{signature}",
        f"{person}.{int(ends) + 60}.{signature}",
        f"{person}.{ends}.{signature[::-1]}",
        f"{person}.{ends}",
        "..",
        "x" * 10_000,
        "Ä.Ö.Å",
    ]
    for token in forged:
        page = desk.scan(make.sign(make.item()), LOAN, lainaaja=token)
        assert page.status_code == 200
        assert 'id="borrower"' not in page.text
    assert loans(app) == []


def test_in_another_mode_the_borrower_takes_no_part(
    app: Lainaamo, desk: Desk, make: Make, aino: Person
) -> None:
    token = token_in(desk.scan(card_of(app, aino)))
    page = desk.scan(make.sign(make.item()), "palautus", lainaaja=token)
    assert 'id="borrower"' not in page.text
    assert loans(app) == []


def test_an_undo_keeps_the_borrower(app: Lainaamo, desk: Desk, make: Make, aino: Person) -> None:
    token = token_in(desk.scan(card_of(app, aino)))
    page = desk.scan(make.sign(make.item()), LOAN, lainaaja=token)
    step = re.search(r'name="step" value="(\d+)"', page.text)
    assert step is not None
    fields = {"step": step[1], "tila": LOAN, "lainaaja": token_in(page)}
    page = desk.press("/tiski/peruutukset", **fields)
    assert '<h2 id="borrower">Aino</h2>' in page.text
    assert loans(app) == []


def test_a_thing_that_is_out_already_is_shown_and_not_refused(
    app: Lainaamo, desk: Desk, make: Make, aino: Person
) -> None:
    item = make.item()
    make.loan(item, FRIDAY)
    token = token_in(desk.scan(card_of(app, aino)))
    page = desk.scan(make.sign(item), LOAN, lainaaja=token)
    assert page.status_code == 200
    assert "It is lent already." in page.text
    assert len(loans(app)) == 1


def test_more_than_the_terms_allow_is_lent_with_a_reason_in_the_same_place(
    app: Lainaamo, desk: Desk, make: Make, aino: Person
) -> None:
    make.terms(at_once=1)
    kind = make.kind()
    first, second = make.item(kind), make.item(kind)
    token = token_in(desk.scan(card_of(app, aino)))
    token = token_in(desk.scan(make.sign(first), LOAN, lainaaja=token))
    page = desk.scan(make.sign(second), LOAN, lainaaja=token)
    assert page.status_code == 409
    assert "Lend anyway, because" in page.text
    assert '<h2 id="borrower">Aino</h2>' in page.text
    desk.scan(make.sign(second), LOAN, lainaaja=token_in(page), reason="agreed")
    assert len(loans(app)) == 2


def test_the_borrowers_own_reservation_is_fetched_and_shown(
    app: Lainaamo, desk: Desk, make: Make, aino: Person
) -> None:
    kind = make.kind()
    item = make.item(kind)
    made = make.reservation(kind, TODAY, FRIDAY, person=aino)
    page = desk.scan(card_of(app, aino))
    assert f'href="/tiski/varaukset/{made.id}"' in page.text
    desk.scan(make.sign(item), LOAN, lainaaja=token_in(page))
    assert [line.ended_as for line in make.lines(made)] == ["fetched"]


def test_the_desk_shows_no_more_of_a_borrower_than_it_needs(
    app: Lainaamo, desk: Desk, make: Make, aino: Person
) -> None:
    make.loan(make.item(make.kind("Salaiset sukset")), FRIDAY, person=aino)
    page = desk.scan(card_of(app, aino)).text
    answer = page[page.index('id="served"') : page.index('id="scan"')]
    assert "Salaiset" not in answer
    assert "4567" not in answer


@pytest.mark.parametrize("person", ["", "x", "-1", "9" * 40, "4711"])
def test_nobody_is_served_who_is_not_there(desk: Desk, person: str) -> None:
    assert desk.press("/tiski/lainaaja", person=person).status_code == 404


@pytest.mark.parametrize("text", ["x" * 10_000, "'; DROP TABLE person", "%%%", "متجر", "a\tb c"])
def test_any_words_are_answered(desk: Desk, text: str) -> None:
    for mode in ("palautus", "katso"):
        assert desk.scan(text, mode).status_code in {200, 409}
    assert desk.send("/tiski/haku", code=text, tila=LOAN).status_code in {200, 409}
