"""How answers travel: text is compressed for those who can read it so.

A page that holds a secret is not: who can make somebody's browser ask for it again and again with
words of their own reads the secret from its length (BREACH, 2013). Such pages say `no-store`.
"""

import gzip
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask, Response, request

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LEAST_BYTES = 1_000
FAST, SMALL = 3, 9
MOST_FILES = 100
TEXTS = (
    "text/",
    "image/svg+xml",
    "application/json",
    "application/manifest+json",
    "application/wasm",
)
MOST_UNREAD_BYTES = 64 * 1024 * 1024
AT_A_TIME = 64 * 1024


def compress_answers(app: Flask) -> None:
    """Compress what is text and no secret, after everything else has had its say.

    Called before the guards are put in: Flask asks the last first.
    """
    app.after_request(_compressed)


def _compressed(response: Response) -> Response:
    if not (response.mimetype or "").startswith(TEXTS):
        return response
    _vary(response)
    if not _may_travel_so(response):
        return response
    is_file = request.endpoint == "static"
    response.direct_passthrough = False
    body = response.get_data()
    response.set_data(_kept(body) if is_file else gzip.compress(body, FAST, mtime=0))
    response.content_encoding = "gzip"
    tag, _ = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)  # the same file, not the same bytes
    return response


def _vary(response: Response) -> None:
    others = response.headers.get("Vary")
    response.headers["Vary"] = f"{others}, Accept-Encoding" if others else "Accept-Encoding"


def _may_travel_so(response: Response) -> bool:
    if "gzip" not in request.environ.get("HTTP_ACCEPT_ENCODING", ""):
        return False
    return (
        response.status_code == HTTPStatus.OK
        and not response.content_encoding
        and not response.cache_control.no_store
        and (response.content_length or 0) >= LEAST_BYTES
    )


@lru_cache(maxsize=MOST_FILES)
def _kept(body: bytes) -> bytes:
    """Return a static file as small as it gets: worth the time, since it is made once."""
    return gzip.compress(body, SMALL, mtime=0)


def read_all(app: "WSGIApplication") -> "WSGIApplication":
    """Read each request to its end, also one that was answered before: for behind a proxy.

    The server hangs up on who still sends. A proxy that hears this before it hears the answer tells
    its reader that the service is away, in place of our no. What a proxy has it sends at once, so
    this keeps nobody waiting; a stranger without one could send for ever, and is hung up on.
    """

    def whole(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        answer = app(environ, start_response)
        if environ.get("CONTENT_LENGTH", "0") not in {"", "0"}:
            _read_rest(environ)
        return answer

    return whole


def _read_rest(environ: "WSGIEnvironment") -> None:
    left = MOST_UNREAD_BYTES
    while left > 0 and (some := environ["wsgi.input"].read(AT_A_TIME)):
        left -= len(some)
