"""The door for the municipality's account: going to the provider, coming back, signing out there.

An account is tied to somebody by the administrator's invitation, never by an e-mail address: an
address can be given to another person, and with some providers people write their own.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lainaamo.config import Settings
from lainaamo.core import clock
from lainaamo.core.db import transaction
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import locale, retold
from lainaamo.core.secrets import derive, installation_key
from lainaamo.core.web import needs
from lainaamo.doors.sessions import home, open_session, safe_path, with_cookie
from lainaamo.people import oidc, queries, staff
from lainaamo.people.access import Right, rights_of
from lainaamo.people.oidc import NotProven, ProviderDown, Start

bp = Blueprint("oidc", __name__)
COOKIE, PATH, PURPOSE = "tunnistus", "/kirjautuminen/kunta", "oidc-start"
LASTS = timedelta(minutes=10)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


# Going there: by a link, since a form that leads to another site is stopped by our own policy.


@bp.get(PATH)
@needs(Right.SIGN_IN)
def start() -> ResponseReturnValue:
    """Send the browser to the identity provider."""
    settings = _settings()
    if not settings.oidc_issuer:
        return redirect("/", 303)
    try:
        provider = oidc.discover(settings)
    except ProviderDown:
        return _down()
    address, begun = oidc.begin(settings, provider, locale=locale())
    kept = {
        **asdict(begun),
        "next": safe_path(request.args.get("next", "")),
        "invitation": _own_invitation(),
        "until": int((clock.now() + LASTS).timestamp()),
    }
    return _keep(redirect(address, 303), kept)


def _own_invitation() -> str:
    """Return the invitation that was being looked at; a link on another site can bring none."""
    came_from_here = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    return request.args.get("kutsu", "") if came_from_here else ""


def _keep(response: Response, kept: dict[str, Any]) -> Response:
    """Give the browser what it must bring back, sealed against a change."""
    text = urlsafe_b64encode(json.dumps(kept).encode()).decode()
    sealed = f"{text}.{derive(installation_key(_settings()), PURPOSE, text)}"
    age, secure = LASTS, _settings().is_https
    response.set_cookie(
        COOKIE, sealed, max_age=age, path=PATH, secure=secure, httponly=True, samesite="Lax"
    )
    return response


def _brought_back() -> dict[str, Any] | None:
    """Return what the browser was given, if it is ours, not too old, and for this answer."""
    text, _dot, seal = request.cookies.get(COOKIE, "").partition(".")
    made = derive(installation_key(_settings()), PURPOSE, text)
    if not text or not hmac.compare_digest(made.encode(), seal.encode()):
        return None
    kept: dict[str, Any] = json.loads(urlsafe_b64decode(text))
    same = hmac.compare_digest(kept["state"].encode(), request.args.get("state", "").encode())
    in_time = clock.now().timestamp() < kept["until"]
    from_there = request.args.get("iss", _settings().oidc_issuer) == _settings().oidc_issuer
    return kept if same and in_time and from_there else None


# Coming back


@bp.get(oidc.RETURN)
@needs(Right.SIGN_IN)
def come_back() -> ResponseReturnValue:
    """Open a session for whom the provider proves: a declared GET that writes, at once or not."""
    if not _settings().oidc_issuer:
        return redirect("/", 303)
    try:
        answer = _entered()
    except ProviderDown:
        answer = _down()
    except NotProven:
        answer = _not_in(_("The sign-in did not succeed. Try again."))
    except Refusal as refusal:
        answer = _not_in(retold(refusal))
    response = current_app.make_response(answer)
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="Lax")
    return response


def _entered() -> ResponseReturnValue:
    kept = _brought_back()
    code = request.args.get("code", "")
    if kept is None or not code:
        raise NotProven
    begun = Start(state=kept["state"], nonce=kept["nonce"], verifier=kept["verifier"])
    subject = oidc.finish(_settings(), begun, code=code)
    with transaction():
        person_id = _person(subject, kept["invitation"])
        token = open_session(person_id, way="oidc", proof=begun.state)
        rights = rights_of(queries.roles_of(person_id))
    return with_cookie(redirect(kept["next"] or home(rights), 303), token)


def _person(subject: str, invitation: str) -> int:
    """Return whose account this is; an invitation ties it to somebody first."""
    issuer = _settings().oidc_issuer
    known = staff.find_by_identity(issuer=issuer, subject=subject)
    if known is None and invitation:
        person = staff.take_invitation(invitation)
        staff.tie(person, issuer=issuer, subject=subject)
        return person.id
    if known is None:
        words = N_(
            "Your account is not tied to anybody here. Ask the administrator for an invitation."
        )
        raise Refusal(words, code="unknown_identity")
    return known


def _down() -> ResponseReturnValue:
    text = _("The municipality's sign-in does not answer. Use your password, or try later.")
    return _page(text), 503


def _not_in(text: str) -> ResponseReturnValue:
    return _page(text), 409


def _page(text: str) -> str:
    links = [
        {"url": "/kirjautuminen?salasana=1", "text": _("Sign in with a password")},
        {"url": PATH, "text": _("Try again")},
    ]
    title = _("You are not signed in")
    return render_template("error.html", title=title, text=text, what_next=links)


# Signing out there too


@bp.get(f"{PATH}/ulos")
@needs(Right.SIGN_IN)
def sign_out_there() -> ResponseReturnValue:
    """Send the browser to where one signs out of the provider."""
    if not _settings().oidc_issuer:
        return redirect("/", 303)
    try:
        address = oidc.sign_out_address(_settings(), oidc.discover(_settings()))
    except ProviderDown:
        address = ""
    return redirect(address or "/", 303)
