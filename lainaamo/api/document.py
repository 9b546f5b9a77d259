"""The OpenAPI document, made from the same declarations that check what is sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from lainaamo.api import shapes
from lainaamo.api.offering import JSON, LICENCE, NOTHING, OPERATIONS, ROOT, Operation
from lainaamo.core.problems import CONTENT_TYPE
from lainaamo.people.access import EVERYONE

VERSION = "1.0.0"
PROBLEM = {"$ref": "#/components/schemas/Problem"}
ABOUT = (
    "The same queries and actions as the screens, for programs. What needs no token is open data "
    "under CC BY 4.0: name the municipality. Pages of others may read it (CORS)."
)
ERRORS: Mapping[int, str] = {
    400: "The request could not be read",
    401: "No token, or one that is not in use",
    403: "The token may not do this",
    404: "There is no such thing, or the token may not see it",
    409: "A rule says no: `refusal` is its stable code, `detail` says why and what to do",
    413: "The request is too large",
    415: "The body is not application/json",
    422: "Fields to correct: `errors` names them",
    429: "Too much is asked of one reader or token; see Retry-After",
}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A key of the request's own: sent again it is done once, and answered the same",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]*$"},
}
LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "description": "fi (default), sv or en: the language of names and of `detail`",
    "schema": {"type": "string", "enum": ["fi", "sv", "en"]},
}


def document(*, title: str, server: str) -> dict[str, Any]:
    """Return the document of everything that is offered."""
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(one.address, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": VERSION,
            "description": ABOUT,
            "license": {"name": "CC BY 4.0", "url": LICENCE},
        },
        "servers": [{"url": f"{server.rstrip('/')}{ROOT}"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(one: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": one.name,
        "tags": [tag_of(one)],
        "summary": one.summary,
        "description": one.text,
        "parameters": _parameters(one),
        "responses": _responses(one),
    }
    if one.right in EVERYONE:
        found["security"] = [{}, {"token": []}]
    if one.takes is not None:
        content = {JSON: {"schema": shapes.schema_of(one.takes, sent=True)}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def tag_of(one: Operation) -> str:
    """Return the resource that an operation is of."""
    return one.does.__module__.rpartition(".")[2]


def _parameters(one: Operation) -> list[dict[str, Any]]:
    code = {"type": "string", "minLength": 5, "maxLength": 6}
    path = [
        {"name": name, "in": "path", "required": True, "schema": shapes.AN_ID if is_id else code}
        for name, is_id in one.arguments
    ]
    query = [_query(part) for part in shapes.parts(one.asks)] if one.asks else []
    key = [KEY] if one.method != "GET" else []
    return [*path, *query, *key, LANGUAGE]


def _query(part: shapes.Part) -> dict[str, Any]:
    """Return a field of an address; nothing is said by leaving it out."""
    schema = shapes.schema_of(part.hint, sent=True)
    real = [one for one in schema.pop("anyOf", ()) if one != {"type": "null"}]
    described = schema.pop("description", None)
    whole = real[0] | schema if real else schema
    if part.default is not None:
        whole["default"] = part.default
    found = {"name": part.name, "in": "query", "required": False, "schema": whole}
    return found | ({"description": described} if described else {})


def _responses(one: Operation) -> dict[str, Any]:
    good: dict[str, Any] = {"description": one.summary}
    if one.gives is Response:
        good["content"] = {"text/csv": {"schema": {"type": "string"}}}
    elif one.status != NOTHING:
        good["content"] = {JSON: {"schema": shapes.schema_of(one.gives, sent=False)}}
    errors = {str(status): _error(ERRORS[status]) for status in statuses(one)}
    return {str(one.status): good, **errors}


def statuses(one: Operation) -> Sequence[int]:
    """Return the errors that an operation may answer with."""
    found = {401, 403}
    if one.arguments:
        found.add(404)
    if one.asks is not None:
        found |= {422}
    if one.method != "GET":
        found |= {409, 413, 422}
    if one.takes is not None:
        found |= {400, 415, 404}
    return sorted({400, 429, *found})


def _error(text: str) -> dict[str, Any]:
    return {"description": text, "content": {CONTENT_TYPE: {"schema": PROBLEM}}}


def _schemas() -> dict[str, Any]:
    sent = {shape for one in OPERATIONS for shape in shapes.shapes_in(one.takes)}
    given = {shape for one in OPERATIONS for shape in shapes.shapes_in(one.gives)} - sent
    own = {one.__name__: shapes.object_schema(one, sent=one in sent) for one in sent | given}
    return {**dict(sorted(own.items())), "Problem": _problem_schema()}


def _problem_schema() -> dict[str, Any]:
    """Return how a no is told (RFC 9457)."""
    field = {"type": "object", "required": ["field", "detail"], "properties": {}}
    field["properties"] = {"field": {"type": "string"}, "detail": {"type": "string"}}
    day = {"type": ["string", "null"], "format": "date"}
    return {
        "type": "object",
        "description": "Why not. A refusal has more by name: the days and numbers it speaks of.",
        "required": ["title", "status", "detail"],
        "properties": {
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "In the language that was asked for"},
            "refusal": {"type": "string", "description": "The stable code of a rule"},
            "first_free_day": {**day, "description": "Of `not_free`: when it could be had"},
            "alternatives": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/Alternative"},
                "description": "Of `not_free`: other kinds that are free on those days",
            },
            "errors": {"type": "array", "items": field, "description": "Of a 422"},
        },
    }
