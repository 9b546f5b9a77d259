"""Gear is looked at after a loan: a tap says that it is safe, that it fell, or that it goes."""

from datetime import date, timedelta

import pytest

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.goods import queries as goods
from lainaamo.goods.availability import free as free_on
from lainaamo.goods.models import Category, Item, Kind, Repair
from lainaamo.lending import checks
from lainaamo.lending.models import Reservation
from tests.conftest import SignedIn
from tests.desk.conftest import FRIDAY, TODAY, Desk
from tests.make import Make

CHECKS, FALLS, GOES = "/tiski/tarkastukset", "/tiski/kolhut", "/tiski/poistot"


def helmets(make: Make, **rule: object) -> Category:
    category = make.category("helmets")
    make.safety(category, **{"checklist": "helmet", **rule})
    return category


def a_helmet(make: Make, **rule: object) -> Item:
    return make.item(make.kind("Kypärä", category=helmets(make, **rule)))


def needs(make: Make, item: Item) -> list[str]:
    with make.app.app_context():
        rows = session.query(Repair).filter(Repair.item_id == item.id, Repair.closed_at.is_(None))
        return [row.need for row in rows]


def free(make: Make, item: Item, day: date = FRIDAY) -> int:
    with make.app.app_context():
        stock = goods.stock(item.kind_id)
        return free_on(stock, day, day, site_id=item.site_id)


def back(make: Make, desk: Desk, item: Item) -> str:
    """Lend a thing and scan it back; return what the desk says."""
    make.loan(item, FRIDAY)
    return str(desk.scan(make.sign(item)).text)


def test_a_scan_and_a_tap_say_that_a_helmet_is_safe(desk: Desk, make: Make) -> None:
    item = a_helmet(make)
    told = back(make, desk, item)
    for words in ("Returned", "No cracks or dents outside.", "All in order", "It fell or was hit"):
        assert words in told
    assert needs(make, item) == ["check"]
    assert free(make, item) == 0
    told = desk.press(CHECKS, tavara=make.sign(item), tila="palautus").text
    assert "Checked, in order" in told
    assert (needs(make, item), free(make, item)) == ([], 1)
    assert make.loans(item)[0].condition_back == "ok"


def test_what_nobody_has_looked_at_is_not_lent(desk: Desk, make: Make) -> None:
    item, person = a_helmet(make), make.person("resident")
    back(make, desk, item)
    page = f"/tiski/lainaajat/{person.id}/lainat"
    assert "must be checked" in desk.press(page, code=make.sign(item)).text
    desk.press(CHECKS, tavara=make.sign(item))
    assert desk.send(page, code=make.sign(item)).status_code == 303


def test_what_is_not_asked_is_not_looked_at(desk: Desk, make: Make) -> None:
    item = make.item(make.kind())
    assert "All in order" not in back(make, desk, item)
    assert needs(make, item) == []


def test_a_promise_keeps_its_thing_while_it_is_looked_at_and_nobody_new_gets_one(
    desk: Desk, make: Make
) -> None:
    item = a_helmet(make)
    make.loan(item, TODAY)
    promised = make.reservation(goods_kind(make, item), FRIDAY, FRIDAY + timedelta(3))
    desk.scan(make.sign(item))
    uses = [(one.purpose, one.first_day, one.last_day) for one in make.uses(item)]
    assert ("repair", TODAY, FRIDAY - timedelta(1)) in uses
    assert ("reserved", FRIDAY, FRIDAY + timedelta(3)) in uses
    assert free(make, item, TODAY + timedelta(1)) == 0
    with make.app.app_context():
        assert session.get_one(Reservation, promised.id).last_day == FRIDAY + timedelta(3)


def goods_kind(make: Make, item: Item) -> Kind:
    with make.app.app_context():
        kind = goods.get_kind(item.kind_id)
        session.expunge(kind)
        return kind


def test_the_night_holds_what_still_waits(desk: Desk, make: Make) -> None:
    item = a_helmet(make)
    make.loan(item, TODAY)
    reservation = make.reservation(goods_kind(make, item), FRIDAY, FRIDAY)
    desk.scan(make.sign(item))
    make.cancelled_reservation(reservation)
    with make.app.app_context(), transaction():
        assert checks.hold_again() == 1
    assert free(make, item, FRIDAY + timedelta(20)) == 0
    with make.app.app_context(), transaction():
        assert checks.hold_again() == 0


def test_a_helmet_that_fell_is_out_of_use_by_one_tap_and_back_by_an_undo(
    desk: Desk, make: Make
) -> None:
    item = a_helmet(make, fall_ends=True)
    back(make, desk, item)
    told = desk.press(FALLS, tavara=make.sign(item), tila="palautus").text
    assert "Taken out of use" in told
    assert make.again(item).left_as == "retired"
    assert needs(make, item) == []
    desk.press("/tiski/peruutukset", step=str(make.last_step(item)))
    assert make.again(item).left_as is None
    assert needs(make, item) == ["check"]


