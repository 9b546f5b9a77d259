"""Undo instead of asking: what was done at the desk a moment ago is taken back by one tap."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.journal import Entry
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Allocation, Item, Repair
from lainaamo.lending import undo
from lainaamo.lending.models import Loan, Step
from lainaamo.lending.stands import stand
from tests.conftest import AtOnce
from tests.desk.conftest import FRIDAY, TODAY, Desk
from tests.make import Make

UNDOS = "/tiski/peruutukset"
IN_FOOT = re.compile(r'<footer class="floor-foot">.*?</footer>', re.DOTALL)


def last_step(app: Lainaamo) -> str:
    with app.app_context():
        return str(session.scalars(select(Step.id).order_by(Step.id.desc())).first())


def all_of(app: Lainaamo, item: Item) -> tuple[object, ...]:
    """Return everything of a thing that the desk may change, its taken days too."""
    with app.app_context():
        days = select(Allocation.day).where(Allocation.item_id == item.id).order_by(Allocation.day)
        return stand(item.id), list(session.scalars(days))


Act = Callable[[Desk, Make, Item], object]


def take_back(desk: Desk, make: Make, item: Item) -> object:
    return desk.scan(make.sign(item))


def say_dirty(desk: Desk, make: Make, item: Item) -> object:
    with desk.browser.application.app_context():
        loan = session.scalars(select(Loan.id).where(Loan.item_id == item.id)).one()
    return desk.press("/tiski/kunnot", loan=str(loan), condition="dirty")


def shelve(desk: Desk, make: Make, item: Item) -> object:
    shelf = make.place("C7", sign=True)
    return desk.scan(make.sign(item), mode="hyllytys", hylly=make.sign(shelf))


def hand_out(desk: Desk, make: Make, item: Item) -> object:
    typed = {"first_name": "Anna", "contact": "anna@example.fi", "due_on": str(FRIDAY)}
    return desk.press("/tiski/lainat", tavara=make.sign(item), **typed)


def to_workshop(desk: Desk, make: Make, item: Item) -> object:
    return desk.press(f"/tavarat/{make.sign(item)}/korjaus", need="repair")


def mend(desk: Desk, make: Make, item: Item) -> object:
    return desk.press(f"/tavarat/{make.sign(item)}/korjaus", need="none")


@pytest.mark.parametrize(
    ("earlier", "act"),
    [
        ((hand_out,), take_back),
        ((hand_out, take_back), say_dirty),
        ((hand_out, take_back), shelve),
        ((), shelve),
        ((), hand_out),
        ((shelve,), hand_out),
        ((hand_out, take_back), hand_out),
        ((), to_workshop),
        ((to_workshop,), mend),
        ((hand_out, take_back, say_dirty), mend),
    ],
)
@pytest.mark.parametrize("rest_days", [0, 2])
def test_an_act_undone_leaves_no_trace_but_the_journal(
    app: Lainaamo, desk: Desk, make: Make, earlier: tuple[Act, ...], act: Act, rest_days: int
) -> None:
    make.terms(turnaround_days=rest_days)
    item = make.item(place=make.place("B12"))
    for one in earlier:
        one(desk, make, item)
    before = all_of(app, item)
    act(desk, make, item)
    assert all_of(app, item) != before
    page = desk.press(UNDOS, step=last_step(app))
    assert page.status_code == 200
    assert "Undone" in page.text
    assert all_of(app, item) == before
    with app.app_context():
        newest = session.scalars(select(Entry).order_by(Entry.id.desc())).first()
        assert newest is not None
        assert (newest.verb, newest.thing_id) == ("desk.undone", item.id)


def test_a_loan_for_a_reservation_undone_waits_again(app: Lainaamo, desk: Desk, make: Make) -> None:
    kind = make.kind()
    item = make.item(kind)
    reservation = make.reservation(kind, TODAY, FRIDAY)
    before = all_of(app, item)
    (line,) = make.lines(reservation)
    desk.press("/tiski/lainat", tavara=make.sign(item), line=str(line.id))
    assert make.again(line).ended_as == "fetched"
    desk.press(UNDOS, step=last_step(app))
    assert make.again(line).ended_as is None
    assert all_of(app, item) == before
    page = desk.scan(make.sign(item), mode="lainaus")
    assert f'name="line" value="{line.id}"' in page.text


def test_steps_are_undone_one_after_another(app: Lainaamo, desk: Desk, make: Make) -> None:
    item = make.item(place=make.place("B12"))
    stood = [all_of(app, item)]
    for act in (hand_out, take_back, say_dirty):
        act(desk, make, item)
        stood.append(all_of(app, item))
    with app.app_context():
        steps = session.scalars(select(Step.id).order_by(Step.id.desc())).all()
    for step, before in zip(steps, reversed(stood[:-1]), strict=True):
        assert desk.press(UNDOS, step=str(step)).status_code == 200
        assert all_of(app, item) == before


def test_what_happened_since_stops_an_undo_with_words(
    app: Lainaamo, desk: Desk, make: Make
) -> None:
    item = make.item(place=make.place("B12"))
    make.loan(item, FRIDAY)
    take_back(desk, make, item)
    step = last_step(app)
    hand_out(desk, make, item)
    page = desk.press(UNDOS, step=step)
    assert page.status_code == 409
    assert "Something has happened to this thing since" in page.text


def test_undone_twice_says_so(app: Lainaamo, desk: Desk, make: Make) -> None:
    item = make.item(place=make.place("B12"))
    shelve(desk, make, item)
    desk.press(UNDOS, step=last_step(app))
    page = desk.press(UNDOS, step=last_step(app))
    assert page.status_code == 409
    assert "undone already" in page.text


def test_a_step_that_never_was_is_not_found(desk: Desk) -> None:
    for nobody in ("", "x", "-3", "9" * 40):
        assert desk.press(UNDOS, step=nobody).status_code == 404


def test_days_promised_meanwhile_stop_the_undo_of_a_return(
    app: Lainaamo, desk: Desk, make: Make
) -> None:
    kind = make.kind()
    item = make.item(kind)
    make.loan(item, FRIDAY)
    take_back(desk, make, item)
    make.reservation(kind, TODAY, FRIDAY)
    page = desk.press(UNDOS, step=last_step(app))
    assert page.status_code == 409
    assert "promised to somebody else meanwhile" in page.text


def test_four_undo_the_same_at_once_and_one_does(
    app: Lainaamo, desk: Desk, make: Make, at_once: AtOnce
) -> None:
    item = make.item(place=make.place("B12"))
    make.loan(item, FRIDAY)
    take_back(desk, make, item)
    step = last_step(app)
    pages = at_once(4, lambda browser: desk.twin(browser).send(UNDOS, step=step))
    assert sorted(page.status_code for page in pages) == [303, 409, 409, 409]


def test_the_undo_stands_in_the_foot_for_ten_seconds_and_then_in_the_log(
    desk: Desk, make: Make
) -> None:
    item = make.item(make.kind("Potkukelkka"), place=make.place("B12"))
    make.loan(item, FRIDAY)
    page = take_back(desk, make, item)
    foot = IN_FOOT.search(page.text)  # type: ignore[attr-defined]
    assert foot is not None
    assert UNDOS in foot[0]
    with clock.at(clock.now() + timedelta(seconds=11)):
        later = desk.open("/tiski").text
    foot = IN_FOOT.search(later)
    assert foot is not None
    assert UNDOS not in foot[0]
    assert later.count(UNDOS) == 1


def test_the_log_offers_no_undo_of_what_was_changed_since(desk: Desk, make: Make) -> None:
    item = make.item(place=make.place("B12"))
    make.loan(item, FRIDAY)
    take_back(desk, make, item)
    make.loan(item, FRIDAY)
    with clock.at(clock.now() + timedelta(seconds=11)):
        assert UNDOS not in desk.open("/tiski").text


def test_an_undone_condition_is_not_told_any_more(app: Lainaamo, desk: Desk, make: Make) -> None:
    item = make.item(place=make.place("B12"))
    make.loan(item, FRIDAY)
    take_back(desk, make, item)
    say_dirty(desk, make, item)
    assert "Returned, dirty" in desk.open(f"/tavarat/{make.sign(item)}").text
    desk.press(UNDOS, step=last_step(app))
    assert "Returned, dirty" not in desk.open(f"/tavarat/{make.sign(item)}").text
    with app.app_context():
        assert session.scalars(select(Repair)).all() == []


def test_old_steps_are_forgotten(app: Lainaamo, desk: Desk, make: Make) -> None:
    item = make.item(place=make.place("B12"))
    shelve(desk, make, item)
    with app.app_context(), clock.at(clock.now() + timedelta(days=3)):
        with transaction():
            undo.forget_old()
        assert session.scalars(select(Step)).all() == []
