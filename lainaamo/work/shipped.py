"""The service types that a new house begins with; the law behind them changes, so they are edited.

Limits are those of Finnish acts 189/2001 (rehabilitative work: 1 to 4 days a week, 4 to 8 hours a
day) and 380/2023 (try-out: 5 days a week, 8 hours a day) as agreements in use state them; wage work
keeps to working-hours law, the apprenticeship to its contract, and the house sets what holds for
volunteers.
"""

from sqlalchemy import select

from lainaamo.core import journal
from lainaamo.core.db import insert_once, session
from lainaamo.work.models import ServiceType

KEEP_MONTHS = 24
NO_LIMITS: dict[str, int | None] = {
    "most_days_a_week": None,
    "least_minutes_a_day": None,
    "most_minutes_a_day": None,
    "longest_months": None,
}
SHIPPED: tuple[dict[str, object], ...] = (
    {
        "key": "rehabilitative",
        "name": "Kuntouttava työtoiminta",
        "name_simple": "Kuntouttava työtoiminta",
        "name_sv": "Arbetsverksamhet i rehabiliteringssyfte",
        "name_en": "Rehabilitative work activity",
        "basis": "189/2001",
        "most_days_a_week": 4,
        "least_minutes_a_day": 240,
        "most_minutes_a_day": 480,
        "longest_months": 24,
        "reports": "days",
    },
    {
        "key": "try_out",
        "name": "Työkokeilu",
        "name_simple": "Työkokeilu",
        "name_sv": "Arbetsprövning",
        "name_en": "Work try-out",
        "basis": "380/2023",
        "most_days_a_week": 5,
        "least_minutes_a_day": None,
        "most_minutes_a_day": 480,
        "longest_months": 6,
        "reports": "days",
    },
    {
        "key": "pay_subsidy",
        "name": "Palkkatuki",
        "name_simple": "Palkkatuettu työ",
        "name_sv": "Lönesubvention",
        "name_en": "Pay-subsidised work",
        "basis": "380/2023",
        **NO_LIMITS,
        "most_days_a_week": 5,
        "reports": "hours",
    },
    {
        "key": "apprenticeship",
        "name": "Oppisopimus",
        "name_simple": "Oppisopimus",
        "name_sv": "Läroavtal",
        "name_en": "Apprenticeship",
        "basis": "531/2017",
        **NO_LIMITS,
        "most_days_a_week": 5,
        "reports": "hours",
    },
    {
        "key": "volunteer",
        "name": "Vapaaehtoinen",
        "name_simple": "Vapaaehtoinen",
        "name_sv": "Frivillig",
        "name_en": "Volunteer",
        "basis": "",
        **NO_LIMITS,
        "reports": "nothing",
    },
)


def load_service_types() -> int:
    """Add the shipped service types that are missing; return how many. Others stay as edited."""
    there = set(session.scalars(select(ServiceType.key)))
    lacking = [facts for facts in SHIPPED if facts["key"] not in there]
    added = sum(insert_once(ServiceType, keep_months=KEEP_MONTHS, **facts) for facts in lacking)
    if added:
        session.flush()
        journal.write("service_types.loaded", "service_type", 1, count=added)
    return added
