"""What units have booked of the goods for reuse: waiting, taken, cancelled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import select

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.demo.life import Life
from lainaamo.goods.models import Item, Kind
from lainaamo.people import queries as people
from lainaamo.people.models import Grant, Person
from lainaamo.procurement import actions

SOME_HOURS = timedelta(hours=3)


class _Row(NamedTuple):
    """One booking: how many days ago it was made and ended, and of how many pieces."""

    kind: str
    unit: str
    number: int
    days_ago: int
    taken: int = 0
    cancelled: int = 0
    ended_days_ago: int = 0
    wished_in_days: int | None = None


ROWS = (
    _Row("Valkotaulu", "koulu", 1, 41, taken=1, ended_days_ago=38),
    _Row("Neuvottelutuoli", "toimisto", 4, 30, taken=4, ended_days_ago=27),
    _Row("Pulpetti", "koulu", 4, 20, taken=4, ended_days_ago=16),
    _Row("Kahvikupit", "nuoriso", 12, 12, cancelled=12, ended_days_ago=11),
    _Row("Jakkara", "koulu", 5, 9, cancelled=2, ended_days_ago=7),
    _Row("Lastensänky", "paivakoti", 3, 6, taken=1, ended_days_ago=4),
    _Row("Pinottava tuoli", "koulu", 6, 3, wished_in_days=7),
    _Row("Lastentuoli", "paivakoti", 4, 2),
)


@dataclass
class Booking:
    """A booking that goes on step by step."""

    row: _Row
    unit_id: int
    person_id: int
    claim_id: int = 0
    is_over: bool = False

    def claim(self) -> None:
        """Book the pieces."""
        wanted = select(Item.id).join(Item.kind).where(Kind.name == self.row.kind)
        lot_id = session.scalars(wanted.order_by(Item.quantity.desc()).limit(1)).one()
        days = self.row.wished_in_days
        made = actions.claim(
            lot_id,
            unit_id=self.unit_id,
            number=self.row.number,
            person_id=self.person_id,
            wanted_on=clock.today() + timedelta(days) if days else None,
        )
        self.claim_id = made.id

    def end(self) -> None:
        """Take some, cancel some."""
        if self.row.taken:
            actions.hand_over(self.claim_id, self.row.taken)
        if self.row.cancelled:
            actions.cancel(self.claim_id, self.row.cancelled, person_id=self.person_id)


def plan(life: Life, units: Mapping[str, int]) -> None:
    """Plan every booking: a unit's own buyer makes it, or the coordinator for it."""
    coordinator = _holder("coordinator")
    for row in ROWS:
        person = _holder("buyer", units[row.unit]) or coordinator
        if person is None:
            continue
        booking, who = Booking(row, units[row.unit], person.id), people.alias_of(person.id) or ""
        made_at = clock.now() - timedelta(row.days_ago) - SOME_HOURS
        life.plan(made_at, who, booking, booking.claim)
        if row.taken or row.cancelled:
            ended_at = clock.now() - timedelta(row.ended_days_ago) - SOME_HOURS
            life.plan(ended_at, who, booking, booking.end)


def _holder(role: str, unit_id: int | None = None) -> Person | None:
    """Return the first who has a role, for this unit where one is named."""
    wanted = select(Person).join(Grant, Grant.person_id == Person.id).where(Grant.role == role)
    if unit_id is not None:
        wanted = wanted.where(Grant.unit_id == unit_id)
    return session.scalar(wanted.order_by(Person.id).limit(1))
