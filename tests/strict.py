"""A client that reads every answer as the strictest reader would: machine, lawyer and attacker."""

import gzip
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request

from lainaamo.core import changes, kept
from lainaamo.core.orm import Base
from lainaamo.core.web import FOR_PROGRAMS, HEADERS, SAFE
from lainaamo.people import oidc, queries
from lainaamo.people.visitor import COOKIE

# How many statements a page may need; a list of a thousand things needs no more than one of ten.
BUDGET, CHANGE_BUDGET = 12, 60
# Who is at the door is one more: session, person, name for the journal and roles together.
DOOR = 1
# These read the tree, the sites, the hours, the terms and which kinds are waited for once per
# change: here the first time.
BUDGETS: Mapping[str, int] = {
    "catalogue.browse": 21,
    "catalogue.kind": 19,
    "catalogue.browse_reuse": 16,
    "things.thing": 14,  # its codes and what strangers told of it too
    "oidc.come_back": 18,
    "administration.user": 16,  # roles, ways in, devices, changes and their names
    # Seven lists of what may be left open, and the codes of their things.
    "administration.closing_plan_page": 22,
    "morning.loose_ends": 18,
    # One thing with all that is due to it, and the day's work with what can be undone of it.
    "desk.desk": 24,
}
# Each thing of a reservation is handed out as it is alone: some twenty statements a thing.
CHANGE_BUDGETS: Mapping[str, int] = {
    # A refused one counts five limits and takes them back: on PostgreSQL in the same database.
    # A kit promises a thing of each of its parts, some ten statements a part.
    "catalogue.reserve": 110,
    # A family of six, three things each.
    "family.reserve": 200,
    "handover.hand_out": 150,
    # A class: twenty pairs, each with a use and a line of its own.
    "group.reserve": 400,
    "again.reserve": 400,
    # Every table that names a person, and what is reserved is cancelled first.
    "leaving.be_forgotten": 150,
    "leaving.erase": 150,
    # All that one message named: each is renewed as it is alone.
    "letters.renew": 200,
    "sms.answer": 200,
    "taps.take_back_step": 120,
    # Each day that falls on a closed one is moved alone.
    "administration.send_closing": 400,
    # Once in a house's life: some two hundred categories, each looked for and added, with terms.
    "administration.take_ready_made": 800,
    # A queue may be of two hundred; what is taken back is written in bulk, the rest one by one.
    "api.scan": 400,
}
# Words that are not known as written are looked up again: as begun, as misspelt, each alone.
SEARCHED = 14
# What stands in every page's frame is two: the settings that administrators change, the notice.
FRAME = 2

