"""One's own ways in: the list of sessions and the password."""

import pytest
from sqlalchemy import select

from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.web import Lainaamo
from lainaamo.people import staff
from lainaamo.people.models import Person, SignIn
from lainaamo.people.proofs import check_password
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

OLD, NEW = "vanha hyvä salasana", "täysin uusi lause"
PATH = "/oma-tili/salasana"


@pytest.fixture
def tiina(make: Make) -> Person:
    return make.person("counter", first_name="Tiina", email="tiina@example.fi", password=OLD)


def is_in(browser: Browser) -> bool:
    return browser.get("/oma-tili").status_code == 200


def test_a_new_password_ends_the_other_sessions_and_goes_on_here(
    tiina: Person, signed_in: SignedIn, browser: Browser
) -> None:
    here, there = (signed_in("counter", person_id=tiina.id) for _ in range(2))
    assert here.post(PATH, data={"old": OLD, "password": NEW}).status_code == 303
    assert (is_in(here), is_in(there)) == (True, False)
    form = {"name": "tiina@example.fi", "password": NEW}
    assert browser.post("/kirjautuminen", data=form).status_code == 303


@pytest.mark.parametrize(
    ("old", "new"), [("wrong", NEW), ("", NEW), (OLD, ""), (OLD, "lyhyt"), (OLD, "salasana1234")]
)
def test_nothing_changes_without_the_old_one_and_a_good_new_one(
    tiina: Person, signed_in: SignedIn, old: str, new: str
) -> None:
    here, there = (signed_in("counter", person_id=tiina.id) for _ in range(2))
    page = here.post(PATH, data={"old": old, "password": new})
    assert page.status_code == 422
    assert is_in(there)


def test_who_sits_at_an_open_session_cannot_guess_the_password_for_ever(
    tiina: Person, signed_in: SignedIn
) -> None:
    here = signed_in("counter", person_id=tiina.id)
    codes = [
        here.post(PATH, data={"old": f"no {n}", "password": NEW}).status_code for n in range(12)
    ]
    assert codes == [422] * 10 + [409] * 2


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "            ",
        "aaaaaaaaaaaa",
        "ababababababab",
        "Salasana1234",
        "password123456",
        "QWERTYUIOP12",
        "tiinatiina12",
        "x" * 1001,
    ],
)
def test_a_password_that_others_guess_is_refused(password: str) -> None:
    with pytest.raises(Refusal):
        check_password(password, name="tiina@example.fi")


@pytest.mark.parametrize(
    "password",
    [
        "suksi sauva lumi jää",
        "Xk7-29fh-Qw3p",
        "чотири простих слова",
        "四つの言葉を並べてみると長い",
        "🦊 ketut juoksevat",
    ],
)
def test_any_script_makes_a_password(password: str) -> None:
    check_password(password, name="tiina@example.fi")


def test_the_same_letters_from_another_keyboard_are_the_same_password(
    make: Make, browser: Browser
) -> None:
    make.person("counter", email="a@example.fi", password="a\u0308iti ja isa\u0308 kotona")
    form = {"name": "a@example.fi", "password": "äiti ja isä kotona"}
    assert browser.post("/kirjautuminen", data=form).status_code == 303


def test_one_ends_ones_own_sessions_and_nobody_elses(
    app: Lainaamo, tiina: Person, signed_in: SignedIn
) -> None:
    here, there = (signed_in("counter", person_id=tiina.id) for _ in range(2))
    stranger = signed_in("counter")
    with app.app_context():
        ids = {row.id: row.person_id for row in session.scalars(select(SignIn).order_by(SignIn.id))}
    mine = [one for one, owner in ids.items() if owner == tiina.id]
    [theirs] = [one for one, owner in ids.items() if owner != tiina.id]
    page = here.get("/oma-tili/istunnot").text
    assert all(f"/istunnot/{one}/paattyminen" in page for one in mine)
    assert f"/istunnot/{theirs}/" not in page
    assert here.post(f"/oma-tili/istunnot/{theirs}/paattyminen").status_code == 404
    assert here.post(f"/oma-tili/istunnot/{mine[1]}/paattyminen").status_code == 303
    assert (is_in(here), is_in(there), is_in(stranger)) == (True, False, True)


# The PIN


@pytest.fixture
def niina(app: Lainaamo, make: Make) -> Person:
    person = make.person("worker", first_name="Niina", number=34)
    with app.app_context(), transaction():
        staff.set_pin(session.get_one(Person, person.id), "290417")
    return person


def test_a_worker_chooses_a_pin_of_her_own_and_goes_on_here(
    niina: Person, signed_in: SignedIn, browser: Browser
) -> None:
    here, there = (signed_in("worker", person_id=niina.id) for _ in range(2))
    assert "Vaihda PIN" in here.get("/oma-tili").text
    answer = here.post("/oma-tili/pin", data={"old": "29 04 17", "pin": "830562"})
    assert answer.status_code == 303
    assert (is_in(here), is_in(there)) == (True, False)
    form = {"name": "34", "password": "830562"}
    assert browser.post("/kirjautuminen", data=form).status_code == 303


@pytest.mark.parametrize(
    ("old", "new"), [("000000", "830562"), ("", "830562"), ("290417", "1234"), ("290417", "34")]
)
def test_the_pin_stays_without_the_old_one_and_a_good_new_one(
    niina: Person, signed_in: SignedIn, old: str, new: str
) -> None:
    here, there = (signed_in("worker", person_id=niina.id) for _ in range(2))
    assert here.post("/oma-tili/pin", data={"old": old, "pin": new}).status_code == 422
    assert is_in(there)


def test_who_finds_an_open_session_cannot_guess_the_pin_for_ever(
    niina: Person, signed_in: SignedIn
) -> None:
    here = signed_in("worker", person_id=niina.id)
    tries = [
        here.post("/oma-tili/pin", data={"old": f"{n:04}", "pin": "830562"}) for n in range(12)
    ]
    assert [one.status_code for one in tries] == [422] * 10 + [409] * 2
