"""Ticking a permit, and on whose terms somebody borrows, on the borrower's page."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from lainaamo.core.errors import Refusal
from lainaamo.core.web import needs, refused_on
from lainaamo.desk import borrower_page, counter, screen
from lainaamo.desk.borrower_page import HERE, url_of
from lainaamo.desk.forms import PermitForm
from lainaamo.lending import standing
from lainaamo.people.access import Right

bp = Blueprint("standing", __name__)


def _refused(refusal: Refusal, person_id: int) -> ResponseReturnValue:
    return borrower_page.page(person_id, refusal)


@bp.post(f"{HERE}/<int:person_id>/luvat")
@needs(Right.PERMIT)
@refused_on(_refused)
def give_permit(person_id: int) -> ResponseReturnValue:
    """Tick that a borrower has a permit until a day."""
    person, form = counter.get_borrower(person_id), PermitForm(request.form)
    if not form.validate():
        return borrower_page.page(person_id, form=form), 422
    standing.give_permit(person, screen.number("permit"), last_day=form.until())
    return redirect(f"{url_of(person)}#standing", 303)


@bp.post(f"{HERE}/<int:person_id>/luvan-poisto")
@needs(Right.PERMIT)
@refused_on(_refused)
def take_permit(person_id: int) -> ResponseReturnValue:
    """End a borrower's permit."""
    person = counter.get_borrower(person_id)
    standing.take_permit(person, screen.number("permit"))
    return redirect(f"{url_of(person)}#standing", 303)


@bp.post(f"{HERE}/<int:person_id>/ryhma")
@needs(Right.PERMIT)
@refused_on(_refused)
def put_in_group(person_id: int) -> ResponseReturnValue:
    """Let a borrower borrow on a group's terms, or as everybody."""
    person = counter.get_borrower(person_id)
    standing.put_in_group(person, request.form.get("group", ""))
    return redirect(f"{url_of(person)}#standing", 303)
