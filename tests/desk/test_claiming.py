"""A blank label is scanned at the desk, and a torn one gets a successor on the thing's page."""

import pytest

from lainaamo.core.db import transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods import blanks, queries
from lainaamo.goods.codes import ALPHABET
from lainaamo.goods.models import Item
from tests.conftest import SignedIn
from tests.desk.conftest import Desk
from tests.make import Make


@pytest.fixture
def blank(app: Lainaamo) -> str:
    """Return the code of a blank label."""
    with app.app_context(), transaction():
        (sign,) = blanks.signs_of(blanks.make_roll(1).id)
        return sign


def codes_of(app: Lainaamo, item: Item) -> list[str]:
    with app.app_context():
        return queries.signs_on(item.id)


def test_a_blank_label_asks_which_thing_it_is_on(desk: Desk, make: Make, blank: str) -> None:
    make.item(make.kind("Kelkka"), sign=False)
    page = desk.scan(blank).text
    assert f"Blank label {blank}" in page
    assert "Kelkka" in page


def test_the_thing_is_pointed_at_among_those_without_a_label(
    app: Lainaamo, desk: Desk, make: Make, blank: str
) -> None:
    item = make.item(make.kind("Kelkka"), sign=False)
    page = desk.press(f"/tiski/tarrat/{blank}", item=str(item.id), tila="palautus")
    assert "The label is on this thing now" in page.text
    assert codes_of(app, item) == [blank]


def test_the_thing_s_torn_label_is_typed(app: Lainaamo, desk: Desk, make: Make, blank: str) -> None:
    item = make.item()
    old = make.sign(item)
    desk.press(f"/tiski/tarrat/{blank}", code=old.lower(), tila="palautus")
    assert codes_of(app, item) == [blank, old]


def test_the_thing_is_found_by_its_name(desk: Desk, make: Make, blank: str) -> None:
    item = make.item(make.kind("Kahvinkeitin"))
    page = desk.press(f"/tiski/tarrat/{blank}", code="kahvinkeitin", tila="lainaus").text
    assert "Kahvinkeitin" in page
    assert f'value="{item.id}"' in page


def test_a_label_claimed_meanwhile_is_told(desk: Desk, make: Make, blank: str) -> None:
    first, second = make.item(), make.item()
    desk.press(f"/tiski/tarrat/{blank}", item=str(first.id))
    answer = desk.send(f"/tiski/tarrat/{blank}", item=str(second.id))
    assert answer.status_code == 409
    assert f"The label {blank} is in use already" in answer.text


@pytest.mark.parametrize("code", ["22222", "HTTPS://TOINEN.EXAMPLE/Q/K7M4P"])
def test_a_label_that_is_no_thing_s_is_told(desk: Desk, blank: str, code: str) -> None:
    answer = desk.send(f"/tiski/tarrat/{blank}", code=code)
    assert answer.status_code == 409


@pytest.mark.parametrize("item", ["", "0", "-1", "x", "9" * 10_000])
def test_no_such_thing_is_not_found(desk: Desk, blank: str, item: str) -> None:
    assert desk.send(f"/tiski/tarrat/{blank}", item=item).status_code == 404


@pytest.mark.parametrize("sign", ["22222", "olematon", "KÄÄKÄ"])
def test_a_label_that_nobody_printed_has_no_page(desk: Desk, sign: str) -> None:
    assert desk.open(f"/tiski/tarrat/{sign}").status_code == 404


def test_a_label_in_use_leads_to_its_thing(desk: Desk, make: Make, blank: str) -> None:
    item = make.item()
    desk.press(f"/tiski/tarrat/{blank}", item=str(item.id))
    assert desk.open(f"/tiski/tarrat/{blank}").location.endswith(f"/Q/{blank}")


def test_whoever_does_not_work_here_puts_no_labels_on(
    signed_in: SignedIn, make: Make, blank: str
) -> None:
    resident = signed_in("resident")
    answer = resident.post(f"/tiski/tarrat/{blank}", data={"item": str(make.item().id)})
    assert answer.status_code == 403


def test_a_phone_that_reads_a_blank_label_comes_to_the_same_page(desk: Desk, blank: str) -> None:
    assert desk.open(f"/Q/{blank}").location == f"/tiski/tarrat/{blank}?tila=palautus"


def test_a_torn_label_gets_a_successor_on_the_thing_s_page(
    app: Lainaamo, desk: Desk, make: Make, blank: str
) -> None:
    item = make.item()
    old = make.sign(item)
    page = desk.press(f"/tavarat/{old}/tarrat", code=blank).text
    assert codes_of(app, item) == [blank, old]
    assert "These codes open it too:" in page
    assert desk.open(f"/tavarat/{old}").status_code == 200


def test_without_a_blank_label_a_new_code_is_made_to_be_printed(
    app: Lainaamo, desk: Desk, make: Make
) -> None:
    item = make.item()
    old = make.sign(item)
    desk.press(f"/tavarat/{old}/tarrat", code="")
    newer, older = codes_of(app, item)
    assert older == old
    assert newer in desk.open(f"/tarrat?tavara={old}").text


def test_a_label_put_on_by_mistake_is_taken_off(
    app: Lainaamo, desk: Desk, make: Make, blank: str
) -> None:
    item = make.item()
    old = make.sign(item)
    desk.press(f"/tavarat/{old}/tarrat", code=blank)
    desk.press(f"/tavarat/{old}/tarrat/{blank}/irrotus")
    assert codes_of(app, item) == [old]
    assert "Which thing is it on now?" in desk.scan(blank).text


def test_a_label_of_another_thing_is_refused_on_the_thing_s_page(desk: Desk, make: Make) -> None:
    item, other = make.item(), make.item()
    answer = desk.send(f"/tavarat/{make.sign(item)}/tarrat", code=make.sign(other))
    assert answer.status_code == 409
    assert "in use already" in answer.text


def test_a_misread_sign_leads_to_the_one_thing_it_may_be(desk: Desk, make: Make) -> None:
    item = make.item(make.kind("Kelkka"), size="M")
    sign = make.sign(item)
    wrong = next(one for one in ALPHABET if one != sign[0]) + sign[1:]
    answer = desk.scan(wrong)
    assert answer.status_code == 409
    assert "Is it this thing?" in answer.text
    assert f"It is {sign}: Kelkka M" in answer.text


def test_a_misread_sign_that_may_be_two_things_is_only_told(desk: Desk, make: Make) -> None:
    make.item(make.kind("Sukset"), sign="K7M4P")
    make.item(make.kind("Sauvat"), sign="K7MDX")
    answer = desk.scan("K7M4X")
    assert answer.status_code == 409
    assert "Is it this thing?" not in answer.text
