"""The supervisor's week: everybody's days on one screen, and a day not arranged in one tap."""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import NotFound

from lainaamo.core import clock
from lainaamo.core.i18n import column_day, in_hours, month_words
from lainaamo.core.i18n import days as days_words
from lainaamo.core.i18n import gettext as _
from lainaamo.core.web import needs
from lainaamo.people.access import Right
from lainaamo.work import marks, rules, week
from lainaamo.work.rules import Mark, Span
from lainaamo.work.week import Days

bp = Blueprint("team", __name__)
HERE = "/vaki"
SATURDAY = 5
YEARS = range(2000, 2100)
TONES = {"attended": "ok", "absent": "warn", "not_arranged": "info", "swapped": "brand"}
ICONS = {"attended": "check", "absent": "minus", "not_arranged": "none", "swapped": "swap"}
Shown = dict[str, Any]


@bp.get(HERE)
@needs(Right.GROUP)
def group_week() -> ResponseReturnValue:
    """Show a group's week: what was planned, what became of it, and the hours."""
    monday = rules.week_of(_asked_day("viikko") or clock.today())[0]
    whose = asked_group()
    agreements = week.agreements(monday, monday + timedelta(6), whose)
    rows = week.days_of(agreements, monday, monday + timedelta(6))
    shown = _shown_days(monday, rows)
    days = [_column(day, rows, whose) for day in shown]
    return render_template(
        "work/week.html",
        monday=monday,
        number=monday.isocalendar().week,
        span=days_words(shown[0], shown[-1]),
        before=week_url(monday - timedelta(7), whose),
        after=week_url(monday + timedelta(7), whose),
        days=days,
        has_group_row=any(one["may_be_off"] or one["is_off"] for one in days),
        rows=[_row(one, shown) for one in rows],
        legend=[{"mark": mark, "tone": TONES[mark], "icon": ICONS[mark]} for mark in TONES],
        groups=_groups(monday, whose),
        ending=[_ending(one) for one in rows if _ends_soon(one)],
        short=[_short(one, shown) for one in rows if _is_short(one, shown)],
        total=_total(rows),
        month={"key": shown[0].strftime("%Y-%m"), "name": month_words(shown[0])},
        whose="kaikki" if whose is None else whose,
        not_arranged=_just_done(rows),
    )


def week_url(day: date, whose: int | None) -> str:
    """Return the address of a week, of one group or of all."""
    group = f"&ryhma={whose}" if whose is not None else "&ryhma=kaikki"
    return f"{HERE}?viikko={day}{group}"


def _asked_day(name: str) -> date | None:
    text = request.values.get(name, "")
    return named_day(text) if text else None


def named_day(text: str) -> date:
    """Return the day that an address names; not found where that is no day of our time."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise NotFound from error
    if day.year not in YEARS:
        raise NotFound
    return day


def asked_group() -> int | None:
    """Return whose group is asked for: one's own where nobody is named, None for everybody's."""
    asked = request.values.get("ryhma", "")
    if asked == "kaikki":
        return None
    if asked:
        known = {str(one): one for one, _name in week.supervisors()}
        if asked not in known:
            raise NotFound
        return known[asked]
    mine: int = current_user.person_id
    return mine if mine in {one for one, _name in week.supervisors()} else None


def _groups(monday: date, whose: int | None) -> list[Shown]:
    """Return the groups to choose from; none where there is only one."""
    known = week.supervisors()
    if len(known) <= 1:
        return []
    everybody = {"label": _("Everybody"), "url": week_url(monday, None), "is_chosen": whose is None}
    each = [
        {"label": name, "url": week_url(monday, one), "is_chosen": one == whose}
        for one, name in known
    ]
    return [*each, everybody]


def _shown_days(monday: date, rows: Sequence[Days]) -> list[date]:
    """Return Monday to Friday, and the weekend where somebody works then."""
    worked = {day for row in rows for day in row.marks}
    days = rules.week_of(monday)
    is_used = [day in worked or any(row.is_planned(day) for row in rows) for day in days]
    return [
        day for day, used in zip(days, is_used, strict=True) if used or day.weekday() < SATURDAY
    ]


def _column(day: date, rows: Sequence[Days], whose: int | None) -> Shown:
    """Return a day's heading, and what can be done for the whole group."""
    off = [row for row in rows if (found := row.marks.get(day)) and found.mark == "not_arranged"]
    open_ones = [row for row in rows if row.is_planned(day) and day not in row.marks]
    return {
        "day": day,
        "head": column_day(day),
        "is_today": day == clock.today(),
        "is_off": bool(off) and not open_ones,
        "may_be_off": bool(open_ones),
        "url": f"{HERE}/paivat/{day}/ei-jarjestetty",
        "fields": [("ryhma", "kaikki" if whose is None else whose)],
    }


