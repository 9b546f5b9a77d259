"""Requests nobody thought of, made from the document: no fault, no answer that it does not name."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import one_of
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from werkzeug.wsgi import ClosingIterator

from lainaamo.core.web import Lainaamo
from tests.make import Make
from tests.world import build

pytestmark = [pytest.mark.proof, pytest.mark.timeout(3600)]
EXAMPLES = settings().max_examples // 10
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
NAMES = (
    "find_kinds",
    "kinds_as_table",
    "availability",
    "list_items",
    "see_item",
    "see_me",
    "list_sites",
    "reserve",
    "list_reservations",
    "see_reservation",
    "cancel_reservation",
    "list_loans",
    "scan",
    "claim",
)


@pytest.fixture
def schema(app: Lainaamo, make: Make) -> Any:
    build(app, make)
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", whole(app))


def whole(app: Lainaamo) -> WSGIApplication:
    """Read every answer to its end and close it, as a server does and this client does not."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with closing(ClosingIterator(app(environ, start_response))) as body:
            return [b"".join(body)]

    return answer


def operations(schema: Any) -> Iterator[Any]:
    for found in schema.get_all_operations():
        yield found.ok()


def test_every_operation_of_the_document_is_tried(schema: Any) -> None:
    assert {_name(one) for one in operations(schema)} == set(NAMES)


def _name(operation: Any) -> str:
    return str(operation.definition.raw["operationId"])


@pytest.mark.parametrize("name", NAMES)
def test_no_request_makes_the_service_fail(schema: Any, make: Make, name: str) -> None:
    shown = {"Authorization": f"Bearer {make.token('administrator')}"}
    (operation,) = (one for one in operations(schema) if _name(one) == name)
    requests = one_of([operation.as_strategy(mode) for mode in GenerationMode])

    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    @given(case=requests)
    def every(case: Case[Any]) -> None:
        case.call_and_validate(headers=shown, checks=CHECKS)

    every()
