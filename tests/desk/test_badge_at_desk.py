"""A badge read into the desk's own field: the next one takes a turn, in the same mode."""

from typing import Any

from lainaamo.core.db import session, transaction
from lainaamo.core.secrets import installation_key
from lainaamo.core.web import Lainaamo
from lainaamo.doors.sessions import DEVICE_COOKIE
from lainaamo.people import queries, staff
from lainaamo.people.models import Person
from lainaamo.people.proofs import badge_text
from lainaamo.people.visitor import COOKIE
from tests.desk.conftest import Desk
from tests.make import Make


def badge_of(app: Lainaamo, person: Person) -> str:
    key = installation_key(app.config["SETTINGS"])
    with app.app_context(), transaction():
        made = staff.make_badge(session.get_one(Person, person.id), key=key)
        return badge_text(key, made.nonce)


def trust(app: Lainaamo, desk: Desk) -> None:
    with app.app_context(), transaction():
        _device, token = staff.trust_device("Tiski 1")
    desk.browser.set_cookie(DEVICE_COOKIE, token)


def read(desk: Desk, badge: str, mode: str = "palautus") -> Any:
    """Read a badge, and send it on as browsers do at a 307: the test's client forgets the form."""
    first = desk.send("/tiski/skannaukset", code=badge, tila=mode)
    assert first.status_code == 307
    return desk.press(first.location, code=badge, tila=mode)


def who(app: Lainaamo, desk: Desk) -> int:
    cookie = desk.browser.get_cookie(COOKIE)
    assert cookie is not None
    with app.app_context():
        known = queries.find_known(cookie.value)
        assert known is not None
        return known.person_id


def test_a_badge_changes_the_person_and_keeps_the_mode(
    app: Lainaamo, desk: Desk, make: Make
) -> None:
    trust(app, desk)
    other = make.person("worker", number=12)
    page = read(desk, badge_of(app, other), "hyllytys")
    assert page.request.path == "/tiski"
    assert page.request.args["tila"] == "hyllytys"
    assert who(app, desk) == other.id


def test_a_badge_means_nothing_where_the_device_is_not_trusted(
    app: Lainaamo, desk: Desk, make: Make
) -> None:
    badge = badge_of(app, make.person("worker", number=12))
    page = read(desk, badge)
    assert who(app, desk) == desk.browser.person_id
    assert page.status_code == 409


def test_a_badge_that_is_ended_changes_nobody(app: Lainaamo, desk: Desk, make: Make) -> None:
    trust(app, desk)
    other = make.person("worker", number=12)
    badge = badge_of(app, other)
    with app.app_context(), transaction():
        staff.lose_badge(session.get_one(Person, other.id))
    assert read(desk, badge).status_code == 422
    assert who(app, desk) == desk.browser.person_id
