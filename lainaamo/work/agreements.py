"""The verbs of agreements: made, and changed while they last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.people.models import Person
from lainaamo.work import rules
from lainaamo.work.models import Agreement, PlannedDay
from lainaamo.work.rules import Plan, Span


@dataclass(frozen=True, slots=True)
class Agreed:
    """What an agreement says, but for whose it is."""

    service_type_id: int
    supervisor_id: int
    site_id: int
    contact: str
    first_day: date
    last_day: date
    break_minutes: int
    plan: Plan


def agree(person_id: int, agreed: Agreed) -> Agreement:
    """Write down an agreement with a worker.

    Refused: without a weekday, with the end before the beginning, beside another one.
    """
    _check(person_id, agreed, None)
    agreement = Agreement(person_id=person_id, made_at=clock.now(), **_facts(agreed))
    agreement.days = _days(agreed.plan)
    session.add(agreement)
    session.flush()
    # Not whose it is: administrators read the journal, and may not know who is in a programme.
    journal.write("agreement.made", "agreement", agreement.id)
    return agreement


def change(agreement: Agreement, agreed: Agreed) -> None:
    """Change an agreement; marks that are made stay. Refused as a new one is."""
    _check(agreement.person_id, agreed, agreement.id)
    for name, value in _facts(agreed).items():
        setattr(agreement, name, value)
    agreement.days.clear()
    session.flush()
    agreement.days = _days(agreed.plan)
    session.flush()
    journal.write("agreement.changed", "agreement", agreement.id, until=agreed.last_day)


def get(agreement_id: int) -> Agreement:
    """Return an agreement with its person, service type and plan; NoResultFound for none."""
    whole = (
        joinedload(Agreement.person),
        joinedload(Agreement.service_type),
        selectinload(Agreement.days),
    )
    return session.scalars(
        select(Agreement).where(Agreement.id == agreement_id).options(*whole)
    ).one()


def plan_of(days: Sequence[PlannedDay]) -> Plan:
    """Return the plan that rows make."""
    return {day.weekday: Span(day.begins, day.ends) for day in days}


def _check(person_id: int, agreed: Agreed, own_id: int | None) -> None:
    # One at a time for each person: two windows at once would each see no other agreement.
    session.scalars(select(Person.id).where(Person.id == person_id).with_for_update()).one()
    others = select(Agreement.first_day, Agreement.last_day).where(
        Agreement.person_id == person_id, Agreement.id != (own_id or 0)
    )
    found = [(row.first_day, row.last_day) for row in session.execute(others)]
    rules.check_days(agreed.first_day, agreed.last_day, found)
    if not agreed.plan:
        raise Refusal(N_("Choose at least one weekday."), code="no_weekdays")


def _facts(agreed: Agreed) -> Mapping[str, object]:
    return {name: getattr(agreed, name) for name in Agreed.__slots__ if name != "plan"}


def _days(plan: Plan) -> list[PlannedDay]:
    return [
        PlannedDay(weekday=weekday, begins=span.begins, ends=span.ends)
        for weekday, span in sorted(plan.items())
    ]
