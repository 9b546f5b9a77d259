"""The verbs of the desk: what one scan or one tap does, on top of lending and goods."""

from datetime import date

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.desk import queries, rules
from lainaamo.goods import actions as goods
from lainaamo.goods import freed
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.in_hand import InHand
from lainaamo.goods.models import Item, Place
from lainaamo.lending import actions as lending
from lainaamo.lending import checks, stands, undo
from lainaamo.lending import queries as lending_queries
from lainaamo.lending.actions import Borrower
from lainaamo.lending.models import RETURNS, Line, Loan
from lainaamo.procurement import actions as procurement
from lainaamo.procurement import queries as procurement_queries

NEEDS = ("repair", "clean", "part", "dry")


def take_back_if_out(thing: InHand) -> bool:
    """End a thing's loan if it is lent; whoever scans it a moment later finds it taken back."""
    goods.lock_kinds([thing.kind_id])
    with undo.kept(thing.id, "taken_back") as act:
        loan_id = act.before["loan"]
        if loan_id is not None:
            back = lending.end_loan(thing, loan_id)
            act.after = stands.taken_back(act.before, rest=back.rest, check=back.check)
        else:
            act.after = act.before
    return loan_id is not None


def mark_condition(loan: Loan, condition: str) -> None:
    """Say how a thing came back; see lending.mark_condition. A thing lent again is refused."""
    item = goods_queries.get_item(loan.item_id)
    goods.lock_kinds([item.kind_id])
    if condition not in RETURNS:
        raise Refusal(N_("Choose the condition from the four buttons."), code="no_such_condition")
    if lending_queries.find_open_loan(item.id) is not None:
        words = N_("This thing is lent. Take it back first, then say its condition.")
        raise Refusal(words, code="on_loan")
    with undo.kept(item.id, "condition"):
        lending.mark_condition(loan, condition)


def hand_out_to_line(thing: InHand, line_id: int, *, override: str | None = None) -> int:
    """Give a thing to whom a reservation's line is for, until the reservation's last day.

    Returns the loan's id.
    """
    line = queries.get_line(line_id)
    if line.kind_id != thing.kind_id:
        words = N_("This is another thing than the one reserved. Scan the right one.")
        raise Refusal(words, code="other_kind")
    reservation = queries.get_reservation(line.reservation_id)
    borrower = Borrower(reservation.for_name, reservation.person_id, reservation.unit_id)
    due_on = max(reservation.last_day, clock.today())
    return lend(thing, borrower, due_on=due_on, line=line, override=override)


def lend(
    thing: InHand,
    borrower: Borrower,
    *,
    due_on: date,
    line: Line | None = None,
    override: str | None = None,
) -> int:
    """Hand a thing out as `lending.lend` does, under its locks, and remember how it stood."""
    lending.lock_for(borrower, thing)
    with undo.kept(thing.id, "handed_out") as act:
        loan_id = lending.lend(
            thing, borrower, before=act.before, due_on=due_on, line=line, override=override
        )
        act.after = stands.lent(act.before, loan_id)
    return loan_id


def hand_out_to(
    thing: InHand, borrower: Borrower, *, due_on: date, override: str | None = None
) -> int:
    """Give a thing to somebody without a reservation; `override` says why against the terms.

    Returns the loan's id.
    """
    opening = goods_queries.opening(thing.site_id)
    terms = lending.terms_for(thing, borrower)
    if override is None:
        rules.check_due_on(due_on, today=clock.today(), opening=opening, terms=terms)
    else:
        rules.check_not_past(due_on, today=clock.today())
    return lend(thing, borrower, due_on=due_on, override=override)


def hand_over_to_unit(item: Item, claim_id: int, number: int, *, person_id: int) -> None:
    """Let a unit take pieces of this very lot that it booked."""
    if procurement_queries.get_claim(claim_id).item_id != item.id:
        words = N_("This is another thing than the one reserved. Scan the right one.")
        raise Refusal(words, code="other_kind")
    procurement.hand_over(claim_id, number, person_id=person_id)


def recount(item: Item, number: int) -> None:
    """Say how many pieces a lot has; those booked for units stay booked."""
    if item.kind.pool != "reuse":
        words = N_("This is one thing. Only goods for reuse are counted in pieces.")
        raise Refusal(words, code="not_a_lot")
    goods.recount(goods.lock_item(item.id), number)


