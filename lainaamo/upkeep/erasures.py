"""The list of who was forgotten, kept beside the backups: a restored house forgets them again.

Its lines hold a number and two moments, nothing that says who it was. A person is the same only
with the same number and the same moment of being written down, so that a list that came to another
house forgets nobody there.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Engine, inspect, select, text

from lainaamo.config import Settings
from lainaamo.core.db import session, transaction
from lainaamo.core.orm import Moment
from lainaamo.core.outbox import Handler
from lainaamo.people.models import Person
from lainaamo.upkeep import backup, erasing

NAME = "erased.jsonl"


class Erasure(NamedTuple):
    """Somebody who was forgotten: the row's number and its moment, and when it was done."""

    person_id: int
    made_at: str
    erased_at: str


def note(settings: Settings, some: Iterable[Erasure]) -> None:
    """Add erasures to the list, each once."""
    known = set(noted(settings))
    fresh = [one for one in some if one not in known]
    if not fresh:
        return
    path = backup.folder(settings) / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(one)}\n" for one in fresh)


def noted(settings: Settings) -> list[Erasure]:
    """Return the list; a line that was cut off by a power cut is passed over."""
    path = backup.folder(settings) / NAME
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [found for line in lines if (found := _read(line)) is not None]


def _read(line: str) -> Erasure | None:
    try:
        person_id, made_at, erased_at = json.loads(line)
        return Erasure(int(person_id), str(made_at), str(erased_at))
    except (ValueError, TypeError):
        return None


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done when somebody was forgotten: it is noted beside the backups."""

    def noted_now(payload: dict[str, Any], _message_id: str) -> bool:
        note(settings, [Erasure(payload["person"], payload["made_at"], payload["erased_at"])])
        return True

    return {erasing.ERASED: noted_now}


def of_house(engine: Engine) -> list[Erasure]:
    """Return who was forgotten in a house that is about to be replaced."""
    with engine.connect() as connection:
        inspector = inspect(connection)
        has = inspector.has_table("person")
        if not has or "erased_at" not in {one["name"] for one in inspector.get_columns("person")}:
            return []
        wanted = text("SELECT id, made_at, erased_at FROM person WHERE erased_at IS NOT NULL")
        rows = connection.execute(wanted.columns(made_at=Moment, erased_at=Moment))
        return [Erasure(one.id, _written(one.made_at), _written(one.erased_at)) for one in rows]


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def forget_again(settings: Settings) -> int:
    """Forget in a restored house who had been forgotten since; return how many."""
    count = 0
    for one in noted(settings):
        with transaction():
            count += _forget(one)
    return count


def _forget(one: Erasure) -> bool:
    wanted = select(Person).where(Person.id == one.person_id, Person.erased_at.is_(None))
    person = session.scalar(wanted)
    if person is None or _written(person.made_at) != one.made_at:
        return False
    erasing.forget(person.id, erased_at=datetime.fromisoformat(one.erased_at))
    return True
