"""What screens ask about people and sessions."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, or_, select

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.secrets import fingerprint
from lainaamo.people.models import Actor, Grant, Password, Person, SignIn

REST = timedelta(hours=10)
RENEWAL = timedelta(hours=1)
LONGEST_NUMBER = 8


def find_sign_in(token: str) -> SignIn | None:
    """Return the open session of a cookie: not signed out, not rested out, not over."""
    now = clock.now()
    wanted = select(SignIn).where(SignIn.token_hash == fingerprint(token))
    open_now = (SignIn.ended_at.is_(None), SignIn.ends_at > now, SignIn.seen_at > now - REST)
    found = session.scalar(wanted.where(*open_now))
    return found if found is not None and found.person.left_at is None else None


def roles_of(person_id: int) -> Sequence[str]:
    """Return the roles a person has now."""
    wanted = select(Grant.role).where(Grant.person_id == person_id, Grant.ended_at.is_(None))
    return session.scalars(wanted.order_by(Grant.id)).all()


def alias_of(person_id: int) -> str | None:
    """Return the name the journal knows a person by."""
    return session.scalar(select(Actor.alias).where(Actor.person_id == person_id))


def find_by_name(name: str) -> tuple[Person, str] | None:
    """Return a person and the password's hash by e-mail or worker number."""
    number = int(name) if name.isascii() and name.isdigit() and len(name) <= LONGEST_NUMBER else -1
    same = or_(func.lower(Person.email) == name.strip().lower(), Person.number == number)
    wanted = select(Person, Password.hash).join(Password, Password.person_id == Person.id)
    row = session.execute(wanted.where(same, Person.left_at.is_(None))).first()
    return (row[0], row[1]) if row else None


def find_by_contact(*, email: str | None, phone: str | None) -> Person | None:
    """Return the person with this e-mail address or phone number."""
    wanted = select(Person).where(Person.left_at.is_(None))
    if email is not None:
        return session.scalar(wanted.where(Person.email == email))
    return session.scalar(wanted.where(Person.phone == phone))
