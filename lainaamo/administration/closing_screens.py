"""The screens that plan a site's closed days: who is affected, what moves where, held, sent."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.administration import queries
from lainaamo.administration.forms import ClosingForm
from lainaamo.administration.screens import bp
from lainaamo.core import clock
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import day as write_day
from lainaamo.core.i18n import days as write_days
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, refused_on
from lainaamo.goods import queries as goods
from lainaamo.lending import closing, closing_plan
from lainaamo.lending.closing_plan import Days, Plan
from lainaamo.lending.models import Closing, MovedDay
from lainaamo.people.access import Right

HERE = "/toimipisteet/<int:site_id>/sulku"
Shown = dict[str, Any]


def _url(site_id: int) -> str:
    return f"/hallinta/toimipisteet/{site_id}/sulku"


def _page(site_id: int, form: ClosingForm, refusal: Refusal | None = None) -> ResponseReturnValue:
    held = closing.find_held(site_id)
    is_asked = bool(form.first_day.data)
    days = _days(site_id, form) if is_asked and form.validate() else None
    errors = form.first_errors() if is_asked or request.method == "POST" else {}
    page = render_template(
        "administration/closing.html",
        site=queries.get_site(site_id),
        url=_url(site_id),
        form=form,
        errors=errors,
        refusal=retold(refusal) if refusal else None,
        held=_held(held) if held else None,
        preview=_preview(days) if days and not held else None,
        applied=[_applied(one) for one in closing.last_applied(site_id)],
    )
    return page, 422 if errors else 200


def _days(site_id: int, form: ClosingForm) -> Days:
    return Days(site_id, form.first, form.last, form.most_a_day.data)


def _held(made: Closing) -> Shown:
    days = closing.days_of(made)
    return {
        "days": write_days(made.first_day, made.last_day),
        "at": clock.local(made.send_at).strftime("%H.%M"),
        **_preview(days),
    }


def _preview(days: Days) -> Shown:
    found = closing_plan.plan(days)
    return {
        "days": write_days(days.first_day, days.last_day),
        "counts": [
            ("in", found.count("due"), "due"),
            ("bag", found.count("first"), "first"),
            ("cal", found.count("last"), "last"),
            ("clock", found.count("pick_up"), "pick_up"),
        ],
        "is_empty": not found.moves,
        "people": len({one for one in _people(found) if one}),
        "spread": list(_spread(days, found)),
        "calls": [_call(one.reservation.id, one.was_day) for one in found.lost if one.reservation],
        "loans_lost": sum(1 for one in found.lost if one.loan),
        "fields": [
            ("first_day", days.first_day.isoformat()),
            ("last_day", days.last_day.isoformat()),
            ("most_a_day", str(days.most_a_day)),
        ],
    }


def _people(found: Plan) -> Sequence[int | None]:
    things = (move.loan or move.reservation for move in found.moves)
    return [thing.person_id for thing in things if thing is not None]


def _spread(days: Days, found: Plan) -> Sequence[Shown]:
    """Return each open day around that gets returns: how many it had, and how many it gets."""
    touched = sorted(day for day in found.load if found.load[day] > found.before[day])
    return [
        {
            "day": write_day(day),
            "had": found.before[day],
            "gets": found.load[day] - found.before[day],
            "all": found.load[day],
            "full": found.load[day] > days.most_a_day,
        }
        for day in touched
    ]


def _call(reservation_id: int, day: date) -> Shown:
    return {"url": f"/tiski/varaukset/{reservation_id}", "day": write_day(day)}


def _applied(made: Closing) -> Shown:
    moved = closing.moved(made.id)
    return {
        "days": write_days(made.first_day, made.last_day),
        "moved": len(moved),
        "calls": [_lost(one) for one in moved if one.day is None and one.reservation_id],
    }


def _lost(one: MovedDay) -> Shown:
    return _call(one.reservation_id or 0, one.was_day)


def _refused(refusal: Refusal, site_id: int) -> ResponseReturnValue:
    return _page(site_id, ClosingForm(request.form), refusal)


@bp.get(HERE)
@needs(Right.PLACES)
def closing_plan_page(site_id: int) -> ResponseReturnValue:
    """Ask for the closed days, and show what they would move."""
    return _page(site_id, ClosingForm(request.args))


@bp.post(HERE)
@needs(Right.PLACES)
@refused_on(_refused)
def hold_closing(site_id: int) -> ResponseReturnValue:
    """Plan the closing: it is sent a little later, and can be withdrawn till then."""
    form = ClosingForm(request.form)
    if not form.validate():
        return _page(site_id, form)
    goods.opening(queries.get_site(site_id).id)
    closing.hold(_days(site_id, form), reason=form.reason.data or None)
    return redirect(_url(site_id), 303)


@bp.post(f"{HERE}/peruminen")
@needs(Right.PLACES)
@refused_on(_refused)
def withdraw_closing(site_id: int) -> ResponseReturnValue:
    """Take the planned closing back: nothing has changed."""
    closing.withdraw(site_id)
    return redirect(_url(site_id), 303)


@bp.post(f"{HERE}/lahetys")
@needs(Right.PLACES)
@refused_on(_refused)
def send_closing(site_id: int) -> ResponseReturnValue:
    """Close the days and tell people without waiting longer."""
    closing.send_now(site_id)
    return redirect(_url(site_id), 303)
