"""Text messages go through a real gateway, once, and are tried again while it is away."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest

from lainaamo.config import Settings
from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.people import residents
from lainaamo.people.models import ContactProof
from lainaamo.people.rules import read_contact
from lainaamo.upkeep import actions as upkeep
from lainaamo.upkeep import doctor, sms, worker
from tests.make import Make


@dataclass
class Gateway:
    """Takes text messages; `status` is what it answers."""

    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    status: int = 200


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
def settings(settings: Settings, gateway: Gateway) -> Iterator[Settings]:
    """Settings with a real gateway on loopback."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length).decode()
            is_json = self.headers["Content-Type"] == "application/json"
            gateway.got.append(json.loads(body) if is_json else dict(parse_qsl(body)))
            gateway.headers.append(dict(self.headers))
            self.send_response(gateway.status)
            if gateway.status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/sms"
    yield replace(settings, sms_url=address, public_url="https://lainaamo.example.fi")
    server.shutdown()
    server.server_close()
    thread.join()


def asked(app: Lainaamo, *, locale: str = "fi") -> tuple[str, str]:
    """Ask for a code by phone; return the code and the link's token."""
    with app.app_context(), transaction():
        contact = read_contact("040 123 4567")
        proof = residents.ask_code(contact, browser="x", going="", locale=locale)
        return residents.code_of(proof, "sesame"), residents.token_of(proof, "sesame")


def test_the_code_goes_out_as_one_short_message(app: Lainaamo, gateway: Gateway) -> None:
    code, token = asked(app)
    worker.work_once(app)
    worker.work_once(app)
    [message] = gateway.got
    assert message["to"] == "+358401234567"
    assert f"koodisi on {code}" in message["text"]
    assert message["text"].endswith(f"https://lainaamo.example.fi/omat/linkki/{token}")
    assert len(message["text"]) <= 160
    assert message["id"].startswith("lainaamo-")


def test_the_message_speaks_the_language_it_was_asked_in(app: Lainaamo, gateway: Gateway) -> None:
    asked(app, locale="sv")
    worker.work_once(app)
    assert "din kod är" in gateway.got[0]["text"]


@pytest.mark.parametrize("status", [500, 429, 302])
def test_a_gateway_that_says_no_is_tried_again_with_the_same_id(
    app: Lainaamo, gateway: Gateway, status: int
) -> None:
    asked(app)
    gateway.status = status
    worker.work_once(app)
    gateway.status = 200
    with clock.at(clock.now() + timedelta(minutes=2)):
        worker.work_once(app)
        worker.work_once(app)
    assert len({message["id"] for message in gateway.got}) == 1
    assert len(gateway.got) == 2


def test_a_code_that_is_too_old_is_not_sent(app: Lainaamo, gateway: Gateway) -> None:
    asked(app)
    with clock.at(clock.now() + residents.LASTS):
        worker.work_once(app)
    assert gateway.got == []


def test_a_code_that_was_used_meanwhile_is_not_sent(app: Lainaamo, gateway: Gateway) -> None:
    asked(app)
    with app.app_context(), transaction():
        session.query(ContactProof).one().used_at = clock.now()
    worker.work_once(app)
    assert gateway.got == []


def test_without_a_gateway_messages_are_written_into_a_folder(settings: Settings) -> None:
    alone = replace(settings, sms_url="")
    sms.send(alone, to="+358401234567", text="Hei, ännu €", message_id="lainaamo-1")
    file = settings.folder / "sms" / "lainaamo-1.txt"
    assert file.read_text(encoding="utf-8") == "+358401234567\n\nHei, ännu €\n"


@pytest.mark.parametrize(
    ("public", "gateway_url", "well"),
    [
        ("https://l.fi", "", False),
        ("https://l.fi", "http://sms.example.fi", False),
        ("https://l.fi", "https://sms.example.fi", True),
        ("http://127.0.0.1:8000", "", True),
    ],
)
def test_the_doctor_says_when_nobody_would_get_a_text_message(
    app: Lainaamo,
    settings: Settings,
    public: str,
    gateway_url: str,
    well: bool,  # noqa: FBT001 - a row of the table
) -> None:
    app.config["SETTINGS"] = replace(settings, public_url=public, sms_url=gateway_url)
    with app.app_context():
        found = {one.name: one.is_well for one in doctor.examine(app)}
    assert found["text messages"] is well


def test_who_has_a_phone_only_gets_the_reservation_as_a_text_message(
    app: Lainaamo, make: Make, gateway: Gateway
) -> None:
    kind, person = make.kind(), make.person(phone="+358401234567")
    make.item(kind)
    day = clock.today()
    make.reservation(kind, day, day, person=person)
    worker.work_once(app)
    [message] = gateway.got
    assert message["to"] == "+358401234567"
    assert "/oma/" in message["text"]
    assert len(message["text"]) <= 160


@pytest.mark.parametrize(
    ("locale", "words"), [("fi", "Otimme vastaan 2 tavaraa."), ("sv", "Vi tog emot 2 föremål.")]
)
def test_a_donor_who_left_a_phone_is_thanked_by_one_message(
    app: Lainaamo, gateway: Gateway, make: Make, locale: str, words: str
) -> None:
    make.donation(make.item(), make.item(), phone="+358401234567", locale=locale)
    worker.work_once(app)
    assert gateway.got == []  # something more may be brought still
    with clock.at(clock.now() + timedelta(minutes=31)):
        worker.work_once(app)
        worker.work_once(app)
    [message] = gateway.got
    assert message["to"] == "+358401234567"
    assert words in message["text"]
    assert len(message["text"]) <= 160


def test_a_donor_who_was_forgotten_is_not_written_to(
    app: Lainaamo, gateway: Gateway, make: Make
) -> None:
    make.donation(make.item(), phone="+358401234567")
    with clock.at(clock.now() + timedelta(days=91)):
        with app.app_context():
            upkeep.erase_old_donors()
        worker.work_once(app)
    assert gateway.got == []


def test_a_gateway_with_names_of_its_own_gets_what_it_asks_for(
    settings: Settings, gateway: Gateway
) -> None:
    theirs = replace(
        settings,
        sms_format="form",
        sms_fields="to=recipient text=body id=reference from=sender",
        sms_authorization="Bearer abc",
        sms_sender="+358400000001",
    )
    sms.send(theirs, to="+358401234567", text="Hei, älä €", message_id="lainaamo-7")
    assert gateway.got == [
        {
            "recipient": "+358401234567",
            "body": "Hei, älä €",
            "reference": "lainaamo-7",
            "sender": "+358400000001",
        }
    ]
    assert gateway.headers[0]["Authorization"] == "Bearer abc"
