"""The desk's list of the day's work: things and shelves, no people."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lainaamo.core.i18n import clock_time, pick
from lainaamo.core.i18n import gettext as _
from lainaamo.core.journal import Entry
from lainaamo.desk import queries
from lainaamo.goods import life
from lainaamo.lending import undo
from lainaamo.lending.models import Step

LINES = 20
UNDOS = "/tiski/peruutukset"
Line = dict[str, Any]


def last_day() -> tuple[date | None, list[Line]]:
    """Return the last day's work, the newest first: things and shelves, no people."""
    entries = queries.last_days_work()
    said, hidden = life.conditions_in(entries), _told_with_another(entries)
    shown = [entry for entry in entries if entry.id not in hidden][:LINES]
    names = queries.names_of_items(entry.thing_id for entry in shown)
    places = queries.names_of_places(
        entry.details["place"] for entry in shown if "place" in entry.details
    )
    undos = _undos(entries, shown)
    lines = [
        {**_line(entry, names[entry.thing_id], places, said), "undo": undos.get(entry.id)}
        for entry in shown
    ]
    return queries.day_of(entries[0]) if entries else None, lines


def _undos(entries: Sequence[Entry], shown: Sequence[Entry]) -> Mapping[int, Line]:
    """Return what undoes a line, by its id: the newest line of a thing that still stands so."""
    newest, at = dict[int, int](), dict[int, int]()
    for entry in reversed(entries):
        newest[entry.thing_id] = entry.id
    for entry in reversed(shown):
        at[entry.thing_id] = entry.id
    steps = undo.of_items(at)
    return {
        at[item_id]: of_step(step)
        for item_id, step in steps.items()
        if step.entry_id >= newest[item_id]
    }


def of_step(step: Step) -> Line:
    """Return the button that undoes a step."""
    return {"label": _("Undo"), "url": UNDOS, "fields": [("step", str(step.id))]}


def _told_with_another(entries: Sequence[Entry]) -> set[int]:
    """Return the lines that say no more than their neighbour: a condition, and what it began.

    Marking a condition writes what it did to the repair just before its own line.
    """
    marked = {
        (entry.thing_id, entry.id - before)
        for entry in entries
        if entry.verb == "item.condition_marked"
        for before in (1, 2)
    }
    began = {
        entry.id
        for entry in entries
        if entry.verb in queries.REPAIR_VERBS and (entry.thing_id, entry.id) in marked
    }
    return life.told_with_return(entries) | began


def _line(
    entry: Entry, named: queries.Named, places: Mapping[int, str], said: Mapping[int, str]
) -> Line:
    condition = said.get(entry.details.get("loan", 0))
    event = life.told(entry.verb, entry.details, places=places, units={}, condition=condition)
    name = pick(named.name_simple, named.name, named.name_sv, named.name_en)
    return {
        "icon": event.icon,
        "tone": event.tone,
        "title": f"{name} {named.size}" if named.size else name,
        "text": " · ".join(text for text in (event.title, event.text) if text),
        "time": clock_time(entry.happened_at),
    }
