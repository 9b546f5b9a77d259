"""A borrower with a block borrows nothing until it is over, and is told so plainly."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.journal import Entry
from lainaamo.core.web import LANGUAGE_COOKIE, Lainaamo
from lainaamo.lending.links import own_path
from lainaamo.lending.models import BLOCKS, BorrowerBlock, Loan
from lainaamo.people.models import Person
from lainaamo.upkeep.actions import forget_blocks
from tests.conftest import AtOnce, SignedIn
from tests.desk.conftest import FRIDAY, TODAY, Desk
from tests.make import Make
from tests.strict import Browser

UNTIL = TODAY + timedelta(10)


@pytest.fixture
def aino(make: Make) -> Person:
    return make.person("resident", first_name="Aino", phone="+358401234567")


def block(desk: Desk, who: Person, until: date = UNTIL, reason: str = "late") -> Any:
    url = f"/tiski/lainaajat/{who.id}/esto"
    return desk.press(url, why=reason, last_day=str(until))


def all_blocks(app: Lainaamo) -> list[tuple[int, str, date]]:
    with app.app_context():
        columns = (BorrowerBlock.person_id, BorrowerBlock.reason, BorrowerBlock.last_day)
        rows = session.execute(select(*columns))
        return [(person, reason, day) for person, reason, day in rows]


def reserve(browser: Any, kind_id: int) -> Any:
    days = {"first_day": str(TODAY), "last_day": str(FRIDAY)}
    form = {**days, "first_name": "Aino", "agree": "yes"}
    return browser.post(f"/valineet/{kind_id}/varaukset", data=form)


def test_the_desk_is_told_and_may_lend_with_a_reason(
    app: Lainaamo, desk: Desk, make: Make, aino: Person
) -> None:
    page = block(desk, aino)
    assert page.status_code == 200
    assert "Borrowing block until 12 Mar 2026" in page.text
    item = make.item()
    url = f"/tiski/lainaajat/{aino.id}/lainat"
    page = desk.press(url, code=make.sign(item))
    assert page.status_code == 409
    assert "This borrower has a borrowing block until" in page.text
    assert "Lend anyway" in page.text
    assert desk.press(url, code=make.sign(item), reason="agreed").status_code == 200
    with app.app_context():
        line = session.scalars(select(Entry).where(Entry.verb == "loan.handed_out")).one()
        assert line.details["override"] == "agreed"


def test_who_comes_without_a_card_is_known_by_the_number(
    desk: Desk, make: Make, aino: Person
) -> None:
    block(desk, aino)
    typed = {"first_name": "A", "contact": "040 123 4567", "due_on": str(FRIDAY)}
    page = desk.press("/tiski/lainat", tavara=make.sign(make.item()), **typed)
    assert page.status_code == 409
    assert "borrowing block" in page.text


def test_a_reservation_made_before_waits_for_a_reason_too(
    app: Lainaamo, desk: Desk, make: Make, aino: Person
) -> None:
    kind = make.kind()
    item = make.item(kind)
    found = make.reservation(kind, TODAY, FRIDAY, person=aino)
    (line,) = make.lines(found)
    block(desk, aino)
    by_line = {"tavara": make.sign(item), "line": str(line.id)}
    page = desk.press("/tiski/lainat", **by_line)
    assert page.status_code == 409
    assert "Lend anyway" in page.text
    by_tick = f"/tiski/varaukset/{found.id}/luovutus"
    page = desk.press(by_tick, line=str(line.id))
    assert page.status_code == 409
    assert f'name="line" value="{line.id}"' in page.text
    scanned = f"/tiski/varaukset/{found.id}/skannaukset"
    assert desk.press(scanned, code=make.sign(item)).status_code == 409
    assert desk.press(by_tick, line=str(line.id), reason="agreed").status_code == 200
    with app.app_context():
        assert session.scalars(select(Loan.person_id)).one() == aino.id


def test_what_was_not_confirmed_is_not_fetched_around_a_block(
    desk: Desk, make: Make, aino: Person
) -> None:
    kind = make.kind()
    item = make.item(kind)
    held = make.held(kind, TODAY, FRIDAY, contact="040 123 4567")
    (line,) = make.lines(held)
    block(desk, aino)
    page = desk.press("/tiski/lainat", tavara=make.sign(item), line=str(line.id))
    assert page.status_code == 409
    assert "borrowing block" in page.text


def test_the_borrower_is_told_until_when_and_whom_to_call(
    desk: Desk, make: Make, signed_in: SignedIn, aino: Person
) -> None:
    kind = make.kind()
    make.item(kind)
    block(desk, aino, reason="lost")
    browser = signed_in("resident", person_id=aino.id)
    browser.set_cookie(LANGUAGE_COOKIE, "en")
    page = reserve(browser, kind.id)
    assert page.status_code == 409
    assert "You can borrow again on" in page.text
    assert "08 1234567" in page.text
    own = browser.get("/omat").text
    assert "You cannot borrow until 12 Mar 2026." in own
    assert "A thing is lost, and that is not settled." in own


def test_what_was_promised_before_is_not_moved_but_may_be_cancelled(
    app: Lainaamo, desk: Desk, make: Make, browser: Browser, aino: Person
) -> None:
    kind = make.kind()
    make.item(kind)
    made = make.reservation(kind, TODAY, FRIDAY, person=aino)
    block(desk, aino)
    browser.set_cookie(LANGUAGE_COOKIE, "en")
    own = own_path(made, app.config["SETTINGS"])
    days = {"first_day": str(TODAY), "last_day": str(FRIDAY + timedelta(3))}
    page = browser.post(f"{own}/muutos", data=days)
    assert page.status_code == 409
    assert "You can borrow again on" in page.text
    assert make.again(made).last_day == FRIDAY
    assert browser.post(f"{own}/peruutus").status_code == 303


def test_a_block_ends_by_itself_and_is_forgotten(
    app: Lainaamo, desk: Desk, make: Make, signed_in: SignedIn, aino: Person
) -> None:
    block(desk, aino, TODAY)
    with clock.at(clock.now() + timedelta(days=1)):
        item, tomorrow = make.item(), Desk(signed_in("worker"))
        url = f"/tiski/lainaajat/{aino.id}/lainat"
        assert tomorrow.press(url, code=make.sign(item)).status_code == 200
        with app.app_context():
            forget_blocks()
    assert all_blocks(app) == []
    with app.app_context():
        told = session.scalars(select(Entry).where(Entry.thing == "person")).all()
        assert "late" not in str([entry.details for entry in told])
        assert "borrower.block_over" in [entry.verb for entry in told]


def test_the_night_leaves_a_block_of_today(app: Lainaamo, desk: Desk, aino: Person) -> None:
    block(desk, aino, TODAY)
    with app.app_context():
        forget_blocks()
    assert all_blocks(app) == [(aino.id, "late", TODAY)]


def test_a_block_is_lifted_and_set_anew(app: Lainaamo, desk: Desk, aino: Person) -> None:
    block(desk, aino)
    block(desk, aino, TODAY + timedelta(3), "rules")
    assert all_blocks(app) == [(aino.id, "rules", TODAY + timedelta(3))]
    for _twice in range(2):
        page = desk.press(f"/tiski/lainaajat/{aino.id}/eston-poisto")
        assert page.status_code == 200
        assert "Block borrowing for a while" in page.text
    assert all_blocks(app) == []


@pytest.mark.parametrize(
    ("reason", "until", "status"),
    [
        ("", str(UNTIL), 422),
        ("he is rude", str(UNTIL), 422),
        ("late", "", 422),
        ("late", "x" * 10_000, 422),
        ("late", str(TODAY - timedelta(1)), 409),
        ("late", str(TODAY + timedelta(400)), 409),
        ("late", "9999-12-31", 409),
    ],
)
def test_a_block_without_a_reason_of_the_list_or_a_near_day_is_not_set(
    app: Lainaamo, desk: Desk, aino: Person, reason: str, until: str, status: int
) -> None:
    url = f"/tiski/lainaajat/{aino.id}/esto"
    assert desk.press(url, why=reason, last_day=until).status_code == status
    assert all_blocks(app) == []


@pytest.mark.parametrize("role", ["worker", "supervisor", "buyer", "resident"])
def test_blocks_are_set_by_the_counter_and_those_above(
    signed_in: SignedIn, aino: Person, role: str
) -> None:
    browser = Desk(signed_in(role))
    assert block(browser, aino).status_code == 403
    assert browser.press(f"/tiski/lainaajat/{aino.id}/eston-poisto").status_code == 403


def test_a_worker_sees_the_block_and_no_button(
    signed_in: SignedIn, desk: Desk, aino: Person
) -> None:
    block(desk, aino)
    page = signed_in("worker").get(f"/tiski/lainaajat/{aino.id}")
    assert "12.3.2026" in page.text
    assert "eston-poisto" not in page.text


def test_four_set_a_block_at_once_and_there_is_one(
    app: Lainaamo, desk: Desk, aino: Person, at_once: AtOnce
) -> None:
    url = f"/tiski/lainaajat/{aino.id}/esto"
    pages = at_once(
        4, lambda one: desk.twin(one).send(url, why=BLOCKS[one.number], last_day=str(UNTIL))
    )
    assert {page.status_code for page in pages} == {303}
    assert len(all_blocks(app)) == 1
