"""Whatever the scanner sends: a code, an address, keys of another layout, a foreign label."""

import pytest

from tests.desk.conftest import FRIDAY, Desk
from tests.make import Make

CODE = "K7M4P"


@pytest.fixture(autouse=True)
def lent_thing(make: Make) -> None:
    make.loan(make.item(place=make.place(), sign=CODE), FRIDAY)


@pytest.mark.parametrize(
    "read",
    [
        "K7M4P",
        "k7m4p",
        " K7M4P\r\n",
        "K7M4P\t",
        "K7M4P\n",
        "HTTP://127.0.0.1:8000/Q/K7M4P",
        "http://127.0.0.1:8000/q/k7m4p\r",
        "HTTPÖ--127.0.0.1Ö8000-Q-K7M4P",
        "HTTP>&&127.0.0.1>8000&Q&K7M4P",
    ],
)
def test_a_code_is_read_however_the_scanner_writes_it(desk: Desk, read: str) -> None:
    assert "Returned" in desk.scan(read).text


@pytest.mark.parametrize(
    ("read", "words"),
    [
        ("HTTPS://LIBRARY.EXAMPLE/Q/K7M4P", "This label belongs to library.example."),
        ("K7M4R", "One sign of the code is wrong."),
        ("AB", "This is not a code."),
        ("", "This is not a code."),
        ("22222", "This code is not in use here."),
    ],
)
def test_what_cannot_be_read_is_said_and_stays_in_the_field(
    desk: Desk, read: str, words: str
) -> None:
    page = desk.scan(read)
    assert page.status_code == 409
    assert words in page.text
    assert 'data-tone="bad"' in page.text
    assert f'name="code" value="{read}"' in page.text


def test_a_hostile_code_is_shown_as_text(desk: Desk) -> None:
    page = desk.scan('"><script>alert(1)</script>')
    assert "Nothing was found for" in page.text
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("sign", ["x" * 5000, "K7M4R", "22222"])
def test_an_address_with_no_code_in_it_is_not_found(desk: Desk, sign: str) -> None:
    for name in ("tavara", "hylly"):
        answer = desk.browser.get("/tiski", query_string={name: sign})
        assert answer.status_code == 404
    assert desk.send("/tiski/lainat", tavara=sign, first_name="A").status_code == 404
    assert desk.scan(CODE, "hyllytys", hylly=sign).status_code == 404


def test_a_mode_nobody_knows_means_returning(desk: Desk) -> None:
    assert "Returned" in desk.scan(CODE, mode="x").text


def test_staff_who_read_a_label_with_a_phone_come_to_the_desk(desk: Desk) -> None:
    for address in (f"/Q/{CODE}", f"/q/{CODE.lower()}"):
        assert desk.open(address).location == f"/tiski?tila=palautus&tavara={CODE}"
