"""Text travels small, and secrets travel as they are."""

import gzip
import io

from werkzeug.test import EnvironBuilder, run_wsgi_app

from lainaamo.core import wire
from lainaamo.core.web import Lainaamo
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

SMALL = {"Accept-Encoding": "gzip, deflate, br"}


def test_files_travel_small_and_are_the_same_file(browser: Browser) -> None:
    whole = browser.get("/static/app.css")
    assert "Content-Encoding" not in whole.headers
    packed = browser.get("/static/app.css", headers=SMALL)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.data) < len(whole.data) / 3
    assert gzip.decompress(packed.data) == whole.data
    tag = {"If-None-Match": packed.headers["ETag"]}
    assert browser.get("/static/app.css", headers={**SMALL, **tag}).status_code == 304


def test_what_is_small_already_is_left_alone(browser: Browser) -> None:
    font = browser.get("/static/fonts/source-sans-3.woff2", headers=SMALL)
    assert "Content-Encoding" not in font.headers
    assert "Content-Encoding" not in browser.get("/healthz", headers=SMALL).headers


def test_a_page_for_everybody_travels_small(browser: Browser, make: Make) -> None:
    make.item(make.kind("Sukset"))
    answer = browser.get("/", headers=SMALL)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Sukset" in gzip.decompress(answer.data).decode()
    assert {"Cookie", "Accept-Language", "Accept-Encoding"} <= set(answer.vary)


def test_a_page_with_a_secret_is_not_packed(
    browser: Browser, signed_in: SignedIn, make: Make
) -> None:
    assert "Content-Encoding" not in signed_in("resident").get("/", headers=SMALL).headers
    kind = make.kind()
    make.item(kind)
    form = {"first_day": "2026-03-03", "last_day": "2026-03-06", "first_name": "Aino"}
    answer = browser.post(
        f"/valineet/{kind.id}/varaukset",
        data={**form, "contact": "aino@example.fi", "agree": "yes"},
    )
    assert "Content-Encoding" not in browser.get(answer.location, headers=SMALL).headers


class Endless(io.RawIOBase):
    """A body that never ends; counts what was read of it."""

    taken = 0

    def read(self, size: int = -1) -> bytes:
        self.taken += size
        return bytes(size)


def send_to_closed_door(app: Lainaamo, body: io.RawIOBase | io.BytesIO, length: int) -> str:
    environ = EnvironBuilder("/hallinta/asetukset", method="POST").get_environ()
    environ |= {"wsgi.input": body, "CONTENT_LENGTH": str(length)}
    _page, status, _headers = run_wsgi_app(wire.read_all(app), environ)
    return status[:3]


def test_a_refused_request_is_read_to_its_end_behind_a_proxy(app: Lainaamo) -> None:
    body = io.BytesIO(bytes(100_000))
    assert (send_to_closed_door(app, body, 100_000), body.read()) == ("403", b"")


def test_who_sends_without_end_is_not_heard_out(app: Lainaamo) -> None:
    body = Endless()
    assert send_to_closed_door(app, body, 10**9) == "403"
    assert body.taken == wire.MOST_UNREAD_BYTES
