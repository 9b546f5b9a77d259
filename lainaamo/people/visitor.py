"""Who is at the door of this request: read once from the session cookie, by flask-login."""

from dataclasses import dataclass

from flask import Request, g
from flask_login import LoginManager, UserMixin, current_user

from lainaamo.core import clock
from lainaamo.core.db import transaction
from lainaamo.people import actions, queries
from lainaamo.people.access import EVERYONE, SIGNED_IN, WITH_A_PIN, Right, rights_of
from lainaamo.people.models import SignIn
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
        return right in _rights()

    def alias(self) -> str:
        """Return the name the journal knows the person by."""
        return current_user.alias if self.is_known() else "anonymous"

    def is_known(self) -> bool:
        """Tell whether somebody is signed in."""
        return bool(current_user.is_authenticated)


def _rights() -> frozenset[Right]:
    if "rights" not in g:
        known = current_user.is_authenticated
        g.rights = _rights_of(current_user) if known else EVERYONE
    rights: frozenset[Right] = g.rights
    return rights


def _rights_of(known: Visitor) -> frozenset[Right]:
    """Return what somebody may do in this session.

    A PIN or a badge opens the floor's work only, a code sent to a contact one's own matters only.
    """
    rights = rights_of(known.roles) | SIGNED_IN
    if known.way == "code":
        return rights & SIGNED_IN
    return rights & WITH_A_PIN if known.way in {"pin", "badge"} else rights


def visitor() -> Visitor | None:
    """Return who is signed in, if anybody."""
    return current_user if current_user.is_authenticated else None


def load(request: Request) -> Visitor | None:
    """Find the person of the session cookie; a right that was taken away is gone at once."""
    token = request.cookies.get(COOKIE)
    row = queries.find_sign_in(token) if token else None
    if row is None:
        return None
    person = row.person
    found = Visitor(
        person_id=person.id,
        sign_in_id=row.id,
        first_name=person.first_name,
        number=person.number,
        locale=person.locale,
        alias=queries.alias_of(person.id) or "unknown",
        roles=tuple(queries.roles_of(person.id)),
        way=row.way,
        device_id=row.device_id,
    )
    _stay_awake(row)
    return found


def _stay_awake(row: SignIn) -> None:
    """Move the session's rest on, at most hourly: one of the declared writes of a GET."""
    if is_to_be_renewed(row.seen_at, row.rest_minutes, clock.now()):
        sign_in_id = row.id
        with transaction():
            actions.keep_awake(sign_in_id)


login_manager = LoginManager()
login_manager.request_loader(load)
