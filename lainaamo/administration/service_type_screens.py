"""The screens of service types: the law behind them changes, so the house edits them itself."""

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.administration import forms, service_types, shown
from lainaamo.administration.screens import Sheet, bp, offer_closing, offer_undo, shown_again
from lainaamo.administration.service_types import FACTS, SERVICE_TYPE
from lainaamo.core.db import session
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, refused_on
from lainaamo.people.access import Right
from lainaamo.work.choices import type_words
from lainaamo.work.models import ServiceType
from lainaamo.work.shipped import load_service_types

LIST = "/hallinta/palvelut"


def _list_page(form: forms.ServiceTypeForm, refusal: Refusal | None = None) -> ResponseReturnValue:
    errors = form.first_errors()
    rows = [
        {
            "url": shown.url_of("service_type", row.id),
            "name": type_words(row),
            "basis": row.basis,
            "closed": row.closed_at,
        }
        for row in service_types.every()
    ]
    told = retold(refusal) if refusal else None
    page = render_template(
        "administration/service_types.html", rows=rows, form=form, errors=errors, refusal=told
    )
    return page, 422 if errors else 200


@bp.get("/palvelut")
@needs(Right.SERVICE_TYPES)
def all_service_types() -> ResponseReturnValue:
    """Show the sorts of programmes that people work in."""
    return _list_page(forms.ServiceTypeForm())


@bp.post("/palvelut")
@needs(Right.SERVICE_TYPES)
@refused_on(lambda refusal: _list_page(forms.ServiceTypeForm(request.form), refusal))
def add_service_type() -> ResponseReturnValue:
    """Add a sort of programme."""
    form = forms.ServiceTypeForm(request.form)
    if not form.validate():
        return _list_page(form)
    change = service_types.add(form.facts())
    return shown_again(shown.url_of("service_type", change.thing_id), change)


@bp.post("/palvelut/valmiit")
@needs(Right.SERVICE_TYPES)
def take_shipped_service_types() -> ResponseReturnValue:
    """Take the service types that come with the program; those there are stay."""
    load_service_types()
    return redirect(LIST, 303)


def _page(type_id: int, form: Any = None, refusal: Refusal | None = None) -> ResponseReturnValue:
    row = session.get_one(ServiceType, type_id)
    sheet = Sheet(SERVICE_TYPE, type_id, FACTS, "administration/service_type.html")
    form = form or forms.ServiceTypeForm(data=forms.shown_service_type(SERVICE_TYPE.read(type_id)))
    return sheet.page(form, refusal=refusal, service=row, name=type_words(row))


@bp.get("/palvelut/<int:service_type_id>")
@needs(Right.SERVICE_TYPES)
def service_type(service_type_id: int) -> ResponseReturnValue:
    """Show one service type."""
    return _page(service_type_id)


@bp.post("/palvelut/<int:service_type_id>")
@needs(Right.SERVICE_TYPES)
@refused_on(
    lambda refusal, service_type_id: _page(
        service_type_id, forms.ServiceTypeForm(request.form), refusal
    )
)
def save_service_type(service_type_id: int) -> ResponseReturnValue:
    """Keep what a service type allows; agreements that are made stay as they are."""
    form = forms.ServiceTypeForm(request.form)
    if not form.validate():
        return _page(service_type_id, form)
    sheet = Sheet(SERVICE_TYPE, service_type_id, FACTS, "administration/service_type.html")
    return sheet.save(form.facts())


offer_undo(SERVICE_TYPE)
offer_closing(SERVICE_TYPE)
