"""Signing in and out, and one's own account."""

from datetime import timedelta
from urllib.parse import urlencode

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lainaamo.core.db import session
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import retold
from lainaamo.core.limits import count_try, forgive_try
from lainaamo.core.web import needs, own_transactions, refused_on
from lainaamo.doors.forms import SignInForm
from lainaamo.doors.sessions import opened, safe_path, this_device
from lainaamo.people import actions, queries
from lainaamo.people.access import Right
from lainaamo.people.models import SignIn
from lainaamo.people.proofs import digits, is_long_pin
from lainaamo.people.visitor import COOKIE

bp = Blueprint("people", __name__)
TRIES, WITHIN = 10, timedelta(minutes=15)
FROM_ONE_ADDRESS, DAY = 100, timedelta(days=1)


def _sign_in_page(form: SignInForm, error: str | None = None) -> ResponseReturnValue:
    errors = {"name": error, **form.first_errors()} if error else form.first_errors()
    page = render_template(
        "doors/sign_in.html",
        values={"name": form.name.data or ""},
        errors=errors,
        next=_safe_next(),
        has_account_sign_in=bool(current_app.config["SETTINGS"].oidc_issuer),
        signed_out_here="ulos" in request.args,
    )
    return page, 422 if errors else 200


def _refused_sign_in(refusal: Refusal) -> ResponseReturnValue:
    return _sign_in_page(SignInForm(request.form), retold(refusal))


@bp.get("/kirjautuminen")
@needs(Right.SIGN_IN)
def sign_in_page() -> ResponseReturnValue:
    """Show where staff and workers sign in; on a device of the floor, who takes a turn."""
    if "salasana" not in request.args and this_device():
        return redirect(f"/vaihto?{urlencode({'next': _safe_next()})}", 303)
    return _sign_in_page(SignInForm())


@bp.post("/kirjautuminen")
@needs(Right.SIGN_IN)
@own_transactions
@refused_on(_refused_sign_in)
def sign_in() -> ResponseReturnValue:
    """Open a session; each try is counted before the password is looked at."""
    form = SignInForm(request.form)
    if not form.validate():
        return _sign_in_page(form)
    name = (form.name.data or "").strip()
    address = request.remote_addr or ""
    count_try("sign-in name", name.lower(), most=TRIES, within=WITHIN)
    count_try("sign-in address", address, most=FROM_ONE_ADDRESS, within=WITHIN)
    device = this_device()
    way, secret = _read_secret(form.password.data or "")
    if way == "pin" and device is None:
        count_try("pin elsewhere", name.lower(), most=TRIES, within=DAY)
    found = queries.find_to_sign_in(name, with_pin=way == "pin")
    if not actions.is_right(found[1] if found else None, secret) or found is None:
        return _sign_in_page(
            form, _("The name or the password is not right. Check both and try again.")
        )
    forgive_try("sign-in name", name.lower(), within=WITHIN)
    forgive_try("sign-in address", address, within=WITHIN)
    forgive_try("pin elsewhere", name.lower(), within=DAY)
    device_id = device.id if device else None
    return opened(found[0].id, way=way, device_id=device_id, going=request.values.get("next", ""))


def _read_secret(text: str) -> tuple[str, str]:
    """Tell a PIN of six digits, which opens anywhere but seldom tried, from a password."""
    return ("pin", digits(text)) if is_long_pin(text) else ("password", text)


def _safe_next() -> str:
    """Return where to go after signing in: a path of ours, nothing that leaves the origin."""
    return safe_path(request.values.get("next", ""))


@bp.post("/uloskirjautuminen")
@needs(Right.ACCOUNT)
def sign_out() -> ResponseReturnValue:
    """End this session, or with `everywhere` every session of the person."""
    if request.form.get("everywhere"):
        actions.end_sessions(current_user.person_id)
    else:
        actions.sign_out(session.get_one(SignIn, current_user.sign_in_id))
    response = redirect(_after_sign_out(), 303)
    response.delete_cookie(COOKIE)
    return response


def _after_sign_out() -> str:
    """Return where to go: on the floor to who is next, and where another account is still open."""
    if this_device():
        return "/vaihto"
    return "/kirjautuminen?ulos=1" if current_user.way == "oidc" else "/"


@bp.get("/oma-tili")
@needs(Right.ACCOUNT)
def me() -> ResponseReturnValue:
    """Show who is signed in and what one may do about it."""
    return render_template("doors/me.html")
