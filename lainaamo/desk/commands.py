"""What the labels on the wall do: to the thing scanned last, the mode, or the last act."""

from collections.abc import Mapping
from datetime import timedelta

from lainaamo.core import journal
from lainaamo.core.errors import N_, Refusal
from lainaamo.desk import actions
from lainaamo.desk.queries import Standing
from lainaamo.desk.rules import Mode
from lainaamo.goods import queries as goods
from lainaamo.goods.commands import Command
from lainaamo.lending import undo

MODES: Mapping[Command, Mode] = {
    Command.RETURN: Mode.RETURN,
    Command.LOAN: Mode.LOAN,
    Command.SHELVE: Mode.SHELVE,
}
NEEDS: Mapping[Command, str] = {
    Command.BROKEN: "repair",
    Command.DIRTY: "clean",
    Command.PART_MISSING: "part",
}
UNDONE_WITHIN = timedelta(minutes=10)
"""How old an act the undo label takes back: longer than the foot bar, since one walks to a wall."""


def tell_condition(command: Command, standing: Standing | None) -> str:
    """Say how the thing scanned last is; return what was done, as the desk's address has it.

    One that has just come back gets its condition; one in the house goes to be mended, or is in
    order again. Refused where no thing was scanned, and for what is lent.
    """
    if standing is None:
        words = N_("Scan the thing first, then the command.")
        raise Refusal(words, code="no_thing")
    loan, item = standing.last_loan, standing.item
    if loan is not None and item.place_id is None:
        actions.mark_condition(loan, str(command))
        return "kunto"
    if command in NEEDS:
        actions.send_to_repair(item, NEEDS[command])
    else:
        actions.mend(item)
    return ""


def take_back_last() -> str:
    """Undo what this person did last at the desk, and return the thing's code."""
    step_id = undo.last_by(journal.actor(), since=UNDONE_WITHIN)
    if step_id is None:
        words = N_("There is nothing of yours to undo. Older work is in the list of the day.")
        raise Refusal(words, code="nothing_to_undo")
    steps = undo.undo(step_id)
    return goods.sign_of(steps[-1].item_id) or ""
