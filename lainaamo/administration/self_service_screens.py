"""Whether people fetch and bring back by themselves at a site, and between which times of day."""

from datetime import time

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.administration.screens import bp
from lainaamo.core.db import session
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, refused_on
from lainaamo.goods.models import Site
from lainaamo.lending import self_service
from lainaamo.lending.self_service import Span
from lainaamo.people.access import Right

HERE = "/toimipisteet/<int:site_id>/itsepalvelu"
USUAL = Span(time(7), time(21))


def _page(
    site_id: int, *, refusal: Refusal | None = None, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    site, span = session.get_one(Site, site_id), self_service.spans().get(site_id)
    shown = span or USUAL
    given = {"opens": f"{shown.opens:%H:%M}", "closes": f"{shown.closes:%H:%M}"}
    page = render_template(
        "administration/self_service.html",
        here_url=f"/hallinta/toimipisteet/{site_id}/itsepalvelu",
        site=site,
        is_on=span is not None,
        values={name: request.form.get(name, value) for name, value in given.items()},
        errors=errors or {},
        refusal=retold(refusal) if refusal else None,
    )
    return page, 422 if errors else 200


def _refused(refusal: Refusal, site_id: int) -> ResponseReturnValue:
    return _page(site_id, refusal=refusal)


@bp.get(HERE)
@needs(Right.PLACES)
def self_service_page(site_id: int) -> ResponseReturnValue:
    """Show whether people do it by themselves at a site."""
    return _page(site_id)


@bp.post(HERE)
@needs(Right.PLACES)
@refused_on(_refused)
def set_self_service(site_id: int) -> ResponseReturnValue:
    """Let people do it by themselves between two times of day, or the staff only."""
    site = session.get_one(Site, site_id)
    if request.form.get("act") == "end":
        self_service.end(site.id)
        return redirect(f"/hallinta/toimipisteet/{site.id}/itsepalvelu", 303)
    read = {name: _time(request.form.get(name, "")) for name in ("opens", "closes")}
    wrong = {name: _("Write the time such as 07:00.") for name, at in read.items() if at is None}
    if wrong:
        return _page(site_id, errors=wrong)
    opens, closes = (at for at in read.values() if at is not None)
    self_service.allow(site.id, Span(opens, closes))
    return redirect(f"/hallinta/toimipisteet/{site.id}/itsepalvelu", 303)


def _time(text: str) -> time | None:
    try:
        found = time.fromisoformat(text.strip().replace(".", ":"))
    except ValueError:
        return None
    return found.replace(second=0, microsecond=0, tzinfo=None)
