"""Whom an id, a card, an e-mail address or a phone number means."""

from sqlalchemy import select

from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.goods import codes, queries
from lainaamo.people import queries as people
from lainaamo.people.models import Person
from lainaamo.people.rules import read_contact

LONGEST_ID = 15


def get_person(who: int | str, *, host: str) -> Person:
    """Return who is meant: by an id, a card's code, an e-mail address or a phone number.

    Refused where nobody is. Digits alone are an id where there is one, else a phone number.
    """
    found = find_by_id(int(who)) if _is_id(str(who)) else None
    if found is None and isinstance(who, str):
        found = _by_card(who, host) or _by_contact(who)
    if found is None:
        raise Refusal(N_("Nobody was found by this. Check what you wrote."), code="no_person")
    return found


def _is_id(text: str) -> bool:
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_ID
    return is_number and not text.startswith("0")


def find_by_id(person_id: int) -> Person | None:
    """Return somebody who has not left."""
    return session.scalar(select(Person).where(Person.id == person_id, Person.left_at.is_(None)))


def find_by_card(text: str, *, host: str) -> Person | None:
    """Return whose card says this."""
    return _by_card(text, host)


def _by_card(text: str, host: str) -> Person | None:
    try:
        code = queries.find_code(codes.read(text, host=host))
    except Refusal:
        return None
    return find_by_id(code.person_id) if code is not None and code.person_id else None


def _by_contact(text: str) -> Person | None:
    try:
        contact = read_contact(text)
    except Refusal:
        return None
    return people.find_by_contact(email=contact.email, phone=contact.phone)
