"""What somebody has out, promised and had before, for the person's own page and for the desk."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from lainaamo.config import Settings
from lainaamo.core import clock
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import long_day, pick
from lainaamo.goods.models import Kind
from lainaamo.lending import queries
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Loan, Reservation
from lainaamo.lending.own_page import URGENT, alike, state_of

MOST = 60
OPEN = frozenset({"late", "on_loan", "ready", "coming"})
Shown = dict[str, Any]


def of_person(person_id: int, settings: Settings) -> tuple[list[Shown], list[Shown]]:
    """Return what is open, the most urgent first, and what is over, the newest first."""
    found = queries.reservations_of(person_id, most=MOST)
    loans = queries.loans_by_line(line.id for one in found for line in one.lines)
    shown = [_of_reservation(one, loans, settings) for one in found]
    shown += [_of_loan(loan) for loan in queries.walk_in_loans_of(person_id, most=MOST)]
    still = [one for one in shown if one["state"] in OPEN]
    over = [one for one in shown if one["state"] not in OPEN]
    by_need = sorted(still, key=lambda one: (URGENT.index(one["state"]), one["day"]))
    return by_need, sorted(over, key=lambda one: one["day"], reverse=True)


def _of_reservation(one: Reservation, loans: Mapping[int, Loan], settings: Settings) -> Shown:
    today = clock.today()
    states = [state_of(line, loans.get(line.id), one, today) for line in one.lines]
    state = min(states, key=URGENT.index)
    out = [loans[line.id] for line in one.lines if line.id in loans]
    due = min((loan.due_on for loan in out if loan.returned_at is None), default=one.last_day)
    day = due if state in {"late", "on_loan"} else one.first_day
    return {
        "id": one.id,
        "state": state,
        "day": day,
        "text": _ready(one) if state == "ready" and one.pick_up_by else _text(state, day),
        "url": own_path(one, settings),
        "for_name": one.for_name,
        "things": alike(_thing(line.kind, line.size) for line in one.lines),
        "code": _code(one, state),
        "is_unconfirmed": one.is_unconfirmed,
        "again_url": None if one.held_until else f"/omat/uudestaan/{one.id}",
        "renews": _renews(out),
    }


def _code(one: Reservation, state: str) -> str | None:
    waits = state in {"coming", "ready"} and not one.is_unconfirmed
    return one.pick_up_code if waits else None


def _of_loan(loan: Loan) -> Shown:
    late = loan.due_on < clock.today()
    state = "returned" if loan.returned_at else "late" if late else "on_loan"
    return {
        "state": state,
        "day": loan.due_on,
        "text": _text(state, loan.due_on),
        "url": None,
        "for_name": loan.for_name,
        "things": alike([_thing(loan.item.kind, loan.item.size)]),
        "code": None,
        "is_unconfirmed": False,
        "again_url": _again(loan),
        "renews": _renews([loan]),
    }


def _again(loan: Loan) -> str:
    """Return where a thing of the same kind and size is borrowed."""
    kept = f"?{urlencode({'koko': loan.item.size})}" if loan.item.size else ""
    return f"/valineet/{loan.item.kind_id}{kept}#days"


def _renews(loans: Iterable[Loan]) -> list[tuple[str, str]]:
    """Return the fields by which a form renews what is out of these."""
    out = [loan for loan in loans if loan.returned_at is None]
    named = [("loan", str(loan.id)) for loan in out]
    return [*named, *((f"seen_{loan.id}", loan.due_on.isoformat()) for loan in out)]


def waits_of(person_id: int) -> list[Shown]:
    """Return what somebody waits for, with the place in line."""
    mine = queries.waits_of(person_id)
    line = queries.line_of({wait.kind_id for wait in mine}) if mine else ()
    return [
        {
            "id": wait.id,
            "kind_id": wait.kind_id,
            **_thing(wait.kind, wait.size),
            "for_name": wait.for_name,
            "place": queries.place_of(wait, (one for one in line if one.kind_id == wait.kind_id)),
            "site": wait.site.name,
            "url": f"/valineet/{wait.kind_id}",
        }
        for wait in mine
    ]


def _thing(kind: Kind, size: str | None) -> Shown:
    name = pick(kind.name_simple, kind.name, kind.name_sv, kind.name_en)
    return {"name": name, "size": size, "picture": kind.picture or kind.category.pictogram}


def _ready(one: Reservation) -> str:
    """Say until when somebody fetches what it was the turn for."""
    return _("Pick up by %(day)s", day=long_day(one.pick_up_by or one.last_day))


def _text(state: str, day: date) -> str:
    words = {
        "late": _("Should have come back on %(day)s"),
        "on_loan": _("Return by %(day)s"),
        "ready": _("Ready to be picked up since %(day)s"),
        "coming": _("Pick up on %(day)s"),
        "returned": _("Returned, it was due on %(day)s"),
        "cancelled": _("Cancelled, it was for %(day)s"),
        "expired": _("Not picked up on %(day)s"),
    }
    return words[state] % {"day": long_day(day)}
