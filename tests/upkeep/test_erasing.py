"""Being forgotten: no trace of the name is left, and the goods keep their history."""

import io
import json
import zipfile
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.orm import Base
from lainaamo.core.web import Lainaamo
from lainaamo.lending import blocks
from lainaamo.lending.models import Loan, Reservation
from lainaamo.people.models import Person
from lainaamo.upkeep import actions, erasing, erasures, own_copy, worker
from tests.conftest import AtOnce, SignedIn
from tests.doors.test_own import newest_code
from tests.make import Make

TUE, FRI = date(2026, 3, 3), date(2026, 3, 6)
NAME, EMAIL, PHONE = "Zygmunt", "zygmunt.outo@example.fi", "+358449998877"


def resident(make: Make) -> Person:
    return make.person("resident", first_name=NAME, email=EMAIL, phone=PHONE)


def traces(app: Lainaamo, *words: str) -> dict[str, str]:
    """Return the rows of the whole database in which one of these words stands."""
    found = {}
    with app.app_context():
        for name, table in Base.metadata.tables.items():
            for row in session.execute(select(table)):
                text = repr(tuple(row)).lower()
                if any(word.lower() in text for word in words):
                    found[name] = text
    return found


def a_life(app: Lainaamo, make: Make, signed_in: SignedIn) -> Person:
    """Let somebody do all that leaves a name behind."""
    one, kind = resident(make), make.kind("Sukset")
    items = [make.item(kind) for _n in range(3)]
    make.card(one)
    make.child(one, "Zygmuntin lapsi", height_cm=120)
    make.feed(person_id=one.id)
    make.loan(items[0], FRI, person=one)
    make.taken_back(items[0])
    make.reservation(kind, TUE, FRI, person=one)
    waited = make.kind("Luistimet")
    make.loan(make.item(waited), FRI)
    make.wait(waited, one)
    make.feedback(text="Terveisin Zygmunt", reply_to=EMAIL)
    make.found_report(items[1], "Zygmuntin pihalla", contact=EMAIL)
    make.donation(items[1], first_name=NAME, phone=PHONE)
    make.link(EMAIL)
    with app.app_context(), transaction():
        row = session.get_one(Person, one.id)
        blocks.block(row, "late", last_day=FRI)
    browser = signed_in("resident", person_id=one.id)
    browser.post("/omat/yhteystieto", data={"contact": "uusi.zygmunt@example.fi"})
    browser.post("/omat/nimi", data={"first_name": NAME, "_key": "k" * 22})
    # A page kept for a repeat of its request names the person.
    browser.post("/omat/jatko", data={"_key": "r" * 22})
    worker.work_once(app)
    return one


def leave(app: Lainaamo, signed_in: SignedIn, person_id: int) -> int:
    browser = signed_in("resident", person_id=person_id)
    asked = browser.post("/omat/poisto/koodi")
    assert asked.location == "/omat/poisto/vahvistus"
    assert "Kirjoita koodi" in browser.get(asked.location).text
    answer = browser.post("/omat/poisto/vahvistus", data={"code": newest_code(app)})
    return answer.status_code


