"""A month's days as a file: of one person for the authority, of a group for its supervisor."""

from collections.abc import Iterator, Sequence

from flask.typing import ResponseReturnValue

from lainaamo.core.download import take_out
from lainaamo.core.i18n import gettext as _
from lainaamo.core.tables import Row
from lainaamo.core.web import needs, own_transactions
from lainaamo.people.access import Right
from lainaamo.work import agreements, choices, rules, week
from lainaamo.work.agreement_page import AGREEMENTS, mark_words
from lainaamo.work.week_page import HERE, asked_group, bp, named_day


@bp.post(f"{HERE}/kuukaudet/<month>.<kind>")
@needs(Right.GROUP)
@own_transactions
def group_month(month: str, kind: str) -> ResponseReturnValue:
    """Give a month of a whole group as a file; the journal knows who took it."""
    days = rules.month_of(named_day(f"{month}-01"))
    theirs = week.agreements(days[0], days[-1], asked_group())
    rows = list(_rows(week.days_of(theirs, days[0], days[-1])))
    return take_out(f"paivat-{month}", kind, _headers(), rows)


@bp.post(f"{AGREEMENTS}/<int:agreement_id>/kuukaudet/<month>.<kind>")
@needs(Right.GROUP)
@own_transactions
def own_month(agreement_id: int, month: str, kind: str) -> ResponseReturnValue:
    """Give a month of one agreement as a file; the journal knows who took it."""
    days = rules.month_of(named_day(f"{month}-01"))
    agreement = agreements.get(agreement_id)
    rows = list(_rows(week.days_of([agreement], days[0], days[-1])))
    return take_out(f"paivat-{agreement_id}-{month}", kind, _headers(), rows)


def _headers() -> Sequence[str]:
    return [
        _("Number"),
        _("Name"),
        _("Service"),
        _("Day"),
        _("Mark"),
        _("From"),
        _("Until"),
        _("Hours"),
    ]


def _rows(found: Sequence[week.Days]) -> Iterator[Row]:
    """Yield a row for each marked day; what is only planned is nobody's day yet."""
    for one in found:
        person, sort = one.agreement.person, choices.type_words(one.agreement.service_type)
        for day, marked in sorted(one.marks.items()):
            span = marked.span
            hours = rules.minutes(span, one.agreement.break_minutes) / 60 if span else 0
            yield [
                person.number,
                person.first_name,
                sort,
                day,
                mark_words(marked),
                span.begins.isoformat("minutes") if span else None,
                span.ends.isoformat("minutes") if span else None,
                round(hours, 2),
            ]
