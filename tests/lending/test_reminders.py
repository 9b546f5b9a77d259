"""Who has borrowed is reminded in time: once, of all together, and of nothing that came back."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from lainaamo.config import Settings
from lainaamo.core import clock, outbox
from lainaamo.core.db import session, transaction
from lainaamo.core.outbox import Message
from lainaamo.core.web import Lainaamo
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Site
from lainaamo.lending import actions as lending
from lainaamo.lending import reminders, renewing
from lainaamo.lending.models import Loan
from lainaamo.lending.reminders import Day
from lainaamo.people.models import Person
from lainaamo.upkeep import actions, notices, worker
from tests.make import Make
from tests.strict import Browser

MONDAY = date(2026, 3, 2)
TUESDAY = MONDAY + timedelta(1)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, public_url="https://lainaamo.example.fi", sms_secret="hush")


def work(app: Lainaamo) -> None:
    """Let the worker promise what is due, and deliver it: those of its duties that these need."""
    settings = app.config["SETTINGS"]
    with app.app_context():
        actions.remind(settings)
        outbox.deliver(notices.handlers(settings))
        session.remove()


def mails(settings: Settings) -> list[str]:
    """Return the mails that went out, the oldest first."""
    found = sorted((settings.folder / "mail").glob("*.eml"), key=_number)
    return [
        f"{mail['To']}\n{mail['Subject']}\n{mail.get_content()}"
        for mail in (message_from_bytes(one.read_bytes(), policy=policy.default) for one in found)
    ]


def _number(file: Path) -> int:
    return int(file.stem.removeprefix("lainaamo-"))


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.HELSINKI)


def lent(make: Make, person: Person, due_on: date, name: str = "Sukset") -> Loan:
    with clock.at(moment(due_on - timedelta(days=7), 12)):
        return make.loan(make.item(make.kind(name)), due_on, person=person)


def take_back(app: Lainaamo, loan: Loan) -> None:
    with app.app_context(), transaction():
        lending.take_back(goods.get_item(loan.item_id))


def test_all_that_is_due_is_one_message_with_a_link_that_renews_it(
    app: Lainaamo, make: Make, settings: Settings, browser: Browser
) -> None:
    aino = make.person(first_name="Aino", email="aino@example.fi")
    loans = [lent(make, aino, TUESDAY, name) for name in ("Sukset", "Teltta")]
    work(app)
    (mail,) = mails(settings)
    assert mail.startswith(
        "aino@example.fi\nPalauta viimeistään tiistaina 3.3. Tavarat: Sukset, Teltta\n"
    )
    assert "08 1234567" in mail
    link = next(word for word in mail.split() if "/v/" in word).removeprefix(settings.public_url)
    page = browser.get(link)
    assert page.status_code == 200
    seen = {f"seen_{loan.id}": str(TUESDAY) for loan in loans}
    renewed = browser.post(f"{link}/jatko", data=seen)
    assert renewed.text.count("Palauta viimeistään") >= 2
    assert all(make.again(loan).due_on > TUESDAY for loan in loans)


@pytest.mark.parametrize(
    ("due_on", "subject"),
    [
        (TUESDAY, "Palauta viimeistään tiistaina 3.3."),
        (MONDAY, "Palauta tänään"),
        (MONDAY - timedelta(1), "Myöhässä"),
        (MONDAY - timedelta(7), "Myöhässä"),
        (MONDAY - timedelta(2), None),
        (MONDAY + timedelta(2), None),
    ],
)
def test_each_step_has_its_words_and_other_days_none(
    app: Lainaamo, make: Make, settings: Settings, due_on: date, subject: str | None
) -> None:
    lent(make, make.person(), due_on)
    work(app)
    found = mails(settings)
    assert [subject in mail for mail in found if subject] == ([True] if subject else [])


def test_what_came_back_five_minutes_before_is_not_reminded_of(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    loan = lent(make, make.person(), TUESDAY)
    with clock.at(moment(MONDAY, 4)):
        work(app)
    with clock.at(moment(MONDAY, 7, 55)):
        take_back(app, loan)
    with clock.at(moment(MONDAY, 8)):
        work(app)
    assert mails(settings) == []


def test_what_was_renewed_before_the_message_went_is_not_reminded_of(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    loan = lent(make, make.person(), TUESDAY)
    with clock.at(moment(MONDAY, 4)):
        work(app)
        with app.app_context(), transaction():
            renewing.renew(loan.id)
    work(app)
    assert mails(settings) == []


@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25)])
def test_nobody_is_woken_up_on_the_days_when_clocks_change_either(
    app: Lainaamo, make: Make, settings: Settings, day: date
) -> None:
    lent(make, make.person(), day)
    for hour in (3, 4, 7):
        with clock.at(moment(day, hour, 30)):
            work(app)
    assert mails(settings) == []
    with clock.at(moment(day, 8)):
        work(app)
    assert len(mails(settings)) == 1


def test_what_was_held_up_till_the_evening_waits_for_the_morning_and_is_said_as_it_is_then(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    lent(make, make.person(), MONDAY)
    with clock.at(moment(MONDAY, 4)), app.app_context():
        actions.remind(settings)
    with clock.at(moment(MONDAY, 20)):
        work(app)
        assert mails(settings) == []
    with clock.at(moment(TUESDAY, 8)):
        work(app)
    (mail,) = mails(settings)
    assert "Myöhässä" in mail


def test_it_speaks_plain_finnish_to_who_wants_that(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    lent(make, make.person(locale="fi-simple"), TUESDAY)
    lent(make, make.person(locale="sv"), TUESDAY)
    work(app)
    plain, swedish = mails(settings)
    assert "Voit pitää tavarat pidempään." in plain
    assert "Lämna tillbaka senast tisdag" in swedish


def test_one_person_whose_message_fails_stops_nobody(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    first, second = (make.person(email=f"p{n}@example.fi") for n in range(2))
    for person in (first, second):
        lent(make, person, TUESDAY)
    with app.app_context(), transaction():
        session.get_one(Person, first.id).email = "broken\r\n@example.fi"
    work(app)
    assert [mail.split("\n")[0] for mail in mails(settings)] == ["p1@example.fi"]


def test_days_that_no_worker_was_there_for_are_caught_up_in_one_message(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    lent(make, make.person(), TUESDAY)
    for day in (MONDAY - timedelta(3), TUESDAY + timedelta(3)):
        with clock.at(moment(day, 9)):
            worker.work_once(app)
            worker.work_once(app)
    (mail,) = mails(settings)
    assert "Myöhässä" in mail


def test_the_round_killed_and_done_again_promises_nobody_twice(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    lent(make, make.person(), TUESDAY)
    with app.app_context():
        made = [
            reminders.promise_all(Day(MONDAY, MONDAY), reminders.USUAL),
            reminders.promise_all(Day(MONDAY, MONDAY), reminders.USUAL),
        ]
    work(app)
    assert made == [1, 0]
    assert len(mails(settings)) == 1


def test_what_waits_to_be_fetched_tomorrow_is_told_today_in_one_message(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    aino = make.person(email="aino@example.fi")
    with clock.at(moment(MONDAY - timedelta(4), 12)):
        for name in ("Teltta", "Kanootti"):
            kind = make.kind(name)
            make.item(kind)
            make.reservation(kind, TUESDAY, TUESDAY, person=aino)
        work(app)
    work(app)
    told = mails(settings)
    assert len(told) == 3  # two confirmations, one reminder
    assert "\nNouda: Teltta, Kanootti\n" in told[-1]


def test_the_link_of_one_person_opens_nothing_of_another(
    app: Lainaamo, make: Make, settings: Settings, browser: Browser
) -> None:
    for _ in range(2):
        lent(make, make.person(), TUESDAY)
    work(app)
    links = [next(word for word in mail.split() if "/v/" in word) for mail in mails(settings)]
    one, other = (link.removeprefix(settings.public_url) for link in links)
    mixed = f"{one.partition('-')[0]}-{other.partition('-')[2]}"
    assert browser.get(one).status_code == 200
    for path in (mixed, one[:-1], "/v/1", "/v/1-", "/v/x-y", f"/v/{10**30}-x", one + "ä"):
        assert browser.get(path).status_code == 404
    with clock.at(clock.now() + timedelta(days=32)):
        assert browser.get(one).status_code == 404


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("-1 0 1 7", (-1, 0, 1, 7)),
        ("7, 1, 1", (1, 7)),
        ("−1 0", (-1, 0)),  # noqa: RUF001 - as people paste it
        ("", ()),
        ("1 2 x", None),
        ("-99", None),
        ("9999", None),
        (" ".join(str(n) for n in range(20)), None),
    ],
)
def test_the_days_are_read_as_people_write_them(text: str, steps: tuple[int, ...] | None) -> None:
    assert reminders.read_steps(text) == steps


def test_a_house_that_wants_no_reminders_sends_none(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    app.config["SETTINGS"] = replace(settings, reminder_days="")
    lent(make, make.person(), MONDAY)
    work(app)
    assert mails(settings) == []
    with app.app_context():
        assert session.scalars(select(Message.kind)).all() == []


def test_who_wants_text_messages_gets_them(app: Lainaamo, make: Make, settings: Settings) -> None:
    aino = make.person(email="aino@example.fi", phone="+358401234567")
    with app.app_context(), transaction():
        session.get_one(Person, aino.id).prefers_sms = True
    lent(make, aino, TUESDAY)
    work(app)
    assert mails(settings) == []
    (text,) = (one.read_text("utf-8") for one in (settings.folder / "sms").glob("*"))
    assert "Vastaa JATKA" in text


class Killed(BaseException):
    """Stands for kill -9: nothing after it runs but the database's own clean-up."""


