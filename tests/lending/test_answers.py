"""A text message that comes back renews or cancels what the last one named, once."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import count as counting

import pytest
from sqlalchemy import func, select

from lainaamo.config import Settings
from lainaamo.core import clock, outbox
from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Item, Kind
from lainaamo.lending.models import Answer, Line, Loan, Renewal, Sending
from lainaamo.people.models import Person
from lainaamo.upkeep import actions, notices
from tests.conftest import AtOnce
from tests.make import Make
from tests.strict import Browser

PHONE, SECRET = "+358401234567", "hush-hush"
HERE = f"/tekstiviestit/{SECRET}/vastaus"
TUESDAY = date(2026, 3, 3)
Say = Callable[..., int]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, sms_secret=SECRET, public_url="https://lainaamo.example.fi")


@pytest.fixture
def aino(make: Make) -> Person:
    return make.person(first_name="Aino", phone=PHONE)


def work(app: Lainaamo) -> None:
    """Let the worker promise what is due, and deliver it: those of its duties that these need."""
    settings = app.config["SETTINGS"]
    with app.app_context():
        actions.remind(settings)
        outbox.deliver(notices.handlers(settings))
        session.remove()


@pytest.fixture
def say(app: Lainaamo, browser: Browser) -> Say:
    numbers = counting(1)

    def say(text: str, *, sender: str = "040 123 4567", number: str = "") -> int:
        given = {"from": sender, "text": text, "id": number or f"gw-{next(numbers)}"}
        status = browser.post(HERE, json=given).status_code
        work(app)
        return status

    return say


def got(settings: Settings) -> Mapping[int, str]:
    """Return what went out as text messages, by the outbox's number."""
    found = (settings.folder / "sms").glob("*.txt")
    return {int(one.stem.removeprefix("lainaamo-")): one.read_text("utf-8") for one in found}


def newest(settings: Settings) -> str:
    return max(got(settings).items())[1]


def lent(app: Lainaamo, make: Make, person: Person, *names: str) -> list[Loan]:
    """Lend things due tomorrow, and let the reminder go out by text message."""
    with clock.at(clock.now() - timedelta(days=7)):
        things = [make.item(make.kind(name)) for name in names]
        loans = [make.loan(thing, TUESDAY, person=person) for thing in things]
    work(app)
    return loans


def test_jatka_renews_all_that_was_named_and_says_each_new_day(
    app: Lainaamo, make: Make, settings: Settings, aino: Person, say: Say
) -> None:
    loans = lent(app, make, aino, "Sukset", "Teltta")
    assert "Sukset, Teltta" in newest(settings)
    assert say("Jatka!") == 204
    renewed = [make.again(loan) for loan in loans]
    assert all(loan.due_on > TUESDAY for loan in renewed)
    assert "Sukset: Palauta viimeistään" in newest(settings)
    assert "Teltta: Palauta viimeistään" in newest(settings)
    assert ".." not in newest(settings)


def test_what_cannot_be_renewed_is_told_with_the_reason(
    app: Lainaamo, make: Make, settings: Settings, aino: Person, say: Say
) -> None:
    loan, other = lent(app, make, aino, "Sukset", "Teltta")
    with app.app_context():
        kind = session.scalars(select(Kind).join(Item).where(Item.id == loan.item_id)).one()
        session.expunge_all()
    make.wait(kind)
    say("jatka")
    assert make.again(loan).due_on == TUESDAY
    assert make.again(other).due_on > TUESDAY
    assert "Joku muu odottaa" in newest(settings)


def test_jatka_twice_renews_once(app: Lainaamo, make: Make, aino: Person, say: Say) -> None:
    (loan,) = lent(app, make, aino, "Sukset")
    say("jatka")
    due_on = make.again(loan).due_on
    say("JATKA")
    assert make.again(loan).due_on == due_on


def test_the_same_message_of_the_gateway_counts_once_also_at_once(
    app: Lainaamo, make: Make, settings: Settings, aino: Person, at_once: AtOnce
) -> None:
    lent(app, make, aino, "Sukset")
    given = {"from": PHONE, "text": "jatka", "id": "gw-1"}
    assert at_once(4, lambda one: one.post(HERE, json=given).status_code) == [204] * 4
    work(app)
    with app.app_context():
        assert session.scalar(select(func.count(Renewal.id))) == 1
        assert session.scalar(select(func.count(Answer.id))) == 1
    assert len(got(settings)) == 2  # the reminder, one answer


