"""Taking goods in: a photo and two taps, twice pressed, refused, taken back."""

import errno
import io
import os
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image, ImageDraw
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Category, Code, Item, Kind, Photo, Repair
from lainaamo.reception.models import WaitingPhoto
from lainaamo.upkeep import actions as upkeep
from tests.conftest import AtOnce, SignedIn
from tests.make import Make
from tests.strict import Browser

HERE = "/vastaanotto"


@pytest.fixture
def skis(make: Make) -> Category:
    make.site()
    return make.category("skis", attributes=["ski_length", "colour"])


@pytest.fixture
def chairs(make: Make) -> Category:
    make.site()
    return make.category("chairs", pool="reuse", attributes=["width_mm", "colour"])


@pytest.fixture
def worker(signed_in: SignedIn) -> Browser:
    return signed_in("worker")


def jpeg(colour: str = "red", number: int = 0) -> bytes:
    """Return a photo of something on a grey floor."""
    picture = Image.new("RGB", (640, 480), (200, 200, 198))
    ImageDraw.Draw(picture).rectangle((200 + number, 120, 440, 400), fill=colour)
    file = io.BytesIO()
    picture.save(file, "JPEG")
    return file.getvalue()


def send(browser: Browser, category: Category | None, **fields: Any) -> TestResponse:
    photo = fields.pop("content", None)
    sent: dict[str, Any] = {"condition": "good", **fields}
    if category is not None:
        sent["category"] = str(category.id)
    if photo is not None:
        sent["photo_file"] = (io.BytesIO(photo), "IMG_1.jpg")
    return browser.post(HERE, data=sent, content_type="multipart/form-data")


def stored(app: Lainaamo, model: Any) -> list[Any]:
    with app.app_context():
        rows = list(session.scalars(select(model).order_by(model.id)).all())
        session.expunge_all()
        return rows


def counted(app: Lainaamo, model: Any) -> int:
    with app.app_context():
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_photo_and_two_taps_make_a_thing_with_a_code(
    app: Lainaamo, worker: Browser, skis: Category
) -> None:
    answer = send(worker, skis, content=jpeg())
    assert answer.status_code == 303
    (item,) = stored(app, Item)
    assert answer.location.startswith(f"{HERE}/{item.id}?")
    page = worker.get(answer.location).text
    (code,) = stored(app, Code)
    (photo,) = stored(app, Photo)
    assert code.sign in page
    assert photo.name in page
    assert "Otettu vastaan" in page
    assert item.attributes == {"colour": "red"}
    assert (item.condition, item.quantity) == ("good", 1)


def test_the_second_of_a_group_is_of_the_same_kind(
    app: Lainaamo, worker: Browser, skis: Category
) -> None:
    send(worker, skis, content=jpeg())
    send(worker, skis, content=jpeg("blue"))
    assert len(stored(app, Kind)) == 1
    assert len(stored(app, Item)) == 2


def test_the_same_form_twice_is_one_thing(app: Lainaamo, worker: Browser, skis: Category) -> None:
    first = send(worker, skis, content=jpeg(), _key="abc")
    second = send(worker, skis, content=jpeg(), _key="abc")
    assert first.location == second.location
    assert len(stored(app, Item)) == 1


def test_the_same_form_pressed_eight_times_at_once_is_one_thing(
    app: Lainaamo, worker: Browser, skis: Category, at_once: AtOnce
) -> None:
    cookie = worker.get_cookie("istunto")
    assert cookie is not None

    def one(browser: Browser) -> str:
        browser.set_cookie("istunto", cookie.value)
        return send(browser, skis, content=jpeg(), _key="abc").location

    assert len(set(at_once(8, one))) == 1
    assert len(stored(app, Item)) == 1


def test_eight_workers_with_new_things_of_one_group_make_one_kind(
    app: Lainaamo, worker: Browser, skis: Category, at_once: AtOnce
) -> None:
    cookie = worker.get_cookie("istunto")
    assert cookie is not None

    def one(browser: Browser) -> int:
        browser.set_cookie("istunto", cookie.value)
        return send(browser, skis, content=jpeg(number=browser.number)).status_code

    assert at_once(8, one) == [303] * 8
    assert len(stored(app, Kind)) == 1
    assert len({code.sign for code in stored(app, Code)}) == 8
    assert len(stored(app, Photo)) == 8


def test_a_photo_that_went_ahead_is_the_things_photo(
    app: Lainaamo, worker: Browser, skis: Category
) -> None:
    fields = {"photo_file": (io.BytesIO(jpeg("blue")), "kuva.jpg")}
    kept = worker.post(f"{HERE}/kuvat", data=fields, content_type="multipart/form-data").get_json()
    assert kept["colours"] == [{"key": "blue", "name": "sininen"}]
    assert worker.get(kept["url"]).status_code == 200
    assert kept["name"] in worker.get(f"{HERE}?kuva={kept['name']}").text
    send(worker, skis, photo=kept["name"])
    (photo,) = stored(app, Photo)
    assert photo.name == kept["name"]
    assert counted(app, WaitingPhoto) == 0


