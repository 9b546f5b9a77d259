"""The verbs of people: come, sign in, sign out."""

from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from lainaamo.core import clock, journal
from lainaamo.core.db import insert_once, session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.secrets import fingerprint, new_token
from lainaamo.people import queries
from lainaamo.people.models import Actor, Grant, Password, Person, SignIn
from lainaamo.people.proofs import plain
from lainaamo.people.rules import Contact
from lainaamo.people.spans import span_for

hasher = PasswordHasher()
# Checked when there is no such account, so that an answer takes as long either way.
NOBODY = hasher.hash("nobody has this password")


def add_person(
    first_name: str,
    *,
    contact: Contact | None = None,
    number: int | None = None,
    locale: str = "fi",
) -> Person:
    """Write somebody down, with a random name for the journal."""
    person = Person(
        first_name=first_name,
        email=contact.email if contact else None,
        phone=contact.phone if contact else None,
        number=number,
        locale=locale,
        made_at=clock.now(),
    )
    session.add(person)
    session.flush()
    session.add(Actor(person_id=person.id, alias=f"p-{new_token()[:16]}"))
    journal.write("person.added", "person", person.id)
    return person


def find_or_add(first_name: str, contact: Contact, *, locale: str) -> Person:
    """Return the person with this contact, written down now if new; safe from twins."""
    return session.get_one(Person, known_as(first_name, contact, locale=locale))


def known_as(first_name: str, contact: Contact, *, locale: str) -> int:
    """Return the id of whom `find_or_add` returns."""
    same = queries.id_by_contact(contact)
    if same is not None:
        return same
    # The insert waits for a twin's insert of the same contact, then finds it there.
    values = {"email": contact.email, "phone": contact.phone, "locale": locale}
    fresh = insert_once(Person, first_name=first_name, made_at=clock.now(), **values)
    person_id = queries.id_by_contact(contact)
    if person_id is None:
        words = N_("The account of this contact is closed. Call us, please.")
        raise Refusal(words, code="closed_account")
    if fresh:
        session.add(Actor(person_id=person_id, alias=f"p-{new_token()[:16]}"))
        journal.write("person.added", "person", person_id)
    return person_id


def take_contact(person: Person, contact: Contact) -> bool:
    """Give somebody without a contact one that nobody has, has left with, or takes this moment."""
    column = Person.phone if contact.email is None else Person.email
    if session.scalar(select(Person.id).where(column == contact.text)) is not None:
        return False
    person.email, person.phone = contact.email, contact.phone
    journal.write("contact.taken", "person", person.id)
    return True


def drop_person(person_id: int) -> None:
    """Forget somebody who was written down for one reservation and turned out to be another.

    Who was given a card or a thing at the desk meanwhile stays: that is theirs.
    """
    try:
        with session.begin_nested():
            session.execute(delete(Actor).where(Actor.person_id == person_id))
            session.execute(delete(Person).where(Person.id == person_id))
    except IntegrityError:
        return
    journal.write("person.dropped", "person", person_id)


def grant(person: Person, role: str, *, unit_id: int | None = None) -> None:
    """Give somebody a role and end the person's sessions: a new role begins with a new sign-in."""
    session.add(Grant(person_id=person.id, role=role, unit_id=unit_id, made_at=clock.now()))
    end_sessions(person.id)
    journal.write("role.granted", "person", person.id, role=role, unit=unit_id)


def set_password(person: Person, password: str) -> None:
    """Set a password and end the person's sessions."""
    row = session.scalar(select(Password).where(Password.person_id == person.id))
    if row is None:
        row = Password(person_id=person.id)
        session.add(row)
    row.hash, row.set_at = hasher.hash(plain(password)), clock.now()
    end_sessions(person.id)
    journal.write("password.set", "person", person.id)


def is_right(password_hash: str | None, password: str) -> bool:
    """Tell whether a password is right; takes as long when there is nothing to compare with."""
    try:
        return hasher.verify(password_hash or NOBODY, plain(password)) and password_hash is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def sign_in(
    person: Person,
    *,
    way: str = "password",
    words: str = "",
    device_id: int | None = None,
    proof: str | None = None,
) -> str:
    """Open a session and return the cookie's token; only its fingerprint is stored.

    `words` is what the person knows the device by. A `proof` opens one session and never another.
    """
    token, now = new_token(), clock.now()
    on_floor = device_id is not None or way in {"pin", "badge"}
    span = span_for(queries.roles_of(person.id), on_floor=on_floor)
    row = SignIn(
        token_hash=fingerprint(token),
        person_id=person.id,
        way=way,
        words=words,
        device_id=device_id,
        proof_hash=fingerprint(proof) if proof else None,
        rest_minutes=span.rest // timedelta(minutes=1),
        made_at=now,
        seen_at=now,
        ends_at=now + span.whole,
    )
    session.add(row)
    session.flush()
    journal.write("signed.in", "person", person.id, way=way, device=device_id)
    return token


def sign_out(row: SignIn) -> None:
    """End one session."""
    row.ended_at = clock.now()
    journal.write("signed.out", "person", row.person_id)


def end_sessions(person_id: int) -> None:
    """End every open session of a person."""
    mine = (SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    if session.scalar(select(SignIn.id).where(*mine).limit(1)) is not None:
        session.execute(update(SignIn).where(*mine).values(ended_at=clock.now()))
        journal.write("signed.out_everywhere", "person", person_id)


def keep_awake(sign_in_id: int) -> None:
    """Move a session's rest on; called at most hourly."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=clock.now()))
