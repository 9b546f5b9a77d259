"""One's own page: only one's own things, children, contacts and card."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.outbox import Message
from lainaamo.core.web import Lainaamo
from lainaamo.people import residents
from lainaamo.people.models import Child, ContactProof, Person
from lainaamo.upkeep import actions, worker
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

TUE, FRI = date(2026, 3, 3), date(2026, 3, 6)


def newest_code(app: Lainaamo) -> str:
    with app.app_context():
        wanted = select(ContactProof).order_by(ContactProof.id.desc()).limit(1)
        proof = session.scalars(wanted).one()
        return residents.code_of(proof, app.config["SETTINGS"].secret)


def test_one_sees_ones_own_things_and_nobody_elses(make: Make, signed_in: SignedIn) -> None:
    mine, theirs = make.kind("Omat sukset"), make.kind("Toisen luistimet")
    walked_in = make.kind("Lumikengät")
    for kind in (mine, theirs):
        make.item(kind)
    aino, eetu = make.person("resident"), make.person("resident", first_name="Eetu")
    make.reservation(mine, TUE, FRI, person=aino)
    make.reservation(theirs, TUE, FRI, person=eetu)
    make.loan(make.item(walked_in), FRI, person=aino)
    make.child(eetu, "Salla")
    page = signed_in("resident", person_id=aino.id).get("/omat").text
    assert "Omat sukset" in page
    assert "Lumikengät" in page
    assert "Toisen luistimet" not in page
    assert "Salla" not in page
    assert "Eetu" not in page


def test_what_is_over_stands_below(make: Make, signed_in: SignedIn) -> None:
    aino, item = make.person("resident"), make.item(make.kind("Vanha pulkka"))
    make.loan(item, FRI, person=aino)
    desk = signed_in("worker")
    desk.post("/tiski/skannaukset", data={"code": make.sign(item), "tila": "palautus"})
    page = signed_in("resident", person_id=aino.id).get("/omat").text
    assert "Aiemmat lainat" in page
    assert "Sinulla ei ole nyt lainoja." in page


def test_a_child_is_written_down_changed_and_forgotten(app: Lainaamo, signed_in: SignedIn) -> None:
    browser = signed_in("resident")
    form = {"first_name": "Öykkäri 小明", "height_cm": " 128 ", "shoe_size": ""}
    assert browser.post("/omat/lapset", data=form).status_code == 303
    with app.app_context():
        child = session.scalars(select(Child)).one()
        assert (child.first_name, child.height_cm, child.shoe_size) == ("Öykkäri 小明", 128, None)
        child_id = child.id
    assert 'value="128"' in browser.get(f"/omat/lapset?lapsi={child_id}").text
    grown = {"first_name": "Oona", "height_cm": "135", "shoe_size": "34"}
    assert browser.post(f"/omat/lapset/{child_id}", data=grown).status_code == 303
    assert "135 cm · kengän koko 34" in browser.get("/omat").text
    assert browser.post(f"/omat/lapset/{child_id}/poisto").status_code == 303
    with app.app_context():
        assert session.scalars(select(Child)).all() == []


@pytest.mark.parametrize(
    "form",
    [
        {"first_name": "", "height_cm": "128"},
        {"first_name": "x" * 10_000},
        {"first_name": "Oona", "height_cm": "12"},
        {"first_name": "Oona", "height_cm": "1.2"},
        {"first_name": "Oona", "shoe_size": "99999999999999999999"},
        {"first_name": "Oona", "shoe_size": "-3"},
    ],
)
def test_a_child_with_gaps_is_shown_again(signed_in: SignedIn, form: dict[str, str]) -> None:
    assert signed_in("resident").post("/omat/lapset", data=form).status_code == 422


def test_anothers_child_is_not_there(app: Lainaamo, make: Make, signed_in: SignedIn) -> None:
    child = make.child(make.person("resident"), "Salla")
    browser = signed_in("resident")
    form = {"first_name": "Varas"}
    assert browser.get(f"/omat/lapset?lapsi={child.id}").status_code == 404
    assert browser.get("/omat/lapset?lapsi=x").status_code == 404
    assert browser.post(f"/omat/lapset/{child.id}", data=form).status_code == 404
    assert browser.post(f"/omat/lapset/{child.id}/poisto").status_code == 404
    assert make.again(child).first_name == "Salla"


def test_a_dozen_children_are_enough(signed_in: SignedIn) -> None:
    browser = signed_in("resident")
    codes = [
        browser.post("/omat/lapset", data={"first_name": f"Lapsi {n}"}).status_code
        for n in range(residents.MOST_CHILDREN + 1)
    ]
    assert codes == [303] * residents.MOST_CHILDREN + [409]


def test_a_card_is_made_once_and_never_by_looking(signed_in: SignedIn) -> None:
    browser = signed_in("resident")
    assert "Tee minulle kortti" in browser.get("/omat/kortti").text
    pages = set()
    for _ in range(2):
        assert browser.post("/omat/kortti").status_code == 303
        pages.add(browser.get("/omat/kortti").text.partition("<path")[2].partition("/>")[0])
    assert len(pages) == 1


def test_a_new_contact_is_proven_before_it_replaces_the_old(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    aino = make.person("resident", email="vanha@example.fi")
    browser = signed_in("resident", person_id=aino.id)
    other = signed_in("resident", person_id=aino.id)
    browser.post("/omat/yhteystieto", data={"contact": "uusi@example.fi"})
    assert make.again(aino).email == "vanha@example.fi"
    answer = browser.post("/omat/koodi", data={"code": newest_code(app)})
    assert answer.location == "/omat/tiedot"
    assert make.again(aino).email == "uusi@example.fi"
    assert browser.get("/omat").status_code == 200
    assert other.get("/omat").status_code == 303  # other sessions are over


def test_a_contact_of_somebody_else_is_not_taken(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    aino = make.person("resident", email="aino@example.fi")
    make.person("resident", email="eetu@example.fi")
    browser = signed_in("resident", person_id=aino.id)
    browser.post("/omat/yhteystieto", data={"contact": "eetu@example.fi"})
    page = browser.post("/omat/koodi", data={"code": newest_code(app)})
    assert page.status_code == 409
    assert make.again(aino).email == "aino@example.fi"


def test_one_of_two_contacts_can_go_and_the_last_stays(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    aino = make.person("resident", email="aino@example.fi")
    browser = signed_in("resident", person_id=aino.id)
    drop = {"which": "email"}
    assert browser.post("/omat/yhteystieto/poisto", data=drop).status_code == 409
    browser.post("/omat/yhteystieto", data={"contact": "040 123 4567"})
    browser.post("/omat/koodi", data={"code": newest_code(app)})
    assert browser.post("/omat/yhteystieto/poisto", data=drop).status_code == 303
    kept = make.again(aino)
    assert (kept.email, kept.phone) == (None, "+358401234567")


def test_a_name_and_a_language_are_kept(app: Lainaamo, make: Make, signed_in: SignedIn) -> None:
    aino = make.person("resident")
    browser = signed_in("resident", person_id=aino.id)
    for name in ("", "x" * 10_000):
        assert browser.post("/omat/nimi", data={"first_name": name}).status_code == 422
    browser.post("/omat/nimi", data={"first_name": "عائشة <b>"})
    browser.post("/omat/kieli", data={"kieli": "sv"})
    assert browser.post("/omat/kieli", data={"kieli": "xx"}).status_code == 422
    kept: Person = make.again(aino)
    assert (kept.first_name, kept.locale) == ("عائشة <b>", "sv")
    assert '<html lang="sv"' in browser.get("/omat").text


def test_signing_out_ends_the_session(app: Lainaamo, signed_in: SignedIn) -> None:
    browser = signed_in("resident")
    assert isinstance(browser, Browser)
    browser.post("/uloskirjautuminen")
    assert browser.get("/omat").location == "/omat/tulo"


def told(app: Lainaamo) -> list[str]:
    """Return whom a warning of a changed contact is sent to."""
    with app.app_context():
        wanted = select(Message).where(Message.kind == residents.CHANGED).order_by(Message.id)
        found = session.scalars(wanted).all()
        return [one.payload["email"] or one.payload["phone"] for one in found]


def test_the_old_contact_is_told_of_every_change(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    aino = make.person("resident", email="vanha@example.fi")
    browser = signed_in("resident", person_id=aino.id)
    for contact in ("040 123 4567", "uusi@example.fi"):
        browser.post("/omat/yhteystieto", data={"contact": contact})
        browser.post("/omat/koodi", data={"code": newest_code(app)})
    browser.post("/omat/yhteystieto/poisto", data={"which": "phone"})
    phone = "+358401234567"
    assert told(app) == ["vanha@example.fi", "vanha@example.fi", phone, phone]
    worker.work_once(app)
    mails = [file.read_bytes() for file in (app.config["SETTINGS"].folder / "mail").iterdir()]
    texts = [file.read_text() for file in (app.config["SETTINGS"].folder / "sms").iterdir()]
    words = "yhteystietosi on vaihdettu"
    assert [sum(words in text for text in texts)] == [2]
    assert sum(b"To: vanha@example.fi" in mail for mail in mails) == 2


def test_proving_ones_contact_again_warns_nobody(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    aino = make.person("resident", email="aino@example.fi")
    browser = signed_in("resident", person_id=aino.id)
    browser.post("/omat/yhteystieto", data={"contact": "aino@example.fi"})
    browser.post("/omat/koodi", data={"code": newest_code(app)})
    assert told(app) == []


def test_codes_and_warnings_are_forgotten_a_day_after_they_are_over(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    aino = make.person("resident", email="vanha@example.fi")
    browser = signed_in("resident", person_id=aino.id)
    browser.post("/omat/yhteystieto", data={"contact": "uusi@example.fi"})
    browser.post("/omat/koodi", data={"code": newest_code(app)})
    worker.work_once(app)
    over = clock.now() + residents.LASTS + residents.KEPT
    for moment, kept in ((over, (1, 0)), (over + timedelta(seconds=1), (0, 0))):
        with clock.at(moment), app.app_context():
            actions.forget()
            proofs = session.scalars(select(ContactProof)).all()
            assert (len(proofs), len(told(app))) == kept
