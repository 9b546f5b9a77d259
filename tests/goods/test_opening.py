from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lainaamo.core.errors import Refusal
from lainaamo.goods.opening import Hours, Opening, is_holiday

DAY = Hours(time(10), time(16))
EVENING = Hours(time(12), time(19))
WEEKDAYS = Opening({0: DAY, 1: DAY, 2: DAY, 3: EVENING, 4: DAY})
TUESDAYS = Opening({1: DAY})
NEVER = Opening({})

TUESDAY = date(2026, 12, 1)


def test_each_weekday_has_its_own_hours() -> None:
    assert WEEKDAYS.hours_on(TUESDAY) == DAY
    assert WEEKDAYS.hours_on(date(2026, 12, 3)) == EVENING
    assert WEEKDAYS.hours_on(date(2026, 12, 5)) is None


def test_the_desk_is_closed_from_christmas_eve_to_boxing_day() -> None:
    closed = [date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26)]
    assert all(is_holiday(day) for day in closed)
    assert WEEKDAYS.open_days(date(2026, 12, 23), date(2026, 12, 28)) == [
        date(2026, 12, 23),
        date(2026, 12, 28),
    ]


def test_the_desk_is_closed_on_midsummer_eve() -> None:
    assert not WEEKDAYS.is_open(date(2026, 6, 19))
    assert WEEKDAYS.is_open(date(2026, 6, 18))
    assert WEEKDAYS.next_open(date(2026, 6, 19)) == date(2026, 6, 22)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),  # New Year's Day
        date(2026, 1, 6),  # Epiphany
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 6),  # Easter Monday
        date(2026, 5, 1),  # May Day
        date(2026, 5, 14),  # Ascension Day
        date(2027, 12, 6),  # Independence Day, on a Monday
    ],
)
def test_the_desk_is_closed_on_public_holidays(day: date) -> None:
    assert day.weekday() < 5
    assert not WEEKDAYS.is_open(day)


@pytest.mark.parametrize("day", [date(2026, 2, 5), date(2026, 12, 13), date(2026, 12, 31)])
def test_an_unofficial_feast_is_no_holiday(day: date) -> None:
    assert not is_holiday(day)


@pytest.mark.parametrize("year", range(2020, 2046))
def test_both_eves_are_closed_every_year(year: int) -> None:
    fridays = [date(year, 6, 19) + timedelta(n) for n in range(7)]
    assert [is_holiday(day) for day in fridays if day.weekday() == 4] == [True]
    assert is_holiday(date(year, 12, 24))


def test_a_site_may_stay_open_on_holidays() -> None:
    open_always = Opening(WEEKDAYS.week, closed_on_holidays=False)
    assert open_always.hours_on(date(2026, 12, 24)) == EVENING


def test_a_day_of_the_sites_own_goes_before_the_week_and_the_holidays() -> None:
    site = Opening(
        WEEKDAYS.week,
        {
            TUESDAY: None,
            date(2026, 12, 5): EVENING,
            date(2026, 12, 24): DAY,
        },
    )
    assert site.hours_on(TUESDAY) is None
    assert site.hours_on(date(2026, 12, 5)) == EVENING
    assert site.hours_on(date(2026, 12, 24)) == DAY


def test_the_next_and_the_previous_open_day_may_be_today() -> None:
    assert WEEKDAYS.next_open(TUESDAY) == TUESDAY
    assert WEEKDAYS.previous_open(TUESDAY) == TUESDAY
    assert WEEKDAYS.next_open(date(2026, 12, 5)) == date(2026, 12, 7)
    assert WEEKDAYS.previous_open(date(2026, 12, 6)) == date(2026, 12, 4)


def test_turnaround_counts_open_days_only() -> None:
    assert WEEKDAYS.add_open_days(date(2026, 12, 4), 0) == date(2026, 12, 4)
    assert WEEKDAYS.add_open_days(date(2026, 12, 4), 1) == date(2026, 12, 7)
    assert WEEKDAYS.add_open_days(date(2026, 12, 22), 2) == date(2026, 12, 28)


def test_a_loan_is_due_on_its_last_day_when_that_is_open() -> None:
    assert WEEKDAYS.due_on(TUESDAY, 14) == date(2026, 12, 15)


def test_a_loan_is_due_before_the_closed_days_and_not_after_them() -> None:
    assert WEEKDAYS.due_on(date(2026, 12, 11), 14) == date(2026, 12, 23)


def test_a_loan_is_not_due_on_the_day_it_was_fetched() -> None:
    assert TUESDAYS.due_on(TUESDAY, 3) == date(2026, 12, 8)


def test_a_loan_for_one_day_only_is_due_the_same_day() -> None:
    assert WEEKDAYS.due_on(TUESDAY, 0) == TUESDAY


def test_a_site_that_never_opens_is_never_waited_for() -> None:
    assert NEVER.next_open(TUESDAY) is None
    assert NEVER.previous_open(TUESDAY) is None
    assert NEVER.open_days(TUESDAY, TUESDAY + timedelta(60)) == []
    assert NEVER.add_open_days(TUESDAY, 1) > TUESDAY + timedelta(300)
    with pytest.raises(Refusal) as refused:
        NEVER.due_on(TUESDAY, 14)
    assert refused.value.code == "never_open"


days = st.dates(date(2020, 1, 1), date(2045, 12, 31))
hours = st.sampled_from([DAY, EVENING])
sites = st.builds(
    Opening,
    st.dictionaries(st.integers(0, 6), hours, min_size=1),
    st.dictionaries(days, st.none() | hours),
    st.booleans(),
)


@given(sites, days, st.integers(0, 60))
def test_a_loan_is_always_due_on_an_open_day(site: Opening, first_day: date, length: int) -> None:
    due = site.due_on(first_day, length)
    assert site.is_open(due)
    last_day = first_day + timedelta(length)
    if due > last_day:
        assert not site.open_days(first_day + timedelta(1), last_day)
    else:
        assert site.open_days(due, last_day) == [due]


@given(sites, days, st.integers(1, 20))
def test_so_many_open_days_later_so_many_open_days_have_passed(
    site: Opening, day: date, number: int
) -> None:
    later = site.add_open_days(day, number)
    assert len(site.open_days(day + timedelta(1), later)) == number
    assert site.is_open(later)
