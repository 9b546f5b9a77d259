"""The page where a borrower changes the days and sizes of a reservation."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.core import clock
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, refused_on
from lainaamo.goods import queries as goods
from lainaamo.lending import changing, day_table, new_days, own_page, rules, stretch
from lainaamo.lending.models import Line, Reservation
from lainaamo.lending.views import reservation_of
from lainaamo.people.access import Right

bp = Blueprint("changing", __name__)
PATH = "/oma/<token>/muutos"
DAYS = ("first_day", "last_day")


def _page(
    token: str, *, refusal: str | None = None, errors: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    made = reservation_of(token)
    can_change = own_page.can_change(made) or bool(errors)
    page = render_template(
        "lending/change.html",
        own_url=f"/oma/{token}",
        here_url=f"/oma/{token}/muutos",
        can_change=can_change,
        values=_values(made),
        **(_calendar(made, f"/oma/{token}/muutos") if can_change else {}),
        earliest=clock.today().isoformat(),
        lines=[_line(line, made) for line in made.lines],
        refusal=refusal,
        errors=errors or {},
    )
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return page, 422 if errors else 200, headers


def _values(made: Reservation) -> dict[str, str]:
    """Return the days to show: as they were typed, else as the calendar's link says, else now."""
    first, last = _picked(made)
    now = {"first_day": first.isoformat(), "last_day": last.isoformat() if last else ""}
    return {name: request.form.get(name, now[name]) for name in DAYS}


def _picked(made: Reservation) -> tuple[date, date | None]:
    """Return the days that are chosen; without a last one only the first was, just now."""
    first, last = (_read_day(request.args.get(name, "")) for name in ("alku", "loppu"))
    return (first, last) if first else (made.first_day, made.last_day)


def _calendar(made: Reservation, url: str) -> dict[str, Any]:
    """Return the weeks of days to which all of it could be moved, and what is chosen of them."""
    first, last = _picked(made)
    asked = new_days.of(made, _chosen(made))
    ahead = asked.terms.ahead_days
    latest = clock.today() + timedelta(ahead)
    look_from = _read_day(request.args.get("viikko", "")) or first
    monday = stretch.monday_of(min(max(look_from, clock.today()), latest))
    rows = stretch.weeks(asked, monday, clock.today(), first, last)

    def url_of(first: date, last: date | None, week: date = monday) -> str:
        days = {"alku": first, "loppu": last, "viikko": week}
        return f"{url}?{urlencode({name: day for name, day in days.items() if day})}#days"

    earlier, later = (
        day_table.beside(monday, weeks, ahead_days=ahead)
        for weeks in (-stretch.WEEKS, stretch.WEEKS)
    )
    return {
        "calendar": day_table.shown(rows, url_of),
        "calendar_title": day_table.title(monday),
        "weeks": day_table.span(monday),
        "previous_url": url_of(first, last, earlier) if earlier else None,
        "next_url": url_of(first, last, later) if later else None,
        "first_day": first,
        "last_day": last,
    }


def _line(line: Line, made: Reservation) -> dict[str, Any]:
    chosen = request.form.get(f"size_{line.id}", line.size)
    sizes = _sizes(line, made.site_id) if line.size is not None else []
    seen = {"paikka": made.site.key, "koko": line.size}
    asked = urlencode({name: text for name, text in seen.items() if text})
    return {
        **own_page.thing_of(line),
        "field": f"size_{line.id}",
        "sizes": [(size, size == chosen) for size in sizes],
        "free_url": f"/valineet/{line.kind_id}?{asked}#days",
    }


def _sizes(line: Line, site_id: int) -> list[str]:
    """Return the sizes of the kind at the site; the one promised is always among them."""
    things = goods.stock(line.kind_id).things
    found = {thing.size for thing in things if thing.site_id == site_id and thing.size}
    return sorted(found | {line.size or ""}, key=lambda size: (len(size), size))


def _refused(refusal: Refusal, token: str) -> ResponseReturnValue:
    return _page(token, refusal=retold(refusal))


@bp.get(PATH)
@needs(Right.OWN_LINK)
def change_page(token: str) -> ResponseReturnValue:
    """Ask for the new days and sizes."""
    return _page(token)


@bp.post(PATH)
@needs(Right.OWN_LINK)
@refused_on(_refused)
def change(token: str) -> ResponseReturnValue:
    """Change the reservation, or tell why not: then all is as it was."""
    made = reservation_of(token)
    endings = [line.ended_as for line in made.lines]
    rules.check_changeable(endings, is_unconfirmed=made.is_unconfirmed)
    days = {name: _read_day(request.form.get(name, "")) for name in DAYS}
    errors = {name: _("Choose the day.") for name, day in days.items() if day is None}
    first_day, last_day = days["first_day"], days["last_day"]
    if first_day is None or last_day is None:
        return _page(token, errors=errors)
    wrong = [
        line
        for line in made.lines
        if request.form.get(f"size_{line.id}") not in {None, *_sizes(line, made.site_id)}
    ]
    if wrong:
        return _page(token, errors={f"size_{wrong[0].id}": _("Choose the size from the list.")})
    changing.change(made, first_day=first_day, last_day=last_day, sizes=_chosen(made))
    return redirect(f"/oma/{token}?muutettu=1", 303)


def _chosen(made: Reservation) -> dict[int, str | None]:
    """Return the sizes asked for, by line."""
    return {
        line.id: request.form.get(f"size_{line.id}") or line.size
        for line in made.lines
        if line.size is not None
    }


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
