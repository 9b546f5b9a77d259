"""Tokens with which programs act as people: making one, knowing who shows one, ending it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, or_, select, update
from sqlalchemy.orm import joinedload

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.secrets import derive, fingerprint, new_token
from lainaamo.people import queries
from lainaamo.people.access import rights_of
from lainaamo.people.models import Actor, Grant, Person, Token

PURPOSE = "api-token"
PREFIX = "lainaamo_"
"""What each token begins with, so that programs that look for leaked secrets find it."""

SHOWN = timedelta(minutes=10)
"""How long a token that was just made is shown to whoever made it."""

NOTED = timedelta(hours=1)
"""How often it is written down that a token is in use, at most."""


class KnownToken(NamedTuple):
    """Who shows a token, as plain values."""

    token_id: int
    role: str
    unit_id: int | None
    used_at: datetime | None
    person_id: int
    first_name: str
    number: int | None
    locale: str
    alias: str | None
    roles: tuple[str, ...]


def make(
    person: Person,
    role: str,
    *,
    key: str,
    words: str,
    unit_id: int | None = None,
    last_day: date | None = None,
) -> Token:
    """Make a token for somebody in a role; `key` is the installation's secret.

    Refused where the person may not do all that the role may, or has left.
    """
    if lacks_role(person, role):
        words = N_("This person does not have the role. Give the role first.")
        raise Refusal(words, code="no_role")
    if person.left_at is not None:
        raise Refusal(N_("This person has left. Take the person back first."), code="has_left")
    if last_day is not None and last_day < clock.today():
        raise Refusal(N_("That day is over. Choose today or a later day."), code="past")
    nonce = new_token()[:22]
    made = Token(
        person_id=person.id,
        unit_id=unit_id,
        role=role,
        words=words,
        nonce=nonce,
        token_hash=fingerprint(_text(key, nonce)),
        last_day=last_day,
        made_at=clock.now(),
    )
    session.add(made)
    session.flush()
    facts = {"role": role, "unit": unit_id, "person": person.id, "last_day": last_day}
    journal.write("token.made", "api_token", made.id, **facts)
    return made


def lacks_role(person: Person, role: str) -> bool:
    """Tell whether somebody may not do all that a role may."""
    return not rights_of([role]) <= rights_of([*queries.roles_of(person.id), "resident"])


def _text(key: str, nonce: str) -> str:
    return PREFIX + derive(key, PURPOSE, nonce)


def find_text(token: Token, *, key: str) -> str | None:
    """Return the token itself while it may still be shown: for ten minutes, until it is used."""
    is_fresh = token.made_at > clock.now() - SHOWN and token.used_at is None
    if token.nonce is None or not is_fresh or token.ended_at is not None:
        return None
    return _text(key, token.nonce)


def end(token: Token) -> None:
    """End a token; the next request that shows it is refused."""
    token.ended_at, token.nonce = clock.now(), None
    journal.write("token.ended", "api_token", token.id)


def note_use(token_id: int) -> None:
    """Write down that a token is in use; called at most hourly."""
    used = update(Token).where(Token.id == token_id)
    session.execute(used.values(used_at=clock.now(), nonce=None))


def is_to_be_noted(used_at: datetime | None) -> bool:
    """Tell whether it is to be written down again that a token is in use."""
    return used_at is None or used_at < clock.now() - NOTED


_TOKEN, _PERSON = Token.__table__.c, Person.__table__.c
_ACTOR, _GRANT = Actor.__table__.c, Grant.__table__.c


def _known() -> Select[Any]:
    """Return the select that finds who shows a token: one row for each role."""
    columns = (
        *(_TOKEN.id, _TOKEN.role, _TOKEN.unit_id, _TOKEN.used_at),
        *(_PERSON.id, _PERSON.first_name, _PERSON.number, _PERSON.locale),
        *(_ACTOR.alias, _GRANT.role.label("held")),
    )
    open_grant = and_(_GRANT.person_id == _PERSON.id, _GRANT.ended_at.is_(None))
    today = bindparam("today", type_=_TOKEN.last_day.type)
    return (
        select(*columns)
        .join_from(Token.__table__, Person.__table__, _TOKEN.person_id == _PERSON.id)
        .outerjoin(Actor.__table__, _ACTOR.person_id == _PERSON.id)
        .outerjoin(Grant.__table__, open_grant)
        .where(_TOKEN.token_hash == bindparam("token_hash"), _TOKEN.ended_at.is_(None))
        .where(or_(_TOKEN.last_day.is_(None), _TOKEN.last_day >= today))
        .where(_PERSON.left_at.is_(None))
        .order_by(_GRANT.id)
    )


# Made once: it is asked at each request of a program.
_KNOWN = _known()


def find_known(text: str) -> KnownToken | None:
    """Return who shows a token that opens, with the roles held right now."""
    asked = {"token_hash": fingerprint(text), "today": clock.today()}
    rows = session.connection().execute(_KNOWN, asked).all()
    if not rows:
        return None
    roles = tuple(row.held for row in rows if row.held is not None)
    return KnownToken._make((*rows[0][:-1], roles))


def get(token_id: int) -> Token:
    """Return a token with its person and unit."""
    return session.scalars(_whole().where(Token.id == token_id)).one()


def every() -> Sequence[Token]:
    """Return every token with its person and unit, those that open first, the newest first."""
    order = (Token.ended_at.is_not(None), Token.id.desc())
    return session.scalars(_whole().order_by(*order)).all()


def _whole() -> Select[Token]:
    return select(Token).options(joinedload(Token.person), joinedload(Token.unit))
