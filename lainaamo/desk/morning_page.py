"""The morning list's screen, and its buttons."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, refused_on
from lainaamo.desk import morning, pulling
from lainaamo.lending import sendings
from lainaamo.people.access import Right

bp = Blueprint("morning", __name__)
HERE = "/tiski/aamu"


def _page(refusal: Refusal | None = None) -> str:
    return render_template(
        "desk/morning.html",
        here_url=HERE,
        mode_name=_("Morning list"),
        refusal=retold(refusal) if refusal else None,
        unsent=len(sendings.failed()),
        **morning.sections(),
    )


def _refused(refusal: Refusal, **_arguments: object) -> ResponseReturnValue:
    return _page(refusal)


@bp.get(HERE)
@needs(Right.BORROWERS)
def loose_ends() -> ResponseReturnValue:
    """Show what to do before the doors open."""
    return _page()


def _done(do: Callable[[int], None], line_id: int) -> ResponseReturnValue:
    do(line_id)
    return redirect(HERE, 303)


@bp.post(f"{HERE}/<int:line_id>/nouto")
@needs(Right.BORROWERS)
@refused_on(_refused)
def pull(line_id: int) -> ResponseReturnValue:
    """Say that a thing lies on the pickup shelf now."""
    return _done(pulling.pull, line_id)


@bp.post(f"{HERE}/<int:line_id>/takaisin")
@needs(Right.BORROWERS)
@refused_on(_refused)
def put_back(line_id: int) -> ResponseReturnValue:
    """Say that a thing is back on its own shelf."""
    return _done(pulling.put_back, line_id)


@bp.post(f"{HERE}/<int:line_id>/haettu")
@needs(Right.BORROWERS)
@refused_on(_refused)
def was_fetched(line_id: int) -> ResponseReturnValue:
    """Say that a thing was fetched without a scan."""
    return _done(pulling.was_fetched, line_id)
