"""A new house begins with categories and loan terms, and keeps what it changes in them."""

from sqlalchemy import delete, func, select

from lainaamo.administration.shipped import load_categories, read_categories
from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Category
from lainaamo.intake import queries as intake
from lainaamo.lending.models import LoanTerms
from tests.conftest import AtOnce


def load(app: Lainaamo) -> int:
    with app.app_context(), transaction():
        return load_categories()


def test_a_new_house_has_every_shipped_category_with_its_terms(app: Lainaamo) -> None:
    rows = read_categories()
    assert load(app) == len(rows)
    with app.app_context():
        found = {row.key: row for row in session.scalars(select(Category))}
        terms = {row.category_id: row for row in session.scalars(select(LoanTerms))}
        parents = {row.id: row.key for row in found.values()}
    for row in rows:
        category = found[row["key"]]
        assert parents.get(category.parent_id or 0, "") == row["parent"]
        assert category.name == row["name"]
        assert (category.id in terms) == bool(row["loan_days"])
        if row["loan_days"]:
            assert terms[category.id].days == int(row["loan_days"])


def test_loading_twice_adds_nothing(app: Lainaamo) -> None:
    load(app)
    assert load(app) == 0


def test_what_the_municipality_changed_stays_and_what_is_new_is_added(app: Lainaamo) -> None:
    load(app)
    first, *_, last = read_categories()
    with app.app_context(), transaction():
        session.scalars(select(Category).where(Category.key == first["key"])).one().name = "Omat"
        lost = session.scalars(select(Category).where(Category.key == last["key"])).one()
        session.execute(delete(LoanTerms).where(LoanTerms.category_id == lost.id))
        session.delete(lost)
    assert load(app) == 1
    with app.app_context():
        names = dict(session.execute(select(Category.key, Category.name)).all())
    assert names[first["key"]] == "Omat"
    assert names[last["key"]] == last["name"]


def test_two_that_load_at_once_load_once(app: Lainaamo, at_once: AtOnce) -> None:
    added = at_once(2, lambda _browser: load(app))
    assert sorted(added) == [0, len(read_categories())]
    with app.app_context():
        assert session.scalar(select(func.count()).select_from(Category)) == len(read_categories())


def test_both_pools_have_a_category_for_what_has_no_other(app: Lainaamo) -> None:
    load(app)
    with app.app_context():
        groups = intake.groups()
        found = [groups.find_other(pool) for pool in ("lendable", "reuse")]
        others = {group.pool for group in found if group}
    assert others == {"lendable", "reuse"}
