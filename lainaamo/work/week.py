"""A group's week as it was planned and as it became, in a few questions however many people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from lainaamo.core.db import session
from lainaamo.people.models import Person
from lainaamo.work import rules
from lainaamo.work.agreements import plan_of
from lainaamo.work.marks import as_mark
from lainaamo.work.models import Agreement, DayMark
from lainaamo.work.rules import Mark, Plan, Sums


@dataclass(frozen=True, slots=True)
class Days:
    """Some days of one agreement: its plan, and the mark of each day that has one."""

    agreement: Agreement
    plan: Plan
    marks: Mapping[date, Mark]

    @property
    def sums(self) -> Sums:
        """Return what the marked days come to."""
        return rules.sums(self.marks.values(), self.agreement.break_minutes)

    def holds_on(self, day: date) -> bool:
        """Tell whether the agreement holds on a day."""
        return self.agreement.first_day <= day <= self.agreement.last_day

    def is_planned(self, day: date) -> bool:
        """Tell whether somebody is expected on a day, as far as the plan says."""
        swapped = {one.instead_of for one in self.marks.values()}
        return self.holds_on(day) and day.weekday() in self.plan and day not in swapped


def agreements(first: date, last: date, supervisor_id: int | None = None) -> Sequence[Agreement]:
    """Return the agreements that hold on some of these days, by the worker's number."""
    wanted = select(Agreement).join(Agreement.person)
    wanted = wanted.where(Agreement.first_day <= last, Agreement.last_day >= first)
    if supervisor_id is not None:
        wanted = wanted.where(Agreement.supervisor_id == supervisor_id)
    whole = (
        joinedload(Agreement.person),
        joinedload(Agreement.service_type),
        selectinload(Agreement.days),
    )
    return session.scalars(wanted.options(*whole).order_by(Person.number, Agreement.id)).all()


def days_of(of: Sequence[Agreement], first: date, last: date) -> list[Days]:
    """Return what became of each agreement's days from one to another."""
    wanted = select(DayMark).where(DayMark.agreement_id.in_(one.id for one in of))
    wanted = wanted.where(DayMark.day.between(first, last), DayMark.replaced_at.is_(None))
    marks: dict[int, dict[date, Mark]] = defaultdict(dict)
    for row in session.scalars(wanted):
        marks[row.agreement_id][row.day] = as_mark(row)
    return [Days(one, plan_of(one.days), marks[one.id]) for one in of]


def traces(agreement_id: int, day: date) -> Sequence[DayMark]:
    """Return every mark a day has had, the newest first."""
    wanted = select(DayMark).where(DayMark.agreement_id == agreement_id, DayMark.day == day)
    return session.scalars(wanted.order_by(DayMark.id.desc())).all()


def supervisors() -> Sequence[tuple[int, str]]:
    """Return who supervises somebody, or has: id and first name."""
    wanted = select(Person.id, Person.first_name).where(
        Person.id.in_(select(Agreement.supervisor_id))
    )
    return [(row.id, row.first_name) for row in session.execute(wanted.order_by(Person.first_name))]
