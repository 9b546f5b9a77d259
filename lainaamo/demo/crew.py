"""The people of the demo: who works, who borrows, who buys, and the units they act for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from lainaamo.core import journal
from lainaamo.core.db import session
from lainaamo.demo.life import Guest
from lainaamo.demo.sign_ins import SignInLine
from lainaamo.demo.tables import Row, read
from lainaamo.goods.actions import label_person
from lainaamo.lending.actions import Borrower
from lainaamo.people import actions as people
from lainaamo.people import queries, residents, staff
from lainaamo.people.models import Person, Unit
from lainaamo.people.rules import Contact, read_contact

AT_THE_DESK = frozenset({"worker", "counter", "supervisor"})


@dataclass(frozen=True, slots=True)
class Crew:
    """Who is there: units by their keys, who borrows, and the aliases of those at the desk."""

    units: Mapping[str, int]
    guests: Sequence[Guest]
    floor: Sequence[str]


def sign_ins() -> list[SignInLine]:
    """Return who signs in: everybody with a task, and the first of the residents."""
    rows = read("people")
    shown = [next(row for row in rows if row["role"] == "resident")]
    shown += [row for row in rows if row["role"] != "resident"]
    return [SignInLine(row["role"], row["first_name"], _sign_in(row)) for row in shown]


def come() -> Crew:
    """Write everybody down with their roles and units."""
    units = _units()
    rows = read("people")
    known = {_sign_in(row): _person(row, units) for row in rows}
    aliases = {name: queries.alias_of(person.id) or "" for name, person in known.items()}
    _families(known)
    guests = [
        Guest(_borrower(row, known, units), aliases[_sign_in(row)])
        for row in rows
        if row["role"] in {"resident", "buyer"}
    ]
    floor = [aliases[_sign_in(row)] for row in rows if row["role"] in AT_THE_DESK]
    return Crew(units, guests, floor)


def set_passwords(lines: Sequence[SignInLine]) -> None:
    """Give people the passwords that are shown."""
    for line in lines:
        person = session.scalars(select(Person).where(_is_called(line.sign_in))).one()
        if person.number is None:
            people.set_password(person, line.password)
        else:
            staff.set_pin(person, line.password)


def _is_called(sign_in: str) -> ColumnElement[bool]:
    if sign_in.isdigit():
        return Person.number == int(sign_in)
    return Person.email == sign_in


def _sign_in(row: Row) -> str:
    """Return what somebody is known by: the number, the e-mail address or the phone."""
    return row["number"] or row["email"] or row["phone"]


def _units() -> dict[str, int]:
    ids: dict[str, int] = {}
    for row in read("units"):
        unit = Unit(key=row["key"], name=row["name"], parent_id=ids.get(row["parent"]))
        session.add(unit)
        session.flush()
        ids[unit.key] = unit.id
        journal.write("unit.made", "unit", unit.id)
    return ids


def _person(row: Row, units: Mapping[str, int]) -> Person:
    phone = read_contact(row["phone"]).phone if row["phone"] else None
    number = int(row["number"]) if row["number"] else None
    contact = Contact(row["email"] or None, phone)
    person = people.add_person(row["first_name"], contact=contact, number=number)
    people.grant(person, row["role"], unit_id=units.get(row["unit"]))
    session.flush()
    return person


def _families(known: Mapping[str, Person]) -> None:
    """Write the residents' children down, and give each family a card for the desk."""
    for row in read("children"):
        person = known[row["email"]]
        sizes = {name: int(row[name]) for name in ("height_cm", "shoe_size")}
        residents.add_child(person, row["first_name"], **sizes)
        label_person(person.id)


def _borrower(row: Row, known: Mapping[str, Person], units: Mapping[str, int]) -> Borrower:
    """Say for whom somebody borrows: a buyer for the unit, a resident for the family."""
    if row["unit"]:
        name = next(unit["name"] for unit in read("units") if unit["key"] == row["unit"])
        return Borrower(name, unit_id=units[row["unit"]])
    return Borrower(row["first_name"], person_id=known[_sign_in(row)].id)
