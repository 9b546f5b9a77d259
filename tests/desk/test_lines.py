"""Waiting lists at the desk: who waits, moved and removed with a reason that is kept."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lainaamo.core.db import session
from lainaamo.core.journal import Entry
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Kind
from lainaamo.lending import queries
from tests.conftest import SignedIn
from tests.make import Make

FRI = date(2026, 3, 6)


@pytest.fixture
def kind(make: Make) -> Kind:
    """Return a kind whose only thing is out."""
    kind = make.kind("Luistimet")
    make.loan(make.item(kind), FRI)
    return kind


def line(app: Lainaamo, kind: Kind) -> list[int]:
    with app.app_context():
        return [wait.id for wait in queries.line_of([kind.id])]


def test_somebody_is_moved_with_a_reason_that_is_kept(
    app: Lainaamo, make: Make, kind: Kind, signed_in: SignedIn
) -> None:
    first, second, third = (make.wait(kind).id for _one in range(3))
    desk = signed_in("counter")
    path = f"/jonot/paikat/{third}/siirto"
    assert desk.post(path, data={"place": "1"}).status_code == 409
    assert desk.post(path, data={"place": "ensin", "reason": "school"}).status_code == 409
    assert line(app, kind) == [first, second, third]
    assert desk.post(path, data={"place": "1", "reason": "school"}).status_code == 303
    assert line(app, kind) == [third, first, second]
    with app.app_context():
        kept = session.scalars(select(Entry).where(Entry.verb == "queue.moved")).one()
        assert kept.details == {"before": 3, "place": 1, "reason": "school"}


def test_somebody_is_removed_with_a_reason_and_the_next_gets_it(
    make: Make, kind: Kind, signed_in: SignedIn
) -> None:
    first, second = make.wait(kind), make.wait(kind)
    desk = signed_in("counter")
    path = f"/jonot/paikat/{first.id}/poisto"
    assert desk.post(path, data={"reason": "<script>"}).status_code == 409
    assert desk.post(path, data={"reason": "not_reached"}).status_code == 303
    make.item(kind)
    assert (make.again(first).ended_as, make.again(second).ended_as) == ("removed", "served")
    assert desk.post(path, data={"reason": "not_reached"}).status_code == 409


@pytest.mark.parametrize("role", ["resident", "buyer"])
def test_who_waits_is_told_to_the_staff_only(
    make: Make, kind: Kind, signed_in: SignedIn, role: str
) -> None:
    wait, other = make.wait(kind), signed_in(role)
    for path in ("/jonot", f"/jonot/{kind.id}", "/tiski/aamu"):
        assert other.get(path).status_code == 403
    moved = other.post(f"/jonot/paikat/{wait.id}/siirto", data={"place": "1", "reason": "school"})
    assert moved.status_code == 403


def test_kinds_that_most_wait_for_come_first(make: Make, kind: Kind, signed_in: SignedIn) -> None:
    other = make.kind("Kypärä")
    make.loan(make.item(other), FRI + timedelta(0))
    make.wait(other)
    for _one in range(2):
        make.wait(kind)
    page = signed_in("counter").get("/jonot").text
    assert page.index("Luistimet") < page.index("Kypärä")
