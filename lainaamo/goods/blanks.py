"""Codes that are printed before anything has them: rolls of blanks, claiming one, a torn label."""

import secrets
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from lainaamo.core import clock, journal
from lainaamo.core.db import insert_missing, session
from lainaamo.core.errors import N_, Refusal
from lainaamo.goods import actions, queries
from lainaamo.goods.codes import length_for, new_code
from lainaamo.goods.models import Code, Roll

MOST = 1000
SHOWN_ROLLS = 12


class Printed(NamedTuple):
    """A roll as lists show it; `left` of its codes are on nothing yet."""

    roll: Roll
    left: int


def make_roll(quantity: int) -> Roll:
    """Make so many codes that nothing has yet, to be printed; refuses less than 1 and too many."""
    if not 1 <= quantity <= MOST:
        words = N_("You can make from 1 to %(most)d labels at once. Write another number.")
        raise Refusal(words, code="no_such_quantity", most=MOST)
    roll = Roll(quantity=quantity, made_at=clock.now())
    session.add(roll)
    session.flush()
    left = quantity
    while left:
        length = length_for(session.scalar(select(func.max(Code.id))) or 0)
        facts = {"roll_id": roll.id, "made_at": clock.now()}
        drawn = {new_code(secrets.randbits, length=length) for _ in range(left)}
        # A sign that is in use already is left out by the key: as many more are drawn.
        insert_missing(Code, [{"sign": sign, **facts} for sign in drawn])
        left = quantity - len(signs_of(roll.id))
    journal.write("roll.made", "roll", roll.id, quantity=quantity)
    return roll


def signs_of(roll_id: int, *, only_blank: bool = False) -> list[str]:
    """Return the codes of a roll in the order they are printed."""
    wanted = select(Code.sign).where(Code.roll_id == roll_id)
    if only_blank:
        wanted = wanted.where(*_is_blank())
    return list(session.scalars(wanted.order_by(Code.id)))


def rolls() -> Sequence[Printed]:
    """Return the newest rolls, and how many codes of each are left."""
    left = select(func.count()).where(Code.roll_id == Roll.id, *_is_blank()).scalar_subquery()
    wanted = select(Roll, left).order_by(Roll.id.desc()).limit(SHOWN_ROLLS)
    return [Printed(roll, number) for roll, number in session.execute(wanted)]


def _is_blank() -> tuple[ColumnElement[bool], ...]:
    meanings = (Code.item_id, Code.place_id, Code.person_id, Code.command)
    return tuple(one.is_(None) for one in meanings)


def claim(item_id: int, sign: str) -> None:
    """Put a blank label on a thing; the same label on the same thing again changes nothing.

    Refuses a code that nobody has printed (`unknown_code`) and one that is on something else
    (`code_in_use`). The codes that the thing has go on opening it.
    """
    if queries.find_code(sign) is None:
        words = N_("This code is not in use here. Check that you read the right label.")
        raise Refusal(words, code="unknown_code")
    code = actions.lock_code(sign)
    if code.item_id == item_id:
        return
    if not actions.is_blank(code):
        words = N_("The label %(sign)s is in use already. Take another label.")
        raise Refusal(words, code="code_in_use", sign=sign)
    code.item_id, code.given_at = item_id, clock.now()
    journal.write("item.labelled", "item", item_id, code=sign)


def release(item_id: int, sign: str) -> None:
    """Take a label off a thing that it was put on by mistake: it is blank again.

    Refused for a code that was made for the thing and never printed blank.
    """
    code = actions.lock_code(sign)
    if code.item_id != item_id:
        return
    if code.roll_id is None:
        words = N_("The code %(sign)s was made for this thing. It cannot be put on another.")
        raise Refusal(words, code="not_from_a_roll", sign=sign)
    code.item_id = code.given_at = None
    journal.write("item.unlabelled", "item", item_id, code=sign)


def renew(item_id: int) -> str:
    """Give a thing whose label is torn a new code and return it; the old ones still open it."""
    return actions.give_code("item", item_id)
