"""How often one reader may ask in a minute, counted in this process only.

A GET writes nothing, so these counts are not in the database: each process that serves counts its
own, and a reader that several of them serve gets as many times more. It keeps one reader from
taking the house from the others; tries of passwords and codes are counted exactly in core.limits.
"""

from ipaddress import ip_address
from threading import Lock

from lainaamo.core import clock
from lainaamo.core.errors import N_, Refusal

WINDOW_S = 60
MOST_READERS = 20_000
NETWORK_OF_ONE = 64  # bits of an IPv6 address that one household has


class Reads:
    """The counts of the minute that is running."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.minute = 0
        self.counts: dict[str, int] = {}

    def count(self, who: str, *, most: int) -> None:
        """Count one read; refuse it when it is more than `most` in this minute."""
        minute = int(clock.now().timestamp()) // WINDOW_S
        with self.lock:
            if minute != self.minute or len(self.counts) >= MOST_READERS:
                self.minute, self.counts = minute, {}
            self.counts[who] = count = self.counts.get(who, 0) + 1
        if count > most:
            words = N_("Too many tries. Wait %(minutes)d minutes and try again, or call us.")
            raise Refusal(words, code="too_many_tries", minutes=1)


def reader_at(address: str | None) -> str:
    """Return who reads from an address: of IPv6 the network that one household has."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "nowhere"
    if found.version == 4:  # noqa: PLR2004 - the protocol's number
        return str(found)
    return str(int(found) >> NETWORK_OF_ONE)
