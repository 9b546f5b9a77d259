"""The buttons under the desk's answer: how a thing came back, its parts, found again, undo."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from lainaamo.core.web import needs, refused_on
from lainaamo.desk import actions, queries, screen
from lainaamo.goods import queries as goods
from lainaamo.lending import undo
from lainaamo.people.access import Right

bp = Blueprint("taps", __name__)


@bp.post("/tiski/kunnot")
@needs(Right.DESK)
@refused_on(screen.refused)
def mark_condition() -> ResponseReturnValue:
    """Say how a thing came back: one tap, which can be corrected by another."""
    loan = queries.get_loan(screen.number("loan"))
    actions.mark_condition(loan, request.form.get("condition", ""))
    sign = goods.sign_of(loan.item_id) or ""
    return screen.go(screen.form_mode(), tavara=sign, tulos="kunto")


@bp.post("/tiski/osat")
@needs(Right.DESK)
@refused_on(screen.refused)
def tell_part() -> ResponseReturnValue:
    """Say that a part of a thing is missing, or that it is there again."""
    sign = screen.read_sign(request.form.get("tavara"))
    item, is_missing = goods.get_item_by_code(sign), request.form.get("missing") == "1"
    actions.tell_part(item, screen.number("part"), is_missing=is_missing)
    return screen.go(screen.form_mode(), tavara=sign, tulos="osat")


@bp.post("/tiski/loytyneet")
@needs(Right.DESK)
@refused_on(screen.refused)
def find_again() -> ResponseReturnValue:
    """Let a thing that was lost be in the house again."""
    sign = screen.read_sign(request.form.get("tavara"))
    actions.find_again(goods.get_item_by_code(sign))
    return screen.go(screen.form_mode(), tavara=sign, tulos="loytyi")


@bp.post("/tiski/peruutukset")
@needs(Right.DESK)
@refused_on(screen.refused)
def take_back_step() -> ResponseReturnValue:
    """Undo what was done at the desk, while the thing stands as it was left."""
    steps = undo.undo(screen.number("step"))
    sign = goods.sign_of(steps[-1].item_id) or ""
    return screen.go(screen.form_mode(), tavara=sign, tulos="peruttu")
