"""Who stands in line holds the days that will be the turn: who comes later gets what is left."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.web import Lainaamo
from lainaamo.goods import queries as goods
from lainaamo.goods.availability import Asking, Fixed, Stock, Thing, Wish, free, line_up, pack
from lainaamo.goods.models import Item, Kind
from lainaamo.lending import actions, ahead, blocks, changing, queries, waiting
from lainaamo.lending.ahead import Turn
from lainaamo.lending.models import Wait
from lainaamo.people.models import Person
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

MON = date(2026, 3, 2)
TUE, WED, THU, FRI = (MON + timedelta(n) for n in range(1, 5))
NEXT_MON, NEXT_FRI = MON + timedelta(7), MON + timedelta(11)
WEEK_AFTER = MON + timedelta(14)


def out(make: Make) -> tuple[Kind, Item]:
    """Make a thing and lend it until Friday."""
    kind = make.kind()
    item = make.item(kind)
    make.loan(item, FRI)
    return kind, item


def turn_of(app: Lainaamo, wait: Wait) -> Turn | None:
    with app.app_context():
        line = ahead.lines([wait.kind_id])[wait.kind_id]
        turns = ahead.turns(goods.stock(wait.kind_id), line)
        return next(turn for one, turn in zip(line, turns, strict=True) if one.id == wait.id)


def test_the_days_after_the_due_day_are_those_of_the_first_in_line(
    app: Lainaamo, make: Make
) -> None:
    kind, _item = out(make)
    wait = make.wait(kind)
    with pytest.raises(Refusal) as refused:
        make.reservation(kind, NEXT_MON, NEXT_FRI)
    # From Tuesday as long a loan would end on a Saturday, when it is closed.
    assert refused.value.params["first_free_day"] == WEEK_AFTER + timedelta(3)
    turn = turn_of(app, wait)
    assert turn is not None
    # On Saturday it is closed, and a week from Monday is a Monday.
    assert (turn.first_day, turn.last_day, turn.is_now) == (NEXT_MON, WEEK_AFTER, False)


def test_what_those_in_line_leave_can_be_reserved_as_the_screen_says(
    browser: Browser, make: Make
) -> None:
    kind, _item = out(make)
    make.wait(kind)
    later = WEEK_AFTER + timedelta(1)
    page = browser.get(f"/valineet/{kind.id}?alku={later}&loppu={later + timedelta(3)}")
    assert 'name="first_name"' in page.text
    make.reservation(kind, later, later + timedelta(3))
    taken = browser.get(f"/valineet/{kind.id}?alku={NEXT_MON}&loppu={NEXT_FRI}")
    assert 'name="first_name"' not in taken.text


def test_the_list_of_kinds_counts_what_those_in_line_leave(browser: Browser, make: Make) -> None:
    kind, _item = out(make)
    make.wait(kind)
    asked = f"/api/v1/kinds?first_day={NEXT_MON}&last_day={NEXT_FRI}"
    assert free_of(browser, asked) == [0]
    make.item(kind)  # goes to the first in line at once, from today
    assert free_of(browser, asked) == [1]


def free_of(browser: Browser, asked: str) -> list[int]:
    answer = browser.get(asked).json
    assert answer is not None
    return [one["free"] for one in answer["items"]]


def test_a_gap_before_the_turn_is_free_for_who_needs_no_more(make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    make.reservation(kind, THU, NEXT_FRI)
    wait = make.wait(kind, days=7)
    made = make.reservation(kind, MON, WED)
    assert [line.ended_at for line in make.lines(made)] == [None]
    assert make.again(wait).ended_at is None


def test_who_stands_behind_and_fits_before_is_served_without_delaying_anybody(
    app: Lainaamo, make: Make
) -> None:
    kind = make.kind()
    item = make.item(kind)
    make.loan(item, WED)
    make.reservation(kind, NEXT_MON, NEXT_FRI)
    first, second = make.wait(kind, days=7), make.wait(kind, days=1)
    before = turn_of(app, first)
    make.taken_back(item)
    assert make.again(second).ended_as == "served"
    assert turn_of(app, first) == before
    assert before is not None
    assert before.first_day == WEEK_AFTER


def test_who_stands_behind_is_not_served_where_the_first_would_wait_longer(make: Make) -> None:
    kind = make.kind()
    item = make.item(kind)
    make.loan(item, FRI)
    make.reservation(kind, NEXT_MON, NEXT_FRI)
    first = make.wait(kind, first_day=NEXT_MON, days=3)  # its turn is a week later
    second = make.wait(kind, days=14)
    make.cancelled_reservation(make.reservation(kind, FRI + timedelta(60), FRI + timedelta(61)))
    assert (make.again(first).ended_as, make.again(second).ended_as) == (None, None)


def test_a_reservation_can_be_made_shorter_though_somebody_waits(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    made = make.reservation(kind, MON, FRI)
    make.wait(kind)
    with app.app_context(), transaction():
        whole = queries.get_reservation(made.id)
        changing.change(whole, first_day=MON, last_day=THU, sizes={})
    assert make.again(made).last_day == THU


def test_the_page_says_when_the_turn_comes_by_what_is_known(
    make: Make, signed_in: SignedIn
) -> None:
    kind, _item = out(make)
    wait = make.wait(kind)
    page = signed_in("counter").get(f"/jonot/{kind.id}").text
    assert re.search(r"Vuoro [^<]*9\.3\.[^<]* tämänhetkisen tiedon mukaan", page)
    assert make.again(wait).ended_at is None


def test_when_one_leaves_who_stands_behind_gets_what_was_kept_in_the_same_moment(
    app: Lainaamo, make: Make
) -> None:
    kind = make.kind()
    item, other = make.item(kind, size="38"), make.item(kind, size="40")
    make.loan(other, TUE)
    make.reservation(kind, NEXT_MON, NEXT_FRI, size="38")
    make.reservation(kind, THU, FRI)
    first = make.wait(kind)  # gets the other on Wednesday: what is reserved stays on this one
    second = make.wait(kind, days=3, size="38")
    assert make.again(second).ended_at is None
    with app.app_context(), transaction():
        waiting.leave(first.id, person_id=first.person_id)
    assert make.again(second).ended_as == "served"
    assert {use.purpose for use in make.uses(item)} == {"reserved"}


def lend(app: Lainaamo, make: Make, item: Item, override: str | None = None) -> None:
    who = make.person("resident")
    with app.app_context(), transaction():
        row = goods.get_item(item.id)
        borrower = actions.Borrower(who.first_name, person_id=who.id)
        actions.hand_out(row, borrower, due_on=FRI, override=override)


def waited_for(make: Make) -> Item:
    """Make a thing that is free till Friday, and somebody in line who gets another on Wednesday.

    Were the first lent till Friday, what is reserved from Thursday on would need the other.
    """
    kind = make.kind()
    item, other = make.item(kind, size="38"), make.item(kind, size="40")
    make.loan(other, TUE)
    make.reservation(kind, NEXT_MON, NEXT_FRI, size="38")
    make.reservation(kind, THU, FRI)
    make.wait(kind)
    return item


def test_the_desk_lends_nothing_over_the_head_of_who_waits(app: Lainaamo, make: Make) -> None:
    item = waited_for(make)
    with pytest.raises(Refusal) as refused:
        lend(app, make, item)
    assert (refused.value.code, refused.value.params["day"]) == ("someone_waits", WED)


def test_the_desk_may_lend_it_with_a_reason_that_is_kept(app: Lainaamo, make: Make) -> None:
    item = waited_for(make)
    lend(app, make, item, "agreed")
    assert "on_loan" in {use.purpose for use in make.uses(item)}


def test_who_is_blocked_holds_up_nobody(app: Lainaamo, make: Make) -> None:
    kind, _item = out(make)
    wait = make.wait(kind)
    with app.app_context(), transaction():
        blocks.block(session.get_one(Person, wait.person_id), "late", last_day=NEXT_FRI)
    made = make.reservation(kind, NEXT_MON, NEXT_FRI)
    assert made.first_day == NEXT_MON


# What holds for every line, drawn


HERE = 1
sizes = st.sampled_from([None, "S", "M"])
days = st.integers(0, 14)


@st.composite
def stocks(draw: st.DrawFn) -> Stock:
    things = [Thing(n, draw(sizes), HERE) for n in range(1, draw(st.integers(1, 4)) + 1)]
    fixed = [
        Fixed(draw(st.integers(1, len(things))), MON, MON + timedelta(draw(days)))
        for _ in range(draw(st.integers(0, 2)))
    ]
    stock = Stock(things, fixed)
    wishes: list[Wish] = []
    for key in range(1, draw(st.integers(0, 4)) + 1):
        first = MON + timedelta(draw(days))
        new = Wish(key, first, first + timedelta(draw(st.integers(0, 5))), draw(sizes), HERE)
        placed = pack(Stock(things, fixed, wishes), [new])
        if placed is not None:
            wishes = [
                Wish(one.key, one.first_day, one.last_day, one.size, HERE, placed[one.key])
                for one in [*wishes, new]
            ]
    return Stock(stock.things, stock.fixed, wishes)


@st.composite
def asking(draw: st.DrawFn) -> Asking:
    first, length = draw(st.integers(0, 5)), draw(st.integers(0, 6))
    starts = [MON + timedelta(n) for n in range(first, 45)]
    return Asking(tuple((day, day + timedelta(length)) for day in starts), draw(sizes), HERE)


def shadows(line: list[Asking], found: list[int | None]) -> list[Wish]:
    return [
        Wish(0, *one.stretches[number], one.size, HERE)
        for one, number in zip(line, found, strict=True)
        if number is not None
    ]


@settings(max_examples=30)
@given(stocks(), st.lists(asking(), max_size=5), days, days, sizes)
def test_what_is_free_beside_a_line_can_be_promised_and_delays_nobody(
    stock: Stock, line: list[Asking], first: int, length: int, size: str | None
) -> None:
    found = list(line_up(stock, line, MON))
    beside = Stock(stock.things, stock.fixed, stock.wishes, shadows(line, found))
    stretch = (MON + timedelta(first), MON + timedelta(first + length))
    new = Wish(99, *stretch, size, HERE)
    placed = pack(beside, [new])
    assert (placed is not None) == (free(beside, *stretch, site_id=HERE, size=size) > 0)
    if placed is None:
        return
    assert set(placed) == {*(wish.key for wish in stock.wishes), 99}
    wishes = [
        Wish(one.key, one.first_day, one.last_day, one.size, HERE, placed[one.key])
        for one in [*stock.wishes, new]
    ]
    assert list(line_up(Stock(stock.things, stock.fixed, wishes), line, MON)) == found


@settings(max_examples=30)
@given(stocks(), st.lists(asking(), min_size=1, max_size=6))
def test_in_every_line_each_has_the_first_days_that_those_before_leave(
    stock: Stock, line: list[Asking]
) -> None:
    found = list(line_up(stock, line, MON))
    for number, (one, at) in enumerate(zip(line, found, strict=True)):
        before = shadows(line[:number], found[:number])
        beside = Stock(stock.things, stock.fixed, stock.wishes, before)
        fits = (pack(beside, [Wish(99, *days, one.size, HERE)]) for days in one.stretches)
        assert next((n for n, fit in enumerate(fits) if fit is not None), None) == at


@settings(max_examples=30)
@given(stocks(), st.lists(asking(), min_size=2, max_size=6))
def test_who_joins_behind_moves_nobody_before(stock: Stock, line: list[Asking]) -> None:
    found = list(line_up(stock, line, MON))
    assert list(line_up(stock, line[:-1], MON)) == found[:-1]
    alike = [n for n, one in enumerate(line) if one == line[0]]
    places = [found[n] for n in alike]
    known = [one for one in places if one is not None]
    assert known == sorted(known)
    assert places[len(known) :] == [None] * (len(places) - len(known))


def test_the_catalogue_counts_what_those_in_line_leave_and_keeps_its_page(
    browser: Browser, make: Make
) -> None:
    kind, _item = out(make)
    make.loan(make.item(kind), FRI)
    address = f"/?first_day={NEXT_MON}&last_day={NEXT_FRI}"
    assert "2 vapaana" in browser.get(address).text
    make.wait(kind)
    for _ in range(2):
        assert "2 vapaana" not in browser.get(address).text