def test_a_photo_has_one_thing_however_its_form_comes_again(
    app: Lainaamo, worker: Browser, skis: Category
) -> None:
    fields = {"photo_file": (io.BytesIO(jpeg()), "kuva.jpg")}
    kept = worker.post(f"{HERE}/kuvat", data=fields, content_type="multipart/form-data").get_json()
    first = send(worker, skis, photo=kept["name"], _key="one")
    second = send(worker, skis, photo=kept["name"], _key="two")
    assert first.location == second.location
    assert len(stored(app, Item)) == 1


def test_a_form_with_gaps_keeps_the_photo(app: Lainaamo, worker: Browser, skis: Category) -> None:
    answer = send(worker, None, content=jpeg(), condition="")
    assert answer.status_code == 422
    assert "Valitse, mikä se on." in answer.text
    assert "Valitse kunto kuvista." in answer.text
    (waiting,) = stored(app, WaitingPhoto)
    assert f'value="{waiting.name}"' in answer.text
    assert stored(app, Item) == []


def test_a_photo_nobody_knows_is_refused_in_words(
    app: Lainaamo, worker: Browser, skis: Category
) -> None:
    answer = send(worker, skis, photo="a" * 32)
    assert answer.status_code == 409
    assert "Ota uusi kuva" in answer.text
    assert stored(app, Item) == []


def test_a_thing_without_a_photo_is_taken_in_too(
    app: Lainaamo, worker: Browser, skis: Category
) -> None:
    answer = send(worker, skis)
    assert "Kuva puuttuu" in worker.get(answer.location).text


def test_what_is_broken_goes_to_repair(app: Lainaamo, worker: Browser, chairs: Category) -> None:
    send(worker, chairs, condition="broken", content=jpeg())
    (repair,) = stored(app, Repair)
    assert (repair.need, repair.closed_at) == ("repair", None)


def test_a_photo_that_goes_ahead_and_is_none_says_so(
    app: Lainaamo, worker: Browser, skis: Category
) -> None:
    fields = {"photo_file": (io.BytesIO(archive()), "kuva.jpg")}
    answer = worker.post(f"{HERE}/kuvat", data=fields, content_type="multipart/form-data")
    assert answer.status_code == 409
    assert "Ota uusi" in answer.get_json()["refused"]
    assert counted(app, WaitingPhoto) == 0


def test_a_full_disk_takes_nothing_in_and_says_so(
    app: Lainaamo, worker: Browser, skis: Category, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    answer = send(worker, skis, content=jpeg())
    monkeypatch.undo()
    assert answer.status_code == 409
    assert "ei voitu tallentaa" in answer.text
    assert stored(app, Item) == []
    assert not list(app.config["FILES"].folder.glob("??/*"))


def test_a_photo_whose_thing_never_came_is_forgotten_with_its_files(
    app: Lainaamo, worker: Browser, skis: Category
) -> None:
    send(worker, None, content=jpeg())
    name = stored(app, WaitingPhoto)[0].name
    files = app.config["FILES"]
    for path in files.folder.glob("??/*"):
        os.utime(path, (0, (clock.now() - timedelta(hours=2)).timestamp()))
    with app.app_context(), clock.at(clock.now() + timedelta(hours=23)):
        upkeep.forget()
        assert counted(app, WaitingPhoto) == 0
        upkeep.sweep(files)
    assert not list(files.folder.glob("??/*"))
    with_old = send(worker, skis, photo=name)
    assert with_old.status_code == 409


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("a.txt", "a")
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        archive(),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + bytes(100),
        b"\xff\xd8\xff\xe0" + b"A" * 1000,
        b"%PDF-1.7",
    ],
    ids=["zip", "svg", "gif", "half a jpeg", "pdf"],
)
def test_what_is_no_photo_is_refused_and_leaves_nothing(
    app: Lainaamo, worker: Browser, skis: Category, content: bytes
) -> None:
    answer = send(worker, skis, content=content)
    assert answer.status_code == 409
    assert "f-photo-wrong" in answer.text
    assert stored(app, Item) == []
    assert not list(app.config["FILES"].folder.glob("??/*"))


def test_a_photo_with_an_archive_behind_it_loses_the_archive(
    app: Lainaamo, worker: Browser, skis: Category
) -> None:
    assert send(worker, skis, content=jpeg() + archive()).status_code == 303
    for path in app.config["FILES"].folder.glob("??/*"):
        assert b"PK\x03\x04" not in path.read_bytes()


