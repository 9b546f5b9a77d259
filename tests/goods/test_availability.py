from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lainaamo.goods import availability
from lainaamo.goods.availability import (
    Fixed,
    Stock,
    Thing,
    Wish,
    calendar,
    first_free,
    free,
    free_by_size,
    last_days,
    moves,
    pack,
)

MONDAY = date(2026, 11, 30)
HERE, THERE = 1, 2


def day(number: int) -> date:
    return MONDAY + timedelta(number)


def wish(key: int, first: int, last: int, now: int | None = None, size: str | None = None) -> Wish:
    return Wish(key, day(first), day(last), size, HERE, now)


def skis(*numbers: int, size: str | None = None) -> list[Thing]:
    return [Thing(number, size, HERE) for number in numbers]


# The oracle: days one by one and plain sets, nothing of the code under test.


def days_of(row: Wish | Fixed) -> set[date]:
    last = row.last_day or day(60)
    return {row.first_day + timedelta(n) for n in range((last - row.first_day).days + 1)}


def free_days_of(thing: Thing, stock: Stock) -> set[date]:
    days = {day(n) for n in range(-5, 61)}
    if thing.free_from:
        days = {one for one in days if one >= thing.free_from}
    if thing.free_until:
        days = {one for one in days if one <= thing.free_until}
    return days.difference(*(days_of(row) for row in stock.fixed if row.thing_id == thing.id))


def suits(thing: Thing, one: Wish, stock: Stock) -> bool:
    return (
        thing.site_id == one.site_id
        and one.size in {None, thing.size}
        and days_of(one) <= free_days_of(thing, stock)
    )


def is_sound(stock: Stock, new: Sequence[Wish], placing: dict[int, int]) -> bool:
    wishes = {one.key: one for one in (*stock.wishes, *new)}
    things = {thing.id: thing for thing in stock.things}
    taken = Counter((thing, one) for key, thing in placing.items() for one in days_of(wishes[key]))
    return all(number == 1 for number in taken.values()) and all(
        suits(things[thing], wishes[key], stock) for key, thing in placing.items()
    )


def can_be_placed(stock: Stock, wishes: Sequence[Wish]) -> bool:
    """Try every thing for every wish, the wishes by first day; no dead end is tried twice."""
    in_order = sorted(wishes, key=lambda one: (one.first_day, one.key))
    dead_ends = set()

    def rest(number: int, taken: dict[int, frozenset[date]]) -> bool:
        if number == len(in_order):
            return True
        one = in_order[number]
        ahead = (number, *(frozenset(d for d in taken[t] if d >= one.first_day) for t in taken))
        if ahead in dead_ends:
            return False
        found = any(
            suits(thing, one, stock)
            and not taken[thing.id] & days_of(one)
            and rest(number + 1, {**taken, thing.id: taken[thing.id] | days_of(one)})
            for thing in stock.things
        )
        dead_ends.add(ahead)
        return found

    return rest(0, {thing.id: frozenset() for thing in stock.things})


def applied(stock: Stock, new: Sequence[Wish], placing: dict[int, int]) -> Stock:
    """Give the stock as it is once the placing has been written down."""
    wishes = [replace(one, now=placing.get(one.key, one.now)) for one in (*stock.wishes, *new)]
    return replace(stock, wishes=wishes)


# Stocks drawn at random.

sizes = st.sampled_from([None, None, "42", "43"])
sites = st.sampled_from([HERE, HERE, HERE, THERE])


@st.composite
def stretches(draw: st.DrawFn, longest: int = 8) -> tuple[date, date]:
    first = draw(st.integers(0, 20))
    return day(first), day(first + draw(st.integers(0, longest - 1)))


@st.composite
def asked(draw: st.DrawFn, key: int = 1000) -> Wish:
    first, last = draw(stretches())
    return Wish(key, first, last, draw(sizes), draw(sites))


