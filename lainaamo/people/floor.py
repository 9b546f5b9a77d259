"""What the shared devices of the floor ask: who may take a turn here, and who did lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.people.access import ROLE_RIGHTS, Right
from lainaamo.people.models import Badge, Device, Grant, Person, Pin, SignIn

ROLES = tuple(role for role, rights in ROLE_RIGHTS.items() if Right.DESK in rights)
LATELY = timedelta(days=30)
MOST = 60


@dataclass(frozen=True, slots=True)
class OnFloor:
    """Somebody who may take a turn at a device of the floor."""

    person_id: int
    number: int | None
    first_name: str


@dataclass(frozen=True, slots=True)
class Trusted:
    """A trusted device as a list shows it."""

    device_id: int
    name: str
    made_at: datetime
    used_at: datetime | None


def on_floor(device_id: int) -> list[OnFloor]:
    """Return who has a PIN or a badge and works on the floor; who used this device lately first."""
    used = select(SignIn.person_id, func.max(SignIn.made_at).label("at"))
    used = used.where(SignIn.device_id == device_id, SignIn.made_at > clock.now() - LATELY)
    lately = used.group_by(SignIn.person_id).subquery()
    mine = select(Grant.id).where(Grant.person_id == Person.id, Grant.ended_at.is_(None))
    has_pin = select(Pin.id).where(Pin.person_id == Person.id).exists()
    has_badge = select(Badge.id).where(Badge.person_id == Person.id, Badge.ended_at.is_(None))
    wanted = select(Person.id, Person.number, Person.first_name)
    wanted = wanted.outerjoin(lately, lately.c.person_id == Person.id)
    wanted = wanted.where(Person.left_at.is_(None), mine.where(Grant.role.in_(ROLES)).exists())
    wanted = wanted.where(or_(has_pin, has_badge.exists()))
    newest_first = (lately.c.at.is_(None), Person.number.is_(None), Person.number, Person.id)
    return [OnFloor(*row) for row in session.execute(wanted.order_by(*newest_first).limit(MOST))]


def find_pin(person_id: int) -> str | None:
    """Return the hash of somebody's PIN."""
    return session.scalar(select(Pin.hash).where(Pin.person_id == person_id))


def devices() -> Sequence[Trusted]:
    """Return the trusted devices with the moment each was used last."""
    wanted = select(Device.id, Device.name, Device.made_at, func.max(SignIn.seen_at))
    wanted = wanted.outerjoin(SignIn, SignIn.device_id == Device.id).group_by(Device.id)
    wanted = wanted.where(Device.ended_at.is_(None), Device.ends_at > clock.now())
    return [Trusted(*row) for row in session.execute(wanted.order_by(Device.name, Device.id))]
