"""The screens of one agreement: made, changed, its days one by one, and a month's list."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.core import clock
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import clock_time, full_day, in_hours, month_words, ngettext, retold
from lainaamo.core.i18n import day as day_words
from lainaamo.core.i18n import gettext as _
from lainaamo.core.web import needs, refused_on
from lainaamo.goods import queries as goods
from lainaamo.people.access import Right
from lainaamo.people.visitor import Door
from lainaamo.work import agreements, choices, marks, rules, week
from lainaamo.work.forms import AgreementForm, DayForm, offer
from lainaamo.work.models import Agreement, DayMark
from lainaamo.work.rules import Limits, Mark, Plan, Span
from lainaamo.work.week_page import HERE, ICONS, TONES, bp, named_day, span_words, week_url

Shown = dict[str, Any]
AGREEMENTS = f"{HERE}/sopimukset"
NEARBY = timedelta(days=14)
"""How far a swapped day may lie from the one it was worked instead of."""


# One agreement


@bp.get(f"{AGREEMENTS}/uusi")
@needs(Right.GROUP)
def new_agreement() -> ResponseReturnValue:
    """Show the form of a new agreement."""
    return _page(None, _offered(AgreementForm()))


@bp.post(f"{AGREEMENTS}/uusi")
@needs(Right.GROUP)
@refused_on(lambda refusal: _page(None, _offered(AgreementForm(request.form)), refusal))
def make_agreement() -> ResponseReturnValue:
    """Write down an agreement."""
    form = _offered(AgreementForm(request.form))
    if not _is_good(form):
        return _page(None, form)
    made = agreements.agree(int(form.person.data), form.agreed())
    return redirect(f"{AGREEMENTS}/{made.id}?tehty=1", 303)


@bp.get(f"{AGREEMENTS}/<int:agreement_id>")
@needs(Right.GROUP)
def show_agreement(agreement_id: int) -> ResponseReturnValue:
    """Show an agreement, what it warns of, and this month."""
    agreement = agreements.get(agreement_id)
    return _page(agreement, _offered(AgreementForm(data=_now(agreement)), agreement))


def _refused(refusal: Refusal, agreement_id: int) -> ResponseReturnValue:
    agreement = agreements.get(agreement_id)
    return _page(agreement, _offered(AgreementForm(request.form), agreement), refusal)


@bp.post(f"{AGREEMENTS}/<int:agreement_id>")
@needs(Right.GROUP)
@refused_on(_refused)
def change_agreement(agreement_id: int) -> ResponseReturnValue:
    """Change an agreement; the marks that are made stay."""
    agreement = agreements.get(agreement_id)
    form = _offered(AgreementForm(request.form), agreement)
    if not _is_good(form):
        return _page(agreement, form)
    agreements.change(agreement, form.agreed())
    return redirect(f"{AGREEMENTS}/{agreement_id}?tehty=1", 303)


def _is_good(form: AgreementForm) -> bool:
    # Both are read, so that everything that is wrong is told at once.
    has_good_week, has_good_fields = form.read_week(request.form), bool(form.validate())
    return has_good_week and has_good_fields


def _offered(form: AgreementForm, agreement: Agreement | None = None) -> AgreementForm:
    """Let the form offer who and what there is; the worker of an agreement does not change."""
    if agreement is None:
        offer(form.person, choices.workers())
    else:
        offer(form.person, [(agreement.person_id, choices.worker_words(agreement.person))])
        form.person.data = str(agreement.person_id)
    offer(form.service_type, choices.service_types())
    offer(form.supervisor, choices.supervisors())
    offer(form.site, ((site.id, site.name) for site in goods.sites()))
    return form


def _now(agreement: Agreement) -> Mapping[str, Any]:
    return {
        "service_type": str(agreement.service_type_id),
        "supervisor": str(agreement.supervisor_id),
        "site": str(agreement.site_id),
        "contact": agreement.contact,
        "first_day": agreement.first_day.isoformat(),
        "last_day": agreement.last_day.isoformat(),
        "break_minutes": agreement.break_minutes,
    }


def _page(
    agreement: Agreement | None, form: AgreementForm, refusal: Refusal | None = None
) -> ResponseReturnValue:
    errors = form.first_errors() if request.method == "POST" else {}
    plan = agreements.plan_of(agreement.days) if agreement else {}
    page = render_template(
        "work/agreement.html",
        agreement=agreement,
        title=choices.worker_words(agreement.person) if agreement else _("New agreement"),
        form=form,
        errors=errors,
        refusal=retold(refusal) if refusal else None,
        plan=[_weekday(weekday, plan) for weekday in range(7)],
        warned=_warned(agreement, plan) if agreement else [],
        saved="tehty" in request.args,
        back=HERE,
        month=_month_of(agreement) if agreement else None,
        may_add_types=not choices.service_types() and Door().may(Right.SERVICE_TYPES),
    )
    return page, 422 if errors else 200


def _weekday(weekday: int, plan: Plan) -> Shown:
    span = plan.get(weekday)
    told = {
        "begins": span.begins.isoformat("minutes") if span else "",
        "ends": span.ends.isoformat("minutes") if span else "",
    }
    names = {name: f"{name}_{weekday}" for name in told}
    return {
        "label": choices.weekday_words(weekday),
        "fields": [(names[name], request.form.get(names[name], told[name])) for name in told],
    }


def _warned(agreement: Agreement, plan: Plan) -> list[str]:
    """Return in words which limits of its service type an agreement passes."""
    sort = agreement.service_type
    limits = Limits(
        sort.most_days_a_week,
        sort.least_minutes_a_day,
        sort.most_minutes_a_day,
        sort.longest_months,
    )
    found = rules.warnings(plan, agreement.first_day, agreement.last_day, limits)
    return [_warning(one.code, one.number) for one in found]


def _warning(code: str, number: int) -> str:
    if code == "days_a_week":
        return ngettext(
            "The service allows %(num)d day a week.",
            "The service allows %(num)d days a week.",
            number,
        )
    if code == "long":
        return ngettext(
            "The service lasts at most %(num)d month.",
            "The service lasts at most %(num)d months.",
            number,
        )
    hours = in_hours(number)
    if code == "long_day":
        return _("The service allows at most %(hours)s hours a day.", hours=hours)
    return _("The service asks for at least %(hours)s hours a day.", hours=hours)


# A month


def _asked_month(agreement: Agreement) -> date:
    text = request.args.get("kk", "")
    if not text:
        last = min(clock.today(), agreement.last_day)
        return max(last, agreement.first_day).replace(day=1)
    return named_day(f"{text}-01")


def _month_of(agreement: Agreement) -> Shown:
    """Return a month's list: a row for each day that was marked or planned, and the sums."""
    first = _asked_month(agreement)
    days = rules.month_of(first)
    (found,) = week.days_of([agreement], days[0], days[-1])
    sums = found.sums
    return {
        "name": month_words(first),
        "key": first.strftime("%Y-%m"),
        "before": _month_link(agreement, first - timedelta(days=1)),
        "after": _month_link(agreement, days[-1] + timedelta(days=1)),
        "rows": [
            _month_row(found, day) for day in days if day in found.marks or found.is_planned(day)
        ],
        "sums": [
            (_("Present"), sums.attended),
            (_("Absent"), sums.absent),
            (_("Service not arranged"), sums.not_arranged),
            (_("Hours"), in_hours(sums.minutes)),
        ],
    }


