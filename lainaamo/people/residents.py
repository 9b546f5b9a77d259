"""The verbs of residents: prove that a contact is one's own, and keep one's own facts right."""

import hmac
import secrets
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select, update

from lainaamo.core import clock, journal, outbox
from lainaamo.core.db import session
from lainaamo.core.errors import CONSTRAINTS, N_, Refusal
from lainaamo.core.secrets import derive, derive_digits, fingerprint
from lainaamo.people import actions, queries
from lainaamo.people.models import Child, ContactProof, Person
from lainaamo.people.rules import Contact

LASTS = timedelta(minutes=10)
KEPT = timedelta(days=1)
MOST_TRIES = 5
CODE_DIGITS = 6
CHANGED = "contact.changed"
# Where a proof leads that confirms reservations: no address, so nobody can ask to go there.
CONFIRMS = "confirms"
# One that is asked before somebody is forgotten for good.
ERASES = "erases"
APART = (CONFIRMS, ERASES)
MOST_CHILDREN = 12
IN_USE = Refusal(
    N_("Another account has this contact. Sign in with it, or call us."), code="contact_in_use"
)
CONSTRAINTS["uq_person_email"] = CONSTRAINTS["uq_person_phone"] = IN_USE


def contact_of(proof: ContactProof) -> Contact:
    """Return the contact that a proof is about."""
    return Contact(proof.email, proof.phone)


def code_of(proof: ContactProof, key: str) -> str:
    """Return the six digits that were sent; `key` is the installation's secret."""
    return derive_digits(key, "contact-code", proof.nonce, digits=CODE_DIGITS)


def token_of(proof: ContactProof, key: str) -> str:
    """Return what stands in the link that was sent."""
    return f"{proof.nonce}-{derive(key, 'contact-link', proof.nonce)}"


def find_by_token(token: str, key: str, *, confirms: bool = False) -> ContactProof | None:
    """Return the proof of a link, used or not, when the link is one of ours.

    One that `confirms` reservations opens nothing where one signs in, nor the other way round.
    """
    nonce, _, given = token.partition("-")
    made = derive(key, "contact-link", nonce)
    if not hmac.compare_digest(made.encode(), given.encode()):
        return None
    this = select(ContactProof).where(ContactProof.nonce == nonce)
    of_sort = ContactProof.going == CONFIRMS if confirms else ContactProof.going.not_in(APART)
    return session.scalar(this.where(of_sort))


def find_asked(browser: str) -> ContactProof | None:
    """Return what a browser asked for last to sign in, while it can still be used."""
    return _newest(browser, ContactProof.going.not_in(APART))


def find_to_erase(browser: str, person_id: int) -> ContactProof | None:
    """Return what was sent last so that somebody may be forgotten, while it can be used."""
    mine = ContactProof.person_id == person_id
    return _newest(browser, ContactProof.going == ERASES, mine)


def find_to_confirm(browser: str, contact: Contact) -> ContactProof | None:
    """Return what was sent last to a contact to confirm reservations, while it can be used."""
    same = (ContactProof.email == contact.email, ContactProof.phone.is_(None))
    if contact.email is None:
        same = (ContactProof.phone == contact.phone, ContactProof.email.is_(None))
    return _newest(browser, ContactProof.going == CONFIRMS, *same)


def _newest(browser: str, *which: ColumnElement[bool]) -> ContactProof | None:
    wanted = select(ContactProof).where(ContactProof.browser_hash == fingerprint(browser), *which)
    proof = session.scalar(wanted.order_by(ContactProof.id.desc()).limit(1))
    return proof if proof is not None and is_open(proof) else None


def is_open(proof: ContactProof) -> bool:
    """Tell whether a proof was not used yet and is in time."""
    return proof.used_at is None and proof.ends_at > clock.now()


def ask_code(
    contact: Contact, *, browser: str, going: str, locale: str, person_id: int | None = None
) -> ContactProof:
    """Promise a code and a link to a contact, whether anybody is known by it or not."""
    proof = write_proof(contact, browser=browser, going=going, locale=locale, person_id=person_id)
    outbox.promise("code.asked", str(proof.id), at_once=True, proof=proof.id)
    return proof


def write_proof(
    contact: Contact, *, browser: str, going: str, locale: str, person_id: int | None = None
) -> ContactProof:
    """Write down that a code is to be sent; whoever asks for it promises the message."""
    now = clock.now()
    proof = ContactProof(
        nonce=secrets.token_hex(8),
        browser_hash=fingerprint(browser),
        email=contact.email,
        phone=contact.phone,
        person_id=person_id,
        going=going,
        locale=locale,
        asked_at=now,
        ends_at=now + LASTS,
    )
    session.add(proof)
    session.flush()
    journal.write("code.asked", "contact_proof", proof.id)
    return proof


def count_guess(proof_id: int) -> bool:
    """Count a guess at a code; tell whether it may be looked at. Exact for any number at once."""
    may = (ContactProof.tries < MOST_TRIES, ContactProof.used_at.is_(None))
    this = update(ContactProof).where(ContactProof.id == proof_id, *may)
    raised = this.values(tries=ContactProof.tries + 1).returning(ContactProof.id)
    return session.scalar(raised) is not None


