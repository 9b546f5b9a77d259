"""Each change is kept with before and after, and can be taken back until it is changed again."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from lainaamo.core.db import session
from lainaamo.core.journal import Entry
from lainaamo.core.web import Lainaamo
from tests.administration.conftest import Office, filled
from tests.conftest import AtOnce
from tests.make import Make

SCRIPTS = ("Ⓐ 名前 اسم Ünïcödé", "<script>alert(1)</script>", "%(name)s {{ 7*7 }} ${x}", "İıß" * 10)


def test_a_change_is_kept_with_before_and_after_and_without_words_in_the_journal(
    app: Lainaamo, make: Make, office: Office
) -> None:
    site = make.site()
    address = f"/hallinta/toimipisteet/{site.id}"
    saved = office.save(address, name="Kierrätysmaja")
    assert saved.status_code == 303
    (change,) = office.changes()
    assert (change.before, change.after) == ({"name": "Varasto"}, {"name": "Kierrätysmaja"})
    with app.app_context():
        line = session.scalars(select(Entry).order_by(Entry.id.desc()).limit(1)).one()
    assert (line.verb, line.thing_id, line.details) == (
        "site.edited",
        site.id,
        {"change": change.id},
    )
    page = office.browser.get(saved.location).text
    assert "Tallennettu." in page
    assert "Varasto" in page


def test_an_undo_is_undone_by_an_undo(make: Make, office: Office) -> None:
    site = make.site()
    office.save(f"/hallinta/toimipisteet/{site.id}", phone="08 999 9999")
    assert office.undo(office.changes()[0]).status_code == 303
    assert make.again(site).phone == site.phone
    assert office.undo(office.changes()[0]).status_code == 303
    assert make.again(site).phone == "08 999 9999"
    newest, first, _ = office.changes()
    assert (newest.undoes_id, newest.after) == (first.id, {"phone": "08 999 9999"})


def test_what_has_changed_since_is_not_taken_back(make: Make, office: Office) -> None:
    site = make.site()
    address = f"/hallinta/toimipisteet/{site.id}"
    office.save(address, name="Toinen")
    office.save(address, name="Kolmas")
    refused = office.undo(office.changes()[1])
    assert refused.status_code == 409
    assert "muutettu sen jälkeen" in refused.text
    assert make.again(site).name == "Kolmas"


def test_saving_nothing_new_leaves_no_change(make: Make, office: Office) -> None:
    site = make.site()
    assert office.save(f"/hallinta/toimipisteet/{site.id}").status_code == 303
    assert office.changes() == []


def test_the_second_of_two_is_told_what_the_first_changed_and_loses_nothing(
    make: Make, office: Office, another: Callable[[str], Office]
) -> None:
    site = make.site()
    address = f"/hallinta/toimipisteet/{site.id}"
    opened = office.form(address)
    another("coordinator").save(address, phone="08 111 1111")
    told = office.send(address, opened, name="Uusi nimi")
    assert told.status_code == 409
    assert "08 111 1111" in told.text
    kept = filled(told.text, address)
    assert kept["name"] == ["Uusi nimi"]
    assert kept["phone"] == [site.phone]
    assert make.again(site).name == site.name
    assert office.send(address, {**kept, "phone": "08 111 1111"}).status_code == 303
    now = make.again(site)
    assert (now.name, now.phone) == ("Uusi nimi", "08 111 1111")


def test_of_ten_who_save_at_once_one_is_first_and_the_others_are_told(
    app: Lainaamo, make: Make, office: Office, at_once: AtOnce
) -> None:
    site = make.site()
    address = f"/hallinta/toimipisteet/{site.id}"
    opened = office.form(address)
    cookie = office.browser.get_cookie("istunto")
    assert cookie is not None

    def save(browser: object) -> int:
        browser.set_cookie("istunto", cookie.value)  # type: ignore[attr-defined]  # a browser of ours
        number = browser.number  # type: ignore[attr-defined]  # the same
        form = {**opened, "_key": f"key-{number}", "name": f"Nimi {number}"}
        status: int = browser.post(address, data=form).status_code  # type: ignore[attr-defined]  # the same
        return status

    assert sorted(at_once(10, save)) == [303] + [409] * 9
    assert len(office.changes()) == 1


def test_of_ten_who_undo_at_once_one_does(make: Make, office: Office, at_once: AtOnce) -> None:
    site = make.site()
    office.save(f"/hallinta/toimipisteet/{site.id}", name="Väärä")
    (change,) = office.changes()
    cookie = office.browser.get_cookie("istunto")
    assert cookie is not None

    def undo(browser: object) -> int:
        browser.set_cookie("istunto", cookie.value)  # type: ignore[attr-defined]  # a browser of ours
        address = f"/hallinta/toimipisteet/muutokset/{change.id}/peruminen"
        status: int = browser.post(address).status_code  # type: ignore[attr-defined]  # the same
        return status

    assert sorted(at_once(10, undo)) == [303] + [409] * 9
    assert make.again(site).name == site.name


def test_all_changes_are_read_page_by_page(make: Make, office: Office) -> None:
    site = make.site()
    for number in range(25):
        office.save(f"/hallinta/toimipisteet/{site.id}", name=f"Nimi {number}")
    first = office.browser.get("/hallinta/muutokset").text
    assert "Nimi 24" in first
    assert "Nimi 3<" not in first
    oldest = office.changes()[19].id
    rest = office.browser.get(f"/hallinta/muutokset?jatko={oldest}").text
    assert "Nimi 3<" in rest
    assert 'rel="next"' in first
    assert 'rel="next"' not in rest


def test_a_change_of_another_sort_cannot_be_undone_through_a_screen_of_this(
    make: Make, office: Office
) -> None:
    site = make.site()
    office.save(f"/hallinta/toimipisteet/{site.id}", name="Uusi")
    change = office.changes()[0]
    wrong = office.browser.post(f"/hallinta/luokat/muutokset/{change.id}/peruminen")
    assert wrong.status_code == 404
    assert make.again(site).name == "Uusi"


@pytest.mark.parametrize("words", SCRIPTS)
def test_names_in_any_script_are_kept_and_shown_as_text(
    make: Make, office: Office, words: str
) -> None:
    site = make.site()
    office.save(f"/hallinta/toimipisteet/{site.id}", address=words)
    assert make.again(site).address == words
    for page in (f"/hallinta/toimipisteet/{site.id}", "/hallinta/muutokset", "/hallinta"):
        assert "<script>alert" not in office.browser.get(page).text


@pytest.mark.parametrize("words", ["", "   ", "x" * 10_000])
def test_what_cannot_be_a_name_is_told_at_its_field(make: Make, office: Office, words: str) -> None:
    site = make.site()
    told = office.save(f"/hallinta/toimipisteet/{site.id}", name=words, phone="08 222 2222")
    assert told.status_code == 422
    assert 'id="f-name-wrong"' in told.text
    assert "08 222 2222" in told.text
    assert make.again(site).name == site.name
