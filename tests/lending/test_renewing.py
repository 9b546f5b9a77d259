"""Renewing a loan: to the last open day that fits, or every reason why not."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import retold, speaking
from lainaamo.core.web import Lainaamo
from lainaamo.goods import queries as goods
from lainaamo.lending import actions, blocks, renewing
from lainaamo.lending.models import Loan, Renewal
from lainaamo.people.models import Person
from tests.conftest import AtOnce
from tests.make import Make
from tests.strict import Browser

MON = date(2026, 3, 2)
TUE, WED, THU, FRI = (MON + timedelta(n) for n in range(1, 5))


def later(weeks: int, day: date = MON) -> date:
    return day + timedelta(7 * weeks)


def renew(app: Lainaamo, loan: Loan, *, seen: date | None = None) -> date:
    with app.app_context(), transaction():
        return renewing.renew(loan.id, seen=seen).due_on


def refused(app: Lainaamo, loan: Loan) -> Refusal:
    with pytest.raises(Refusal) as told:
        renew(app, loan)
    return told.value


def test_a_renewed_loan_is_as_long_as_an_ordinary_one(app: Lainaamo, make: Make) -> None:
    make.terms(days=7, longest_days=28)
    item = make.item()
    loan = make.loan(item, later(1))
    assert renew(app, loan) == later(2)
    assert [(use.due_on, use.last_day) for use in make.uses(item)] == [(later(2), later(2))]


def test_it_ends_on_an_open_day(app: Lainaamo, make: Make) -> None:
    make.terms(days=7)
    loan = make.loan(make.item(), later(1))
    make.closed(later(2))
    assert renew(app, loan) == later(1, FRI)


def test_it_is_renewed_so_many_times_and_no_more(app: Lainaamo, make: Make) -> None:
    make.terms(days=7, longest_days=60, renewals=2)
    loan = make.loan(make.item(), later(1))
    assert (renew(app, loan), renew(app, loan)) == (later(2), later(3))
    assert refused(app, loan).code == "longest_reached"


def test_all_of_it_stays_within_the_longest_loan(app: Lainaamo, make: Make) -> None:
    make.terms(days=7, longest_days=10, renewals=9)
    loan = make.loan(make.item(), later(1))
    assert renew(app, loan) == later(1, THU)
    told = refused(app, loan)
    assert (told.code, told.params["due_on"]) == ("longest_reached", later(1, THU))


def test_it_is_shortened_to_the_day_before_anothers_promise(app: Lainaamo, make: Make) -> None:
    make.terms(days=7)
    kind = make.kind()
    loan = make.loan(make.item(kind), FRI)
    make.reservation(kind, later(1, WED), later(1, THU))
    assert renew(app, loan) == later(1, TUE)


def test_anothers_promise_moves_to_a_thing_that_is_free(app: Lainaamo, make: Make) -> None:
    make.terms(days=7)
    kind = make.kind()
    loan = make.loan(make.item(kind), FRI)
    make.reservation(kind, later(1), later(1, TUE))
    make.item(kind)
    assert renew(app, loan) == later(1, FRI)


def test_it_is_refused_while_somebody_waits_for_one_like_it(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    small, large = make.item(kind, size="150"), make.item(kind, size="180")
    loans = [make.loan(one, FRI) for one in (small, large)]
    make.wait(kind, size="180")
    assert renew(app, loans[0]) > FRI
    told = refused(app, loans[1])
    assert (told.code, told.params["due_on"]) == ("someone_waits", FRI)


def test_who_waits_for_later_days_shortens_it_only(app: Lainaamo, make: Make) -> None:
    make.terms(days=14, longest_days=28)
    kind = make.kind()
    loan = make.loan(make.item(kind), later(2))
    make.reservation(kind, later(4), later(4, WED))
    make.wait(kind, first_day=later(3), days=14)
    assert renew(app, loan) == later(2, FRI)


def test_all_reasons_are_told_at_once(app: Lainaamo, make: Make) -> None:
    make.terms(renewals=0)
    kind, late = make.kind(), make.person("resident")
    loan = make.loan(make.item(kind), FRI, person=late)
    make.wait(kind)
    with app.app_context(), transaction():
        blocks.block(session.get_one(Person, late.id), "late", last_day=FRI)
    told = refused(app, loan)
    reasons = told.params["reasons"]
    assert isinstance(reasons, tuple)
    assert [one.code for one in reasons] == ["someone_waits", "longest_reached", "blocked"]
    with speaking("en"):
        assert retold(told).count(".") == 5


def test_a_late_loan_is_renewed_from_today(app: Lainaamo, make: Make) -> None:
    make.terms(days=7)
    loan = make.loan(make.item(), TUE)
    with clock.at(datetime(2026, 3, 5, 11, tzinfo=clock.HELSINKI)):
        assert renew(app, loan) == later(1, THU)


def test_a_late_loan_is_not_renewed_over_anothers_promise(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    loan = make.loan(make.item(kind), TUE)
    make.reservation(kind, THU, FRI)
    with clock.at(datetime(2026, 3, 5, 11, tzinfo=clock.HELSINKI)):
        assert refused(app, loan).code == "someone_waits"


def test_what_has_come_back_is_not_renewed(app: Lainaamo, make: Make) -> None:
    item = make.item()
    loan = make.loan(item, FRI)
    make.taken_back(item)
    assert refused(app, loan).code == "returned"


def test_sixteen_presses_renew_once(app: Lainaamo, make: Make, at_once: AtOnce) -> None:
    make.terms(days=7, longest_days=60, renewals=9)
    loan = make.loan(make.item(), later(1))

    def press(_browser: Browser) -> date:
        return renew(app, loan, seen=later(1))

    assert set(at_once(16, press)) == {later(2)}
    with app.app_context():
        assert session.scalar(select(func.count()).select_from(Renewal)) == 1


def test_of_several_each_has_its_own_answer(app: Lainaamo, make: Make) -> None:
    kind, me = make.kind(), make.person("resident")
    one = make.loan(make.item(), FRI, person=me)
    other = make.loan(make.item(kind), FRI, person=me)
    make.wait(kind)
    with app.app_context(), transaction():
        results = renewing.renew_all(renewing.open_loans(me.id))
        codes = {got.loan.id: got.refusal and got.refusal.code for got in results}
    assert codes == {one.id: None, other.id: "someone_waits"}


def test_a_thing_that_was_renewed_is_taken_on_its_new_days(app: Lainaamo, make: Make) -> None:
    make.terms(days=7)
    kind = make.kind()
    item = make.item(kind)
    renew(app, make.loan(item, FRI))
    with pytest.raises(Refusal) as told:
        make.reservation(kind, later(1), later(1, TUE))
    assert told.value.code == "not_free"
    with app.app_context(), transaction():
        actions.take_back(goods.get_item(item.id))
    make.reservation(kind, later(1), later(1, TUE))
