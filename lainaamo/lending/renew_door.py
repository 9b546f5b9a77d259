"""Renewing loans by the link of a message or when signed in, and leaving a waiting list."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import long_day, retold
from lainaamo.core.web import needs, refused_on
from lainaamo.goods import queries as goods
from lainaamo.goods.words import name_of, sized
from lainaamo.lending import mine, renewing, waiting
from lainaamo.lending.models import Loan
from lainaamo.lending.renewing import Result
from lainaamo.lending.views import reservation_of, show
from lainaamo.people.access import Right

bp = Blueprint("renewing", __name__)
LONGEST_ID = 15
Shown = dict[str, Any]


def told(results: Sequence[Result]) -> list[Shown]:
    """Say of each loan what became of it."""
    items = goods.items_by_id(result.loan.item_id for result in results)
    return [_told(one, items[one.loan.item_id]) for one in results]


def _told(result: Result, item: Any) -> Shown:
    name = sized(name_of(item.kind), item.size)
    if result.refusal is not None:
        return {"name": name, "ok": False, "text": retold(result.refusal)}
    text = _("Return by %(day)s", day=long_day(result.loan.due_on))
    return {"name": name, "ok": True, "text": text}


def renew_seen(loans: Sequence[Loan]) -> list[Result]:
    """Renew loans whose due days the form showed; refused where there is but one and it cannot."""
    seen = {loan.id: _day(request.form.get(f"seen_{loan.id}", "")) for loan in loans}
    results = renewing.renew_all(loans, seen=seen)
    refusals = [one.refusal for one in results]
    if not results:
        raise renewing.RETURNED
    if len(refusals) == 1 and refusals[0] is not None:
        raise refusals[0]
    return results


def renew_chosen(person_id: int) -> list[Result]:
    """Renew those of somebody's loans that the form names, or all where it names none."""
    chosen = {int(one) for one in request.form.getlist("loan") if _is_id(one)}
    loans = renewing.open_loans(person_id)
    asked = [one for one in loans if one.id in chosen] if "loan" in request.form else loans
    return renew_seen(asked)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_ID


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _refused(refusal: Refusal, token: str) -> ResponseReturnValue:
    return show(token, refusal=retold(refusal))


@bp.post("/oma/<token>/jatko")
@needs(Right.OWN_LINK)
@refused_on(_refused)
def renew(token: str) -> ResponseReturnValue:
    """Renew what is out of a reservation, by who has its link, and say each result."""
    made = reservation_of(token)
    results = renew_seen(renewing.open_loans_of_reservation(made.id))
    return show(token, renewed=told(results))


def _refused_mine(refusal: Refusal, **_arguments: object) -> ResponseReturnValue:
    return mine.page(refusal=retold(refusal))


@bp.post("/omat/jatko")
@needs(Right.ACCOUNT)
@refused_on(_refused_mine)
def renew_mine() -> ResponseReturnValue:
    """Renew the loans that were chosen, or all of them, and say each result."""
    return mine.page(renewed=told(renew_chosen(current_user.person_id)))


@bp.post("/omat/jonot/<int:wait_id>/poistuminen")
@needs(Right.ACCOUNT)
@refused_on(_refused_mine)
def leave(wait_id: int) -> ResponseReturnValue:
    """Give one's own place in line up."""
    waiting.leave(wait_id, person_id=current_user.person_id)
    return redirect("/omat?poistuttu=1#waiting", 303)
