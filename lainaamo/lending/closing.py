"""Closing a site for some days: planned, held for a while, then applied and told, all at once."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, select

from lainaamo.core import clock, journal, outbox
from lainaamo.core.db import session
from lainaamo.core.errors import CONSTRAINTS, N_, Refusal
from lainaamo.goods import actions as goods
from lainaamo.goods import freed
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.actions import Wanted
from lainaamo.goods.models import DayException, Kind, Site, Use
from lainaamo.goods.opening import Opening
from lainaamo.lending import closing_plan, new_days, queries, rules
from lainaamo.lending.closing_plan import Days, Move, Plan
from lainaamo.lending.models import Closing, Loan, MovedDay, Reservation

MESSAGE = "closing.told"
HELD = timedelta(minutes=10)
"""How long a planned closing can be withdrawn before anything changes or anybody is told."""

CONSTRAINTS["uq_closing_held"] = Refusal(
    N_("Another closing of this place waits to be sent. Send or withdraw it first."),
    code="closing_held",
)


def days_of(closing: Closing) -> Days:
    """Return the days of a closing."""
    return Days(closing.site_id, closing.first_day, closing.last_day, closing.most_a_day)


def find_held(site_id: int) -> Closing | None:
    """Return the closing of a site that waits to be sent."""
    wanted = select(Closing).where(Closing.site_id == site_id, Closing.applied_at.is_(None))
    return session.scalar(wanted.where(Closing.withdrawn_at.is_(None)))


def last_applied(site_id: int, *, most: int = 3) -> Sequence[Closing]:
    """Return the closings of a site that were applied last."""
    wanted = select(Closing).where(Closing.site_id == site_id, Closing.applied_at.is_not(None))
    return session.scalars(wanted.order_by(Closing.id.desc()).limit(most)).all()


def moved(closing_id: int) -> Sequence[MovedDay]:
    """Return the days that a closing has moved."""
    wanted = select(MovedDay).where(MovedDay.closing_id == closing_id)
    return session.scalars(wanted.order_by(MovedDay.id)).all()


def hold(days: Days, *, reason: str | None) -> Closing:
    """Plan a closing: nothing changes and nobody is told before `HELD` is over."""
    _check(days)
    now = clock.now()
    made = Closing(
        site_id=days.site_id,
        first_day=days.first_day,
        last_day=days.last_day,
        most_a_day=days.most_a_day,
        reason=reason,
        made_at=now,
        send_at=now + HELD,
    )
    session.add(made)
    session.flush()
    facts = {"first_day": made.first_day, "last_day": made.last_day}
    journal.write("closing.planned", "closing", made.id, site=days.site_id, **facts)
    return made


def _check(days: Days) -> None:
    if days.first_day <= clock.today():
        words = N_(
            "The first closed day can be tomorrow at the soonest. Call those who come today."
        )
        raise Refusal(words, code="past")
    opening = goods_queries.opening(days.site_id)
    if not opening.open_days(days.first_day, days.last_day):
        raise Refusal(N_("The place is closed on these days already."), code="closed")


def withdraw(site_id: int) -> None:
    """Take a planned closing back; once it is applied it is too late."""
    made = _locked_held(site_id)
    made.withdrawn_at = clock.now()
    journal.write("closing.withdrawn", "closing", made.id)


def send_now(site_id: int) -> None:
    """Apply a planned closing without waiting longer."""
    apply(_locked_held(site_id).id)


def _locked_held(site_id: int) -> Closing:
    _lock_site(site_id)
    found = find_held(site_id)
    if found is None:
        raise Refusal(N_("It is sent already, or it was withdrawn."), code="over")
    return found


def _lock_site(site_id: int) -> None:
    """Make others wait who promise something there."""
    session.scalars(select(Site.id).where(Site.id == site_id).with_for_update()).one()


def due() -> Sequence[int]:
    """Return the closings whose time has come."""
    wanted = select(Closing.id).where(Closing.applied_at.is_(None), Closing.withdrawn_at.is_(None))
    return session.scalars(wanted.where(Closing.send_at <= clock.now()).order_by(Closing.id)).all()


def apply(closing_id: int) -> None:
    """Close the days, move what falls on them and promise each person one message; once."""
    closing = session.get_one(Closing, closing_id)
    _lock_site(closing.site_id)
    session.refresh(closing)
    if closing.applied_at is not None or closing.withdrawn_at is not None:
        return
    days = days_of(closing)
    # Whoever gives turns holds the kinds, not the site: nobody is given one on a closed day.
    kinds = closing_plan.kinds_of(days) | set(queries.kinds_waited_for(closing.site_id))
    goods.lock_kinds(kinds)
    found = closing_plan.plan(days, fresh=True)
    _close(closing)
    told: set[int] = set()
    for move in found.moves:
        day = _moved(move, found)
        told |= _written(closing, move, day)
    closing.applied_at = clock.now()
    freed.note(*kinds)
    for person_id in sorted(told):
        outbox.promise(MESSAGE, f"{closing.id}:{person_id}", closing=closing.id, person=person_id)
    facts = {"moved": len(found.moves), "told": len(told)}
    journal.write("closing.applied", "closing", closing.id, site=closing.site_id, **facts)


def _close(closing: Closing) -> None:
    days = days_of(closing).all()
    opening = goods_queries.opening(closing.site_id)
    shut = [day for day in days if opening.is_open(day)]
    here = (DayException.site_id == closing.site_id, DayException.day.in_(shut))
    session.execute(delete(DayException).where(*here))
    for day in shut:
        session.add(DayException(site_id=closing.site_id, day=day, reason=closing.reason))
    session.flush()


def _moved(move: Move, found: Plan) -> date | None:
    """Move a day, and return where it is now; None where somebody must be called."""
    if move.day is None:
        return None
    if move.loan is not None:
        _move_loan(move.loan, move.day)
    elif move.reservation is not None and not _move_reservation(move.reservation, found):
        return None
    return move.day


def _move_loan(loan: Loan, day: date) -> None:
    was, opening = loan.due_on, goods_queries.opening(loan.site_id)
    terms = queries.terms_of(loan.item.kind.category_id, kind_id=loan.item.kind_id)
    use = session.get_one(Use, loan.use_id)
    goods.keep_longer(use, rules.taken_until(day, opening=opening, terms=terms), due_on=day)
    loan.due_on = day
    session.flush()
    journal.write("loan.moved", "item", loan.item_id, loan=loan.id, was=was, due_on=day)


def _move_reservation(made: Reservation, found: Plan) -> bool:
    """Give a reservation its new days; False where its things cannot be had on them after all."""
    first, last, by = found.days_of(made)
    if (made.first_day, made.last_day, made.pick_up_by) == (first, last, by):
        return True
    try:
        with session.begin_nested():
            _promise_again(made, first, last)
    except Refusal:
        return False
    made.first_day, made.last_day, made.pick_up_by = first, last, by
    session.flush()
    days = {"first_day": first, "last_day": last}
    journal.write("reservation.moved", "reservation", made.id, **days)
    return True


def _promise_again(made: Reservation, first: date, last: date) -> None:
    lines = [line for line in sorted(made.lines, key=lambda one: one.id) if line.ended_at is None]
    opening = goods_queries.opening(made.site_id)
    before = [session.get_one(Use, line.use_id) for line in lines]
    wanted = [
        Wanted(
            line.kind_id,
            line.size,
            made.site_id,
            max(first, clock.today()),
            _until(last, line.kind, opening),
        )
        for line in lines
    ]
    own = {use.id for use in before}
    stocks = goods_queries.stocks({line.kind_id for line in lines})
    there = {one: new_days.without(stock, own) for one, stock in stocks.items()}
    goods.set_free(before)
    uses = goods.promise(wanted, there)
    if uses is None:
        raise goods.TAKEN
    for line, use in zip(lines, uses, strict=True):
        line.use_id, line.pulled_at = use.id, None
    goods.forget(own)


def _until(last: date, kind: Kind, opening: Opening) -> date:
    terms = queries.terms_of(kind.category_id, kind_id=kind.id)
    return rules.taken_until(last, opening=opening, terms=terms)


def _written(closing: Closing, move: Move, day: date | None) -> set[int]:
    """Keep what was moved, and return whom to tell."""
    session.add(
        MovedDay(
            closing_id=closing.id,
            loan_id=move.loan.id if move.loan else None,
            reservation_id=move.reservation.id if move.reservation else None,
            what=move.what,
            was_day=move.was_day,
            day=day,
        )
    )
    thing = move.loan or move.reservation
    return {thing.person_id} if thing is not None and thing.person_id is not None else set()
