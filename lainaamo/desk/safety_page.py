"""What safety asks of the staff now: to be looked at, too old, soon too old, worn, stopped."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.i18n import full_day
from lainaamo.core.i18n import gettext as _
from lainaamo.core.web import needs
from lainaamo.goods import queries as goods
from lainaamo.goods import safety
from lainaamo.goods.models import Item, Kind, Repair
from lainaamo.goods.words import name_of, sized
from lainaamo.lending.models import Loan
from lainaamo.people.access import Right

bp = Blueprint("safety", __name__)
AHEAD = timedelta(days=365)
MOST = 200
Shown = dict[str, Any]


@bp.get("/turvallisuus")
@needs(Right.THINGS)
def page() -> ResponseReturnValue:
    """Show what is to be looked at, what may not be used any more, and what soon may not."""
    today = clock.today()
    dated = safety.retiring(until=today + AHEAD)
    waiting = _waiting()
    old = [one for one in dated if one.retire_on is not None and one.retire_on < today]
    soon = [one for one in dated if one not in old]
    worn = _worn()
    signs = goods.signs_of(one.id for one in {*waiting, *old, *soon, *worn})
    sections = [
        (_("Waiting to be checked"), "search", "info", _rows(waiting, signs)),
        (_("Too old to be used"), "alert", "bad", _rows(old, signs)),
        (_("Goes out of use within a year"), "clock", "warn", _rows(soon, signs)),
        (_("Lent many times"), "wrench", "warn", _rows(worn, signs)),
    ]
    return render_template("desk/safety.html", sections=sections)


def _rows(items: Sequence[Item], signs: Any) -> list[Shown]:
    return [
        {
            "name": sized(name_of(item.kind), item.size),
            "picture": item.kind.picture or item.kind.category.pictogram,
            "code": signs.get(item.id),
            "text": _about(item),
            "place": item.place.name if item.place else None,
            "url": f"/tiski?tila=palautus&tavara={signs[item.id]}" if item.id in signs else None,
        }
        for item in items
    ]


def _about(item: Item) -> str:
    known: Iterable[str | None] = (
        item.model,
        str(item.made_year) if item.made_year else None,
        _("until %(day)s", day=full_day(item.retire_on)) if item.retire_on else None,
    )
    return " · ".join(text for text in known if text)


def _waiting() -> Sequence[Item]:
    """Return the things that wait to be looked at, the longest first."""
    wanted = select(Item).join(Repair, Repair.item_id == Item.id).options(*goods.WHOLE)
    is_open = (Repair.closed_at.is_(None), Repair.need == "check", Item.left_at.is_(None))
    return session.scalars(wanted.where(*is_open).order_by(Repair.id).limit(MOST)).all()


def _worn() -> Sequence[Item]:
    """Return the things that were lent as often as their category allows before a decision."""
    limits = {one: rule.most_loans for one, rule in _limits().items() if rule.most_loans}
    if not limits:
        return []
    count = func.count(Loan.id)
    asked = select(Loan.item_id, Kind.category_id, count).join(Loan.item).join(Item.kind)
    asked = asked.where(Kind.category_id.in_(limits), Item.left_at.is_(None))
    rows = session.execute(asked.group_by(Loan.item_id, Kind.category_id)).all()
    ids = [item for item, category, number in rows if number >= limits[category]]
    return list(goods.items_by_id(sorted(ids)[:MOST]).values())


def _limits() -> dict[int, safety.Rule]:
    own = safety.own_rules()
    if not any(rule.most_loans for rule in own.values()):
        return {}
    return {one: safety.rule_of(one) for one in goods.parents_of_categories()}
