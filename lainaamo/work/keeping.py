"""How long is kept who was in which programme: its service type says, from an agreement's end."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select

from lainaamo.core import clock, journal
from lainaamo.core.clockwork import BROUGHT, Round
from lainaamo.core.db import session, transaction
from lainaamo.work.models import Agreement, DayMark, PlannedDay, ServiceType
from lainaamo.work.rules import DAYS_IN_MONTH

AT_ONCE = 100


def forget_agreements() -> None:
    """Delete agreements and their days at their keep-time, so many in one transaction."""
    for service_type_id, keep_months in _types():
        last_day = clock.today() - timedelta(days=round(keep_months * DAYS_IN_MONTH))
        ended = (Agreement.service_type_id == service_type_id, Agreement.last_day < last_day)
        wanted = select(Agreement.id).where(*ended).order_by(Agreement.id).limit(AT_ONCE)
        while True:
            with transaction():
                found = session.scalars(wanted.with_for_update()).all()
                if found:
                    _forget(found)
            if len(found) < AT_ONCE:
                break


def _types() -> list[tuple[int, int]]:
    with transaction():
        rows = session.execute(select(ServiceType.id, ServiceType.keep_months))
        return [(row.id, row.keep_months) for row in rows]


def _forget(found: Sequence[int]) -> None:
    for table in (DayMark, PlannedDay):
        session.execute(delete(table).where(table.agreement_id.in_(found)))
    session.execute(delete(Agreement).where(Agreement.id.in_(found)))
    journal.write_many("agreement.forgotten", "agreement", [(one, {}) for one in found])


BROUGHT.append(Round("forget agreements", forget_agreements))
