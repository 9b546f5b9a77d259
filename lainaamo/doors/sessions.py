"""Opening a session at the web's door: a new cookie each time, and the old one's session ends."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import current_app, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lainaamo.core.db import session, transaction
from lainaamo.people import actions, queries, staff
from lainaamo.people.access import Right, rights_of
from lainaamo.people.models import Device, Person
from lainaamo.people.spans import device_words
from lainaamo.people.visitor import COOKIE

DEVICE_COOKIE = "laite"


def opened(
    person_id: int, *, way: str, device_id: int | None = None, going: str = ""
) -> ResponseReturnValue:
    """Open a new session in a transaction of its own, and go where the person was going."""
    with transaction():
        token = open_session(person_id, way=way, device_id=device_id)
        rights = rights_of(queries.roles_of(person_id))
    return with_cookie(redirect(safe_path(going) or home(rights), 303), token)


def open_session(
    person_id: int, *, way: str, device_id: int | None = None, proof: str | None = None
) -> str:
    """Open a new session inside a transaction; the session this browser had before ends."""
    old = queries.find_sign_in(request.cookies.get(COOKIE, ""))
    if old is not None:
        actions.sign_out(old)
    return actions.sign_in(
        session.get_one(Person, person_id),
        way=way,
        words=device_words(request.user_agent.string),
        device_id=device_id,
        proof=proof,
    )


def with_cookie(response: Response, token: str, *, name: str = COOKIE, days: int = 0) -> Response:
    """Give a browser its token, until it is closed or for some days."""
    secure = current_app.config["SETTINGS"].is_https
    age = timedelta(days=days) if days else None
    response.set_cookie(name, token, max_age=age, secure=secure, httponly=True, samesite="Lax")
    return response


def this_device() -> Device | None:
    """Return the trusted device the browser stands on, if it is one."""
    token = request.cookies.get(DEVICE_COOKIE)
    return staff.find_device(token) if token else None


def home(rights: frozenset[Right]) -> str:
    """Return where somebody with these rights begins."""
    if Right.DESK in rights:
        return "/tiski"
    return "/kierto" if Right.REUSE in rights else "/"


def safe_path(asked: str) -> str:
    """Return a path of ours as it was asked for; nothing for what leaves the origin."""
    parts = urlsplit(asked)
    foreign = parts.scheme or parts.netloc or not asked.startswith("/")
    tricky = asked.startswith("//") or "\\" in asked or not asked.isprintable()
    return "" if foreign or tricky else asked
