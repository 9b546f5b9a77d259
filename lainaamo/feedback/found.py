"""Found things that strangers tell of: given without a login, handled by the desk, forgotten."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ScalarSelect, func, select, tuple_, update

from lainaamo.core import clock, journal, outbox
from lainaamo.core.db import session
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area
from lainaamo.feedback import rules
from lainaamo.feedback.models import FoundReport
from lainaamo.goods.models import Item
from lainaamo.people.rules import Contact

KEPT = timedelta(days=90)
"""How long the words and the contact of who found something are kept."""

OURS_NO_MORE = frozenset({"retired", "given", "recycled"})
"""As what a thing leaves so that whoever has it now need not bring it to us."""

REPORTED = "found.reported"
PAGE, FEW, ERASED_AT_ONCE = 30, 3, 500


def report(item: Item, *, spot: str, contact: Contact | None, locale: str) -> FoundReport:
    """Take in that somebody found a thing; the house is told by mail, once a day for a thing."""
    row = FoundReport(item_id=item.id, spot=spot, locale=locale, given_at=clock.now())
    if contact is not None:
        row.email, row.phone = contact.email, contact.phone
    session.add(row)
    session.flush()
    # In the thing's own life: whoever looks at it later sees that it was out there.
    journal.write("item.seen_outside", "item", item.id, report=row.id)
    outbox.promise(REPORTED, f"{item.id}:{clock.today()}", item=item.id)
    return row


def mark_handled(report_id: int) -> FoundReport:
    """Take a report off the list; of two at once one is told that it was done."""
    wanted = select(FoundReport).where(FoundReport.id == report_id)
    fresh = wanted.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(fresh).one()
    rules.check_open(row.handled_at)
    row.handled_at, row.handled_by = clock.now(), journal.actor()
    journal.write("found.handled", "found_report", row.id)
    return row


def erase_old() -> int:
    """Drop words and contacts at their keep-time, so many at once; return how many."""
    old = (FoundReport.given_at < clock.now() - KEPT, FoundReport.erased_at.is_(None))
    ids = session.scalars(
        select(FoundReport.id).where(*old).order_by(FoundReport.id).limit(ERASED_AT_ONCE)
    ).all()
    if ids:
        nothing = {"spot": None, "email": None, "phone": None, "erased_at": clock.now()}
        session.execute(update(FoundReport).where(FoundReport.id.in_(ids)).values(**nothing))
        journal.write_many("found.erased", "found_report", [(one, {}) for one in ids])
    return len(ids)


# What is read


def open_ones(after_id: int | None = None) -> Sequence[FoundReport]:
    """Return what nobody has looked at, the oldest first, and one more if there are more."""
    place = tuple_(FoundReport.given_at, FoundReport.id)
    wanted = select(FoundReport).where(FoundReport.handled_at.is_(None))
    if after_id is not None:
        wanted = wanted.where(place > _place_of(after_id))
    ordered = wanted.order_by(FoundReport.given_at, FoundReport.id)
    return session.scalars(ordered.limit(PAGE + 1)).all()


def handled_ones(after_id: int | None = None) -> Sequence[FoundReport]:
    """Return what was handled, the newest report first, and one more if there are more."""
    wanted = select(FoundReport).where(FoundReport.handled_at.is_not(None))
    if after_id is not None:
        wanted = wanted.where(FoundReport.id < after_id)
    return session.scalars(wanted.order_by(FoundReport.id.desc()).limit(PAGE + 1)).all()


def open_of(item_id: int, *, most: int = FEW) -> Sequence[FoundReport]:
    """Return what was told last of a thing and nobody has looked at, the newest first."""
    mine = (FoundReport.item_id == item_id, FoundReport.handled_at.is_(None))
    wanted = select(FoundReport).where(*mine).order_by(FoundReport.id.desc())
    return session.scalars(wanted.limit(most)).all()


@once_per_change(Area.WORK)
def count_open() -> int:
    """Return how many nobody has looked at."""
    wanted = select(func.count()).select_from(FoundReport)
    return session.scalar(wanted.where(FoundReport.handled_at.is_(None))) or 0


def _place_of(report_id: int) -> ScalarSelect[Any]:
    this = select(FoundReport.given_at, FoundReport.id).where(FoundReport.id == report_id)
    return this.scalar_subquery()
