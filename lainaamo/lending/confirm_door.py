"""Confirming a reservation: with the code on its own page, or with the button of a link."""

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response

from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import days, locale, retold
from lainaamo.core.i18n import gettext as _
from lainaamo.core.secrets import fingerprint, installation_key
from lainaamo.core.web import needs, own_transactions, refused_on
from lainaamo.doors.asking import asking_browser, count_asking, remembering, what_is_wrong
from lainaamo.doors.own_forms import CodeForm
from lainaamo.doors.sessions import open_session, with_cookie
from lainaamo.lending import confirming, limits, own_page, queries
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Reservation
from lainaamo.lending.views import reservation_of, show
from lainaamo.people import residents
from lainaamo.people.access import Right
from lainaamo.people.models import ContactProof, Person

bp = Blueprint("confirming", __name__)
CODE = "/oma/<token>/vahvistus"
LINK = "/vahvistus/<link>"


def _key() -> str:
    return installation_key(current_app.config["SETTINGS"])


def _wrong(token: str, error: str) -> ResponseReturnValue:
    return show(token, errors={"code": error})


def _refused(refusal: Refusal, token: str) -> ResponseReturnValue:
    return show(token, refusal=retold(refusal))


@bp.post(CODE)
@needs(Right.OWN_LINK)
@own_transactions
@refused_on(_refused)
def confirm(token: str) -> ResponseReturnValue:
    """Take the code: each guess is counted before it is looked at."""
    made = reservation_of(token)
    if not made.is_unconfirmed:  # the second press of a button, or too late: the page says which
        return redirect(f"/oma/{token}", 303)
    owner = own_page.find_signed_in_owner(made)
    if owner is not None:
        return _confirmed_as(owner, made, token)
    form = CodeForm(request.form)
    if not form.validate():
        return _wrong(token, form.first_errors()["code"])
    proof = residents.find_to_confirm(asking_browser(), made.contact)
    if proof is None:
        return _wrong(token, _("This code is too old. Ask for a new code."))
    proof_id, wrong = proof.id, what_is_wrong(form, proof, _key())
    return _wrong(token, wrong) if wrong else _confirmed(proof_id, f"/oma/{token}")


def _confirmed_as(person: Person, made: Reservation, token: str) -> ResponseReturnValue:
    """Confirm what somebody made who signed in meanwhile, with this very contact."""
    contact, browser_hash, person_id = made.contact, made.browser_hash or "", person.id
    with transaction():
        known = session.get_one(Person, person_id)
        count = confirming.confirm_for(known, contact, browser_hash=browser_hash)
    limits.forgive(count)
    return redirect(f"/oma/{token}?uusi=1", 303)


def _confirmed(proof_id: int, path: str) -> Response:
    """Confirm, and open a new session: the next reservation asks nothing."""
    with transaction():
        person, count = confirming.confirm(proof_id)
        made = open_session(person.id, way="code")
    limits.forgive(count)
    return with_cookie(redirect(f"{path}?uusi=1", 303), made)


@bp.post("/oma/<token>/koodi")
@needs(Right.OWN_LINK)
@refused_on(_refused)
def ask_again(token: str) -> ResponseReturnValue:
    """Send a new code to the same contact, for the browser that reserved; the old one is over."""
    made, browser = reservation_of(token), asking_browser()
    if made.browser_hash == fingerprint(browser):
        count_asking(made.contact)
        confirming.ask_code(made, browser=browser, locale=locale())
    return remembering(redirect(f"/oma/{token}", 303))


# The link of the message


def _link_page(link: str, error: str | None = None) -> ResponseReturnValue:
    proof = _get_proof(link)
    is_here = proof.browser_hash == fingerprint(asking_browser())
    waiting = _waiting(proof) if residents.is_open(proof) else []
    page = render_template(
        "lending/confirm.html",
        link_url=f"/vahvistus/{link}",
        waiting=[_told(one) for one in waiting],
        is_here=is_here,
        error=error,
    )
    # The address is the key: no copy in a shared computer, no trace at the next site.
    return page, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def _get_proof(link: str) -> ContactProof:
    proof = residents.find_by_token(link, _key(), confirms=True)
    if proof is None:
        raise NoResultFound
    return proof


def _waiting(proof: ContactProof) -> list[Reservation]:
    contact = residents.contact_of(proof)
    return list(queries.unconfirmed_of(contact, browser_hash=proof.browser_hash))


def _told(one: Reservation) -> dict[str, Any]:
    things = [own_page.thing_of(line) for line in one.lines]
    return {"days": days(one.first_day, one.last_day), "things": things}


def _refused_link(refusal: Refusal, link: str) -> ResponseReturnValue:
    return _link_page(link, retold(refusal))


@bp.get(LINK)
@needs(Right.OWN_LINK)
def link_page(link: str) -> ResponseReturnValue:
    """Show a button: programs that open the links of a mail press none."""
    return _link_page(link)


@bp.post(LINK)
@needs(Right.OWN_LINK)
@own_transactions
@refused_on(_refused_link)
def follow_link(link: str) -> ResponseReturnValue:
    """Confirm by the link's button, in the browser that reserved only."""
    proof = _get_proof(link)
    if proof.browser_hash != fingerprint(asking_browser()):
        return _link_page(link)
    waiting = _waiting(proof)
    path = own_path(waiting[-1], current_app.config["SETTINGS"]) if waiting else "/omat"
    return _confirmed(proof.id, path)
