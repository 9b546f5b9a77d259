"""Feedback waits with a clock of fourteen days, is answered once, and its words are not kept."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lainaamo.config import Settings
from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.outbox import Message
from lainaamo.core.web import LANGUAGE_COOKIE, Lainaamo
from lainaamo.feedback.models import Feedback
from lainaamo.people import actions as people
from lainaamo.people.models import Person
from lainaamo.people.visitor import COOKIE
from lainaamo.upkeep import actions as upkeep
from lainaamo.upkeep import worker
from tests.conftest import AtOnce, SignedIn
from tests.make import Make
from tests.strict import Browser

INBOX = "/hallinta/palaute"


def mails(settings: Settings) -> list[str]:
    folder = settings.folder / "mail"
    return [file.read_bytes().decode() for file in sorted(folder.glob("*.eml"))]


def given(make: Make, days_ago: int, **facts: str) -> Feedback:
    with clock.at(clock.now() - timedelta(days=days_ago)):
        return make.feedback("fair", **facts)


def test_late_ones_come_first_and_days_are_counted(make: Make, signed_in: SignedIn) -> None:
    given(make, 0, text="uusi")
    given(make, 12, text="kohta")
    given(make, 14, text="tänään")
    given(make, 16, text="myöhässä oleva")
    page = signed_in("counter").get(INBOX).text
    places = [page.index(word) for word in ("myöhässä oleva", "tänään", "kohta", "uusi")]
    assert places == sorted(places)
    for words in ("2 päivää myöhässä", "Viimeinen päivä tänään", "2 päivää jäljellä"):
        assert words in page


def test_the_clock_goes_by_days_in_helsinki(make: Make, signed_in: SignedIn) -> None:
    late_evening = clock.now().replace(hour=21, minute=30)  # already tomorrow in UTC+2
    with clock.at(late_evening):
        make.feedback()
    with clock.at(late_evening + timedelta(days=14)):
        assert "Viimeinen päivä tänään" in signed_in("counter").get(INBOX).text


def test_an_answer_goes_by_mail_once_in_the_giver_s_language(
    app: Lainaamo, settings: Settings, make: Make, signed_in: SignedIn
) -> None:
    row = make.feedback("bad", "Skidorna\nvar slöa", reply_to="anna@example.fi", locale="sv")
    office = signed_in("counter")
    sent = {"answer": "Kiitos! Voitelemme sukset.", "_key": "once"}
    for _ in range(2):
        assert office.post(f"{INBOX}/{row.id}/vastaus", data=sent).status_code == 303
    worker.work_once(app)
    worker.work_once(app)
    (mail,) = mails(settings)
    assert "To: anna@example.fi" in mail
    assert "Subject: Svar" in mail
    assert "> var sl" in mail


def test_of_two_who_answer_at_once_one_does(app: Lainaamo, make: Make, at_once: AtOnce) -> None:
    row = make.feedback(reply_to="anna@example.fi")
    person = make.person("counter")
    with app.app_context(), transaction():
        token = people.sign_in(session.get_one(Person, person.id))

    def answer(browser: Browser) -> int:
        browser.set_cookie(COOKIE, token)
        said = {"answer": f"Vastaus {browser.number}"}
        return browser.post(f"{INBOX}/{row.id}/vastaus", data=said).status_code

    assert sorted(at_once(6, answer)) == [303] + [409] * 5
    with app.app_context():
        assert len(session.scalars(select(Message)).all()) == 1


def test_the_one_who_was_late_keeps_what_was_typed(make: Make, signed_in: SignedIn) -> None:
    row = make.feedback(reply_to="anna@example.fi")
    signed_in("counter").post(f"{INBOX}/{row.id}/kasittely")
    page = signed_in("administrator").post(
        f"{INBOX}/{row.id}/vastaus", data={"answer": "Pitkä vastaukseni"}
    )
    assert page.status_code == 409
    assert "Pitkä vastaukseni" in page.text


def test_nothing_is_answered_to_nowhere(make: Make, signed_in: SignedIn) -> None:
    row = make.feedback(reply_to=None)
    office = signed_in("counter")
    assert office.post(f"{INBOX}/{row.id}/vastaus", data={"answer": "Hei"}).status_code == 409
    assert office.post(f"{INBOX}/{row.id}/kasittely").status_code == 303
    assert "Mikään ei odota" in office.get(INBOX).text
    assert "Hyvä palvelu" in office.get(f"{INBOX}?tila=kasitelty").text


@pytest.mark.parametrize("words", ["", "   ", "x" * 10_000])
def test_an_answer_says_something_and_fits(make: Make, signed_in: SignedIn, words: str) -> None:
    row = make.feedback(reply_to="anna@example.fi")
    page = signed_in("counter").post(f"{INBOX}/{row.id}/vastaus", data={"answer": words})
    assert page.status_code == 422
    assert 'id="f-answer-wrong"' in page.text


@pytest.mark.parametrize("role", ["resident", "worker", "supervisor", "buyer"])
def test_others_read_no_feedback(make: Make, signed_in: SignedIn, role: str) -> None:
    row = make.feedback()
    for path in (INBOX, f"{INBOX}/{row.id}"):
        assert signed_in(role).get(path).status_code == 403


def test_a_long_list_is_paged_without_a_gap(make: Make, signed_in: SignedIn) -> None:
    for number in range(65):
        with clock.at(clock.now() + timedelta(minutes=number)):
            make.feedback(text=f"nro-{number:03}.")
    office, path, seen = signed_in("counter"), INBOX, []
    for _ in range(3):
        page = office.get(path).text
        seen += [number for number in range(65) if f"nro-{number:03}." in page]
        after = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
        path = after.replace("&amp;", "&")
    assert seen == list(range(65))


@pytest.mark.parametrize("after", ["x", "-1", "9" * 40, "\uff11"])
def test_a_mangled_address_of_a_page_shows_the_first(signed_in: SignedIn, after: str) -> None:
    assert signed_in("counter").get(f"{INBOX}?jalkeen={after}").status_code == 200


# The worker


def test_the_service_is_reminded_once_a_day_of_what_is_near_its_end(
    app: Lainaamo, settings: Settings, make: Make
) -> None:
    row = given(make, 11, text="salaiset sanat")
    given(make, 10)
    for _ in range(2):
        with app.app_context():
            upkeep.remind_of_feedback()
    worker.work_once(app)
    (mail,) = mails(settings)
    assert f"/hallinta/palaute/{row.id}" in mail
    assert mail.count("/hallinta/palaute/") == 1
    assert "salaiset" not in mail
    with clock.at(clock.now() + timedelta(days=1)), app.app_context():
        upkeep.remind_of_feedback()
        worker.work_once(app)
    assert len(mails(settings)) == 2


def test_nobody_is_reminded_of_nothing(app: Lainaamo, settings: Settings, make: Make) -> None:
    given(make, 10)
    with app.app_context():
        upkeep.remind_of_feedback()
    worker.work_once(app)
    assert mails(settings) == []


@pytest.mark.parametrize(("days", "is_kept"), [(364, True), (366, False)])
def test_words_and_address_are_erased_a_year_after_they_were_handled(
    app: Lainaamo, make: Make, signed_in: SignedIn, days: int, *, is_kept: bool
) -> None:
    row = make.feedback(text="Oma asiani", reply_to="anna@example.fi")
    office = signed_in("counter")
    office.post(f"{INBOX}/{row.id}/vastaus", data={"answer": "Vastaus"})
    unhandled = make.feedback(text="Odottaa", reply_to="eero@example.fi")
    with clock.at(clock.now() + timedelta(days=days)), app.app_context():
        upkeep.erase_old_feedback()
    kept, waiting = make.again(row), make.again(unhandled)
    words = (kept.text, kept.reply_to, kept.answer)
    assert words == (("Oma asiani", "anna@example.fi", "Vastaus") if is_kept else (None,) * 3)
    assert (kept.erased_at is None) is is_kept
    assert (waiting.text, kept.face) == ("Odottaa", "good")


def test_what_was_erased_is_shown_as_such(app: Lainaamo, make: Make, signed_in: SignedIn) -> None:
    row = make.feedback(text="Oma asiani")
    signed_in("counter").post(f"{INBOX}/{row.id}/kasittely")
    with clock.at(clock.now() + timedelta(days=400)):
        with app.app_context():
            upkeep.erase_old_feedback()
        office = signed_in("counter")
        office.set_cookie(LANGUAGE_COOKIE, "en")
        assert "The words were erased" in office.get(f"{INBOX}/{row.id}").text
