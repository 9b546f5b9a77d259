"""Changing what the house is made of: each change is kept, before and after, and can be undone."""

from collections.abc import Iterable
from typing import Any

from lainaamo.administration import queries, rules
from lainaamo.administration.models import Change
from lainaamo.administration.records import Record
from lainaamo.administration.rules import Facts
from lainaamo.core import clock, journal
from lainaamo.core.db import session


def edit(
    record: Record, thing_id: int, wanted: Facts, *, seen: str | None = None, confirmed: int = 0
) -> Change | None:
    """Give a thing these facts and keep what changed; None where nothing did.

    `seen` is the digest of the facts the form was filled in over. `confirmed` is how many promises
    somebody has agreed to break.
    """
    _lock(record, thing_id)
    now = record.read(thing_id)
    rules.check_seen({name: now.get(name) for name in wanted}, seen)
    return _change(record, thing_id, now, wanted, confirmed=confirmed)


def _lock(record: Record, thing_id: int) -> None:
    record.lock(thing_id)
    session.expire_all()  # what was read before waiting may have changed


def _change(
    record: Record,
    thing_id: int,
    now: Facts,
    wanted: Facts,
    *,
    confirmed: int,
    undoes_id: int | None = None,
) -> Change | None:
    after = rules.changed(now, wanted)
    if not after:
        return None
    record.check(thing_id, now, after, confirmed)
    record.write(thing_id, after)
    session.flush()
    before = {name: now.get(name) for name in after}
    change = _kept(record.thing, thing_id, before, after, undoes_id=undoes_id)
    session.add(change)
    session.flush()
    verb = "undone" if undoes_id else "edited"
    journal.write(f"{record.thing}.{verb}", record.thing, thing_id, change=change.id)
    return change


def _kept(thing: str, thing_id: int, before: Facts, after: Facts, **facts: Any) -> Change:
    return Change(
        thing=thing,
        thing_id=thing_id,
        before=dict(before),
        after=dict(after),
        actor=journal.actor(),
        made_at=clock.now(),
        **facts,
    )


def keep_made(thing: str, made: Iterable[tuple[int, Facts]]) -> list[Change]:
    """Keep that these things were made just now, with their facts."""
    changes = [_kept(thing, thing_id, {}, facts) for thing_id, facts in made]
    session.add_all(changes)
    session.flush()
    lines = [(change.thing_id, {"change": change.id}) for change in changes]
    journal.write_many(f"{thing}.made", thing, lines)
    return changes


def undo(record: Record, change_id: int, *, confirmed: int = 0) -> Change | None:
    """Take a change back, which is a change itself.

    Refused when something has changed since, or when the rules of today forbid it.
    """
    change = queries.get_change(change_id, record.thing)
    _lock(record, change.thing_id)
    now = record.read(change.thing_id)
    wanted = rules.taken_back(change.before, change.after, now)
    return _change(record, change.thing_id, now, wanted, confirmed=confirmed, undoes_id=change.id)
