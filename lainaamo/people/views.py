"""Signing in and out, and one's own account."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import retold
from lainaamo.core.limits import count_try
from lainaamo.core.web import needs, own_transactions, refused_on
from lainaamo.people import actions, queries
from lainaamo.people.access import Right, rights_of
from lainaamo.people.forms import SignInForm
from lainaamo.people.models import Person, SignIn
from lainaamo.people.visitor import COOKIE

bp = Blueprint("people", __name__)
TRIES, WITHIN = 10, timedelta(minutes=15)
FROM_ONE_ADDRESS = 100


def _sign_in_page(form: SignInForm, error: str | None = None) -> ResponseReturnValue:
    errors = {"name": error, **form.first_errors()} if error else form.first_errors()
    page = render_template(
        "people/sign_in.html",
        values={"name": form.name.data or ""},
        errors=errors,
        next=_safe_next(),
    )
    return page, 422 if errors else 200


def _refused_sign_in(refusal: Refusal) -> ResponseReturnValue:
    return _sign_in_page(SignInForm(request.form), retold(refusal))


@bp.get("/kirjautuminen")
@needs(Right.SIGN_IN)
def sign_in_page() -> ResponseReturnValue:
    """Show where staff and workers sign in."""
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
    count_try("sign-in name", name.lower(), most=TRIES, within=WITHIN)
    count_try("sign-in address", request.remote_addr or "", most=FROM_ONE_ADDRESS, within=WITHIN)
    found = queries.find_by_name(name)
    if not actions.is_right(found[1] if found else None, form.password.data or "") or found is None:
        return _sign_in_page(
            form, _("The name or the password is not right. Check both and try again.")
        )
    return _opened(found[0].id)


def _opened(person_id: int) -> ResponseReturnValue:
    """Open a new session, with a new cookie, and go where the person was going."""
    with transaction():
        token = actions.sign_in(session.get_one(Person, person_id))
        rights = rights_of(queries.roles_of(person_id))
    response = redirect(_safe_next() or _home(rights), 303)
    secure = current_app.config["SETTINGS"].is_https
    response.set_cookie(COOKIE, token, secure=secure, httponly=True, samesite="Lax")
    return response


def _home(rights: frozenset[Right]) -> str:
    if Right.DESK in rights:
        return "/tiski"
    return "/kierto" if Right.REUSE in rights else "/"


def _safe_next() -> str:
    """Return where to go after signing in: a path of ours, nothing that leaves the origin."""
    asked = request.values.get("next", "")
    parts = urlsplit(asked)
    foreign = parts.scheme or parts.netloc or not asked.startswith("/")
    tricky = asked.startswith("//") or "\\" in asked or not asked.isprintable()
    return "" if foreign or tricky else asked


@bp.post("/uloskirjautuminen")
@needs(Right.ACCOUNT)
def sign_out() -> ResponseReturnValue:
    """End this session, or with `everywhere` every session of the person."""
    if request.form.get("everywhere"):
        actions.end_sessions(current_user.person_id)
    else:
        actions.sign_out(session.get_one(SignIn, current_user.sign_in_id))
    response = redirect("/", 303)
    response.delete_cookie(COOKIE)
    return response


@bp.get("/oma-tili")
@needs(Right.ACCOUNT)
def me() -> ResponseReturnValue:
    """Show who is signed in and what one may do about it."""
    return render_template("people/me.html")
