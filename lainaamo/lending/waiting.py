"""Waiting in line for a kind or a size: joining, leaving, and what the staff may change of it."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, select

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.goods import actions as goods
from lainaamo.goods import freed
from lainaamo.goods import queries as goods_queries
from lainaamo.lending import actions, ahead, queries, rules, turns
from lainaamo.lending.actions import Asked, Borrower
from lainaamo.lending.models import Displacement, Wait

KEPT_DAYS = 90
"""How long a place is kept after its end, so that a question about it can be answered."""


def join(asked: Asked, borrower: Borrower, *, site_id: int, first_day: date, days: int) -> Wait:
    """Take a place at the end of the line; refused where one is free on the days wished.

    `days` are the calendar days of the loan after its first. Its person must be known: the place
    counts among what the person may have at once.
    """
    person_id = borrower.person_id
    if person_id is None:
        raise Refusal(N_("Only people wait in line, units do not."), code="no_person")
    actions.lock_people([person_id])
    actions.check_may_reserve(person_id, site_id=site_id)
    goods.hold_site(site_id)
    goods.lock_kinds([asked.kind_id])
    kind = actions.get_lendable(asked.kind_id)
    group = queries.group_of(person_id)
    terms = queries.terms_of(kind.category_id, kind_id=kind.id, group=group)
    actions.check_permit(person_id, terms, first_day)
    rules.check_can_wait(first_day, days, today=clock.today(), terms=terms)
    _check_size(asked, site_id)
    turns.give([kind.id])
    line = queries.line_of([kind.id], fresh=True)
    rules.check_line(len(line), terms=terms)
    _check_once(asked, borrower, line)
    has = queries.count_at_once(person_id, kind.category_id, kind_id=terms.of_kind)
    rules.check_at_once(has, 1, terms=terms)
    wait = Wait(
        person_id=person_id,
        kind_id=kind.id,
        site_id=site_id,
        size=asked.size,
        for_name=borrower.for_name,
        first_day=first_day,
        days=days,
        position=line[-1].position + 1 if line else 1,
        joined_at=clock.now(),
    )
    session.add(wait)
    session.flush()
    _check_nothing_free(kind.id, site_id)
    journal.write("queue.joined", "wait", wait.id, kind=kind.id, person=person_id)
    return wait


def _check_size(asked: Asked, site_id: int) -> None:
    """Refuse to wait where there is no such thing: nobody would ever be served."""
    sizes = {size for one, size in goods_queries.sizes_at(asked.kind_id) if one == site_id}
    if not sizes or (asked.size is not None and asked.size not in sizes):
        words = N_("There is nothing like this at this place. Choose another size or place.")
        raise Refusal(words, code="no_such_size")


def _check_once(asked: Asked, borrower: Borrower, line: Sequence[Wait]) -> None:
    mine = (borrower.person_id, asked.size, borrower.for_name)
    if any((one.person_id, one.size, one.for_name) == mine for one in line):
        words = N_("You wait for this already. You need not join again.")
        raise Refusal(words, code="waits_already")


def _check_nothing_free(kind_id: int, site_id: int) -> None:
    """Refuse who joined last where one is left, after all others in line, on the days wished."""
    if goods_queries.opening(site_id).next_open(clock.today()) is None:
        raise Refusal(N_("This place is closed for now. Call us."), code="closed")
    turn = ahead.turns(goods_queries.stock(kind_id), ahead.lines([kind_id])[kind_id])[-1]
    if turn is not None and turn.is_now:
        words = N_("One is free from %(first_day)s to %(last_day)s. Reserve it now.")
        facts = {"first_day": turn.first_day, "last_day": turn.last_day}
        raise Refusal(words, code="free", **facts)


def leave(wait_id: int, *, person_id: int) -> None:
    """Give one's own place up; another's is not found."""
    wait = _locked(queries.get_wait(wait_id, person_id=person_id))
    _end(wait, "left")
    journal.write("queue.left", "wait", wait.id)


def remove(wait_id: int, reason: str) -> None:
    """Take somebody out of the line, by the staff; why is kept in the journal."""
    rules.check_reason(reason, rules.REMOVALS)
    wait = _locked(queries.get_wait(wait_id))
    _end(wait, "removed")
    journal.write("queue.removed", "wait", wait.id, reason=reason)


def move(wait_id: int, place: int, reason: str) -> None:
    """Put somebody at another place of the kind's line, 1 is the first; why is kept."""
    rules.check_reason(reason, rules.MOVES)
    wait = _locked(queries.get_wait(wait_id))
    _check_waits(wait)
    line = list(queries.line_of([wait.kind_id], fresh=True))
    before = line.index(wait) + 1
    line.remove(wait)
    line.insert(max(place, 1) - 1, wait)
    for position, one in enumerate(line, start=1):
        one.position = position
    session.flush()
    freed.note(wait.kind_id)
    place = line.index(wait) + 1
    journal.write("queue.moved", "wait", wait.id, before=before, place=place, reason=reason)


def _locked(wait: Wait) -> Wait:
    goods.lock_kinds([wait.kind_id])
    session.refresh(wait)
    return wait


def _check_waits(wait: Wait) -> None:
    if wait.ended_at is not None:
        words = N_("This place in line is over: the thing was given, or the place was left.")
        raise Refusal(words, code="over")


def _end(wait: Wait, how: str) -> None:
    _check_waits(wait)
    wait.ended_at, wait.ended_as = clock.now(), how
    freed.note(wait.kind_id)  # the days that would have been the turn are those behind's


def end_if_over(wait_id: int) -> None:
    """End a place that has lasted too long, or whose person is here no more."""
    wait = _locked(session.get_one(Wait, wait_id))
    if wait.ended_at is None:
        _end(wait, "over")
        journal.write("queue.over", "wait", wait.id)


def forget_old() -> None:
    """Forget the places that ended long ago: nobody asks about them any more."""
    before = clock.now() - timedelta(days=KEPT_DAYS)
    old = select(Wait.id).where(Wait.ended_at < before)
    session.execute(delete(Displacement).where(Displacement.wait_id.in_(old)))
    session.execute(delete(Wait).where(Wait.ended_at < before))


def too_old() -> Sequence[int]:
    """Return the places to end: nobody waits for half a year in vain."""
    since = clock.now() - timedelta(days=rules.WAITS_DAYS)
    return [wait.id for wait in queries.long_waits(since)]
