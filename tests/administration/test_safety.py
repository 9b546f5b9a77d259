"""The rules of safety and the stop list: changed, undone, and what they do to promises."""

from datetime import date

import pytest

from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo
from lainaamo.goods import safety
from lainaamo.goods.models import Allocation
from lainaamo.goods.safety import Rule
from tests.administration.conftest import Office
from tests.make import Make

MON, FRI = date(2026, 3, 2), date(2026, 3, 6)


def test_a_rule_is_ones_own_or_that_of_the_category_above(
    app: Lainaamo, make: Make, office: Office
) -> None:
    top = make.category("helmets")
    under = make.category("bike_helmets", parent=top)
    page = f"/hallinta/turvallisuus/{top.id}"
    office.save(page, checklist="helmet", life_years="5", fall_ends="1")
    with app.app_context():
        assert safety.rule_of(under.id) == Rule("helmet", 5, None, fall_ends=True)
    office.save(f"/hallinta/turvallisuus/{under.id}", life_years="3")
    with app.app_context():
        assert safety.rule_of(under.id).life_years == 3
    office.browser.post(f"/hallinta/turvallisuus/{under.id}/perinta")
    with app.app_context():
        assert safety.rule_of(under.id).life_years == 5
    office.browser.post(f"/hallinta/turvallisuus/muutokset/{office.changes()[0].id}/peruminen")
    with app.app_context():
        assert safety.rule_of(under.id).life_years == 3


@pytest.mark.parametrize(
    ("field", "typed"),
    [("life_years", "0"), ("life_years", "viisi"), ("most_loans", "-1"), ("checklist", "magic")],
)
def test_a_rule_that_cannot_be_is_told_at_its_field(
    make: Make, office: Office, field: str, typed: str
) -> None:
    page = f"/hallinta/turvallisuus/{make.category().id}"
    assert office.save(page, **{field: typed}).status_code == 422
    assert office.changes() == []


def test_a_year_that_is_written_tells_until_when_a_thing_may_be_used(
    make: Make, office: Office
) -> None:
    category = make.category("helmets")
    make.safety(category, checklist="helmet", life_years=5)
    item = make.item(make.kind("Kypärä", category=category))
    page = f"/hallinta/tavarat/{item.id}"
    office.save(page, made_year="2023", model="Tuisku Pro")
    assert make.again(item).retire_on == date(2027, 12, 31)
    office.undo(office.changes()[0])
    assert make.again(item).retire_on is None
    assert office.save(page, made_year="1066").status_code == 422


def test_a_shorter_life_moves_promises_to_things_that_may_still_be_used(
    make: Make, office: Office
) -> None:
    category = make.category("helmets")
    make.safety(category, checklist="helmet", life_years=9)
    kind = make.kind("Kypärä", category=category)
    old = make.item(kind, made_year=2018)
    make.reckon()
    make.reservation(kind, MON, FRI)
    young = make.item(kind, made_year=2025)
    office.save(f"/hallinta/turvallisuus/{category.id}", life_years="5")
    assert make.again(old).retire_on == date(2022, 12, 31)
    assert [one.purpose for one in make.uses(old)] == []
    assert [one.purpose for one in make.uses(young)] == ["reserved"]


def test_a_stopped_model_is_taken_out_of_use_after_a_look_at_its_things(
    app: Lainaamo, make: Make, office: Office
) -> None:
    kind = make.kind("Pyöräilykypärä")
    bad, other = make.item(kind, model="TUISKU Pro, koko S"), make.item(kind, model="Tuisku Junior")
    lent = make.item(kind, model="Tuisku PRO")
    make.loan(lent, FRI)
    make.reservation(kind, MON, FRI)
    office.save("/hallinta/kaytto-kielletty", model="tuisku pro", source="Tukes 1.3.2026")
    page = f"/hallinta/kaytto-kielletty/{office.changes()[0].thing_id}"
    assert make.sign(bad) in office.browser.get(page).text
    form = office.form(page, f"{page}/poistot")
    assert form["item"] == [str(bad.id)]
    # What was not shown is not taken, whatever is sent.
    form["item"] = [str(bad.id), str(other.id), str(lent.id), "x", "9" * 50]
    assert office.send(f"{page}/poistot", form).status_code == 303
    assert make.again(bad).left_as == "retired"
    assert (make.again(other).left_as, make.again(lent).left_as) == (None, None)
    with app.app_context():
        assert {one.item_id for one in session.query(Allocation)} == {other.id, lent.id}
    assert office.send(f"{page}/poistot", form).status_code == 303


def test_a_stopped_thing_that_comes_back_is_not_passed(make: Make, office: Office) -> None:
    item = make.item(make.kind(), model="Tuisku Pro")
    make.loan(item, FRI)
    office.save("/hallinta/kaytto-kielletty", model="Tuisku Pro", source="Tukes")
    sign = make.sign(item)
    desk = office.browser
    told = desk.post("/tiski/skannaukset", data={"code": sign}, follow_redirects=True).text
    assert "käyttökiellossa" in told
    assert desk.post("/tiski/tarkastukset", data={"tavara": sign}).status_code == 409
    assert desk.post("/tiski/poistot", data={"tavara": sign}).status_code == 303
    assert make.again(item).left_as == "retired"


def test_a_stop_that_is_over_stops_nothing(make: Make, office: Office) -> None:
    item = make.item(make.kind(), model="Tuisku Pro")
    office.save("/hallinta/kaytto-kielletty", model="Tuisku Pro", source="Tukes")
    page = f"/hallinta/kaytto-kielletty/{office.changes()[0].thing_id}"
    form = office.form(page, f"{page}/poistot")
    office.browser.post(f"{page}/sulkeminen")
    assert office.send(f"{page}/poistot", form).status_code == 409
    assert make.again(item).left_as is None


@pytest.mark.parametrize("model", ["%", "_", "'; drop table item; --", "…", "<script>"])
def test_a_model_of_odd_signs_matches_no_other_things(
    make: Make, office: Office, model: str
) -> None:
    make.item(make.kind(), model="Tuisku Pro")
    told = office.save("/hallinta/kaytto-kielletty", model=model, source="Tukes")
    page = told.headers["Location"]
    assert "<script>" not in office.browser.get(page).text
    assert "Poista 1 tavara" not in office.browser.get(page).text
