"""What the program tells of itself: log lines, and a line for each request. Never about people.

A line holds routes (not addresses: some are keys), numbers and ids. Of a fault it holds where in
the program it happened, not what it said: databases repeat names and e-mail addresses in theirs.
"""

import json
import logging
import re
import secrets
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from flask import Flask, Response, g, request
from sqlalchemy.exc import IntegrityError

from lainaamo.config import Settings
from lainaamo.core import meters
from lainaamo.core.db import broken_constraint

GIVEN_ID = re.compile(r"[\w-]{8,64}", re.ASCII)
FRAMES = 30
ROOT = Path(__file__).parents[2]
KINDS = ("plain", "json")
logger = logging.getLogger("lainaamo.request")
Caught = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def where(error: BaseException) -> list[str]:
    """Return where a fault happened and what kind it was, its causes first; none of its words."""
    lines: list[str] = []
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        lines += [*where(cause), "then"]
    for frame in traceback.extract_tb(error.__traceback__)[-FRAMES:]:
        lines.append(f"{_short(frame.filename)}:{frame.lineno} {frame.name}")
    named = f" {broken_constraint(error)}" if isinstance(error, IntegrityError) else ""
    return [*lines, f"{type(error).__module__}.{type(error).__qualname__}{named}"]


def _short(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else "/".join(path.parts[-3:])


class Plain(logging.Formatter):
    """Lines for a person to read."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatException(self, ei: Caught) -> str:  # noqa: N802 - the name that logging calls
        """Say where a fault happened."""
        return "\n".join(f"  {line}" for line in where(ei[1])) if ei[1] else ""


class Json(logging.Formatter):
    """Lines for a machine: one JSON object each."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a line."""
        moment = datetime.fromtimestamp(record.created, UTC)
        told = {
            "at": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "says": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[1]:
            told["where"] = where(record.exc_info[1])
        return json.dumps(told, ensure_ascii=True)


class Told(logging.Handler):
    """Writes to standard error, whatever that is at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        sys.stderr.write(f"{self.format(record)}\n")


def set_up(settings: Settings) -> None:
    """Let everything that is logged come to standard error, as the settings say."""
    if settings.log not in KINDS:
        raise ValueError(f"LAINAAMO_LOG is one of {', '.join(KINDS)}")
    told = Told()
    told.setFormatter(Json() if settings.log == "json" else Plain())
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, Told)]:
        root.removeHandler(old)
    root.addHandler(told)
    root.setLevel(logging.WARNING)
    logger.setLevel(logging.INFO if settings.log == "json" else logging.WARNING)


def tell_requests(app: Flask) -> None:
    """Count every request, give it an id, and write a line of it where lines are JSON.

    Called before anything else is put in, so that it begins first and ends last.
    """
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()


def request_id() -> str:
    """Return the id of this request: that of the web server in front, else one of our own."""
    if "request_id" not in g:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
    found: str = g.request_id
    return found


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    meters.count(response.status_code, seconds)
    if logger.isEnabledFor(logging.INFO):
        response.headers["X-Request-Id"] = request_id()
        rule = request.url_rule.rule if request.url_rule else None
        facts = {
            "request": request_id(),
            "method": request.method,
            "route": rule,
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
        }
        logger.info("request", extra={"facts": facts})
    return response
