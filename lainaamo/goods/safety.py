"""How gear is kept safe: what a category asks, until when a thing may be used, what is stopped.

Makers of helmets advise to stop using one some three to ten years after it was made and after any
blow; makers of life jackets some five to ten years. The numbers are settings of the municipality,
with cautious ones shipped; a thing is never older than they say, whatever month it was made in.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select, update

from lainaamo.core.db import session
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area
from lainaamo.goods import queries
from lainaamo.goods.models import Category, Item, Kind, SafetyRule, StoppedModel

OLDEST_YEAR = 1950
WORD = re.compile(r"\w+")


class Rule(NamedTuple):
    """What a category asks; see models.SafetyRule."""

    checklist: str = "none"
    life_years: int | None = None
    most_loans: int | None = None
    fall_ends: bool = False


def rule_of(category_id: int) -> Rule:
    """Return the safety rule of a category: its own, else its nearest parent's, else none."""
    own = own_rules()
    lineage = queries.lineage(category_id, queries.parents_of_categories())
    return next((own[one] for one in lineage if one in own), Rule())


@once_per_change(Area.HOUSE)
def own_rules() -> Mapping[int, Rule]:
    """Return the rules there are, by category."""
    columns = (SafetyRule.checklist, SafetyRule.life_years, SafetyRule.most_loans)
    wanted = select(SafetyRule.category_id, *columns, SafetyRule.fall_ends)
    return {category: Rule._make(rest) for category, *rest in session.execute(wanted)}


def retires_on(made_year: int | None, rule: Rule) -> date | None:
    """Return the last day on which a thing of a year may be used; None where nothing says."""
    if made_year is None or rule.life_years is None:
        return None
    return date(made_year + rule.life_years - 1, 12, 31)


def reckon(item: Item, category_id: int) -> None:
    """Write down until when a thing may be used: every question of days asks it."""
    item.retire_on = retires_on(item.made_year, rule_of(category_id))


def reckon_all() -> Collection[int]:
    """Reckon anew until when things may be used; return the kinds of those where it changed.

    Two statements a category and year: there are few of both.
    """
    of_category = (Kind.category_id, Item.made_year, Item.retire_on)
    dated = select(*of_category).join(Item.kind).where(Item.made_year.is_not(None)).distinct()
    changed: set[int] = set()
    for category, year, now in session.execute(dated).all():
        day = retires_on(year, rule_of(category))
        if day == now:
            continue
        kinds = select(Kind.id).where(Kind.category_id == category)
        of_year = update(Item).where(Item.kind_id.in_(kinds), Item.made_year == year)
        changed |= set(session.scalars(of_year.values(retire_on=day).returning(Item.kind_id)))
    return changed


# The stop list


def words_of(text: str) -> frozenset[str]:
    """Return the words of a make and model, as they are compared."""
    return frozenset(WORD.findall(text.casefold()))


@once_per_change(Area.HOUSE)
def stopped() -> Sequence[frozenset[str]]:
    """Return the words of each make and model that nobody may use."""
    wanted = select(StoppedModel.model).where(StoppedModel.ended_at.is_(None))
    return tuple(words for words in map(words_of, session.scalars(wanted)) if words)


def is_stopped(model: str | None, kind_name: str) -> bool:
    """Tell whether a thing is of a stopped model: all words of one are in its model or name."""
    listed = stopped()
    own = words_of(f"{model or ''} {kind_name}") if listed else frozenset()
    return any(words <= own for words in listed)


def matching(model: str) -> Sequence[Item]:
    """Return the things in the house that are of a make and model."""
    asked = words_of(model)
    wanted = select(Item).options(*queries.WHOLE).join(Item.kind).where(Item.left_at.is_(None))
    longest = max(asked, key=len, default="")
    named = Kind.name.icontains(longest, autoescape=True)
    wanted = wanted.where(Item.model.icontains(longest, autoescape=True) | named)
    found: Iterable[Item] = session.scalars(wanted.order_by(Item.id)) if asked else ()
    return [one for one in found if asked <= words_of(f"{one.model or ''} {one.kind.name}")]


# What is soon too old


def retiring(*, until: date) -> Sequence[Item]:
    """Return the things in the house that may not be used after a day, the soonest first."""
    wanted = (
        select(Item).options(*queries.WHOLE).where(Item.left_at.is_(None), Item.retire_on <= until)
    )
    return session.scalars(wanted.order_by(Item.retire_on, Item.id)).all()


def asks_check(category_id: int) -> bool:
    """Tell whether things of a category are looked at after each loan."""
    return rule_of(category_id).checklist != "none"


def rules_of(categories: Iterable[Category]) -> Mapping[int, Rule]:
    """Return the rule that holds for each of these categories."""
    return {one.id: rule_of(one.id) for one in categories}
