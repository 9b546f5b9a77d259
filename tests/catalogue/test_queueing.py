"""Joining a waiting list on the screen: who is known, who must sign in, what is told."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Kind
from lainaamo.lending.models import Wait
from lainaamo.people.models import Person
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

MON = date(2026, 3, 2)
FRI = MON + timedelta(4)


@pytest.fixture
def kind(make: Make) -> Kind:
    """Return a kind of two sizes, all out until Friday."""
    kind = make.kind("Luistimet")
    for size in ("38", "40"):
        make.loan(make.item(kind, size=size), FRI)
    return kind


def form(**more: str) -> dict[str, str]:
    usual = {"size": "38", "first_day": str(MON), "days": "7", "site": "varasto", "agree": "yes"}
    return {**usual, "for_whom": "me", **more}


def waits(app: Lainaamo) -> int:
    with app.app_context():
        return session.scalar(select(func.count()).select_from(Wait)) or 0


def test_a_kind_that_is_out_shows_its_line_and_where_to_join(
    browser: Browser, make: Make, kind: Kind
) -> None:
    make.wait(kind, size="38")
    page = browser.get(f"/valineet/{kind.id}?koko=38").text
    assert "1 ihminen odottaa" in page
    assert "6.3." in page
    assert "Kukaan ei vielä odota" in browser.get(f"/valineet/{kind.id}?koko=40").text


def test_a_kind_that_is_free_has_no_line(browser: Browser, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    assert "jono" not in browser.get(f"/valineet/{kind.id}").text.lower()


def test_who_signed_in_joins_and_sees_the_place(
    make: Make, kind: Kind, signed_in: SignedIn
) -> None:
    make.wait(kind, size="38")
    me = signed_in("resident")
    answer = me.post(f"/valineet/{kind.id}/jono", data=form())
    assert (answer.status_code, answer.location) == (303, "/omat?jonossa=1#waiting")
    assert "olet sijalla 2" in me.get("/omat").text
    assert "Olet jonossa sijalla 2" in me.get(f"/valineet/{kind.id}").text


def test_a_stranger_signs_in_with_a_code_first(app: Lainaamo, browser: Browser, kind: Kind) -> None:
    page = browser.get(f"/valineet/{kind.id}/jono?koko=38").text
    assert f"/omat/tulo?next=/valineet/{kind.id}/jono" in page.replace("%2F", "/")
    assert browser.post(f"/valineet/{kind.id}/jono", data=form()).status_code == 403
    assert waits(app) == 0


def test_one_waits_for_a_child(app: Lainaamo, make: Make, kind: Kind, signed_in: SignedIn) -> None:
    parent = make.person("resident")
    child = make.child(parent, "Oona")
    me = signed_in("resident", person_id=parent.id)
    me.post(f"/valineet/{kind.id}/jono", data=form(for_whom=str(child.id)))
    with app.app_context():
        assert session.scalars(select(Wait.for_name)).one() == "Oona"


def test_the_staff_write_a_caller_down(app: Lainaamo, kind: Kind, signed_in: SignedIn) -> None:
    desk = signed_in("counter")
    caller = form(first_name="Eino", contact="040 765 4321")
    answer = desk.post(f"/valineet/{kind.id}/jono", data=caller)
    assert answer.location == f"/jonot/{kind.id}"
    assert "Eino" in desk.get(f"/jonot/{kind.id}").text
    with app.app_context():
        phone = select(Person.phone).join(Wait, Wait.person_id == Person.id)
        assert session.scalars(phone).one() == "+358407654321"


def test_what_is_free_after_all_is_told_where_to_reserve(
    app: Lainaamo, make: Make, kind: Kind, signed_in: SignedIn
) -> None:
    make.item(kind, size="38")
    answer = signed_in("resident").post(f"/valineet/{kind.id}/jono", data=form())
    assert answer.status_code == 409
    assert "on vapaa" in answer.text
    assert waits(app) == 0


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"first_day": "huomenna"}, 422),
        ({"first_day": ""}, 422),
        ({"days": "paljon"}, 422),
        ({"days": "0"}, 422),
        ({"days": "-3"}, 422),
        ({"days": "9" * 30}, 409),
        ({"days": "29"}, 409),
        ({"first_day": "2026-03-01"}, 409),
        ({"first_day": "9999-12-31"}, 409),
        ({"size": "x" * 10_000}, 422),
        ({"size": "a\0b"}, 400),
        ({"agree": ""}, 422),
        ({"for_whom": "99"}, 422),
        ({"site": "olematon"}, 303),
    ],
)
def test_what_cannot_be_is_told_at_its_field(
    app: Lainaamo, kind: Kind, signed_in: SignedIn, given: dict[str, str], status: int
) -> None:
    answer = signed_in("resident").post(f"/valineet/{kind.id}/jono", data=form(**given))
    assert answer.status_code == status
    assert waits(app) == (1 if status == 303 else 0)


def test_one_leaves_ones_own_place_and_no_others(
    app: Lainaamo, make: Make, kind: Kind, signed_in: SignedIn
) -> None:
    mine, me = signed_in("resident"), make.person("resident")
    wait = make.wait(kind, me, size="38")
    path = f"/omat/jonot/{wait.id}/poistuminen"
    assert mine.post(path).status_code == 404
    own = signed_in("resident", person_id=me.id)
    assert own.post(path).status_code == 303
    assert make.again(wait).ended_as == "left"
    assert own.post(path).status_code == 409
