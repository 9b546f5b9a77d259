"""The page on which people read what programs may ask, from the same declarations."""

from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from itertools import groupby
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from flask import Response

from lainaamo.api import shapes
from lainaamo.api.document import tag_of
from lainaamo.api.offering import LICENCE, OPEN_READS, OPERATIONS, READS, ROOT, Operation
from lainaamo.core.webhooks import EVENTS
from lainaamo.people.access import EVERYONE, ROLE_RIGHTS
from lainaamo.people.words import role_word

Shown = dict[str, Any]
ORDER = ("kinds", "reservations", "queue", "claims", "items", "scans", "loans", "me")
WRITTEN = {"int": "integer", "str": "text", "bool": "true or false", "datetime": "moment"}


def page(*, public_url: str) -> Shown:
    """Return everything the page's template needs."""
    sorted_ones = sorted(OPERATIONS, key=lambda one: ORDER.index(tag_of(one)))
    groups = [
        (name, [_operation(one) for one in some]) for name, some in groupby(sorted_ones, key=tag_of)
    ]
    return {
        "groups": groups,
        "shapes": _shapes(),
        "root": f"{public_url.rstrip('/')}{ROOT}",
        "licence": LICENCE,
        "reads": (OPEN_READS, READS),
        "told": list(EVENTS),
    }


def _operation(one: Operation) -> Shown:
    roles = [role for role, rights in ROLE_RIGHTS.items() if one.right in rights]
    return {
        "method": one.method,
        "address": f"{ROOT}{one.address}",
        "name": one.name,
        "summary": one.summary,
        "text": _plain(one.text),
        "is_open": one.right in EVERYONE,
        "roles": ", ".join(role_word(role) for role in roles),
        "asks": _fields(one.asks) if one.asks else [],
        "sends": _fields(_sent(one.takes)) if one.takes is not None else [],
        "gets": None if one.gives in {NoneType, Response} else _type(one.gives),
    }


def _sent(takes: Any) -> type:
    """Return the shape that is sent: of several, the one that stands alone."""
    return next(shapes.shapes_in(takes))


def _shapes() -> Sequence[tuple[str, str, list[Shown]]]:
    found: Mapping[str, type] = {
        shape.__name__: shape
        for one in OPERATIONS
        for kind in (one.takes, one.gives)
        for shape in shapes.shapes_in(kind)
    }
    return [
        (name, _plain(shape.__doc__ or ""), _fields(shape)) for name, shape in sorted(found.items())
    ]


def _fields(shape: type) -> list[Shown]:
    return [
        {
            "name": part.name,
            "text": _plain(part.about.text) if part.about else "",
            "is_needed": part.is_needed,
            **_type(part.type),
        }
        for part in shapes.parts(shape)
    ]


def _plain(text: str) -> str:
    """Return a text of the code as a page has it."""
    return " ".join(text.replace("`", "").split())


def _type(hint: Any) -> Shown:
    """Return how a type is called, and the shape it leads to."""
    found = next(shapes.shapes_in(hint), None)
    return {"type": _called(hint), "shape": found.__name__ if found else None}


def _called(hint: Any) -> str:
    kind, _about = shapes.apart(hint)
    options = [shapes.apart(one)[0] for one in shapes.options(kind)]
    return " or ".join(_one(one) for one in options)


def _one(kind: Any) -> str:
    if kind is NoneType:
        return "null"
    if get_origin(kind) is Literal:
        return ", ".join(get_args(kind))
    if get_origin(kind) is list:
        return f"list of {_called(get_args(kind)[0])}"
    name: str = kind.__name__
    return name if is_dataclass(kind) else WRITTEN.get(name, "day" if name == "date" else name)
