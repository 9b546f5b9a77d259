"""The sheets of labels."""

from flask import Blueprint, Response, current_app, redirect, request
from flask.typing import ResponseReturnValue

from lainaamo.core.errors import N_, Refusal
from lainaamo.core.web import needs
from lainaamo.goods.codes import is_code
from lainaamo.goods.sheets import USUAL, sheet_of
from lainaamo.people.access import Right

bp = Blueprint("goods", __name__)
MOST_LABELS = 500
LONGEST_NUMBER = 4


@bp.get("/tarrat.pdf")
@needs(Right.LABELS)
def labels() -> ResponseReturnValue:
    """Return the labels of the things chosen, as a PDF for a sheet that may be begun."""
    asked = [sign.upper() for sign in request.args.getlist("tavara")]
    if not asked:
        return redirect("/tavarat", 303)
    signs = [sign for sign in asked if is_code(sign)]
    if not signs:
        raise Refusal(N_("There are no labels to print. Choose things first."), code="no_labels")
    pdf = sheet_of(
        signs[:MOST_LABELS],
        public_url=current_app.config["SETTINGS"].public_url,
        start_at=_start_at(),
        sheet=request.args.get("arkki", USUAL),
    )
    headers = {"Content-Disposition": 'inline; filename="tarrat.pdf"'}
    return Response(pdf, content_type="application/pdf", headers=headers)


def _start_at() -> int:
    """Return the first free label of the sheet; what is no number means the first of all."""
    given = request.args.get("alku", "")
    is_number = given.isascii() and given.isdigit() and len(given) <= LONGEST_NUMBER
    return int(given) if is_number else 1
