"""The sorts of programmes people work in: names, limits, what is reported, and how long is kept."""

import secrets
from collections.abc import Sequence

from sqlalchemy import select

from lainaamo.administration import actions
from lainaamo.administration.models import Change
from lainaamo.administration.records import Record
from lainaamo.administration.rules import Facts
from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.work.models import Agreement, ServiceType

NAMES = ("name", "name_simple", "name_sv", "name_en")
LIMITS = ("most_days_a_week", "least_minutes_a_day", "most_minutes_a_day", "longest_months")
REPORTS = (
    ("days", N_("Days of each person")),
    ("hours", N_("Hours of each person")),
    ("nothing", N_("Nothing")),
)
FACTS = (*NAMES, "basis", *LIMITS, "reports", "keep_months")


def lock(type_id: int) -> None:
    """Make others wait who change the same."""
    wanted = select(ServiceType.id).where(ServiceType.id == type_id)
    session.scalars(wanted.with_for_update()).one()


def read(type_id: int) -> Facts:
    """Return a service type's facts."""
    row = session.get_one(ServiceType, type_id)
    return {**{name: getattr(row, name) for name in FACTS}, "closed": row.closed_at is not None}


def check(type_id: int, _now: Facts, after: Facts, _confirmed: int) -> None:
    """Refuse to close a type that an agreement still needs, and a day longer than the longest."""
    if after.get("closed"):
        still = select(Agreement.id).where(Agreement.service_type_id == type_id)
        if session.scalar(still.where(Agreement.last_day >= clock.today()).limit(1)) is not None:
            words = N_("Agreements of this service are still running. It can be closed after them.")
            raise Refusal(words, code="service_type_in_use")
    least, most = after.get("least_minutes_a_day"), after.get("most_minutes_a_day")
    if least is not None and most is not None and least > most:
        words = N_("The shortest day is longer than the longest. Correct one of them.")
        raise Refusal(words, code="days_in_order")


def write(type_id: int, facts: Facts) -> None:
    """Keep facts of a service type; agreements that are made stay as they are."""
    row = session.get_one(ServiceType, type_id)
    for name in FACTS:
        setattr(row, name, facts.get(name, getattr(row, name)))
    if "closed" in facts:
        row.closed_at = clock.now() if facts["closed"] else None


SERVICE_TYPE = Record("service_type", lock, read, check, write)


def add(facts: Facts) -> Change:
    """Add a service type."""
    row = ServiceType(key=f"s-{secrets.token_hex(6)}", **facts)
    session.add(row)
    session.flush()
    return actions.keep_made("service_type", [(row.id, read(row.id))])[0]


def every() -> Sequence[ServiceType]:
    """Return all service types, those in use first."""
    wanted = select(ServiceType).order_by(ServiceType.closed_at.is_not(None), ServiceType.id)
    return session.scalars(wanted).all()
