"""The demo's people in programmes: what was agreed with each, and the days of the last weeks."""

from datetime import time, timedelta

from sqlalchemy import select

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.goods.models import Site
from lainaamo.people import actions as people
from lainaamo.people.models import Actor, Grant, Person
from lainaamo.people.rules import Contact
from lainaamo.work import agreements, marks, rules
from lainaamo.work.agreements import Agreed
from lainaamo.work.models import Agreement, ServiceType
from lainaamo.work.rules import Mark, Span
from lainaamo.work.shipped import load_service_types

MORNING, LONG, EARLY = (
    Span(time(9), time(13)),
    Span(time(9), time(15)),
    Span(time(8), time(12)),
)
PLANS = (
    # Number, call name, service, weekdays, hours, weeks gone, weeks to come
    (7, "Anja", "rehabilitative", (0, 1, 2, 4), MORNING, 20, 16),
    (9, "Tuula", "rehabilitative", (0, 1, 3, 4), MORNING, 30, 5),
    (12, "Arto", "pay_subsidy", (0, 1, 2, 3, 4), LONG, 12, 14),
    (21, "Amal", "try_out", (0, 2, 3, 4), MORNING, 6, 2),
    (27, "Niina", "rehabilitative", (1, 2, 3), MORNING, 9, 40),
    (34, "Yusuf", "try_out", (0, 1, 2, 3), EARLY, 4, 9),
)
CONTACT = "Työllisyyspalvelut, 08 000 0050"
MARKED_WEEKS = 5
ABSENT_EVERY = 13
"""Of so many planned days somebody is absent on one."""


def work() -> None:
    """Let the supervisor agree with six people and mark their days until yesterday."""
    load_service_types()
    supervisor = session.scalars(select(Grant).where(Grant.role == "supervisor")).first()
    if supervisor is None:
        raise LookupError("The demo has no supervisor.")
    wanted = select(Actor.alias).where(Actor.person_id == supervisor.person_id)
    with journal.acting(session.scalars(wanted).one()):
        agreed = [_agree(supervisor.person_id, *plan) for plan in PLANS]
        for number, agreement in enumerate(agreed):
            _mark_days(agreement, number)
        _swap(agreed[4])


def _agree(
    supervisor_id: int,
    number: int,
    name: str,
    service: str,
    weekdays: tuple[int, ...],
    span: Span,
    gone: int,
    coming: int,
) -> Agreement:
    today = clock.today()
    sort = select(ServiceType.id).where(ServiceType.key == service)
    agreed = Agreed(
        service_type_id=session.scalars(sort).one(),
        supervisor_id=supervisor_id,
        site_id=session.scalars(select(Site.id).order_by(Site.id).limit(1)).one(),
        contact=CONTACT,
        first_day=today - timedelta(weeks=gone),
        last_day=today + timedelta(weeks=coming),
        break_minutes=0,
        plan=dict.fromkeys(weekdays, span),
    )
    with clock.at(clock.now() - timedelta(weeks=gone)):
        return agreements.agree(_worker(number, name).id, agreed)


def _worker(number: int, name: str) -> Person:
    known = session.scalar(select(Person).where(Person.number == number))
    if known is not None:
        return known
    person = people.add_person(name, contact=Contact(None, None), number=number)
    people.grant(person, "worker")
    session.flush()
    return person


def _mark_days(agreement: Agreement, number: int) -> None:
    """Mark the planned days of the last weeks, as somebody does who marks them each evening."""
    plan, today, now = agreements.plan_of(agreement.days), clock.today(), clock.now()
    first = max(agreement.first_day, rules.week_of(today)[0] - timedelta(weeks=MARKED_WEEKS - 1))
    days = [first + timedelta(n) for n in range((today - first).days)]
    planned = [day for day in days if day.weekday() in plan]
    off = rules.week_of(today)[0] - timedelta(days=4)  # nothing was arranged last Thursday
    for at, day in enumerate(planned):
        is_absent = (at + 5 * number) % ABSENT_EVERY == 1
        became = Mark("absent") if is_absent else Mark("attended", plan[day.weekday()])
        with clock.at(now - (today - day)):
            marks.mark(agreement, day, Mark("not_arranged") if day == off else became)


def _swap(agreement: Agreement) -> None:
    """Let one day of last week have been worked instead of the planned one beside it."""
    monday = rules.week_of(clock.today())[0] - timedelta(weeks=1)
    if marks.mark(agreement, monday + timedelta(1), None):
        moved = Mark("swapped", MORNING, monday + timedelta(1))
        marks.mark(agreement, monday, moved)
