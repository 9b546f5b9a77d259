"""What the staff's list of things shows; every state of the list is an address."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import pick
from lainaamo.core.reading import read_each
from lainaamo.desk import queries, states
from lainaamo.desk.queries import ROWS, Row, Sought
from lainaamo.desk.states import Now
from lainaamo.goods.codes import is_code

LONGEST_WORDS = 200
LONGEST_CURSOR = 15
Args = Mapping[str, Sequence[str]]


def sought(args: Args) -> Sought:
    """Read an address; what cannot be meant is left out."""
    words = " ".join(_first(args, "q")[:LONGEST_WORDS].replace("\0", " ").split())
    cursor = _first(args, "jatko")
    is_number = cursor.isascii() and cursor.isdigit() and len(cursor) <= LONGEST_CURSOR
    chosen = frozenset(args.get("tila", ())) & {value for value, _label in _labels()}
    each = () if is_code(words.upper()) else tuple(read_each(words))
    return Sought(words, each, chosen, int(cursor) if is_number else 0)


def _first(args: Args, name: str) -> str:
    return next(iter(args.get(name, ())), "")


def _labels() -> list[tuple[str, str]]:
    return [
        ("hyllyssa", _("On the shelf")),
        ("tiskilla", _("At the desk")),
        ("lainassa", _("On loan")),
        ("myohassa", _("Late")),
        ("korjauksessa", _("In repair")),
    ]


def listing(asked: Sought) -> dict[str, Any]:
    """Return everything the list's template needs."""
    found = queries.things(asked)
    more, found = len(found) > ROWS, found[:ROWS]
    uses = queries.coming_uses(row.id for row in found)
    return {
        "q": asked.words,
        "instead": _instead(asked),
        "filters": [{"name": "tila", "legend": _("State"), "options": _options(asked)}],
        "rows": [_row(row, uses.get(row.id, ())) for row in found],
        "next_url": _next(asked, found[-1].id) if more else None,
        "label_form_url": "/tarrat",
    }


def short(words: str, most: int) -> list[dict[str, Any]]:
    """Return the first things that words mean, each with its shelf and how it stands."""
    found = queries.things(sought({"q": [words]}))[:most]
    uses = queries.coming_uses(row.id for row in found)
    return [_row(row, uses.get(row.id, ())) for row in found]


def _instead(asked: Sought) -> dict[str, str] | None:
    """Return the words that were looked for instead of those that no name has."""
    if not any(one.mended for one in asked.each):
        return None
    words = " ".join(one.mended or one.word for one in asked.each)
    return {"words": words, "url": "/tavarat?" + urlencode({"q": words})}


def _options(asked: Sought) -> list[dict[str, Any]]:
    return [
        {"value": value, "label": label, "count": None, "checked": value in asked.states}
        for value, label in _labels()
    ]


def _next(asked: Sought, last_id: int) -> str:
    query = [("q", asked.words)] if asked.words else []
    query += [("tila", state) for state in sorted(asked.states)]
    return "/tavarat?" + urlencode([*query, ("jatko", str(last_id))])


def _row(row: Row, uses: Sequence[Any]) -> dict[str, Any]:
    now = Now(row.pool, row.place, row.home, row.left_as, row.due_on, row.need, uses)
    state = states.states(now)[0]
    return {
        "id": row.id,
        "url": f"/tavarat/{row.sign}" if row.sign else None,
        "code": row.sign,
        "name": pick(row.name_simple, row.name, row.name_sv, row.name_en),
        "size": row.size,
        "place": row.place or row.home,
        "state": state.label,
        "tone": state.tone,
        "picture": row.picture,
    }
