"""Bookings end: cancelled in whole or in part, or taken by the unit."""

import pytest
from sqlalchemy import select

from lainaamo.core import clock, journal
from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.web import Lainaamo
from lainaamo.goods import actions as goods
from lainaamo.goods.models import Item
from lainaamo.people.models import Unit
from lainaamo.procurement import actions
from lainaamo.procurement.models import Claim
from tests.conftest import AtOnce, SignedIn
from tests.make import Make
from tests.procurement.conftest import Counted
from tests.strict import Browser


def cancel(browser: Browser, claim: Claim, number: object) -> int:
    path = f"/varaukset/{claim.id}/peruutus"
    return browser.post(path, data={"number": str(number)}).status_code


def test_a_cancelled_booking_is_free_for_others_at_once(
    make: Make, at_school: Browser, chairs: Item, school: Unit, counted: Counted
) -> None:
    claim = make.claim(chairs, school, 12)
    assert cancel(at_school, claim, 12) == 303
    assert counted(chairs) == (12, 12, 0)
    assert "12 kpl peruttu" in at_school.get(f"/yksikko/{school.id}").text


def test_some_of_a_booking_are_cancelled(
    make: Make, at_school: Browser, chairs: Item, school: Unit, counted: Counted
) -> None:
    claim = make.claim(chairs, school, 8)
    assert cancel(at_school, claim, 3) == 303
    assert counted(chairs) == (12, 7, 5)
    assert cancel(at_school, claim, 6) == 409
    assert cancel(at_school, claim, "kolme") == 422
    assert counted(chairs) == (12, 7, 5)


def test_cancelled_twice_is_given_back_once(
    make: Make, at_school: Browser, chairs: Item, school: Unit, counted: Counted
) -> None:
    claim = make.claim(chairs, school, 4)
    assert [cancel(at_school, claim, 4) for _ in range(2)] == [303, 409]
    assert counted(chairs) == (12, 12, 0)


def test_cancelled_by_ten_at_once_it_is_given_back_once(
    at_once: AtOnce,
    signed_in: SignedIn,
    make: Make,
    chairs: Item,
    school: Unit,
    counted: Counted,
) -> None:
    claim = make.claim(chairs, school, 4)
    people = [make.person("buyer", unit=school).id for _ in range(10)]
    browsers = [signed_in("buyer", person_id=one) for one in people]
    told = at_once(10, lambda one: cancel(browsers[one.number], claim, 4))
    assert sorted(told) == [303] + [409] * 9
    assert counted(chairs) == (12, 12, 0)


def test_another_units_booking_is_not_found(
    make: Make, at_school: Browser, chairs: Item, counted: Counted
) -> None:
    claim = make.claim(chairs, make.unit("Toinen"), 4)
    assert cancel(at_school, claim, 4) == 404
    assert cancel(at_school, claim, "kolme") == 404
    assert counted(chairs) == (12, 8, 4)


def test_what_is_taken_is_fewer_in_the_house_and_told_in_the_things_life(
    app: Lainaamo,
    make: Make,
    signed_in: SignedIn,
    chairs: Item,
    school: Unit,
    counted: Counted,
) -> None:
    make.taken(make.claim(chairs, school, 4))
    assert counted(chairs) == (8, 8, 0)
    page = signed_in("counter").get(f"/tavarat/{make.sign(chairs)}").text
    assert "Siirretty yksikölle" in page
    assert page.count("Iin koulu · 4 kpl") == 2, "booked, and taken"
    assert page.count("Iin koulu · 4 kpl · tiski") == 0


def test_with_the_last_pieces_the_lot_leaves_the_house(
    make: Make, chairs: Item, school: Unit
) -> None:
    make.taken(make.claim(chairs, school, 5))
    make.taken(make.claim(chairs, school, 7))
    now = make.again(chairs)
    assert (now.left_as, now.unclaimed, now.place_id) == ("transferred", 0, None)
    assert now.left_at == clock.now()


