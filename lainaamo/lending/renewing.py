"""Renewing loans: a later due day where nobody waits, else every reason why not."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.goods import actions as goods
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.availability import Fixed, Stock, pack
from lainaamo.goods.models import Item, Use
from lainaamo.goods.opening import Opening
from lainaamo.lending import actions, queries, rules
from lainaamo.lending.models import Line, Loan, Renewal
from lainaamo.lending.rules import Terms

RETURNED = Refusal(N_("The thing has come back already."), code="returned")


class Outlook(NamedTuple):
    """Until when a loan could be renewed, and every reason why not; one of the two is empty."""

    due_on: date | None
    reasons: Sequence[Refusal]


class Result(NamedTuple):
    """What became of one loan when several were to be renewed."""

    loan: Loan
    refusal: Refusal | None


def renew(loan_id: int, *, seen: date | None = None) -> Loan:
    """Let somebody keep a thing for longer, to the last open day that fits.

    `seen` is the due day that was shown: who presses twice, in two windows too, renews once.
    Refused with every reason at once.
    """
    loan = session.get_one(Loan, loan_id)
    if loan.person_id is not None:
        actions.lock_people([loan.person_id])
    goods.hold_site(loan.site_id)
    goods.lock_kinds([_item(loan).kind_id])
    session.refresh(loan, with_for_update=True)
    if seen is not None and seen != loan.due_on and loan.returned_at is None:
        return loan
    found = outlook(loan)
    if found.due_on is None:
        raise _refusal(loan, found.reasons)
    _move_on(loan, found.due_on)
    return loan


def renew_all(
    loans: Iterable[Loan], *, seen: Mapping[int, date | None] | None = None
) -> list[Result]:
    """Renew what can be renewed and say of each what became of it; `seen` as `renew` has it."""
    every = sorted(loans, key=lambda loan: loan.id)
    actions.lock_people(one.person_id for one in every if one.person_id is not None)
    for site_id in sorted({one.site_id for one in every}):
        goods.hold_site(site_id)
    goods.lock_kinds(_item(one).kind_id for one in every)
    return [_tried(one, (seen or {}).get(one.id)) for one in every]


def _tried(loan: Loan, seen: date | None) -> Result:
    try:
        return Result(renew(loan.id, seen=seen), None)
    except Refusal as refusal:
        return Result(loan, refusal)


def _item(loan: Loan) -> Item:
    return session.get_one(Item, loan.item_id)


def outlook(loan: Loan) -> Outlook:
    """Tell until when a loan can be renewed now, or why not."""
    if loan.returned_at is not None:
        return Outlook(None, [RETURNED])
    item = _item(loan)
    terms = _terms_of(loan, item)
    opening = goods_queries.opening(loan.site_id)
    days = rules.renewed_days(
        loan.due_on,
        clock.local(loan.handed_out_at).date(),
        today=clock.today(),
        opening=opening,
        terms=terms,
    )
    # With no day left to ask about, the next one tells whether somebody waits as well.
    asked = days or [max(loan.due_on, clock.today())]
    due_on = next(_free_days(loan, item, asked, opening, terms), None)
    reasons = [*_waited_for(due_on), *_at_end(loan, days, terms), *_blocked(loan)]
    return Outlook(None if reasons else due_on, reasons)


def _terms_of(loan: Loan, item: Item) -> Terms:
    """Return the terms on which who has a thing may keep it."""
    category, group = (
        actions.get_lendable(item.kind_id).category_id,
        queries.group_of(loan.person_id, loan.unit_id),
    )
    return queries.terms_of(category, kind_id=item.kind_id, group=group)


def _waited_for(due_on: date | None) -> Sequence[Refusal]:
    words = N_("Somebody else waits for it.")
    return [] if due_on is not None else [Refusal(words, code="someone_waits")]


def _at_end(loan: Loan, days: Sequence[date], terms: Terms) -> Sequence[Refusal]:
    """Return why the terms let it be kept no longer."""
    if not terms.renewals:
        return [Refusal(N_("Loans of these are not renewed."), code="longest_reached")]
    times = queries.count_renewals(loan.id)
    if times >= terms.renewals:
        words = N_("It can be renewed %(times)d times at most.")
        return [Refusal(words, code="longest_reached", times=terms.renewals)]
    if not days:
        words = N_("It can be kept for %(days)d days at most.")
        return [Refusal(words, code="longest_reached", days=terms.longest_days)]
    return []


def _blocked(loan: Loan) -> Sequence[Refusal]:
    until = queries.blocked_until(loan.person_id)
    words = N_("You cannot borrow until %(day)s.")
    return [Refusal(words, code="blocked", day=until)] if until is not None else []


def _free_days(
    loan: Loan, item: Item, days: Sequence[date], opening: Opening, terms: Terms
) -> Iterator[date]:
    """Yield those of these due days that take the thing from nobody: promised, or in line for it.

    Whoever is promised one must still find a thing. Nobody who waits in line for one like this must
    wait because it is kept.
    """
    stock = goods_queries.stock(item.kind_id)
    # While it is late it counts as taken for good; asked is what is so if it is due again.
    others = replace(stock, fixed=[one for one in stock.fixed if not _is_of(one, loan)])
    promised = set(pack(others) or {})
    waited = _waited_from(item, loan)
    for day in days:
        until = rules.taken_until(day, opening=opening, terms=terms)
        kept = Fixed(item.id, clock.today(), until)
        if (waited is None or until < waited) and promised <= _placed(others, kept):
            yield day


def _placed(stock: Stock, kept: Fixed) -> set[int]:
    return set(pack(replace(stock, fixed=[*stock.fixed, kept])) or {})


def _is_of(row: Fixed, loan: Loan) -> bool:
    return row.thing_id == loan.item_id and row.first_day <= clock.today()


def _waited_from(item: Item, loan: Loan) -> date | None:
    """Return the first day from which somebody in line would take this very thing."""
    line = queries.line_of([item.kind_id])
    blocked = queries.blocked_people(wait.person_id for wait in line)
    fits = (
        max(wait.first_day, clock.today())
        for wait in line
        if wait.site_id == loan.site_id
        and wait.size in {None, item.size}
        and wait.person_id not in blocked
    )
    return min(fits, default=None)


def _refusal(loan: Loan, reasons: Sequence[Refusal]) -> Refusal:
    if loan.returned_at is not None:
        return reasons[0]
    if loan.due_on < clock.today():
        words = N_("The loan cannot be renewed. %(reasons)s Bring it back as soon as you can.")
    else:
        words = N_("The loan cannot be renewed. %(reasons)s You can keep it until %(due_on)s.")
    return Refusal(words, code=reasons[0].code, reasons=tuple(reasons), due_on=loan.due_on)


def _move_on(loan: Loan, due_on: date) -> None:
    was, item = loan.due_on, _item(loan)
    terms = _terms_of(loan, item)
    opening = goods_queries.opening(loan.site_id)
    use = session.get_one(Use, loan.use_id)
    goods.keep_longer(use, rules.taken_until(due_on, opening=opening, terms=terms), due_on=due_on)
    loan.due_on = due_on
    session.add(Renewal(loan_id=loan.id, was_due_on=was, due_on=due_on, made_at=clock.now()))
    session.flush()
    journal.write("loan.renewed", "item", item.id, loan=loan.id, was=was, due_on=due_on)


def open_loans(person_id: int) -> Sequence[Loan]:
    """Return what somebody has out, by the day it is due."""
    mine = select(Loan).where(Loan.person_id == person_id, Loan.returned_at.is_(None))
    return session.scalars(mine.order_by(Loan.due_on, Loan.id)).all()


def open_loans_of_reservation(reservation_id: int) -> Sequence[Loan]:
    """Return what is out of a reservation."""
    out = select(Loan).join(Loan.line).where(Loan.returned_at.is_(None))
    mine = out.where(Line.reservation_id == reservation_id)
    return session.scalars(mine.order_by(Loan.due_on, Loan.id)).all()
