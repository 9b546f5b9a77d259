"""When something can be had at one site: counts, the calendar's days, and what a choice means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from lainaamo.core.errors import Refusal
from lainaamo.goods.availability import Stock, calendar, free, last_days
from lainaamo.goods.opening import Opening
from lainaamo.lending import rules
from lainaamo.lending.rules import Terms

WEEKS = 4
WEEK = 7


@dataclass(frozen=True, slots=True)
class Shelf:
    """One kind at one site, with its terms and opening days: everything its days depend on."""

    stock: Stock
    site_id: int
    opening: Opening
    terms: Terms
    size: str | None = None

    def taken_until(self, last_day: date) -> date:
        """Return the last day a thing is taken when it comes back on `last_day`."""
        return rules.taken_until(last_day, opening=self.opening, terms=self.terms)

    def free(self, first_day: date, last_day: date, *, size: str | None = None) -> int:
        """Count what can be reserved for these days."""
        asked = size if size is not None else self.size
        until = self.taken_until(last_day)
        return free(self.stock, first_day, until, site_id=self.site_id, size=asked)

    def free_days(self, days: Sequence[date]) -> dict[date, bool]:
        """Tell of each day whether something can be had for that day."""
        where = {"site_id": self.site_id, "size": self.size}
        return calendar(self.stock, days, taken_until=self.taken_until, **where)  # type: ignore[arg-type]  # the two keywords it names

    def last_days(self, first_day: date) -> set[date]:
        """Return the open days on which a loan from `first_day` may end."""
        until = first_day + timedelta(self.terms.longest_from(first_day))
        run = last_days(
            self.stock,
            first_day,
            until,
            site_id=self.site_id,
            size=self.size,
            taken_until=self.taken_until,
        )
        return {day for day in run if self.opening.is_open(day)}

    def objection(self, first_day: date, last_day: date, today: date) -> Refusal | None:
        """Return why these days cannot be asked for at all, free or not."""
        try:
            rules.check_days(
                first_day, last_day, today=today, opening=self.opening, terms=self.terms
            )
        except Refusal as refusal:
            return refusal
        return None


class Days(Protocol):
    """Something whose days can be chosen: one kind at a site, or a whole reservation."""

    @property
    def opening(self) -> Opening:
        """Return the opening days of its site."""

    @property
    def terms(self) -> Terms:
        """Return the terms on which it is lent."""

    def free_days(self, days: Sequence[date]) -> dict[date, bool]:
        """Tell of each day whether it can be had for that day."""

    def last_days(self, first_day: date) -> set[date]:
        """Return the open days on which a loan from `first_day` may end."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the calendar: its state, its part in the choice, and what choosing it means."""

    day: date
    state: str
    pick: str
    chooses: tuple[date, date | None] | None


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(day.weekday())


def weeks(
    shelf: Days, monday: date, today: date, first_day: date | None, last_day: date | None
) -> list[list[Cell]]:
    """Return four weeks of days from a Monday.

    While only the first day is chosen, the days on which the loan may end can be chosen; else
    every open day on which something is free can begin one.
    """
    days = [monday + timedelta(n) for n in range(WEEKS * WEEK)]
    coming = [day for day in days if today <= day <= today + timedelta(shelf.terms.ahead_days)]
    free_on = shelf.free_days(coming)
    ends = shelf.last_days(first_day) if first_day and not last_day else set()
    picked = (first_day, last_day)
    cells = [_cell(day, shelf, today, free_on.get(day, False), picked, ends) for day in days]
    return [cells[n : n + WEEK] for n in range(0, len(cells), WEEK)]


def _cell(
    day: date,
    shelf: Days,
    today: date,
    is_free: bool,  # noqa: FBT001 - read from the calendar just above
    picked: tuple[date | None, date | None],
    ends: set[date],
) -> Cell:
    state = _state(day, shelf, today, is_free)
    first_day, _ = picked
    chooses: tuple[date, date | None] | None = None
    if first_day is not None and day in ends:
        chooses = (first_day, day)
    elif state == "free":
        chooses = (day, None)
    return Cell(day, state, _pick(day, *picked), chooses)


def _state(day: date, shelf: Days, today: date, is_free: bool) -> str:  # noqa: FBT001
    if day < today:
        return "past"
    if not shelf.opening.is_open(day):
        return "closed"
    return "free" if is_free else "none"


def _pick(day: date, first_day: date | None, last_day: date | None) -> str:
    if day == first_day:
        return "first"
    if day == last_day:
        return "last"
    inside = first_day is not None and last_day is not None and first_day < day < last_day
    return "between" if inside else ""
