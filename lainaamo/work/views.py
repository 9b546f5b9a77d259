"""What I did today: my own day in pictures and plain words; of the others only the sums.

Nobody's speed is measured and nobody is ranked: one sees one's own, and the house as a whole.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lainaamo.core import clock
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import ngettext, short_day
from lainaamo.core.web import needs
from lainaamo.goods import queries as goods
from lainaamo.goods.words import name_of
from lainaamo.people.access import Right
from lainaamo.people.visitor import visitor
from lainaamo.work import queries
from lainaamo.work.queries import UNDONE, Line

bp = Blueprint("work", __name__)
WEEKS = 5
PICTURES = 12
FEWEST = 3
"""With fewer people than these at work, a sum less one's own would tell of somebody."""
Shown = dict[str, Any]
Say = Callable[[int], str]

ICONS: Mapping[str, tuple[str, str]] = {
    "item.received": ("gift", "brand"),
    "item.shelved": ("shelf", "ok"),
    "item.completed": ("edit", "none"),
    "loan.handed_out": ("out", "info"),
    "loan.returned": ("in", "ok"),
    "repair.opened": ("wrench", "warn"),
    "repair.closed": ("check", "ok"),
    "claim.taken": ("truck", "info"),
}
MINE: Mapping[str, Say] = {
    "item.received": lambda n: ngettext(
        "You took in %(num)d thing.", "You took in %(num)d things.", n
    ),
    "item.shelved": lambda n: ngettext(
        "You put %(num)d thing on a shelf.", "You put %(num)d things on shelves.", n
    ),
    "item.completed": lambda n: ngettext(
        "You completed the facts of %(num)d thing.", "You completed the facts of %(num)d things.", n
    ),
    "loan.handed_out": lambda n: ngettext("You lent %(num)d thing.", "You lent %(num)d things.", n),
    "loan.returned": lambda n: ngettext(
        "You took back %(num)d thing.", "You took back %(num)d things.", n
    ),
    "repair.opened": lambda n: ngettext(
        "You sent %(num)d thing to repair.", "You sent %(num)d things to repair.", n
    ),
    "repair.closed": lambda n: ngettext(
        "You put %(num)d thing in order.", "You put %(num)d things in order.", n
    ),
    "claim.taken": lambda n: ngettext(
        "You handed %(num)d lot to a unit.", "You handed %(num)d lots to units.", n
    ),
}
OURS: Mapping[str, Say] = {
    "item.received": lambda n: ngettext("%(num)d taken in", "%(num)d taken in", n),
    "item.shelved": lambda n: ngettext("%(num)d put on shelves", "%(num)d put on shelves", n),
    "item.completed": lambda n: ngettext("%(num)d completed", "%(num)d completed", n),
    "loan.handed_out": lambda n: ngettext("%(num)d lent", "%(num)d lent", n),
    "loan.returned": lambda n: ngettext("%(num)d returned", "%(num)d returned", n),
    "repair.opened": lambda n: ngettext("%(num)d to repair", "%(num)d to repair", n),
    "repair.closed": lambda n: ngettext("%(num)d put in order", "%(num)d put in order", n),
    "claim.taken": lambda n: ngettext("%(num)d lot to units", "%(num)d lots to units", n),
}


@bp.get("/tanaan")
@needs(Right.RECEIVE)
def today() -> ResponseReturnValue:
    """Show one's own day, one's own weeks, and what the house did together."""
    me = visitor()
    alias, begun = me.alias if me else "", _begins(clock.today())
    lines = queries.own_lines(alias, begun)
    house = queries.house_since(begun)
    return render_template(
        "work/own_day.html",
        mode_name=_("What I did today"),
        told=_told(_counts(lines), MINE),
        things=_things(lines),
        weeks=_weeks(alias),
        house=_told(house.sums, OURS) if house.people >= FEWEST else None,
    )


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.HELSINKI)


def _counts(lines: Sequence[Line]) -> Mapping[str, int]:
    """Count what was done; what was taken in by mistake is not counted, a completed thing once."""
    undone = {line.thing_id for line in lines if line.verb == UNDONE}
    kept = [line for line in lines if line.verb != "item.completed"]
    kept += {line for line in lines if line.verb == "item.completed"}
    return Counter(
        line.verb for line in kept if not (line.verb == "item.received" and line.thing_id in undone)
    )


def _told(counts: Mapping[str, int], words: Mapping[str, Say]) -> list[Shown]:
    return [
        {"icon": ICONS[verb][0], "tone": ICONS[verb][1], "text": say(counts[verb])}
        for verb, say in words.items()
        if counts.get(verb)
    ]


def _things(lines: Sequence[Line]) -> list[Shown]:
    """Return the last things one had in hand, each once."""
    ids = list(dict.fromkeys(line.thing_id for line in lines if line.thing == "item"))[:PICTURES]
    found = {item.id: item for item in queries.things(ids)}
    photos, signs = goods.first_photos(ids), goods.signs_of(ids)
    return [
        {
            "name": name_of(found[one].kind),
            "photo": photos.get(one),
            "picture": found[one].kind.category.pictogram,
            "url": f"/tavarat/{signs[one]}" if one in signs else None,
        }
        for one in ids
        if one in found
    ]


def _weeks(alias: str) -> list[Shown]:
    """Return one's own weeks, this one first."""
    monday = clock.today() - timedelta(clock.today().weekday())
    mondays = [monday - timedelta(7 * back) for back in range(WEEKS)]
    counts = queries.own_weeks(alias, [_begins(one) for one in mondays])
    return [
        {
            "label": _("This week")
            if at == 0
            else f"{short_day(one)}–{short_day(one + timedelta(6))}",
            "count": ngettext("%(num)d task", "%(num)d tasks", counts.get(at, 0)),
        }
        for at, one in enumerate(mondays)
    ]
