"""Acting for a caller: whom somebody of the staff reserves, waits and changes for, for a while."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, select

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area
from lainaamo.people.models import Person, Serving

LASTS = timedelta(minutes=30)
"""For how long one acts for somebody; whoever comes to the machine later acts for nobody."""


class Served(NamedTuple):
    """Whom the staff act for, as plain values."""

    person_id: int
    first_name: str
    ends_at: datetime


def begin(sign_in_id: int, person: Person) -> None:
    """Act for somebody from now on, and for nobody else."""
    session.execute(delete(Serving).where(Serving.sign_in_id == sign_in_id))
    ends_at = clock.now() + LASTS
    session.add(Serving(sign_in_id=sign_in_id, person_id=person.id, ends_at=ends_at))
    journal.write("borrower.served", "person", person.id)


def end(sign_in_id: int) -> None:
    """Act for oneself again; twice is no harm."""
    found = session.scalar(select(Serving).where(Serving.sign_in_id == sign_in_id))
    if found is not None:
        session.delete(found)
        journal.write("borrower.served_no_more", "person", found.person_id)


def find(sign_in_id: int) -> Served | None:
    """Return whom a session acts for now."""
    found = _find(sign_in_id)
    return found if found is not None and found.ends_at > clock.now() else None


@once_per_change(Area.PEOPLE)
def _find(sign_in_id: int) -> Served | None:
    wanted = select(Person.id, Person.first_name, Serving.ends_at)
    wanted = wanted.join(Person, Person.id == Serving.person_id).where(Person.left_at.is_(None))
    row = session.execute(wanted.where(Serving.sign_in_id == sign_in_id)).first()
    return Served(*row) if row is not None else None
