"""Duties that come round: each is done by one worker at a time, however many run."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Mapped, mapped_column

from lainaamo.core import clock
from lainaamo.core.db import insert_once, session, transaction
from lainaamo.core.orm import Base, Id

LEASE = timedelta(minutes=10)
logger = logging.getLogger(__name__)


class Duty(Base):
    """When a duty was done last and who has it in hand now."""

    __tablename__ = "duty"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Round:
    """One duty: what is done and how often; without `every` once a local day, after 3 o'clock."""

    name: str
    do: Callable[[], object]
    every: timedelta | None = None

    def is_due(self, done_at: datetime | None) -> bool:
        """Tell whether it is time again."""
        if done_at is None:
            return True
        if self.every is not None:
            return clock.now() - done_at >= self.every
        shift = timedelta(hours=3)
        return clock.local(clock.now() - shift).date() > clock.local(done_at - shift).date()


BROUGHT: list[Round] = []
"""Rounds that a feature brings itself, where the nightly room may not import it."""


def run(rounds: Sequence[Round]) -> int:
    """Do the duties that are due; one that fails stops no other. Return how many were done."""
    return sum(_run_one(duty) for duty in rounds)


def _run_one(duty: Round) -> bool:
    if not _take(duty):
        return False
    try:
        duty.do()
    except Exception:
        logger.exception("duty %s failed", duty.name)
        _leave(duty, well=False)
        return False
    _leave(duty, well=True)
    return True


def _take(duty: Round) -> bool:
    now = clock.now()
    with transaction():
        insert_once(Duty, name=duty.name)
        free = or_(Duty.leased_until.is_(None), Duty.leased_until < now)
        wanted = select(Duty).where(Duty.name == duty.name, free)
        row = session.scalar(wanted.with_for_update(skip_locked=True))
        if row is None or not duty.is_due(row.done_at):
            return False
        row.leased_until = now + LEASE
        return True


def _leave(duty: Round, *, well: bool) -> None:
    session.rollback()
    with transaction():
        row = session.scalars(select(Duty).where(Duty.name == duty.name)).one()
        row.leased_until = None
        if well:
            row.done_at = clock.now()
        else:
            row.failed_at = clock.now()
