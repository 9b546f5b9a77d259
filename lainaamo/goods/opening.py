"""When a site is open, and which open day a loan is due on.

A site has a week, and days that break it. Finland's public holidays are closed days unless a day of
the site's own says otherwise. They come from the `holidays` package, whose public list for Finland
also has Midsummer Eve and Christmas Eve: no holidays by law, but days off in most collective
agreements (University of Helsinki Almanac Office, 2024), so a municipal desk is closed then too.
All days are local.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cache

from holidays import country_holidays

from lainaamo.core.errors import N_, Refusal

LOOK_DAYS = 366
"""How far to look for an open day; a site without one in a year counts as never open."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when a site is open on a day."""

    opens: time
    closes: time


Week = Mapping[int, Hours]
"""The hours of each weekday, 0 is Monday; a weekday without hours is closed."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A site's week and the days that break it: None is closed, hours are open, holiday or not."""

    week: Week
    exceptions: Mapping[date, Hours | None] = field(default_factory=dict)
    closed_on_holidays: bool = True

    def hours_on(self, day: date) -> Hours | None:
        """Give the hours of a day; None if the site is closed."""
        if day in self.exceptions:
            return self.exceptions[day]
        if self.closed_on_holidays and is_holiday(day):
            return None
        return self.week.get(day.weekday())

    def is_open(self, day: date) -> bool:
        """Say whether the site is open at some time of the day."""
        return self.hours_on(day) is not None

    def next_open(self, day: date) -> date | None:
        """Find the first open day, the day itself included; None if the site never opens."""
        return self._nearest(day, timedelta(1))

    def previous_open(self, day: date) -> date | None:
        """Find the last open day, the day itself included; None if there was none in a year."""
        return self._nearest(day, timedelta(-1))

    def _nearest(self, day: date, step: timedelta) -> date | None:
        days = (day + n * step for n in range(LOOK_DAYS))
        return next((one for one in days if self.is_open(one)), None)

    def open_days(self, first_day: date, last_day: date) -> list[date]:
        """List the open days of a stretch."""
        days = (first_day + timedelta(n) for n in range((last_day - first_day).days + 1))
        return [day for day in days if self.is_open(day)]

    def add_open_days(self, day: date, number: int) -> date:
        """Give the day that is so many open days later, as turnaround counts; 0 is the day itself.

        Where no open day is in sight, it is a year later: nothing gets ready at a closed site.
        """
        for _ in range(number):
            following = self.next_open(day + timedelta(1))
            if following is None:
                return day + timedelta(LOOK_DAYS)
            day = following
        return day

    def due_on(self, first_day: date, days: int) -> date:
        """Give the day a loan of so many days is due: never later than that, if it can be helped.

        It is the last open day after the first one and no later than `days` after it; where the
        site stays closed all that time, the next open day. A site that never opens is refused.
        """
        last_day = first_day + timedelta(days)
        before = self.open_days(first_day + timedelta(1), last_day)
        due = before[-1] if before else self.next_open(last_day)
        if due is None:
            message = N_("This place has no opening days, so nothing can be brought back there.")
            raise Refusal(message, code="never_open")
        return due


def is_holiday(day: date) -> bool:
    """Say whether the day is a public holiday in Finland, or the eve of Midsummer or Christmas."""
    return day in _holidays_of(day.year)


@cache
def _holidays_of(year: int) -> frozenset[date]:
    return frozenset(country_holidays("FI", years=year, expand=False))
