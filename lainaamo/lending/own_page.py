"""What a borrower's own page shows: first name and goods, nothing else."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lainaamo.core import clock
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import hours, long_day, pick
from lainaamo.goods import queries as goods
from lainaamo.lending import queries
from lainaamo.lending.models import Line, Loan, Reservation

# The line that needs something done soonest gives the whole its state.
URGENT = ("late", "on_loan", "ready", "coming", "returned", "expired", "cancelled")


def state_of(line: Line, loan: Loan | None, reservation: Reservation, today: date) -> str:
    """Return a line's state: derived, never stored."""
    if loan is not None:
        if loan.returned_at is not None:
            return "returned"
        return "late" if loan.due_on < today else "on_loan"
    if line.ended_as is not None:
        return "cancelled" if line.ended_as == "cancelled" else "expired"
    if reservation.last_day < today:
        return "expired"
    return "ready" if reservation.first_day <= today else "coming"


def page(reservation: Reservation) -> dict[str, Any]:
    """Return everything the own page's template needs, but its addresses."""
    loans = queries.loans_by_line(line.id for line in reservation.lines)
    signs = goods.signs_of(loan.item_id for loan in loans.values())
    lines = [_line(line, loans.get(line.id), reservation, signs) for line in reservation.lines]
    state = min((line["state"] for line in lines), key=URGENT.index)
    due = max((loan.due_on for loan in loans.values()), default=reservation.last_day)
    last_day = due if state in {"late", "on_loan"} else reservation.last_day
    return {
        "who": reservation.for_name,
        "reservation": {
            "state": state,
            "lines": lines,
            "first_day": reservation.first_day,
            "last_day": last_day,
            "site": {"name": reservation.site.name, "address": reservation.site.address},
            "pick_up_code": reservation.pick_up_code if state in {"coming", "ready"} else None,
            "hours": _hours(reservation, state, last_day),
        },
        "can_cancel": any(line["state"] in {"coming", "ready"} for line in lines),
    }


def _line(
    line: Line, loan: Loan | None, reservation: Reservation, signs: Mapping[int, str]
) -> dict[str, Any]:
    state = state_of(line, loan, reservation, clock.today())
    kind = line.kind
    return {
        "name": pick(kind.name_simple, kind.name, kind.name_sv, kind.name_en),
        "size": line.size,
        "picture": kind.picture or kind.category.pictogram,
        "state": state,
        "due_on": loan.due_on if loan else None,
        "due_text": _due_text(state, loan),
        "code": signs.get(loan.item_id) if loan else None,
    }


def _due_text(state: str, loan: Loan | None) -> str | None:
    if loan is None:
        return None
    if state == "returned":
        return _("returned")
    return _("Return by %(day)s", day=long_day(loan.due_on))


def _hours(reservation: Reservation, state: str, last_day: date) -> str | None:
    day = last_day if state in {"late", "on_loan"} else reservation.first_day
    found = goods.opening(reservation.site_id).hours_on(max(day, clock.today()))
    return hours(found.opens, found.closes) if found else None