def test_what_fell_goes_to_repair_where_the_rule_is_milder_and_is_looked_at_after(
    desk: Desk, make: Make
) -> None:
    item = a_helmet(make)
    back(make, desk, item)
    desk.press(FALLS, tavara=make.sign(item))
    assert needs(make, item) == ["repair"]
    desk.press(f"/tavarat/{make.sign(item)}/korjaus", need="none")
    assert needs(make, item) == ["check"]
    desk.press(CHECKS, tavara=make.sign(item))
    assert needs(make, item) == []


@pytest.mark.parametrize(("condition", "need"), [("dirty", "clean"), ("broken", "repair")])
def test_what_came_back_dirty_or_broken_is_looked_at_when_it_is_mended(
    desk: Desk, make: Make, condition: str, need: str
) -> None:
    item = a_helmet(make)
    back(make, desk, item)
    desk.press("/tiski/kunnot", loan=str(make.loans(item)[0].id), condition=condition)
    assert needs(make, item) == [need]
    desk.press(f"/tavarat/{make.sign(item)}/korjaus", need="none")
    assert needs(make, item) == ["check"]


def test_the_return_is_undone_with_its_check(desk: Desk, make: Make) -> None:
    item = a_helmet(make)
    back(make, desk, item)
    desk.press("/tiski/peruutukset", step=str(make.last_step(item)))
    assert needs(make, item) == []
    assert make.loans(item)[0].returned_at is None


def test_a_tap_on_what_waits_for_nothing_changes_nothing(desk: Desk, make: Make) -> None:
    item = a_helmet(make)
    assert desk.send(CHECKS, tavara=make.sign(item)).status_code == 303
    assert desk.send(GOES, tavara=make.sign(item)).status_code == 409
    lent = a_helmet_out(make)
    assert desk.send(FALLS, tavara=make.sign(lent)).status_code == 409


def a_helmet_out(make: Make) -> Item:
    item = make.item(make.kind("Toinen", category=make.category("helmets")))
    make.loan(item, FRIDAY)
    return item


def test_of_two_who_tap_at_once_one_takes_it_out_of_use(desk: Desk, make: Make) -> None:
    item = a_helmet(make, fall_ends=True)
    back(make, desk, item)
    assert desk.send(FALLS, tavara=make.sign(item)).status_code == 303
    assert desk.send(FALLS, tavara=make.sign(item)).status_code == 409


# Age


def test_a_helmet_is_promised_and_lent_only_as_long_as_it_may_be_used(
    desk: Desk, make: Make
) -> None:
    category = helmets(make, life_years=5)
    item = make.item(make.kind("Kypärä", category=category), made_year=2022)
    make.reckon()
    assert make.again(item).retire_on == date(2026, 12, 31)
    assert (free(make, item), free(make, item, date(2027, 1, 4))) == (1, 0)


def test_what_is_too_old_is_not_lent_and_goes_by_a_tap(desk: Desk, make: Make) -> None:
    category = helmets(make, life_years=5)
    item = make.item(make.kind("Kypärä", category=category), made_year=2020)
    with clock.at(clock.now() - timedelta(days=100)):
        make.loan(item, TODAY - timedelta(80))
    make.reckon()
    told = desk.scan(make.sign(item)).text
    assert "too old" in told
    assert "All in order" not in told
    assert desk.send(CHECKS, tavara=make.sign(item)).status_code == 409
    assert "Taken out of use" in desk.press(GOES, tavara=make.sign(item)).text
    assert make.again(item).left_as == "retired"


def test_a_new_rule_reckons_the_age_of_all_there_are(make: Make) -> None:
    category = make.category("helmets")
    item = make.item(make.kind("Kypärä", category=category), made_year=2025)
    make.reckon()
    assert make.again(item).retire_on is None
    make.safety(category, checklist="helmet", life_years=3)
    make.reckon()
    assert make.again(item).retire_on == date(2027, 12, 31)


def test_the_page_of_safety_tells_what_is_to_be_done(
    desk: Desk, make: Make, signed_in: SignedIn
) -> None:
    category = helmets(make, life_years=5, most_loans=1)
    kind = make.kind("Kypärä", category=category)
    make.item(kind, made_year=2019)
    make.item(kind, made_year=2022)
    waits = make.item(kind)
    make.reckon()
    back(make, desk, waits)
    told = desk.open("/turvallisuus").text
    assert told.count("Nothing now.") == 0
    assert make.sign(waits) in told
    assert Desk(signed_in("resident")).open("/turvallisuus").status_code == 403
