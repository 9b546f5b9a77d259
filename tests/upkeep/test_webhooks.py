"""Partners that are told what changed: signed, in order, again where they were away, and safely."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from lainaamo.config import Settings
from lainaamo.core import clock, journal, outward, webhooks
from lainaamo.core.db import transaction
from lainaamo.core.outward import Unsent
from lainaamo.core.web import Lainaamo
from lainaamo.upkeep import webhooks as telling
from tests.make import Make

MON = date(2026, 3, 2)


@dataclass
class Receiver:
    """A partner's server: keeps what it got, and answers as it is told to."""

    port: int = 0
    answer: int = 204
    headers: list[tuple[str, str]] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?of=lainaamo"

    def types(self) -> list[str]:
        return [json.loads(body)["type"] for _headers, body in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Serve a partner on loopback."""
    told = Receiver()

    class Partner(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.got.append(({name.lower(): text for name, text in self.headers.items()}, body))
            self.send_response(told.answer)
            for name, text in told.headers:
                self.send_header(name, text)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Partner) as server:
        told.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield told
        server.shutdown()
        thread.join()


@pytest.fixture
def tell(app: Lainaamo, settings: Settings) -> Callable[[], None]:
    """Return the worker's round: seal what happened, and tell partners."""
    inside = replace(settings, webhooks_inside="yes")

    def tell() -> None:
        with app.app_context():
            with transaction():
                journal.seal()
            telling.tell(inside)

    return tell


def reserve(make: Make) -> int:
    kind = make.kind()
    make.item(kind)
    return make.reservation(kind, MON, MON + timedelta(1)).id


def test_a_partner_is_told_what_it_chose_signed_and_without_names(
    app: Lainaamo, make: Make, receiver: Receiver, tell: Callable[[], None]
) -> None:
    row = make.webhook(receiver.url, "reservation.made")
    made = reserve(make)
    tell()
    ((headers, body),) = receiver.got
    said = json.loads(body)
    assert (said["type"], said["data"]["id"]) == ("reservation.made", made)
    assert set(said["data"]) <= {"thing", "id", "lines", "first_day", "last_day"}
    with app.app_context():
        secret = webhooks.secret(row, key="sesame")
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{right}"
    assert headers["webhook-timestamp"] == str(int(clock.now().timestamp()))


def test_the_signature_is_the_one_of_the_published_example() -> None:
    # https://www.standardwebhooks.com: the example that its libraries are tested with.
    body = b'{"test": 2432232314}'
    made = telling.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_partner_that_was_away_is_told_all_in_order_with_the_same_ids(
    make: Make, receiver: Receiver, tell: Callable[[], None]
) -> None:
    make.webhook(receiver.url, "reservation.made")
    receiver.answer = 500
    reserve(make)
    reserve(make)
    tell()
    tell()
    assert len(receiver.got) == 1, "it rests after a failure, and what comes later waits"
    receiver.answer = 200
    with clock.at(clock.now() + timedelta(seconds=6)):
        tell()
    ids = [headers["webhook-id"] for headers, _body in receiver.got]
    assert (len(ids), ids[0]) == (3, ids[1])
    assert ids[1] != ids[2]


def test_a_partner_is_given_up_after_three_days_and_not_kept_from_what_comes_then(
    app: Lainaamo, make: Make, receiver: Receiver, tell: Callable[[], None]
) -> None:
    row = make.webhook(receiver.url, "reservation.made", "loan.returned")
    receiver.answer = 503
    reserve(make)
    tell()
    receiver.answer = 200
    with clock.at(clock.now() + timedelta(days=3, minutes=1)):
        with app.app_context(), transaction():
            journal.write("loan.returned", "item", 1)
        tell()
        with app.app_context():
            last = webhooks.last_deliveries(row.id, most=9)
    assert receiver.types()[-1] == "loan.returned"
    assert [one.given_up_at is not None for one in last] == [False, True]


def test_a_partner_that_is_gone_is_told_no_more(
    make: Make, receiver: Receiver, tell: Callable[[], None]
) -> None:
    row = make.webhook(receiver.url)
    receiver.answer = 410
    reserve(make)
    tell()
    assert make.again(row).ended_at is not None
    reserve(make)
    tell()
    assert len(receiver.got) == 1


def test_a_redirect_is_not_followed(
    make: Make, receiver: Receiver, tell: Callable[[], None]
) -> None:
    row = make.webhook(receiver.url)
    receiver.answer, receiver.headers = 307, [("Location", receiver.url)]
    reserve(make)
    tell()
    assert (len(receiver.got), make.again(row).failures) == (1, 1)


def test_nobody_who_listens_costs_one_try_at_a_time(
    app: Lainaamo, make: Make, tell: Callable[[], None]
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        row = make.webhook(f"http://127.0.0.1:{closed.getsockname()[1]}/", "reservation.made")
        for _ in range(3):
            reserve(make)
        tell()
    with app.app_context():
        told = webhooks.last_deliveries(row.id, most=9)
    assert [(one.tries, one.fault) for one in told] == [(0, None), (0, None), (1, "no_answer")]


def test_an_answer_that_drips_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "LONGEST_S", 0.3)
    gate = threading.Event()

    def drip(listening: socket.socket) -> None:
        connection, _address = listening.accept()
        with connection:
            connection.recv(1000)
            while not gate.wait(0.05):
                try:
                    connection.sendall(b"H")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=(listening,))
        thread.start()
        with pytest.raises(Unsent, match=r"^slow$"):
            outward.post(f"http://127.0.0.1:{listening.getsockname()[1]}/", b"", {}, inside=True)
        gate.set()
        thread.join()


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:192.168.1.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://0/",
        "https://2130706433/",
        "https://224.0.0.1/",
    ],
)
def test_nothing_is_sent_into_our_own_network(url: str) -> None:
    with pytest.raises(Unsent, match="inside"):
        outward.post(url, b"", {}, inside=False)


@pytest.mark.parametrize(
    "url", ["http://example.fi/", "ftp://example.fi", "https://a:b@example.fi", "https://", "x"]
)
def test_nothing_is_sent_to_what_is_no_address(url: str) -> None:
    with pytest.raises(Unsent, match="bad_address"):
        outward.post(url, b"", {}, inside=False)


def test_what_was_rolled_back_is_told_to_nobody(
    app: Lainaamo, make: Make, receiver: Receiver, tell: Callable[[], None]
) -> None:
    make.webhook(receiver.url)

    def change_half() -> None:
        with app.app_context(), transaction():
            journal.write("item.received", "item", 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_half()
    tell()
    assert receiver.got == []


def test_what_is_told_names_nobody(app: Lainaamo, make: Make) -> None:
    row = make.webhook("https://partner.example.fi/")
    with app.app_context(), transaction():
        journal.write("loan.handed_out", "item", 5, person=7, loan=3)
        journal.seal()
    with app.app_context(), transaction():
        webhooks.promise_new()
        found = webhooks.next_of(row.id)
        assert found is not None
        data = telling._body(found)["data"]  # noqa: SLF001 - what is sent, without a receiver
    assert data == {"thing": "item", "id": 5, "loan": 3, "code": None}
