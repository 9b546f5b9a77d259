"""Administering people: roles, invitations, coming and leaving, each with its history."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from lainaamo.administration.actions import edit
from lainaamo.administration.units import UNIT
from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.journal import Entry
from lainaamo.core.secrets import installation_key
from lainaamo.core.web import Lainaamo
from lainaamo.people import actions, queries, registry, staff
from lainaamo.people.models import Grant, Invitation, Person
from lainaamo.people.registry import PAGE, Sought
from lainaamo.upkeep import worker
from tests.administration.conftest import Office
from tests.conftest import AtOnce, SignedIn
from tests.make import Make
from tests.strict import Browser

HOME = "/hallinta/kayttajat"
PASSWORD = "neljä sanaa ja piste"


@pytest.fixture
def admin(signed_in: SignedIn) -> Browser:
    return signed_in("administrator")


def made_id(answer: TestResponse) -> int:
    return int(urlsplit(answer.location).path.rpartition("/")[2])


def undo(browser: Browser, page: str) -> TestResponse:
    """Press the newest change's undo."""
    found = re.search(r'action="([^"]+/muutokset/\d+/peruminen)"', browser.get(page).text)
    assert found is not None
    return browser.post(found[1])


def grants(app: Lainaamo, person_id: int) -> list[tuple[str, int | None]]:
    with app.app_context():
        wanted = select(Grant.role, Grant.unit_id).where(Grant.person_id == person_id)
        rows = session.execute(wanted.where(Grant.ended_at.is_(None)).order_by(Grant.id))
        return [(role, unit_id) for role, unit_id in rows]


def invited(app: Lainaamo, person: Person) -> str:
    key = installation_key(app.config["SETTINGS"])
    with app.app_context(), transaction():
        made = staff.invite(session.get_one(Person, person.id), key=key)
        return staff.invitation_token(key, made.nonce)


# Workers


