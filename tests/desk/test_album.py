"""Photos of a thing: sent from a phone, shown, taken away and put back."""

import errno
import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from lainaamo.core import clock
from lainaamo.core.web import Lainaamo
from lainaamo.upkeep import actions as upkeep
from tests.conftest import AtOnce, SignedIn
from tests.make import Make
from tests.strict import Browser


@pytest.fixture
def sign(make: Make) -> str:
    return make.sign(make.item(make.kind("Sukset")))


def jpeg(colour: str = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(file, "JPEG")
    return file.getvalue()


def send(browser: Browser, sign: str, content: bytes, name: str = "IMG_1.jpg") -> TestResponse:
    fields = {"photo": (io.BytesIO(content), name)}
    return browser.post(f"/tavarat/{sign}/kuvat", data=fields, content_type="multipart/form-data")


def files_of(app: Lainaamo) -> list[Path]:
    return sorted(app.config["FILES"].folder.glob("??/*"))


def addresses(page: str, size: str) -> set[str]:
    parts = page.split("/kuvat/")[1:]
    return {
        "/kuvat/" + one.split(".webp")[0] + ".webp" for one in parts if f".{size}.webp" in one[:40]
    }


def test_a_worker_sends_a_photo_and_everybody_may_see_it(
    signed_in: SignedIn, browser: Browser, sign: str
) -> None:
    worker = signed_in("worker")
    assert send(worker, sign, jpeg()).status_code == 303
    page = worker.get(f"/tavarat/{sign}").text
    (address,) = addresses(page, "m")
    answer = browser.get(address)
    assert answer.status_code == 200
    assert answer.content_type == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]


def test_the_same_photo_sent_twice_is_one(app: Lainaamo, signed_in: SignedIn, sign: str) -> None:
    worker = signed_in("worker")
    send(worker, sign, jpeg())
    send(worker, sign, jpeg())
    assert len(addresses(worker.get(f"/tavarat/{sign}").text, "s")) == 1
    assert len(files_of(app)) == 3


def test_the_same_photo_sent_by_eight_at_once_is_one(
    app: Lainaamo, signed_in: SignedIn, at_once: AtOnce, sign: str
) -> None:
    worker = signed_in("worker")
    cookie = worker.get_cookie("istunto")
    assert cookie is not None

    def one(browser: Browser) -> int:
        browser.set_cookie("istunto", cookie.value)
        return send(browser, sign, jpeg()).status_code

    assert set(at_once(8, one)) <= {303, 409}
    assert len(addresses(worker.get(f"/tavarat/{sign}").text, "s")) == 1


def test_a_photo_taken_away_can_be_put_back(signed_in: SignedIn, sign: str) -> None:
    worker = signed_in("worker")
    send(worker, sign, jpeg())
    gone = worker.post(f"/tavarat/{sign}/kuvat/1/poisto")
    page = worker.get(gone.location).text
    assert not addresses(page, "s")
    assert "/kuvat/1/palautus" in page
    worker.post(f"/tavarat/{sign}/kuvat/1/palautus")
    assert len(addresses(worker.get(f"/tavarat/{sign}").text, "s")) == 1


def test_what_is_no_photo_is_told_on_the_same_page(signed_in: SignedIn, sign: str) -> None:
    worker = signed_in("worker")
    answer = send(worker, sign, b"PK\x03\x04", "kuva.jpg")
    assert answer.status_code == 409
    assert "Ota uusi kuva" in answer.text
    answer = worker.post(f"/tavarat/{sign}/kuvat", data={"photo": (io.BytesIO(b""), "")})
    assert answer.status_code == 409
    assert "ensin kuva" in answer.text


def test_a_photo_larger_than_any_phone_takes_is_refused_unread(
    app: Lainaamo, signed_in: SignedIn, browser: Browser, sign: str
) -> None:
    large = {"data": bytes(31 * 1024 * 1024), "content_type": "multipart/form-data; boundary=x"}
    assert signed_in("worker").post(f"/tavarat/{sign}/kuvat", **large).status_code == 413
    assert browser.post(f"/tavarat/{sign}/kuvat", **large).status_code == 403
    assert files_of(app) == []


def test_a_resident_may_not_send_photos(signed_in: SignedIn, sign: str) -> None:
    assert send(signed_in("resident"), sign, jpeg()).status_code == 403


def test_a_photo_belongs_to_its_thing(signed_in: SignedIn, make: Make, sign: str) -> None:
    worker = signed_in("worker")
    send(worker, sign, jpeg())
    other = make.sign(make.item(make.kind("Luistimet")))
    assert worker.post(f"/tavarat/{other}/kuvat/1/poisto").status_code == 404
    assert "palautus" not in worker.get(f"/tavarat/{other}?poistettu=1").text


def test_a_full_disk_is_told_and_leaves_nothing_behind(
    app: Lainaamo, signed_in: SignedIn, sign: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = signed_in("worker")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    answer = send(worker, sign, jpeg())
    monkeypatch.undo()
    assert answer.status_code == 409
    assert "ei voitu tallentaa" in answer.text
    assert files_of(app) == []
    assert send(worker, sign, jpeg()).status_code == 303


def test_files_whose_row_never_came_are_swept_after_a_day(
    app: Lainaamo, signed_in: SignedIn, sign: str
) -> None:
    send(signed_in("worker"), sign, jpeg())
    files = app.config["FILES"]
    files.keep("a" * 32, "s.webp", b"stray")
    with app.app_context():
        upkeep.sweep(files)
        assert len(files_of(app)) == 4, "today's files may belong to a photo on its way"
        for path in files_of(app):
            os.utime(path, (0, (clock.now() - timedelta(days=2)).timestamp()))
        upkeep.sweep(files)
    assert len(files_of(app)) == 3


@pytest.mark.parametrize("name", ["a" * 32, "..%2f..%2fsecret", "A" * 32, "x"])
def test_an_address_of_no_photo_is_not_found(browser: Browser, name: str) -> None:
    assert browser.get(f"/kuvat/{name}.m.webp").status_code == 404
