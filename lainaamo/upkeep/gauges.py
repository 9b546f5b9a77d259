"""What a machine that watches over the house reads: a page of numbers in Prometheus' text."""

import secrets
from collections.abc import Iterator

from flask import Blueprint, Response, current_app, request
from sqlalchemy import func, select
from werkzeug.exceptions import Forbidden

from lainaamo.config import Settings
from lainaamo.core import clock, meters
from lainaamo.core.clockwork import Duty
from lainaamo.core.db import session
from lainaamo.core.journal import Entry, Seal
from lainaamo.core.outbox import Message
from lainaamo.core.web import needs
from lainaamo.lending.models import Loan
from lainaamo.people.access import Right
from lainaamo.upkeep import backup

bp = Blueprint("gauges", __name__)
TEXT = "text/plain; version=0.0.4; charset=utf-8"


@bp.get("/metrics")
@needs(Right.LOOK)
def metrics() -> Response:
    """Answer with the numbers to who has the token; there is no such page where none is set."""
    settings: Settings = current_app.config["SETTINGS"]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if not secrets.compare_digest(given.encode(), settings.metrics_token.encode()):
        raise Forbidden
    told = [*meters.lines(), *_told(settings)]
    return Response("\n".join(told) + "\n", content_type=TEXT)


def _told(settings: Settings) -> Iterator[str]:
    yield from _messages()
    yield from _duties()
    written = session.scalar(select(func.max(Entry.id))) or 0
    sealed = session.scalar(select(func.max(Seal.entry_id))) or 0
    yield from _gauge("journal_lines_after_the_seal", max(0, written - sealed))
    out = select(func.count(Loan.id)).where(Loan.returned_at.is_(None))
    yield from _gauge("loans_open", session.scalar(out) or 0)
    last = backup.newest(settings) if settings.backup_folder else None
    if last is not None:
        age = clock.now() - backup.moment_of(last)
        yield from _gauge("backup_age_seconds", age.total_seconds())


def _messages() -> Iterator[str]:
    waiting = (Message.done_at.is_(None), Message.dropped_at.is_(None), Message.dead_at.is_(None))
    number, oldest = session.execute(
        select(func.count(Message.id), func.min(Message.due_at)).where(*waiting)
    ).one()
    late_s = (clock.now() - oldest).total_seconds() if oldest else 0
    yield from _gauge("messages_waiting", number)
    yield from _gauge("messages_late_seconds", max(0, late_s))
    dead = select(func.count(Message.id)).where(Message.dead_at.is_not(None))
    yield from _gauge("messages_dead", session.scalar(dead) or 0)


def _duties() -> Iterator[str]:
    name = "lainaamo_duty_age_seconds"
    yield f"# TYPE {name} gauge"
    for duty in session.execute(select(Duty.name, Duty.done_at).order_by(Duty.name)):
        if duty.done_at is not None:
            age = (clock.now() - duty.done_at).total_seconds()
            yield f'{name}{{duty="{duty.name}"}} {age:g}'


def _gauge(name: str, number: float) -> list[str]:
    return [f"# TYPE lainaamo_{name} gauge", f"lainaamo_{name} {number:g}"]
