"""What the list counts can be reserved: the same number as packing finds, in every odd case."""

from datetime import date, datetime

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lainaamo.catalogue.supply import Pile, supply
from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.goods import queries as goods
from lainaamo.goods.availability import Fixed, Stock, Taken, Thing, Wish, count_free, free
from lainaamo.goods.models import Item, Kind
from tests.make import Make

TUE, WED, THU, FRI = (date(2026, 3, day) for day in range(3, 7))
DAYS = (TUE, FRI)


def counted(
    app: Flask, kind: Kind, *, size: str | None = None, days: tuple[date, date] = DAYS
) -> int:
    """Return what the list says, and see that packing says the same."""
    with app.app_context():
        there = supply({kind.id: kind.category_id}, days)
        site_id = there.there.heaps[0].site_id
        pile = Pile(kind.id, site_id, size)
        number = there.count([pile])[pile]
        assert number == free(goods.stock(kind.id), *days, site_id=site_id, size=size)
        return number


def test_what_nobody_has_is_free(app: Flask, make: Make) -> None:
    kind = make.kind()
    for _ in range(3):
        make.item(kind)
    assert counted(app, kind) == 3


def test_promises_and_repairs_take_one_each(app: Flask, make: Make) -> None:
    kind = make.kind()
    items = [make.item(kind) for _ in range(3)]
    make.reservation(kind, WED, THU)
    make.repair(items[2])
    assert counted(app, kind) == 1


def test_two_short_promises_can_share_a_thing(app: Flask, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    make.item(kind)
    make.reservation(kind, TUE, WED)
    make.reservation(kind, THU, FRI)
    assert counted(app, kind) == 1


def test_a_promise_whose_thing_broke_takes_another(app: Flask, make: Make) -> None:
    kind = make.kind()
    items = [make.item(kind) for _ in range(3)]
    make.reservation(kind, WED, THU)
    for item in items:
        with app.app_context(), transaction():
            promised = session.get_one(Item, item.id)
            if goods.live_uses_of(item.id):
                promised.condition = "broken"
    assert counted(app, kind) == 1


def test_a_promise_of_any_size_makes_room_for_a_size(app: Flask, make: Make) -> None:
    kind = make.kind()
    for size in ("120 cm", "140 cm"):
        make.item(kind, size=size)
    make.reservation(kind, WED, THU)
    assert [counted(app, kind, size=size) for size in ("120 cm", "140 cm")] == [1, 1]
    assert counted(app, kind) == 1


def test_a_thing_that_comes_later_is_not_free_before(app: Flask, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    make.item(kind, available_from=THU)
    assert counted(app, kind) == 1
    assert counted(app, kind, days=(THU, FRI)) == 2


def test_a_loan_that_is_late_is_not_waited_for(app: Flask, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    item = make.item(kind)
    make.loan(item, due_on=TUE)
    assert counted(app, kind, days=(WED, FRI)) == 2
    with clock.at(datetime(2026, 3, 4, 11, tzinfo=clock.HELSINKI)):
        assert counted(app, kind, days=(WED, FRI)) == 1


@pytest.mark.parametrize(
    ("days", "number"),
    [((date(2026, 3, 7), date(2026, 3, 9)), 0), ((TUE, date(2026, 3, 8)), 0), ((TUE, FRI), 1)],
)
def test_nothing_is_free_on_days_when_nobody_is_there_to_hand_it_out(
    app: Flask, make: Make, days: tuple[date, date], number: int
) -> None:
    kind = make.kind()
    make.item(kind)
    with app.app_context():
        there = supply({kind.id: kind.category_id}, days)
        assert sum(there.count(there.there.piles_of(kind.id)).values()) == number


BASE = date(2026, 3, 2).toordinal()
SPANS = st.tuples(st.integers(0, 9), st.integers(0, 4)).map(
    lambda span: (date.fromordinal(BASE + span[0]), date.fromordinal(BASE + sum(span)))
)


@given(st.integers(1, 4), st.lists(st.tuples(st.integers(0, 3), SPANS, st.booleans())), SPANS)
def test_counting_says_what_packing_finds_or_nothing(
    number: int, uses: list[tuple[int, tuple[date, date], bool]], asked: tuple[date, date]
) -> None:
    things = [Thing(n, None, 1) for n in range(number)]
    fixed, wishes, taken = [], [], list[Taken]()
    for key, (thing, (first, last), movable) in enumerate(uses):
        is_good = thing < number and not any(
            one.thing_id == thing and one.first_day <= last and (one.last_day or last) >= first
            for one in taken
        )
        if not is_good:
            continue
        taken.append(Taken(thing, first, last))
        if movable:
            wishes.append(Wish(key, first, last, None, 1, thing))
        else:
            fixed.append(Fixed(thing, first, last))
    found = count_free(number, taken, *asked)
    assert found in {None, free(Stock(things, fixed, wishes), *asked, site_id=1)}
