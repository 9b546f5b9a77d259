"""What an agreement can be made of: workers, supervisors and service types, as forms offer them."""

from collections.abc import Sequence

from sqlalchemy import select

from lainaamo.core.db import session
from lainaamo.core.errors import N_
from lainaamo.core.i18n import gettext, pick
from lainaamo.people.models import Grant, Person
from lainaamo.work.models import ServiceType

Choices = Sequence[tuple[int, str]]
WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)


def weekday_words(weekday: int) -> str:
    """Return what a weekday is called, 0 is Monday."""
    return gettext(WEEKDAYS[weekday])


def worker_words(person: Person) -> str:
    """Return what a supervisor calls a worker: number and call name."""
    return f"{person.number} {person.first_name}" if person.number else person.first_name


def workers() -> Choices:
    """Return who works on the floor, by number."""
    return [(one.id, worker_words(one)) for one in _with_role("worker")]


def supervisors() -> Choices:
    """Return who supervises, by name."""
    return [(one.id, one.first_name) for one in _with_role("supervisor")]


def service_types() -> Choices:
    """Return the service types that are in use."""
    wanted = select(ServiceType).where(ServiceType.closed_at.is_(None)).order_by(ServiceType.id)
    return [(one.id, type_words(one)) for one in session.scalars(wanted)]


def type_words(one: ServiceType) -> str:
    """Return what a service type is called in the language in use."""
    return pick(one.name_simple, one.name, one.name_sv, one.name_en)


def _with_role(role: str) -> Sequence[Person]:
    granted = select(Grant.person_id).where(Grant.role == role, Grant.ended_at.is_(None))
    wanted = select(Person).where(Person.id.in_(granted), Person.left_at.is_(None))
    return session.scalars(wanted.order_by(Person.number, Person.first_name, Person.id)).all()
