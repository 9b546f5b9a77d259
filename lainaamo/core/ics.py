"""Events written as calendars read them (RFC 5545): whole days, or moments in UTC."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LONGEST_LINE = 75
"""Octets of a line without its end; a longer one is folded (RFC 5545, 3.1)."""

ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class Event:
    """Something on a day, or between two moments of it; `key` stays the same for ever.

    `made_at` is when it was written down; `reminds` is how long before it begins it says so.
    """

    key: str
    title: str
    day: date
    made_at: datetime
    between: tuple[datetime, datetime] | None = None
    place: str = ""
    text: str = ""
    is_cancelled: bool = False
    reminds: timedelta | None = None


# A calendar has one component at least (RFC 5545, 3.6); one without events has this.
ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Europe/Helsinki",
    "BEGIN:STANDARD",
    "DTSTART:19961027T040000",
    "TZOFFSETFROM:+0300",
    "TZOFFSETTO:+0200",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "END:STANDARD",
    "BEGIN:DAYLIGHT",
    "DTSTART:19970330T030000",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0300",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "END:DAYLIGHT",
    "END:VTIMEZONE",
)


def calendar(events: Iterable[Event], *, host: str, name: str = "") -> str:
    """Return a calendar file; `host` makes the events' keys ours.

    With a `name` it is one that is read again and again (RFC 7986, and what was there before it).
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//lainaamo//lainaamo//FI"]
    lines += ["CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    if name:
        lines += [f"NAME:{_text(name)}", f"X-WR-CALNAME:{_text(name)}"]
        lines += ["REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"]
    lines += [line for event in events for line in _event(event, host)] or ZONE
    return "".join(f"{_folded(line)}\r\n" for line in (*lines, "END:VCALENDAR"))


def _event(event: Event, host: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.key}@{host}"
    yield f"DTSTAMP:{_moment(event.made_at)}"
    yield from _days(event)
    yield f"SUMMARY:{_text(event.title)}"
    if event.place:
        yield f"LOCATION:{_text(event.place)}"
    if event.text:
        yield f"DESCRIPTION:{_text(event.text)}"
    yield f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    if event.reminds is not None and not event.is_cancelled:
        yield from _alarm(event, event.reminds)
    yield "END:VEVENT"


def _days(event: Event) -> Iterator[str]:
    if event.between is None:
        yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{event.day + timedelta(1):%Y%m%d}"
    else:
        begin, end = event.between
        yield f"DTSTART:{_moment(begin)}"
        yield f"DTEND:{_moment(end)}"


def _alarm(event: Event, before: timedelta) -> Iterator[str]:
    hours = int(before.total_seconds()) // 3600
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{_text(event.title)}"
    yield f"TRIGGER:-PT{hours}H"
    yield "END:VALARM"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    return text.translate(ESCAPES)


def _folded(line: str) -> str:
    """Break a line where it gets too long, never inside a letter."""
    parts, size = [""], 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > LONGEST_LINE:
            parts.append(" ")
            size = 1
        parts[-1] += letter
        size += octets
    return "\r\n".join(parts)
