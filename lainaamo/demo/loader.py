"""Fills an empty house with the demo municipality: all of it in one transaction, or nothing."""

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import func, select, update

from lainaamo.administration.shipped import load_categories
from lainaamo.core import clock, journal
from lainaamo.core.db import session, transaction
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.outbox import Message
from lainaamo.demo import (
    bookings,
    crew,
    gear,
    group,
    lists,
    office,
    posted,
    reception,
    sign_ins,
    stock,
    voices,
    waits,
)
from lainaamo.demo.life import Life
from lainaamo.demo.plot import PAST_DAYS, Plot
from lainaamo.demo.sign_ins import SignInLine
from lainaamo.goods import blanks, commands
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item

if TYPE_CHECKING:
    from lainaamo.config import Settings
BLANK_LABELS = 48


def load() -> list[SignInLine]:
    """Make the demo municipality where there is none, and return a sign-in for each role.

    A second run changes nothing and returns the same sign-ins. Refused in a house that has goods
    of its own. It opens its own transaction.
    """
    settings: Settings = current_app.config["SETTINGS"]
    with transaction():
        is_loaded = _is_loaded()
        if not is_loaded:
            _check_empty()
        lines, is_new = sign_ins.keep(settings.folder, crew.sign_ins())
        if not is_loaded:
            _fill(lines)
        elif is_new:
            crew.set_passwords(lines)
    return lines


def _is_loaded() -> bool:
    wanted = select(journal.Entry.id).where(journal.Entry.verb == "demo.loaded")
    return session.scalar(wanted.limit(1)) is not None


def _check_empty() -> None:
    if session.scalar(select(Item.id).limit(1)) is not None:
        words = N_("This house has goods of its own. The demo goes only into an empty one.")
        raise Refusal(words, code="not_empty")


def _fill(lines: list[SignInLine]) -> None:
    """Let everything come in before the months that are played, and then play them."""
    with journal.acting("command"):
        with clock.at(clock.now() - timedelta(PAST_DAYS + 10)):
            load_categories()
            people_in = crew.come()
            things = stock.come(people_in.units)
            commands.make()
            blanks.make_roll(BLANK_LABELS)
        crew.set_passwords(lines)
        life = Life()
        sites = [site.id for site in goods.sites()]
        Plot(
            life,
            things,
            guests=people_in.guests,
            floor=people_in.floor,
            openings=goods.openings(sites),
        ).write()
        bookings.plan(life, people_in.units)
        reception.plan(life, people_in.units, people_in.floor)
        life.play()
        waits.stand_in_line(people_in.guests, who=people_in.floor[0])
        group.work()
        voices.speak()
        office.change()
        gear.keep_safe()
        lists.bring()
        _tell_nobody()
        posted.send()
        journal.write("demo.loaded", "site", sites[0], things=_count_things())


def _tell_nobody() -> None:
    """Take the messages of the past as sent: nobody is told about what never happened."""
    waiting = update(Message).where(Message.done_at.is_(None), Message.dropped_at.is_(None))
    session.execute(waiting.values(done_at=Message.promised_at))


def _count_things() -> int:
    return session.scalar(select(func.count()).select_from(Item)) or 0