def test_no_trace_of_the_name_is_left_anywhere(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    one = a_life(app, make, signed_in)
    assert traces(app, NAME, "449998877")
    assert leave(app, signed_in, one.id) == 303
    worker.work_once(app)
    assert traces(app, NAME, EMAIL, "449998877") == {}
    with app.app_context():
        mine = (Loan.person_id == one.id, Loan.for_name != "")
        assert session.scalars(select(Loan).where(*mine)).all() == []


def test_every_table_that_names_a_person_is_told_of_and_forgotten() -> None:
    naming = {
        table.name
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "person"
    }
    forgotten = {table.__tablename__ for table in (*erasing.DROPPED, *erasing.CUT)}
    assert naming == forgotten | erasing.STAY_EMPTY | {"item"}
    assert naming - own_copy.TABLES == {"item", "claim_ending", "serving"}


def test_the_goods_keep_their_history_and_the_sessions_end(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    one = resident(make)
    item = make.item(make.kind("Sukset"))
    loan = make.loan(item, FRI, person=one)
    make.taken_back(item)
    browser = signed_in("resident", person_id=one.id)
    assert leave(app, signed_in, one.id) == 303
    assert browser.get("/omat").location == "/omat/tulo"
    kept = make.again(loan)
    assert kept.for_name == ""
    assert kept.returned_at is not None
    assert make.again(one).erased_at is not None
    assert "Sukset" in signed_in("counter").get(f"/tavarat/{make.sign(item)}").text


def test_who_has_a_thing_is_told_to_bring_it_first(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    one = resident(make)
    make.loan(make.item(make.kind()), FRI, person=one)
    browser = signed_in("resident", person_id=one.id)
    assert "Palauta" in browser.get("/omat/poisto").text
    assert browser.post("/omat/poisto/koodi").status_code == 409
    assert make.again(one).erased_at is None


def test_who_works_here_is_sent_to_the_administrator(make: Make, signed_in: SignedIn) -> None:
    browser = signed_in("counter")
    assert browser.post("/omat/poisto/koodi").status_code == 409


def test_what_is_reserved_is_free_again(app: Lainaamo, make: Make, signed_in: SignedIn) -> None:
    one, kind = resident(make), make.kind()
    make.item(kind)
    made = make.reservation(kind, TUE, FRI, person=one)
    assert leave(app, signed_in, one.id) == 303
    assert [line.ended_as for line in make.lines(made)] == ["cancelled"]
    make.reservation(kind, TUE, FRI)


def test_a_wrong_code_erases_nothing(app: Lainaamo, make: Make, signed_in: SignedIn) -> None:
    one = resident(make)
    browser = signed_in("resident", person_id=one.id)
    browser.post("/omat/poisto/koodi")
    answer = browser.post("/omat/poisto/vahvistus", data={"code": "000 00x"})
    assert answer.status_code == 422
    assert make.again(one).erased_at is None
    # A code that was sent for something else does not do either.
    browser.post("/omat/yhteystieto", data={"contact": "toinen@example.fi"})
    code = newest_code(app)
    assert browser.post("/omat/poisto/vahvistus", data={"code": code}).status_code == 422


def test_the_code_of_another_browser_erases_nothing(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    one, other = resident(make), signed_in("resident")
    signed_in("resident", person_id=one.id).post("/omat/poisto/koodi")
    code = newest_code(app)
    other.post("/omat/poisto/vahvistus", data={"code": code})
    fresh = signed_in("resident", person_id=one.id)
    assert fresh.post("/omat/poisto/vahvistus", data={"code": code}).status_code == 422
    assert make.again(one).erased_at is None


def test_of_two_presses_at_once_one_erases(
    app: Lainaamo, make: Make, signed_in: SignedIn, at_once: AtOnce
) -> None:
    one = resident(make)
    with app.app_context():
        person_id = one.id
    results = []

    def erase(_browser: object) -> bool:
        with app.app_context():
            try:
                with transaction():
                    erasing.erase(person_id)
            except Exception as error:  # noqa: BLE001 - told below
                results.append(error)
                return False
            return True

    done = at_once(2, erase)
    assert any(done), results
    assert make.again(one).first_name == ""


def test_the_desk_forgets_who_asks_at_the_counter(make: Make, signed_in: SignedIn) -> None:
    one, desk = resident(make), signed_in("counter")
    assert NAME in desk.get(f"/tiski/lainaajat/{one.id}/poisto").text
    answer = desk.post(f"/tiski/lainaajat/{one.id}/poisto")
    assert answer.status_code == 303
    assert "on poistettu" in desk.get(answer.location).text
    assert desk.get(f"/tiski/lainaajat/{one.id}").status_code == 404
    assert signed_in("worker").get(f"/tiski/lainaajat/{one.id}/poisto").status_code == 403


def test_who_was_forgotten_may_come_again_as_somebody_new(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    one = resident(make)
    assert leave(app, signed_in, one.id) == 303
    assert resident(make).id != one.id


# A copy


def copy_of(make: Make, signed_in: SignedIn, one: Person) -> dict[str, str]:
    answer = signed_in("resident", person_id=one.id).post("/omat/tiedot.zip")
    assert answer.content_type == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_a_copy_tells_all_that_is_kept(app: Lainaamo, make: Make, signed_in: SignedIn) -> None:
    one = a_life(app, make, signed_in)
    files = copy_of(make, signed_in, one)
    told = json.loads(files["data.json"])["sections"]
    empty = {code for code, section in told.items() if not section["rows"]}
    work = {"agreements", "day_marks"}
    assert empty == {"renewals", "claims", "answers", "permits"} | work
    page = files["lue-minut.html"]
    for words in (NAME, EMAIL, "Zygmuntin lapsi", "Sukset", "Luistimet", "Terveisin", "pihalla"):
        assert words in page
    assert "Sukset" in files["loans.csv"]


def test_a_copy_holds_nothing_of_others_and_opens_no_door(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    one = a_life(app, make, signed_in)
    other = make.person("resident", first_name="Salaperäinen")
    make.loan(make.item(make.kind("Salatut luistimet")), FRI, person=other)
    whole = "".join(copy_of(make, signed_in, one).values())
    assert "Sala" not in whole
    with app.app_context():
        made = session.scalars(select(Reservation)).first()
        assert made is not None
        assert made.link_nonce not in whole


def test_a_copy_speaks_the_persons_language(make: Make, signed_in: SignedIn) -> None:
    one = make.person("resident", first_name="Åsa", email="asa@example.fi", locale="sv")
    answer = signed_in("counter").post(f"/tiski/lainaajat/{one.id}/tiedot.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        told = json.loads(archive.read("data.json"))
    assert told["sections"]["loans"]["title"] == "Lån"


def test_no_cell_of_a_copy_is_a_formula(make: Make, signed_in: SignedIn) -> None:
    one = make.person("resident", first_name="=1+1", email=EMAIL)
    assert ";'=1+1" in copy_of(make, signed_in, one)["me.csv"]


# The keep-time


@pytest.mark.parametrize(("days", "name"), [(364, NAME), (366, "")])
def test_who_borrowed_is_forgotten_a_year_after_the_return(
    app: Lainaamo, make: Make, days: int, name: str
) -> None:
    one, item = resident(make), make.item(make.kind())
    loan = make.loan(item, FRI, person=one)
    make.taken_back(item)
    with clock.at(clock.now() + timedelta(days=days)), app.app_context():
        actions.forget_old_loans()
    assert make.again(loan).for_name == name


def test_what_is_still_out_is_remembered_however_long(app: Lainaamo, make: Make) -> None:
    one, kind = resident(make), make.kind()
    make.item(kind)
    loan = make.loan(make.item(kind), FRI, person=one)
    with clock.at(clock.now() + timedelta(days=2000)), app.app_context():
        actions.forget_old_loans()
    assert make.again(loan).for_name == NAME
    assert make.again(one).first_name == NAME


def test_who_has_nothing_left_here_is_forgotten_too(app: Lainaamo, make: Make) -> None:
    one, boss = resident(make), make.person("administrator")
    worker_ = make.person("worker", number=7)
    with clock.at(clock.now() + timedelta(days=366)), app.app_context():
        actions.forget_old_loans()
    assert make.again(one).erased_at is not None
    assert make.again(boss).erased_at is None
    assert make.again(worker_).erased_at is None


# A restored house


def test_a_restored_house_forgets_again_and_nobody_else(app: Lainaamo, make: Make) -> None:
    one = resident(make)
    item = make.item(make.kind())
    make.loan(item, FRI, person=one)  # was still out when the backup was made
    settings = app.config["SETTINGS"]
    done_at = "2026-03-02T10:00:00+00:00"
    made_at = one.made_at.isoformat()
    other = make.person("resident", first_name="Aino")
    wrong = erasures.Erasure(other.id, datetime(2020, 1, 1, tzinfo=clock.HELSINKI).isoformat(), "")
    with app.app_context():
        erasures.note(settings, [erasures.Erasure(one.id, made_at, done_at), wrong])
        assert erasures.forget_again(settings) == 1
        assert erasures.forget_again(settings) == 0
    assert traces(app, NAME, EMAIL) == {}
    assert make.again(other).first_name == "Aino"


def test_the_list_beside_the_backups_holds_numbers_only(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    one = resident(make)
    leave(app, signed_in, one.id)
    worker.work_once(app)
    worker.work_once(app)
    settings = app.config["SETTINGS"]
    noted = erasures.noted(settings)
    assert [each.person_id for each in noted] == [one.id]
    text = (settings.folder / "backups" / erasures.NAME).read_text()
    assert NAME not in text
