"""Agreements and days, decided from values: what is refused, what is warned of, and the sums."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import NamedTuple

from lainaamo.core.errors import N_, Refusal

DAYS_IN_MONTH = 30.44
SOON = timedelta(weeks=6)
"""How long before its end an agreement is spoken of."""

WORKED = frozenset({"attended", "swapped"})


class Span(NamedTuple):
    """From when to when on one day, by the clock on the wall."""

    begins: time
    ends: time


Plan = Mapping[int, Span]
"""The planned span of each weekday, 0 is Monday."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a service type allows; None is no limit. Times are in minutes."""

    most_days_a_week: int | None = None
    least_minutes_a_day: int | None = None
    most_minutes_a_day: int | None = None
    longest_months: int | None = None


class Warned(NamedTuple):
    """A limit that an agreement passes: its code and the number it is about."""

    code: str
    number: int


class Mark(NamedTuple):
    """What became of a day."""

    mark: str
    span: Span | None = None
    instead_of: date | None = None


def minutes(span: Span, break_minutes: int = 0) -> int:
    """Return the minutes of a span without its break; a span that is all break counts in full."""
    whole = _minute(span.ends) - _minute(span.begins)
    return whole - break_minutes if whole > break_minutes else whole


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def planned_minutes(plan: Plan, break_minutes: int) -> int:
    """Return the minutes of a planned week."""
    return sum(minutes(span, break_minutes) for span in plan.values())


def check_days(first_day: date, last_day: date, others: Iterable[tuple[date, date]]) -> None:
    """Refuse an agreement that ends before it begins, or meets another of the same person."""
    if last_day < first_day:
        words = N_("The agreement ends before it begins. Correct one of the days.")
        raise Refusal(words, code="days_in_order")
    for first, last in others:
        if first <= last_day and first_day <= last:
            words = N_(
                "There is an agreement from %(first)s to %(last)s already. They would overlap."
            )
            raise Refusal(words, code="overlap", first=first, last=last)


def warnings(plan: Plan, first_day: date, last_day: date, limits: Limits) -> Iterator[Warned]:
    """Yield the limits of its service type that an agreement passes; it is made all the same."""
    times = [minutes(span) for span in plan.values()]
    most, least, longest = (
        limits.most_minutes_a_day,
        limits.least_minutes_a_day,
        limits.longest_months,
    )
    if limits.most_days_a_week is not None and len(plan) > limits.most_days_a_week:
        yield Warned("days_a_week", limits.most_days_a_week)
    if most is not None and max(times, default=0) > most:
        yield Warned("long_day", most)
    if least is not None and min(times, default=least) < least:
        yield Warned("short_day", least)
    if longest is not None and (last_day - first_day).days > longest * DAYS_IN_MONTH:
        yield Warned("long", longest)


def check_mark(marked: Mark, day: date, *, first_day: date, last_day: date, plan: Plan) -> None:
    """Refuse a mark outside the agreement, or a swap for a day that was not planned."""
    if not first_day <= day <= last_day:
        words = N_("The agreement does not hold on this day.")
        raise Refusal(words, code="outside_agreement")
    if marked.instead_of is None:
        return
    is_planned = first_day <= marked.instead_of <= last_day and marked.instead_of.weekday() in plan
    if not is_planned or marked.instead_of == day:
        words = N_("Choose a planned day that this one was worked instead of.")
        raise Refusal(words, code="not_planned")


class Sums(NamedTuple):
    """What some days come to."""

    attended: int
    absent: int
    not_arranged: int
    minutes: int


def sums(marks: Iterable[Mark], break_minutes: int) -> Sums:
    """Count days of each sort; a swapped day is an attended one."""
    counted = list(marks)
    worked = [one for one in counted if one.mark in WORKED]
    return Sums(
        len(worked),
        sum(one.mark == "absent" for one in counted),
        sum(one.mark == "not_arranged" for one in counted),
        sum(minutes(one.span, break_minutes) for one in worked if one.span),
    )


def month_of(day: date) -> Sequence[date]:
    """Return the days of a day's month."""
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return [first + timedelta(n) for n in range((after - first).days)]


def week_of(day: date) -> Sequence[date]:
    """Return the days of a day's week, Monday first (ISO 8601)."""
    monday = day - timedelta(day.weekday())
    return [monday + timedelta(n) for n in range(7)]
