"""Requests nobody thought of, made from the document: no fault, no answer that it does not name."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

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

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def schema_of(app: Lainaamo) -> Any:
    """Return the document as schemathesis reads it, asked of the application."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", _whole(app))


def _whole(app: Lainaamo) -> WSGIApplication:
    """Read every answer to its end and close it, as a server does and this client does not.

    What is left open holds a connection, and who finds none waits half a minute for one.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with closing(ClosingIterator(app(environ, start_response))) as body:
            return [b"".join(body)]

    return answer


def operations(schema: Any) -> Iterator[Any]:
    """Yield everything that the document offers."""
    for found in schema.get_all_operations():
        yield found.ok()


def name_of(operation: Any) -> str:
    """Return an operation's name."""
    return str(operation.definition.raw["operationId"])


def try_many(operation: Any, *, token: str, number: int) -> None:
    """Send so many requests, good ones and bad; each answer is one that the document names."""
    requests = one_of([operation.as_strategy(mode) for mode in GenerationMode])

    @settings(
        max_examples=number,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    @given(case=requests)
    def every(case: Case[Any]) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)

    every()
