"""The verbs of staff: a PIN, a badge, a trusted device, an invitation; coming, leaving, roles."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Select, func, select, update

from lainaamo.config import Settings
from lainaamo.core import clock, journal, outbox
from lainaamo.core.db import session
from lainaamo.core.errors import CONSTRAINTS, N_, Refusal
from lainaamo.core.secrets import derive, fingerprint, installation_key, new_token
from lainaamo.people import actions, queries
from lainaamo.people.models import (
    Badge,
    Device,
    Grant,
    Identity,
    Invitation,
    Password,
    Person,
    Pin,
    SignIn,
)
from lainaamo.people.proofs import badge_text, check_password, check_pin
from lainaamo.people.rules import read_contact

TRUSTED = timedelta(days=180)
INVITED = timedelta(days=7)
FIRST_NUMBER = 1
CONSTRAINTS["uq_person_number"] = Refusal(
    N_("Somebody else got this number a moment ago. Try again."), code="number_taken"
)
CONSTRAINTS["uq_person_email"] = Refusal(
    N_("Somebody with this e-mail address is here already. Search for them."), code="email_taken"
)
CONSTRAINTS["uq_sign_in_proof_hash"] = Refusal(
    N_("This sign-in was used already. Sign in again."), code="used_proof"
)
CONSTRAINTS["uq_role_grant_open"] = CONSTRAINTS["uq_role_grant_open_everywhere"] = Refusal(
    N_("This person has the role already."), code="role_given"
)


# PIN and badge


def set_pin(person: Person, pin: str) -> None:
    """Set a PIN of 4 to 6 digits and end the person's sessions."""
    given = check_pin(pin, number=person.number)
    row = session.scalar(select(Pin).where(Pin.person_id == person.id))
    if row is None:
        row = Pin(person_id=person.id)
        session.add(row)
    row.hash, row.set_at = actions.hasher.hash(given), clock.now()
    actions.end_sessions(person.id)
    journal.write("pin.set", "person", person.id)


def make_badge(person: Person, *, key: str) -> Badge:
    """Make a new badge; the one before opens nothing any more."""
    lose_badge(person)
    nonce = new_token()[:22]
    text = badge_text(key, nonce)
    badge = Badge(person_id=person.id, nonce=nonce, token_hash=fingerprint(text))
    badge.made_at = clock.now()
    session.add(badge)
    session.flush()
    journal.write("badge.made", "person", person.id, badge=badge.id)
    return badge


def lose_badge(person: Person) -> None:
    """End somebody's badge and the sessions it opened."""
    badge = find_badge(person.id)
    if badge is None:
        return
    badge.ended_at = clock.now()
    session.flush()
    actions.end_sessions(person.id)
    journal.write("badge.ended", "person", person.id, badge=badge.id)


def find_badge(person_id: int) -> Badge | None:
    """Return somebody's badge that opens."""
    wanted = select(Badge).where(Badge.person_id == person_id, Badge.ended_at.is_(None))
    return session.scalar(wanted)


def find_by_badge(text: str) -> int | None:
    """Return whose badge says this."""
    wanted = select(Badge.person_id).join(Person, Person.id == Badge.person_id)
    wanted = wanted.where(Badge.token_hash == fingerprint(text), Badge.ended_at.is_(None))
    return session.scalar(wanted.where(Person.left_at.is_(None)))


# Devices


def trust_device(name: str) -> tuple[Device, str]:
    """Trust a device of the floor; return it and its cookie's token."""
    token, now = new_token(), clock.now()
    device = Device(token_hash=fingerprint(token), name=name, made_at=now, ends_at=now + TRUSTED)
    session.add(device)
    session.flush()
    journal.write("device.trusted", "device", device.id)
    return device, token


def end_device(device: Device) -> None:
    """Trust a device no more, and end every session on it."""
    if device.ended_at is not None:
        return
    device.ended_at = clock.now()
    open_ones = update(SignIn).where(SignIn.device_id == device.id, SignIn.ended_at.is_(None))
    session.execute(open_ones.values(ended_at=clock.now()))
    journal.write("device.ended", "device", device.id)


def find_device(token: str) -> Device | None:
    """Return the trusted device of a cookie."""
    wanted = select(Device).where(Device.token_hash == fingerprint(token))
    return session.scalar(wanted.where(Device.ended_at.is_(None), Device.ends_at > clock.now()))


# Coming and leaving


def add_worker(first_name: str, *, pin: str) -> Person:
    """Write a worker down with the next free number and a PIN."""
    # Two at once wait for one another at the lowest number's row: the newest's is soon another.
    lowest = select(Person.id).where(Person.number.is_not(None)).order_by(Person.number)
    session.execute(lowest.limit(1).with_for_update(key_share=True))
    taken = session.scalar(select(func.max(Person.number)))
    number = FIRST_NUMBER if taken is None else taken + 1
    person = actions.add_person(first_name, number=number)
    actions.grant(person, "worker")
    session.flush()
    set_pin(person, pin)
    return person


