"""Agreements of the people in programmes: what was agreed, which days were planned, and the marks.

What is not here is not kept: no identity code, no reason of an absence, no diagnosis, no benefit,
no plan, and no free text about a person. Even that somebody takes part in rehabilitative work is
secret: it makes a client of social welfare (in Finland acts 189/2001 and 703/2023).
"""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lainaamo.core.orm import Area, Base, Id, one_of, only_one
from lainaamo.goods.models import Site
from lainaamo.people.models import Person

MARKS = ("attended", "absent", "not_arranged", "swapped")
REPORTS = ("days", "hours", "nothing")


class ServiceType(Base):
    """A sort of programme: a row and no enumeration, for the law behind it changes.

    `basis` names the law. Limits are None where there is none; times are in minutes. `reports` is
    what the authority gets of each person. Agreements are deleted `keep_months` after their end.
    """

    __tablename__ = "service_type"
    counted_in = Area.HOUSE
    __table_args__ = (CheckConstraint(one_of("reports", *REPORTS), name="known_reports"),)

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_simple: Mapped[str]
    name_sv: Mapped[str]
    name_en: Mapped[str]
    basis: Mapped[str]
    most_days_a_week: Mapped[int | None]
    least_minutes_a_day: Mapped[int | None]
    most_minutes_a_day: Mapped[int | None]
    longest_months: Mapped[int | None]
    reports: Mapped[str]
    keep_months: Mapped[int]
    closed_at: Mapped[datetime | None]


class Agreement(Base):
    """What a worker, the employment services and the house have agreed, from a day to a day.

    `contact` is who to call at the employment services. Of a day's time `break_minutes` are not
    counted.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="days_in_order"),
        CheckConstraint("break_minutes BETWEEN 0 AND 240", name="break_in_day"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    service_type_id: Mapped[int] = mapped_column(ForeignKey(ServiceType.id), index=True)
    supervisor_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id), index=True)
    contact: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date] = mapped_column(index=True)
    break_minutes: Mapped[int]
    made_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])
    service_type: Mapped[ServiceType] = relationship(lazy="raise_on_sql")
    days: Mapped[list["PlannedDay"]] = relationship(
        lazy="raise_on_sql", order_by="PlannedDay.weekday", cascade="all, delete-orphan"
    )


class PlannedDay(Base):
    """A weekday of an agreement, 0 is Monday, and from when to when."""

    __tablename__ = "planned_day"
    __table_args__ = (
        UniqueConstraint("agreement_id", "weekday"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_in_week"),
        CheckConstraint("begins < ends", name="hours_in_order"),
    )

    id: Mapped[Id]
    agreement_id: Mapped[int] = mapped_column(ForeignKey(Agreement.id))
    weekday: Mapped[int]
    begins: Mapped[time]
    ends: Mapped[time]


class DayMark(Base):
    """What became of a day: the one that is not replaced counts; a correction leaves a trace.

    Attended and swapped days say from when to when. A swapped one was worked instead of a planned
    day. A service that was not arranged is no absence.
    """

    __tablename__ = "day_mark"
    __table_args__ = (
        only_one("uq_day_mark_now", "agreement_id", "day", where="replaced_at IS NULL"),
        CheckConstraint(one_of("mark", *MARKS), name="known_mark"),
        CheckConstraint("(begins IS NULL) = (ends IS NULL)", name="both_hours_or_none"),
        CheckConstraint("begins IS NULL OR begins < ends", name="hours_in_order"),
        CheckConstraint(
            "(begins IS NULL) = (mark IN ('absent', 'not_arranged'))", name="hours_of_work"
        ),
        CheckConstraint("(instead_of_day IS NULL) = (mark <> 'swapped')", name="swapped_for_a_day"),
    )

    id: Mapped[Id]
    agreement_id: Mapped[int] = mapped_column(ForeignKey(Agreement.id), index=True)
    day: Mapped[date] = mapped_column(index=True)
    mark: Mapped[str]
    begins: Mapped[time | None]
    ends: Mapped[time | None]
    instead_of_day: Mapped[date | None]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    replaced_at: Mapped[datetime | None]
