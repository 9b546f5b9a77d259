"""Exchanging a thing that is out for another size: one comes back and one goes, in one act."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from lainaamo.core.errors import N_, Refusal
from lainaamo.core.web import needs, refused_on
from lainaamo.desk import counter, exceptions, screen
from lainaamo.desk.rules import Mode
from lainaamo.goods import in_hand
from lainaamo.people.access import Right

bp = Blueprint("swapping", __name__)


@bp.post("/tiski/vaihdot")
@needs(Right.DESK)
@refused_on(screen.refused)
def swap() -> ResponseReturnValue:
    """Take a thing back and give its borrower another one, in one act."""
    sign, other = screen.read_sign(request.form.get("tavara")), screen.read(_code())
    new = in_hand.find(other)
    if new is None:
        raise Refusal(N_("This code is on no thing. Scan the thing's label."), code="no_thing")
    counter.swap(in_hand.get(sign), new, override=exceptions.given())
    return screen.go(Mode.LOAN, tavara=other, tulos="lainattu")


def _code() -> str:
    return request.form.get("uusi", "")
