"""The API's own addresses: its document, the page to read it, and how it says no."""

from typing import Any

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from lainaamo.api import (  # noqa: F401 - what they offer
    claims,
    document,
    items,
    kinds,
    loans,
    me,
    queue,
    reading,
    reservations,
    scans,
    shapes,
)
from lainaamo.api.offering import JSON, bp, written
from lainaamo.api.shapes import Unfit
from lainaamo.core import clock, problems
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.web import needs, settings_now
from lainaamo.people.access import Right

__all__ = ["bp", "page_bp"]
page_bp = Blueprint("api_page", __name__)


@page_bp.get("/api")
@needs(Right.LOOK)
def read() -> ResponseReturnValue:
    """Show what programs may ask."""
    shown = reading.page(public_url=settings_now().public_url)
    return render_template("api/page.html", today=clock.today(), **shown)


@bp.get("/openapi.json")
@needs(Right.LOOK)
def openapi() -> ResponseReturnValue:
    """Give the document of everything that is offered."""
    return Response(written(_document()), content_type=JSON)


def _document() -> dict[str, Any]:
    settings = settings_now()
    return document.document(title=settings.service_name, server=settings.public_url)


@bp.errorhandler(Unfit)
def _unfit(unfit: Unfit) -> Response:
    """Tell which fields are to be corrected."""
    errors = [{"field": name, "detail": text} for name, text in unfit.errors.items()]
    return problems.problem(422, _("Correct these fields and send it again."), errors=errors)


@bp.errorhandler(Refusal)
def _refused(refusal: Refusal) -> Response:
    """Tell a rule's no; where something is taken, with what else would do."""
    given = refusal.params.get("alternatives")
    if not isinstance(given, list):
        return problems.refused(refusal)
    found = [shapes.write(one) for one in kinds.alternatives(given)]
    return problems.refused(refusal, alternatives=found)
