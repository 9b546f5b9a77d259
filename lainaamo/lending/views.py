"""A borrower's own page by link, and cancelling from it."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, refused_on
from lainaamo.doors.asking import remembering
from lainaamo.lending import actions, opinions, own_page, queries
from lainaamo.lending.calendar_file import calendar_file
from lainaamo.lending.links import nonce_of
from lainaamo.lending.models import Loan, Reservation
from lainaamo.people.access import Right

bp = Blueprint("lending", __name__)


def reservation_of(token: str) -> Reservation:
    """Return the reservation whose own page has this token; else there is no such page."""
    nonce = nonce_of(token, current_app.config["SETTINGS"])
    found = queries.find_by_nonce(nonce) if nonce else None
    if found is None:
        raise NoResultFound
    return found


def show(
    token: str,
    *,
    refusal: str | None = None,
    errors: Mapping[str, str] | None = None,
    renewed: Sequence[Mapping[str, object]] = (),
) -> ResponseReturnValue:
    """Show the page; 422 where something that was typed into it is wrong."""
    made = reservation_of(token)
    confirmation, shown = own_page.confirmation(made), own_page.page(made)
    page = render_template(
        "lending/own.html",
        just_made=request.args.get("uusi") == "1",
        just_changed=request.args.get("muutettu") == "1",
        confirmation=confirmation,
        own_url=f"/oma/{token}",
        cancel_url=f"/oma/{token}/peruutus",
        renew_url=f"/oma/{token}/jatko",
        renewed=renewed,
        calendar_url=f"/oma/{token}/kalenteri.ics",
        refusal=refusal,
        errors=errors or {},
        opinion_url=_opinion_url(shown["asked"]),
        **shown,
    )
    # A browser that may confirm keeps its token; another is given none.
    is_here = confirmation is not None and confirmation["is_here"]
    response = remembering(page) if is_here else make_response(page)
    # The address is the key: no copy in a shared computer, no trace at the next site.
    response.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    response.status_code = 422 if errors else 200
    return response


def _opinion_url(asked: Loan | None) -> str | None:
    return opinions.path_of(asked.id, current_app.config["SETTINGS"]) if asked else None


def _refused_cancel(refusal: Refusal, token: str) -> ResponseReturnValue:
    return show(token, refusal=retold(refusal))


@bp.get("/oma/<token>")
@needs(Right.OWN_LINK)
def own(token: str) -> ResponseReturnValue:
    """Show a reservation and its loans to who has the link."""
    return show(token)


@bp.get("/oma/<token>/kalenteri.ics")
@needs(Right.OWN_LINK)
def calendar(token: str) -> ResponseReturnValue:
    """Send a reservation as a file for the borrower's calendar."""
    settings = current_app.config["SETTINGS"]
    file = calendar_file(reservation_of(token), host=settings.public_host, phone=settings.phone)
    name = "attachment; filename=varaus.ics"
    headers = {"Cache-Control": "no-store", "Content-Disposition": name}
    return file, {**headers, "Content-Type": "text/calendar; charset=utf-8"}


@bp.post("/oma/<token>/peruutus")
@needs(Right.OWN_LINK)
@refused_on(_refused_cancel)
def cancel(token: str) -> ResponseReturnValue:
    """Cancel what was not fetched yet; who wrote a wrong address starts over."""
    made = reservation_of(token)
    confirmation = own_page.confirmation(made)
    actions.cancel(made)
    again = confirmation is not None and request.form.get("then") == "again"
    return redirect(confirmation["start_url"] if confirmation and again else f"/oma/{token}", 303)
