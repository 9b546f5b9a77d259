"""The calendar as pages show it: four weeks of days, each of which may be a link."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from lainaamo.core import clock
from lainaamo.core.i18n import days as write_days
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import short_day
from lainaamo.lending.stretch import WEEK, WEEKS, Cell, monday_of

UrlOf = Callable[[date, date | None], str]


def shown(rows: Sequence[Sequence[Cell]], url_of: UrlOf) -> list[list[dict[str, Any]]]:
    """Return the weeks as their macro takes them; `url_of` is where a choice of days leads."""
    return [[_cell(cell, url_of) for cell in row] for row in rows]


def _cell(cell: Cell, url_of: UrlOf) -> dict[str, Any]:
    starts_month = cell.day.day == 1
    return {
        "day": cell.day,
        "label": f"{cell.day.day}.{cell.day.month}." if starts_month else str(cell.day.day),
        "state": cell.state,
        "pick": cell.pick,
        "url": url_of(*cell.chooses) if cell.chooses is not None else None,
        "small": _small(cell),
    }


def _small(cell: Cell) -> str | None:
    words = {"first": _("pickup"), "last": _("return")}
    return words.get(cell.pick) or (_("closed") if cell.state == "closed" else None)


def title(monday: date) -> str:
    """Say what the calendar is and what is done with it."""
    days = write_days(monday, monday + timedelta(WEEKS * WEEK - 1))
    return _("Available days %(days)s. Choose the pickup day and the return day.", days=days)


def span(monday: date) -> str:
    """Write from when to when the calendar is."""
    return f"{short_day(monday)} – {short_day(monday + timedelta(WEEKS * WEEK - 1))}"


def beside(monday: date, weeks: int, *, ahead_days: int) -> date | None:
    """Return the Monday of a calendar so many weeks away; None where nothing can be chosen."""
    other, today = monday + timedelta(weeks * WEEK), clock.today()
    if other + timedelta(WEEKS * WEEK) <= today or other > today + timedelta(ahead_days):
        return None
    return max(other, monday_of(today))