def _row(row: Days, shown: Sequence[date]) -> Shown:
    person, planned = (
        row.agreement.person,
        rules.planned_minutes(row.plan, row.agreement.break_minutes),
    )
    return {
        "number": person.number,
        "name": person.first_name,
        "url": f"{HERE}/sopimukset/{row.agreement.id}",
        "cells": [_cell(row, day) for day in shown],
        "hours": in_hours(row.sums.minutes),
        "planned": in_hours(planned),
        "share": min(100, round(100 * row.sums.minutes / planned)) if planned else 0,
    }


def _cell(row: Days, day: date) -> Shown | None:
    """Return what a day of somebody shows; None where nothing was or is to be."""
    found = row.marks.get(day)
    if found is None and not row.is_planned(day):
        return None
    url = f"{HERE}/sopimukset/{row.agreement.id}/paivat/{day}"
    span = found.span if found else row.plan[day.weekday()]
    mark = found.mark if found else "planned"
    tone, icon = TONES.get(mark, ""), ICONS.get(mark, "")
    return {"url": url, "mark": mark, "tone": tone, "icon": icon, "span": span and span_words(span)}


def span_words(span: Span) -> str:
    """Write a span as short as a cell is: "9–13", "9.30–13"."""
    return f"{_short_time(span.begins)}–{_short_time(span.ends)}"


def _short_time(at: time) -> str:
    return f"{at.hour}.{at.minute:02}" if at.minute else str(at.hour)


def _ends_soon(row: Days) -> bool:
    left = row.agreement.last_day - clock.today()
    return timedelta(0) <= left <= rules.SOON


def _ending(row: Days) -> Shown:
    agreement = row.agreement
    return {
        "number": agreement.person.number,
        "name": agreement.person.first_name,
        "last_day": agreement.last_day,
        "weeks": (agreement.last_day - clock.today()).days // 7,
        "url": f"{HERE}/sopimukset/{agreement.id}",
    }


def _is_short(row: Days, shown: Sequence[date]) -> bool:
    return _lacking(row, shown) > 0


def _short(row: Days, shown: Sequence[date]) -> Shown:
    person = row.agreement.person
    lacking = in_hours(_lacking(row, shown))
    return {"number": person.number, "name": person.first_name, "hours": lacking}


def _lacking(row: Days, shown: Sequence[date]) -> int:
    """Return the minutes that absences of this week leave out; what was not arranged is no lack."""
    gone = [day for day in shown if (found := row.marks.get(day)) and found.mark == "absent"]
    spans = [row.plan[day.weekday()] for day in gone if day.weekday() in row.plan]
    return sum(rules.minutes(span, row.agreement.break_minutes) for span in spans)


def _total(rows: Sequence[Days]) -> Shown:
    done = sum(row.sums.minutes for row in rows)
    planned = sum(rules.planned_minutes(row.plan, row.agreement.break_minutes) for row in rows)
    share = min(100, round(100 * done / planned)) if planned else 0
    return {"hours": in_hours(done), "planned": in_hours(planned), "share": share}


# A whole day


@bp.post(f"{HERE}/paivat/<day>/ei-jarjestetty")
@needs(Right.GROUP)
def not_arranged(day: str) -> ResponseReturnValue:
    """Mark a day as not arranged for all of a group who had it planned; nobody was absent."""
    found, whose = named_day(day), asked_group()
    marks.not_arranged(week.agreements(found, found, whose), found)
    return redirect(f"{week_url(found, whose)}&tehty={found}", 303)


@bp.post(f"{HERE}/paivat/<day>/ei-jarjestetty/peruminen")
@needs(Right.GROUP)
def arranged_after_all(day: str) -> ResponseReturnValue:
    """Take back that a day was not arranged for a group."""
    found, whose = named_day(day), asked_group()
    marks.arranged_after_all([one.id for one in week.agreements(found, found, whose)], found)
    return redirect(week_url(found, whose), 303)


def _just_done(rows: Sequence[Days]) -> Shown | None:
    """Return the day that was just marked for everybody, to be told with its undo."""
    day = _asked_day("tehty")
    number = sum(1 for row in rows if day and _is_off(row.marks, day))
    if day is None or not number:
        return None
    whose = asked_group()
    return {
        "day": day,
        "number": number,
        "url": f"{HERE}/paivat/{day}/ei-jarjestetty/peruminen",
        "fields": [("ryhma", "kaikki" if whose is None else whose)],
    }


def _is_off(found: Mapping[date, Mark], day: date) -> bool:
    return day in found and found[day].mark == "not_arranged"
