"""The terms of a category as its facts; a category without its own takes its nearest parent's."""

from dataclasses import fields

from sqlalchemy import delete, select

from lainaamo.administration.records import Record
from lainaamo.administration.rules import Facts
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.goods.models import Category
from lainaamo.lending.models import LoanTerms
from lainaamo.lending.rules import Terms

NUMBERS = tuple(field.name for field in fields(Terms))
INHERITED: Facts = dict.fromkeys(NUMBERS)
"""The facts of a category that has no terms of its own."""


def lock(category_id: int) -> None:
    """Make others wait who change the category's terms."""
    wanted = select(Category.id).where(Category.id == category_id)
    session.scalars(wanted.with_for_update(key_share=True)).one()


def read(category_id: int) -> Facts:
    """Return the numbers of a category's own terms; all None where it has none."""
    session.get_one(Category, category_id)
    row = session.scalar(select(LoanTerms).where(LoanTerms.category_id == category_id))
    return {name: getattr(row, name) for name in NUMBERS} if row else INHERITED


def check(_category_id: int, now: Facts, after: Facts, _confirmed: int) -> None:
    """Refuse an ordinary loan that is longer than the longest."""
    later = {**now, **after}
    if later["days"] is not None and later["days"] > later["longest_days"]:
        words = N_("The ordinary loan cannot be longer than the longest. Correct one of them.")
        raise Refusal(words, code="terms_in_order")


def write(category_id: int, facts: Facts) -> None:
    """Keep the numbers; without them the category takes its parent's. Promises stay as they are."""
    row = session.scalar(select(LoanTerms).where(LoanTerms.category_id == category_id))
    if any(value is None for value in facts.values()):
        session.execute(delete(LoanTerms).where(LoanTerms.category_id == category_id))
    elif row is None:
        session.add(LoanTerms(category_id=category_id, **facts))
    else:
        for name, value in facts.items():
            setattr(row, name, value)


TERMS = Record("loan_terms", lock, read, check, write)
