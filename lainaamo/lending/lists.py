"""The office's lists of loans and of reservations, and how each of their rows reads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Blueprint
from sqlalchemy import Row as Found
from sqlalchemy import Select, and_, exists, select, tuple_

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.errors import N_
from lainaamo.core.i18n import day, days
from lainaamo.core.i18n import gettext as _
from lainaamo.core.tables import Cell, Row
from lainaamo.goods import ledger
from lainaamo.goods import queries as goods
from lainaamo.goods.ledger import Asked, Ledger, Shown, newest_first, on_days
from lainaamo.goods.models import Item, Kind, Site
from lainaamo.goods.words import name_of, sized, times
from lainaamo.lending import queries
from lainaamo.lending.models import Line, Loan, Reservation
from lainaamo.lending.own_page import URGENT, state_of
from lainaamo.people.access import Right

bp = Blueprint("lending_lists", __name__)

# A state that is derived → its words and tone.
STATES: Mapping[str, tuple[str, str]] = {
    "late": (N_("Late"), "bad"),
    "on_loan": (N_("On loan"), "info"),
    "ready": (N_("Waits to be picked up"), "warn"),
    "coming": (N_("Coming"), "info"),
    "returned": (N_("Returned"), "ok"),
    "expired": (N_("Not picked up"), "none"),
    "cancelled": (N_("Cancelled"), "none"),
}
BACK: Mapping[str, str] = {
    "ok": N_("OK"),
    "dirty": N_("Dirty"),
    "part_missing": N_("Part missing"),
    "broken": N_("Broken"),
}


# Loans


def find_loans(asked: Asked, most: int) -> Sequence[Found[Any]]:
    """Return loans: those that are out by the day they are due, others the newest first."""
    is_out = asked.state in {"lainassa", "myohassa"}
    wanted = _loans().where(*on_days(Loan.due_on, asked))
    if asked.site_id is not None:
        wanted = wanted.where(Loan.site_id == asked.site_id)
    if is_out:
        wanted = wanted.where(Loan.returned_at.is_(None))
    if asked.state == "myohassa":
        wanted = wanted.where(Loan.due_on < clock.today())
    if asked.state == "palautettu":
        wanted = wanted.where(Loan.returned_at.is_not(None))
    if not is_out:
        return session.execute(newest_first(wanted, Loan.id, asked).limit(most)).all()
    if asked.after_id is not None:
        last = select(Loan.due_on, Loan.id).where(Loan.id == asked.after_id)
        wanted = wanted.where(tuple_(Loan.due_on, Loan.id) > last.scalar_subquery())
    return session.execute(wanted.order_by(Loan.due_on, Loan.id).limit(most)).all()


def _loans() -> Select[*tuple[Any, ...]]:
    columns = (
        Loan.id,
        Loan.item_id,
        Loan.person_id,
        Loan.unit_id,
        Loan.for_name,
        Loan.handed_out_at,
        Loan.due_on,
        Loan.returned_at,
        Loan.condition_back,
        Item.size,
        Kind.name,
        Kind.name_simple,
        Kind.name_sv,
        Kind.name_en,
        Site.name.label("site"),
    )
    joined = select(*columns).join(Item, Item.id == Loan.item_id)
    return joined.join(Kind, Kind.id == Item.kind_id).join(Site, Site.id == Loan.site_id)


def _state_of_loan(row: Found[Any]) -> str:
    if row.returned_at is not None:
        return "returned"
    return "late" if row.due_on < clock.today() else "on_loan"


def _show_loans(found: Sequence[Found[Any]]) -> list[Shown]:
    signs = goods.signs_of(row.item_id for row in found)
    return [_show_loan(row, signs.get(row.item_id)) for row in found]


def _show_loan(row: Found[Any], sign: str | None) -> Shown:
    words, tone = STATES[_state_of_loan(row)]
    lent_on = clock.local(row.handed_out_at).date()
    return {
        "name": sized(name_of(row), row.size),
        "url": f"/tavarat/{sign}" if sign else None,
        "code": sign,
        "label": _(words),
        "tone": tone,
        "cells": [
            _who(row.for_name, row.person_id),
            day(lent_on),
            day(row.due_on),
            row.site,
        ],
    }


def _who(name: str, person_id: int | None) -> str | tuple[str, str]:
    return (name, f"/tiski/lainaajat/{person_id}") if person_id and name else name


def _tell_loans(found: Sequence[Found[Any]]) -> Iterator[Row]:
    signs = goods.signs_of(row.item_id for row in found)
    for row in found:
        state = _(STATES[_state_of_loan(row)][0])
        back = _(BACK[row.condition_back]) if row.condition_back else None
        what = [name_of(row), row.size, signs.get(row.item_id), row.for_name]
        sort = _("Unit") if row.unit_id else _("Person")
        yield [*what, sort, row.handed_out_at, row.due_on, row.returned_at, state, back, row.site]


LOANS = Ledger(
    key="loans",
    url="/lainat",
    title=N_("Loans"),
    empty=N_("No loan is like this."),
    days=N_("Due day"),
    right=Right.LISTS,
    states={
        "lainassa": N_("On loan now"),
        "myohassa": N_("Late"),
        "palautettu": N_("Returned"),
        "kaikki": N_("All"),
    },
    columns=[N_("For whom"), N_("Lent"), N_("Due day"), N_("Site")],
    headers=[
        N_("Item"),
        N_("Size"),
        N_("Code"),
        N_("For whom"),
        N_("Borrower"),
        N_("Lent"),
        N_("Due day"),
        N_("Returned"),
        N_("State"),
        N_("Condition"),
        N_("Site"),
    ],
    find=find_loans,
    shown=_show_loans,
    told=_tell_loans,
)


# Reservations


def find_reservations(asked: Asked, most: int) -> Sequence[Reservation]:
    """Return reservations: those that wait by their first day, others the newest first."""
    wanted = queries.whole().where(*on_days(Reservation.first_day, asked))
    if asked.site_id is not None:
        wanted = wanted.where(Reservation.site_id == asked.site_id)
    if asked.state in ENDED:
        ended = and_(Line.reservation_id == Reservation.id, Line.ended_as.in_(ENDED[asked.state]))
        wanted = wanted.where(exists(select(Line.id).where(ended).correlate(Reservation)))
    if asked.state in ENDED or asked.state == "kaikki":
        return session.scalars(newest_first(wanted, Reservation.id, asked).limit(most)).all()
    open_ones = select(Line.reservation_id).where(Line.ended_at.is_(None))
    wanted = wanted.where(Reservation.id.in_(open_ones), Reservation.last_day >= clock.today())
    is_unconfirmed = Reservation.browser_hash.is_not(None)
    wanted = wanted.where(is_unconfirmed if asked.state == "vahvistamatta" else ~is_unconfirmed)
    if asked.after_id is not None:
        last = select(Reservation.first_day, Reservation.id).where(Reservation.id == asked.after_id)
        wanted = wanted.where(
            tuple_(Reservation.first_day, Reservation.id) > last.scalar_subquery()
        )
    ordered = wanted.order_by(Reservation.first_day, Reservation.id)
    return session.scalars(ordered.limit(most)).all()


ENDED: Mapping[str, Sequence[str]] = {
    "haettu": ("fetched",),
    "peruttu": ("cancelled",),
    "hakematta": ("expired", "thing_removed"),
}


def _states(found: Sequence[Reservation]) -> Mapping[int, str]:
    """Return the state of each: that of the line which needs something done soonest."""
    today = clock.today()
    loans = queries.loans_by_line(line.id for one in found for line in one.lines)
    return {
        one.id: min(
            (state_of(line, loans.get(line.id), one, today) for line in one.lines),
            key=URGENT.index,
        )
        for one in found
    }


def _things(one: Reservation) -> str:
    """Write what is reserved: alike things once, with their number."""
    lines = sorted(one.lines, key=lambda line: line.id)
    names = [sized(name_of(line.kind), line.size) for line in lines]
    return ", ".join(times(names.count(name), name) for name in dict.fromkeys(names))


def _show_reservations(found: Sequence[Reservation]) -> list[Shown]:
    states = _states(found)
    return [_show_reservation(one, states[one.id]) for one in found]


def _show_reservation(one: Reservation, state: str) -> Shown:
    words, tone = _words(one, state)
    return {
        "name": _things(one),
        "url": f"/tiski/varaukset/{one.id}",
        "code": None,
        "label": words,
        "tone": tone,
        "cells": [
            _who(one.for_name, one.person_id),
            days(one.first_day, one.last_day),
            one.site.name,
        ],
    }


def _words(one: Reservation, state: str) -> tuple[str, str]:
    if one.is_unconfirmed and state in {"coming", "ready"}:
        return _("Not confirmed"), "none"
    words, tone = STATES[state]
    return _(words), tone


def _tell_reservations(found: Sequence[Reservation]) -> Iterator[Row]:
    states = _states(found)
    for one in found:
        sort = _("Unit") if one.unit_id else _("Person")
        state, _tone = _words(one, states[one.id])
        what: list[Cell] = [_things(one), len(one.lines), one.for_name, sort]
        yield [*what, one.first_day, one.last_day, state, one.site.name, one.made_at]


RESERVATIONS = Ledger(
    key="reservations",
    url="/varaukset",
    title=N_("Reservations"),
    empty=N_("No reservation is like this."),
    days=N_("First day"),
    right=Right.LISTS,
    states={
        "odottaa": N_("Waits to be picked up"),
        "vahvistamatta": N_("Not confirmed"),
        "haettu": N_("Picked up"),
        "peruttu": N_("Cancelled"),
        "hakematta": N_("Not picked up"),
        "kaikki": N_("All"),
    },
    columns=[N_("For whom"), N_("Days"), N_("Site")],
    headers=[
        N_("Items"),
        N_("How many"),
        N_("For whom"),
        N_("Borrower"),
        N_("First day"),
        N_("Last day"),
        N_("State"),
        N_("Site"),
        N_("Reserved at"),
    ],
    find=find_reservations,
    shown=_show_reservations,
    told=_tell_reservations,
)

ledger.offer(bp, LOANS)
ledger.offer(bp, RESERVATIONS)