def shelve(thing: InHand, place: Place) -> bool:
    """Put a thing on a shelf; tell whether it was put there now, not before.

    A thing that is lent, or gone, is refused.
    """
    goods.lock_kinds([thing.kind_id])
    with undo.kept(thing.id, "shelved") as act:
        before = act.before
        if before["loan"] is not None:
            raise lending.ON_LOAN
        if before["left"] is not None:
            raise Refusal(N_("This thing has left the house. Put it aside and ask."), code="left")
        act.after = stands.shelved(before, place=place.id, site=place.site_id)
        if act.after != before:
            goods.put(thing.id, place)
        if act.after["site"] != before["site"]:
            freed.note(thing.kind_id)
    return act.after != before


def send_to_repair(item: Item, need: str) -> None:
    """Take a thing out of circulation; one that is in repair already stays as it is."""
    goods.lock_kinds([item.kind_id])
    if need not in NEEDS:
        raise Refusal(N_("Choose what the thing needs."), code="no_such_need")
    if lending_queries.find_open_loan(item.id) is not None:
        raise Refusal(N_("This thing is lent. Take it back first."), code="on_loan")
    if item.left_at is not None:
        raise Refusal(N_("This thing has left the house. Put it aside and ask."), code="left")
    if goods_queries.find_open_repair(item.id) is None:
        with undo.kept(item.id, "to_repair"):
            if need == "dry":
                goods.hold_to_look(InHand.of(item), need)
            else:
                goods.open_repair(item, need)


def mend(item: Item) -> None:
    """Put a thing back into circulation; one that is in order stays as it is."""
    goods.lock_kinds([item.kind_id])
    repair = goods_queries.find_open_repair(item.id)
    if repair is None:
        return
    if repair.need == checks.CHECK:
        pass_check(item)
        return
    with undo.kept(item.id, "mended"):
        goods.close_repair(repair)
        checks.open_again(item)


def pass_check(item: Item) -> None:
    """Say that a thing was looked at and is safe; one that waits for nothing stays as it is.

    Refused of what is too old or stopped.
    """
    goods.lock_kinds([item.kind_id])
    if checks.find_open(item.id) is None:
        return
    against = set(checks.reasons_to_withdraw(item)) & {checks.AGE, checks.STOP}
    if against:
        words = N_("This may not be used any more. Take it out of use.")
        raise Refusal(words, code="not_safe")
    with undo.kept(item.id, "mended"):
        checks.pass_check(item)


def say_it_fell(item: Item) -> bool:
    """Say that a thing fell or was hit; see lending.checks.fell. Tell whether it left the house."""
    goods.lock_kinds([item.kind_id])
    with undo.kept(item.id, "condition"):
        return checks.fell(item)


def withdraw(item: Item, why: str) -> None:
    """Take a thing out of use for good; one that has left stays as it is."""
    goods.lock_kinds([item.kind_id])
    if item.left_at is None:
        with undo.kept(item.id, "condition"):
            checks.withdraw(item, why)


def tell_part(item: Item, part_id: int, *, is_missing: bool) -> None:
    """Say that a part is missing, or is there again; with its last part a thing is whole."""
    goods.lock_kinds([item.kind_id])
    part = goods_queries.get_part(item.id, part_id)
    if is_missing == (part.missing_since is not None):
        return
    with undo.kept(item.id, "parts"):
        part.missing_since = clock.today() if is_missing else None
        verb = "part.missing" if is_missing else "part.found"
        journal.write(verb, "item", item.id, part=part.id)
        session.flush()
        repair = goods_queries.find_open_repair(item.id)
        is_whole = all(one.missing_since is None for one in goods_queries.parts_of(item.id))
        if is_whole and repair is not None and repair.need == "part":
            goods.close_repair(repair)


def find_again(item: Item) -> None:
    """Let a thing that was lost be in the house again; one that left otherwise is refused."""
    goods.lock_kinds([item.kind_id])
    if item.left_as != "lost" or item.kind.pool != "lendable":
        raise Refusal(N_("This thing has left the house. Put it aside and ask."), code="left")
    with undo.kept(item.id, "found"):
        item.left_at = item.left_as = None
        freed.note(item.kind_id)
        journal.write("item.found", "item", item.id)
