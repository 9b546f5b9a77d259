"""The tree of categories: named, moved without circles, closed when unused, kept over upgrades."""

from typing import Any

import pytest
from sqlalchemy import delete, select

from lainaamo.administration import actions
from lainaamo.administration.categories import CATEGORY
from lainaamo.administration.shipped import load_categories
from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.web import Lainaamo
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Category
from lainaamo.lending.models import LoanTerms
from tests.administration.conftest import Office
from tests.conftest import AtOnce
from tests.make import Make

NEW: dict[str, Any] = {
    "name": "Kirjat",
    "name_simple": "Kirjat",
    "name_sv": "Böcker",
    "name_en": "Books",
    "cpv": "22110000",
    "aliases": "romaani\r\nopus\r\n\r\nromaani",
    "pool": "lendable",
    "attributes": ["colour", "weight_g"],
    "pictogram": "box",
}


def add(office: Office, **facts: Any) -> Any:
    return office.save("/hallinta/luokat?uusi=1", "/hallinta/luokat", **{**NEW, **facts})


def by_key(app: Lainaamo, key: str) -> Category:
    with app.app_context():
        row = session.scalars(select(Category).where(Category.key == key)).one()
        session.expunge(row)
        return row


def test_a_category_is_added_with_its_names_and_attributes(
    make: Make, office: Office, app: Lainaamo
) -> None:
    parent = make.category("culture")
    assert add(office, parent_id=parent.id).status_code == 303
    with app.app_context():
        row = session.get_one(Category, office.changes()[0].thing_id)
        assert (row.name_sv, row.aliases) == ("Böcker", ["romaani", "opus"])
        assert set(row.attributes) == {"weight_g", "colour"}
        order = [group.id for group in goods.tree()]
    assert order.index(parent.id) < order.index(row.id)


@pytest.mark.parametrize(("field", "typed"), [("cpv", "123"), ("name_sv", ""), ("pool", "both")])
def test_what_is_missing_is_told_at_its_field(office: Office, field: str, typed: str) -> None:
    told = add(office, **{field: typed})
    assert told.status_code == 422
    assert f'id="f-{field}-wrong"' in told.text
    assert office.changes() == []


def test_kinds_are_found_by_the_new_name_at_once(make: Make, office: Office) -> None:
    skis = make.category("skis")
    kind = make.kind("Fischer", category=skis)
    make.item(kind)
    office.save(f"/hallinta/nimikkeet/{kind.id}", name="Fischer 200")
    office.save(f"/hallinta/luokat/{skis.id}", name="Lumivälineet")
    assert f"/valineet/{kind.id}" in office.browser.get("/?q=lumivälineet").text


def test_a_category_cannot_come_under_itself(make: Make, office: Office) -> None:
    top = make.category("top")
    under = make.category("under", parent=top)
    refused = office.save(f"/hallinta/luokat/{top.id}", parent_id=under.id)
    assert refused.status_code == 409
    assert make.again(top).parent_id is None


def test_two_moves_at_once_close_no_circle(app: Lainaamo, make: Make, at_once: AtOnce) -> None:
    pair = [make.category("one"), make.category("two")]

    def move(browser: Any) -> str:
        moved, above = pair[browser.number % 2], pair[(browser.number + 1) % 2]
        try:
            with app.app_context(), transaction():
                actions.edit(CATEGORY, moved.id, {"parent_id": above.id})
        except Refusal as refusal:
            return refusal.code
        return "moved"

    results = at_once(2, move)
    assert sorted(results) == ["circle", "moved"]


def test_moving_keeps_parents_before_children_and_goes_back(
    app: Lainaamo, make: Make, office: Office
) -> None:
    child = make.category("child")
    late = make.category("late")
    office.save(f"/hallinta/luokat/{child.id}", parent_id=late.id)
    with app.app_context():
        assert [group.key for group in goods.tree()] == ["late", "child"]
    office.undo(office.changes()[0])
    with app.app_context():
        assert [group.key for group in goods.tree()] == ["child", "late"]


def test_a_category_in_use_is_not_closed_and_does_not_change_sides(
    make: Make, office: Office
) -> None:
    skis = make.category("skis")
    make.kind(category=skis)
    assert office.browser.post(f"/hallinta/luokat/{skis.id}/sulkeminen").status_code == 409
    assert office.save(f"/hallinta/luokat/{skis.id}", pool="reuse").status_code == 409


def test_an_unused_category_is_closed_offered_no_more_and_opened_again(
    app: Lainaamo, make: Make, office: Office
) -> None:
    row = make.category("old")
    office.browser.post(f"/hallinta/luokat/{row.id}/sulkeminen")
    with app.app_context():
        assert goods.tree() == ()
    office.undo(office.changes()[0])
    with app.app_context():
        assert [group.id for group in goods.tree()] == [row.id]


def test_what_imports_need_stays(app: Lainaamo, office: Office) -> None:
    with app.app_context(), transaction():
        load_categories()
        other = next(one for one in goods.categories() if "other" in one.key.split("_"))
        other_id = other.id
    refused = office.browser.post(f"/hallinta/luokat/{other_id}/sulkeminen")
    assert refused.status_code == 409


def test_an_upgrade_keeps_what_the_municipality_changed(app: Lainaamo, office: Office) -> None:
    with app.app_context(), transaction():
        load_categories()
    skis, skating = by_key(app, "snowshoes"), by_key(app, "skating")
    page = f"/hallinta/luokat/{skis.id}"
    office.save(page, name="Iin lumikengät", aliases="räpylät", parent_id=skating.id)
    with app.app_context(), transaction():
        new = session.scalars(select(Category).where(Category.key == "balance_bikes")).one()
        session.execute(delete(LoanTerms).where(LoanTerms.category_id == new.id))
        session.delete(new)
    with app.app_context(), transaction():
        assert load_categories() == 1
    kept = by_key(app, "snowshoes")
    assert (kept.name, kept.aliases, kept.parent_id) == (
        "Iin lumikengät",
        ["räpylät"],
        skating.id,
    )
    with app.app_context():
        keys = [group.key for group in goods.tree()]
    assert keys.index("cycling") < keys.index("balance_bikes")
