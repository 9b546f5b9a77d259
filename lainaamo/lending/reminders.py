"""Who is reminded of what is due: a promise for each person and day, decided when it goes out."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from lainaamo.core import clock, outbox, quiet
from lainaamo.core.db import session, transaction
from lainaamo.lending import queries
from lainaamo.lending.models import Loan, Reservation
from lainaamo.people.models import Person

LOANS, PICKUPS = "loan.reminder", "reservation.reminder"
USUAL = (-1, 0, 1, 7, 14, 28)
EARLIEST, LATEST, MOST_STEPS = -14, 365, 12
CAUGHT_UP = 7
"""For so many days that no worker was there it is still told what should have been told then."""
AT_ONCE = 500


class Day(NamedTuple):
    """For which day somebody is reminded, and since when nobody was."""

    day: date
    since: date

    def due_days(self, steps: Iterable[int]) -> frozenset[date]:
        """Return the due days that these steps (days after the due day) lead to."""
        number = (self.day - self.since).days
        passed = [self.since + timedelta(one) for one in range(number + 1)]
        return frozenset(day - timedelta(step) for day in passed for step in steps)


def read_steps(text: str) -> tuple[int, ...] | None:
    """Read "-1 0 1 7": days after the due day, those before it below nought; None: unreadable."""
    words = text.replace(",", " ").replace("−", "-").split()  # noqa: RUF001 - a minus sign that people paste
    if len(words) > MOST_STEPS or not all(_is_number(word) for word in words):
        return None
    steps = sorted({int(word) for word in words})
    return tuple(steps) if all(EARLIEST <= one <= LATEST for one in steps) else None


def _is_number(word: str) -> bool:
    digits = word.removeprefix("-").removeprefix("+")
    return digits.isascii() and digits.isdigit() and len(digits) <= len(str(LATEST))


def day_of(done_at: object) -> Day:
    """Return the day to remind for, and the first one that was missed before it."""
    today = clock.today()
    if done_at is None or not hasattr(done_at, "astimezone"):
        return Day(today, today)
    last = clock.local(done_at).date()  # type: ignore[arg-type]  # a moment, as asked above
    since = max(last + timedelta(1), today - timedelta(CAUGHT_UP))
    return Day(today, min(since, today))


def promise_all(day: Day, steps: Sequence[int]) -> int:
    """Promise each person one message for all that is due; twice, or after a stop, is once.

    So many in one transaction, so that nobody waits for all of them.
    """
    made = 0
    for kind, people in ((LOANS, _borrowers(day, steps)), (PICKUPS, _fetchers(day))):
        for first in range(0, len(people), AT_ONCE):
            with transaction():
                made += sum(_promise(kind, one, day) for one in people[first : first + AT_ONCE])
    return made


def _promise(kind: str, person_id: int, day: Day) -> bool:
    due_at, once = quiet.first_loud(clock.now()), f"{person_id}:{day.day}"
    told: dict[str, Any] = {"person": person_id, "day": str(day.day), "since": str(day.since)}
    return outbox.promise(kind, once, due_at=due_at, **told)


def _borrowers(day: Day, steps: Sequence[int]) -> Sequence[int]:
    due = Loan.due_on.in_(day.due_days(steps))
    out = (Loan.returned_at.is_(None), due, Loan.handed_out_at < clock.day_start(day.day))
    return _reached(select(Loan.person_id).where(*out))


def _fetchers(day: Day) -> Sequence[int]:
    """Return who has something to fetch tomorrow, or on the last day that it is kept."""
    tomorrow = day.day + timedelta(1)
    soon = or_(Reservation.first_day == tomorrow, Reservation.pick_up_by == day.day)
    made = (soon, Reservation.browser_hash.is_(None), queries.waits_to_be_fetched())
    before = Reservation.made_at < clock.day_start(day.day)
    return _reached(select(Reservation.person_id).where(*made, before))


def _reached(ids: object) -> Sequence[int]:
    known = or_(Person.email.is_not(None), Person.phone.is_not(None))
    wanted = select(Person.id).where(Person.id.in_(ids), Person.left_at.is_(None), known)  # type: ignore[arg-type]  # a select of ids
    return session.scalars(wanted.order_by(Person.id)).all()


def put_off(kind: str, person_id: int, day: Day) -> bool:
    """Let the message of a day that is over be today's, of which there is one; tell whether it is.

    It opens its own transaction.
    """
    today = clock.today()
    if day.day >= today:
        return False
    with transaction():
        _promise(kind, person_id, Day(today, max(day.since, today - timedelta(CAUGHT_UP))))
    return True


def loans_to_name(person_id: int, day: Day, steps: Sequence[int]) -> Sequence[Loan]:
    """Return all that somebody should bring back now; nothing where no step fell on that day.

    It is asked when the message goes: what came back or was renewed meanwhile is not named.
    """
    ahead = max(0, -min(steps, default=0))
    latest = clock.today() + timedelta(ahead)
    out = (Loan.person_id == person_id, Loan.returned_at.is_(None), Loan.due_on <= latest)
    loans = session.scalars(select(Loan).where(*out).order_by(Loan.due_on, Loan.id)).all()
    wanted = day.due_days(steps)
    return loans if any(loan.due_on in wanted for loan in loans) else []


def pickups_to_name(person_id: int) -> Sequence[Reservation]:
    """Return what waits for somebody today or from tomorrow on."""
    tomorrow = clock.today() + timedelta(1)
    mine = (Reservation.person_id == person_id, Reservation.browser_hash.is_(None))
    now = (Reservation.first_day <= tomorrow, Reservation.last_day >= clock.today())
    wanted = queries.whole().where(*mine, *now, queries.waits_to_be_fetched())
    return session.scalars(wanted.order_by(Reservation.first_day, Reservation.id)).all()
