"""Parts without a code: one tap says that one is missing, and it is remembered until it is back."""

from sqlalchemy import select

from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Item, Repair
from tests.desk.conftest import FRIDAY, TODAY, Desk
from tests.make import Make


def tell(desk: Desk, make: Make, item: Item, part_id: int, missing: str = "1") -> object:
    typed = {"tavara": make.sign(item), "part": str(part_id), "missing": missing}
    return desk.press("/tiski/osat", **typed)


def open_needs(app: Lainaamo) -> list[str]:
    with app.app_context():
        return list(session.scalars(select(Repair.need).where(Repair.closed_at.is_(None))))


def test_parts_are_asked_at_both_ends(desk: Desk, make: Make) -> None:
    item = make.item(place=make.place("B12"))
    make.part(item, "sauvat", quantity=2)
    assert "sauvat × 2" in desk.scan(make.sign(item), mode="lainaus").text  # noqa: RUF001 - a count
    make.loan(item, FRIDAY)
    page = desk.scan(make.sign(item))
    assert "Returned" in page.text
    assert "Are all the parts here?" in page.text


def test_a_part_said_to_be_missing_is_kept_with_its_day(desk: Desk, make: Make) -> None:
    item = make.item(place=make.place("B12"))
    part = make.part(item)
    make.loan(item, FRIDAY)
    desk.scan(make.sign(item))
    page = tell(desk, make, item, part.id)
    assert "Returned" in page.text  # type: ignore[attr-defined]
    assert make.again(part).missing_since == TODAY
    assert "missing" in desk.open(f"/tavarat/{make.sign(item)}").text
    tell(desk, make, item, part.id, "0")
    assert make.again(part).missing_since is None


def test_with_its_last_part_a_thing_is_in_use_again(app: Lainaamo, desk: Desk, make: Make) -> None:
    item = make.item(place=make.place("B12"))
    poles, bag = make.part(item, "sauvat"), make.part(item, "pussi")
    loan = make.loan(item, FRIDAY)
    desk.scan(make.sign(item))
    desk.press("/tiski/kunnot", loan=str(loan.id), condition="part_missing")
    for part in (poles, bag):
        tell(desk, make, item, part.id)
    tell(desk, make, item, poles.id, "0")
    assert open_needs(app) == ["part"]
    tell(desk, make, item, bag.id, "0")
    assert open_needs(app) == []


def test_another_things_part_is_not_found(desk: Desk, make: Make) -> None:
    item, other = make.item(), make.item()
    part = make.part(other)
    assert tell(desk, make, item, part.id).status_code == 404  # type: ignore[attr-defined]
    assert make.again(part).missing_since is None


def test_who_needs_it_next_is_said_with_the_days(desk: Desk, make: Make) -> None:
    kind = make.kind()
    item = make.item(kind, place=make.place("B12"))
    make.loan(item, TODAY)
    make.reservation(kind, FRIDAY, FRIDAY, person=make.person("resident", first_name="Väinämö"))
    page = desk.scan(make.sign(item))
    assert "Next: Väinämö" in page.text


def test_a_lost_thing_that_is_scanned_can_be_found_again(desk: Desk, make: Make) -> None:
    item = make.item(place=make.place("B12"), left_at=None)
    sign = make.sign(item)
    with desk.browser.application.app_context(), transaction():
        row = session.get_one(Item, item.id)
        row.left_as, row.left_at = "lost", row.received_at
    page = desk.scan(sign)
    assert "has left the house" in page.text
    assert "It was found" in page.text
    desk.press("/tiski/loytyneet", tavara=sign)
    assert make.again(item).left_as is None
    assert desk.press("/tiski/loytyneet", tavara=sign).status_code == 409


def test_words_that_are_no_code_can_be_looked_for(desk: Desk) -> None:
    page = desk.scan("lumikengät")
    assert page.status_code == 200
    assert "Nothing was found for “lumikengät”." in page.text
    assert 'action="/tiski/lainaajat/haku"' in page.text
