"""The house words its messages itself: in every language, with nothing that nobody would fill."""

from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from lainaamo.core import letters
from lainaamo.core.db import session
from lainaamo.core.i18n import CHAINS, speaking
from lainaamo.core.letters import KNOWN, PARTS
from lainaamo.core.web import Lainaamo
from lainaamo.upkeep import notices, worker
from tests.administration.conftest import Office
from tests.conftest import AtOnce, SignedIn
from tests.make import Make
from tests.strict import Browser

MADE = notices.MADE
PAGE, SWEDISH = f"/hallinta/viestit/{MADE.number}0", f"/hallinta/viestit/{MADE.number}2"


def mails(app: Lainaamo) -> list[str]:
    folder = app.config["SETTINGS"].folder / "mail"
    found = [
        message_from_bytes(one.read_bytes(), policy=policy.default) for one in folder.iterdir()
    ]
    return [f"{mail['Subject']}\n{mail.get_content()}" for mail in found]


def reserved(app: Lainaamo, make: Make, *, locale: str = "fi", name: str = "Aino") -> str:
    """Let somebody reserve, and return the mail that goes out."""
    kind = make.kind("Teltta")
    make.item(kind)
    day = kind.made_at.date()
    make.reservation(kind, day, day, person=make.person(first_name=name, locale=locale))
    worker.work_once(app)
    return mails(app)[-1]


def test_what_the_house_writes_is_what_people_get(
    app: Lainaamo, make: Make, office: Office
) -> None:
    saved = office.save(PAGE, subject="Tervetuloa {nimi}", mail="Hei {nimi}!\r\n\r\n{linkki}\r\n")
    assert saved.status_code == 303
    mail = reserved(app, make)
    assert mail.startswith("Tervetuloa Aino\nHei Aino!\n\nhttp")
    assert len(mail.splitlines()) == 4


def test_other_languages_keep_their_texts(app: Lainaamo, make: Make, office: Office) -> None:
    office.save(PAGE, subject="Omat sanat")
    assert "Omat sanat" not in reserved(app, make, locale="sv")


def test_each_language_has_its_own_page(office: Office) -> None:
    assert "Din reservation" in office.browser.get(SWEDISH).text


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("mail", "Hei {nimmi}! {linkki}", "{nimmi}"),
        ("mail", "Hei {nimi.__class__} {linkki}", "{nimi.__class__}"),
        ("mail", "Hei { {linkki}", "kohtaa {"),
        ("mail", "{linkki} {{7*7}}", "kohtaa {"),
        ("mail", "Hei {nimi}!", "{linkki}"),
        ("sms", "Hei {nimi}!", "{linkki}"),
        ("subject", "{salasana}", "{salasana}"),
        ("subject", "x" * 10_000, "150"),
        ("mail", "x" * 10_000, "4000"),
    ],
)
def test_what_cannot_be_filled_is_refused_at_its_field(
    office: Office, field: str, text: str, told: str
) -> None:
    page = office.save(PAGE, **{field: text})
    assert page.status_code == 422
    wrong = page.text.partition(f'id="f-{field}-wrong"')[2].partition("</p>")[0]
    assert told in wrong
    assert office.changes() == []


def test_a_name_that_looks_like_a_blank_fills_nothing(
    app: Lainaamo, make: Make, office: Office
) -> None:
    office.save(PAGE, subject="Hei {nimi}", mail="{nimi}: {linkki}")
    assert reserved(app, make, name="{koodi} %(code)s").startswith("Hei {koodi} %(code)s\n")


def test_the_preview_shows_what_is_typed_and_keeps_nothing(office: Office) -> None:
    shown = office.save(PAGE, f"{PAGE}", mail="Moikka {nimi}, {linkki}")
    assert shown.status_code == 303
    form = office.form(PAGE)
    page = office.send(f"{PAGE}/esikatselu", form, mail="Terve {nimi}, {linkki}")
    assert page.status_code == 200
    assert "Terve Aino, https://" in page.text
    assert "Moikka" in office.browser.get(PAGE).text


