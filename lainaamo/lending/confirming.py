"""Reservations of people who have not signed in: held for half an hour, until they are confirmed.

Anybody can write anybody's contact into the form. So things are promised at once, and whoever has
the contact confirms with a code that was sent there, in the browser that reserved. Nothing that is
answered before the code was right depends on who is known by the contact.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from lainaamo.core import clock, journal, outbox
from lainaamo.core.db import hold_name, session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.secrets import fingerprint
from lainaamo.goods.models import Kind
from lainaamo.lending import actions, queries, rules
from lainaamo.lending.actions import Asked, Borrower
from lainaamo.lending.models import Reservation
from lainaamo.people import actions as people
from lainaamo.people import residents
from lainaamo.people.models import ContactProof, Person
from lainaamo.people.rules import Contact

HELD = timedelta(minutes=30)
MOST_OF_CONTACT = 2
NOT_IN_TIME = Refusal(
    N_("The reservation was not confirmed in time, so it has ended. Reserve again."),
    code="not_confirmed",
)


@dataclass(frozen=True, slots=True)
class Stranger:
    """Who reserves without having signed in, and in which browser."""

    for_name: str
    contact: Contact
    browser: str
    locale: str
    age_agreed: int | None = None


def hold(
    asked: Sequence[Asked], stranger: Stranger, *, site_id: int, first_day: date, last_day: date
) -> Reservation:
    """Promise things to a stranger for half an hour, and a code to the contact."""
    hold_name(f"unconfirmed {stranger.contact.text}")
    waiting = queries.unconfirmed_of(stranger.contact)
    _check_few(waiting)
    _check_at_once(_kinds_of(waiting), [one.kind_id for one in asked])
    person = people.add_person(stranger.for_name, locale=stranger.locale)
    made = actions.promise_things(
        asked,
        Borrower(stranger.for_name, person_id=person.id, age_agreed=stranger.age_agreed),
        site_id=site_id,
        first_day=first_day,
        last_day=last_day,
    )
    made.held_until = clock.now() + HELD
    made.browser_hash = fingerprint(stranger.browser)
    made.email, made.phone = stranger.contact.email, stranger.contact.phone
    ask_code(made, browser=stranger.browser, locale=stranger.locale)
    return made


def find_same(
    asked: Sequence[Asked], stranger: Stranger, *, site_id: int, first_day: date, last_day: date
) -> Reservation | None:
    """Return what this browser has reserved just so and not confirmed yet.

    Who goes back and sends the form again is shown it: browsers make a new form of it, since the
    cookie that came with the answer is new.
    """
    things = sorted((one.kind_id, one.size or "") for one in asked)
    wanted = (site_id, first_day, last_day, stranger.for_name, things)
    here = fingerprint(stranger.browser)
    waiting = queries.unconfirmed_of(stranger.contact, browser_hash=here)
    return next((one for one in waiting if _facts(one) == wanted), None)


def _facts(made: Reservation) -> tuple[int, date, date, str, list[tuple[int, str]]]:
    things = sorted((line.kind_id, line.size or "") for line in made.lines)
    return made.site_id, made.first_day, made.last_day, made.for_name, things


def _check_few(waiting: Sequence[Reservation]) -> None:
    if len(waiting) >= MOST_OF_CONTACT:
        words = N_(
            "%(most)d reservations with this phone number or e-mail wait to be confirmed. "
            "Confirm them first with the code that we sent, or sign in with a code."
        )
        raise Refusal(words, code="many_unconfirmed", most=MOST_OF_CONTACT)


def _kinds_of(reservations: Iterable[Reservation]) -> list[int]:
    lines = (line for one in reservations for line in one.lines)
    return [line.kind_id for line in lines if line.ended_at is None]


def _check_at_once(
    has: Sequence[int], wants: Sequence[int], *, person_id: int | None = None
) -> None:
    """Refuse more of a category than one may have: of these kinds, and what a person has."""
    category_of = {
        kind_id: session.get_one(Kind, kind_id).category_id for kind_id in {*has, *wants}
    }
    terms = queries.terms_of_kinds(category_of, group=queries.group_of(person_id))
    held = actions.alike(has, terms)
    for (category, of_kind), wanted in actions.alike(wants, terms).items():
        before = len(held.get((category, of_kind), ()))
        if person_id is not None:
            before += queries.count_at_once(person_id, category, kind_id=of_kind)
        rules.check_at_once(before, len(wanted), terms=terms[wanted[0]])


def ask_code(made: Reservation, *, browser: str, locale: str) -> None:
    """Promise a code for all that waits to be confirmed by this contact in this browser."""
    proof = residents.write_proof(
        made.contact, browser=browser, going=residents.CONFIRMS, locale=locale
    )
    outbox.promise("reservation.asked", f"{proof.id}:{made.id}", at_once=True, proof=proof.id)


def confirm(proof_id: int) -> tuple[Person, int]:
    """Use a code up and give its owner all that waits for it: of many at once only one wins.

    Return whose the contact is, and how many reservations were confirmed.
    """
    person = residents.prove(proof_id)
    proof = session.get_one(ContactProof, proof_id)
    contact = residents.contact_of(proof)
    return person, confirm_for(person, contact, browser_hash=proof.browser_hash)


def confirm_for(person: Person, contact: Contact, *, browser_hash: str) -> int:
    """Give a person all that waits to be confirmed by the contact in one browser: how many."""
    waiting = queries.unconfirmed_of(contact, browser_hash=browser_hash)
    _lock_people({person.id, *(one.person_id for one in waiting if one.person_id)})
    waiting = queries.unconfirmed_of(contact, browser_hash=browser_hash, lock=True)
    if not waiting:
        raise NOT_IN_TIME
    actions.check_may_reserve(person.id, site_id=waiting[0].site_id)
    _check_at_once([], _kinds_of(waiting), person_id=person.id)
    for one in waiting:
        _give(one, person)
    return len(waiting)


def _lock_people(person_ids: Iterable[int]) -> None:
    """Lock in one order: limits are counted, and the desk may serve the same people just now."""
    wanted = select(Person.id).where(Person.id.in_(set(person_ids))).order_by(Person.id)
    session.scalars(wanted.with_for_update()).all()


def _give(made: Reservation, person: Person) -> None:
    before = made.person_id
    made.person_id = person.id
    made.held_until = made.browser_hash = made.email = made.phone = None
    person.first_name = person.first_name or made.for_name
    session.flush()
    if before is not None and before != person.id:
        people.drop_person(before)
    journal.write("reservation.confirmed", "reservation", made.id, way="code")
    actions.tell(made)


def lapse(reservation_id: int) -> None:
    """End what nobody confirmed in time; nobody is told, since the contact is not proven."""
    made = queries.get_reservation(reservation_id)
    actions.lock_reservation(made)
    is_late = made.held_until is not None and made.held_until <= clock.now()
    if not made.is_unconfirmed or not is_late:
        return
    open_lines = [line for line in made.lines if line.ended_at is None]
    for line in open_lines:
        actions.end_line(line, "expired")
    actions.forget_unproven(made)
    journal.write("reservation.expired", "reservation", made.id, lines=len(open_lines))
