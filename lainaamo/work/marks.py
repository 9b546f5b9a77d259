"""The verbs of days: marked, corrected with a trace, and not arranged for everybody at once."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.work import rules
from lainaamo.work.agreements import plan_of
from lainaamo.work.models import Agreement, DayMark
from lainaamo.work.rules import Mark, Span


def mark(agreement: Agreement, day: date, marked: Mark | None) -> bool:
    """Mark a day, or take its mark away with None; the mark before stays as a trace.

    Tell whether that changed anything. Refused: outside the agreement; a swap for no planned day.
    """
    if marked is not None:
        plan = plan_of(agreement.days)
        days = {"first_day": agreement.first_day, "last_day": agreement.last_day}
        rules.check_mark(marked, day, plan=plan, **days)
    _lock(agreement.id)
    before = _now(agreement.id, day)
    if (as_mark(before) if before else None) == marked:
        return False
    if before is not None:
        before.replaced_at = clock.now()
        session.flush()
    if marked is not None:
        session.add(_row(agreement.id, day, marked))
    word = marked.mark if marked else "none"
    journal.write("day.marked", "agreement", agreement.id, day=day, mark=word)
    return True


def not_arranged(agreements: Iterable[Agreement], day: date) -> list[int]:
    """Mark a day as not arranged for all who had it planned and are not marked; return whose."""
    done = []
    for agreement in agreements:
        is_there = agreement.first_day <= day <= agreement.last_day
        if is_there and day.weekday() in plan_of(agreement.days) and not _is_marked(agreement, day):
            mark(agreement, day, Mark("not_arranged"))
            done.append(agreement.id)
    return done


def arranged_after_all(agreement_ids: Sequence[int], day: date) -> int:
    """Take back that a day was not arranged; return for how many."""
    wanted = select(DayMark).where(DayMark.agreement_id.in_(agreement_ids), DayMark.day == day)
    wanted = wanted.where(DayMark.mark == "not_arranged", DayMark.replaced_at.is_(None))
    rows = session.scalars(wanted.with_for_update()).all()
    for row in rows:
        row.replaced_at = clock.now()
    lines = [(row.agreement_id, {"day": day, "mark": "none"}) for row in rows]
    journal.write_many("day.marked", "agreement", lines)
    return len(rows)


def as_mark(row: DayMark) -> Mark:
    """Return what a row says became of its day."""
    span = Span(row.begins, row.ends) if row.begins and row.ends else None
    return Mark(row.mark, span, row.instead_of_day)


def _is_marked(agreement: Agreement, day: date) -> bool:
    _lock(agreement.id)
    return _now(agreement.id, day) is not None


def _lock(agreement_id: int) -> None:
    session.scalars(
        select(Agreement.id).where(Agreement.id == agreement_id).with_for_update()
    ).one()


def _now(agreement_id: int, day: date) -> DayMark | None:
    wanted = select(DayMark).where(DayMark.agreement_id == agreement_id, DayMark.day == day)
    return session.scalars(wanted.where(DayMark.replaced_at.is_(None))).one_or_none()


def _row(agreement_id: int, day: date, marked: Mark) -> DayMark:
    begins, ends = marked.span or (None, None)
    return DayMark(
        agreement_id=agreement_id,
        day=day,
        mark=marked.mark,
        begins=begins,
        ends=ends,
        instead_of_day=marked.instead_of,
        made_at=clock.now(),
        made_by=journal.actor(),
    )