def test_the_last_pieces_stay_while_another_unit_waits_for_its_own(
    make: Make, chairs: Item, school: Unit, counted: Counted
) -> None:
    make.claim(chairs, make.unit("Toinen"), 2)
    make.taken(make.claim(chairs, school, 10))
    assert counted(chairs) == (2, 0, 2)
    assert make.again(chairs).left_at is None


def test_some_are_taken_and_the_rest_wait(
    make: Make, chairs: Item, school: Unit, counted: Counted
) -> None:
    claim = make.claim(chairs, school, 6)
    make.taken(claim, 4)
    assert counted(chairs) == (8, 6, 2)
    with pytest.raises(Refusal, match="waiting"):
        make.taken(claim, 3)


def test_taken_and_cancelled_at_once_it_ends_once(
    app: Lainaamo,
    at_once: AtOnce,
    make: Make,
    chairs: Item,
    school: Unit,
    counted: Counted,
) -> None:
    claim = make.claim(chairs, school, 4)

    def end(browser: Browser) -> bool:
        verb = actions.cancel if browser.number % 2 else actions.hand_over
        try:
            with app.app_context(), transaction():
                verb(claim.id, 4)
        except Refusal:
            return False
        return True

    assert sum(at_once(8, end)) == 1
    assert counted(chairs)[2] == 0
    assert counted(chairs) in {(12, 12, 0), (8, 8, 0)}


def test_what_is_booked_cannot_be_counted_away(
    app: Lainaamo, make: Make, chairs: Item, school: Unit, counted: Counted
) -> None:
    make.claim(chairs, school, 5)

    def recount(number: int) -> None:
        with app.app_context(), transaction():
            goods.recount(goods.lock_item(chairs.id), number)

    with pytest.raises(Refusal, match="booked for units"):
        recount(4)
    recount(7)
    assert counted(chairs) == (7, 2, 5)
    recount(20)
    assert counted(chairs) == (20, 15, 5)


def test_what_is_booked_cannot_be_taken_out_of_use(
    app: Lainaamo, make: Make, chairs: Item, school: Unit
) -> None:
    claim = make.claim(chairs, school, 5)

    def retire() -> None:
        with app.app_context(), transaction():
            goods.leave(goods.lock_item(chairs.id), "recycled")
            journal.write("item.left", "item", chairs.id)

    with pytest.raises(Refusal, match="booked for units"):
        retire()
    make.cancelled(claim)
    retire()
    assert make.again(chairs).left_as == "recycled"


def test_booking_cancelling_and_counting_at_once_keep_the_sum(
    app: Lainaamo,
    at_once: AtOnce,
    make: Make,
    chairs: Item,
    school: Unit,
    counted: Counted,
) -> None:
    first = make.claim(chairs, school, 4)

    def change(browser: Browser) -> None:
        verbs = (
            lambda: actions.claim(chairs.id, unit_id=school.id, number=3),
            lambda: actions.cancel(first.id, 2),
            lambda: goods.recount(goods.lock_item(chairs.id), 9 + browser.number),
            lambda: actions.hand_over(first.id, 1),
        )
        try:
            with app.app_context(), transaction():
                verbs[browser.number % 4]()
        except Refusal:
            pass

    at_once(12, change)
    quantity, unclaimed, waiting = counted(chairs)
    assert quantity == unclaimed + waiting


def test_a_lot_scanned_at_the_desk_is_handed_over_with_one_tap(
    app: Lainaamo,
    make: Make,
    signed_in: SignedIn,
    chairs: Item,
    school: Unit,
    counted: Counted,
) -> None:
    claim, sign = make.claim(chairs, school, 4), make.sign(chairs)
    worker = signed_in("worker")
    page = worker.get(f"/tiski?tila=palautus&tavara={sign}").text
    assert "Luovuta 4 kpl: Iin koulu" in page
    form = {"tavara": sign, "claim": str(claim.id), "number": "4", "tila": "palautus"}
    answer = worker.post("/tiski/luovutukset", data=form)
    assert answer.status_code == 303
    assert "Tänne jää 8 kpl" in worker.get(answer.location).text
    assert counted(chairs) == (8, 8, 0)
    assert worker.post("/tiski/luovutukset", data=form).status_code == 409


