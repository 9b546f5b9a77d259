"""Setting and lifting a borrowing block, on the borrower's page."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from lainaamo.core.errors import Refusal
from lainaamo.core.web import needs, refused_on
from lainaamo.desk import borrower_page, counter
from lainaamo.desk.borrower_page import HERE, url_of
from lainaamo.desk.forms import BlockForm
from lainaamo.lending import blocks
from lainaamo.people.access import Right

bp = Blueprint("blocking", __name__)


def _refused(refusal: Refusal, person_id: int) -> ResponseReturnValue:
    return borrower_page.page(person_id, refusal, form=BlockForm(request.form))


@bp.post(f"{HERE}/<int:person_id>/esto")
@needs(Right.BLOCK)
@refused_on(_refused)
def block(person_id: int) -> ResponseReturnValue:
    """Let a borrower borrow nothing until a day is over."""
    person, form = counter.get_borrower(person_id), BlockForm(request.form)
    if not form.validate():
        return borrower_page.page(person_id, form=form), 422
    blocks.block(person, str(form.why.data), last_day=form.until())
    return redirect(f"{url_of(person)}#block", 303)


@bp.post(f"{HERE}/<int:person_id>/eston-poisto")
@needs(Right.BLOCK)
@refused_on(_refused)
def lift(person_id: int) -> ResponseReturnValue:
    """Let a borrower borrow again."""
    person = counter.get_borrower(person_id)
    blocks.lift(person)
    return redirect(f"{url_of(person)}#block", 303)
