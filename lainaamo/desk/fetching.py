"""The verbs of fetching a whole reservation: many things in one act, which is undone as one."""

from collections.abc import Collection
from dataclasses import dataclass

from lainaamo.core import clock, journal
from lainaamo.core.errors import N_, Refusal
from lainaamo.goods import queries as goods
from lainaamo.goods.in_hand import InHand
from lainaamo.goods.models import Item
from lainaamo.lending import actions as lending
from lainaamo.lending import queries, undo
from lainaamo.lending.actions import Borrower
from lainaamo.lending.models import Line, Reservation


@dataclass(frozen=True, slots=True)
class Ticks:
    """The parts that were shown beside things, and those of them that are there."""

    shown: frozenset[int] = frozenset()
    there: frozenset[int] = frozenset()

    def note(self, item: Item) -> None:
        """Remember what is missing of a thing from today on, and what is there again."""
        for part in goods.parts_of(item.id) if self.shown else ():
            is_missing = part.id not in self.there
            if part.id in self.shown and is_missing != (part.missing_since is not None):
                part.missing_since = clock.today() if is_missing else None
                verb = "part.missing" if is_missing else "part.found"
                journal.write(verb, "item", item.id, part=part.id)


NO_TICKS = Ticks()


def hand_out_lines(
    reservation_id: int, line_ids: Collection[int], *, ticks: Ticks, override: str | None = None
) -> None:
    """Hand out the things that these lines stand on, all or none, and remember missing parts."""
    found = queries.get_reservation(reservation_id)
    _check_begun(found)
    lines = [line for line in found.lines if line.id in line_ids]
    if not lines:
        raise Refusal(N_("Tick what is handed over."), code="nothing_ticked")
    items = goods.items_by_id(line.use.item_id for line in lines)
    lending.lock_for(_borrower(found), *items.values())
    # Until they were locked, another's promise may have moved these to other things.
    fresh = queries.get_reservation(reservation_id, fresh=True)
    steps: list[int] = []
    for line in (line for line in fresh.lines if line.id in line_ids):
        item = goods.get_item(line.use.item_id, fresh=True)
        steps += _hand_out(fresh, line, item, ticks, override=override)
    undo.as_one(steps)


def _check_begun(found: Reservation) -> None:
    if found.first_day > clock.today():
        words = N_("This reservation begins on %(day)s. Change its days first.")
        raise Refusal(words, code="too_early", day=found.first_day)


def _borrower(found: Reservation) -> Borrower:
    return Borrower(found.for_name, found.person_id, found.unit_id)


def _hand_out(
    found: Reservation,
    line: Line,
    item: Item,
    ticks: Ticks = NO_TICKS,
    *,
    override: str | None = None,
) -> list[int]:
    thing, borrower = InHand.of(item), _borrower(found)
    due_on = max(found.last_day, clock.today())
    with undo.kept(item.id, "handed_out") as act:
        lending.lend(
            thing, borrower, before=act.before, due_on=due_on, line=line, override=override
        )
        ticks.note(item)
    return act.steps


def hand_out_scanned(reservation_id: int, item: Item, *, override: str | None = None) -> None:
    """Hand out this very thing for the first of the reservation's lines that it does for."""
    found = queries.get_reservation(reservation_id)
    _check_begun(found)
    fits = (line for line in found.lines if line.ended_at is None and _does(item, line))
    line = next(fits, None)
    if line is None:
        words = N_("This is another thing than the one reserved. Scan the right one.")
        raise Refusal(words, code="other_kind")
    lending.lock_for(_borrower(found), item)
    _hand_out(found, line, item, override=override)


def _does(item: Item, line: Line) -> bool:
    return line.kind_id == item.kind_id and line.size in {None, item.size}
