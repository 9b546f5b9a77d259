"""What the desk decides by itself: its modes, and until which day a thing may be handed out."""

from datetime import date, timedelta
from enum import StrEnum

from lainaamo.core.errors import N_, Refusal
from lainaamo.goods.opening import Opening
from lainaamo.lending.rules import Terms


class Mode(StrEnum):
    """What the desk does with the next code; the value stands in addresses."""

    RETURN = "palautus"
    LOAN = "lainaus"
    SHELVE = "hyllytys"
    LOOK = "katso"


def read_mode(text: str | None) -> Mode:
    """Return the mode of an address or a form; whatever else is there means returning."""
    return Mode(text) if text in set(Mode) else Mode.RETURN


def check_due_on(due_on: date, *, today: date, opening: Opening, terms: Terms) -> None:
    """Refuse a due day that is over, too far away, or one on which the site is closed.

    The first day is not asked: staff may hand out on a day when the desk is closed to others.
    """
    check_not_past(due_on, today=today)
    longest = terms.longest_from(today)
    latest = today + timedelta(longest)
    if due_on > latest:
        words = N_("You can borrow for %(days)d days at most: until %(latest)s.")
        raise Refusal(words, code="too_long", days=longest, latest=latest)
    if not opening.is_open(due_on):
        near = opening.previous_open(due_on)
        near = near if near is not None and near >= today else opening.next_open(due_on)
        if near is None:
            raise Refusal(N_("This place is closed for now. Call us."), code="closed")
        words = N_("We are closed on %(day)s. Bring it back by %(open)s.")
        raise Refusal(words, code="closed", day=due_on, open=near)


def check_not_past(due_on: date, *, today: date) -> None:
    """Refuse a due day that is over."""
    if due_on < today:
        raise Refusal(N_("That day is over. Choose today or a later day."), code="past")
