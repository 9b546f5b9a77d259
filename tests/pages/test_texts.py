"""The municipality's own words over the shipped ones: edited, previewed, taken back."""

import re

import pytest

from lainaamo.core.db import session, transaction
from lainaamo.core.web import LANGUAGE_COOKIE, Lainaamo
from lainaamo.feedback import rules as feedback
from lainaamo.pages import actions, queries, texts
from lainaamo.people import actions as people
from lainaamo.people.models import Person
from lainaamo.people.visitor import COOKIE
from scripts.words import HARD_WORD, LONGEST_SENTENCE
from tests.conftest import AtOnce, SignedIn
from tests.make import Make
from tests.strict import Browser

HELP = "/hallinta/sivut/help/fi"
OWN = {"title": "Apua Iistä", "body": "## Soita\r\n\r\nNumero on {phone}.", "seen": "0"}
TENTHOUSAND = "ä" * 30_000


def read(browser: Browser, locale: str, path: str = "/apua") -> str:
    browser.set_cookie(LANGUAGE_COOKIE, locale)
    return browser.get(path).text


# The shipped texts


@pytest.mark.parametrize(("key", "locale"), list(texts.everything()))
def test_every_page_is_shipped_in_every_language(key: str, locale: str) -> None:
    text = texts.shipped(key, locale)
    assert text.title
    assert len(text.body) > 60


@pytest.mark.parametrize("key", texts.PAGES)
def test_shipped_plain_finnish_is_plain(key: str) -> None:
    body = re.sub(
        r"\]\([^)]*\)|\]\(<[^>]*>\)|[#*\[]|^[-\d.]+ ",
        "",
        texts.shipped(key, "fi-simple").body,
        flags=re.MULTILINE,
    )
    for sentence in re.split(r"(?<=[.!?:])\s+|\n", body):
        assert len(re.findall(r"\w+", sentence)) <= LONGEST_SENTENCE + 2, sentence
    assert HARD_WORD.findall(body) == []


def test_the_privacy_notice_tells_what_the_law_asks() -> None:
    for locale, words in {
        "fi": ("Rekisterinpitäjä", "6 artikla 1 e", "tietosuojavaltuutetulle", "säilyvät"),
        "sv": ("Personuppgiftsansvarig", "artikel 6.1 e", "dataombudsmannen", "sparas"),
        "en": ("controller", "article 6(1)(e)", "Ombudsman", "kept"),
    }.items():
        body = texts.shipped("privacy", locale).body
        assert [word for word in words if word not in body] == []
        assert "{municipality}" in body


def test_the_keep_time_of_feedback_is_the_one_that_is_told() -> None:
    assert feedback.KEPT.days == 365
    assert "vuoden kuluttua" in texts.shipped("privacy", "fi").body


# Editing


def test_a_saved_text_is_read_at_once(signed_in: SignedIn, browser: Browser) -> None:
    saved = signed_in("coordinator").post(HELP, data=OWN)
    assert saved.status_code == 303
    page = read(browser, "fi")
    assert "<h1>Apua Iistä</h1>" in page
    assert '<a href="tel:0800000000">08\u00a00000\u00a00000</a>' in page


def test_a_preview_shows_what_was_typed_and_saves_nothing(
    app: Lainaamo, signed_in: SignedIn, browser: Browser
) -> None:
    editor = signed_in("coordinator")
    page = editor.post(f"{HELP}/esikatselu", data={**OWN, "_key": "same"})
    assert page.status_code == 200
    assert '<a href="tel:0800000000">' in page.text
    assert "Numero on {phone}." in page.text
    again = editor.post(f"{HELP}/esikatselu", data={**OWN, "body": "Toinen", "_key": "same"})
    assert "<p>Toinen</p>" in again.text
    assert "Apua Iistä" not in read(browser, "fi")
    with app.app_context():
        assert queries.newest("help") == {}


def test_the_second_of_two_editors_is_told_and_loses_nothing(
    signed_in: SignedIn, browser: Browser
) -> None:
    first, second = signed_in("coordinator"), signed_in("administrator")
    first.post(HELP, data=OWN)
    refused = second.post(HELP, data={"title": "Minun", "body": "Oma tekstini", "seen": "0"})
    assert refused.status_code == 409
    assert "Oma tekstini" in refused.text
    assert "Numero on {phone}." in refused.text
    assert 'name="seen" value="1"' in refused.text
    again = second.post(HELP, data={"title": "Minun", "body": "Oma tekstini", "seen": "1"})
    assert again.status_code == 303
    assert "Oma tekstini" in read(browser, "fi")


def test_of_many_who_save_at_once_one_is_first(app: Lainaamo, make: Make, at_once: AtOnce) -> None:
    person = make.person("administrator")
    with app.app_context(), transaction():
        token = people.sign_in(session.get_one(Person, person.id))

    def save(browser: Browser) -> int:
        browser.set_cookie(COOKIE, token)
        body = f"Teksti {browser.number}"
        return browser.post(HELP, data={"title": "A", "body": body, "seen": "0"}).status_code

    answers = at_once(8, save)
    assert sorted(answers) == [303] + [409] * 7
    with app.app_context():
        assert [line.number for line in queries.history("help", "fi")] == [1]