@st.composite
def things(draw: st.DrawFn, number: int) -> Thing:
    some_day = st.none() | st.none() | st.integers(0, 25).map(day)
    return Thing(number, draw(sizes), draw(sites), draw(some_day), draw(some_day))


@st.composite
def stocks(draw: st.DrawFn, most_things: int = 8, most_wishes: int = 25) -> Stock:
    """Draw a stock in which every promise stands well on the thing it has."""
    shelf = [draw(things(n)) for n in range(1, draw(st.integers(1, most_things)) + 1)]
    ids = st.sampled_from([thing.id for thing in shelf])
    fixed = [
        Fixed(draw(ids), first, draw(st.sampled_from([last, last, last, None])))
        for first, last in draw(st.lists(stretches(), max_size=most_things))
    ]
    stock = Stock(shelf, fixed)
    taken = {thing.id: set[date]() for thing in shelf}
    wishes = []
    for key in range(1, draw(st.integers(0, most_wishes)) + 1):
        thing = draw(st.sampled_from(shelf))
        first, last = draw(stretches())
        size = draw(st.sampled_from([None, thing.size]))
        one = Wish(key, first, last, size, thing.site_id, thing.id)
        if suits(thing, one, stock) and not taken[thing.id] & days_of(one):
            taken[thing.id] |= days_of(one)
            wishes.append(one)
    return replace(stock, wishes=wishes)


@st.composite
def shaken(draw: st.DrawFn, most_things: int = 8, most_wishes: int = 25) -> Stock:
    """Draw a stock in which some promises have lost their thing since."""
    stock = draw(stocks(most_things, most_wishes))
    ids = st.sampled_from([thing.id for thing in stock.things])
    late = [Fixed(draw(ids), first, None) for first, _ in draw(st.lists(stretches(), max_size=2))]
    wishes = [
        replace(one, now=draw(st.sampled_from([one.now, one.now, None]))) for one in stock.wishes
    ]
    return replace(stock, fixed=[*stock.fixed, *late], wishes=wishes)


@st.composite
def crowded(draw: st.DrawFn) -> Stock:
    """Draw a full shelf with days promised by name here and there, where little can move."""
    chance = draw(st.randoms(use_true_random=True))
    one_size = chance.random() < 0.5
    shelf = [
        Thing(n, "42" if one_size else chance.choice(["42", "43"]), HERE)
        for n in range(1, chance.randint(4, 6))
    ]
    taken = {thing.id: set[date]() for thing in shelf}
    rows = []
    for _ in range(30):
        thing, first = chance.choice(shelf), chance.randint(0, 11)
        row = Fixed(thing.id, day(first), day(first + chance.randint(0, 3)))
        if not taken[thing.id] & days_of(row):
            taken[thing.id] |= days_of(row)
            rows.append((row, thing))
    by_name = chance.randint(0, 4)
    return Stock(
        shelf,
        [row for row, _ in rows[:by_name]],
        [
            Wish(key, row.first_day, row.last_day or row.first_day, size, HERE, thing.id)
            for key, (row, thing) in enumerate(rows[by_name:], 1)
            for size in [chance.choice([None, thing.size])]
            if chance.random() < 0.6
        ],
    )


# What is always so.


@given(stocks(), st.lists(asked(), max_size=4))
def test_a_placing_gives_everybody_a_thing_and_nobody_the_same_one(
    stock: Stock, several: list[Wish]
) -> None:
    new = [replace(one, key=1000 + n) for n, one in enumerate(several)]
    placing = pack(stock, new)
    if placing is not None:
        assert is_sound(stock, new, placing)
        assert placing.keys() == {one.key for one in (*stock.wishes, *new)}


@given(stocks())
def test_nothing_moves_when_nothing_has_to(stock: Stock) -> None:
    placing = pack(stock)
    assert placing == {one.key: one.now for one in stock.wishes}
    assert moves(stock, placing or {}) == {}


