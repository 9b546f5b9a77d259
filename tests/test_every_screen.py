"""Every address, in every language, for everyone: it renders, or says no as the table says."""

from collections.abc import Callable, Iterator

import pytest
from werkzeug.routing import Rule

from lainaamo.core import i18n
from lainaamo.core.web import LANGUAGE_COOKIE, Lainaamo, right_for
from lainaamo.people.access import ROLE_RIGHTS, rights_of
from lainaamo.people.visitor import COOKIE
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser
from tests.world import World, build

ANONYMOUS = "anonymous"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# What the other database gives is seen in one language.
LOCALES = [
    pytest.param(one, marks=[] if one == "fi" else [pytest.mark.only_on("SQLite")])
    for one in i18n.ADDRESS
]


@pytest.fixture
def world(app: Lainaamo, make: Make) -> World:
    return build(app, make)


def screens(app: Lainaamo, method: str) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static" and method in (rule.methods or ()):
            yield rule


def address(app: Lainaamo, world: World, rule: Rule) -> str:
    with app.test_request_context():
        arguments = world.arguments(rule.endpoint, set(rule.arguments))
        return app.url_for(rule.endpoint, **arguments)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("role", [ANONYMOUS, "administrator"])
def test_every_screen_renders_in_every_language(
    app: Lainaamo, world: World, signed_in: SignedIn, browser: Browser, locale: str, role: str
) -> None:
    visitor = other = browser
    if role != ANONYMOUS:
        # What administrators may not see, of people in programmes, a supervisor looks at.
        visitor, other = signed_in(role), signed_in("supervisor")
    for one in (visitor, other):
        one.set_cookie(LANGUAGE_COOKIE, locale)
    for rule in screens(app, "GET"):
        looks = visitor if role == ANONYMOUS or _may(app, rule, role) else other
        page = looks.get(address(app, world, rule))
        is_shut = page.status_code == 401 and role == ANONYMOUS and rule.rule.startswith("/api/")
        assert is_shut or page.status_code in {200, 301, 303}, rule
        if page.content_type.startswith("text/html") and page.status_code == 200:
            assert f'<html lang="{i18n.ADDRESS[locale]}"' in page.text, rule


def _may(app: Lainaamo, rule: Rule, role: str) -> bool:
    return right_for(app.view_functions[rule.endpoint], "GET") in rights_of([role])


@pytest.mark.only_on("SQLite")  # who may do what is asked before any database is
@pytest.mark.parametrize("role", [ANONYMOUS, *ROLE_RIGHTS])
def test_the_table_of_rights_is_what_every_address_does(
    app: Lainaamo,
    world: World,
    signed_in: SignedIn,
    role: str,
    record_property: Callable[[str, object], None],
) -> None:
    rights = rights_of([] if role == ANONYMOUS else [role])
    wrong, cells = [], 0
    for method in METHODS:
        for rule in screens(app, method):
            # Each cell has a visitor of its own: one of the addresses signs out.
            visitor = _visitor(app, signed_in, role)
            answer = visitor.open(address(app, world, rule), method=method)
            allowed = right_for(app.view_functions[rule.endpoint], method) in rights
            sent_to_sign_in = (answer.location or "").startswith("/kirjautuminen")
            opened = answer.status_code not in {401, 403} and not sent_to_sign_in
            cells += 1
            if opened is not allowed or answer.status_code >= 500:
                wrong.append((rule.rule, method, answer.status_code))
    record_property("cells", cells)
    assert wrong == []
    assert cells > 10


def _visitor(app: Lainaamo, signed_in: SignedIn, role: str) -> Browser:
    if role != ANONYMOUS:
        return signed_in(role)
    visitor = app.test_client()
    assert isinstance(visitor, Browser)
    return visitor


def test_every_address_names_its_right_for_every_method(app: Lainaamo) -> None:
    for method in METHODS:
        for rule in screens(app, method):
            assert right_for(app.view_functions[rule.endpoint], method), (rule, method)


def test_what_is_not_there_is_not_found(app: Lainaamo, world: World, signed_in: SignedIn) -> None:
    nowhere = World({name: _other(value) for name, value in world.known.items()})
    visitor, other = signed_in("administrator"), signed_in("supervisor")
    for rule in screens(app, "GET"):
        looks = visitor if _may(app, rule, "administrator") else other
        if rule.arguments:
            assert looks.get(address(app, nowhere, rule)).status_code == 404, rule


def _other(value: object) -> object:
    return value + 10**6 if isinstance(value, int) else f"{str(value)[:-1]}Ö"


def test_no_page_tells_a_secret(app: Lainaamo, world: World, signed_in: SignedIn) -> None:
    visitor = signed_in("administrator")
    cookie = visitor.get_cookie(COOKIE)
    assert cookie is not None
    for rule in screens(app, "GET"):
        text = visitor.get(address(app, world, rule)).get_data()
        assert cookie.value.encode() not in text
        assert app.config["SETTINGS"].secret.encode() not in text
        assert b"$argon2" not in text