def prove(proof_id: int) -> Person:
    """Use a proof up and return whose the contact is: written down now if new; only one wins."""
    proof = use_up(proof_id)
    contact = contact_of(proof)
    if proof.person_id is not None:
        return _moved(session.get_one(Person, proof.person_id), contact)
    return actions.find_or_add("", contact, locale=proof.locale)


def use_up(proof_id: int) -> ContactProof:
    """Use a proof up; of many at once only one wins, and a late one is refused."""
    this = update(ContactProof).where(ContactProof.id == proof_id, ContactProof.used_at.is_(None))
    in_time = this.where(ContactProof.ends_at > clock.now())
    used = in_time.values(used_at=clock.now()).returning(ContactProof.id)
    if session.scalar(used) is None:
        words = N_("This code was used already or is too old. Ask for a new one.")
        raise Refusal(words, code="used_code")
    return session.get_one(ContactProof, proof_id, populate_existing=True)


def _moved(person: Person, contact: Contact) -> Person:
    """Give a person a new contact in the place of the old one of its sort, and end all sessions."""
    same = queries.find_by_contact(email=contact.email, phone=contact.phone)
    if same is not None and same.id != person.id:
        raise IN_USE
    before = [Contact(person.email, None), Contact(None, person.phone)]
    person.email = contact.email or person.email
    person.phone = contact.phone or person.phone
    session.flush()
    actions.end_sessions(person.id)
    journal.write("contact.changed", "person", person.id)
    _warn(person, [old for old in before if old.text and old != contact])
    return person


def _warn(person: Person, contacts: Iterable[Contact]) -> None:
    """Promise a word to contacts a person had: who owns them learns of a change they did not make.

    The row cannot be asked later, so the message holds the contact until `forget_old`.
    """
    for old in contacts:
        once = secrets.token_hex(8)
        outbox.promise(CHANGED, once, email=old.email, phone=old.phone, locale=person.locale)


def forget_old() -> None:
    """Drop, a day after they were over, the contacts that codes and warnings were sent to."""
    before = clock.now() - KEPT
    session.execute(delete(ContactProof).where(ContactProof.ends_at < before))
    outbox.forget_old(CHANGED, before=before)


# One's own facts


def call(person: Person, first_name: str) -> None:
    """Write down what somebody wants to be called."""
    person.first_name = first_name
    journal.write("person.renamed", "person", person.id)


def speak(person: Person, locale: str) -> None:
    """Write down in which language somebody gets messages."""
    person.locale = locale
    journal.write("person.language_chosen", "person", person.id, locale=locale)


def choose_way(person: Person, *, by_sms: bool) -> None:
    """Write down by which way somebody gets messages, where both are known."""
    person.prefers_sms = by_sms
    journal.write("person.way_chosen", "person", person.id, sms=by_sms)


def forget_phone_or_email(person: Person, which: str) -> None:
    """Drop one of two contacts; the last one stays, since nothing else opens the account."""
    if person.email is None or person.phone is None:
        words = N_("This is the only way to reach you. Add another first.")
        raise Refusal(words, code="last_contact")
    dropped = Contact(person.email, None) if which == "email" else Contact(None, person.phone)
    if which == "email":
        person.email = None
    else:
        person.phone = None
    journal.write("contact.dropped", "person", person.id)
    _warn(person, [dropped])


def children_of(person_id: int) -> list[Child]:
    """Return a person's children in the order they were written down."""
    wanted = select(Child).where(Child.person_id == person_id).order_by(Child.id)
    return list(session.scalars(wanted))


def get_child(child_id: int, *, person_id: int) -> Child:
    """Return a child of this person; another's is not found."""
    mine = select(Child).where(Child.id == child_id, Child.person_id == person_id)
    return session.scalars(mine).one()


def add_child(
    person: Person, first_name: str, *, height_cm: int | None, shoe_size: int | None
) -> Child:
    """Write down a child; a dozen are enough for any family."""
    session.scalars(select(Person.id).where(Person.id == person.id).with_for_update()).one()
    if len(children_of(person.id)) >= MOST_CHILDREN:
        words = N_("You have %(most)d children here already. Remove one first, or call us.")
        raise Refusal(words, code="many_children", most=MOST_CHILDREN)
    child = Child(person_id=person.id, made_at=clock.now())
    session.add(child)
    _measure(child, first_name, height_cm, shoe_size)
    session.flush()
    journal.write("child.added", "child", child.id, person=person.id)
    return child


def change_child(
    child: Child, first_name: str, *, height_cm: int | None, shoe_size: int | None
) -> None:
    """Correct a child's name and sizes."""
    _measure(child, first_name, height_cm, shoe_size)
    journal.write("child.changed", "child", child.id, person=child.person_id)


def _measure(child: Child, first_name: str, height_cm: int | None, shoe_size: int | None) -> None:
    child.first_name, child.height_cm, child.shoe_size = first_name, height_cm, shoe_size


def remove_child(child: Child) -> None:
    """Forget a child for good; reservations keep the name they were made for."""
    journal.write("child.removed", "child", child.id, person=child.person_id)
    session.delete(child)
