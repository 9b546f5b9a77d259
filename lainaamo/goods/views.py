"""The sheets of labels, and the photos of things."""

import re

from flask import Blueprint, Response, current_app, redirect, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from lainaamo.core.errors import N_, Refusal
from lainaamo.core.web import needs
from lainaamo.goods.codes import is_code
from lainaamo.goods.sheets import USUAL, sheet_of
from lainaamo.people.access import Right

bp = Blueprint("goods", __name__)
PHOTO = re.compile(r"([a-f0-9]{32})\.([sml]\.webp)")
MOST_LABELS = 500
YEAR_S = 365 * 24 * 3600
LONGEST_NUMBER = 4


@bp.get("/tarrat.pdf")
@needs(Right.LABELS)
def labels() -> ResponseReturnValue:
    """Return the labels of the things or shelves chosen, as a PDF for a sheet that may be begun."""
    if not ({"tavara", "hylly"} & set(request.args)):
        return redirect("/tavarat", 303)
    signs, shelves = _signs("tavara"), _signs("hylly")
    if not signs and not shelves:
        raise Refusal(N_("There are no labels to print. Choose things first."), code="no_labels")
    pdf = sheet_of(
        signs,
        shelves=shelves,
        public_url=current_app.config["SETTINGS"].public_url,
        start_at=_start_at(),
        sheet=request.args.get("arkki", USUAL),
    )
    headers = {"Content-Disposition": 'inline; filename="tarrat.pdf"'}
    return Response(pdf, content_type="application/pdf", headers=headers)


def _signs(name: str) -> list[str]:
    """Return the codes of the address; what is no code is left out."""
    asked = (sign.upper() for sign in request.args.getlist(name)[:MOST_LABELS])
    return [sign for sign in asked if is_code(sign)]


def _start_at() -> int:
    """Return the first free label of the sheet; what is no number means the first of all."""
    given = request.args.get("alku", "")
    is_number = given.isascii() and given.isdigit() and len(given) <= LONGEST_NUMBER
    return int(given) if is_number else 1


@bp.get("/kuvat/<file>")
@needs(Right.LOOK)
def photo(file: str) -> ResponseReturnValue:
    """Send a photo; its name never gets another content, so it is kept for a year."""
    asked = PHOTO.fullmatch(file)
    path = current_app.config["FILES"].path(*asked.groups()) if asked else None
    if path is None or not path.is_file():
        raise NotFound
    response = send_file(path, mimetype="image/webp", max_age=YEAR_S, conditional=True)
    response.cache_control.public, response.cache_control.immutable = True, True
    return response
