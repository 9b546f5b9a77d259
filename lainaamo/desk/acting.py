"""Acting for a caller: the staff use the residents' own screens in somebody's name."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lainaamo.core.web import needs
from lainaamo.desk import counter
from lainaamo.desk.borrower_page import HERE, url_of
from lainaamo.people import serving
from lainaamo.people.access import Right
from lainaamo.people.visitor import served

bp = Blueprint("acting", __name__)


@bp.post(f"{HERE}/<int:person_id>/asiointi")
@needs(Right.BORROWERS)
def begin(person_id: int) -> ResponseReturnValue:
    """Act for somebody for half an hour, and go to where things are found."""
    serving.begin(current_user.sign_in_id, counter.get_borrower(person_id))
    return redirect("/", 303)


@bp.post(f"{HERE}/asioinnin-lopetus")
@needs(Right.BORROWERS)
def end() -> ResponseReturnValue:
    """Act for oneself again, and go back to whom one served."""
    caller = served()
    serving.end(current_user.sign_in_id)
    if caller is None:
        return redirect(HERE, 303)
    return redirect(url_of(counter.get_borrower(caller.person_id)), 303)
