"""Ids in addresses: what no row can have is not found, whichever database is asked."""

from flask import Flask
from werkzeug.routing import IntegerConverter

MOST_DIGITS = 15
LARGEST_ID = 10**MOST_DIGITS - 1
"""Both databases and JavaScript's numbers hold it; a longer number is nobody's id."""


class RowId(IntegerConverter):
    """An id in an address; with more digits it is another address, that there is not."""

    regex = rf"[0-9]{{1,{MOST_DIGITS}}}"


def bound_ids(app: Flask) -> None:
    """Let no address name an id that a database could not read; before any address is added."""
    app.url_map.converters["int"] = RowId
