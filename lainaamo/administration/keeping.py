"""How long somebody's name stays in what was changed of them: the change stays, the name goes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from lainaamo.administration.models import Change
from lainaamo.core import clock, journal
from lainaamo.core.clockwork import BROUGHT, Round
from lainaamo.core.db import session, transaction

KEPT = timedelta(days=365)
AT_ONCE = 500
NAMES = frozenset({"first_name"})
"""The facts of a person that name them."""


def forget_names() -> None:
    """Cut names out of changes at their keep-time, so many in one transaction."""
    while True:
        with transaction():
            if _forget_some() < AT_ONCE:
                return


def _forget_some() -> int:
    old = (Change.thing == "person", Change.erased_at.is_(None))
    before = clock.now() - KEPT
    wanted = select(Change).where(*old, Change.made_at < before).order_by(Change.id)
    found = session.scalars(wanted.limit(AT_ONCE).with_for_update()).all()
    for change in found:
        change.before, change.after = _nameless(change.before), _nameless(change.after)
        change.erased_at = clock.now()
    journal.write_many("change.erased", "change", [(change.id, {}) for change in found])
    return len(found)


def _nameless(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if name in NAMES else value for name, value in facts.items()}


BROUGHT.append(Round("forget names in changes", forget_names))
