"""Coming in with a code or a link sent to one's e-mail address or phone: no password."""

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response

from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import locale, retold
from lainaamo.core.secrets import installation_key
from lainaamo.core.web import needs, own_transactions, refused_on
from lainaamo.doors.asking import asking_browser, count_asking, remembering, what_is_wrong
from lainaamo.doors.own_forms import CodeForm, ContactForm
from lainaamo.doors.sessions import open_session, safe_path, with_cookie
from lainaamo.people import residents
from lainaamo.people.access import Right
from lainaamo.people.models import ContactProof
from lainaamo.people.rules import Contact, hide_contact

bp = Blueprint("entry", __name__)
HOME = "/omat"


def _key() -> str:
    return installation_key(current_app.config["SETTINGS"])


def _ask_page(form: ContactForm, error: str | None = None) -> ResponseReturnValue:
    errors = {"contact": error} if error else form.first_errors()
    page = render_template(
        "doors/ask.html",
        values=form.values(),
        errors=errors,
        next=safe_path(request.values.get("next", "")),
    )
    return remembering(page, 422 if errors else 200)


def _refused_asking(refusal: Refusal) -> ResponseReturnValue:
    return _ask_page(ContactForm(request.form), retold(refusal))


@bp.get("/omat/tulo")
@needs(Right.SIGN_IN)
def ask_page() -> ResponseReturnValue:
    """Ask where to send the code."""
    return _ask_page(ContactForm())


@bp.post("/omat/tulo")
@needs(Right.SIGN_IN)
@refused_on(_refused_asking)
def ask() -> ResponseReturnValue:
    """Send a code: the same answer in the same time whether anybody is known by the contact."""
    form = ContactForm(request.form)
    if not form.validate():
        return _ask_page(form)
    return _sent(form.reached_at(), going=safe_path(request.form.get("next", "")))


def _sent(contact: Contact, *, going: str, person_id: int | None = None) -> ResponseReturnValue:
    count_asking(contact)
    browser = asking_browser()
    residents.ask_code(contact, browser=browser, going=going, locale=locale(), person_id=person_id)
    return remembering(redirect("/omat/koodi", 303), token=browser)


def _asked() -> ContactProof | None:
    return residents.find_asked(asking_browser())


def _code_page(error: str | None = None) -> ResponseReturnValue:
    proof = _asked()
    if proof is None:
        return redirect("/omat/tulo", 303)
    page = render_template(
        "doors/code.html",
        sent_to=hide_contact(residents.contact_of(proof)),
        by_phone=proof.phone is not None,
        changes=proof.person_id is not None,
        errors={"code": error} if error else {},
    )
    return remembering(page, 422 if error else 200)


def _refused_code(refusal: Refusal) -> ResponseReturnValue:
    return _code_page(retold(refusal))


@bp.get("/omat/koodi")
@needs(Right.SIGN_IN)
def code_page() -> ResponseReturnValue:
    """Ask for the code that was sent."""
    return _code_page()


@bp.post("/omat/koodi/uusi")
@needs(Right.SIGN_IN)
@refused_on(_refused_code)
def ask_again() -> ResponseReturnValue:
    """Send a new code to the same contact; the old one stops working."""
    proof = _asked()
    if proof is None:
        return redirect("/omat/tulo", 303)
    return _sent(residents.contact_of(proof), going=proof.going, person_id=proof.person_id)


@bp.post("/omat/koodi")
@needs(Right.SIGN_IN)
@own_transactions
@refused_on(_refused_code)
def enter() -> ResponseReturnValue:
    """Take the code: each guess is counted before it is looked at."""
    form = CodeForm(request.form)
    if not form.validate():
        return _code_page(form.first_errors()["code"])
    proof = _asked()
    if proof is None:
        return redirect("/omat/tulo", 303)
    proof_id, wrong = proof.id, what_is_wrong(form, proof, _key())
    return _code_page(wrong) if wrong else _entered(proof_id)


def _entered(proof_id: int) -> ResponseReturnValue:
    """Use the proof up and open a new session; who came for nothing and has no name is asked it."""
    with transaction():
        person = residents.prove(proof_id)
        token = open_session(person.id, way="code")
        going = session.get_one(ContactProof, proof_id).going
        target = going or (HOME if person.first_name else "/omat/tiedot")
    response = with_cookie(redirect(target, 303), token)
    return _forgetting(response)


def _forgetting(response: Response) -> Response:
    return remembering(response, token="")


def _link_page(token: str, error: str | None = None) -> ResponseReturnValue:
    proof = residents.find_by_token(token, _key())
    if proof is None:
        raise NoResultFound
    page = render_template(
        "doors/link.html",
        link_url=f"/omat/linkki/{token}",
        is_open=residents.is_open(proof),
        is_here=_is_of_this_browser(proof),
        changes=proof.person_id is not None,
        error=error,
    )
    # The address is the key: no copy in a shared computer, no trace at the next site.
    return page, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def _is_of_this_browser(proof: ContactProof) -> bool:
    asked = _asked()
    return asked is not None and asked.id == proof.id


def _refused_link(refusal: Refusal, token: str) -> ResponseReturnValue:
    return _link_page(token, retold(refusal))


@bp.get("/omat/linkki/<token>")
@needs(Right.SIGN_IN)
def link_page(token: str) -> ResponseReturnValue:
    """Show a button: programs that open the links of a mail press none."""
    return _link_page(token)


@bp.post("/omat/linkki/<token>")
@needs(Right.SIGN_IN)
@own_transactions
@refused_on(_refused_link)
def follow_link(token: str) -> ResponseReturnValue:
    """Open a session by the link's button, in the browser that asked only."""
    proof = residents.find_by_token(token, _key())
    if proof is None:
        raise NoResultFound
    if residents.is_open(proof) and not _is_of_this_browser(proof):
        return _link_page(token)
    return _entered(proof.id)
