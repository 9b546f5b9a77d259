"""What every screen shares: one transaction per POST, who may enter, and how a no is told."""

import hashlib
import logging
import secrets
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError, NoResultFound
from werkzeug.datastructures import LanguageAccept, WWWAuthenticate
from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    HTTPException,
    Unauthorized,
    UnprocessableEntity,
)
from werkzeug.http import parse_accept_header

from lainaamo.config import Settings
from lainaamo.core import house, i18n, journal, once, problems
from lainaamo.core.db import broken_constraint, session, transaction
from lainaamo.core.errors import CONSTRAINTS, N_, Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import retold

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ERROR = 400
FOR_PROGRAMS = "/api/"
LANGUAGE_COOKIE = "kieli"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)
# Only for a page whose camera reads labels: its decoder is WebAssembly of our own.
POLICY_WITH_CAMERA = POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}
VARY = "Cookie, Accept-Language"
SPOKEN = ("fi", "sv", "en")
MOST_BROWSERS = 256
logger = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class Doorkeeper(Protocol):
    """Who is at the door: supplied by the people feature, which core does not know."""

    def may(self, right: str) -> bool:
        """Tell whether the person asking has a right."""

    def alias(self) -> str:
        """Return the name the journal knows the person by."""

    def is_known(self) -> bool:
        """Tell whether somebody is signed in."""


class Lainaamo(Flask):
    """Flask, with one rule added: a POST is one transaction and a GET is none."""

    doorkeeper: Doorkeeper

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Take functions as they are: none of ours is asynchronous, and ten are asked a request."""
        return func

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        """Let a module that others name without its hash be asked for anew each time."""
        if (filename or "").startswith("js/desk/") and "v" not in request.args:
            return None
        return super().get_send_file_max_age(filename)

    def full_dispatch_request(self) -> Response:
        """Answer in the reader's language, error pages included."""
        with i18n.speaking(chosen_locale()):
            return super().full_dispatch_request()

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view; keep what it wrote only when the answer is not an error."""
        with journal.acting(self.doorkeeper.alias()):
            if request.method in SAFE or keeps_own_transactions(self._view()):
                return super().dispatch_request()
            return self.change_once(super().dispatch_request)

    def change_once(self, change: Callable[[], ResponseReturnValue]) -> Response:
        """Do a change in one transaction, kept when the answer is no error, and once for a key."""
        with transaction():
            response = self._once(change)
            if response.status_code >= ERROR and not isinstance(response, problems.Kept):
                session.rollback()
            return response

    def _once(self, change: Callable[[], ResponseReturnValue]) -> Response:
        """Do a change, or answer as the same request was answered before."""
        key = request.form.get("_key") or request.headers.get("Idempotency-Key")
        if not key:
            return self.make_response(change())
        made: list[Response] = []

        def work() -> once.Answer:
            made.append(self.make_response(change()))
            return _kept(made[0])

        scoped = hashlib.sha256(f"{journal.actor()}:{key}".encode()).hexdigest()
        try:
            answer = once.answer(scoped, f"{request.method} {request.path}", _body_hash(key), work)
        except once.OtherBody:
            raise UnprocessableEntity from None
        return made[0] if made else _again(answer)

    def _view(self) -> Callable[..., Any] | None:
        return self.view_functions.get(request.endpoint or "")


def _body_hash(key: str) -> str:
    """Return what tells two bodies apart, and nothing to guess a PIN by: the key is not stored."""
    fields = sorted(
        (name, value) for name, value in request.form.items(multi=True) if name != "_key"
    )
    body = repr(fields).encode() if fields else request.get_data()
    return hashlib.sha256(key.encode() + body).hexdigest()


def _kept(response: Response) -> once.Answer:
    body = None if response.direct_passthrough else response.get_data(as_text=True)
    return once.Answer(response.status_code, response.location, response.content_type, body)


def _again(answer: once.Answer) -> Response:
    response = Response(answer.body, answer.status, content_type=answer.content_type)
    if answer.location:
        response.location = answer.location
    return response


def settings_now() -> Settings:
    """Return the settings with the administrator's changes, read once in a request."""
    if "settings_now" not in g:
        g.settings_now = house.over(current_app.config["SETTINGS"])
    found: Settings = g.settings_now
    return found


def once_field() -> Markup:
    """Return the hidden field that makes a form count once, however often it is sent."""
    return Markup('<input type="hidden" name="_key" value="{}">').format(secrets.token_urlsafe(16))


def needs(right: str, **by_method: str) -> Callable[[View], View]:
    """Open a screen to those with a right; another right can be named for a method (`POST=`)."""

    def mark(view: View) -> View:
        view.rights = by_method  # type: ignore[attr-defined]  # read by right_for
        view.right = right  # type: ignore[attr-defined]  # read by right_for
        return view

    return mark


