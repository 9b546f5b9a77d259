"""Taking a turn at a shared device: five seconds, and no way round the PIN."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from lainaamo.config import Settings
from lainaamo.core import clock, journal
from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.secrets import fingerprint, installation_key
from lainaamo.core.web import Lainaamo
from lainaamo.doors.sessions import DEVICE_COOKIE
from lainaamo.doors.switch import WRONG_PINS
from lainaamo.people import floor, staff
from lainaamo.people.models import Device, Person, SignIn
from lainaamo.people.proofs import badge_text, check_pin, digits, read_badge
from lainaamo.people.visitor import COOKIE
from tests.conftest import AtOnce, SignedIn
from tests.crowd import Crowd
from tests.make import Make
from tests.strict import Browser

PIN = "2904"


@pytest.fixture
def token(app: Lainaamo) -> str:
    """Return the cookie of a trusted device."""
    with app.app_context(), transaction():
        return staff.trust_device("Tiski 1")[1]


@pytest.fixture
def tablet(browser: Browser, token: str) -> Browser:
    """Return the browser of a trusted device at which nobody works yet."""
    browser.set_cookie(DEVICE_COOKIE, token)
    return browser


@pytest.fixture
def niina(app: Lainaamo, make: Make) -> Person:
    return worker(app, make, first_name="Niina", number=27)


def worker(app: Lainaamo, make: Make, role: str = "worker", **facts: Any) -> Person:
    person = make.person(role, **facts)
    with app.app_context(), transaction():
        staff.set_pin(session.get_one(Person, person.id), PIN)
    return person


def badge_of(app: Lainaamo, person: Person) -> str:
    settings: Settings = app.config["SETTINGS"]
    key = installation_key(settings)
    with app.app_context(), transaction():
        badge = staff.make_badge(session.get_one(Person, person.id), key=key)
        return badge_text(key, badge.nonce)


def take_turn(browser: Browser, person: Person, pin: str = PIN, **more: str) -> int:
    return browser.post("/vaihto", data={"kuka": person.id, "pin": pin, **more}).status_code


def who_is_in(app: Lainaamo, browser: Browser) -> int | None:
    with app.app_context():
        cookie = browser.get_cookie(COOKIE)
        open_ones = select(SignIn).where(SignIn.ended_at.is_(None))
        rows = session.scalars(open_ones).all()
        mine = [
            row.person_id for row in rows if cookie and fingerprint(cookie.value) == row.token_hash
        ]
        return mine[0] if mine else None


def test_a_tap_and_a_pin_change_the_person_and_keep_what_was_being_done(
    app: Lainaamo, make: Make, tablet: Browser, niina: Person
) -> None:
    arto = worker(app, make, first_name="Arto", number=12)
    page = tablet.get("/vaihto?next=/tiski?tila=hyllytys").text
    assert "Niina" in page
    assert "Arto" in page
    form = {"kuka": niina.id, "pin": PIN, "next": "/tiski?tila=hyllytys"}
    answer = tablet.post("/vaihto", data=form)
    assert (answer.status_code, answer.location) == (303, "/tiski?tila=hyllytys")
    assert who_is_in(app, tablet) == niina.id
    assert take_turn(tablet, arto) == 303
    assert who_is_in(app, tablet) == arto.id


def test_the_session_of_the_one_before_ends(
    app: Lainaamo, make: Make, tablet: Browser, niina: Person
) -> None:
    arto = worker(app, make, first_name="Arto", number=12)
    take_turn(tablet, niina)
    before = tablet.get_cookie(COOKIE)
    take_turn(tablet, arto)
    assert before is not None
    tablet.set_cookie(COOKIE, before.value)
    assert tablet.get("/tiski").status_code == 303


def test_the_journal_knows_who_did_what_after_the_change(
    app: Lainaamo, make: Make, tablet: Browser, niina: Person
) -> None:
    arto, item = worker(app, make, number=12), make.item(place=make.place())
    for person, name in ((niina, "B2"), (arto, "C3")):
        take_turn(tablet, person)
        shelf = make.sign(make.place(name, sign=True))
        scan = {"tila": "hyllytys", "hylly": shelf, "code": make.sign(item)}
        assert tablet.post("/tiski/skannaukset", data=scan).status_code == 303
    with app.app_context():
        wanted = select(journal.Entry.actor).where(journal.Entry.verb == "item.shelved")
        actors = session.scalars(wanted.order_by(journal.Entry.id.desc()).limit(2)).all()
    assert len(set(actors)) == 2


def test_a_badge_alone_is_enough_and_works_from_the_pins_field_too(
    app: Lainaamo, tablet: Browser, niina: Person
) -> None:
    badge = badge_of(app, niina)
    for read in (badge, badge.lower(), badge.replace("-", "/"), f" {badge}\n"):
        assert tablet.post("/vaihto", data={"pin": read}).status_code == 303
        assert who_is_in(app, tablet) == niina.id
        tablet.post("/uloskirjautuminen")


def test_a_lost_badge_opens_nothing(app: Lainaamo, tablet: Browser, niina: Person) -> None:
    lost = badge_of(app, niina)
    new = badge_of(app, niina)
    assert tablet.post("/vaihto", data={"pin": lost}).status_code == 422
    assert tablet.post("/vaihto", data={"pin": new}).status_code == 303


def test_what_is_kept_of_a_badge_makes_none(app: Lainaamo, niina: Person) -> None:
    text = badge_of(app, niina)
    with app.app_context():
        badge = staff.find_badge(niina.id)
        assert badge is not None
        assert text not in (badge.nonce, badge.token_hash)
        assert badge_text("another secret", badge.nonce) != text


def test_on_a_device_nobody_trusts_neither_pin_nor_badge_opens(
    app: Lainaamo, browser: Browser, niina: Person
) -> None:
    badge = badge_of(app, niina)
    assert "Niina" not in browser.get("/vaihto").text
    assert take_turn(browser, niina) == 409
    assert browser.post("/vaihto", data={"pin": badge}).status_code == 409
    browser.set_cookie(DEVICE_COOKIE, "planted")
    assert take_turn(browser, niina) == 409
    assert browser.post("/kirjautuminen", data={"name": "27", "password": PIN}).status_code == 422
    assert who_is_in(app, browser) is None


def test_a_pin_opens_the_floors_work_and_nothing_more(
    app: Lainaamo, make: Make, tablet: Browser
) -> None:
    boss = worker(app, make, "administrator", first_name="Olli")
    assert take_turn(tablet, boss) == 303
    assert tablet.get("/tiski").status_code == 200
    assert tablet.get("/laitteet").status_code == 403


@pytest.mark.parametrize("role", ["resident", "buyer"])
def test_who_does_not_work_on_the_floor_takes_no_turn(
    app: Lainaamo, make: Make, tablet: Browser, role: str
) -> None:
    guest = worker(app, make, role, first_name="Vieras")
    badge = badge_of(app, guest)
    assert "Vieras" not in tablet.get("/vaihto").text
    assert take_turn(tablet, guest) == 422
    assert tablet.post("/vaihto", data={"pin": badge}).status_code == 422


def test_who_left_takes_no_turn(app: Lainaamo, tablet: Browser, niina: Person) -> None:
    badge = badge_of(app, niina)
    with app.app_context(), transaction():
        staff.leave(session.get_one(Person, niina.id))
    assert "Niina" not in tablet.get("/vaihto").text
    assert take_turn(tablet, niina) == 422
    assert tablet.post("/vaihto", data={"pin": badge}).status_code == 422


def test_a_device_that_is_trusted_no_more_is_out_at_once(
    app: Lainaamo, tablet: Browser, niina: Person, signed_in: SignedIn
) -> None:
    take_turn(tablet, niina)
    with app.app_context():
        device_id = session.scalars(select(Device.id)).one()
    boss = signed_in("supervisor")
    assert boss.post(f"/laitteet/{device_id}/paattyminen").status_code == 303
    assert tablet.get("/tiski").status_code == 303
    assert take_turn(tablet, niina) == 409


def test_trust_ends_after_half_a_year(tablet: Browser, niina: Person) -> None:
    with clock.at(clock.now() + staff.TRUSTED):
        assert take_turn(tablet, niina) == 409


def test_counter_staff_trust_a_device_and_workers_cannot(
    app: Lainaamo, niina: Person, signed_in: SignedIn
) -> None:
    assert signed_in("worker").post("/laitteet", data={"name": "x"}).status_code == 403
    browser = signed_in("counter")
    assert browser.post("/laitteet", data={"name": ""}).status_code == 422
    assert browser.post("/laitteet", data={"name": "x" * 10_000}).status_code == 422
    answer = browser.post("/laitteet", data={"name": "Halli, таблет <b>"})
    assert answer.status_code == 303
    page = browser.get("/laitteet").text
    assert "Halli, таблет &lt;b&gt;" in page
    assert take_turn(browser, niina) == 303
    assert browser.get("/kirjautuminen?next=/tiski").location == "/vaihto?next=%2Ftiski"


# Tries


def test_after_five_wrong_pins_the_right_one_must_wait_too(tablet: Browser, niina: Person) -> None:
    codes = [take_turn(tablet, niina, "1111") for _ in range(WRONG_PINS + 2)]
    assert codes == [422] * WRONG_PINS + [409] * 2
    assert take_turn(tablet, niina) == 409
    with clock.at(clock.now() + timedelta(minutes=15)):
        assert take_turn(tablet, niina) == 303


def test_only_the_one_who_was_wrong_waits(
    app: Lainaamo, make: Make, tablet: Browser, niina: Person
) -> None:
    arto = worker(app, make, first_name="Arto", number=12)
    for _ in range(WRONG_PINS + 1):
        take_turn(tablet, niina, "1111")
    assert take_turn(tablet, arto) == 303


def test_right_pins_are_never_counted(tablet: Browser, niina: Person) -> None:
    assert {take_turn(tablet, niina) for _ in range(3 * WRONG_PINS)} == {303}


def test_many_windows_at_once_get_exactly_five_tries(
    at_once: AtOnce, token: str, niina: Person
) -> None:
    def guess(browser: Browser) -> int:
        browser.set_cookie(DEVICE_COOKIE, token)
        return take_turn(browser, niina, f"{browser.number + 5000}")

    codes = at_once(12, guess)
    assert (codes.count(422), codes.count(409)) == (WRONG_PINS, 12 - WRONG_PINS)


def guess_often(app: Lainaamo, given: tuple[str, int, int]) -> int:
    """Return how many wrong PINs were looked at, in a process of its own."""
    token, person_id, times = given
    client = app.test_client()
    client.set_cookie(DEVICE_COOKIE, token)
    form = {"kuka": person_id, "pin": "1111"}
    codes = [client.post("/vaihto", data=form).status_code for _ in range(times)]
    assert set(codes) <= {422, 409}
    return codes.count(422)


def test_four_processes_and_a_restart_get_exactly_five_tries(
    settings: Settings, token: str, niina: Person
) -> None:
    given = (token, niina.id, 6)
    with Crowd(4, settings) as crowd:
        looked_at = sum(crowd.do(guess_often, given, given, given, given))
    with Crowd(1, settings) as crowd:
        looked_at += sum(crowd.do(guess_often, given))
    assert looked_at == WRONG_PINS


def test_away_from_the_floor_a_pin_has_ten_tries_a_day(
    app: Lainaamo, browser: Browser, niina: Person
) -> None:
    with app.app_context(), transaction():
        staff.set_pin(session.get_one(Person, niina.id), "290417")
    start, codes = clock.now(), []
    for n in range(14):
        with clock.at(start + timedelta(minutes=16 * n)):
            form = {"name": "27", "password": f"77{n:04}"}
            codes.append(browser.post("/kirjautuminen", data=form).status_code)
    assert codes == [422] * 10 + [409] * 4
    with clock.at(start + timedelta(days=1)):
        form = {"name": "27", "password": "290417"}
        assert browser.post("/kirjautuminen", data=form).status_code == 303


# PINs and badges


@pytest.mark.parametrize(
    "pin",
    ["", "123", "1234567", "abcd", "1111", "1234", "987654", "12-34", "²³⁴⁵", "0027", "\0\0\0\0"],
)
def test_a_pin_that_is_none_or_everybodys_is_refused(pin: str) -> None:
    with pytest.raises(Refusal):
        check_pin(pin, number=27)


@pytest.mark.parametrize(
    ("typed", "pin"),
    [("2904", "2904"), (" 29 04 ", "2904"), ("٢٩٠٤", "2904"), ("२९०४१७", "290417")],
)
def test_a_pin_is_the_same_in_every_script(typed: str, pin: str) -> None:
    assert check_pin(typed) == pin
    assert digits(typed) == pin


@pytest.mark.parametrize(
    "text",
    ["", "TYO", "TYO-", "TYO-ABC", "K7M4P", "TYO-" + "A" * 17, "TYO-" + "0" * 16, "x" * 10_000],
)
def test_what_is_no_badge_is_not_read_as_one(text: str) -> None:
    assert read_badge(text) is None


def test_who_used_the_device_lately_stands_first(
    app: Lainaamo, make: Make, tablet: Browser, niina: Person
) -> None:
    arto = worker(app, make, first_name="Arto", number=12)
    take_turn(tablet, niina)
    with app.app_context():
        device_id = session.scalars(select(Device.id)).one()
        assert [one.person_id for one in floor.on_floor(device_id)] == [niina.id, arto.id]
        assert session.scalar(select(func.count()).select_from(SignIn)) == 1


def test_a_number_that_is_typed_finds_the_person(tablet: Browser, niina: Person) -> None:
    assert "Niina, oma PIN" in tablet.get("/vaihto?numero=27").text
    assert 'id="f-numero-wrong"' in tablet.get("/vaihto?numero=28").text
    form = {"numero": "27", "pin": PIN}
    assert tablet.post("/vaihto", data=form).status_code == 303