def _month_link(agreement: Agreement, day: date) -> Shown | None:
    """Return the way to the month of a day; None where the agreement does not reach it."""
    month = rules.month_of(day)
    if month[-1] < agreement.first_day or month[0] > agreement.last_day:
        return None
    url = f"{AGREEMENTS}/{agreement.id}?kk={day.strftime('%Y-%m')}"
    return {"url": url, "name": month_words(day)}


def _month_row(found: week.Days, day: date) -> Shown:
    marked = found.marks.get(day)
    return {
        "day": day,
        "url": f"{AGREEMENTS}/{found.agreement.id}/paivat/{day}",
        "word": mark_words(marked),
        "tone": TONES.get(marked.mark, "none") if marked else "none",
        "icon": ICONS.get(marked.mark) if marked else None,
        "span": span_words(marked.span) if marked and marked.span else "",
    }


def mark_words(marked: Mark | None) -> str:
    """Say what became of a day."""
    if marked is None:
        return _("planned")
    if marked.instead_of is not None:
        return _("instead of %(day)s", day=day_words(marked.instead_of))
    return {
        "attended": _("present"),
        "absent": _("absent"),
        "not_arranged": _("service not arranged"),
    }[marked.mark]


# A day


@bp.get(f"{AGREEMENTS}/<int:agreement_id>/paivat/<day>")
@needs(Right.GROUP)
def show_day(agreement_id: int, day: str) -> ResponseReturnValue:
    """Show a day of an agreement: what was planned, its mark, and the marks before it."""
    agreement, found = agreements.get(agreement_id), named_day(day)
    return _day_page(
        agreement, found, _day_form(agreement, found, DayForm(data=_marked_now(agreement, found)))
    )


