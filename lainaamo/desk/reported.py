"""What strangers have told of found things, as the desk and a thing's page show it."""

from collections.abc import Sequence
from typing import Any

from lainaamo.core import clock
from lainaamo.core.i18n import pick
from lainaamo.desk import queries
from lainaamo.desk.states import Now, states
from lainaamo.feedback import found
from lainaamo.feedback.models import FoundReport
from lainaamo.people.rules import Contact, show_contact

Shown = dict[str, Any]


def told(row: FoundReport) -> Shown:
    """Return a report: when and where, and how to reach who told it."""
    contact = Contact(row.email, row.phone)
    return {
        "id": row.id,
        "url": f"/tiski/loydot/{row.id}/kasittely",
        "told_on": clock.local(row.given_at).date(),
        "spot": row.spot,
        "contact": show_contact(contact) if contact.text else None,
        "contact_url": f"mailto:{row.email}" if row.email else f"tel:{row.phone}",
        "handled_on": clock.local(row.handled_at).date() if row.handled_at else None,
        "is_erased": row.erased_at is not None,
    }


def of_thing(item_id: int, *, most: int = found.FEW) -> list[Shown]:
    """Return what was told last of a thing and nobody has looked at."""
    return [told(row) for row in found.open_of(item_id, most=most)]


def with_things(rows: Sequence[FoundReport]) -> list[Shown]:
    """Return reports with their things: the name, the code, the shelf and how each stands now."""
    ids = {row.item_id for row in rows}
    things = {row.id: row for row in queries.rows_of(ids)}
    uses = queries.coming_uses(ids)
    return [told(row) | _thing(things[row.item_id], uses.get(row.item_id, ())) for row in rows]


def _thing(row: queries.Row, uses: Sequence[Any]) -> Shown:
    now = Now(row.pool, row.place, row.home, row.left_as, row.due_on, row.need, uses)
    state = states(now)[0]
    return {
        "name": pick(row.name_simple, row.name, row.name_sv, row.name_en),
        "size": row.size,
        "code": row.sign,
        "thing_url": f"/tavarat/{row.sign}" if row.sign else None,
        "picture": row.picture,
        "state": state.label,
        "tone": state.tone,
        "icon": state.icon,
    }
