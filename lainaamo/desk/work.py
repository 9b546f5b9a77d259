"""The desk's list of the day's work: things and shelves, no people."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from flask import current_app
from markupsafe import Markup

from lainaamo.core.i18n import clock_time, locale, pick
from lainaamo.core.i18n import gettext as _
from lainaamo.core.journal import Entry
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area
from lainaamo.desk import queries
from lainaamo.goods import life
from lainaamo.lending import undo

LINES = 20
UNDOS = "/tiski/peruutukset"
Line = dict[str, Any]


class Day(NamedTuple):
    """The last day on which there was work, and its list as the desk shows it."""

    day: date | None
    log: Markup


def last_day(fields: Sequence[tuple[str, str]]) -> Day:
    """Return the last day's work, the newest first: things and shelves, no people.

    `fields` go along with what undoes a line.
    """
    return _last_day(locale(), tuple(fields))


@once_per_change(Area.WORK, Area.GOODS, Area.HOUSE)
def _last_day(at: str, fields: tuple[tuple[str, str], ...]) -> Day:
    day, lines = _lines(at)
    template = current_app.jinja_env.get_template("desk/log.html")
    return Day(day, Markup(template.render(today=lines, fields=list(fields))))  # noqa: S704 - a template of ours made it


@once_per_change(Area.WORK, Area.GOODS, Area.HOUSE)
def _lines(_locale: str) -> tuple[date | None, list[Line]]:
    entries = queries.last_days_work()
    said, hidden = life.conditions_in(entries), _told_with_another(entries)
    shown = [entry for entry in entries if entry.id not in hidden][:LINES]
    names = queries.names_of_items(entry.thing_id for entry in shown)
    places = queries.names_of_all_places()
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
        at[item_id]: of_step(step.id)
        for item_id, step in steps.items()
        if step.entry_id >= newest[item_id]
    }


def of_step(step_id: int) -> Line:
    """Return the button that undoes a step."""
    return {"label": _("Undo"), "url": UNDOS, "fields": [("step", str(step_id))]}


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
