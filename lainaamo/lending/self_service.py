"""Fetching and bringing back without the staff, where a site allows it: a thing and a pickup code.

Whoever has the code of a reservation takes what is reserved, and brings it back. What came back so
waits to be looked at by the staff before it goes to the next one.
"""

from collections.abc import Mapping
from datetime import time
from typing import NamedTuple

from sqlalchemy import delete, select

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import hours
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area
from lainaamo.goods import actions as goods
from lainaamo.goods.in_hand import InHand
from lainaamo.goods.models import Item
from lainaamo.lending import actions, checks, queries
from lainaamo.lending.actions import Borrower
from lainaamo.lending.models import Line, Loan, Reservation, SelfService

NOT_YOURS = Refusal(
    N_("There is no reservation of this thing with this code. Look at the code again, or call us."),
    code="not_yours",
)


class Span(NamedTuple):
    """Between which times of a day a site is open for this."""

    opens: time
    closes: time


# Where and when


@once_per_change(Area.HOUSE)
def spans() -> Mapping[int, Span]:
    """Return the sites where people do it by themselves."""
    rows = session.execute(select(SelfService.site_id, SelfService.opens, SelfService.closes))
    return {site_id: Span(opens, closes) for site_id, opens, closes in rows}


def is_open(site_id: int) -> bool:
    """Tell whether people may fetch and bring back by themselves at a site now."""
    span, now = spans().get(site_id), clock.local(clock.now()).time()
    return span is not None and span.opens <= now < span.closes


def check_open(site_id: int) -> None:
    """Refuse where the staff do it, and at night."""
    span = spans().get(site_id)
    if span is None:
        raise Refusal(
            N_("Here the staff do it. Come when the desk is open."), code="no_self_service"
        )
    if not is_open(site_id):
        words = N_("You can do this by yourself %(hours)s. Come back then.")
        raise Refusal(words, code="not_now", hours=hours(span.opens, span.closes))


def allow(site_id: int, span: Span) -> None:
    """Let people do it by themselves at a site, between two times of each day."""
    if span.closes <= span.opens:
        raise Refusal(N_("The closing time is before the opening time."), code="hours_in_order")
    session.execute(delete(SelfService).where(SelfService.site_id == site_id))
    session.add(SelfService(site_id=site_id, opens=span.opens, closes=span.closes))
    facts = {"opens": f"{span.opens:%H:%M}", "closes": f"{span.closes:%H:%M}"}
    journal.write("self_service.allowed", "site", site_id, **facts)


def end(site_id: int) -> None:
    """Let the staff do it again; what is out comes back at the desk."""
    found = session.scalar(select(SelfService).where(SelfService.site_id == site_id))
    if found is not None:
        session.delete(found)
        journal.write("self_service.ended", "site", site_id)


# Fetching and bringing back


def fetch(item: Item, code: str) -> Loan:
    """Take a thing of one's own reservation; all that the desk would refuse is refused here."""
    check_open(item.site_id)
    goods.lock_kinds([item.kind_id])
    line = _line_of(item, code)
    if line is None:
        raise NOT_YOURS
    made = line.reservation
    borrower = Borrower(made.for_name, made.person_id, made.unit_id)
    due_on = max(made.last_day, clock.today())
    loan = actions.hand_out(item, borrower, due_on=due_on, line=line)
    journal.write("self_service.fetched", "item", item.id, loan=loan.id)
    return loan


def _line_of(item: Item, code: str) -> Line | None:
    """Return the line with this code that waits to be fetched here and that the thing does for."""
    until = clock.today()
    lines = queries.lines_to_hand_out(item.kind_id, size=item.size, until=until)
    return next((one for one in lines if _is_with(one.reservation, item, code)), None)


def _is_with(made: Reservation, item: Item, code: str) -> bool:
    is_here = made.site_id == item.site_id and not made.is_unconfirmed
    return is_here and made.pick_up_code == code


def bring_back(item: Item, code: str, *, person_id: int | None) -> None:
    """Bring a thing back: with its reservation's code, or as who borrowed it and has signed in."""
    check_open(item.site_id)
    goods.lock_kinds([item.kind_id])
    loan = queries.find_open_loan(item.id, lock=True)
    if loan is None:
        raise actions.NOT_OUT
    if (person_id is None or loan.person_id != person_id) and code != _code_of(loan):
        raise NOT_YOURS
    actions.take_back(item)
    if checks.find_open(item.id) is None:
        goods.hold_to_look(InHand.of(item), checks.CHECK)
    journal.write("self_service.returned", "item", item.id, loan=loan.id)


def _code_of(loan: Loan) -> str | None:
    """Return the code with which a loan was fetched; None of one without a reservation."""
    wanted = select(Reservation.pick_up_code).join(Line, Line.reservation_id == Reservation.id)
    return session.scalar(wanted.where(Line.id == loan.line_id)) if loan.line_id else None
