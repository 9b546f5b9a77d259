"""A program's token as its facts: what it is for, whose, in which role, until when; and its end."""

from datetime import date

from sqlalchemy import select

from lainaamo.administration import actions
from lainaamo.administration.models import Change
from lainaamo.administration.records import Record
from lainaamo.administration.rules import Facts
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.goods import holders
from lainaamo.people import tokens
from lainaamo.people.models import Token


def lock(token_id: int) -> None:
    """Make others wait who end the token."""
    session.scalars(select(Token.id).where(Token.id == token_id).with_for_update()).one()


def read(token_id: int) -> Facts:
    """Return a token's facts."""
    row = session.get_one(Token, token_id)
    return {
        "words": row.words,
        "role": row.role,
        "person_id": row.person_id,
        "unit_id": row.unit_id,
        "last_day": row.last_day.isoformat() if row.last_day else None,
        "closed": row.ended_at is not None,
    }


def check(_token_id: int, _now: Facts, after: Facts, _confirmed: int) -> None:
    """Refuse all but its end, which is for good: somebody may have seen it meanwhile."""
    if after != {"closed": True}:
        words = N_("An ended token cannot be opened again. Make a new one.")
        raise Refusal(words, code="ended")


def write(token_id: int, _facts: Facts) -> None:
    """End a token."""
    tokens.end(session.get_one(Token, token_id))


TOKEN = Record("api_token", lock, read, check, write)


def add(facts: Facts, *, host: str, key: str) -> Change:
    """Make a token for somebody who has the role; `key` is the installation's secret."""
    made = tokens.make(
        holders.get_person(facts["person"], host=host),
        facts["role"],
        key=key,
        words=facts["words"],
        unit_id=facts["unit_id"],
        last_day=date.fromisoformat(facts["last_day"]) if facts["last_day"] else None,
    )
    return actions.keep_made("api_token", [(made.id, read(made.id))])[0]
