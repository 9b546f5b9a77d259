"""Whatever is done in whatever order: nobody is passed, served twice, or waits in vain."""

import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.web import Lainaamo
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item, Kind
from lainaamo.lending import actions, ahead, queries, waiting
from lainaamo.lending.actions import Asked, Borrower
from lainaamo.lending.ahead import InLine, Turn
from lainaamo.lending.models import Line, Loan, Reservation, Wait
from lainaamo.upkeep import actions as upkeep
from tests.make import Make

MON = date(2026, 3, 2)
SIZES, STEPS, PEOPLE, THINGS = ("38", "40", None), 45, 8, 3
# Each takes two seconds: the long proofs go through many.
SEEDS = range(40 if os.environ.get("HYPOTHESIS_PROFILE") == "proof" else 1)
Act = Callable[[], None]


class Desk:
    """Does one thing after another, drawn from a seed; a refusal is an answer too."""

    def __init__(self, app: Lainaamo, make: Make, seed: int) -> None:
        self.app = app
        self.random = Random(seed)  # noqa: S311 - made-up acts, nothing secret
        self.kind: Kind = make.kind()
        self.site_id = make.site().id
        self.items = [make.item(self.kind, size=SIZES[n % 2]) for n in range(THINGS)]
        self.people = [make.person("resident") for _n in range(PEOPLE)]

    def do_something(self) -> None:
        acts: tuple[Act, ...] = (
            self.join,
            self.join,
            self.reserve,
            self.lend,
            self.take_back,
            self.take_back,
            self.cancel,
            self.leave,
        )
        with self.app.app_context():
            try:
                with transaction():
                    self.random.choice(acts)()
            except Refusal:
                return

    def _who(self) -> Borrower:
        one = self.random.choice(self.people)
        return Borrower(one.first_name, person_id=one.id)

    def join(self) -> None:
        asked = Asked(self.kind.id, self.random.choice(SIZES))
        first = clock.today() + timedelta(self.random.choice((0, 0, 0, 3)))
        days = self.random.choice((1, 7))
        waiting.join(asked, self._who(), site_id=self.site_id, first_day=first, days=days)

    def reserve(self) -> None:
        asked = [Asked(self.kind.id, self.random.choice(SIZES))]
        first = clock.today() + timedelta(self.random.randint(0, 4))
        days = {"first_day": first, "last_day": first + timedelta(self.random.randint(0, 5))}
        actions.reserve(asked, self._who(), site_id=self.site_id, **days)

    def _item(self) -> Item:
        return goods.get_item(self.random.choice(self.items).id)

    def lend(self) -> None:
        due = clock.today() + timedelta(self.random.randint(1, 8))
        actions.hand_out(self._item(), self._who(), due_on=due)

    def take_back(self) -> None:
        out = session.scalars(select(Loan.item_id).where(Loan.returned_at.is_(None))).all()
        if out:
            actions.take_back(goods.get_item(self.random.choice(out)))

    def cancel(self) -> None:
        promised = select(Reservation.id).where(Reservation.lines.any(Line.ended_at.is_(None)))
        found = session.scalars(promised).all()
        if found:
            actions.cancel(queries.get_reservation(self.random.choice(found)))

    def leave(self) -> None:
        line = queries.line_of([self.kind.id])
        if line:
            wait = self.random.choice(line)
            waiting.leave(wait.id, person_id=wait.person_id)

    def look(self) -> None:
        """Fail where somebody waits beside a free thing, was served twice, or has too much."""
        with self.app.app_context():
            idle = [one.id for one, turn in self.turns() if turn is not None and turn.is_now]
            assert idle == []
            served = session.scalars(select(Wait).where(Wait.ended_as == "served")).all()
            assert len({wait.reservation_id for wait in served}) == len(served)
            for person in self.people:
                assert queries.count_at_once(person.id, self.kind.category_id) <= 5

    def turns(self) -> list[tuple[InLine, Turn | None]]:
        """Return who stands in line, and when each would have a turn."""
        line = ahead.lines([self.kind.id]).get(self.kind.id, ())
        return list(zip(line, ahead.turns(goods.stock(self.kind.id), line), strict=True))

    def days(self) -> dict[int, date]:
        """Return when each in line would have a turn; at the end of time: nobody can tell."""
        with self.app.app_context():
            return {one.id: turn.first_day if turn else date.max for one, turn in self.turns()}

    def passed(self) -> int:
        """Count who was served after somebody behind with the very same wish."""
        with self.app.app_context():
            one, other = select(Wait).subquery(), select(Wait).subquery()
            same = [one.c[name] == other.c[name] for name in ("kind_id", "first_day", "days")]
            size = one.c.size.is_not_distinct_from(other.c.size)
            later = (one.c.position < other.c.position, one.c.joined_at <= other.c.joined_at)
            ends = (other.c.ended_as == "served", one.c.id < other.c.id)
            both = (one.c.ended_at.is_(None) | (one.c.ended_at > other.c.ended_at), *ends)
            counted = select(func.count()).select_from(one.join(other, size))
            return session.scalar(counted.where(*same, *later, *both)) or 0


@pytest.mark.parametrize("seed", SEEDS)
def test_the_line_keeps_its_word_whatever_is_done(app: Lainaamo, make: Make, seed: int) -> None:
    make.terms(days=7, longest_days=14, at_once=5)
    desk = Desk(app, make, seed)
    for number in range(STEPS):
        now = datetime(2026, 3, 2, 9, tzinfo=clock.HELSINKI) + timedelta(hours=3 * number)
        with clock.at(now):
            with app.app_context():
                upkeep.expire()
                upkeep.give_turns()
            before = desk.days()
            desk.do_something()
            after = desk.days()
            delayed = {one for one in after if after[one] > before.get(one, date.max)}
            assert not delayed, "somebody in line waits longer for what another did"
            desk.look()
            assert desk.passed() == 0