# Tables that serve the machinery: what happens to them is no event of the house.
MACHINERY = frozenset({"answered_request", "attempt", "duty", "journal_seal", "outbox_message"})
# A session that is used stays awake, and so does a token: the writes that a GET may make.
RENEWAL = re.compile(r"UPDATE (?:sign_in SET seen_at|api_token SET nonce)=")
CHANGE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)', re.IGNORECASE)
READ = re.compile(
    r'\b(?:FROM|JOIN)\s+((?:"?[a-z_]+"?(?:\s+AS\s+"?\w+"?)?(?:,\s*)?)+)', re.IGNORECASE
)
COUNTED = re.compile(r"\s*(?:SELECT|WITH|INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
LOCALES = frozenset({"fi", "fi-simple", "sv", "en"})
FAULT = 500

_seen: ContextVar[list[str] | None] = ContextVar("seen", default=None)


def watch(engine: Engine) -> None:
    """Let the client see every statement that reaches this database."""

    @event.listens_for(engine, "before_cursor_execute")
    def _note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        check_kept(statement)
        seen = _seen.get()
        if seen is not None and COUNTED.match(statement):
            seen.append(statement)


def check_kept(statement: str) -> None:
    """Fail where an answer is kept that would not be read again when its tables change."""
    areas = kept.areas_read()
    if areas is None:
        return
    counted = changes.counted()
    # FTS5's own tables: filled by a trigger from search_document, which is counted.
    for table in tables_of(statement) - {"search_index"}:
        assert counted.get(table) in areas, f"{table} is read for what is kept of {sorted(areas)}"


def tables_of(statement: str) -> set[str]:
    """Return the tables that a statement reads, as SQLAlchemy writes it."""
    lists = READ.findall(statement)
    names = {one.split()[0].strip('"').lower() for some in lists for one in some.split(",") if one}
    return names & set(Base.metadata.tables) | (names & {"search_index"})


class Browser(FlaskClient):
    """One visitor's browser; `person_id` is who is signed in, `number` which of many it is."""

    person_id: int | None = None
    token: Callable[[], str] | None = None
    """Makes what a program of this person's shows, when it is needed first."""
    number: int = 0
    asked: Sequence[str] = ()
    """The statements of the last request."""
    may_fail = False
    """Set where a test makes the program itself fail: else an error page of ours is a failure."""

    def run_wsgi_app(
        self,
        environ: dict[str, Any],
        buffered: bool = False,  # noqa: ARG002, FBT001, FBT002
    ) -> tuple[Iterable[bytes], str, Headers]:
        """Send one request and read its answer."""
        asked = Request(environ)
        if self.token is not None and asked.path.startswith(FOR_PROGRAMS):
            environ.setdefault("HTTP_AUTHORIZATION", f"Bearer {self.token()}")
        cookie = self.get_cookie(COOKIE)
        known = cookie is not None and _is_known(self.application, cookie.value)
        seen: list[str] = []
        token = _seen.set(seen)
        try:
            body, status, headers = super().run_wsgi_app(environ, buffered=True)
        finally:
            _seen.reset(token)
        self.asked = seen
        page, code = b"".join(body), int(status[:3])
        assert code != FAULT or self.may_fail, f"{asked.path} failed; see the log"
        most = _budget(_endpoint(self.application, environ), safe=asked.method in SAFE)
        most += SEARCHED if asked.args.get("q") else 0
        check_statements(asked, code, seen, most=most + (DOOR if known else 0))
        if not asked.path.startswith("/static/"):
            check_headers(headers, known=known and not asked.path.startswith("/kuvat/"))
        if headers.get("Content-Type", "").startswith("text/html") and code not in {301, 302, 303}:
            packed = headers.get("Content-Encoding") == "gzip"
            check_page((gzip.decompress(page) if packed else page).decode())
        return [page], status, headers


def _is_known(app: Flask, token: str) -> bool:
    with app.app_context():
        return queries.find_sign_in(token) is not None


def _endpoint(app: Flask, environ: dict[str, Any]) -> str:
    try:
        return str(app.url_map.bind_to_environ(environ).match()[0])
    except HTTPException:
        return ""


def _budget(endpoint: str, *, safe: bool) -> int:
    if safe:
        return BUDGETS.get(endpoint, BUDGET) + FRAME
    return CHANGE_BUDGETS.get(endpoint, CHANGE_BUDGET)


def check_statements(asked: Request, code: int, seen: list[str], *, most: int) -> None:
    """Fail on a GET that writes, a change without a journal line, and a page that asks too much."""
    changes = [found[1] for one in seen if (found := CHANGE.match(one)) and not RENEWAL.match(one)]
    safe = asked.method in SAFE
    # Whom the identity provider sends back comes by a GET, which opens the session.
    may_write = not safe or asked.path == oidc.RETURN
    assert may_write or not changes, f"{asked.method} {asked.path} wrote to {changes}"
    events = set(changes) - MACHINERY
    told = "journal_entry" in events or code >= 400
    assert not events or told, f"{asked.path} changed {sorted(events)} without a journal line"
    assert len(seen) <= most, f"{asked.path} made {len(seen)} queries:\n" + "\n".join(seen)


def check_headers(headers: Headers, *, known: bool) -> None:
    """Fail on a missing security header, an open cookie, or a personal page that is kept."""
    for name in HEADERS:
        assert name in headers, f"no {name}"
    policy = headers["Content-Security-Policy"]
    assert not re.search(r"'unsafe-(inline|eval|hashes)'", policy), policy
    kept = headers.get("Cache-Control", "")
    assert not known or "no-store" in kept, f"a personal page may be kept: {kept!r}"
    for cookie in headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie or "Max-Age=0" in cookie, cookie
        assert "SameSite=Lax" in cookie or "Max-Age=0" in cookie, cookie


def check_page(text: str) -> None:
    """Fail on what a browser would forgive and a screen reader or a policy would not."""
    root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    everything = list(root.iter())
    assert root.get("lang") in LOCALES, "no language"
    titles = [one for one in root.iterfind("head/title") if (one.text or "").strip()]
    assert len(titles) == 1, "no title"
    headings = [one for one in everything if one.tag == "h1"]
    assert len(headings) == 1, f"{len(headings)} first headings"
    assert "".join(headings[0].itertext()).strip(), "an empty first heading"
    check_ids(everything)
    check_nothing_inline(everything)
    for form in root.iter("form"):
        check_form(form)


def check_ids(everything: Iterable[Element]) -> None:
    """Fail on an id that two elements share, and on a reference to an id that is not there."""
    ids = [one.get("id", "") for one in everything if one.get("id") is not None]
    twice = {one for one in ids if ids.count(one) > 1}
    assert not twice, f"ids used twice: {twice}"
    missing = {name for name in _references(everything) if name not in ids}
    assert not missing, f"references to nothing: {missing}"


def _references(everything: Iterable[Element]) -> Iterator[str]:
    for one in everything:
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "form"):
            yield from (one.get(name) or "").split()
        target = one.get("href") or ""
        if one.tag == "a" and target.startswith("#") and len(target) > 1:
            yield target[1:]


def check_nothing_inline(everything: Iterable[Element]) -> None:
    """Fail on style, script and events written into the page: the policy would not run them."""
    for one in everything:
        assert one.tag != "style", "a <style> in the page"
        is_data = one.get("type") == "application/ld+json"  # what no browser runs
        assert one.tag != "script" or one.get("src") or is_data, "a script in the page"
        inline = [name for name in one.keys() if str(name) == "style" or str(name).startswith("on")]  # noqa: SIM118 - an Element is no mapping
        assert not inline, f"<{one.tag} {inline[0]}=…>"
        target = (one.get("href") or one.get("action") or "").strip().lower()
        assert not target.startswith(("javascript:", "data:")), target


def check_form(form: Element) -> None:
    """Fail on a form that would count twice when it is sent twice."""
    if (form.get("method") or "get").lower() != "post":
        return
    names = [field.get("name") for field in form.iter("input")]
    assert names.count("_key") == 1, f"a form without its key: {form.get('action')}"
