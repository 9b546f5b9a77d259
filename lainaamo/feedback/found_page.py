"""“I found this”: a stranger tells where a thing of ours is, without a login."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import locale, retold
from lainaamo.core.limits import count_try
from lainaamo.core.web import needs, refused_on
from lainaamo.feedback import found
from lainaamo.feedback.forms import FoundForm
from lainaamo.feedback.rules import LONGEST_SPOT
from lainaamo.goods import codes
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item
from lainaamo.goods.words import name_of
from lainaamo.people.access import Right

bp = Blueprint("found", __name__)
MOST, WITHIN = 10, timedelta(hours=1)


def _page(sign: str, item: Item, values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    """Show the thing by its kind only: how it stands now, and with whom, is nobody's business."""
    return render_template(
        "feedback/found.html",
        here_url=f"/Q/{sign}/loytyi",
        name=name_of(item.kind),
        picture=item.kind.picture or item.kind.category.pictogram,
        code=sign,
        values=values,
        errors=errors,
        longest=LONGEST_SPOT,
        kept_days=found.KEPT.days,
    )


def _find_thing(sign: str) -> Item | None:
    """Return the thing of a code; None where the code is on none, or the thing is ours no more."""
    code = goods.find_code(sign) if codes.is_code(sign) else None
    if code is None:
        raise NoResultFound
    item = goods.get_item_by_code(sign) if code.item_id is not None else None
    return None if item is None or item.left_as in found.OURS_NO_MORE else item


def _refused(refusal: Refusal, sign: str) -> ResponseReturnValue:
    item = _find_thing(sign.upper())
    values, told = dict(FoundForm(request.form).values()), {"": retold(refusal)}
    return _page(sign.upper(), item, values, told) if item else redirect(f"/Q/{sign}", 303)


@bp.get("/Q/<sign>/loytyi")
@needs(Right.FEEDBACK)
def found_it(sign: str) -> ResponseReturnValue:
    """Ask where it is; of what is no thing of ours the label's own page says what it is."""
    sign = sign.upper()
    item = _find_thing(sign)
    return _page(sign, item, {}, {}) if item else redirect(f"/Q/{sign}", 303)


@bp.post("/Q/<sign>/loytyi")
@needs(Right.FEEDBACK)
@refused_on(_refused)
def tell(sign: str) -> ResponseReturnValue:
    """Take it in; what a program sent is thanked for and forgotten."""
    form, sign = FoundForm(request.form), sign.upper()
    count_try("found", request.remote_addr or "", most=MOST, within=WITHIN)
    item = _find_thing(sign)
    if item is None:
        return redirect(f"/Q/{sign}", 303)
    if not form.validate():
        return _page(sign, item, form.values(), form.first_errors()), 422
    if not form.is_by_program():
        found.report(item, spot=form.words(), contact=form.reached_at(), locale=locale())
    return redirect("/loytyi/kiitos", 303)


@bp.get("/loytyi/kiitos")
@needs(Right.FEEDBACK)
def thanks() -> ResponseReturnValue:
    """Thank, and say what happens next: the same whatever the thing's state is."""
    return render_template("feedback/found_thanks.html")
