"""Reserving and cancelling."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from lainaamo.core import clock, journal, outbox
from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.orm import Base
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Allocation, Item
from lainaamo.lending import actions, queries
from lainaamo.lending.models import Line, Reservation
from tests.conftest import AtOnce
from tests.make import Make
from tests.strict import Browser

MON, TUE, WED, THU, FRI = (date(2026, 3, 2) + timedelta(n) for n in range(5))
NEXT_MON = MON + timedelta(7)


def count(app: Lainaamo, model: type[Base]) -> int:
    with app.app_context():
        return session.scalar(select(func.count()).select_from(model)) or 0


def days_taken(app: Lainaamo, item: Item) -> Sequence[date]:
    with app.app_context():
        wanted = select(Allocation.day).where(Allocation.item_id == item.id)
        return session.scalars(wanted.order_by(Allocation.day)).all()


def cancel(app: Lainaamo, reservation: Reservation) -> None:
    with app.app_context(), transaction():
        actions.cancel(queries.get_reservation(reservation.id))


def test_a_reservation_takes_its_days_and_is_told(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    item = make.item(kind)
    made = make.reservation(kind, TUE, THU)
    assert days_taken(app, item) == [TUE, WED, THU]
    with app.app_context():
        told = session.scalars(select(journal.Entry).where(journal.Entry.thing == "reservation"))
        assert [(line.verb, line.thing_id) for line in told] == [("reservation.made", made.id)]
        messages = session.scalars(select(outbox.Message.dedup)).all()
        assert messages == [f"reservation.made:{made.id}"]


def test_the_days_of_rest_are_taken_too(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    make.terms(turnaround_days=1)
    item = make.item(kind)
    make.reservation(kind, THU, FRI)
    assert days_taken(app, item)[-1] == NEXT_MON


def test_the_second_person_is_told_the_first_free_day_and_what_else_would_do(make: Make) -> None:
    kind, other = make.kind("Sukset"), make.kind("Lumikengät")
    make.item(kind)
    make.item(other)
    make.reservation(kind, MON, WED)
    with pytest.raises(Refusal) as refused:
        make.reservation(kind, TUE, WED)
    assert refused.value.code == "not_free"
    assert refused.value.params == {"first_free_day": THU, "alternatives": [other.id]}


def test_a_refused_reservation_leaves_nothing(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    make.reservation(kind, MON, WED)
    person = make.person()
    before = [count(app, model) for model in (Reservation, Line, Allocation, journal.Entry)]
    with pytest.raises(Refusal):
        make.reservation(kind, MON, WED, person=person)
    assert [count(app, m) for m in (Reservation, Line, Allocation, journal.Entry)] == before


def test_all_the_things_of_a_reservation_or_none(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    make.item(kind)
    with pytest.raises(Refusal):
        make.reservation(kind, MON, TUE, count=3)
    assert count(app, Reservation) == 0
    make.reservation(kind, MON, TUE, count=2)
    assert count(app, Line) == 2


def test_a_wish_for_any_size_leaves_the_last_of_a_size_to_who_needs_it(
    app: Lainaamo, make: Make
) -> None:
    kind = make.kind()
    small, large = make.item(kind, size="150"), make.item(kind, size="180")
    make.reservation(kind, MON, TUE)
    make.reservation(kind, MON, TUE, size="150")
    assert days_taken(app, small) == days_taken(app, large) == [MON, TUE]


def test_promises_move_to_make_room_for_a_longer_one(app: Lainaamo, make: Make) -> None:
    """Two things, each with a hole: together they still have one thing for the whole week."""
    kind = make.kind()
    make.item(kind)
    make.item(kind)
    first = make.reservation(kind, MON, TUE)
    second = make.reservation(kind, MON, FRI)
    cancel(app, first)
    make.reservation(kind, THU, FRI)
    cancel(app, second)
    make.reservation(kind, MON, FRI)
    make.reservation(kind, MON, WED)
    with app.app_context():
        assert session.scalar(select(func.count()).select_from(Allocation)) == 10


def test_other_sites_things_are_not_promised(make: Make) -> None:
    kind = make.kind()
    make.item(kind, site=make.site("kirjasto"))
    with pytest.raises(Refusal) as refused:
        make.reservation(kind, MON, TUE)
    assert refused.value.params["first_free_day"] is None


def test_goods_for_reuse_are_not_lent(make: Make) -> None:
    kind = make.kind("Työpöytä", pool="reuse")
    make.item(kind, quantity=4)
    with pytest.raises(Refusal) as refused:
        make.reservation(kind, MON, TUE)
    assert refused.value.code == "not_lendable"


def test_one_more_than_allowed_at_once_is_refused_until_one_is_cancelled(
    app: Lainaamo, make: Make
) -> None:
    kind = make.kind()
    make.terms(at_once=2)
    for _ in range(4):
        make.item(kind)
    person = make.person()
    first = make.reservation(kind, MON, TUE, person=person)
    make.reservation(kind, WED, THU, person=person)
    with pytest.raises(Refusal) as refused:
        make.reservation(kind, MON, TUE, person=person)
    assert refused.value.code == "at_once"
    cancel(app, first)
    make.reservation(kind, MON, TUE, person=person)


def test_two_windows_do_not_beat_the_limit(app: Lainaamo, make: Make, at_once: AtOnce) -> None:
    make.terms(at_once=2)
    person, kinds = make.person(), [make.kind(f"Kind {n}") for n in range(6)]
    for kind in kinds:
        make.item(kind)

    def reserve(browser: Browser) -> str:
        try:
            make.reservation(kinds[browser.number], MON, TUE, person=person)
        except Refusal as refusal:
            return refusal.code
        return "reserved"

    assert sorted(at_once(6, reserve)) == ["at_once"] * 4 + ["reserved"] * 2
    assert count(app, Line) == 2


def test_a_unit_has_no_limit_of_a_person(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    make.terms(at_once=1)
    for _ in range(3):
        make.item(kind)
    make.reservation(kind, MON, TUE, unit=make.unit(), count=3)
    assert count(app, Line) == 3


def test_a_cancelled_reservation_gives_its_days_back_once(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    item = make.item(kind)
    made = make.reservation(kind, MON, WED)
    cancel(app, made)
    assert days_taken(app, item) == []
    assert [line.ended_as for line in make.lines(made)] == ["cancelled"]
    with pytest.raises(Refusal) as refused:
        cancel(app, made)
    assert refused.value.code == "over"
    make.reservation(kind, MON, WED)


def test_a_late_loan_is_never_offered(make: Make) -> None:
    kind = make.kind()
    item = make.item(kind)
    make.loan(item, TUE)
    make.reservation(kind, WED, THU)
    with clock.at(clock.now() + timedelta(days=2)), pytest.raises(Refusal) as refused:
        make.reservation(kind, FRI, FRI)
    assert refused.value.params["first_free_day"] is None


def test_what_nobody_fetched_ends_and_only_once(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    item = make.item(kind)
    made = make.reservation(kind, MON, MON)
    (line,) = make.lines(made)
    with app.app_context():
        for _ in range(2):
            with transaction():
                actions.expire(session.get_one(Line, line.id))
        lines = select(func.count()).where(journal.Entry.verb == "reservation.expired")
        assert session.scalar(lines) == 1
    assert days_taken(app, item) == []