@pytest.mark.parametrize("number", ["", "0", "x", "99999999999999999999"])
def test_a_strange_number_at_the_desk_is_refused(
    make: Make, signed_in: SignedIn, chairs: Item, school: Unit, number: str
) -> None:
    claim, sign = make.claim(chairs, school, 4), make.sign(chairs)
    form = {"tavara": sign, "claim": str(claim.id), "number": number}
    assert signed_in("worker").post("/tiski/luovutukset", data=form).status_code == 409


def test_another_lots_booking_is_not_handed_over_from_this_one(
    make: Make, signed_in: SignedIn, chairs: Item, school: Unit
) -> None:
    claim, other = make.claim(chairs, school, 4), make.item(make.kind("Pöytä", pool="reuse"))
    form = {"tavara": make.sign(other), "claim": str(claim.id), "number": "4"}
    assert signed_in("worker").post("/tiski/luovutukset", data=form).status_code == 409


def test_the_counter_sees_what_is_to_be_gathered_and_hands_it_over(
    app: Lainaamo, make: Make, signed_in: SignedIn, chairs: Item, school: Unit, counted: Counted
) -> None:
    person = make.person("buyer", first_name="Riikkamaria", unit=school)
    claim = make.claim(chairs, school, 4, person=person)
    counter = signed_in("counter")
    page = counter.get("/kierto/varaukset").text
    assert "4 kpl</b> · Iin koulu" in page
    assert "D1" in page
    assert "Riikkamaria" not in page
    path = f"/kierto/varaukset/{claim.id}/luovutus"
    assert counter.post(path, data={"number": "x"}).status_code == 422
    assert counter.post(path, data={"number": "4"}).status_code == 303
    assert counter.post(path, data={"number": "4"}).status_code == 409
    assert counted(chairs) == (8, 8, 0)
    with app.app_context():
        verbs = set(session.scalars(select(journal.Entry.verb)))
        assert "claim.taken" in verbs


def test_the_staff_count_a_lot_and_booked_pieces_stay(
    make: Make, signed_in: SignedIn, chairs: Item, school: Unit, counted: Counted
) -> None:
    make.claim(chairs, school, 5)
    sign, worker = make.sign(chairs), signed_in("worker")
    page = worker.get(f"/tavarat/{sign}").text
    assert "Yksiköille on varattu 5 kpl." in page
    path = f"/tavarat/{sign}/maara"
    answer = worker.post(path, data={"number": "4"})
    assert answer.status_code == 409
    assert "Näistä 5 on varattu yksiköille" in answer.text
    assert worker.post(path, data={"number": "9"}).status_code == 303
    assert counted(chairs) == (9, 4, 5)
    assert "Laskettu uudelleen" in worker.get(f"/tavarat/{sign}").text


@pytest.mark.parametrize("number", ["", "0", "-3", "x", "1000001", "9" * 40])
def test_a_count_that_cannot_be_is_refused(
    make: Make, signed_in: SignedIn, chairs: Item, number: str, counted: Counted
) -> None:
    path = f"/tavarat/{make.sign(chairs)}/maara"
    assert signed_in("worker").post(path, data={"number": number}).status_code == 409
    assert counted(chairs) == (12, 12, 0)


def test_a_thing_that_is_lent_is_not_counted_in_pieces(make: Make, signed_in: SignedIn) -> None:
    sign, worker = make.sign(make.item()), signed_in("worker")
    assert worker.post(f"/tavarat/{sign}/maara", data={"number": "2"}).status_code == 409
    assert "Tallenna määrä" not in worker.get(f"/tavarat/{sign}").text