def test_a_worker_killed_in_the_middle_leaves_nobody_out_and_tells_nobody_twice(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    for number in range(5):
        lent(make, make.person(email=f"p{number}@example.fi"), TUESDAY)
    with app.app_context():
        actions.remind(settings)
        usual = notices.handlers(settings)[reminders.LOANS]
        sent: list[str] = []

        def dies(payload: dict[str, Any], message_id: str) -> bool | None:
            sent.append(message_id)
            if len(sent) == 3:
                raise Killed
            return usual(payload, message_id)

        with pytest.raises(Killed):
            outbox.deliver({reminders.LOANS: dies})
        session.remove()
    for minutes in (0, 3):
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            work(app)
    told = [mail.split("\n")[0] for mail in mails(settings)]
    assert sorted(told) == [f"p{number}@example.fi" for number in range(5)]


def test_a_site_that_was_closed_meanwhile_stops_no_reminder(
    app: Lainaamo, make: Make, settings: Settings, browser: Browser
) -> None:
    lent(make, make.person(), TUESDAY)
    with app.app_context(), transaction():
        session.scalars(select(Site)).one().closed_at = clock.now()
    work(app)
    (mail,) = mails(settings)
    link = next(word for word in mail.split() if "/v/" in word).removeprefix(settings.public_url)
    assert browser.get(link).status_code == 200