def right_for(view: Callable[..., Any], method: str) -> str | None:
    """Return the right a screen asks for with a method; None where nobody declared one."""
    by_method: Mapping[str, str] = getattr(view, "rights", {})
    asked = "GET" if method in {"HEAD", "OPTIONS"} else method
    found: str | None = by_method.get(asked) or getattr(view, "right", None)
    return found


def own_transactions(view: View) -> View:
    """Mark a screen that opens its transactions itself, to look before it may write."""
    view.own_transactions = True  # type: ignore[attr-defined]  # read by keeps_own_transactions
    return view


def change_once(change: Callable[[], ResponseReturnValue]) -> Response:
    """Do the change of a screen that has its own transactions: in one, and once for its key."""
    return _app().change_once(change)


def keeps_own_transactions(view: Callable[..., Any] | None) -> bool:
    """Tell whether a screen opens its transactions itself."""
    return getattr(view, "own_transactions", False)


def takes_files(most_bytes: int) -> Callable[[View], View]:
    """Let this screen's request be so large; those without its right are refused unread."""

    def mark(view: View) -> View:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]  # read by _let_files_in
        return view

    return mark


def refused_on(page: Callable[..., ResponseReturnValue]) -> Callable[[View], View]:
    """Name the page that tells this screen's refusal: called with it and the view's arguments."""

    def mark(view: View) -> View:
        view.refused_on = page  # type: ignore[attr-defined]  # read by _refused
        return view

    return mark


def is_for_programs() -> bool:
    """Tell whether this request is a program's: no cookie counts there, and a no is no page."""
    return request.path.startswith(FOR_PROGRAMS)


def chosen_locale() -> str:
    """Return the language from the address, the cookie, or the browser; Finnish otherwise."""
    if is_for_programs():
        return _best_spoken(request.environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    asked = _asked_language() or given_cookie(LANGUAGE_COOKIE)
    if asked in i18n.ADDRESS:
        return i18n.ADDRESS[asked]
    return _best_spoken(request.environ.get("HTTP_ACCEPT_LANGUAGE", ""))


def _asked_language() -> str | None:
    # As a list: of a name that is not there, get() makes an exception with a page of its own.
    return next(iter(request.args.getlist("kieli")), None)


def given_cookie(name: str) -> str | None:
    """Return a cookie, if the browser sent it."""
    return next(iter(request.cookies.getlist(name)), None)


@lru_cache(maxsize=MOST_BROWSERS)
def _best_spoken(header: str) -> str:
    """Return the best of our languages for a browser's list of its own."""
    return parse_accept_header(header, LanguageAccept).best_match(SPOKEN) or i18n.DEFAULT


def guard(app: Lainaamo, doorkeeper: Doorkeeper) -> None:
    """Put the doors in: rights, same-origin posts, headers, and the pages that tell an error."""
    app.doorkeeper = doorkeeper
    app.before_request(_refuse_other_sites)
    app.before_request(_check_right)
    app.before_request(_let_files_in)
    app.before_request(_refuse_unstorable)
    app.before_request(_remember_language)
    app.after_request(_add_headers)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(IntegrityError, _broken)
    app.register_error_handler(NoResultFound, _missing)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _failed)


