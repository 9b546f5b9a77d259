"""All things as a table to take away, in the columns that lists are brought in with."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row as Found

from lainaamo.core import clock
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import pick
from lainaamo.core.tables import Row
from lainaamo.desk import queries, states
from lainaamo.desk.queries import Sought
from lainaamo.desk.states import Now
from lainaamo.goods.attributes import ATTRIBUTES, MEASURES, Value, measures_text, show
from lainaamo.goods.words import condition_word
from lainaamo.intake.columns import COLUMNS

AT_ONCE = 500


def headers() -> list[str]:
    """Return what stands over the columns: those of a list, then what only we know."""
    return [*(_(label) for label in COLUMNS.values()), _("State"), _("Came in")]


def rows(asked: Sought) -> Iterator[Row]:
    """Yield every thing that was asked for, so many at a time; what is read of one is let go."""
    after_id = asked.after_id
    while found := queries.whole_things(asked._replace(after_id=after_id), limit=AT_ONCE):
        uses = queries.coming_uses(row.id for row in found)
        for row in found:
            yield _row(row, uses.get(row.id, ()))
        after_id = found[-1].id


def _row(row: Found[Any], uses: Sequence[Any]) -> Row:
    now = Now(row.pool, row.place, row.home, row.left_as, row.due_on, row.need, uses)
    cents = row.price_new_cents
    return [
        row.name,
        pick(row.category_simple, row.category, row.category_sv, row.category_en),
        _facts(row),
        row.quantity,
        None if cents is None else cents / 100,
        row.unit,
        row.sign,
        condition_word(row.condition),
        row.place or row.home,
        states.states(now)[0].label,
        clock.local(row.received_at).date(),
    ]


def _facts(row: Found[Any]) -> str:
    """Write the measures and the words of a thing, as a list has them."""
    measures = measures_text(row.attributes)
    rest = row.attributes.items() if measures is None else _beside(row.attributes)
    known = [show(key, value, translate=_) for key, value in rest if key in ATTRIBUTES]
    own = [] if known or not row.size else [row.size]
    words = row.note or row.description
    said = (*own, measures, *known, words)
    return "; ".join(one for one in said if one)


def _beside(attributes: Mapping[str, Value]) -> list[tuple[str, Value]]:
    return [(key, value) for key, value in attributes.items() if key not in MEASURES]
