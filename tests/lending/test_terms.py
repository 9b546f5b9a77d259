"""Whose terms hold: the nearest there are, for a kind, a category, a group; and what they ask."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lainaamo.core.db import session
from lainaamo.core.errors import Refusal
from lainaamo.core.web import LANGUAGE_COOKIE, Lainaamo
from lainaamo.goods.models import Kind
from lainaamo.lending import queries, rules
from lainaamo.lending.models import Reservation
from lainaamo.lending.rules import Step, Terms
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

MON = date(2026, 3, 2)
TUE, FRI = MON + timedelta(1), MON + timedelta(4)


def days(app: Lainaamo, kind: Kind, group: str = "") -> int:
    with app.app_context():
        return queries.terms_of(kind.category_id, kind_id=kind.id, group=group).days


def reserve(browser: Browser, kind: Kind, **changes: str) -> Any:
    browser.set_cookie(LANGUAGE_COOKIE, "en")
    whole = {"first_day": str(TUE), "last_day": str(FRI), "agree": "yes", **changes}
    return browser.post(f"/valineet/{kind.id}/varaukset", data=whole)


# The ladder


def test_a_kind_goes_before_its_category_and_a_group_before_everybody() -> None:
    assert list(rules.ladder(7, [2, 1], "club")) == [
        Step(7, None, "club"),
        Step(7, None, ""),
        Step(None, 2, "club"),
        Step(None, 2, ""),
        Step(None, 1, "club"),
        Step(None, 1, ""),
    ]


def test_the_nearest_terms_hold(app: Lainaamo, make: Make) -> None:
    top = make.category("top")
    kind = make.kind(category=make.category("under", parent=top))
    assert days(app, kind, "club") == Terms().days
    for number, place in enumerate(
        [
            {"category": top},
            {"category": top, "group_name": "club"},
            {"category": make.category("under")},
            {"category": make.category("under"), "group_name": "club"},
            {"kind": kind},
            {"kind": kind, "group_name": "club"},
        ]
    ):
        make.terms(days=number + 1, **place)  # type: ignore[arg-type]  # a category, a kind, a word
        assert days(app, kind, "club") == number + 1
    assert (days(app, kind), days(app, kind, "staff")) == (5, 5)


def test_many_kinds_get_the_terms_that_each_would_get_alone(app: Lainaamo, make: Make) -> None:
    category = make.category()
    kinds = [make.kind(f"Nimike {n}") for n in range(3)]
    make.terms(category, days=3)
    make.terms(kind=kinds[1], days=9)
    make.terms(category, days=5, group_name="club")
    with app.app_context():
        for group in ("", "club"):
            found = queries.terms_of_kinds({one.id: category.id for one in kinds}, group=group)
            assert found == {
                one.id: queries.terms_of(category.id, kind_id=one.id, group=group) for one in kinds
            }


def test_a_school_borrows_a_class_of_skis_where_others_get_two(make: Make) -> None:
    kind = make.kind()
    for _ in range(6):
        make.item(kind)
    make.terms(at_once=2)
    make.terms(at_once=30, group_name="club")
    teacher = make.person("resident")
    with pytest.raises(Refusal, match="can have"):
        make.reservation(kind, TUE, FRI, person=teacher, count=3)
    make.group(teacher, "club")
    assert make.lines(make.reservation(kind, TUE, FRI, person=teacher, count=6))


def test_a_kind_with_terms_of_its_own_is_counted_by_itself(make: Make) -> None:
    kayak, paddle = make.kind("Kajakki"), make.kind("Mela")
    for kind in (kayak, paddle, paddle):
        make.item(kind)
    make.terms(at_once=2)
    make.terms(kind=kayak, at_once=1)
    person = make.person("resident")
    make.reservation(kayak, TUE, FRI, person=person)
    make.reservation(paddle, TUE, FRI, person=person)
    with pytest.raises(Refusal, match="can have"):
        make.reservation(kayak, TUE, FRI, person=person)


# Seasons


@settings(max_examples=30)
@given(
    st.dates(date(2024, 1, 1), date(2032, 12, 31)), st.dates(date(2024, 1, 1), date(2024, 12, 31))
)
def test_a_season_ends_within_a_year_after_the_first_day(first: date, end: date) -> None:
    last = rules.season_end(f"{end:%m-%d}", first)
    assert timedelta() < last - first <= timedelta(366)
    assert (last.month, last.day) in {(end.month, end.day), (2, 28)}


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 10, 13), date(2027, 4, 30)),
        (date(2026, 3, 2), date(2026, 4, 30)),
        (date(2026, 4, 30), date(2026, 11, 16)),
    ],
)
def test_a_loan_of_a_season_lasts_till_its_end_but_never_longer_than_the_longest(
    first: date, last: date
) -> None:
    terms = Terms(days=14, longest_days=200, season_ends="04-30")
    assert first + timedelta(terms.usual_from(first)) == last


def test_who_borrows_for_the_season_at_the_desk_keeps_it_till_the_last_open_day(
    make: Make, signed_in: SignedIn
) -> None:
    kind = make.kind()
    item = make.item(kind)
    make.terms(longest_days=200, season_ends="05-03")  # a Sunday
    person = make.person("resident")
    desk = signed_in("counter")
    desk.post(f"/tiski/lainaajat/{person.id}/lainat", data={"code": make.sign(item)})
    with make.app.app_context():
        loan = queries.find_open_loan(item.id)
        assert loan is not None
        assert loan.due_on == date(2026, 4, 30)  # the first of May is a holiday


# Age


def test_who_reserves_says_that_one_is_old_enough_or_has_a_guardians_word(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    kind = make.kind()
    make.item(kind)
    make.terms(least_age=15)
    browser = signed_in("resident")
    told = reserve(browser, kind)
    assert told.status_code == 422
    assert 'id="f-of_age-wrong"' in told.text
    assert "15 years old" in told.text
    assert reserve(browser, kind, of_age="15").status_code == 303
    with app.app_context():
        assert [one.age_agreed for one in session.query(Reservation)] == [15]


@pytest.mark.parametrize("typed", ["14", "-1", "yes", "9" * 5000, "15\x00"])
def test_a_tick_that_says_something_else_is_no_tick(
    make: Make, signed_in: SignedIn, typed: str
) -> None:
    kind = make.kind()
    make.item(kind)
    make.terms(least_age=15)
    assert reserve(signed_in("resident"), kind, of_age=typed).status_code in {400, 422}


def test_no_age_is_kept_where_none_is_asked(app: Lainaamo, make: Make, signed_in: SignedIn) -> None:
    kind = make.kind()
    make.item(kind)
    assert reserve(signed_in("resident"), kind, of_age="40").status_code == 303
    with app.app_context():
        assert [one.age_agreed for one in session.query(Reservation)] == [None]


def test_a_program_says_the_age_too(make: Make, signed_in: SignedIn) -> None:
    kind = make.kind()
    make.item(kind)
    make.terms(least_age=15)
    browser = signed_in("resident")
    assert browser.token is not None
    asked = {"kind": kind.id, "first_day": str(TUE), "last_day": str(FRI)}
    headers = {"Authorization": f"Bearer {browser.token()}"}
    told = browser.post("/api/v1/reservations", json=asked, headers=headers)
    assert (told.status_code, (told.json or {})["refusal"]) == (409, "age_not_agreed")
    told = browser.post("/api/v1/reservations", json={**asked, "age_agreed": 15}, headers=headers)
    assert told.status_code == 201


# Permits


def test_what_needs_a_permit_is_reserved_by_who_has_it_long_enough(
    make: Make, signed_in: SignedIn
) -> None:
    kind, sort, person = make.kind(), make.permit_sort(), make.person("resident")
    make.item(kind)
    make.terms(permit_sort_id=sort.id)
    browser = signed_in("resident", person_id=person.id)
    assert "This needs a permit: Kiipeilykortti" in reserve(browser, kind).text
    make.permit(person, sort, TUE)
    told = reserve(browser, kind)
    assert told.status_code == 409
    assert "ends on" in told.text
    make.permit(person, sort, FRI)
    assert reserve(browser, kind).status_code == 303


def test_three_sentences_tell_the_terms_on_the_page(make: Make, signed_in: SignedIn) -> None:
    kind = make.kind()
    make.item(kind)
    sort = make.permit_sort()
    make.terms(
        at_once=1, longest_days=21, least_age=15, permit_sort_id=sort.id, replacement_cents=12000
    )
    browser = signed_in("resident")
    browser.set_cookie(LANGUAGE_COOKIE, "en")
    page = browser.get(f"/valineet/{kind.id}").text
    for words in (
        "You can have it for 21 days at most. You can renew the loan 2 times.",
        "You can have 1 of these at the same time.",
        (
            "You must be 15 years old, or have a guardian's permission. "
            "You need a permit: Kiipeilykortti. Show an ID card when you pick it up."
        ),
    ):
        assert words in page.replace("&#39;", "'")
