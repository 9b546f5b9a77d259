"""A borrowing block: somebody borrows nothing for a while; it is set, lifted and forgotten."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, select

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.lending import rules
from lainaamo.lending.models import BLOCKS, BorrowerBlock
from lainaamo.people.models import Person

REASONS: Mapping[str, str] = {
    "late": N_("Things did not come back in time"),
    "damage": N_("A thing was damaged, and that is not settled"),
    "lost": N_("A thing is lost, and that is not settled"),
    "rules": N_("Things were used against the rules"),
}


def block(person: Person, reason: str, *, last_day: date) -> None:
    """Let somebody borrow nothing until a day is over; a block that there is takes its place."""
    if reason not in BLOCKS:
        raise Refusal(N_("Choose the reason from the list."), code="no_such_reason")
    rules.check_block_days(last_day, today=clock.today())
    _lock(person.id)
    _drop(person.id)
    facts = {"reason": reason, "last_day": last_day, "made_at": clock.now()}
    session.add(BorrowerBlock(person_id=person.id, made_by=journal.actor(), **facts))
    # Why is not in the journal: that would outlive the block.
    journal.write("borrower.blocked", "person", person.id, last_day=last_day)


def lift(person: Person) -> None:
    """Let somebody borrow again, now; twice is no harm."""
    _lock(person.id)
    if _drop(person.id):
        journal.write("borrower.unblocked", "person", person.id)


def _lock(person_id: int) -> None:
    session.scalars(select(Person.id).where(Person.id == person_id).with_for_update()).one()


def _drop(person_id: int) -> bool:
    found = session.scalar(select(BorrowerBlock).where(BorrowerBlock.person_id == person_id))
    if found is not None:
        session.delete(found)
        session.flush()
    return found is not None


def forget_over() -> int:
    """Forget the blocks that are over, and return how many there were."""
    over = delete(BorrowerBlock).where(BorrowerBlock.last_day < clock.today())
    people = session.scalars(over.returning(BorrowerBlock.person_id)).all()
    journal.write_many("borrower.block_over", "person", [(one, {}) for one in people])
    return len(people)
