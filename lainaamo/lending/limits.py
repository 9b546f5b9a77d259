"""How many reservations may wait unconfirmed from one address of the network."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import request

from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.limits import count_try, forgive_try
from lainaamo.doors.asking import count_asking, forgive_asking
from lainaamo.people.rules import Contact

WHAT, MOST, WITHIN = "unconfirmed from address", 5, timedelta(hours=1)


@contextmanager
def counting(contact: Contact) -> Iterator[None]:
    """Count what is reserved inside as unconfirmed, and its message; not what is refused.

    Counted before the transaction has read anything, as all limits are.
    """
    address = request.remote_addr or ""
    try:
        count_try(WHAT, address, most=MOST, within=WITHIN)
    except Refusal as refusal:
        words = N_(
            "Many reservations from this network wait to be confirmed. Confirm yours, "
            "sign in with a code before you reserve, or wait %(minutes)d minutes."
        )
        code, minutes = "many_unconfirmed_here", refusal.params["minutes"]
        raise Refusal(words, code=code, minutes=minutes) from refusal
    try:
        count_asking(contact)
        yield
    except Refusal:
        # Counted on a connection of its own: nobody may wait for one while keeping another.
        session.rollback()
        forgive_asking(contact)
        forgive_try(WHAT, address, within=WITHIN)
        raise


def forgive(count: int) -> None:
    """Take counted reservations back: they were confirmed."""
    for _ in range(count):
        forgive_try(WHAT, request.remote_addr or "", within=WITHIN)
