"""Which kinds may have become free: noted wherever days are freed, asked before it is kept.

Things turn free by a return, a cancellation, a repair that is done, an arrival, a corrected size
and more. Who has waited for one gets it before anybody else sees it, whatever door it came by.
"""

from collections.abc import Iterable

from sqlalchemy import event
from sqlalchemy.orm import Session

from lainaamo.core.db import session

NOTED = "kinds that may be free"


def note(*kind_ids: int) -> None:
    """Note that something of these kinds may be free now, or free for longer."""
    session().info.setdefault(NOTED, set()).update(kind_ids)


def note_all(kind_ids: Iterable[int]) -> None:
    """Note many kinds."""
    note(*kind_ids)


def take() -> frozenset[int]:
    """Return the kinds that were noted in this transaction, and forget them."""
    return frozenset(session().info.pop(NOTED, ()))


@event.listens_for(session, "after_rollback")
def _forget(current: Session) -> None:
    current.info.pop(NOTED, None)
