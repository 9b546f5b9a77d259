"""Numbers longer than a database's, in every field that any screen reads: no fault."""

from typing import Any, ClassVar

import pytest
from flask import Request
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict

from lainaamo.core.web import Lainaamo
from tests.conftest import SignedIn
from tests.make import Make
from tests.test_every_screen import address
from tests.test_long_numbers import LONG, rules
from tests.world import build

pytestmark = [pytest.mark.proof, pytest.mark.adds_screens, pytest.mark.timeout(1800)]


class Fields(ImmutableMultiDict[str, str]):
    """What was sent; keeps the names that were asked for."""

    asked: ClassVar[set[str]] = set()

    def get(self, key: Any, *rest: Any, **named: Any) -> Any:
        self.asked.add(key)
        return super().get(key, *rest, **named)

    def getlist(self, key: Any, *rest: Any, **named: Any) -> Any:
        self.asked.add(key)
        return super().getlist(key, *rest, **named)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)

    def __getitem__(self, key: str) -> str:
        self.asked.add(key)
        return super().__getitem__(key)


class Noting(Request):
    """A request that tells which fields were asked of it."""

    parameter_storage_class = Fields


@pytest.mark.parametrize("number", [LONG, f"-{LONG}", "9" * 18, "2147483648"])
def test_a_number_that_no_database_holds_is_no_fault_in_any_field(
    app: Lainaamo, make: Make, signed_in: SignedIn, number: str
) -> None:
    world, wrong = build(app, make), []
    app.request_class = Noting
    for method, rule in rules(app):
        where = address(app, world, rule)
        visitor = signed_in("administrator")  # of its own: one of the addresses signs out
        Fields.asked.clear()
        _send(visitor, method, where, {})
        given = dict.fromkeys(sorted(Fields.asked - {"_key", "kieli"}), number)
        if _status_as_sent(visitor, method, where, given) >= 500:
            wrong.append((method, rule.rule, given))
    assert wrong == []


def _status_as_sent(visitor: FlaskClient, method: str, where: str, given: dict[str, str]) -> int:
    """Return an answer's status: no page is read here, nobody types such numbers."""
    plain = FlaskClient(visitor.application)
    plain._cookies = visitor._cookies  # noqa: SLF001 - the same browser
    status: int = _send(plain, method, where, given).status_code
    return status


def _send(visitor: FlaskClient, method: str, where: str, given: dict[str, str]) -> Any:
    if method == "GET":
        return visitor.get(where, query_string=given)
    return visitor.open(where, method=method, data=given)
