"""What the desk shows of a thing that is to be looked at: pictures, warnings, and three taps."""

from typing import Any

from lainaamo.goods.models import Item
from lainaamo.lending import checks


def panel(item: Item, *, sign: str, mode: str, waits: bool) -> dict[str, Any]:
    """Return what is looked at of a thing, what speaks against it, and where the taps go."""
    reasons = checks.reasons_to_withdraw(item)
    return {
        "looks": checks.looks_of(item) if waits else [],
        "warnings": [checks.told(one, item) for one in reasons],
        "may_pass": waits and not set(reasons) & {checks.AGE, checks.STOP},
        "may_withdraw": bool(reasons),
        "fields": [("tavara", sign), ("tila", mode)],
        "url": "/tiski/tarkastukset",
        "fell_url": "/tiski/kolhut",
        "withdraw_url": "/tiski/poistot",
    }