def test_a_supervisor_writes_a_worker_down_and_the_number_comes_by_itself(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    make.person("worker", number=41)
    boss = signed_in("supervisor")
    form = {"first_name": "Юрій", "pin": "290417"}
    page = boss.get(boss.post(f"{HOME}/uusi-tyontekija", data=form).location).text
    assert "Юрій" in page
    assert ">42<" in page
    sign_in = {"name": "42", "password": "290417"}
    assert app.test_client().post("/kirjautuminen", data=sign_in).location == "/tiski"


@pytest.mark.parametrize(
    "form",
    [
        {"first_name": "", "pin": "290417"},
        {"first_name": "Arto", "pin": "123456"},
        {"first_name": "Arto", "pin": ""},
        {"first_name": "x" * 10_000, "pin": "290417"},
        {"first_name": "Arto", "pin": "2" * 10_000},
        {},
    ],
    ids=str,
)
def test_what_is_wrong_is_said_and_the_name_stays(
    signed_in: SignedIn, form: dict[str, str]
) -> None:
    page = signed_in("supervisor").post(f"{HOME}/uusi-tyontekija", data=form)
    assert page.status_code == 422
    if form.get("first_name"):
        assert form["first_name"] in page.text
    assert form.get("pin", "") not in page.text or not form.get("pin")


def test_ten_at_once_get_ten_numbers(app: Lainaamo, make: Make, at_once: AtOnce) -> None:
    make.person("worker", number=7)

    def add(browser: Browser) -> int | None:
        with browser.application.app_context(), transaction():
            return staff.add_worker(f"T{browser.number}", pin="290417").number

    assert sorted(at_once(10, add), key=str) == sorted(range(8, 18), key=str)


def test_a_supervisor_looks_after_workers_only(make: Make, signed_in: SignedIn) -> None:
    boss = signed_in("supervisor")
    worker_, counter = make.person("worker", number=5), make.person("counter", first_name="Tiina")
    resident = make.person("resident", first_name="Väinö")
    assert boss.get(f"{HOME}/{worker_.id}").status_code == 200
    for other in (counter, resident):
        for path in ("", "/kortti"):
            assert boss.get(f"{HOME}/{other.id}{path}").status_code == 404
        for path in ("/pin", "/lahto", "/istunnot", "/nimi", "/paluu", "/kortti"):
            form = {"pin": "290417", "first_name": "X"}
            assert boss.post(f"{HOME}/{other.id}{path}", data=form).status_code == 404
    for path in ("/roolit", "/kutsu"):
        assert boss.post(f"{HOME}/{worker_.id}{path}").status_code == 403
    assert "Tiina" not in boss.get(HOME).text


def test_who_is_a_worker_and_more_is_not_the_supervisors_to_change(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    both = make.person("worker", number=5)
    with app.app_context(), transaction():
        actions.grant(session.get_one(Person, both.id), "administrator")
    boss = signed_in("supervisor")
    assert boss.post(f"{HOME}/{both.id}/pin", data={"pin": "290417"}).status_code == 404


# Staff and buyers


def test_an_invited_buyer_gets_a_message_chooses_a_password_and_acts_for_the_unit(
    app: Lainaamo, make: Make, admin: Browser, browser: Browser
) -> None:
    town = make.unit("Kunta")
    school = make.unit("Koulu", parent=town)
    form = {"first_name": "Riikka", "email": "riikka@example.fi", "role": "buyer"}
    made = admin.post(f"{HOME}/uusi", data={**form, "unit": str(town.id)})
    person_id = made_id(made)
    assert grants(app, person_id) == [("buyer", town.id)]
    worker.work_once(app)
    [mail] = (app.config["SETTINGS"].folder / "mail").glob("*.eml")
    text = mail.read_bytes().decode()
    link = re.search(r"/kutsu/[\w=-]+", text.replace("=\n", "").replace("=3D", "="))
    assert link is not None
    assert "Riikka" in browser.get(link[0]).text
    assert browser.post(link[0], data={"password": "lyhyt"}).status_code == 422
    assert browser.post(link[0], data={"password": PASSWORD}).status_code == 303
    assert browser.get("/kierto").status_code == 200
    with app.app_context():
        assert queries.units_of(person_id) == {town.id, school.id}


def test_somebody_known_is_not_written_down_twice(
    app: Lainaamo, make: Make, admin: Browser
) -> None:
    known = make.person("resident", first_name="Aino", email="aino@example.fi")
    form = {"first_name": "A.", "email": "Aino@Example.FI", "role": "counter", "unit": ""}
    assert made_id(admin.post(f"{HOME}/uusi", data=form)) == known.id
    assert grants(app, known.id) == [("resident", None), ("counter", None)]
    assert admin.post(f"{HOME}/uusi", data=form).status_code == 409


@pytest.mark.parametrize(
    "changed",
    [{"email": "ei osoite"}, {"email": "0401234567"}, {"role": "emperor"}, {"unit": "999"}],
    ids=str,
)
def test_what_cannot_be_is_corrected_first(admin: Browser, changed: dict[str, str]) -> None:
    good = {"first_name": "R", "email": "r@example.fi", "role": "buyer", "unit": ""}
    assert admin.post(f"{HOME}/uusi", data={**good, **changed}).status_code == 422


def test_looking_at_an_invitation_uses_nothing_up_and_fifty_at_once_have_one_winner(
    app: Lainaamo, make: Make, at_once: AtOnce, browser: Browser
) -> None:
    link = f"/kutsu/{invited(app, make.person('counter'))}"
    for _ in range(50):
        assert browser.get(link).status_code == 200

    def take(browser: Browser) -> int:
        form = {"password": f"{PASSWORD} {browser.number}"}
        return browser.post(link, data=form).status_code

    codes = at_once(8, take)
    assert codes.count(303) == 1
    assert browser.get(link).status_code == 404


def test_an_invitation_ends_after_a_week_with_a_newer_one_and_when_one_leaves(
    app: Lainaamo, make: Make, browser: Browser
) -> None:
    person = make.person("counter")
    first = invited(app, person)
    with clock.at(clock.now() + timedelta(days=7)):
        assert browser.get(f"/kutsu/{first}").status_code == 404
    second = invited(app, person)
    assert browser.get(f"/kutsu/{first}").status_code == 404
    with app.app_context(), transaction():
        staff.leave(session.get_one(Person, person.id))
    assert browser.get(f"/kutsu/{second}").status_code == 404
    assert browser.post(f"/kutsu/{second}", data={"password": PASSWORD}).status_code in {404, 409}


def test_what_is_kept_of_an_invitation_opens_nothing(app: Lainaamo, make: Make) -> None:
    token = invited(app, make.person("counter"))
    with app.app_context():
        row = session.scalars(select(Invitation)).one()
        assert token not in (row.nonce, row.token_hash)


def test_the_first_administrator_comes_in_by_a_command(app: Lainaamo, browser: Browser) -> None:
    settings = app.config["SETTINGS"]
    for _ in range(2):  # a link that got lost is made anew
        with app.app_context(), transaction():
            path = staff.invite_administrator("Olli@example.fi", "Olli", settings=settings)
    assert browser.post(path, data={"password": PASSWORD}).status_code == 303
    assert browser.get(HOME).status_code == 200
    with app.app_context():
        [grant] = session.scalars(select(Grant)).all()
        assert grant.role == "administrator"


# Roles


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(
    app: Lainaamo, admin: Browser, signed_in: SignedIn
) -> None:
    counter = signed_in("counter")
    assert counter.get("/tiski").status_code == 200
    with app.app_context():
        wanted = select(Grant.id).where(Grant.person_id == counter.person_id)
        grant_id = session.scalars(wanted).one()
    path = f"{HOME}/{counter.person_id}/roolit/{grant_id}/paattyminen"
    assert admin.post(path).status_code == 303
    assert counter.post("/tiski/skannaukset").status_code == 403
    assert counter.get("/tiski").status_code == 303


def test_a_role_of_another_person_is_not_found(app: Lainaamo, make: Make, admin: Browser) -> None:
    mine, other = make.person("worker"), make.person("buyer")
    with app.app_context():
        wanted = select(Grant.id).where(Grant.person_id == other.id)
        grant_id = session.scalars(wanted).one()
    assert admin.post(f"{HOME}/{mine.id}/roolit/{grant_id}/paattyminen").status_code == 404
    assert grants(app, other.id) == [("buyer", None)]


def test_the_last_administrator_stays(app: Lainaamo, admin: Browser) -> None:
    page = admin.post(f"{HOME}/{admin.person_id}/lahto")
    assert page.status_code == 409
    assert "viimeinen pääkäyttäjä" in page.text
    assert grants(app, admin.person_id or 0) == [("administrator", None)]


def test_two_administrators_who_remove_one_another_leave_one(
    app: Lainaamo, make: Make, at_once: AtOnce
) -> None:
    people = [make.person("administrator") for _ in range(2)]

    def remove(browser: Browser) -> bool:
        with browser.application.app_context():
            try:
                with transaction():
                    staff.leave(session.get_one(Person, people[browser.number].id))
            except Refusal:
                return False
            return True

    assert sorted(at_once(2, remove)) == [False, True]
    assert sum(len(grants(app, one.id)) for one in people) == 1


def test_who_comes_back_has_nothing_from_before(
    app: Lainaamo, make: Make, admin: Browser, browser: Browser
) -> None:
    person = make.person("counter", email="t@example.fi", password=PASSWORD)
    admin.post(f"{HOME}/{person.id}/lahto")
    admin.post(f"{HOME}/{person.id}/paluu")
    assert grants(app, person.id) == []
    form = {"name": "t@example.fi", "password": PASSWORD}
    assert browser.post("/kirjautuminen", data=form).status_code == 422


def test_what_happened_is_told_on_the_page_and_the_journal_has_no_names(
    app: Lainaamo, make: Make, admin: Browser
) -> None:
    unit = make.unit("Pikkukosken koulu")
    person = make.person("resident", first_name="Marjatta")
    admin.post(f"{HOME}/{person.id}/roolit", data={"role": "buyer", "unit": str(unit.id)})
    admin.post(f"{HOME}/{person.id}/nimi", data={"first_name": "Marja"})
    page = admin.get(f"{HOME}/{person.id}").text
    assert "Rooli annettu: tilaaja, Pikkukosken koulu" in page
    assert re.search(r"Marjatta</del> <ins>.*?Marja</ins>", page)
    with app.app_context():
        details = session.scalars(select(Entry.details)).all()
    assert "Marja" not in str(details)


# Taking back


def test_a_role_that_was_taken_away_by_mistake_comes_back_by_one_button(
    app: Lainaamo, make: Make, admin: Browser
) -> None:
    school = make.unit("Koulu")
    buyer = make.person("buyer", unit=school)
    with app.app_context():
        grant_id = session.scalars(select(Grant.id).where(Grant.person_id == buyer.id)).one()
    admin.post(f"{HOME}/{buyer.id}/roolit/{grant_id}/paattyminen")
    assert grants(app, buyer.id) == []
    page = admin.get(f"{HOME}/{buyer.id}").text
    assert "tilaaja: Koulu</del>" in page
    assert undo(admin, f"{HOME}/{buyer.id}").status_code == 303
    assert grants(app, buyer.id) == [("buyer", school.id)]


def test_whoever_was_let_go_by_mistake_has_the_roles_again_but_no_password(
    app: Lainaamo, make: Make, admin: Browser, browser: Browser
) -> None:
    person = make.person("counter", email="t@example.fi", password=PASSWORD)
    admin.post(f"{HOME}/{person.id}/lahto")
    assert undo(admin, f"{HOME}/{person.id}").status_code == 303
    assert grants(app, person.id) == [("counter", None)]
    form = {"name": "t@example.fi", "password": PASSWORD}
    assert browser.post("/kirjautuminen", data=form).status_code == 422


def test_a_worker_written_down_by_mistake_leaves_by_one_button(
    app: Lainaamo, signed_in: SignedIn, admin: Browser
) -> None:
    boss = signed_in("supervisor")
    made = boss.post(f"{HOME}/uusi-tyontekija", data={"first_name": "Arto", "pin": "290417"})
    page = f"{HOME}/{made_id(made)}"
    assert "/peruminen" not in boss.get(page).text
    assert undo(admin, page).status_code == 303
    assert grants(app, made_id(made)) == []
    assert "lähtenyt" in admin.get(page).text


def test_a_role_is_not_given_back_over_another_change(make: Make, admin: Browser) -> None:
    person, page = make.person("counter"), f"{HOME}/"
    page += str(person.id)
    admin.post(f"{page}/roolit", data={"role": "supervisor", "unit": ""})
    first = re.findall(r'action="([^"]+/peruminen)"', admin.get(page).text)[-1]
    admin.post(f"{page}/roolit", data={"role": "coordinator", "unit": ""})
    answer = admin.post(first)
    assert answer.status_code == 409
    assert "muutettu" in answer.text


def test_the_changes_of_people_are_shown_to_those_who_give_the_roles_only(
    make: Make, admin: Browser, signed_in: SignedIn
) -> None:
    person = make.person("counter", first_name="Marjatta")
    admin.post(f"{HOME}/{person.id}/nimi", data={"first_name": "Marja"})
    assert "Marja" in admin.get("/hallinta/muutokset").text
    assert "Marja" not in signed_in("coordinator").get("/hallinta/muutokset").text


def test_a_buyer_buys_for_a_unit(make: Make, admin: Browser) -> None:
    person = make.person("resident")
    answer = admin.post(f"{HOME}/{person.id}/roolit", data={"role": "buyer", "unit": ""})
    assert answer.status_code == 422
    assert "yksikkö" in answer.text


# The list


def test_the_list_pages_through_everybody_once(app: Lainaamo, make: Make) -> None:
    names = [f"{name} {n}" for n in range(40) for name in ("Äänekäs", "aino", "Bertta")]
    made = {make.person("counter", first_name=name).id for name in names}
    seen: list[int] = []
    after: int | None = None
    with app.app_context():
        while True:
            rows, after = registry.people(Sought(after=after))
            assert len(rows) <= PAGE
            seen += [row.id for row in rows]
            if after is None:
                break
    assert len(seen) == len(set(seen)) == len(made)


@pytest.mark.parametrize("text", ["rii", "RIIKKA", "example.fi", "%", "_", "'; --", "7" * 400])
def test_searching_finds_or_finds_nobody_and_breaks_nothing(
    make: Make, admin: Browser, text: str
) -> None:
    make.person("counter", first_name="Riikka", email="riikka@example.fi")
    page = admin.get(HOME, query_string={"q": text})
    assert page.status_code == 200
    found = "Riikka</a>" in page.text
    assert found is (text.lower() in "riikka@example.fi")


def test_residents_are_in_no_list_of_the_office(make: Make, admin: Browser) -> None:
    make.person("resident", first_name="Väinö")
    assert "Väinö" not in admin.get(HOME).text
    assert "Väinö" not in admin.get(f"{HOME}?q=Väinö").text.replace('value="Väinö"', "")


# Units


def test_units_are_added_renamed_and_moved_and_a_role_follows(
    app: Lainaamo, make: Make, admin: Browser
) -> None:
    town, school = make.unit("Kunta"), make.unit("Koulu")
    buyer = make.person("buyer", unit=town)
    home = "/hallinta/yksikot"
    added = admin.post(home, data={"name": "Eskari", "parent_id": str(school.id)})
    pre = made_id(added)
    with app.app_context():
        assert queries.units_of(buyer.id) == {town.id}
    office = Office(admin, app)
    moved = office.save(f"{home}/{school.id}", name="Iso koulu", parent_id=str(town.id))
    assert moved.status_code == 303
    with app.app_context():
        assert queries.units_of(buyer.id) == {town.id, school.id, pre}
    page = admin.get(f"{home}/{school.id}").text
    assert re.search(r"Minkä yksikön alla</dt>.*?Kunta</ins>", page)
    assert re.search(r"Koulu</del> <ins>.*?Iso koulu</ins>", page)


def test_a_unit_never_comes_under_itself(app: Lainaamo, make: Make, admin: Browser) -> None:
    town = make.unit("Kunta")
    school = make.unit("Koulu", parent=town)
    for parent in (town, school):
        form = {"name": "Uusi nimi", "parent_id": str(parent.id)}
        page = admin.post(f"/hallinta/yksikot/{town.id}", data=form)
        assert page.status_code == 422
        assert 'value="Uusi nimi"' in page.text
    assert make.again(town).parent_id is None
    assert make.again(town).name == "Kunta"


def test_a_closed_unit_is_offered_to_nobody_and_comes_back_by_one_button(
    app: Lainaamo, make: Make, admin: Browser
) -> None:
    school, page = make.unit("Vanha koulu"), "/hallinta/yksikot"
    boss = make.person("buyer", unit=make.unit("Kunta"))
    assert admin.post(f"{page}/{school.id}/sulkeminen").status_code == 303
    assert "Vanha koulu" not in admin.get(f"{HOME}/uusi").text
    form = {"role": "buyer", "unit": str(school.id)}
    assert admin.post(f"{HOME}/{boss.id}/roolit", data=form).status_code == 422
    assert admin.post(page, data={"name": "A", "parent_id": str(school.id)}).status_code == 422
    assert undo(admin, f"{page}/{school.id}").status_code == 303
    assert "Vanha koulu" in admin.get(f"{HOME}/uusi").text


def test_a_unit_that_somebody_acts_for_stays_in_use(
    app: Lainaamo, make: Make, admin: Browser
) -> None:
    town = make.unit("Kunta")
    make.unit("Koulu", parent=town)
    acted_for = make.unit("Eskari")
    make.person("buyer", unit=acted_for)
    for unit in (town, acted_for):
        assert admin.post(f"/hallinta/yksikot/{unit.id}/sulkeminen").status_code == 409
        assert make.again(unit).closed_at is None


def test_two_moves_at_once_make_no_loop(app: Lainaamo, make: Make, at_once: AtOnce) -> None:
    one, other = make.unit("A"), make.unit("B")
    moves = [(one.id, other.id), (other.id, one.id)]

    def move(browser: Browser) -> bool:
        unit_id, parent_id = moves[browser.number]
        with browser.application.app_context():
            try:
                with transaction():
                    edit(UNIT, unit_id, {"parent_id": parent_id})
            except Refusal:
                return False
            return True

    assert sorted(at_once(2, move)) == [False, True]


def test_a_role_for_the_whole_service_reaches_every_unit_and_an_ended_one_none(
    app: Lainaamo, make: Make
) -> None:
    units = {make.unit(f"U{n}").id for n in range(3)}
    buyer = make.person("buyer")
    with app.app_context():
        assert queries.units_of(buyer.id) == units
        assert queries.units_of(buyer.id, role="coordinator") == frozenset()
        with transaction():
            staff.leave(session.get_one(Person, buyer.id))
        assert queries.units_of(buyer.id) == frozenset()
