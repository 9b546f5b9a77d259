"""One's own ways in: the password, the PIN, the open sessions, and the link of an invitation."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lainaamo.core.db import session, transaction
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import retold
from lainaamo.core.limits import count_try, forgive_try
from lainaamo.core.web import needs, own_transactions, refused_on
from lainaamo.doors.forms import ChangePasswordForm, ChangePinForm, PasswordForm
from lainaamo.doors.sessions import open_session, with_cookie
from lainaamo.people import actions, floor, queries, registry, staff, words
from lainaamo.people.access import Right
from lainaamo.people.models import Person
from lainaamo.people.proofs import digits

bp = Blueprint("account", __name__)
TRIES, WITHIN = 10, timedelta(minutes=15)
NO_PIN = N_("You have no PIN yet. Ask your supervisor for one.")


# Sessions


@bp.get("/oma-tili/istunnot")
@needs(Right.ACCOUNT)
def sessions() -> ResponseReturnValue:
    """Show where one is signed in, and let each session be ended."""
    rows = [_session(one) for one in registry.sessions(current_user.person_id)]
    has_password = registry.ways(current_user.person_id).password
    return render_template("doors/sessions.html", sessions=rows, has_password=has_password)


def _session(one: registry.Session) -> dict[str, Any]:
    return {
        "id": one.sign_in_id,
        "device": one.words or _("unknown device"),
        "way": words.way_word(one.way),
        "since": one.made_at,
        "seen": one.seen_at,
        "is_this": one.sign_in_id == current_user.sign_in_id,
    }


@bp.post("/oma-tili/istunnot/<int:sign_in_id>/paattyminen")
@needs(Right.ACCOUNT)
def end_session(sign_in_id: int) -> ResponseReturnValue:
    """End one of one's own sessions, wherever it is."""
    row = registry.get_session(current_user.person_id, sign_in_id)
    if row.ended_at is None:
        actions.sign_out(row)
    return redirect("/oma-tili/istunnot", 303)


# The password


@bp.get("/oma-tili/salasana")
@needs(Right.ACCOUNT)
def password_page() -> ResponseReturnValue:
    """Ask for the password in use and a new one."""
    return _password(ChangePasswordForm())


def _password(form: ChangePasswordForm, wrong: str | None = None) -> ResponseReturnValue:
    errors = {"old": wrong} if wrong else form.first_errors()
    page = render_template("doors/password.html", errors=errors)
    return page, 422 if errors else 200


def _refused_password(refusal: Refusal) -> ResponseReturnValue:
    return _password(ChangePasswordForm(request.form), retold(refusal))


@bp.post("/oma-tili/salasana")
@needs(Right.ACCOUNT)
@own_transactions
@refused_on(_refused_password)
def change_password() -> ResponseReturnValue:
    """Set a new password; every session ends and this browser gets a new one."""
    form, person_id = ChangePasswordForm(request.form), current_user.person_id
    form.own_name = current_user.first_name
    if not form.validate():
        return _password(form)
    count_try("old password", str(person_id), most=TRIES, within=WITHIN)
    if not actions.is_right(queries.password_of(person_id), form.old.data or ""):
        return _password(form, _("This is not the password you use now."))
    forgive_try("old password", str(person_id), within=WITHIN)
    return _set_and_go_on(person_id, form.password.data or "", device_id=current_user.device_id)


def _set_and_go_on(
    person_id: int, password: str, *, device_id: int | None = None
) -> ResponseReturnValue:
    with transaction():
        staff.choose_password(session.get_one(Person, person_id), password)
        token = open_session(person_id, way="password", device_id=device_id)
    return with_cookie(redirect("/oma-tili/istunnot", 303), token)


# The PIN


@bp.get("/oma-tili/pin")
@needs(Right.ACCOUNT)
def pin_page() -> ResponseReturnValue:
    """Ask a worker for the PIN in use and a new one."""
    return _pin(ChangePinForm())


def _pin(form: ChangePinForm, wrong: str | None = None) -> ResponseReturnValue:
    has_pin = registry.ways(current_user.person_id).pin
    errors = {} if not has_pin else {"old": wrong} if wrong else form.first_errors()
    page = render_template("doors/pin.html", has_pin=has_pin, errors=errors)
    return page, 422 if errors else 200


def _refused_pin(refusal: Refusal) -> ResponseReturnValue:
    return _pin(ChangePinForm(request.form), retold(refusal))


@bp.post("/oma-tili/pin")
@needs(Right.ACCOUNT)
@own_transactions
@refused_on(_refused_pin)
def change_pin() -> ResponseReturnValue:
    """Set a new PIN; every session ends and this browser gets a new one."""
    form, person_id = ChangePinForm(request.form), current_user.person_id
    form.number = current_user.number
    kept = floor.find_pin(person_id)
    if kept is None:
        raise Refusal(NO_PIN, code="no_pin")
    if not form.validate():
        return _pin(form)
    count_try("old pin", str(person_id), most=TRIES, within=WITHIN)
    if not actions.is_right(kept, digits(form.old.data or "")):
        return _pin(form, _("This is not the PIN you use now."))
    forgive_try("old pin", str(person_id), within=WITHIN)
    with transaction():
        staff.set_pin(session.get_one(Person, person_id), form.pin.data or "")
        token = open_session(person_id, way="pin", device_id=current_user.device_id)
    return with_cookie(redirect("/oma-tili", 303), token)


# An invitation


@bp.get("/kutsu/<token>")
@needs(Right.SIGN_IN)
def invitation(token: str) -> ResponseReturnValue:
    """Show what an invitation lets one do; looking at it uses nothing up."""
    return _invitation(token)


def _invitation(token: str, form: PasswordForm | None = None) -> ResponseReturnValue:
    found = staff.find_invitation(token)
    if found is None:
        title = _("This link does not work any more")
        text = _("This link has been used or is too old. Ask for a new one.")
        return render_template("error.html", title=title, text=text), 404
    person = session.get_one(Person, found.person_id)
    errors = form.first_errors() if form else {}
    page = render_template(
        "doors/invitation.html",
        name=person.first_name,
        username=person.email,
        url=request.path,
        errors=errors,
        has_account_sign_in=bool(current_app.config["SETTINGS"].oidc_issuer),
        token=token,
    )
    return page, 422 if errors else 200


def _refused_invitation(_refusal: Refusal, token: str) -> ResponseReturnValue:
    return _invitation(token)


@bp.post("/kutsu/<token>")
@needs(Right.SIGN_IN)
@own_transactions
@refused_on(_refused_invitation)
def take_invitation(token: str) -> ResponseReturnValue:
    """Set the first password and sign in; of many at once one wins."""
    form = PasswordForm(request.form)
    found = staff.find_invitation(token)
    if found is not None:
        form.own_name = session.get_one(Person, found.person_id).email or ""
    if found is None or not form.validate():
        return make_response(_invitation(token, form))
    with transaction():
        person = staff.take_invitation(token)
        staff.choose_password(person, form.password.data or "")
        made = open_session(person.id, way="password")
    return with_cookie(redirect("/oma-tili", 303), made)
