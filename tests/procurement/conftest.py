"""Chairs for reuse, a school that needs them, and its buyer's browser."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Item
from lainaamo.people.models import Person, Unit
from lainaamo.procurement.models import Claim
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

Counted = Callable[[Item], tuple[int, int, int]]


@pytest.fixture
def chairs(make: Make) -> Item:
    """Return a lot of twelve chairs on a shelf."""
    kind = make.kind("Tuoli", pool="reuse", price_new_cents=7500)
    return make.item(kind, quantity=12, place=make.place("D1"))


@pytest.fixture
def school(make: Make) -> Unit:
    return make.unit("Iin koulu")


@pytest.fixture
def buyer(make: Make, school: Unit) -> Person:
    return make.person("buyer", first_name="Riikka", unit=school)


@pytest.fixture
def at_school(signed_in: SignedIn, buyer: Person) -> Browser:
    """Return the browser of the school's buyer."""
    return signed_in("buyer", person_id=buyer.id)


@pytest.fixture
def counted(app: Lainaamo) -> Counted:
    """Return a way to count a lot: pieces, free pieces, and pieces that wait for units."""

    def count(item: Item) -> tuple[int, int, int]:
        with app.app_context():
            now = session.get_one(Item, item.id)
            waiting = select(func.sum(Claim.waiting)).where(Claim.item_id == item.id)
            return now.quantity, now.unclaimed, session.scalar(waiting) or 0

    return count
