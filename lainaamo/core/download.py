"""A table as a file to take away, sent as it is read: no list is too long for the memory."""

from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context
from werkzeug.exceptions import NotFound

from lainaamo.core import clock, i18n, journal, tables
from lainaamo.core.db import transaction


def download(name: str, kind: str, headers: Sequence[str], rows: Iterable[tables.Row]) -> Response:
    """Answer with a table; its name gets today's date. `rows` may read the database as it goes.

    A kind of file that there is not is not found.
    """
    _check_kind(kind)
    locale = i18n.locale()

    def spoken() -> Iterator[bytes]:
        with i18n.speaking(locale):
            yield from tables.write(kind, headers, rows)

    response = Response(stream_with_context(spoken()), mimetype=None)
    response.headers["Content-Type"] = tables.KINDS[kind]
    file = f"{name}-{clock.today()}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def take_out(name: str, kind: str, headers: Sequence[str], rows: Iterable[tables.Row]) -> Response:
    """Answer with a table that names people; the journal knows who took it and when.

    For a POST that keeps its own transactions: the line is kept before the first row is sent, and
    the file is not kept for a repeat as other answers are.
    """
    _check_kind(kind)
    with transaction():
        journal.write("table.taken_out", "table", 0, name=name, kind=kind)
    return download(name, kind, headers, rows)


def _check_kind(kind: str) -> None:
    if kind not in tables.KINDS:
        raise NotFound
