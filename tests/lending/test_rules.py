"""What may be lent and for how long."""

from datetime import date, time, timedelta

import pytest

from lainaamo.core.errors import Refusal
from lainaamo.goods.opening import Hours, Opening
from lainaamo.lending import rules
from lainaamo.lending.rules import Terms

MON, TUE, WED, THU, FRI, SAT, SUN = (date(2026, 3, 2) + timedelta(n) for n in range(7))
NEXT_MON = MON + timedelta(7)
WORKDAYS = Opening({weekday: Hours(time(12), time(17)) for weekday in range(5)})
NEVER = Opening({})


def refusal_of(
    first_day: date, last_day: date, *, terms: Terms | None = None, opening: Opening = WORKDAYS
) -> Refusal:
    with pytest.raises(Refusal) as refused:
        rules.check_days(first_day, last_day, today=MON, opening=opening, terms=terms or Terms())
    return refused.value


def check(first_day: date, last_day: date, *, terms: Terms | None = None) -> None:
    rules.check_days(first_day, last_day, today=MON, opening=WORKDAYS, terms=terms or Terms())


def test_good_days_are_good() -> None:
    check(MON, MON)
    check(MON, FRI)
    check(FRI, NEXT_MON)


def test_yesterday_is_over() -> None:
    assert refusal_of(MON - timedelta(1), FRI).code == "past"


def test_a_loan_does_not_end_before_it_begins() -> None:
    assert refusal_of(WED, TUE).code == "order"


def test_the_longest_loan_ends_on_its_last_day() -> None:
    terms = Terms(longest_days=4)
    check(MON, FRI, terms=terms)
    refusal = refusal_of(TUE, NEXT_MON, terms=terms)
    assert (refusal.code, refusal.params) == ("too_long", {"days": 4, "latest": SAT})


def test_one_may_reserve_so_far_ahead_and_not_a_day_further() -> None:
    terms = Terms(ahead_days=4)
    check(FRI, FRI, terms=terms)
    refusal = refusal_of(NEXT_MON, NEXT_MON, terms=terms)
    assert (refusal.code, refusal.params) == ("too_far", {"latest": FRI})


def test_a_thing_is_fetched_on_an_open_day_and_the_next_one_is_told() -> None:
    refusal = refusal_of(SAT, NEXT_MON)
    assert (refusal.code, refusal.params) == ("closed", {"day": SAT, "open": NEXT_MON})


def test_a_thing_is_brought_back_on_an_open_day_and_the_one_before_is_told() -> None:
    refusal = refusal_of(MON, SUN)
    assert (refusal.code, refusal.params) == ("closed", {"day": SUN, "open": FRI})


def test_a_place_that_never_opens_lends_nothing() -> None:
    assert refusal_of(MON, TUE, opening=NEVER).code == "closed"


@pytest.mark.parametrize(
    ("last_day", "rest", "until"),
    [(MON, 0, MON), (MON, 1, TUE), (FRI, 1, NEXT_MON), (WED, 3, NEXT_MON)],
)
def test_a_thing_rests_as_many_open_days_as_its_terms_say(
    last_day: date, rest: int, until: date
) -> None:
    terms = Terms(turnaround_days=rest)
    assert rules.taken_until(last_day, opening=WORKDAYS, terms=terms) == until


@pytest.mark.parametrize(("has", "wants", "passes"), [(0, 2, True), (1, 1, True), (1, 2, False)])
def test_one_may_have_so_many_at_once(
    has: int,
    wants: int,
    passes: bool,  # noqa: FBT001 - a row of the table
) -> None:
    terms = Terms(at_once=2)
    if passes:
        rules.check_at_once(has, wants, terms=terms)
        return
    with pytest.raises(Refusal) as refused:
        rules.check_at_once(has, wants, terms=terms)
    assert (refused.value.code, refused.value.params) == ("at_once", {"most": 2, "has": 1})


def test_a_no_says_when_it_would_be_yes() -> None:
    assert rules.not_free(WED, [7]).params == {"first_free_day": WED, "alternatives": [7]}
    assert rules.not_free(None, []).params["first_free_day"] is None
