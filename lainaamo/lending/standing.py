"""What the staff say of a borrower: a permit with its last day, and on whose terms one borrows."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, select

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.lending.models import GroupMember, Permit, PermitSort
from lainaamo.people.models import Person

LONGEST_PERMIT_DAYS = 5 * 366
GROUPS = ("club", "staff")
"""The groups that somebody is put into; a unit is one by itself."""


def permits_of(person_id: int) -> Sequence[Permit]:
    """Return the permits that somebody has now, the first to end first."""
    wanted = select(Permit).where(Permit.person_id == person_id, Permit.last_day >= clock.today())
    return session.scalars(wanted.order_by(Permit.last_day, Permit.id)).all()


def give_permit(person: Person, sort_id: int, *, last_day: date) -> None:
    """Tick that somebody has a permit until a day; one that there is takes the new day."""
    _lock(person.id)
    _check_day(last_day)
    sort = session.get(PermitSort, sort_id)
    if sort is None or sort.closed_at is not None:
        raise Refusal(N_("Choose the permit from the list."), code="no_such_permit")
    wanted = select(Permit).where(Permit.person_id == person.id, Permit.sort_id == sort_id)
    row = session.scalar(wanted) or Permit(person_id=person.id, sort_id=sort_id)
    row.last_day, row.made_at, row.made_by = last_day, clock.now(), journal.actor()
    session.add(row)
    session.flush()
    journal.write("permit.given", "person", person.id, permit=sort_id, last_day=last_day)


def _check_day(last_day: date) -> None:
    today = clock.today()
    if last_day < today:
        raise Refusal(N_("That day is over. Choose today or a later day."), code="past")
    latest = today + timedelta(LONGEST_PERMIT_DAYS)
    if last_day > latest:
        words = N_("A permit can last until %(latest)s at most.")
        raise Refusal(words, code="too_far", latest=latest)


def take_permit(person: Person, sort_id: int) -> None:
    """End a permit now; twice is no harm."""
    _lock(person.id)
    mine = select(Permit).where(Permit.person_id == person.id, Permit.sort_id == sort_id)
    found = session.scalar(mine)
    if found is not None:
        session.delete(found)
        journal.write("permit.taken", "person", person.id, permit=sort_id)


def group_of(person_id: int) -> str:
    """Return which group somebody was put into, "" where none."""
    wanted = select(GroupMember.group_name).where(GroupMember.person_id == person_id)
    return session.scalar(wanted) or ""


def put_in_group(person: Person, group: str) -> None:
    """Let somebody borrow on a group's terms; "" is as everybody."""
    if group and group not in GROUPS:
        raise Refusal(N_("Choose the group from the list."), code="no_such_group")
    _lock(person.id)
    row = session.scalar(select(GroupMember).where(GroupMember.person_id == person.id))
    if (row.group_name if row else "") == group:
        return
    if row is not None:
        session.delete(row)
        session.flush()
    if group:
        facts = {"made_at": clock.now(), "made_by": journal.actor()}
        session.add(GroupMember(person_id=person.id, group_name=group, **facts))
    journal.write("group_member.changed", "person", person.id, group=group or "everybody")


def forget_over() -> int:
    """Forget the permits that are over, and return how many there were."""
    over = delete(Permit).where(Permit.last_day < clock.today())
    return len(session.scalars(over.returning(Permit.id)).all())


def _lock(person_id: int) -> None:
    session.scalars(select(Person.id).where(Person.id == person_id).with_for_update()).one()
