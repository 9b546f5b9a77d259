"""Looking only: where a thing is, how it stands, who needs it next; nothing changes by a scan."""

from lainaamo.core.i18n import gettext as _
from lainaamo.desk import cards, reported
from lainaamo.desk.cards import Card
from lainaamo.desk.queries import Standing
from lainaamo.desk.rules import Mode
from lainaamo.desk.states import now_of, states
from lainaamo.goods import queries as goods


def card(standing: Standing) -> Card:
    """Return the answer to a thing that is only looked at."""
    first, *rest = states(now_of(standing))
    text = " · ".join([*(state.label for state in rest), *_where(standing), *_missing(standing)])
    return {
        "thing": cards.thing_of(standing),
        "tone": "bad" if standing.item.left_at is not None else "info",
        "title": first.label,
        "text": text or None,
        "next": cards.next_of(standing),
        "reports": reported.of_thing(standing.item.id, most=1),
        "only_looks": True,
        "check": cards.check_of(standing, Mode.LOOK),
        "actions": _steps(standing),
    }


def _where(standing: Standing) -> list[str]:
    """Return the house where a thing is; who has one that is lent is not told here."""
    item = standing.item
    is_here = item.left_at is None and standing.open_loan is None
    return [item.site.name] if is_here else []


def _missing(standing: Standing) -> list[str]:
    parts = goods.parts_of(standing.item.id)
    gone = [part.name for part in parts if part.missing_since is not None]
    return [_("Missing: %(parts)s", parts=", ".join(gone))] if gone else []


def _steps(standing: Standing) -> list[Card]:
    """Return what can be done by a tap: what is next for a thing that stands so."""
    item, sign = standing.item, standing.sign
    if item.left_at is not None:
        return cards.finds(standing, Mode.LOOK)
    if standing.open_loan is not None:
        return [cards.take_back(sign)]
    if cards.waits_to_be_looked_at(standing):
        return []
    if standing.repair is not None:
        return [cards.mended(sign, Mode.LOOK)]
    home = cards.home_steps(standing)
    return home or ([cards.lend(sign)] if item.kind.pool == "lendable" else [])
