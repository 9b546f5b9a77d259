"""How a no is told to a program: problem+json, as RFC 9457 has it."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Any

from flask import Response, json

from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import retold

CONTENT_TYPE = "application/problem+json"
REFUSED, TOO_MANY = 409, 429


class Kept(Response):
    """A no that is remembered: what was written for it stays, the rest was taken back."""


def problem(status: int, detail: str, **members: Any) -> Response:
    """Return a no with its status, what is so in the reader's language, and more by name."""
    told = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail, **members}
    return Response(json.dumps(told), status, content_type=CONTENT_TYPE)


def refused(refusal: Refusal, **more: Any) -> Response:
    """Return a rule's refusal: its stable code as `refusal`, and the days and numbers it names."""
    status = TOO_MANY if refusal.code == "too_many_tries" else REFUSED
    members = {"refusal": refusal.code, **named(refusal.params), **more}
    answer = problem(status, retold(refusal), **members)
    if status == TOO_MANY:
        answer.headers["Retry-After"] = str(60 * int(str(refusal.params["minutes"])))
    return answer


def named(params: Mapping[str, object]) -> dict[str, Any]:
    """Return what a refusal names as a program reads it."""
    return {name: _plain(value) for name, value in params.items() if name not in TAKEN}


TAKEN = frozenset({"title", "status", "detail", "refusal"})


def _plain(value: object) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Refusal):
        return value.code
    return value.isoformat() if isinstance(value, date) else str(value)