def test_saving_is_undone_in_one_press(signed_in: SignedIn, browser: Browser) -> None:
    editor = signed_in("coordinator")
    editor.post(HELP, data=OWN)
    editor.post(HELP, data={"title": "Väärin", "body": "Väärä teksti", "seen": "1"})
    assert "versiot/1/palautus" in editor.get(f"{HELP}?tallennettu=2").text
    assert editor.post(f"{HELP}/versiot/1/palautus", data={"seen": "2"}).status_code == 303
    assert "Apua Iistä" in read(browser, "fi")
    editor.post(f"{HELP}/versiot/0/palautus", data={"seen": "3"})
    assert "Apua Iistä" not in read(browser, "fi")
    assert "Näin lainaat" in read(browser, "fi")
    assert "Väärä teksti" in editor.get(f"{HELP}/versiot/2").text


def test_an_undo_that_comes_late_is_refused(signed_in: SignedIn, browser: Browser) -> None:
    editor = signed_in("coordinator")
    editor.post(HELP, data=OWN)
    editor.post(HELP, data={"title": "Uusi", "body": "Uusi teksti", "seen": "1"})
    late = editor.post(f"{HELP}/versiot/0/palautus", data={"seen": "1"})
    assert late.status_code == 409
    assert "Uusi teksti" in read(browser, "fi")


def test_a_language_left_empty_falls_back_and_says_so(
    make: Make, signed_in: SignedIn, browser: Browser
) -> None:
    make.page("help", "fi", "Apua Iistä", "Suomeksi")
    make.page("help", "fi-simple", "", "")
    page = read(browser, "selko")
    assert '<h1 lang="fi">Apua Iistä</h1>' in page
    assert "ei ole vielä selkosuomeksi" in page
    assert "Suomi" in signed_in("coordinator").get("/hallinta/sivut/help/selko").text
    make.page("help", "fi", "", "")
    assert '<h1 lang="en">Help</h1>' in read(browser, "selko")


def test_every_language_left_empty_still_gives_a_page(make: Make, browser: Browser) -> None:
    for locale in ("fi", "fi-simple", "sv", "en"):
        make.page("help", locale, "", "")
    assert "<h1>Apua</h1>" in read(browser, "fi")


@pytest.mark.parametrize(
    "typed",
    [{"title": "", "body": "x"}, {"title": "x", "body": ""}, {"title": "x", "body": TENTHOUSAND}],
)
def test_what_must_be_corrected_is_kept(signed_in: SignedIn, typed: dict[str, str]) -> None:
    page = signed_in("coordinator").post(HELP, data={**typed, "seen": "0"})
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert all(value in page.text for value in typed.values())


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 50, "7"])
def test_a_version_nobody_has_seen_is_no_ground_to_save(signed_in: SignedIn, seen: str) -> None:
    expected = 303 if seen in {"", "x", "9" * 50} and not seen.isdigit() else 409
    answer = signed_in("coordinator").post(HELP, data={**OWN, "seen": seen})
    assert answer.status_code == expected


@pytest.mark.parametrize("path", ["/hallinta/sivut/olematon/fi", "/hallinta/sivut/help/de"])
def test_there_is_no_other_page_or_language(signed_in: SignedIn, path: str) -> None:
    editor = signed_in("administrator")
    for answer in (editor.get(path), editor.post(path, data=OWN)):
        assert answer.status_code == 404
    assert editor.post(f"{path}/esikatselu", data=OWN).status_code == 404


@pytest.mark.parametrize("role", ["resident", "worker", "counter", "supervisor", "buyer"])
def test_others_write_no_pages(signed_in: SignedIn, role: str) -> None:
    assert signed_in(role).post(HELP, data=OWN).status_code == 403


@pytest.mark.parametrize(
    "words", ["مرحبا", "Привет", "你好", "🛷 ä̈ ﷽", "\u202eoikealta", "<b>&amp;"]
)
def test_any_script_is_kept_as_it_was_written(
    signed_in: SignedIn, app: Lainaamo, words: str
) -> None:
    signed_in("administrator").post(HELP, data={"title": words, "body": words, "seen": "0"})
    with app.app_context():
        saved = queries.newest("help")["fi"]
        assert (saved.title, saved.body) == (words, words)


def test_nothing_new_is_no_new_version(app: Lainaamo, make: Make) -> None:
    make.page("help", "fi", "A", "B")
    with app.app_context(), transaction():
        assert actions.save("help", "fi", "A", "B", seen=1) == 1


def test_hours_and_places_come_from_the_sites(make: Make, browser: Browser) -> None:
    make.site("kirjasto")
    assert "Kirjasto" in browser.get("/aukiolo").text
    page = browser.get("/yhteystiedot").text
    assert "Tie 1, Ii" in page
    assert "klo 12–17" in page
    assert 'href="tel:081234567"' in page
