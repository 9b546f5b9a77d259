"""Terms: own or inherited, changed for what comes, never for what was promised."""

from datetime import date, timedelta

import pytest

from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods import queries as goods
from lainaamo.lending import actions as lending
from lainaamo.lending import queries
from lainaamo.lending.models import Reservation
from tests.administration.conftest import Office
from tests.make import Make

MON = date(2026, 3, 2)
TUE, WED, THU = (MON + timedelta(n) for n in (1, 2, 3))


def days(app: Lainaamo, category_id: int) -> int:
    with app.app_context():
        return queries.terms_of(category_id).days


def test_terms_become_ones_own_by_saving_others_and_are_given_back(
    app: Lainaamo, make: Make, office: Office
) -> None:
    top = make.category("top")
    under = make.category("under", parent=top)
    make.terms(top, days=7)
    page = f"/hallinta/ehdot/{under.id}"
    assert "Top" in office.browser.get(page).text
    assert office.save(page, days=10).status_code == 303
    assert (days(app, under.id), days(app, top.id)) == (10, 7)
    office.browser.post(f"{page}/perinta")
    assert days(app, under.id) == 7
    office.undo(office.changes()[0])
    assert days(app, under.id) == 10


@pytest.mark.parametrize(
    ("field", "typed"),
    [("days", "-1"), ("days", "99"), ("at_once", "0"), ("ahead_days", "paljon"), ("days", "")],
)
def test_numbers_that_cannot_be_are_told_at_their_field(
    make: Make, office: Office, field: str, typed: str
) -> None:
    make.terms()
    page = f"/hallinta/ehdot/{make.category().id}"
    told = office.save(page, **{field: typed})
    assert told.status_code == 422
    assert typed in told.text
    assert office.changes() == []


def test_new_terms_leave_a_promise_as_it_was_made(
    app: Lainaamo, make: Make, office: Office
) -> None:
    make.terms(days=7, longest_days=28)
    kind = make.kind()
    make.item(kind)
    made = make.reservation(kind, TUE, TUE + timedelta(14))
    office.save(f"/hallinta/ehdot/{kind.category_id}", days=1, longest_days=2, at_once=1)
    with app.app_context():
        kept = session.get_one(Reservation, made.id)
        assert (kept.first_day, kept.last_day) == (made.first_day, made.last_day)


def test_a_rest_that_was_made_longer_takes_no_thing_from_a_promise(
    app: Lainaamo, make: Make, office: Office
) -> None:
    make.terms(turnaround_days=0)
    kind = make.kind()
    item = make.item(kind)
    make.loan(item, MON)
    made = make.reservation(kind, TUE, THU)
    office.save(f"/hallinta/ehdot/{kind.category_id}", turnaround_days=3)
    with app.app_context(), transaction():
        lending.take_back(goods.get_item(item.id))
    uses = [(use.purpose, use.first_day, use.last_day) for use in make.uses(item)]
    assert ("reserved", TUE, THU) in uses
    assert ("turnaround", MON, MON) in uses
    assert [line.ended_at for line in make.lines(made)] == [None]


def test_a_kind_and_a_group_get_terms_of_their_own_and_lose_them_again(
    app: Lainaamo, make: Make, office: Office
) -> None:
    kind = make.kind()
    make.terms(days=7)
    for page in (
        f"/hallinta/ehdot/nimikkeet/{kind.id}",
        f"/hallinta/ehdot/{kind.category_id}/seurat",
    ):
        assert (
            office.save(page, days=9, season_ends="30.4.", replacement="120,50").status_code == 303
        )
        assert "30.4." in office.browser.get(page).text
    with app.app_context():
        own = queries.own_terms()
        assert {(step.kind_id, step.group) for step in own} == {
            (None, ""),
            (kind.id, ""),
            (None, "club"),
        }
        mine = queries.terms_of(kind.category_id, kind_id=kind.id, group="club")
        assert (mine.days, mine.season_ends, mine.replacement_cents) == (9, "04-30", 12050)
    office.browser.post(f"/hallinta/ehdot/nimikkeet/{kind.id}/perinta")
    with app.app_context():
        assert queries.terms_of(kind.category_id, kind_id=kind.id).days == 7
    office.browser.post(f"/hallinta/ehdot-nimike/muutokset/{office.changes()[0].id}/peruminen")
    with app.app_context():
        assert queries.terms_of(kind.category_id, kind_id=kind.id).season_ends == "04-30"


def test_the_table_says_whose_terms_hold_and_the_ladder_why(make: Make, office: Office) -> None:
    kind = make.kind("Kajakki")
    make.terms(days=7, least_age=15)
    make.terms(kind=kind, days=1)
    page = office.browser.get("/hallinta/ehdot").text
    assert "Kajakki" in page
    ladder = office.browser.get(f"/hallinta/ehdot/nimikkeet/{kind.id}/seurat").text
    assert ladder.count('class="wins"') == 1


@pytest.mark.parametrize("typed", ["31.2.", "kevät", "2026-04-30", "0.0.", "1" * 5000])
def test_a_season_ends_on_a_day_that_there_is(make: Make, office: Office, typed: str) -> None:
    make.terms()
    told = office.save(f"/hallinta/ehdot/{make.category().id}", season_ends=typed)
    assert told.status_code == 422
    assert office.changes() == []


def test_a_permit_that_terms_ask_for_stays_in_use(make: Make, office: Office) -> None:
    office.save("/hallinta/luvat", name="Köysikortti")
    (made,) = office.changes()
    page = f"/hallinta/luvat/{made.thing_id}"
    office.save(f"/hallinta/ehdot/{make.category().id}", permit_sort_id=str(made.thing_id))
    assert office.browser.post(f"{page}/sulkeminen").status_code == 409
    office.browser.post(f"/hallinta/ehdot/{make.category().id}/perinta")
    assert office.browser.post(f"{page}/sulkeminen").status_code == 303
