"""Ids longer than a database's number: whatever address has one in it, there is nothing there."""

from collections.abc import Iterator

import pytest
from werkzeug.routing import IntegerConverter, Rule

from lainaamo.core.web import Lainaamo
from tests.conftest import SignedIn
from tests.make import Make
from tests.world import World, build

LONG = "9" * 30


@pytest.fixture
def world(app: Lainaamo, make: Make) -> World:
    return build(app, make)


def rules(app: Lainaamo) -> Iterator[tuple[str, Rule]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if rule.endpoint != "static":
                yield method, rule


def numbers_in(rule: Rule) -> set[str]:
    found = rule._converters.items()  # noqa: SLF001 - a rule tells nobody what its arguments are
    return {name for name, converter in found if isinstance(converter, IntegerConverter)}


def test_an_id_that_no_database_holds_is_not_found_anywhere(
    app: Lainaamo, world: World, signed_in: SignedIn
) -> None:
    visitor, tried = signed_in("administrator"), 0
    for method, rule in rules(app):
        for name in numbers_in(rule):
            longer = World({**world.known, name: LONG, f"{rule.endpoint}.{name}": LONG})
            answer = visitor.open(_written(app, longer, rule), method=method)
            assert answer.status_code == 404, (method, rule.rule)
            tried += 1
    assert tried > 50


def _written(app: Lainaamo, world: World, rule: Rule) -> str:
    with app.test_request_context():
        names = world.arguments(rule.endpoint, set(rule.arguments))
    found = rule.rule
    for name, value in names.items():
        found = found.replace(f"<int:{name}>", str(value)).replace(f"<{name}>", str(value))
    return found
