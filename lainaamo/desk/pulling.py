"""Things pulled to the pickup shelf: they are free again when somebody has looked, not before.

A thing that was given without a scan is not on the shelf, though nothing says so. If its days ended
by the clock alone it would be promised to the next person, and would not be there.
"""

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.desk import actions
from lainaamo.desk.queries import get_line
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.in_hand import InHand
from lainaamo.goods.models import Use
from lainaamo.lending import actions as lending
from lainaamo.lending import queries
from lainaamo.lending.models import Line, Reservation


def pull(line_id: int) -> None:
    """Say that a reservation's thing lies on the pickup shelf now; twice is no harm.

    From now on it is this very thing, and it stays taken until it is fetched or put back.
    """
    line, made = _locked(line_id)
    _check_open(line)
    if line.pulled_at is not None:
        return
    use = session.get_one(Use, line.use_id)
    item = goods_queries.get_item(use.item_id, fresh=True)
    if queries.find_open_loan(item.id) is not None:
        raise lending.ON_LOAN
    use.movable, use.due_on = False, made.last_day
    line.pulled_at = clock.now()
    journal.write("reservation.pulled", "reservation", made.id, line=line.id, item=item.id)


def put_back(line_id: int) -> None:
    """Say that a thing is back on its own shelf; what nobody fetched in time ends, for the next."""
    line, made = _locked(line_id)
    if line.pulled_at is None:
        return
    line.pulled_at = None
    if line.ended_at is None:
        use = session.get_one(Use, line.use_id)
        use.movable, use.due_on = True, None
        if is_over(made):
            lending.end_line(line, "expired")
    journal.write("reservation.put_back", "reservation", made.id, line=line.id)


def was_fetched(line_id: int) -> None:
    """Hand out afterwards what was given without a scan."""
    line, _made = _locked(line_id)
    _check_open(line)
    item = goods_queries.get_item(session.get_one(Use, line.use_id).item_id, fresh=True)
    actions.hand_out_to_line(InHand.of(item), line.id)


def is_over(made: Reservation) -> bool:
    """Tell whether the days to fetch it are over."""
    return (made.pick_up_by or made.last_day) < clock.today()


def _locked(line_id: int) -> tuple[Line, Reservation]:
    line = get_line(line_id)
    made = queries.get_reservation(line.reservation_id)
    lending.lock_reservation(made)
    return line, made


def _check_open(line: Line) -> None:
    if line.ended_at is not None:
        words = N_("This reservation was fetched or cancelled already.")
        raise Refusal(words, code="over")
