"""Labels on the wall that say what to do, so that gloves never touch glass."""

import secrets
from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import select

from lainaamo.core import clock, journal
from lainaamo.core.db import insert_once, session
from lainaamo.core.errors import N_
from lainaamo.goods.codes import new_code
from lainaamo.goods.models import Code


class Command(StrEnum):
    """What one label says; the first four are how a thing came back, or what it needs."""

    OK = "ok"
    BROKEN = "broken"
    DIRTY = "dirty"
    PART_MISSING = "part_missing"
    UNDO = "undo"
    RETURN = "return"
    LOAN = "loan"
    SHELVE = "shelve"


CONDITIONS = frozenset({Command.OK, Command.BROKEN, Command.DIRTY, Command.PART_MISSING})
WORDS: Mapping[Command, str] = {
    Command.OK: N_("OK"),
    Command.BROKEN: N_("Broken"),
    Command.DIRTY: N_("Dirty"),
    Command.PART_MISSING: N_("Part missing"),
    Command.UNDO: N_("Undo"),
    Command.RETURN: N_("Return"),
    Command.LOAN: N_("Loan"),
    Command.SHELVE: N_("Put away"),
}


def hint(command: Command) -> str:
    """Return the words under a command: when to scan it."""
    if command in CONDITIONS:
        return N_("Scan the item first, then this.")
    if command is Command.UNDO:
        return N_("Takes back what was done last.")
    return N_("The desk does this until told otherwise.")


def signs() -> Mapping[Command, str]:
    """Return the code of each command that has one, in the order they are printed."""
    wanted = select(Code.command, Code.sign).where(Code.command.in_(list(Command)))
    found = dict(session.execute(wanted).all())
    return {command: found[command] for command in Command if command in found}


def make() -> None:
    """Give a code to each command that has none."""
    for command in Command:
        while command not in signs():
            sign = new_code(secrets.randbits)
            made = insert_once(Code, sign=sign, command=command, made_at=clock.now())
            if made:
                code_id = session.scalars(select(Code.id).where(Code.sign == sign)).one()
                journal.write("command.labelled", "code", code_id, command=str(command), code=sign)
