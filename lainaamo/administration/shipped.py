"""What a new house begins with: the shipped tree of categories and the terms they are lent on."""

import csv
from collections.abc import Mapping, Sequence
from importlib.resources import files

from sqlalchemy import select

from lainaamo.core import journal
from lainaamo.core.db import insert_once, session
from lainaamo.goods import actions as goods
from lainaamo.goods.models import Category, SafetyRule
from lainaamo.goods.safety import Rule
from lainaamo.lending.models import LoanTerms

SAFETY: Mapping[str, Rule] = {
    "helmets": Rule("helmet", life_years=5, fall_ends=True),
    "life_vests": Rule("life_jacket", life_years=10, fall_ends=False),
}
"""What safety asks to begin with: cautious, of what the makers of such gear advise in general."""

AHEAD_DAYS = 180
"""How many days ahead one may reserve; the municipality may change it per category."""


def read_categories() -> Sequence[Mapping[str, str]]:
    """Return the shipped categories as they are written, parents before children."""
    path = files("lainaamo.goods") / "shipped" / "categories.csv"
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def load_categories() -> int:
    """Add the shipped categories that are missing, with their terms; return how many were added.

    Those that are there stay as the municipality has edited them.
    """
    ids = dict(session.execute(select(Category.key, Category.id)).all())
    added = 0
    for position, row in enumerate(read_categories(), start=1):
        if row["key"] in ids:
            continue
        parent_id = ids[row["parent"]] if row["parent"] else None
        added += _add(row, parent_id=parent_id, position=position)
        wanted = select(Category.id).where(Category.key == row["key"])
        ids[row["key"]] = session.scalars(wanted).one()
    if added:
        # Where the municipality has moved its own, a new one comes into its parent's new place.
        rows = select(Category.id, Category.parent_id).order_by(Category.position, Category.id)
        goods.number_categories([(one, parent) for one, parent in session.execute(rows)])
        journal.write("categories.loaded", "category", ids[row["key"]], count=added)
    return added


def _add(row: Mapping[str, str], *, parent_id: int | None, position: int) -> bool:
    """Add a category unless a twin has just done it; its terms come with it."""
    fresh = insert_once(
        Category,
        key=row["key"],
        parent_id=parent_id,
        position=position,
        **{name: row[name] for name in ("name", "name_simple", "name_sv", "name_en")},
        **{name: row[name] for name in ("pictogram", "cpv", "pool")},
        attributes=row["attributes"].split(),
        aliases=[alias.strip() for alias in row["aliases"].split("|") if alias.strip()],
    )
    if fresh and row["key"] in SAFETY:
        category_id = session.scalars(select(Category.id).where(Category.key == row["key"])).one()
        session.add(SafetyRule(category_id=category_id, **SAFETY[row["key"]]._asdict()))
    if fresh and row["loan_days"]:
        category_id = session.scalars(select(Category.id).where(Category.key == row["key"])).one()
        session.add(
            LoanTerms(
                category_id=category_id,
                days=int(row["loan_days"]),
                longest_days=int(row["longest_days"]),
                at_once=int(row["at_once"]),
                ahead_days=AHEAD_DAYS,
                turnaround_days=int(row["turnaround_days"] or 0),
            )
        )
    return fresh