def check_declared(app: Flask) -> None:
    """Refuse to start with a screen whose right nobody declared."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.endpoint != "static" and not all(right_for(view, m) for m in rule.methods or ()):
            raise RuntimeError(f"{rule} has no right: add @needs(...)")


def _refuse_other_sites() -> None:
    """Refuse a change that another site's page sent with our visitor's cookies.

    Browsers since 2023 say where a request comes from; what says nothing is not a browser and has
    no cookies to steal (OWASP, "Fetch Metadata").
    """
    if request.method in SAFE or is_for_programs():
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site not in {"same-origin", "none"}:
        raise Forbidden
    if site is None and origin is not None and origin.partition("://")[2] != request.host:
        raise Forbidden


def _let_files_in() -> None:
    most_bytes = getattr(app_view(), "most_bytes", None)
    if most_bytes is not None:
        request.max_content_length = most_bytes


def _refuse_unstorable() -> None:
    """Refuse text with a NUL in it: nobody types one, and PostgreSQL cannot store it."""
    sources = (request.args, request.form, request.view_args or {})
    if any("\0" in str(value) for source in sources for value in source.values()):
        raise BadRequest


def _check_right() -> ResponseReturnValue | None:
    view = app_view()
    if view is None or request.endpoint == "static":
        return None
    keeper = _keeper()
    right = right_for(view, request.method)
    if right is not None and keeper.may(right):
        return None
    if is_for_programs() and not keeper.is_known():
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
    if keeper.is_known() or request.method not in SAFE:
        raise Forbidden
    came_for = urlencode({"next": request.full_path.rstrip("?")})
    return redirect(f"/kirjautuminen?{came_for}", 303)


def app_view() -> Callable[..., Any] | None:
    """Return the view this request goes to."""
    return _app().view_functions.get(request.endpoint or "")


def _app() -> Lainaamo:
    app: Lainaamo = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the proxy's own way
    return app


def _keeper() -> Doorkeeper:
    return _app().doorkeeper


def _remember_language() -> ResponseReturnValue | None:
    """Keep a language chosen by a link, and go on to the same page without it in the address."""
    asked = _asked_language()
    if request.method != "GET" or asked not in i18n.ADDRESS or is_for_programs():
        return None
    rest = request.args.copy()
    rest.poplist("kieli")
    query = urlencode(list(rest.items(multi=True)))
    response = redirect(f"{request.path}?{query}" if query else request.path, 303)
    year_s = 365 * 24 * 3600
    response.set_cookie(LANGUAGE_COOKIE, asked, max_age=year_s, samesite="Lax", httponly=True)
    return response


def _add_headers(response: Response) -> Response:
    headers = response.headers
    told = {name.lower() for name, _value in headers}
    for name, value in HEADERS.items():
        if name.lower() not in told:
            headers.add(name, value)
    if request.endpoint != "static":
        if "cache-control" not in told:
            headers.add("Cache-Control", "no-store" if _keeper().is_known() else "no-cache")
        if "vary" in told:
            response.vary.update(VARY.split(", "))
        else:
            headers.add("Vary", VARY)
    return response


def _refused(refusal: Refusal) -> ResponseReturnValue:
    if is_for_programs():
        return problems.refused(refusal)
    page = getattr(app_view(), "refused_on", None)
    if page is not None:
        response = _app().make_response(page(refusal, **(request.view_args or {})))
        response.status_code = 409
        return response
    return _error_page(409, _("This did not work"), retold(refusal))


def _broken(error: IntegrityError) -> ResponseReturnValue:
    refusal = CONSTRAINTS.get(broken_constraint(error))
    return _refused(refusal) if refusal is not None else _failed(error)


def _missing(_error: NoResultFound) -> ResponseReturnValue:
    return _http_error(HTTPException(response=Response(status=404)))


WORDS: Mapping[int, tuple[str, str]] = {
    400: (N_("The request could not be read"), N_("Go back and try again.")),
    403: (N_("You may not open this page"), N_("Sign in with another account, or ask the staff.")),
    404: (N_("This page does not exist"), N_("The address may be old or have a typing error.")),
    405: (N_("This page does not exist"), N_("The address may be old or have a typing error.")),
    413: (N_("The file is too large"), N_("Choose a smaller file.")),
    422: (N_("Some fields need correcting"), N_("Go back and try again.")),
    503: (N_("The service is resting"), N_("Try again in a minute, or call us.")),
}
PROBLEMS: Mapping[int, str] = {
    400: N_("The request could not be read."),
    401: N_("Send a token that is in use, as Authorization: Bearer."),
    403: N_("This token may not do this. Ask the administrator for another role."),
    404: N_("There is no such thing, or this token may not see it."),
    405: N_("This address does not take this method."),
    413: N_("The request is too large."),
    415: N_("Send the body as application/json."),
    422: N_("This key was sent before with another body."),
    503: N_("The service is resting. Try again in a minute."),
}


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None and error.response.status_code < ERROR:
        return error
    status = error.code or (error.response.status_code if error.response is not None else 500)
    if is_for_programs():
        return _problem(error, status)
    title, text = WORDS.get(status, WORDS[400])
    return _error_page(status, _(title), _(text))


def _problem(error: HTTPException, status: int) -> Response:
    """Tell a program what the web itself refuses, with the headers that go with it."""
    said = problems.problem(status, _(PROBLEMS.get(status, PROBLEMS[400])))
    for name, value in error.get_headers(request.environ):
        if name in {"Allow", "WWW-Authenticate", "Retry-After"}:
            said.headers[name] = value
    return said


def _failed(error: Exception) -> ResponseReturnValue:
    """Answer a fault with an id that the log knows; say nothing of its inside."""
    fault = secrets.token_hex(4)
    logger.error("fault %s at %s", fault, request.endpoint, exc_info=error)
    session.rollback()
    title = _("Something went wrong with us")
    text = _("You did nothing wrong. Try again, or call us and tell the number of the fault.")
    return _error_page(500, title, text, fault=fault)


def _error_page(
    status: int, title: str, text: str, fault: str | None = None
) -> ResponseReturnValue:
    if is_for_programs():
        return problems.problem(status, text, fault=fault)
    return render_template("error.html", status=status, title=title, text=text, fault=fault), status