@given(stocks(), asked())
def test_nothing_moves_for_a_new_wish_that_fits_beside_the_others(stock: Stock, new: Wish) -> None:
    taken = {thing.id: set[date]() for thing in stock.things}
    for one in stock.wishes:
        taken[one.now or 0] |= days_of(one)
    fits = any(
        suits(thing, new, stock) and not taken[thing.id] & days_of(new) for thing in stock.things
    )
    if fits:
        placing = pack(stock, [new])
        assert placing is not None
        assert moves(stock, placing) == {}


@given(stocks(), asked())
def test_what_is_called_free_can_be_reserved_one_after_another(stock: Stock, one: Wish) -> None:
    number = free(stock, one.first_day, one.last_day, site_id=one.site_id, size=one.size)
    assert number <= len(stock.things)
    for key in range(1000, 1000 + number):
        new = replace(one, key=key)
        placing = pack(stock, [new])
        assert placing is not None
        stock = applied(stock, [new], placing)
    assert pack(stock, [replace(one, key=2000)]) is None


@given(stocks(), asked())
def test_what_is_called_free_can_be_reserved_at_once(stock: Stock, one: Wish) -> None:
    number = free(stock, one.first_day, one.last_day, site_id=one.site_id, size=one.size)
    alike = [replace(one, key=1000 + n) for n in range(number + 1)]
    assert pack(stock, alike[:number]) is not None
    assert pack(stock, alike) is None


@given(shaken(), asked())
def test_what_is_called_free_can_be_reserved_after_things_were_lost(
    stock: Stock, one: Wish
) -> None:
    number = free(stock, one.first_day, one.last_day, site_id=one.site_id, size=one.size)
    keys = count(1000)
    for _ in range(number):
        new = replace(one, key=next(keys))
        placing = pack(stock, [new])
        assert placing is not None
        assert is_sound(stock, [new], placing)
        stock = applied(stock, [new], placing)
    assert pack(stock, [replace(one, key=next(keys))]) is None