def test_the_length_of_a_text_message_is_told(office: Office) -> None:
    page = office.send(f"{PAGE}/esikatselu", office.form(PAGE), sms="ő" * 80 + " {linkki}")
    assert "2 osaa" in page.text
    assert "ő" in page.text.partition("kaksinkertaistavat")[2]


def test_the_shipped_texts_come_back_and_that_is_undone(
    office: Office, app: Lainaamo, make: Make
) -> None:
    office.save(PAGE, subject="Omat sanat")
    assert office.browser.post(f"{PAGE}/palautus").status_code == 303
    assert "Omat sanat" not in office.browser.get(PAGE).text.partition("<h2")[0]
    newest = office.changes()[0]
    undone = office.browser.post(f"/hallinta/viestit/muutokset/{newest.id}/peruminen")
    assert undone.status_code == 303
    assert "Omat sanat" in reserved(app, make)


def test_what_is_saved_unchanged_changes_nothing(office: Office, app: Lainaamo) -> None:
    assert office.save(PAGE).status_code == 303
    assert office.browser.post(f"{PAGE}/palautus").status_code == 303
    assert office.changes() == []
    with app.app_context():
        assert session.scalars(select(letters.LetterText)).all() == []


def test_two_who_word_the_same_first_at_once_do_not_meet(
    office: Office, at_once: AtOnce, app: Lainaamo
) -> None:
    opened, cookie = office.form(PAGE), office.browser.get_cookie("istunto")
    assert cookie is not None

    def save(browser: Browser) -> int:
        browser.set_cookie("istunto", cookie.value)
        form = {**opened, "_key": f"k{browser.number}", "subject": f"Hei {browser.number}"}
        return browser.post(PAGE, data=form).status_code

    assert sorted(at_once(3, save)) == [303, 409, 409]
    with app.app_context():
        assert len(session.scalars(select(letters.LetterText)).all()) == 1


def test_who_writes_over_another_is_told(office: Office) -> None:
    old = office.form(PAGE)
    office.save(PAGE, subject="Ensin")
    assert office.send(PAGE, old, subject="Sitten").status_code == 409


def test_changes_say_which_message_it_was(office: Office) -> None:
    office.save(SWEDISH, subject="Egna ord")
    assert "Svenska" in office.browser.get("/hallinta/muutokset").text


@pytest.mark.parametrize("number", [0, 9, 99990, MADE.number * 10 + 7])
def test_there_are_no_other_messages(office: Office, number: int) -> None:
    assert office.browser.get(f"/hallinta/viestit/{number}").status_code == 404


@pytest.mark.parametrize("role", ["resident", "worker", "buyer"])
def test_only_who_writes_texts_comes_here(signed_in: SignedIn, role: str) -> None:
    assert signed_in(role).get(PAGE).status_code == 403


@pytest.mark.parametrize("spoken", CHAINS)
def test_every_shipped_text_obeys_the_rules_for_own_ones(app: Lainaamo, spoken: str) -> None:
    with app.app_context(), speaking(spoken):
        for letter in KNOWN.values():
            said = letters.shipped(letter)._asdict()
            for part in PARTS:
                text = said[part] or ""
                assert list(letters.unknown_blanks(letter, text)) == [], (letter.kind, part)
                assert letters.tidied(text) == text, (letter.kind, part)
                if text and part != "subject":
                    assert list(letters.missing_blanks(letter, text)) == [], (letter.kind, part)


def test_every_letter_has_somebody_who_sends_it(app: Lainaamo) -> None:
    with app.app_context():
        sent = set(notices.handlers(app.config["SETTINGS"]))
    others = {"loan.due_today", "loan.late"}  # the same message a day later
    assert {one.kind for one in KNOWN.values()} - others <= sent
    with app.app_context():
        assert session.scalars(select(letters.LetterText)).all() == []
