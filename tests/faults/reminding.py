"""A house with many open loans and people in line, whose nightly worker is killed and run again."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from lainaamo.config import Settings
from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.orm import Base
from lainaamo.core.outbox import Message
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Allocation, Item, Kind, Use
from lainaamo.lending import reminders
from lainaamo.lending.models import Loan, Wait
from lainaamo.people.models import Person
from tests.letterbox import Letterbox
from tests.make import Make

PER_KIND = 50
LONGEST_S = 1800
DAYS = 14
TODAY = date(2026, 3, 2)
NIGHT = datetime(2026, 3, 2, 4, tzinfo=clock.HELSINKI)
MORNING = datetime(2026, 3, 2, 8, tzinfo=clock.HELSINKI)
LEASE_OVER = timedelta(minutes=15)
WORK = """
import sys
from datetime import datetime
from lainaamo.app import create_app
from lainaamo.core import clock
from lainaamo.upkeep import worker
with clock.at(datetime.fromisoformat(sys.argv[1])):
    app = create_app()
    while worker.work_once(app):
        pass
"""
"""A worker at a moment of ours: until there is nothing left to do."""


@dataclass(slots=True)
class Told:
    """What reached people, and how long each part took."""

    seconds: dict[str, float] = field(default_factory=dict)
    kills: int = 0
    expected: int = 0
    people: int = 0
    sent_twice: int = 0
    other_message_twice: int = 0
    waiting: int = 0


def fill(app: Lainaamo, make: Make, *, loans: int, waits: int) -> None:
    """Lend so many things, due around today, each to somebody, and let others wait for them."""
    site, category = make.site(open_on=range(7)), make.category()
    kinds = -(-loans // PER_KIND)
    with app.app_context(), transaction():
        made_at = clock.now() - timedelta(30)
        facts = {"category_id": category.id, "pool": "lendable", "made_at": made_at}
        kind_ids = _add(Kind, [{**facts, "name": f"Sukset {n}"} for n in range(kinds)])
        of_kind = [kind_ids[n // PER_KIND] for n in range(loans)]
        people = _add(Person, [_person(n, made_at) for n in range(loans + waits)])
        item = {"site_id": site.id, "attributes": {}, "condition": "good", "quantity": 1}
        item |= {"unclaimed": 1, "received_at": made_at}
        items = _add(Item, [{**item, "kind_id": one} for one in of_kind])
        _lend(of_kind, people, items, site.id)
        _wait(kind_ids, people[loans:], site.id)


def _person(number: int, made_at: datetime) -> dict[str, Any]:
    facts = {"first_name": f"Asukas {number}", "email": f"p{number}@example.fi"}
    return {**facts, "locale": ("fi", "fi-simple", "sv")[number % 3], "made_at": made_at}


def _due_on(number: int) -> date:
    """Return due days from a fortnight ago to a fortnight ahead."""
    return TODAY + timedelta(number % (2 * DAYS + 1) - DAYS)


def _lend(of_kind: list[int], people: list[int], items: list[int], site_id: int) -> None:
    first_day, at = TODAY - timedelta(DAYS + 7), clock.now() - timedelta(DAYS + 7)
    due = [_due_on(n) for n in range(len(items))]
    uses = [
        {
            "item_id": item,
            "kind_id": kind,
            "site_id": site_id,
            "purpose": "on_loan",
            "first_day": first_day,
            "last_day": day,
            "due_on": day,
            "movable": False,
        }
        for item, kind, day in zip(items, of_kind, due, strict=True)
    ]
    use_ids = _add(Use, uses)
    taken = [
        {"use_id": use, "item_id": item, "day": day - timedelta(back)}
        for use, item, day in zip(use_ids, items, due, strict=True)
        for back in range(3)
    ]
    _add(Allocation, taken)
    whose = {"site_id": site_id, "for_name": "Asukas", "handed_out_at": at}
    _add(
        Loan,
        [
            {**whose, "item_id": item, "use_id": use, "person_id": person, "due_on": day}
            for item, use, person, day in zip(items, use_ids, people, due, strict=False)
        ],
    )


def _wait(kind_ids: list[int], people: Sequence[int], site_id: int) -> None:
    facts = {"site_id": site_id, "for_name": "Odottaja", "first_day": TODAY, "days": 7}
    rows = [
        {
            **facts,
            "person_id": person,
            "kind_id": kind_ids[n % len(kind_ids)],
            "position": n + 1,
            "joined_at": clock.now() - timedelta(1),
        }
        for n, person in enumerate(people)
    ]
    _add(Wait, rows)


def _add(model: type[Base], rows: list[dict[str, Any]]) -> list[int]:
    if not rows:
        return []
    made = insert(model).returning(model.id, sort_by_parameter_order=True)  # type: ignore[attr-defined]  # every model has an id
    return list(session.scalars(made, rows))


def night_and_morning(
    app: Lainaamo, settings: Settings, letterbox: Letterbox, *, kills: int
) -> Told:
    """Do the night's round and the morning's messages, each killed so many times on the way."""
    told = Told(expected=_expected(app))
    for name, start in (("night", NIGHT), ("morning", MORNING)):
        began = time.monotonic()
        for moment in _moments(start, kills):
            told.kills += _killed(settings, moment, name, letterbox, app)
        # The last one is let work to its end.
        _work(settings, start + (kills + 1) * LEASE_OVER)
        told.seconds[name] = round(time.monotonic() - began, 1)
    _count(told, letterbox)
    with app.app_context():
        over = (Message.done_at.is_(None), Message.dropped_at.is_(None))
        kind = Message.kind == reminders.LOANS
        told.waiting = session.scalar(select(func.count(Message.id)).where(*over, kind)) or 0
    return told


def _moments(start: datetime, kills: int) -> Iterator[datetime]:
    for number in range(kills):
        yield start + number * LEASE_OVER


def _expected(app: Lainaamo) -> int:
    """Count those with a due day that is a step away from today: each gets one message."""
    with app.app_context():
        due = reminders.Day(TODAY, TODAY).due_days(reminders.USUAL)
        people = select(func.count(Loan.person_id.distinct())).where(Loan.due_on.in_(due))
        return session.scalar(people) or 0


def _environment(settings: Settings) -> dict[str, str]:
    return os.environ | {
        "LAINAAMO_INSTANCE": settings.instance,
        "LAINAAMO_DATABASE_URL": settings.database_url,
        "LAINAAMO_SECRET": settings.secret,
        "LAINAAMO_SMTP_URL": settings.smtp_url,
    }


def _start(settings: Settings, moment: datetime) -> "subprocess.Popen[bytes]":
    command = (sys.executable, "-c", WORK, moment.isoformat())
    return subprocess.Popen(command, env=_environment(settings))


def _work(settings: Settings, moment: datetime) -> None:
    assert _start(settings, moment).wait(LONGEST_S) == 0


def _killed(
    settings: Settings, moment: datetime, name: str, letterbox: Letterbox, app: Lainaamo
) -> int:
    """Kill a worker in the middle of what it does; tell whether it was at work still."""
    before = _progress(app, name, letterbox)
    process = _start(settings, moment)
    ends = time.monotonic() + LONGEST_S
    while process.poll() is None and time.monotonic() < ends:
        if _progress(app, name, letterbox) > before:
            break
        time.sleep(0.002)
    time.sleep(random.Random(before).uniform(0, 0.2))  # noqa: S311 - dice
    was_alive = process.poll() is None
    if was_alive:
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
    return int(was_alive)


def _progress(app: Lainaamo, name: str, letterbox: Letterbox) -> int:
    """Return how far it has come: promises in the night, mails in the morning."""
    if name == "morning":
        return len(letterbox.mails)
    with app.app_context():
        kind = Message.kind == reminders.LOANS
        number = session.scalar(select(func.count(Message.id)).where(kind)) or 0
        session.rollback()
        return number


def _count(told: Told, letterbox: Letterbox) -> None:
    mails = Counter((mail["To"], mail["Message-ID"]) for mail in letterbox.mails)
    people = Counter(to for to, _id in mails)
    told.people = len(people)
    told.sent_twice = sum(number - 1 for number in mails.values())
    told.other_message_twice = sum(number - 1 for number in people.values())
