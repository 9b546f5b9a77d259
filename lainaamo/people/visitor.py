"""Who is at the door of this request: read once, by flask-login.

People show a session's cookie, programs a token in a header; neither opens the other's door.
"""

from dataclasses import dataclass
from functools import lru_cache

from flask import Request, g, request
from flask_login import LoginManager, UserMixin, current_user

from lainaamo.core import clock
from lainaamo.core.db import transaction
from lainaamo.core.web import given_cookie, is_for_programs
from lainaamo.people import actions, queries, serving, tokens
from lainaamo.people.access import EVERYONE, SIGNED_IN, WITH_A_PIN, Right, rights_of
from lainaamo.people.queries import Known
from lainaamo.people.serving import Served
from lainaamo.people.spans import is_to_be_renewed

COOKIE = "istunto"


@dataclass(frozen=True)
class Visitor(UserMixin):  # type: ignore[misc]  # flask-login has no types
    """A signed-in person as screens need one: plain values, no row."""

    person_id: int
    sign_in_id: int
    first_name: str
    number: int | None
    locale: str
    alias: str
    roles: tuple[str, ...]
    way: str
    device_id: int | None
    token_id: int | None = None
    as_role: str | None = None
    unit_id: int | None = None
    """What a token is limited to: it, its role, its unit."""

    def get_id(self) -> str:
        """Return the id flask-login asks for."""
        return str(self.person_id)

    @property
    def role(self) -> str:
        """Return the role shown beside the name: the first that was given."""
        return self.roles[0] if self.roles else "resident"


class Door:
    """The doorkeeper core.web asks."""

    def may(self, right: str) -> bool:
        """Tell whether the person asking has a right."""
        return right in rights_now()

    def alias(self) -> str:
        """Return the name the journal knows the person by."""
        known = visitor()
        return known.alias if known is not None else "anonymous"

    def is_known(self) -> bool:
        """Tell whether somebody is signed in."""
        return visitor() is not None


def rights_now() -> frozenset[Right]:
    """Return what the person asking may do."""
    known = visitor()
    if known is None:
        # A token that opens nothing is told so, also where nobody needs one.
        return frozenset() if is_for_programs() and request.authorization else EVERYONE
    return _rights_of(known.roles, known.way, known.as_role)


@lru_cache(maxsize=256)
def _rights_of(roles: tuple[str, ...], way: str, as_role: str | None) -> frozenset[Right]:
    """Return what somebody with these roles may do who came in this way.

    A PIN or a badge opens the floor's work only, a code sent to a contact one's own matters only,
    a token what its role may and its person still may.
    """
    rights = rights_of(roles) | SIGNED_IN
    if as_role is not None:
        return rights & rights_of([as_role])
    if way == "code":
        return rights & SIGNED_IN
    return rights & WITH_A_PIN if way in {"pin", "badge"} else rights


def visitor() -> Visitor | None:
    """Return who is signed in, if anybody."""
    if "visitor" not in g:
        has_come = is_for_programs() or given_cookie(COOKIE) is not None
        g.visitor = current_user if has_come and current_user.is_authenticated else None
    known: Visitor | None = g.visitor
    return known


def served() -> Served | None:
    """Return whom the person asking acts for, who may."""
    known = visitor()
    if known is None or is_for_programs() or Right.BORROWERS not in rights_now():
        return None
    return serving.find(known.sign_in_id)


def load(asked: Request) -> Visitor | None:
    """Find who asks; a right that was taken away is gone at once."""
    return _by_token(asked) if is_for_programs() else _by_cookie(asked)


def _by_token(asked: Request) -> Visitor | None:
    shown = asked.authorization
    text = shown.token if shown is not None and shown.type == "bearer" else None
    known = tokens.find_known(text) if text else None
    if known is None:
        return None
    if tokens.is_to_be_noted(known.used_at):
        with transaction():
            tokens.note_use(known.token_id)
    return Visitor(
        person_id=known.person_id,
        sign_in_id=0,
        first_name=known.first_name,
        number=known.number,
        locale=known.locale,
        alias=known.alias or "unknown",
        roles=known.roles,
        way="token",
        device_id=None,
        token_id=known.token_id,
        as_role=known.role,
        unit_id=known.unit_id,
    )


def _by_cookie(asked: Request) -> Visitor | None:
    token = asked.cookies.get(COOKIE)
    known = queries.find_known(token) if token else None
    if known is None:
        return None
    _stay_awake(known)
    return Visitor(
        person_id=known.person_id,
        sign_in_id=known.sign_in_id,
        first_name=known.first_name,
        number=known.number,
        locale=known.locale,
        alias=known.alias or "unknown",
        roles=known.roles,
        way=known.way,
        device_id=known.device_id,
    )


def _stay_awake(known: Known) -> None:
    """Move the session's rest on, at most hourly: one of the declared writes of a GET."""
    if is_to_be_renewed(known.seen_at, known.rest_minutes, clock.now()):
        with transaction():
            actions.keep_awake(known.sign_in_id)


login_manager = LoginManager()
login_manager.request_loader(load)