@given(shaken(), asked(), st.integers(0, 5))
def test_what_is_called_free_can_be_reserved_even_if_the_search_gives_up(
    stock: Stock, one: Wish, steps: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(availability, "STEPS", steps)
        patched.setattr(availability, "STEPS_IN_ALL", 2 * steps)
        number = free(stock, one.first_day, one.last_day, site_id=one.site_id, size=one.size)
        several = [replace(one, key=1000 + n) for n in range(number)]
        assert pack(stock, several) is not None
        for new in several:
            placing = pack(stock, [new])
            assert placing is not None
            stock = applied(stock, [new], placing)


@given(stocks(most_things=4, most_wishes=6), asked())
def test_a_place_is_found_whenever_there_is_one(stock: Stock, new: Wish) -> None:
    assert (pack(stock, [new]) is not None) == can_be_placed(stock, [*stock.wishes, new])


@given(crowded(), stretches(), st.sampled_from([None, "42"]))
def test_a_place_is_found_on_a_crowded_shelf_whenever_there_is_one(
    stock: Stock, when: tuple[date, date], size: str | None
) -> None:
    new = Wish(1000, *when, size, HERE)
    placing = pack(stock, [new])
    assert (placing is not None) == can_be_placed(stock, [*stock.wishes, new])
    assert placing is None or is_sound(stock, [new], placing)


@given(shaken(most_things=4, most_wishes=6))
def test_all_who_lost_their_thing_get_another_whenever_that_can_be(stock: Stock) -> None:
    placing = pack(stock)
    assert placing is not None
    assert is_sound(stock, [], placing)
    assert (len(placing) == len(stock.wishes)) == can_be_placed(stock, stock.wishes)


@given(shaken(), asked())
def test_a_promise_that_is_still_good_is_never_lost(stock: Stock, new: Wish) -> None:
    things_by_id = {thing.id: thing for thing in stock.things}
    good = {
        one.key
        for one in stock.wishes
        if one.now is not None and suits(things_by_id[one.now], one, stock)
    }
    for placing in (pack(stock), pack(stock, [new])):
        if placing is not None:
            assert placing.keys() >= good
            assert is_sound(stock, [new], placing)


@given(shaken(), asked())
def test_the_same_question_has_the_same_answer(stock: Stock, new: Wish) -> None:
    mixed = replace(stock, wishes=stock.wishes[::-1], fixed=stock.fixed[::-1])
    assert pack(stock, [new]) == pack(mixed, [new])


@given(shaken(), asked())
def test_the_calendar_says_what_a_reservation_would(stock: Stock, one: Wish) -> None:
    def next_day(last: date) -> date:
        return last + timedelta(1)

    shown = calendar(
        stock, [day(n) for n in range(28)], site_id=one.site_id, size=one.size, taken_until=next_day
    )
    assert list(shown) == [day(n) for n in range(28)]
    for when, is_free in shown.items():
        alone = replace(one, first_day=when, last_day=next_day(when))
        assert is_free == (pack(stock, [alone]) is not None)


@given(shaken(), asked())
def test_every_last_day_offered_can_be_chosen(stock: Stock, one: Wish) -> None:
    until = one.first_day + timedelta(13)
    offered = last_days(stock, one.first_day, until, site_id=one.site_id, size=one.size)
    for last in (one.first_day + timedelta(n) for n in range(14)):
        assert (last in offered) == (pack(stock, [replace(one, last_day=last)]) is not None)


@given(shaken(), asked(), st.integers(1, 9))
def test_the_first_free_day_is_free_and_no_earlier_one_is(
    stock: Stock, one: Wish, days: int
) -> None:
    def is_open(when: date) -> bool:
        return when.weekday() in {0, 2, 3}

    found = first_free(
        stock, one.first_day, days=days, is_open=is_open, site_id=one.site_id, size=one.size
    )
    looked_at = [one.first_day + timedelta(n) for n in range(60)]
    good = [
        when
        for when in looked_at
        for last in [when + timedelta(days - 1)]
        if is_open(when) and is_open(last)
        if pack(stock, [replace(one, first_day=when, last_day=last)]) is not None
    ]
    assert found == (good[0] if good else None)


# Examples.


def test_no_thing_is_free_for_all_days_though_each_day_has_one() -> None:
    stock = Stock(skis(1, 2), [Fixed(1, day(0), day(0)), Fixed(2, day(2), day(2))])
    week = calendar(stock, [day(n) for n in range(3)], site_id=HERE)
    assert week == {day(0): True, day(1): True, day(2): True}
    assert free(stock, day(0), day(2), site_id=HERE) == 0
    assert pack(stock, [wish(1, 0, 2)]) is None
    assert last_days(stock, day(0), day(5), site_id=HERE) == [day(0), day(1)]


def test_a_promise_moves_to_make_room() -> None:
    stock = Stock(skis(1, 2), wishes=[wish(1, 0, 2, now=1), wish(2, 4, 6, now=2)])
    placing = pack(stock, [wish(3, 1, 5)])
    assert placing is not None
    assert len(moves(stock, placing)) == 1
    assert is_sound(stock, [wish(3, 1, 5)], placing)


def test_promises_move_in_a_chain_when_that_is_the_only_way() -> None:
    # Only 1 is without fixed days for the new wish; who stands there fits only on 2, and who
    # stands on 2 must first go to 3.
    stock = Stock(
        skis(1, 2, 3),
        [Fixed(2, day(5), day(5)), Fixed(3, day(2), day(2))],
        [wish(1, 2, 3, now=1), wish(2, 3, 4, now=2)],
    )
    assert pack(stock, [wish(3, 0, 5)]) == {1: 2, 2: 3, 3: 1}


def test_someone_with_any_size_makes_room_for_someone_who_needs_a_size() -> None:
    stock = Stock([*skis(1, size="42"), *skis(2, size="43")], wishes=[wish(1, 0, 3, now=1)])
    assert pack(stock, [wish(2, 2, 5, size="42")]) == {1: 2, 2: 1}
    assert free_by_size(stock, day(2), day(5), site_id=HERE) == {"42": 1, "43": 1}
    assert free(stock, day(2), day(5), site_id=HERE) == 1


def test_a_size_nobody_has_is_not_free() -> None:
    stock = Stock(skis(1, size="42"))
    assert free(stock, day(0), day(1), site_id=HERE, size="50") == 0
    assert pack(stock, [wish(1, 0, 1, size="50")]) is None


def test_another_sites_things_are_not_free_here() -> None:
    stock = Stock([Thing(1, None, THERE)])
    assert free(stock, day(0), day(1), site_id=HERE) == 0
    assert free(stock, day(0), day(1), site_id=THERE) == 1


def test_a_late_thing_is_never_offered() -> None:
    stock = Stock(skis(1), [Fixed(1, day(-40), None)])
    assert free(stock, day(300), day(301), site_id=HERE) == 0
    assert first_free(stock, day(0), days=1, is_open=lambda _: True, site_id=HERE) is None


def test_a_promise_on_a_late_thing_gets_another_before_anybody_new() -> None:
    stock = Stock(skis(1, 2), [Fixed(1, day(-9), None)], [wish(1, 3, 5, now=1)])
    assert pack(stock) == {1: 2}
    assert pack(stock, [wish(2, 4, 4)]) is None
    assert pack(stock, [wish(2, 6, 6)]) == {1: 2, 2: 2}


def test_a_promise_without_any_thing_is_left_out_and_keeps_its_days_from_new_ones() -> None:
    stock = Stock(
        skis(1, 2), [Fixed(1, day(-9), None)], [wish(1, 3, 5, now=1), wish(2, 4, 4, now=2)]
    )
    assert pack(stock) == {2: 2}
    assert free(stock, day(3), day(3), site_id=HERE) == 0
    assert free(stock, day(6), day(6), site_id=HERE) == 1


def test_a_promise_of_any_size_that_lost_its_thing_goes_before_a_new_one_of_a_size() -> None:
    stock = Stock(
        [*skis(1, size="42"), *skis(2, size="43")],
        [Fixed(1, day(-9), None)],
        [wish(1, 3, 5, now=1), wish(2, 5, 5, now=2)],
    )
    assert pack(stock) == {2: 2}
    assert pack(stock, [wish(3, 3, 3, size="43")]) is None


def test_a_thing_is_free_from_its_first_day_to_the_day_it_must_go() -> None:
    stock = Stock([Thing(1, None, HERE, free_from=day(2), free_until=day(4))])
    shown = calendar(stock, [day(n) for n in range(1, 6)], site_id=HERE)
    assert [when for when, is_free in shown.items() if is_free] == [day(2), day(3), day(4)]


def test_a_row_of_a_thing_that_has_gone_is_harmless() -> None:
    stock = Stock(skis(1), [Fixed(9, day(0), None)], [wish(1, 0, 1, now=9)])
    assert pack(stock) == {1: 1}


def test_the_first_free_stretch_starts_and_ends_on_open_days() -> None:
    stock = Stock(skis(1), [Fixed(1, day(0), day(3))])
    found = first_free(
        stock, day(0), days=3, is_open=lambda when: when.weekday() in {2, 4}, site_id=HERE
    )
    assert found == day(9)


def test_two_wishes_with_one_key_are_an_error() -> None:
    with pytest.raises(ValueError, match="share a key"):
        pack(Stock(skis(1, 2), wishes=[wish(1, 0, 1, now=1)]), [wish(1, 3, 4)])


def test_a_wish_that_ends_before_it_begins_is_an_error() -> None:
    with pytest.raises(ValueError, match="ends before"):
        pack(Stock(skis(1)), [wish(1, 3, 2)])
