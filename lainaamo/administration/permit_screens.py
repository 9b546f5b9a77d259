"""The screens of permits: what may be asked for before a thing is lent."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.administration import forms, permits, shown
from lainaamo.administration.permits import NAMES, PERMIT
from lainaamo.administration.screens import Sheet, bp, offer_closing, offer_undo, shown_again
from lainaamo.core.db import session
from lainaamo.core.errors import Refusal
from lainaamo.core.web import needs, refused_on
from lainaamo.lending.models import PermitSort
from lainaamo.people.access import Right


def _list_page(form: forms.PermitForm) -> ResponseReturnValue:
    errors = form.first_errors()
    rows = [
        {
            "url": shown.url_of("permit_sort", row.id),
            "name": permits.called(row),
            "closed": row.closed_at,
        }
        for row in permits.every()
    ]
    page = render_template("administration/permits.html", rows=rows, form=form, errors=errors)
    return page, 422 if errors else 200


@bp.get("/luvat")
@needs(Right.TERMS)
def all_permits() -> ResponseReturnValue:
    """Show what may be asked for before a thing is lent."""
    return _list_page(forms.PermitForm())


@bp.post("/luvat")
@needs(Right.TERMS)
def add_permit() -> ResponseReturnValue:
    """Add something that may be asked for."""
    form = forms.PermitForm(request.form)
    if not form.validate():
        return _list_page(form)
    change = permits.add(form.facts())
    return shown_again(shown.url_of("permit_sort", change.thing_id), change)


def _page(sort_id: int, form: Any = None, refusal: Refusal | None = None) -> ResponseReturnValue:
    row = session.get_one(PermitSort, sort_id)
    sheet = Sheet(PERMIT, sort_id, NAMES, "administration/permit.html")
    form = form or forms.PermitForm(data=PERMIT.read(sort_id))
    return sheet.page(form, refusal=refusal, permit=row, name=permits.called(row))


@bp.get("/luvat/<int:permit_sort_id>")
@needs(Right.TERMS)
def permit(permit_sort_id: int) -> ResponseReturnValue:
    """Show what a permit is called."""
    return _page(permit_sort_id)


@bp.post("/luvat/<int:permit_sort_id>")
@needs(Right.TERMS)
@refused_on(
    lambda refusal, permit_sort_id: _page(permit_sort_id, forms.PermitForm(request.form), refusal)
)
def save_permit(permit_sort_id: int) -> ResponseReturnValue:
    """Keep what a permit is called."""
    form = forms.PermitForm(request.form)
    if not form.validate():
        return _page(permit_sort_id, form)
    sheet = Sheet(PERMIT, permit_sort_id, NAMES, "administration/permit.html")
    return sheet.save(form.facts())


offer_undo(PERMIT)
offer_closing(PERMIT)
