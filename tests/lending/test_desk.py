"""Handing out, taking back, and saying how a thing came back."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from lainaamo.core import clock, journal
from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.web import Lainaamo
from lainaamo.goods import actions as goods
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.models import Allocation, Item, Repair, Use
from lainaamo.lending import actions, queries
from lainaamo.lending.actions import Borrower
from lainaamo.lending.models import Line, Loan, Reservation
from tests.conftest import AtOnce
from tests.make import Make
from tests.strict import Browser

MON, TUE, WED, THU, FRI = (date(2026, 3, 2) + timedelta(n) for n in range(5))


def take_back(app: Lainaamo, item: Item) -> Loan:
    with app.app_context(), transaction():
        loan = actions.take_back(goods_queries.get_item(item.id))
        session.flush()
        session.refresh(loan)
        session.expunge(loan)
        return loan


def fetch(app: Lainaamo, reservation: Reservation, item: Item) -> None:
    """Hand a thing out for the first line of a reservation."""
    with app.app_context(), transaction():
        wanted = select(Line).where(Line.reservation_id == reservation.id).order_by(Line.id)
        line = session.scalars(wanted).first()
        who = Borrower(reservation.for_name, reservation.person_id, reservation.unit_id)
        row = goods_queries.get_item(item.id)
        actions.hand_out(row, who, due_on=reservation.last_day, line=line)


def mark(app: Lainaamo, loan: Loan, condition: str) -> None:
    with app.app_context(), transaction():
        actions.mark_condition(session.get_one(Loan, loan.id), condition)


def days_taken(app: Lainaamo, item: Item) -> list[date]:
    with app.app_context():
        wanted = select(Allocation.day).where(Allocation.item_id == item.id)
        return list(session.scalars(wanted.order_by(Allocation.day)))


def later(days: int) -> datetime:
    return clock.now() + timedelta(days=days)


def test_a_reserved_thing_is_fetched_and_its_line_ends(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    item = make.item(kind)
    made = make.reservation(kind, MON, WED)
    fetch(app, made, item)
    assert [line.ended_as for line in make.lines(made)] == ["fetched"]
    assert [use.purpose for use in make.uses(item)] == ["on_loan"]
    assert days_taken(app, item) == [MON, TUE, WED]


def test_any_thing_of_the_kind_will_do(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    first, second = make.item(kind), make.item(kind)
    one = make.reservation(kind, MON, WED)
    other = make.reservation(kind, MON, WED)
    fetch(app, one, second)
    fetch(app, other, first)
    assert days_taken(app, first) == days_taken(app, second) == [MON, TUE, WED]


def test_a_line_is_fetched_once(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    first, second = make.item(kind), make.item(kind)
    made = make.reservation(kind, MON, WED)
    fetch(app, made, first)
    with pytest.raises(Refusal) as refused:
        fetch(app, made, second)
    assert refused.value.code == "over"


def test_a_walk_in_is_refused_what_is_promised_and_helped_where_it_can_move(make: Make) -> None:
    kind = make.kind()
    only = make.item(kind)
    make.reservation(kind, WED, THU)
    with pytest.raises(Refusal) as refused:
        make.loan(only, WED)
    assert refused.value.code == "promised"
    make.loan(only, TUE)
    make.item(kind)


def test_a_promise_moves_to_another_thing_for_a_walk_in(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    first, second = make.item(kind), make.item(kind)
    make.reservation(kind, WED, THU)
    promised = first if days_taken(app, first) else second
    other = second if promised is first else first
    make.loan(promised, FRI)
    assert days_taken(app, other) == [WED, THU]


def test_what_is_out_is_not_handed_out_again(make: Make) -> None:
    item = make.item()
    make.loan(item, WED)
    with pytest.raises(Refusal) as refused:
        make.loan(item, WED)
    assert refused.value.code == "on_loan"


def test_ten_desks_hand_the_same_thing_out_and_one_does(
    app: Lainaamo, make: Make, at_once: AtOnce
) -> None:
    item, people = make.item(), [make.person() for _ in range(10)]

    def hand_out(browser: Browser) -> str:
        try:
            make.loan(item, WED, person=people[browser.number])
        except Refusal as refusal:
            return refusal.code
        return "out"

    assert sorted(at_once(10, hand_out)) == ["on_loan"] * 9 + ["out"]
    with app.app_context():
        assert session.scalar(select(func.count()).select_from(Loan)) == 1


def test_a_return_works_once(app: Lainaamo, make: Make) -> None:
    item = make.item()
    make.loan(item, WED)
    assert take_back(app, item).returned_at == clock.now()
    assert days_taken(app, item) == []
    with pytest.raises(Refusal) as refused:
        take_back(app, item)
    assert refused.value.code == "not_out"


def test_ten_desks_take_the_same_thing_back_and_one_does(
    app: Lainaamo, make: Make, at_once: AtOnce
) -> None:
    item = make.item()
    make.loan(item, WED)

    def back(_browser: Browser) -> str:
        try:
            take_back(app, item)
        except Refusal as refusal:
            return refusal.code
        return "back"

    assert sorted(at_once(10, back)) == ["back"] + ["not_out"] * 9
    with app.app_context():
        lines = select(func.count()).where(journal.Entry.verb == "loan.returned")
        assert session.scalar(lines) == 1


@pytest.mark.parametrize("days_late", [0, 1, 400])
def test_a_return_always_works_however_late(app: Lainaamo, make: Make, days_late: int) -> None:
    item = make.item()
    make.loan(item, WED)
    with clock.at(later(2 + days_late)):
        assert take_back(app, item).due_on == WED


def test_a_late_thing_comes_back_though_somebody_was_promised_it(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    item = make.item(kind)
    make.loan(item, TUE)
    made = make.reservation(kind, WED, FRI)
    with clock.at(later(2)):
        with app.app_context(), transaction():
            goods.lock_kinds([kind.id])
            assert len(goods.rehouse(kind.id)) == 1, (
                "the promise has no thing while the loan is late"
            )
        take_back(app, item)
        with app.app_context(), transaction():
            goods.lock_kinds([kind.id])
            assert not goods.rehouse(kind.id)
        fetch(app, made, item)


def test_a_thing_rests_after_a_loan_until_somebody_sees_that_it_is_ready(
    app: Lainaamo, make: Make
) -> None:
    kind = make.kind()
    make.terms(turnaround_days=2)
    item = make.item(kind)
    make.loan(item, WED)
    take_back(app, item)
    assert [(use.purpose, use.last_day) for use in make.uses(item)] == [("turnaround", WED)]
    with pytest.raises(Refusal) as refused:
        make.reservation(kind, TUE, TUE)
    assert refused.value.params["first_free_day"] == THU
    make.loan(item, TUE)


@pytest.mark.parametrize(
    ("condition", "need", "kept"),
    [("dirty", "clean", "good"), ("part_missing", "part", "good"), ("broken", "repair", "broken")],
)
def test_a_thing_that_came_back_unfit_goes_to_repair(
    app: Lainaamo, make: Make, condition: str, need: str, kept: str
) -> None:
    kind = make.kind()
    item = make.item(kind)
    make.loan(item, WED)
    mark(app, take_back(app, item), condition)
    with app.app_context():
        repair = session.scalars(select(Repair)).one()
        assert (repair.need, session.get_one(Item, item.id).condition) == (need, kept)
    for attempt in (lambda: make.loan(item, WED), lambda: make.reservation(kind, TUE, TUE)):
        with pytest.raises(Refusal):
            attempt()


def test_a_wrong_button_is_mended_by_the_right_one(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    item = make.item(kind)
    make.loan(item, WED)
    loan = take_back(app, item)
    for condition in ("broken", "broken", "dirty", "ok"):
        mark(app, loan, condition)
    with app.app_context():
        still_open = select(func.count()).select_from(Repair).where(Repair.closed_at.is_(None))
        assert session.scalar(still_open) == 0
        assert session.scalar(select(func.count()).where(Use.ended_at.is_(None))) == 0
        assert session.get_one(Item, item.id).condition != "broken"
    make.reservation(kind, TUE, TUE)


def test_a_repair_displaces_a_promise_to_another_thing(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    first, second = make.item(kind), make.item(kind)
    make.reservation(kind, TUE, WED)
    promised, other = (first, second) if days_taken(app, first) else (second, first)
    make.repair(promised)
    assert days_taken(app, promised) == []
    assert days_taken(app, other) == [TUE, WED]


def test_a_promise_without_a_thing_is_kept_and_nobody_new_goes_before_it(
    app: Lainaamo, make: Make
) -> None:
    kind = make.kind()
    only = make.item(kind)
    made = make.reservation(kind, TUE, WED)
    repair = make.repair(only, "clean")
    assert [line.ended_at for line in make.lines(made)] == [None]
    with app.app_context(), transaction():
        goods.lock_kinds([kind.id])
        goods.close_repair(session.get_one(Repair, repair.id))
    with pytest.raises(Refusal):
        make.reservation(kind, TUE, WED)
    with clock.at(later(1)):
        fetch(app, made, only)


def test_what_left_the_house_is_not_handed_out(app: Lainaamo, make: Make) -> None:
    item = make.item()
    with app.app_context(), transaction():
        row = session.get_one(Item, item.id)
        row.left_at, row.left_as = clock.now(), "lost"
        journal.write("item.left", "item", item.id)
    with pytest.raises(Refusal) as refused:
        make.loan(item, WED)
    assert refused.value.code == "left"


def test_who_walks_in_may_have_no_more_at_once_than_who_reserves(make: Make) -> None:
    make.terms(at_once=1)
    kind, person = make.kind(), make.person("resident")
    first, second = make.item(kind), make.item(kind)
    make.loan(first, THU, person=person)
    with pytest.raises(Refusal) as refused:
        make.loan(second, THU, person=person)
    assert refused.value.code == "at_once"


def test_a_line_read_with_all_its_company_can_be_handed_out(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    item = make.item(kind)
    made = make.reservation(kind, MON, TUE)
    with app.app_context(), transaction():
        whole = queries.get_reservation(made.id)
        found = goods_queries.get_item(item.id)
        who = Borrower("Aino", person_id=whole.person_id)
        loan = actions.hand_out(found, who, due_on=TUE, line=whole.lines[0])
        assert loan.line_id == whole.lines[0].id