def test_peru_cancels_the_reservation_that_was_named(
    app: Lainaamo, make: Make, settings: Settings, aino: Person, say: Say
) -> None:
    kind = make.kind("Teltta")
    make.item(kind)
    made = make.reservation(kind, TUESDAY, TUESDAY, person=aino)
    work(app)
    say("Peru")
    assert [line.ended_as for line in make.lines(made)] == ["cancelled"]
    assert "Teltta" in newest(settings)


def two_reserved(app: Lainaamo, make: Make, person: Person) -> list[Line]:
    """Reserve two tents last week, and let the reminder name both."""
    with clock.at(clock.now() - timedelta(days=4)):
        lines = []
        for name in ("Teltta", "Kanootti"):
            kind = make.kind(name)
            make.item(kind)
            made = make.reservation(kind, TUESDAY, TUESDAY, person=person)
            lines += make.lines(made)
        work(app)
    work(app)
    return lines


def test_peru_of_two_asks_which_and_the_number_cancels_that_one_only(
    app: Lainaamo, make: Make, settings: Settings, aino: Person, say: Say
) -> None:
    lines = two_reserved(app, make, aino)
    say("peru")
    assert "1 Teltta" in newest(settings)
    assert "2 Kanootti" in newest(settings)
    say("2")
    assert [make.again(line).ended_as for line in lines] == [None, "cancelled"]


def test_a_number_that_was_not_offered_asks_again(
    app: Lainaamo, make: Make, settings: Settings, aino: Person, say: Say
) -> None:
    lines = two_reserved(app, make, aino)
    say("peru")
    say("7")
    assert "1 Teltta" in newest(settings)
    assert [make.again(line).ended_as for line in lines] == [None, None]


def test_peru_after_a_reminder_of_a_loan_asks_first(
    app: Lainaamo, make: Make, settings: Settings, aino: Person, say: Say
) -> None:
    kind = make.kind("Teltta")
    make.item(kind)
    later = TUESDAY + timedelta(7)
    made = make.reservation(kind, later, later, person=aino)
    lent(app, make, aino, "Sukset")
    lent_last = newest(settings)
    assert "Sukset" in lent_last
    say("peru")
    assert "1 Teltta" in newest(settings)
    say("1")
    assert [line.ended_as for line in make.lines(made)] == ["cancelled"]


def test_jatka_where_nothing_was_lent_says_so(
    app: Lainaamo, make: Make, settings: Settings, aino: Person, say: Say
) -> None:
    assert make.again(aino).phone == PHONE
    say("jatka")
    assert "Emme löytäneet" in newest(settings)
    assert app.config["SETTINGS"] is settings


def test_a_machine_that_answers_for_ever_is_not_answered_for_ever(
    app: Lainaamo, make: Make, settings: Settings, aino: Person, browser: Browser
) -> None:
    lent(app, make, aino, "Sukset")
    for number in range(25):
        browser.post(HERE, json={"from": PHONE, "text": "jatka", "id": f"loop-{number}"})
    work(app)
    assert len(got(settings)) == 1 + 20


def test_a_number_that_became_anothers_acts_on_nothing_of_the_first(
    app: Lainaamo, make: Make, settings: Settings, aino: Person, say: Say
) -> None:
    (loan,) = lent(app, make, aino, "Sukset")
    with app.app_context(), transaction():
        session.get_one(Person, aino.id).phone = None
    make.person(first_name="Bertta", phone=PHONE)
    say("jatka")
    assert make.again(loan).due_on == TUESDAY
    assert "Sukset" not in newest(settings)


def test_unknown_words_get_one_helpful_answer_a_day(
    app: Lainaamo, make: Make, settings: Settings, aino: Person, say: Say
) -> None:
    lent(app, make, aino, "Sukset")
    for text in ("Olen lomalla", "Olen lomalla", "Mitä?"):
        say(text)
    assert len(got(settings)) == 2
    assert "JATKA" in newest(settings)
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        say("Mitä?")
    assert len([one for one in got(settings).values() if "PERU" in one]) == 2


