"""A borrower's own page by link, and cancelling from it."""

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, refused_on
from lainaamo.lending import actions, own_page, queries
from lainaamo.lending.calendar_file import calendar_file
from lainaamo.lending.links import nonce_of
from lainaamo.lending.models import Reservation
from lainaamo.people.access import Right

bp = Blueprint("lending", __name__)


def _reservation(token: str) -> Reservation:
    nonce = nonce_of(token, current_app.config["SETTINGS"])
    found = queries.find_by_nonce(nonce) if nonce else None
    if found is None:
        raise NoResultFound
    return found


def _page(token: str, refusal: str | None = None) -> ResponseReturnValue:
    shown = own_page.page(_reservation(token))
    page = render_template(
        "lending/own.html",
        just_made=request.args.get("uusi") == "1",
        cancel_url=f"/oma/{token}/peruutus",
        calendar_url=f"/oma/{token}/kalenteri.ics",
        refusal=refusal,
        **shown,
    )
    # The address is the key: no copy in a shared computer, no trace at the next site.
    return page, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def _refused_cancel(refusal: Refusal, token: str) -> ResponseReturnValue:
    return _page(token, retold(refusal))


@bp.get("/oma/<token>")
@needs(Right.OWN_LINK)
def own(token: str) -> ResponseReturnValue:
    """Show a reservation and its loans to who has the link."""
    return _page(token)


@bp.get("/oma/<token>/kalenteri.ics")
@needs(Right.OWN_LINK)
def calendar(token: str) -> ResponseReturnValue:
    """Send a reservation as a file for the borrower's calendar."""
    settings = current_app.config["SETTINGS"]
    file = calendar_file(_reservation(token), host=settings.public_host, phone=settings.phone)
    name = "attachment; filename=varaus.ics"
    headers = {"Cache-Control": "no-store", "Content-Disposition": name}
    return file, {**headers, "Content-Type": "text/calendar; charset=utf-8"}


@bp.post("/oma/<token>/peruutus")
@needs(Right.OWN_LINK)
@refused_on(_refused_cancel)
def cancel(token: str) -> ResponseReturnValue:
    """Cancel what was not fetched yet."""
    actions.cancel(_reservation(token))
    return redirect(f"/oma/{token}", 303)
