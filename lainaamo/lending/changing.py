"""Changing a reservation's days and sizes: the new promise comes first, or the old one stays."""

from collections.abc import Mapping, Sequence
from datetime import date

from lainaamo.core import clock, journal, outbox
from lainaamo.core.db import session
from lainaamo.goods import actions as goods
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.availability import Stock
from lainaamo.goods.models import Use
from lainaamo.lending import actions, ahead, new_days, rules
from lainaamo.lending.actions import Asked
from lainaamo.lending.models import Reservation


def change(
    made: Reservation, *, first_day: date, last_day: date, sizes: Mapping[int, str | None]
) -> None:
    """Promise the things for other days or in other sizes (by line); the pickup code stays.

    All of it or nothing: where it is refused the transaction takes the old promise back. Who has a
    borrowing block keeps what was promised, or cancels it, and is promised no more.
    """
    goods.hold_site(made.site_id)
    actions.lock_reservation(made)
    endings = [line.ended_as for line in made.lines]
    rules.check_changeable(endings, is_unconfirmed=made.is_unconfirmed)
    actions.check_may_reserve(made.person_id, site_id=made.site_id)
    if first_day != made.first_day:
        made.pick_up_by = None  # other days are free for all who ask: no turn any more
    # Who was to fetch it yesterday may still come today and keep it longer.
    first_day = max(first_day, clock.today()) if first_day == made.first_day else first_day
    _promise_again(made, first_day, last_day, sizes)
    made.first_day, made.last_day = first_day, last_day
    days = {"first_day": first_day, "last_day": last_day}
    journal.write("reservation.changed", "reservation", made.id, **days)
    once = f"{made.id}:{clock.now().timestamp()}"
    outbox.promise("reservation.changed", once, reservation=made.id)


def _promise_again(
    made: Reservation, first_day: date, last_day: date, sizes: Mapping[int, str | None]
) -> None:
    opening = goods_queries.opening(made.site_id)
    lines = sorted(made.lines, key=lambda line: line.id)
    wanted = [
        actions.wish(
            Asked(line.kind_id, sizes.get(line.id, line.size)),
            made.site_id,
            first_day,
            last_day,
            opening,
        )
        for line in lines
    ]
    before = [session.get_one(Use, line.use_id) for line in lines]
    there = _stocks_without(before)
    goods.set_free(before)
    uses = goods.promise(wanted, there)
    if uses is None:
        raise actions.not_free(wanted, last_day, opening, there)
    for line, use in zip(lines, uses, strict=True):
        line.use_id, line.size, line.pulled_at = use.id, use.size, None
    goods.forget(use.id for use in before)


def _stocks_without(uses: Sequence[Use]) -> Mapping[int, Stock]:
    """Return what there is without these promises, whose days those in line did not reckon with."""
    own = {use.id for use in uses}
    stocks = ahead.stocks({use.kind_id for use in uses})
    return {one: new_days.without(stock, own) for one, stock in stocks.items()}
