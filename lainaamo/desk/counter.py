"""The verbs of the counter: find a borrower, write one down, give a card, lend by scans."""

from datetime import date

from sqlalchemy import select

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import DEFAULT, pick
from lainaamo.desk import actions
from lainaamo.goods import actions as goods
from lainaamo.goods import codes
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.in_hand import InHand
from lainaamo.lending import actions as lending
from lainaamo.lending import queries as lending_queries
from lainaamo.lending.actions import Borrower
from lainaamo.lending.models import Line
from lainaamo.people import actions as people
from lainaamo.people import queries as people_queries
from lainaamo.people.models import Person
from lainaamo.people.rules import Contact, read_contact

SHORTEST, MOST = 3, 20


def get_borrower(person_id: int) -> Person:
    """Return somebody who has not left."""
    wanted = select(Person).where(Person.id == person_id, Person.left_at.is_(None))
    return session.scalars(wanted).one()


def open_borrower(person_id: int) -> Person:
    """Return somebody whose page is gone to, and write down that it was."""
    person = get_borrower(person_id)
    journal.write("borrower.opened", "person", person.id)
    return person


def note_look_up(asked: str, *, host: str) -> None:
    """Write down whom somebody who looks for borrowers is going to see."""
    for person in look_up(asked, host=host):
        journal.write("borrower.found", "person", person.id)


def look_up(asked: str, *, host: str) -> list[Person]:
    """Return whom a card, a phone number, an e-mail address or three letters of a name mean."""
    text = asked.strip()
    if len(text) < SHORTEST:
        words = N_("Write at least three letters of the name, a phone number, or read the card.")
        raise Refusal(words, code="short_search")
    return _by_card(text, host) or _by_contact(text) or _by_name(text)


def _by_card(text: str, host: str) -> list[Person]:
    try:
        code = goods_queries.find_code(codes.read(text, host=host))
    except Refusal:
        return []
    return [get_borrower(code.person_id)] if code is not None and code.person_id else []


def _by_contact(text: str) -> list[Person]:
    try:
        contact = read_contact(text)
    except Refusal:
        return []
    found = people_queries.find_by_contact(email=contact.email, phone=contact.phone)
    return [found] if found is not None else []


def by_contact(text: str) -> Person:
    """Return whose phone number or e-mail address this is."""
    found = _by_contact(text)
    if not found:
        words = N_("Nobody has this phone number or e-mail. Write a new borrower down?")
        raise Refusal(words, code="unknown_contact")
    return found[0]


def _by_name(text: str) -> list[Person]:
    named = Person.first_name.icontains(text, autoescape=True)
    wanted = select(Person).where(named, Person.left_at.is_(None))
    return list(session.scalars(wanted.order_by(Person.first_name, Person.id).limit(MOST)))


def add_borrower(first_name: str, *, contact: Contact | None, card: str | None) -> Person:
    """Write a borrower down: by name alone, too, for who has neither phone nor e-mail."""
    if contact is not None:
        same = people_queries.find_by_contact(email=contact.email, phone=contact.phone)
        if same is not None:
            words = N_("Somebody has this phone number or e-mail already. Search with it.")
            raise Refusal(words, code="known_contact")
    person = people.add_person(first_name, contact=contact, locale=DEFAULT)
    if card is not None:
        goods.label_person_as(person.id, card)
    return person


def give_card(person: Person, card: str | None) -> None:
    """Give somebody the card that was read, or a new code."""
    if card is not None:
        goods.label_person_as(person.id, card)
    else:
        goods.label_person(person.id)


def lend(thing: InHand, person: Person, *, override: str | None = None) -> int:
    """Hand a thing out for the borrower's own reservation, else as an ordinary loan from today.

    Returns the loan's id.
    """
    line = _own_line(thing, person.id)
    name = line.reservation.for_name if line else person.first_name
    borrower = Borrower(name, person_id=person.id)
    last_day = line.reservation.last_day if line else _ordinary_end(thing, borrower)
    due_on = max(last_day, clock.today())
    return actions.lend(thing, borrower, due_on=due_on, line=line, override=override)


def lend_if_here(thing: InHand, person: Person, *, override: str | None = None) -> int | None:
    """Hand a thing out as `lend` does; whoever scans one that is out finds it so."""
    goods.lock_kinds([thing.kind_id])
    if lending_queries.find_open_loan(thing.id) is not None:
        return None
    return lend(thing, person, override=override)


def swap(old: InHand, new: InHand, *, override: str | None = None) -> int:
    """Take a thing back and lend its borrower another of its category until the same day.

    So a season, or what is left of any loan, goes on in another size. Where the borrower has
    reserved the new one, the reservation is fetched. Refused, and nothing done, when the new one
    may not go. Returns the new loan's id.
    """
    if old.category_id != new.category_id or old.id == new.id:
        words = N_("This is not of the same sort. Take the old one back and lend the new one.")
        raise Refusal(words, code="other_kind")
    found = lending_queries.find_open_loan(old.id)
    if found is None:
        raise lending.NOT_OUT
    borrower = Borrower(found.for_name, found.person_id, found.unit_id)
    lending.lock_for(borrower, old, new)
    due_on = max(found.due_on, clock.today())
    if not actions.take_back_if_out(old):
        raise lending.NOT_OUT
    line = _own_line(new, found.person_id) if found.person_id is not None else None
    loan_id = actions.lend(new, borrower, due_on=due_on, line=line, override=override)
    journal.write("loan.swapped", "item", new.id, loan=loan_id, was=found.id, due_on=due_on)
    return loan_id


def _own_line(thing: InHand, person_id: int) -> Line | None:
    """Return the line of the borrower's own reservation that the thing would do for."""
    today = clock.today()
    lines = lending_queries.lines_to_hand_out(thing.kind_id, size=thing.size, until=today)
    mine = (one for one in lines if one.reservation.person_id == person_id)
    return next((one for one in mine if one.reservation.site_id == thing.site_id), None)


def _ordinary_end(thing: InHand, borrower: Borrower) -> date:
    today, terms = clock.today(), lending.terms_for(thing, borrower)
    return goods_queries.opening(thing.site_id).due_on(today, terms.usual_from(today))


def lent(sign: str) -> tuple[str, date | None]:
    """Return a thing's name, and until when it is lent."""
    item = goods_queries.get_item_by_code(sign)
    loan, kind = lending_queries.find_open_loan(item.id), item.kind
    name = pick(kind.name_simple, kind.name, kind.name_sv, kind.name_en)
    return name, loan.due_on if loan else None