def invite(person: Person, *, key: str) -> Invitation:
    """Make a link that sets a password once within seven days, and promise the message with it.

    Earlier links end.
    """
    now = clock.now()
    earlier = update(Invitation).where(Invitation.person_id == person.id)
    session.execute(earlier.where(Invitation.used_at.is_(None)).values(used_at=now))
    nonce = new_token()
    row = Invitation(person_id=person.id, nonce=nonce, made_at=now, ends_at=now + INVITED)
    row.token_hash = fingerprint(invitation_token(key, nonce))
    session.add(row)
    session.flush()
    outbox.promise("person.invited", str(row.id), invitation=row.id)
    journal.write("person.invited", "person", person.id, invitation=row.id)
    return row


def invitation_token(key: str, nonce: str) -> str:
    """Return what the link of an invitation ends with."""
    return derive(key, "invitation", nonce)


def invite_administrator(email: str, first_name: str, *, settings: Settings) -> str:
    """Let somebody administer, written down now if new; return the path of the invitation."""
    person = actions.find_or_add(first_name, read_contact(email), locale="fi")
    if "administrator" not in queries.roles_of(person.id):
        actions.grant(person, "administrator")
        session.flush()
    key = installation_key(settings)
    return f"/kutsu/{invitation_token(key, invite(person, key=key).nonce)}"


def find_invitation(token: str) -> Invitation | None:
    """Return an invitation that was not used and is not over."""
    return session.scalar(_open_invitation(token))


def _open_invitation(token: str) -> Select[Invitation]:
    wanted = select(Invitation).join(Person, Person.id == Invitation.person_id)
    wanted = wanted.where(Invitation.token_hash == fingerprint(token), Person.left_at.is_(None))
    return wanted.where(Invitation.used_at.is_(None), Invitation.ends_at > clock.now())


def take_invitation(token: str) -> Person:
    """Use an invitation up and return whose it was; of many at once one wins."""
    row = session.scalar(_open_invitation(token).with_for_update(of=Invitation))
    if row is None:
        words = N_("This link has been used or is too old. Ask for a new one.")
        raise Refusal(words, code="no_invitation")
    row.used_at = clock.now()
    journal.write("invitation.used", "person", row.person_id, invitation=row.id)
    return session.get_one(Person, row.person_id)


def choose_password(person: Person, password: str) -> None:
    """Set a password a person chose, when it is good enough."""
    check_password(password, name=person.email or person.first_name)
    actions.set_password(person, password)


def tie(person: Person, *, issuer: str, subject: str) -> None:
    """Tie an account of an identity provider to somebody."""
    row = Identity(person_id=person.id, issuer=issuer, subject=subject, made_at=clock.now())
    session.add(row)
    session.flush()
    journal.write("identity.tied", "person", person.id, identity=row.id)


def find_by_identity(*, issuer: str, subject: str) -> int | None:
    """Return who an account of an identity provider belongs to."""
    wanted = select(Identity.person_id).join(Person, Person.id == Identity.person_id)
    wanted = wanted.where(Identity.issuer == issuer, Identity.subject == subject)
    return session.scalar(wanted.where(Person.left_at.is_(None)))


def leave(person: Person) -> None:
    """Let somebody go: every role, session, badge and link ends at once."""
    if person.left_at is not None:
        return
    for grant in _open_grants(person.id):
        end_grant(grant)
    lose_badge(person)
    now = clock.now()
    links = update(Invitation).where(Invitation.person_id == person.id)
    session.execute(links.where(Invitation.used_at.is_(None)).values(used_at=now))
    person.left_at = now
    actions.end_sessions(person.id)
    journal.write("person.left", "person", person.id)


def come_back(person: Person) -> None:
    """Take somebody back, with no roles, password or PIN from before."""
    if person.left_at is None:
        return
    person.left_at = None
    for model in (Password, Pin, Identity):
        for row in session.scalars(select(model).where(model.person_id == person.id)):
            session.delete(row)
    journal.write("person.came_back", "person", person.id)


def rename(person: Person, first_name: str) -> None:
    """Call somebody by another name."""
    if person.first_name != first_name:
        person.first_name = first_name
        journal.write("person.renamed", "person", person.id)


# Roles


def end_grant(grant: Grant) -> None:
    """End a role and the person's sessions; the last administrator keeps the role."""
    if grant.ended_at is not None:
        return
    if grant.role == "administrator":
        _check_not_last(grant)
    grant.ended_at = clock.now()
    actions.end_sessions(grant.person_id)
    journal.write("role.ended", "person", grant.person_id, role=grant.role, unit=grant.unit_id)


def _check_not_last(grant: Grant) -> None:
    open_ones = select(Grant).where(Grant.role == "administrator", Grant.ended_at.is_(None))
    session.execute(open_ones.with_for_update())  # two who remove one another wait here
    left = open_ones.join(Person, Person.id == Grant.person_id)
    left = left.where(Person.left_at.is_(None), Grant.id != grant.id)
    if session.scalar(left.limit(1).execution_options(populate_existing=True)) is None:
        words = N_("This is the last administrator. Give the role to somebody else first.")
        raise Refusal(words, code="last_administrator")


def _open_grants(person_id: int) -> Sequence[Grant]:
    wanted = select(Grant).where(Grant.person_id == person_id, Grant.ended_at.is_(None))
    return session.scalars(wanted.order_by(Grant.id)).all()
