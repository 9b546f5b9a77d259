"""A thing comes back: one scan, and one tap for its condition."""

import pytest
from sqlalchemy import func, select

from lainaamo.core.db import session
from lainaamo.core.journal import Entry
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Item, Repair
from tests.conftest import AtOnce
from tests.desk.conftest import FRIDAY, Desk
from tests.make import Make

FOUR = ("OK", "Dirty", "Part missing", "Broken")


def lines(app: Lainaamo, verb: str, item: Item) -> int:
    with app.app_context():
        wanted = select(func.count()).select_from(Entry)
        return session.scalar(wanted.where(Entry.verb == verb, Entry.thing_id == item.id)) or 0


def test_one_scan_takes_back_and_says_the_shelf(desk: Desk, make: Make) -> None:
    item = make.item(make.kind("Lasten sukset"), place=make.place("B12"))
    loan = make.loan(item, FRIDAY)
    page = desk.scan(make.sign(item))
    assert make.again(loan).returned_at is not None
    assert "Returned" in page.text
    assert "Take it to shelf B12." in page.text
    assert all(f"<span>{one}</span></button>" in page.text for one in FOUR)


@pytest.mark.parametrize(
    ("condition", "words", "need"),
    [
        ("ok", "Returned, OK", None),
        ("dirty", "Returned, dirty", "clean"),
        ("part_missing", "Returned, a part is missing", "part"),
        ("broken", "Returned, broken", "repair"),
    ],
)
def test_one_tap_says_the_condition(
    app: Lainaamo, desk: Desk, make: Make, condition: str, words: str, need: str | None
) -> None:
    item = make.item(place=make.place("B12"))
    loan = make.loan(item, FRIDAY)
    desk.scan(make.sign(item))
    page = desk.press("/tiski/kunnot", loan=str(loan.id), condition=condition, tila="palautus")
    assert words in page.text
    assert ("Take it to the workshop." in page.text) is (need is not None)
    with app.app_context():
        open_repairs = select(Repair.need).where(Repair.closed_at.is_(None))
        assert session.scalars(open_repairs).all() == ([need] if need else [])


def test_a_wrong_tap_is_corrected_by_another(app: Lainaamo, desk: Desk, make: Make) -> None:
    item = make.item(place=make.place())
    loan = make.loan(item, FRIDAY)
    desk.scan(make.sign(item))
    desk.press("/tiski/kunnot", loan=str(loan.id), condition="broken")
    page = desk.press("/tiski/kunnot", loan=str(loan.id), condition="ok")
    assert "Returned, OK" in page.text
    assert make.again(loan).condition_back == "ok"
    with app.app_context():
        assert session.scalar(select(Repair).where(Repair.closed_at.is_(None))) is None


def test_scanned_again_it_says_when_it_came_back(app: Lainaamo, desk: Desk, make: Make) -> None:
    item = make.item(place=make.place())
    make.loan(item, FRIDAY)
    desk.scan(make.sign(item))
    page = desk.scan(make.sign(item))
    assert page.status_code == 200
    assert "Taken back already at 11:00" in page.text
    assert "Dirty" in page.text
    assert lines(app, "loan.returned", item) == 1


def test_what_was_never_lent_is_offered_to_be_lent(desk: Desk, make: Make) -> None:
    item = make.item(place=make.place("B12"))
    page = desk.scan(make.sign(item))
    assert page.status_code == 200
    assert "On the shelf" in page.text
    assert f'href="/tiski?tila=lainaus&amp;tavara={make.sign(item)}"' in page.text


def test_a_shelf_read_while_taking_back_offers_shelving(desk: Desk, make: Make) -> None:
    shelf = make.place("B12", sign=True)
    page = desk.scan(make.sign(shelf))
    assert "Shelf B12" in page.text
    assert f'href="/tiski?tila=hyllytys&amp;hylly={make.sign(shelf)}"' in page.text


def test_the_condition_of_a_thing_that_is_lent_again_is_refused(desk: Desk, make: Make) -> None:
    item = make.item(place=make.place())
    old = make.loan(item, FRIDAY)
    desk.scan(make.sign(item))
    make.loan(item, FRIDAY)
    page = desk.press("/tiski/kunnot", loan=str(old.id), condition="broken")
    assert page.status_code == 409
    assert "Take it back first" in page.text


def test_a_condition_nobody_knows_is_refused(desk: Desk, make: Make) -> None:
    item = make.item(place=make.place())
    loan = make.loan(item, FRIDAY)
    desk.scan(make.sign(item))
    assert desk.press("/tiski/kunnot", loan=str(loan.id), condition="lost").status_code == 409
    assert desk.press("/tiski/kunnot", loan="x", condition="ok").status_code == 404


def test_two_desks_take_the_same_thing_back_at_once(
    app: Lainaamo, desk: Desk, make: Make, at_once: AtOnce
) -> None:
    item = make.item(place=make.place())
    make.loan(item, FRIDAY)
    sign = make.sign(item)
    pages = at_once(6, lambda browser: desk.twin(browser).scan(sign))
    assert [page.status_code for page in pages] == [200] * 6
    assert sum("Taken back already" not in page.text for page in pages) == 1
    assert lines(app, "loan.returned", item) == 1


def test_the_same_scan_sent_twice_counts_once(app: Lainaamo, desk: Desk, make: Make) -> None:
    item = make.item(place=make.place())
    make.loan(item, FRIDAY)
    fields = {"code": make.sign(item), "tila": "palautus", "_key": "once"}
    first, second = (desk.send("/tiski/skannaukset", **fields) for _ in range(2))
    assert first.location == second.location
    assert "tulos=palautettu" in second.location
    assert lines(app, "loan.returned", item) == 1


def test_looking_at_a_thing_changes_nothing(desk: Desk, make: Make) -> None:
    item = make.item(place=make.place())
    loan = make.loan(item, FRIDAY)
    page = desk.open(f"/tiski?tila=palautus&tavara={make.sign(item)}&tulos=palautettu")
    assert "On loan, due" in page.text
    assert "Take back" in page.text
    assert make.again(loan).returned_at is None


def test_the_day_tells_a_return_and_its_condition_in_one_line(desk: Desk, make: Make) -> None:
    item = make.item(make.kind("Potkukelkka"))
    loan = make.loan(item, FRIDAY)
    desk.scan(make.sign(item))
    page = desk.press("/tiski/kunnot", loan=str(loan.id), condition="dirty").text
    log = page[page.index('id="today"') :]
    assert "Returned, dirty" in log
    assert log.count("<b>Potkukelkka</b>") == 3  # taken in, lent, returned


def test_the_shelf_is_not_shown_of_what_goes_to_the_workshop(desk: Desk, make: Make) -> None:
    item = make.item(place=make.place("B12"))
    loan = make.loan(item, FRIDAY)
    desk.scan(make.sign(item))
    page = desk.press("/tiski/kunnot", loan=str(loan.id), condition="broken").text
    assert "<b>B12</b>" not in page
    page = desk.press("/tiski/kunnot", loan=str(loan.id), condition="ok").text
    assert "<b>B12</b>" in page


def test_the_days_work_is_listed_without_names(desk: Desk, make: Make) -> None:
    item = make.item(make.kind("Potkukelkka"), place=make.place("B12"))
    make.loan(item, FRIDAY, person=make.person("resident", first_name="Väinämö"))
    desk.scan(make.sign(item))
    page = desk.open("/tiski")
    assert "Potkukelkka" in page.text
    assert "Put on shelf B12" in page.text
    assert "Väinämö" not in page.text
