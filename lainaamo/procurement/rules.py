"""What may be booked, cancelled and handed over, and how a saving is counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from lainaamo.core.errors import N_, Refusal

AHEAD = timedelta(days=366)
HOW_MANY = N_("Write how many, for example 12.")


def check_offered(*, pool: str, left_as: str | None, condition: str, in_repair: bool) -> None:
    """Refuse what units cannot book: things to lend, gone, broken or in repair."""
    if pool != "reuse":
        words = N_("This is lent to residents. It is not for reuse by units.")
        raise Refusal(words, code="not_for_reuse")
    if left_as is not None:
        raise Refusal(N_("These are gone already. Choose something else."), code="left")
    if condition == "broken" or in_repair:
        words = N_("This is in repair. Book it when it is back on the shelf.")
        raise Refusal(words, code="in_repair")


def check_day(wanted_on: date | None, *, today: date, available_from: date | None) -> None:
    """Refuse a wish for a day that is over, too far, or before the goods can go."""
    if wanted_on is None:
        return
    if wanted_on < today:
        raise Refusal(N_("That day is over. Choose today or a later day."), code="past")
    if wanted_on > today + AHEAD:
        latest = today + AHEAD
        words = N_("Choose a day until %(latest)s, or leave the day out.")
        raise Refusal(words, code="too_far", latest=latest)
    if available_from is not None and wanted_on < available_from:
        words = N_("These can go from %(day)s on. Choose that day or a later one.")
        raise Refusal(words, code="not_yet", day=available_from)


def too_many(left: int) -> Refusal:
    """Return the refusal of more pieces than are free, with how many are."""
    if left == 0:
        words = N_("All of these are booked now. Look for others like them.")
        return Refusal(words, code="none_left", left=0)
    if left == 1:
        words = N_("Only one of these is left. Book it, or look for others like it.")
        return Refusal(words, code="too_few_left", left=1)
    words = N_("Only %(left)d of these are left. Book %(left)d, or look for others like them.")
    return Refusal(words, code="too_few_left", left=left)


def check_waiting(number: int, *, waiting: int) -> None:
    """Refuse to end more pieces of a claim than wait; when none do, it is over."""
    if waiting == 0:
        words = N_("This booking is over: everything was taken or cancelled.")
        raise Refusal(words, code="over")
    if number < 1:
        raise Refusal(HOW_MANY, code="none")
    if number > waiting:
        words = N_("Only %(left)d of this booking are waiting. Choose %(left)d at most.")
        raise Refusal(words, code="too_many", left=waiting)


@dataclass(frozen=True, slots=True)
class Saving:
    """What new ones would have cost, for the taken pieces whose price is known."""

    pieces: int
    cents: int
    unpriced: int


def saving(taken: Iterable[tuple[int, int | None]]) -> Saving:
    """Add up pieces times price as new; pieces without a price are counted apart, never guessed."""
    pairs = list(taken)
    return Saving(
        pieces=sum(number for number, _cents in pairs),
        cents=sum(number * cents for number, cents in pairs if cents is not None),
        unpriced=sum(number for number, cents in pairs if cents is None),
    )
