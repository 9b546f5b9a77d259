"""A pickup code at the desk: what waits under it, and whose it is."""

import re
from collections.abc import Sequence

from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import days
from lainaamo.core.i18n import gettext as _
from lainaamo.desk.cards import Card
from lainaamo.goods.words import name_of
from lainaamo.lending import queries
from lainaamo.lending.models import Reservation
from lainaamo.people.proofs import digits

# A longer one begins with 1, which no thing's code has; see lending.rules.pick_up_code.
PICK_UP_CODE = re.compile(r"[0-9]{4}|1[0-9]{4,6}")
LONGEST = 40


def read(text: str) -> str | None:
    """Return the pickup code that was typed or scanned; no thing's code looks like it."""
    given = digits(text) if len(text) <= LONGEST else ""
    return given if PICK_UP_CODE.fullmatch(given) else None


def waiting(code: str) -> Sequence[Reservation]:
    """Return what waits under a pickup code: four digits, so now and then for more than one."""
    found = queries.waiting_with_code(code)
    if not found:
        words = N_("No reservation waits with this pickup code. Ask for the name.")
        raise Refusal(words, code="no_pick_up")
    return found


def card(found: Sequence[Reservation]) -> Card:
    """Return the answer where the code alone does not say whose it is, or a unit fetches."""
    people = [one for one in found if one.person_id is not None]
    units = [_told(one) for one in found if one.person_id is None]
    ask = [_("Ask for the name.")] if people else []
    then = [_("Scan now each thing that is fetched.")] if units else []
    return {
        "tone": "info",
        "title": _("Pickup code %(code)s", code=found[0].pick_up_code),
        "text": " ".join([*ask, *units, *then]),
        "thing": None,
        "actions": [_step(one) for one in people],
    }


def _step(one: Reservation) -> Card:
    url = f"/tiski/lainaajat/{one.person_id}/avaus"
    return {"label": _told(one), "icon": "bag", "url": url, "tone": "", "fields": []}


def _told(one: Reservation) -> str:
    things = ", ".join(name_of(line.kind) for line in one.lines if line.ended_at is None)
    return f"{one.for_name}: {things}, {days(one.first_day, one.last_day)}."