def _refused_day(refusal: Refusal, agreement_id: int, day: str) -> ResponseReturnValue:
    agreement, found = agreements.get(agreement_id), named_day(day)
    return _day_page(agreement, found, _day_form(agreement, found, DayForm(request.form)), refusal)


@bp.post(f"{AGREEMENTS}/<int:agreement_id>/paivat/<day>")
@needs(Right.GROUP)
@refused_on(_refused_day)
def mark_day(agreement_id: int, day: str) -> ResponseReturnValue:
    """Mark a day, or correct its mark; the one before stays as a trace."""
    agreement, found = agreements.get(agreement_id), named_day(day)
    form = _day_form(agreement, found, DayForm(request.form))
    if not form.validate():
        return _day_page(agreement, found, form)
    marks.mark(agreement, found, form.marked())
    return redirect(week_url(found, agreement.supervisor_id), 303)


def _day_form(agreement: Agreement, day: date, form: DayForm) -> DayForm:
    """Let the form offer the planned days nearby that this one could be worked instead of."""
    plan = agreements.plan_of(agreement.days)
    nearby = [day + timedelta(n) for n in range(-NEARBY.days, NEARBY.days + 1) if n]
    planned = [
        one
        for one in nearby
        if agreement.first_day <= one <= agreement.last_day and one.weekday() in plan
    ]
    offer(form.instead_of, [("", _("Choose a day")), *((one, day_words(one)) for one in planned)])
    return form


def _marked_now(agreement: Agreement, day: date) -> Mapping[str, Any]:
    """Return what the form says first: the mark there is, else present as it was planned."""
    (found,) = week.days_of([agreement], day, day)
    marked = found.marks.get(day)
    span = marked.span if marked else found.plan.get(day.weekday())
    other = marked.instead_of if marked else None
    return {
        "mark": marked.mark if marked else "attended",
        "instead_of": other.isoformat() if other else "",
        **_times(span),
    }


def _times(span: Span | None) -> Mapping[str, str]:
    if span is None:
        return {}
    return {"begins": span.begins.isoformat("minutes"), "ends": span.ends.isoformat("minutes")}


def _day_page(
    agreement: Agreement, day: date, form: DayForm, refusal: Refusal | None = None
) -> ResponseReturnValue:
    errors = form.first_errors()
    page = render_template(
        "work/day.html",
        agreement=agreement,
        who=choices.worker_words(agreement.person),
        shown_day=day_words(day),
        form=form,
        errors=errors,
        refusal=retold(refusal) if refusal else None,
        traces=[_trace(row) for row in week.traces(agreement.id, day)],
        back=week_url(day, agreement.supervisor_id),
    )
    return page, 422 if errors else 200


def _trace(row: DayMark) -> Shown:
    marked = marks.as_mark(row)
    words = mark_words(marked)
    told = f"{words}, {span_words(marked.span)}" if marked.span else words
    return {"words": told, "made": _made(row), "is_now": row.replaced_at is None}


def _made(row: DayMark) -> str:
    """Say when a mark was made; who made it stands in the journal."""
    return f"{full_day(clock.local(row.made_at).date())} {clock_time(row.made_at)}"
