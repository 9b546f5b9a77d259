"""How long a session lasts, and what its owner knows its device by; pure rules.

NIST SP 800-63B-4 asks for an end after a day and after an hour's rest where more than a password
is wanted; staff are held to about that. A floor device is shared, so there it is shorter.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

PERSONAL = frozenset({"resident"})
POWERFUL = frozenset({"administrator"})
LONGEST_RENEWAL = timedelta(hours=1)
# The first that is found in a browser's own description is said; the order tells alike ones apart.
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Span:
    """When a session ends: after a rest, and whatever happens."""

    rest: timedelta
    whole: timedelta


RESIDENT = Span(timedelta(days=14), timedelta(days=60))
STAFF = Span(timedelta(hours=2), timedelta(hours=12))
ADMINISTRATOR = Span(timedelta(minutes=30), timedelta(hours=12))
FLOOR = Span(timedelta(minutes=30), timedelta(hours=10))


def span_for(roles: Collection[str], *, on_floor: bool) -> Span:
    """Return how long somebody with these roles stays signed in."""
    if POWERFUL & set(roles):
        return ADMINISTRATOR
    if on_floor:
        return FLOOR
    return STAFF if set(roles) - PERSONAL else RESIDENT


def has_rested_out(seen_at: datetime, rest_minutes: int, now: datetime) -> bool:
    """Tell whether a session was left alone for too long."""
    return now - seen_at >= timedelta(minutes=rest_minutes)


def is_to_be_renewed(seen_at: datetime, rest_minutes: int, now: datetime) -> bool:
    """Tell whether a use is worth writing down: after a quarter of the rest, at most hourly."""
    return now - seen_at > min(timedelta(minutes=rest_minutes) / 4, LONGEST_RENEWAL)


def device_words(user_agent: str) -> str:
    """Return what a person knows a device by ("Firefox, Android"), in our own words."""
    found = [
        next((name for sign, name in names if sign in user_agent), "")
        for names in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(name for name in found if name)