@pytest.mark.parametrize("sender", ["+358501112223", "LAINAAMO", "", "16400", "aino@example.fi"])
def test_a_number_that_nobody_has_gets_no_answer_and_the_same_reply(
    make: Make, settings: Settings, aino: Person, say: Say, sender: str
) -> None:
    assert make.again(aino).phone == PHONE
    assert say("jatka", sender=sender or "x") == 204
    assert got(settings) == {}


@pytest.mark.parametrize("sender", ["0401234567", "+358 40 123-4567", "00358401234567"])
def test_numbers_are_the_same_however_they_are_written(
    app: Lainaamo, make: Make, aino: Person, say: Say, sender: str
) -> None:
    (loan,) = lent(app, make, aino, "Sukset")
    say("jatka", sender=sender)
    assert make.again(loan).due_on > TUESDAY


def test_after_a_week_the_last_message_is_too_old_to_act_on(
    app: Lainaamo, make: Make, settings: Settings, aino: Person, say: Say
) -> None:
    (loan,) = lent(app, make, aino, "Sukset")
    with clock.at(clock.now() + timedelta(days=7, hours=1)):
        text = {"from": PHONE, "text": "jatka", "id": "late"}
        app.test_client().post(HERE, json=text)
        assert make.again(loan).due_on == TUESDAY
    assert settings.folder.exists()


def test_an_answer_goes_at_night_too(
    app: Lainaamo, make: Make, settings: Settings, aino: Person, say: Say
) -> None:
    lent(app, make, aino, "Sukset")
    with clock.at(clock.now() + timedelta(hours=12)):
        say("jatka")
    assert "Sukset:" in newest(settings)


@pytest.mark.parametrize("secret", ["", "wrong", "hush-hush ", "ä"])
def test_who_does_not_know_the_secret_finds_no_such_page(browser: Browser, secret: str) -> None:
    given = {"from": PHONE, "text": "jatka", "id": "1"}
    assert browser.post(f"/tekstiviestit/{secret}/vastaus", json=given).status_code == 404


def test_without_a_secret_nobody_brings_answers(
    app: Lainaamo, settings: Settings, browser: Browser
) -> None:
    app.config["SETTINGS"] = replace(settings, sms_secret="")
    assert browser.post("/tekstiviestit//vastaus", json={}).status_code == 404
    assert browser.post("/tekstiviestit/x/vastaus", json={}).status_code == 404


@pytest.mark.parametrize(
    "given",
    [{}, {"from": PHONE}, {"id": "1"}, {"from": PHONE, "id": "1\0"}, {"from": "1" * 9999, "id": 1}],
)
def test_what_cannot_be_read_is_refused(browser: Browser, given: Mapping[str, object]) -> None:
    assert browser.post(HERE, json=given).status_code == 400


def test_a_gateway_that_sends_forms_with_its_own_names_is_understood(
    app: Lainaamo, make: Make, settings: Settings, aino: Person, browser: Browser
) -> None:
    app.config["SETTINGS"] = replace(settings, sms_answer_fields="from=msisdn text=body id=mid")
    (loan,) = lent(app, make, aino, "Sukset")
    sent = {"msisdn": "358401234567", "body": "FÖRLÄNG", "mid": "77"}
    sent["msisdn"] = "+" + sent["msisdn"]
    assert browser.post(HERE, data=sent).status_code == 204
    assert make.again(loan).due_on > TUESDAY


def test_a_report_says_whether_a_message_arrived(
    app: Lainaamo, make: Make, settings: Settings, aino: Person, browser: Browser
) -> None:
    lent(app, make, aino, "Sukset")
    ((number, _text),) = got(settings).items()
    there = f"/tekstiviestit/{SECRET}/raportti"
    for status in ("UNDELIVERED", "delivered", "failed", "nonsense"):
        given = {"id": f"lainaamo-{number}", "status": status}
        assert browser.post(there, json=given).status_code == 204
    assert browser.post(there, json={"id": "lainaamo-999", "status": "ok"}).status_code == 204
    with app.app_context():
        sent = session.scalars(select(Sending)).one()
        assert sent.delivered_at is not None
        assert sent.undelivered_at is None
