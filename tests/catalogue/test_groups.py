"""A class borrows through one adult: so many of each size, handed out and returned one by one."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Item, Kind
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Loan, Reservation
from tests.conftest import AtOnce, SignedIn
from tests.make import Make
from tests.strict import Browser

DAYS = {"alku": "2026-03-03", "loppu": "2026-03-06"}
FORM = {**DAYS, "group": "4 B", "agree": "yes"}
TUE = date(2026, 3, 3)


def skates(make: Make, *, at_once: int = 30) -> tuple[Kind, list[Item]]:
    make.terms(make.category("skis"), at_once=at_once)
    kind = make.kind("Luistimet")
    items = [make.item(kind, size=size) for size in ("38", "39") for _n in range(6)]
    return kind, items


def reserve(browser: Browser, kind: Kind, **changes: str) -> Any:
    form = {**FORM, "kpl-0": "4", "kpl-1": "6", **changes}
    return browser.post(f"/valineet/{kind.id}/ryhmalle", data=form)


def made(app: Lainaamo) -> list[Reservation]:
    with app.app_context():
        found = session.scalars(select(Reservation).order_by(Reservation.id)).all()
        session.expunge_all()
        return list(found)


def test_a_class_gets_so_many_of_each_size_as_one_reservation(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    kind, _items = skates(make)
    teacher = signed_in("resident")
    assert f"/valineet/{kind.id}/ryhmalle" in teacher.get(f"/valineet/{kind.id}").text
    page = teacher.get(f"/valineet/{kind.id}/ryhmalle").text
    assert "Voit saada nyt 30 tavaraa." in page
    answer = reserve(teacher, kind)
    assert answer.status_code == 303
    (one,) = made(app)
    assert one.for_name == "4 B"
    assert one.person_id == teacher.person_id
    assert sorted(line.size or "" for line in make.lines(one)) == ["38"] * 4 + ["39"] * 6
    own = teacher.get(answer.location).text
    assert "\N{MULTIPLICATION SIGN} 4" in own
    assert "\N{MULTIPLICATION SIGN} 6" in own


def test_the_terms_say_how_many_and_the_words_are_kept(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    kind, _items = skates(make, at_once=5)
    answer = reserve(signed_in("resident"), kind)
    assert answer.status_code == 409
    assert "voit saada" in answer.text.lower()
    assert 'value="4 B"' in answer.text
    assert 'value="6"' in answer.text
    assert made(app) == []


def test_two_windows_do_not_beat_the_terms(
    app: Lainaamo, make: Make, signed_in: SignedIn, at_once: AtOnce
) -> None:
    kind, _items = skates(make, at_once=12)
    teacher = signed_in("resident")
    cookie = teacher.get_cookie("istunto")
    assert cookie is not None

    def press(browser: Browser) -> int:
        browser.set_cookie("istunto", cookie.value)
        return int(reserve(browser, kind).status_code)

    assert sorted(at_once(2, press)) == [303, 409]
    assert len(made(app)) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kpl-0": "", "kpl-1": "0"}, "Kirjoita ainakin yhden koon määrä."),
        ({"kpl-0": "neljä"}, "Kirjoita määrä, esimerkiksi 4."),
        ({"kpl-0": "-4"}, "Kirjoita määrä, esimerkiksi 4."),
        ({"kpl-0": "٤"}, "Kirjoita määrä, esimerkiksi 4."),
        ({"kpl-0": "9" * 10_000}, "Kirjoita määrä, esimerkiksi 4."),
        ({"kpl-0": "61"}, "enintään 60 tavaraa"),
        ({"group": ""}, "Kirjoita ryhmän nimi."),
        ({"agree": ""}, "Hyväksy vielä ehdot."),
    ],
)
def test_a_field_to_correct_is_told_and_nothing_is_lost(
    app: Lainaamo, make: Make, signed_in: SignedIn, changes: dict[str, str], words: str
) -> None:
    kind, _items = skates(make)
    answer = reserve(signed_in("resident"), kind, **changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert made(app) == []


def test_more_than_there_are_is_refused_on_the_same_page(make: Make, signed_in: SignedIn) -> None:
    kind, _items = skates(make)
    answer = reserve(signed_in("resident"), kind, **{"kpl-0": "7"})
    assert answer.status_code == 409
    assert 'value="7"' in answer.text


def test_a_stranger_sees_how_many_there_are_and_signs_in_first(
    browser: Browser, make: Make
) -> None:
    kind, _items = skates(make)
    page = browser.get(f"/valineet/{kind.id}/ryhmalle").text
    assert "6 vapaana" in page
    assert "/omat/tulo?next=" in page
    assert reserve(browser, kind).status_code == 403


def test_the_desk_reserves_for_a_teacher_who_calls(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    kind, _items = skates(make)
    desk = signed_in("counter")
    assert reserve(desk, kind).status_code == 422
    answer = reserve(desk, kind, first_name="Marja", contact="040 123 4567")
    (one,) = made(app)
    assert answer.location == f"/tiski/varaukset/{one.id}"
    assert one.person_id != desk.person_id
    assert desk.get(answer.location).status_code == 200


def test_they_are_handed_out_by_scans_and_come_back_in_any_order(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    kind, items = skates(make)
    teacher, desk = signed_in("resident"), signed_in("counter")
    reserve(teacher, kind, alku="2026-03-02", **{"kpl-0": "2", "kpl-1": "2"})
    (one,) = made(app)
    given = [items[0], items[6], items[1]]
    for item in given:
        url = f"/tiski/varaukset/{one.id}/skannaukset"
        assert desk.post(url, data={"code": make.sign(item)}).status_code == 303
    own = own_path(one, app.config["SETTINGS"])
    assert "Ei vielä noudettu" in teacher.get(own).text
    for item in (items[1], items[0]):
        desk.post("/tiski/skannaukset", data={"code": make.sign(item), "tila": "palautus"})
    with app.app_context():
        out = session.scalars(select(Loan.item_id).where(Loan.returned_at.is_(None))).all()
    assert out == [items[6].id]
    page = teacher.get(own).text
    assert make.sign(items[6]) in page
    assert "palautettu" in page


def test_a_kit_and_reuse_have_no_page_for_groups(make: Make, signed_in: SignedIn) -> None:
    reuse = make.kind("Pöytä", pool="reuse")
    make.item(reuse, quantity=9)
    kit = make.kit("Pakkaus", (make.kind("Osa"), 1))
    browser = signed_in("resident")
    assert browser.get(f"/valineet/{reuse.id}/ryhmalle").status_code == 404
    assert browser.get(f"/valineet/{kit.id}/ryhmalle").status_code == 404
    assert browser.get("/valineet/999/ryhmalle").status_code == 404
