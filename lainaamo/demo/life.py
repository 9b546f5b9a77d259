"""The months before today, played through the real verbs in the order of time."""

import heapq
import itertools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import select

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.errors import Refusal
from lainaamo.goods import actions as goods
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.models import Item, Place
from lainaamo.lending import actions as lending
from lainaamo.lending import checks
from lainaamo.lending import queries as lending_queries
from lainaamo.lending.actions import Asked, Borrower
from lainaamo.lending.models import Line, Loan

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Thing:
    """A lendable thing: where it is at home, for how many days it is lent, and in which months."""

    item_id: int
    kind_id: int
    category_id: int
    size: str | None
    site_id: int
    home_id: int
    loan_days: int
    longest_days: int
    months: frozenset[int]
    has_parts: bool


@dataclass(eq=False)
class Guest:
    """Somebody who borrows, known to the journal by an alias.

    `has` is what they have when: first day, last day, the categories.
    """

    borrower: Borrower
    alias: str
    has: list[tuple[date, date, set[int]]] = field(default_factory=list)


@dataclass
class Story:
    """Some things that one guest reserves or takes, and what becomes of them."""

    things: Sequence[Thing]
    guest: Guest
    first_day: date
    last_day: date
    reservation_id: int | None = None
    loan_ids: dict[int, int] = field(default_factory=dict)
    is_over: bool = False

    def reserve(self) -> None:
        """Promise the things."""
        made = lending.reserve(
            [Asked(thing.kind_id, thing.size) for thing in self.things],
            self.guest.borrower,
            site_id=self.things[0].site_id,
            first_day=self.first_day,
            last_day=self.last_day,
        )
        self.reservation_id = made.id

    def cancel(self) -> None:
        """Give the promise back."""
        lending.cancel(lending_queries.get_reservation(self.reservation_id or 0))

    def expire(self) -> None:
        """End what nobody fetched."""
        for line in self._lines():
            lending.expire(line)

    def fetch(self, count: int | None = None) -> None:
        """Hand the first things out, or all of them."""
        lines = self._lines()
        for number, thing in enumerate(self.things[:count]):
            item = goods_queries.get_item(thing.item_id)
            line = lines[number] if lines else None
            loan = lending.hand_out(item, self.guest.borrower, due_on=self.last_day, line=line)
            self.loan_ids[thing.item_id] = loan.id

    def bring_back(self) -> None:
        """Take the things back at the desk."""
        for thing in self.things:
            item = goods_queries.get_item(thing.item_id)
            lending.take_back(item)
            checks.pass_check(item)

    def mark(self, condition: str) -> None:
        """Say how the things came back; a missing part is the last of them."""
        for item_id, loan_id in self.loan_ids.items():
            loan = session.get_one(Loan, loan_id)
            lending.mark_condition(loan, condition)
            parts = goods_queries.parts_of(item_id)
            if condition == "part_missing" and parts:
                parts[-1].missing_since = clock.today()
                journal.write("part.missing", "item", item_id, part=parts[-1].id)

    def mend(self) -> None:
        """End the repairs, and find what was missing."""
        for thing in self.things:
            repair = goods_queries.find_open_repair(thing.item_id)
            if repair is not None:
                goods.close_repair(repair)
            for part in goods_queries.parts_of(thing.item_id):
                part.missing_since = None

    def shelve(self) -> None:
        """Put the things where they belong."""
        for thing in self.things:
            item = session.get_one(Item, thing.item_id)
            goods.shelve(item, session.get_one(Place, thing.home_id))

    def _lines(self) -> Sequence[Line]:
        wanted = select(Line).where(Line.reservation_id == self.reservation_id)
        return session.scalars(wanted.order_by(Line.id)).all()


class Tale(Protocol):
    """Something that goes on step by step, until it is over."""

    is_over: bool


class Life:
    """A queue of what happens when, and who does it."""

    def __init__(self) -> None:
        self.number = itertools.count()
        self.queue: list[tuple[datetime, int, str, Tale, Callable[[], None]]] = []

    def plan(self, when: datetime, who: str, story: Tale, do: Callable[[], None]) -> None:
        """Put something into the queue; `who` is a person's alias, "worker" or "command"."""
        heapq.heappush(self.queue, (when, next(self.number), who, story, do))

    def play(self) -> int:
        """Let everything happen in its order; return how many stories could not go on."""
        broken = 0
        while self.queue:
            when, _, who, story, do = heapq.heappop(self.queue)
            if not story.is_over:
                broken += not self._happens(when, who, story, do)
        return broken

    def _happens(self, when: datetime, who: str, story: Tale, do: Callable[[], None]) -> bool:
        with clock.at(when), journal.acting(who):
            try:
                with session.begin_nested():
                    do()
            except Refusal as refusal:
                story.is_over = True
                logger.warning("a story of the demo ended early: %s", refusal.code)
                return False
        return True
