"""Looking at gear at the desk: in order, fell or was hit, or out of use for good; one tap each."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from lainaamo.core.errors import N_, Refusal
from lainaamo.core.web import needs, refused_on
from lainaamo.desk import actions, screen
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item
from lainaamo.lending import checks
from lainaamo.people.access import Right

bp = Blueprint("checking", __name__)


def _scanned() -> tuple[str, Item]:
    sign = screen.read_sign(request.form.get("tavara"))
    return sign, goods.get_item_by_code(sign)


def _back(sign: str, outcome: str) -> ResponseReturnValue:
    return screen.go(screen.form_mode(), tavara=sign, tulos=outcome)


@bp.post("/tiski/tarkastukset")
@needs(Right.DESK)
@refused_on(screen.refused)
def passed() -> ResponseReturnValue:
    """Say that a thing was looked at and is safe."""
    sign, item = _scanned()
    actions.pass_check(item)
    return _back(sign, "tarkastettu")


@bp.post("/tiski/kolhut")
@needs(Right.DESK)
@refused_on(screen.refused)
def fell() -> ResponseReturnValue:
    """Say that a thing fell or was hit."""
    sign, item = _scanned()
    actions.say_it_fell(item)
    return _back(sign, "kaatui")


@bp.post("/tiski/poistot")
@needs(Right.DESK)
@refused_on(screen.refused)
def withdraw() -> ResponseReturnValue:
    """Take a thing out of use that is too old, or that nobody may use."""
    sign, item = _scanned()
    if not checks.reasons_to_withdraw(item):
        words = N_("Nothing says that this must go. Choose its condition instead.")
        raise Refusal(words, code="no_reason")
    actions.withdraw(item, checks.reasons_to_withdraw(item)[0])
    return _back(sign, "poistettu")
