"""Messages reach people through a real mail server, once, in their own language."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from lainaamo.config import Settings
from lainaamo.core import clock, outbox
from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods import queries as goods_queries
from lainaamo.lending import actions as lending
from lainaamo.lending import queries as lending_queries
from lainaamo.lending.actions import Asked, Borrower
from lainaamo.people.models import Person
from lainaamo.upkeep import actions, notices, worker
from tests.make import Make

TUESDAY, FRIDAY = date(2026, 3, 3), date(2026, 3, 6)


@dataclass
class Letterbox:
    """Takes what the mail server is given; `closed` refuses it for now."""

    mails: list[EmailMessage] = field(default_factory=list)
    closed: bool = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.closed:
            return "451 try later"
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@pytest.fixture
def letterbox() -> Letterbox:
    return Letterbox()


@pytest.fixture
def settings(settings: Settings, letterbox: Letterbox) -> Iterator[Settings]:
    """Settings with a real mail server on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as asked:
        port = asked.getsockname()[1]
    server = Controller(letterbox, hostname="127.0.0.1", port=port)
    server.start()
    yield Settings(
        instance=settings.instance,
        database_url=settings.database_url,
        secret="sesame",
        smtp_url=f"smtp://127.0.0.1:{port}",
        public_url="https://lainaamo.example.fi",
    )
    server.stop()


def reserved(
    app: Lainaamo, make: Make, *, email: str = "aino@example.fi", locale: str = "fi"
) -> int:
    """Reserve a pair of skis from Tuesday to Friday; return the reservation's id."""
    kind = make.kind("Sukset", name_sv="Skidor")
    make.item(kind)
    person = make.person(first_name="Aino", email=email, locale=locale)
    with app.app_context(), transaction():
        made = lending.reserve(
            [Asked(kind.id)],
            Borrower("Aino", person_id=person.id),
            site_id=make.site().id,
            first_day=TUESDAY,
            last_day=FRIDAY,
        )
        return made.id


def test_who_reserves_gets_one_mail_with_the_link(
    app: Lainaamo, make: Make, letterbox: Letterbox
) -> None:
    reserved(app, make)
    worker.work_once(app)
    worker.work_once(app)
    [mail] = letterbox.mails
    assert mail["To"] == "aino@example.fi"
    assert mail["Message-ID"].endswith("@lainaamo.example.fi>")
    link = next(word for word in mail.get_content().split() if word.startswith("https://"))
    own = app.test_client().get(link.removeprefix("https://lainaamo.example.fi"))
    assert own.status_code == 200


def test_the_mail_speaks_the_borrowers_language(
    app: Lainaamo, make: Make, letterbox: Letterbox
) -> None:
    reserved(app, make, locale="sv")
    worker.work_once(app)
    assert "Skidor" in letterbox.mails[0].get_content()


def test_a_reservation_cancelled_before_the_mail_went_is_not_confirmed(
    app: Lainaamo, make: Make, letterbox: Letterbox
) -> None:
    reservation_id = reserved(app, make)
    with app.app_context(), transaction():
        lending.cancel(lending_queries.get_reservation(reservation_id))
    worker.work_once(app)
    assert letterbox.mails == []


def test_a_mail_server_that_is_away_is_tried_again(
    app: Lainaamo, make: Make, letterbox: Letterbox
) -> None:
    reserved(app, make)
    letterbox.closed = True
    worker.work_once(app)
    letterbox.closed = False
    worker.work_once(app)
    assert letterbox.mails == []
    with clock.at(clock.now() + timedelta(hours=1)):
        worker.work_once(app)
    assert len(letterbox.mails) == 1


def test_a_subject_cannot_carry_another_header(
    app: Lainaamo, make: Make, letterbox: Letterbox
) -> None:
    reservation_id = reserved(app, make)
    with app.app_context(), transaction():
        lending_queries.get_reservation(reservation_id).for_name = "Aino\r\nBcc: all@example.fi"
    worker.work_once(app)
    assert letterbox.mails[0]["Bcc"] is None


def test_who_has_no_e_mail_is_left_to_the_desk(
    app: Lainaamo, make: Make, letterbox: Letterbox
) -> None:
    reservation_id = reserved(app, make)
    with app.app_context(), transaction():
        person_id = lending_queries.get_reservation(reservation_id).person_id
        session.get_one(Person, person_id).email = None
    worker.work_once(app)
    assert letterbox.mails == []


def test_who_loses_a_promise_to_a_late_loan_is_told_once_the_day_before(
    app: Lainaamo, make: Make, letterbox: Letterbox
) -> None:
    kind = make.kind()
    item = make.item(kind)
    late, next_one = make.person(email="late@example.fi"), make.person(email="next@example.fi")
    with app.app_context(), transaction():
        lending.hand_out(
            goods_queries.get_item(item.id),
            Borrower("Eetu", person_id=late.id),
            due_on=TUESDAY,
        )
    with app.app_context(), transaction():
        lending.reserve(
            [Asked(kind.id)],
            Borrower("Aino", person_id=next_one.id),
            site_id=make.site().id,
            first_day=FRIDAY,
            last_day=FRIDAY,
        )
    with clock.at(clock.now() + timedelta(days=3)):
        for _ in range(2):
            worker.work_once(app)
    subjects = [mail["Subject"] for mail in letterbox.mails if mail["To"] == "next@example.fi"]
    assert len([one for one in subjects if one.startswith("Ikävä uutinen")]) == 1


def test_the_nightly_round_ends_what_nobody_fetched_and_twice_changes_nothing(
    app: Lainaamo, make: Make
) -> None:
    reservation_id = reserved(app, make)
    with clock.at(clock.now() + timedelta(days=7)), app.app_context():
        for _ in range(2):
            actions.expire()
        [line] = lending_queries.get_reservation(reservation_id).lines
        assert line.ended_as == "expired"


def test_every_message_that_is_promised_has_somebody_to_send_it(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    reserved(app, make)
    with app.app_context():
        kinds = set(session.scalars(select(outbox.Message.kind)))
    assert kinds <= set(notices.handlers(settings))
