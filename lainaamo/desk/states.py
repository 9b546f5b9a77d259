"""In what states a thing is: derived from what is stored, never stored itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from lainaamo.core import clock
from lainaamo.core.i18n import day
from lainaamo.core.i18n import gettext as _
from lainaamo.desk.queries import Standing
from lainaamo.goods import life


class State(NamedTuple):
    """One state of a thing: derived, never stored."""

    label: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class Now:
    """What a thing's states are derived from."""

    pool: str
    place: str | None
    home: str | None
    left_as: str | None
    due_on: date | None
    need: str | None
    uses: Sequence[tuple[str, date, date | None]]
    """Purpose, first day, last day of what takes it now or later, the soonest first."""


def now_of(standing: Standing) -> Now:
    """Return what a thing's states are derived from."""
    item, loan, repair = standing.item, standing.open_loan, standing.repair
    return Now(
        pool=item.kind.pool,
        place=item.place.name if item.place else None,
        home=item.home_place.name if item.home_place else None,
        left_as=item.left_as,
        due_on=loan.due_on if loan else None,
        need=repair.need if repair else None,
        uses=[(use.purpose, use.first_day, use.last_day) for use in standing.uses],
    )


def states(now: Now) -> list[State]:
    """Say in what states a thing is, the most important first."""
    if now.left_as is not None:
        return [State(_(life.LEAVINGS[now.left_as]), "none", "none")]
    found = [_loan_state(now.due_on)] if now.due_on else []
    if now.need:
        icon, words, *_rest = life.NEEDS[now.need]
        found.append(State(_(words), "warn", icon))
    if not found:
        found.append(_place_state(now))
    reserved = next((first for purpose, first, _last in now.uses if purpose == "reserved"), None)
    if reserved is not None:
        first = max(reserved, clock.today())
        found.append(State(_("Reserved from %(day)s", day=day(first)), "info", "cal"))
    return found


def _loan_state(due_on: date) -> State:
    if due_on < clock.today():
        return State(_("Late, was due %(day)s", day=day(due_on)), "bad", "clock")
    return State(_("On loan, due %(day)s", day=day(due_on)), "info", "out")


def _place_state(now: Now) -> State:
    today = clock.today()
    rests = [last for purpose, _first, last in now.uses if purpose == "turnaround"]
    until = next((last for last in rests if last is not None and last >= today), None)
    if now.place is None:
        if now.home:
            return State(_("At the desk, goes to shelf %(name)s", name=now.home), "warn", "in")
        return State(_("At the desk"), "warn", "in")
    if until is not None:
        return State(_("Resting until %(day)s", day=day(until)), "info", "clock")
    return State(_("On the shelf"), "ok", "check")
