"""One declaration of what a program may ask for: the address, the right, what goes in and out.

The same declaration makes the address, checks what is sent and is written into the document, so
none of them can say another thing than the code does.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, TypeVar, get_type_hints

from flask import Blueprint, Response, current_app, json, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from lainaamo.api import shapes
from lainaamo.core.limits import count_try
from lainaamo.core.reads import reader_at
from lainaamo.core.web import SAFE, app_view, needs, right_for
from lainaamo.people.access import EVERYONE, Right
from lainaamo.people.visitor import visitor

ROOT = "/api/v1"
JSON = "application/json"
MADE, NOTHING = 201, 204
ARGUMENT = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
AN_ID = "int"
"""The converter of an id in an address."""

CHANGES, WITHIN = 600, timedelta(minutes=1)
"""How many changes a token may ask for in a minute; a queue of scans is one."""

READS, OPEN_READS = 1200, 300
"""How many answers a token, and an address without one, may read in a minute."""

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
"""On what terms what needs no token may be used: named in the document, too."""

bp = Blueprint("api", __name__, url_prefix=ROOT)
Does = TypeVar("Does", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Operation:
    """What one method of one address does, and for whom."""

    method: str
    path: str
    right: Right
    summary: str
    does: Callable[..., Any]
    asks: type | None
    takes: Any
    gives: Any
    status: int

    @property
    def name(self) -> str:
        """Return the operation's name, which is its function's."""
        return self.does.__name__

    @property
    def text(self) -> str:
        """Return what its function says of itself."""
        return inspect.getdoc(self.does) or ""

    @property
    def address(self) -> str:
        """Return the address as a document writes it: `/items/{sign}`."""
        return ARGUMENT.sub(r"{\2}", self.path)

    @property
    def arguments(self) -> list[tuple[str, bool]]:
        """Return what the address names, each with whether it is an id."""
        return [(name, bool(kind)) for kind, name in ARGUMENT.findall(self.path)]


OPERATIONS: list[Operation] = []


def offers(
    method: str, path: str, *, right: Right, summary: str, status: int = 200
) -> Callable[[Does], Does]:
    """Offer a function to programs; it gets `asked` and `body` where it names them.

    `status` 201 tells where what was made is, unless it is part of another; 204 tells nothing.
    """

    def offer(does: Does) -> Does:
        hints = get_type_hints(does, include_extras=True)
        operation = Operation(
            method=method,
            path=path,
            right=right,
            summary=summary,
            does=does,
            asks=hints.get("asked"),
            takes=hints.get("body"),
            gives=hints["return"],
            status=status,
        )
        OPERATIONS.append(operation)
        bp.add_url_rule(path, operation.name, _view(operation), methods=[method])
        return does

    return offer


@bp.before_request
def _count_reads() -> None:
    """Refuse more reading than one reader may ask for."""
    if request.method not in SAFE:
        return
    known, reads = visitor(), current_app.config["READS"]
    if known is None:
        reads.count(reader_at(request.remote_addr), most=OPEN_READS)
    else:
        reads.count(f"token {known.token_id}", most=READS)


@bp.after_request
def _open_to_pages(answer: Response) -> Response:
    """Let pages of others read what needs no token, and name its licence; never what needs one."""
    view = app_view()
    is_open = view is not None and right_for(view, request.method) in EVERYONE
    if request.method in SAFE and is_open:
        answer.headers["Access-Control-Allow-Origin"] = "*"
        answer.headers["Link"] = f'<{LICENCE}>; rel="license"'
    return answer


def _view(operation: Operation) -> Callable[..., ResponseReturnValue]:
    def view(**arguments: Any) -> ResponseReturnValue:
        given = dict(arguments)
        _count(operation)
        if operation.asks is not None:
            given["asked"] = shapes.read_query(operation.asks, request.args.to_dict())
        if operation.takes is not None:
            given["body"] = shapes.read_value(operation.takes, _sent())
        return _answer(operation, operation.does(**given))

    view.__doc__ = operation.does.__doc__
    return needs(operation.right)(view)


def _count(operation: Operation) -> None:
    """Refuse more changes than a token may ask for."""
    known = visitor()
    if operation.method != "GET" and known is not None:
        count_try("api", str(known.token_id), most=CHANGES, within=WITHIN)


def _sent() -> Any:
    """Return the JSON that was sent."""
    if request.mimetype != JSON:
        raise UnsupportedMediaType
    try:
        return json.loads(request.get_data(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequest from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _answer(operation: Operation, gives: Any) -> Response:
    if isinstance(gives, Response):
        return gives
    if operation.status == NOTHING:
        nothing = Response(status=NOTHING)
        del nothing.headers["Content-Type"]
        return nothing
    answer = Response(written(shapes.write(gives)), operation.status, content_type=JSON)
    if operation.status == MADE and not operation.arguments:
        answer.location = f"{ROOT}{operation.path}/{asdict(gives)['id']}"
    return answer


def written(value: Any) -> str:
    """Return JSON as it is sent: letters as they are, fields in the order of their shape."""
    return json.dumps(value, ensure_ascii=False, sort_keys=False, separators=(",", ":"))