def test_a_blank_label_becomes_the_things_code(
    app: Lainaamo, make: Make, worker: Browser, skis: Category
) -> None:
    blank = make.kept(Code(sign="K7M4P", made_at=skis_made(make)))
    page = worker.get(send(worker, skis, sign=blank.sign).location).text
    assert blank.sign in page
    (code,) = stored(app, Code)
    assert code.item_id is not None


def skis_made(make: Make) -> Any:
    return make.kind("Muu").made_at


def test_a_label_that_is_on_another_thing_is_refused(
    app: Lainaamo, make: Make, worker: Browser, skis: Category
) -> None:
    other = make.item()
    answer = send(worker, skis, sign=make.sign(other))
    assert answer.status_code == 409
    assert "f-sign-wrong" in answer.text
    assert [item.id for item in stored(app, Item)] == [other.id]


@pytest.mark.parametrize(
    ("field", "value"),
    [("category", "9" * 15), ("category", "-1"), ("category", "x" * 10_000), ("condition", "ok")],
)
def test_what_no_button_sends_is_refused(
    app: Lainaamo, worker: Browser, skis: Category, field: str, value: str
) -> None:
    fields: dict[str, Any] = {"category": str(skis.id), "condition": "good", field: value}
    assert worker.post(HERE, data=fields).status_code in {409, 422}
    assert stored(app, Item) == []


def test_a_closed_group_is_refused(app: Lainaamo, worker: Browser, make: Make) -> None:
    make.site()
    closed = make.category("old")
    with app.app_context(), transaction():
        session.get_one(Category, closed.id).closed_at = clock.now()
    assert send(worker, closed).status_code == 409


def test_a_house_without_a_site_says_so(worker: Browser, make: Make) -> None:
    answer = send(worker, make.category())
    assert answer.status_code == 409
    assert "Toimipistettä ei ole" in answer.text


# More of the same


def count(browser: Browser, item: Item, number: str) -> TestResponse:
    return browser.post(f"{HERE}/{item.id}/samanlaiset", data={"number": number, "uusi": "1"})


def test_twelve_alike_chairs_are_one_lot(app: Lainaamo, worker: Browser, chairs: Category) -> None:
    send(worker, chairs, content=jpeg())
    (item,) = stored(app, Item)
    answer = count(worker, item, "12")
    (lot,) = stored(app, Item)
    assert (lot.quantity, lot.unclaimed) == (12, 12)
    assert "12 tarraa" in worker.get(answer.location).text


def test_three_more_skis_are_three_things_with_codes(
    app: Lainaamo, worker: Browser, skis: Category
) -> None:
    send(worker, skis, content=jpeg())
    (item,) = stored(app, Item)
    answer = count(worker, item, "3")
    assert len(stored(app, Item)) == 4
    assert len({code.item_id for code in stored(app, Code)}) == 4
    page = worker.get(answer.location).text
    assert "vielä 3 samanlaista" in page
    assert "4 tarraa" in page


@pytest.mark.parametrize("number", ["-3", "\u22123", "0", "10000000", "kolme", "1,5", "9" * 400])
@pytest.mark.parametrize("pool", ["lendable", "reuse"])
def test_an_impossible_number_is_refused_in_words(
    app: Lainaamo, worker: Browser, make: Make, number: str, pool: str
) -> None:
    item = make.item(make.kind(pool=pool))
    answer = count(worker, item, number)
    assert answer.status_code == 409
    assert 'id="f-number-wrong"' in answer.text
    assert len(stored(app, Item)) == 1
    assert make.again(item).quantity == 1


# Taking it back


def undo(browser: Browser, item: Item) -> TestResponse:
    return browser.post(f"{HERE}/{item.id}/peru", data={})


def test_a_reception_taken_back_leaves_no_kind_behind(
    app: Lainaamo, worker: Browser, skis: Category, browser: Browser
) -> None:
    send(worker, skis, content=jpeg(), condition="broken")
    (item,) = stored(app, Item)
    assert undo(worker, item).status_code == 303
    (gone,) = stored(app, Item)
    (kind,) = stored(app, Kind)
    assert gone.left_as == "retired"
    assert kind.left_at is not None
    assert browser.get(f"/valineet/{kind.id}").status_code == 404
    assert "Ei enää talossa" in worker.get(f"{HERE}/{item.id}").text


def test_what_is_lent_already_is_not_taken_back(app: Lainaamo, worker: Browser, make: Make) -> None:
    item = make.item()
    make.loan(item, item.received_at.date())
    assert undo(worker, item).status_code == 409
    assert make.again(item).left_at is None


def test_only_the_floor_takes_goods_in(
    signed_in: SignedIn, browser: Browser, skis: Category
) -> None:
    assert send(signed_in("resident"), skis, content=jpeg()).status_code == 403
    assert send(browser, skis, content=jpeg()).status_code == 403
    assert signed_in("buyer").get(HERE).status_code == 403
