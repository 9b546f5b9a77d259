"""The desk's list of found things: who told where, and what was done about it."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, refused_on
from lainaamo.desk import reported
from lainaamo.feedback import found
from lainaamo.goods import queries as goods
from lainaamo.people.access import Right

bp = Blueprint("finds", __name__)
HERE = "/tiski/loydot"
LONGEST_ID = 15


def _page(refusal: Refusal | None = None) -> str:
    is_open, after = request.args.get("tila") != "kasitelty", request.args.get("jalkeen", "")
    is_number = after.isascii() and after.isdigit() and len(after) <= LONGEST_ID
    find = found.open_ones if is_open else found.handled_ones
    rows = find(int(after) if is_number else None)
    more, rows = len(rows) > found.PAGE, rows[: found.PAGE]
    state = "" if is_open else "tila=kasitelty&"
    return render_template(
        "desk/finds.html",
        here_url=HERE,
        mode_name=_("Found things"),
        is_open=is_open,
        count=found.count_open(),
        rows=reported.with_things(rows),
        next_url=f"{HERE}?{state}jalkeen={rows[-1].id}" if more else None,
        refusal=retold(refusal) if refusal else None,
    )


def _refused(refusal: Refusal, **_arguments: object) -> ResponseReturnValue:
    return _page(refusal)


@bp.get(HERE)
@needs(Right.DESK)
def finds() -> ResponseReturnValue:
    """Show what strangers found and nobody has looked at, the oldest first, or what was handled."""
    return _page()


@bp.post(f"{HERE}/<int:report_id>/kasittely")
@needs(Right.DESK)
@refused_on(_refused)
def mark_handled(report_id: int) -> ResponseReturnValue:
    """Take a report off the list; from a thing's page one comes back there."""
    row = found.mark_handled(report_id)
    sign = goods.sign_of(row.item_id) if request.form.get("then") == "thing" else None
    return redirect(f"/tavarat/{sign}" if sign else HERE, 303)
