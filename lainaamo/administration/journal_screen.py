"""The journal as the administrator reads it: what happened to what, in words and ids."""

from collections.abc import Iterator, Sequence

from flask import Blueprint
from sqlalchemy import select

from lainaamo.administration.told import told
from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.errors import N_
from lainaamo.core.i18n import clock_time, day
from lainaamo.core.journal import Entry
from lainaamo.core.tables import Cell, Row
from lainaamo.goods import ledger
from lainaamo.goods.ledger import Asked, Ledger, Shown, newest_first, within
from lainaamo.people.access import Right

bp = Blueprint("journal_screen", __name__)


def find(asked: Asked, most: int) -> Sequence[Entry]:
    """Return lines of the journal, the newest first."""
    wanted = select(Entry).where(*within(Entry.happened_at, asked))
    return session.scalars(newest_first(wanted, Entry.id, asked).limit(most)).all()


def _details(entry: Entry) -> str:
    return ", ".join(f"{name} {value}" for name, value in entry.details.items())


def _show(found: Sequence[Entry]) -> list[Shown]:
    return [
        {
            "name": told(entry.verb),
            "url": None,
            "code": None,
            "label": f"{entry.thing} {entry.thing_id}",
            "tone": "none",
            "cells": [_when(entry), entry.actor, _details(entry)],
        }
        for entry in found
    ]


def _when(entry: Entry) -> str:
    return f"{day(clock.local(entry.happened_at).date())} {clock_time(entry.happened_at)}"


def _tell(found: Sequence[Entry]) -> Iterator[Row]:
    for entry in found:
        cells: list[Cell] = [entry.verb, entry.id, entry.happened_at, entry.actor]
        yield [*cells, entry.thing, entry.thing_id, _details(entry)]


JOURNAL = Ledger(
    key="journal",
    url="/hallinta/paivakirja",
    title=N_("Journal"),
    empty=N_("The journal has no line of these days."),
    days=N_("When"),
    right=Right.JOURNAL,
    states={},
    columns=[N_("When"), N_("Who"), N_("Facts")],
    headers=[
        N_("What happened"),
        N_("Line"),
        N_("When"),
        N_("Who"),
        N_("Sort"),
        N_("Number"),
        N_("Facts"),
    ],
    find=find,
    shown=_show,
    told=_tell,
    status=N_("To what"),
    names_people=False,
    has_sites=False,
)

ledger.offer(bp, JOURNAL)
