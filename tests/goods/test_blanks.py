"""Labels printed before anything has them, and labels that tear."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.journal import Entry
from lainaamo.core.web import Lainaamo
from lainaamo.goods import actions, blanks, queries
from lainaamo.goods.codes import is_code
from lainaamo.goods.models import Item
from tests.conftest import AtOnce
from tests.make import Make
from tests.strict import Browser


def roll_of(app: Lainaamo, quantity: int) -> list[str]:
    with app.app_context(), transaction():
        return blanks.signs_of(blanks.make_roll(quantity).id)


def claim(app: Lainaamo, item: Item, sign: str) -> None:
    with app.app_context(), transaction():
        blanks.claim(item.id, sign)


def label_of(app: Lainaamo, item: Item) -> str | None:
    with app.app_context():
        return queries.sign_of(item.id)


def test_a_roll_has_as_many_codes_as_were_asked_for(app: Lainaamo) -> None:
    signs = roll_of(app, 120)
    assert len(set(signs)) == 120
    assert all(is_code(sign) for sign in signs)
    with app.app_context():
        (printed,) = blanks.rolls()
        assert (printed.roll.quantity, printed.left) == (120, 120)


@pytest.mark.parametrize("quantity", [0, -3, 1001])
def test_no_roll_is_without_codes_or_endless(app: Lainaamo, quantity: int) -> None:
    with pytest.raises(Refusal) as refusal:
        roll_of(app, quantity)
    assert refusal.value.code == "no_such_quantity"


def test_a_blank_label_is_put_on_a_thing_and_opens_it(app: Lainaamo, make: Make) -> None:
    item, (sign, _other) = make.item(sign=False), roll_of(app, 2)
    claim(app, item, sign)
    assert label_of(app, item) == sign
    with app.app_context():
        assert queries.get_item_by_code(sign).id == item.id
        assert [printed.left for printed in blanks.rolls()] == [1]
        entry = session.scalars(select(Entry).where(Entry.verb == "item.labelled")).one()
        assert (entry.thing_id, entry.details) == (item.id, {"code": sign})


def test_the_same_label_scanned_twice_stays_where_it_is(app: Lainaamo, make: Make) -> None:
    item, (sign,) = make.item(sign=False), roll_of(app, 1)
    claim(app, item, sign)
    claim(app, item, sign)
    with app.app_context():
        assert queries.signs_on(item.id) == [sign]
        lines = session.scalars(select(Entry).where(Entry.verb == "item.labelled")).all()
        assert len(lines) == 1


def test_a_label_that_is_on_another_thing_is_refused(app: Lainaamo, make: Make) -> None:
    first, second, (sign,) = make.item(), make.item(), roll_of(app, 1)
    claim(app, first, sign)
    with pytest.raises(Refusal) as refusal:
        claim(app, second, sign)
    assert refusal.value.code == "code_in_use"
    assert refusal.value.params == {"sign": sign}
    assert label_of(app, first) == sign


def test_a_label_that_nobody_printed_is_refused(app: Lainaamo, make: Make) -> None:
    with pytest.raises(Refusal) as refusal:
        claim(app, make.item(), "K7M4P")
    assert refusal.value.code == "unknown_code"


def test_the_shelf_s_label_is_not_put_on_a_thing(app: Lainaamo, make: Make) -> None:
    shelf = make.place(sign=True)
    with pytest.raises(Refusal) as refusal:
        claim(app, make.item(), make.sign(shelf))
    assert refusal.value.code == "code_in_use"


def test_ten_at_once_put_one_label_on_one_thing(app: Lainaamo, make: Make, at_once: AtOnce) -> None:
    items, (sign,) = [make.item() for _ in range(10)], roll_of(app, 1)

    def put(browser: Browser) -> str:
        try:
            claim(app, items[browser.number], sign)
        except Refusal as refusal:
            return refusal.code
        return "on"

    outcomes = at_once(10, put)
    assert sorted(outcomes) == ["code_in_use"] * 9 + ["on"]
    with app.app_context():
        assert queries.get_item_by_code(sign).id == items[outcomes.index("on")].id


def test_the_label_that_a_thing_got_last_is_the_one_printed(app: Lainaamo, make: Make) -> None:
    (blank,) = roll_of(app, 1)
    item = make.item()
    first = make.sign(item)
    with app.app_context(), transaction():
        newer = blanks.renew(item.id)
    assert label_of(app, item) == newer
    with clock.at(clock.now() + timedelta(minutes=1)):
        claim(app, item, blank)
    assert label_of(app, item) == blank
    with app.app_context():
        assert queries.signs_on(item.id) == [blank, newer, first]
        for sign in (first, newer, blank):
            assert queries.get_item_by_code(sign).id == item.id
        assert queries.signs_of([item.id]) == {item.id: blank}


def test_a_label_put_on_the_wrong_thing_is_taken_off_and_blank_again(
    app: Lainaamo, make: Make
) -> None:
    wrong, right, (sign,) = make.item(), make.item(), roll_of(app, 1)
    claim(app, wrong, sign)
    with app.app_context(), transaction():
        blanks.release(wrong.id, sign)
    claim(app, right, sign)
    assert label_of(app, right) == sign
    assert label_of(app, wrong) != sign


def test_a_code_made_for_a_thing_stays_its_own(app: Lainaamo, make: Make) -> None:
    item = make.item()
    sign = make.sign(item)
    with pytest.raises(Refusal), app.app_context(), transaction():
        blanks.release(item.id, sign)
    assert label_of(app, item) == make.sign(item)


def test_a_card_is_given_to_one_person(app: Lainaamo, make: Make, at_once: AtOnce) -> None:
    people, (sign,) = [make.person("resident") for _ in range(6)], roll_of(app, 1)

    def give(browser: Browser) -> str:
        try:
            with app.app_context(), transaction():
                actions.label_person_as(people[browser.number].id, sign)
        except Refusal as refusal:
            return refusal.code
        return "given"

    assert sorted(at_once(6, give)) == ["code_in_use"] * 5 + ["given"]
