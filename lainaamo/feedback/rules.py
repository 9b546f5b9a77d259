"""How long an answer may take, and what may be written."""

from datetime import date, datetime, timedelta

from lainaamo.core.errors import N_, Refusal

DAYS = 14
"""Within how many days feedback is answered: on accessibility by Act 306/2019, we answer all so."""

NEAR_DAYS = 3
"""From how many days before the end the service's own address is reminded."""

KEPT = timedelta(days=365)
"""How long the words and the address of handled feedback are kept."""

LONGEST_TEXT, LONGEST_ANSWER, LONGEST_PAGE, LONGEST_SPOT = 1000, 5000, 200, 500


def last_day(given_on: date) -> date:
    """Return the last day to answer what was given on a day."""
    return given_on + timedelta(DAYS)


def days_left(given_on: date, today: date) -> int:
    """Return how many days are left to answer; below zero it is late."""
    return (last_day(given_on) - today).days


def check_open(handled_at: datetime | None) -> None:
    """Refuse to handle twice."""
    if handled_at is not None:
        words = N_("Somebody has handled this already. Nothing was sent twice.")
        raise Refusal(words, code="already_handled")


def check_has_address(reply_to: str | None) -> None:
    """Refuse to answer to nowhere."""
    if reply_to is None:
        words = N_("There is no address to answer to. Mark it as handled instead.")
        raise Refusal(words, code="no_address")
