"""A kit is reserved as one: its parts, which are lent alone too, are never promised twice."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, update

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Allocation, Kind
from lainaamo.lending.models import Bundle, Line, Reservation
from tests.conftest import AtOnce
from tests.make import Make
from tests.strict import Browser

MON, TUE, FRI = "2026-03-02", "2026-03-03", "2026-03-06"


def reserve(browser: Browser, kind: Kind, **changes: str) -> Any:
    asked = {"first_day": TUE, "last_day": FRI, "first_name": "Aino", "agree": "yes"}
    contact = {"contact": "aino@example.fi"}
    return browser.post(f"/valineet/{kind.id}/varaukset", data={**asked, **contact, **changes})


class Skiing:
    """Skis, boots and poles, each lent alone and as a kit."""

    def __init__(self, make: Make, *, pairs: int = 1) -> None:
        self.skis, self.boots = make.kind("Sukset"), make.kind("Monot")
        self.poles = make.kind("Sauvat")
        for kind in (self.skis, self.boots, self.poles):
            for _one in range(pairs):
                make.item(kind)
        self.kit = make.kit("Hiihtopakkaus", (self.skis, 1), (self.boots, 1), (self.poles, 1))


@pytest.fixture
def skiing(make: Make) -> Skiing:
    return Skiing(make)


def test_a_kit_is_one_reservation_with_a_line_for_each_part(
    app: Lainaamo, browser: Browser, skiing: Skiing
) -> None:
    assert reserve(browser, skiing.kit).status_code == 303
    with app.app_context():
        assert session.scalar(select(func.count()).select_from(Reservation)) == 1
        lines = session.scalars(select(Line)).all()
        kinds = [skiing.skis.id, skiing.boots.id, skiing.poles.id]
        assert sorted(line.kind_id for line in lines) == sorted(kinds)
        (bundle,) = session.scalars(select(Bundle))
        assert bundle.kit_id == skiing.kit.id
        assert {line.bundle_id for line in lines} == {bundle.id}


def test_the_parts_of_a_reserved_kit_are_not_lent_alone(browser: Browser, skiing: Skiing) -> None:
    reserve(browser, skiing.kit)
    answer = reserve(browser, skiing.boots, contact="eetu@example.fi")
    assert answer.status_code == 409


def test_a_kit_says_which_part_is_missing_and_on_which_day(
    browser: Browser, make: Make, skiing: Skiing
) -> None:
    make.reservation(skiing.boots, date(2026, 3, 4), date(2026, 3, 5))
    answer = reserve(browser, skiing.kit)
    assert answer.status_code == 409
    assert "Monot" in answer.text
    assert "ke 4.3." in answer.text
    assert "alku=2026-03-06" in answer.text


def test_the_page_says_the_same_no_as_reserving(
    browser: Browser, make: Make, skiing: Skiing
) -> None:
    make.reservation(skiing.boots, date(2026, 3, 4), date(2026, 3, 5))
    page = browser.get(f"/valineet/{skiing.kit.id}?alku={TUE}&loppu={FRI}").text
    assert "Päivänä ke 4.3. ei ole vapaana: Monot. Kaikki on vapaana pe 6.3." in page


def test_a_kit_shows_its_parts_and_that_all_of_it_is_free(browser: Browser, skiing: Skiing) -> None:
    page = browser.get(f"/valineet/{skiing.kit.id}").text
    for name in ("Sukset", "Monot", "Sauvat"):
        assert f"<b>{name}</b>" in page
    assert "Viimeinen" in page


def test_sizes_of_the_parts_are_chosen_before_a_kit_is_reserved(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    boots = make.kind("Monot")
    for size in ("38", "39"):
        make.item(boots, size=size)
    kit = make.kit("Pakkaus", (boots, 1))
    address = f"/valineet/{kit.id}?alku={TUE}&loppu={FRI}"
    assert "Valitse vielä koko" in browser.get(address).text
    page = browser.get(f"{address}&koko-{boots.id}=39").text
    assert f'name="koko-{boots.id}" value="39"' in page
    reserve(browser, kit, **{f"koko-{boots.id}": "39"})
    with app.app_context():
        assert session.scalars(select(Line.size)).all() == ["39"]


def test_a_size_that_is_taken_leads_to_one_that_is_free(browser: Browser, make: Make) -> None:
    boots = make.kind("Monot")
    for size in ("38", "39"):
        make.item(boots, size=size)
    kit = make.kit("Pakkaus", (boots, 1), (make.item().kind_id, 1))
    make.reservation(boots, date(2026, 3, 3), date(2026, 3, 6), size="39")
    answer = reserve(browser, kit, **{f"koko-{boots.id}": "39"})
    assert answer.status_code == 409
    assert f"koko-{boots.id}=38" in answer.text


def test_two_things_of_one_kind_are_packed_together(browser: Browser, make: Make) -> None:
    paddles = make.kind("Mela")
    make.item(paddles)
    kit = make.kit("Kajakkipari", (paddles, 2))
    assert "Ei vapaana" in browser.get(f"/valineet/{kit.id}").text
    assert reserve(browser, kit).status_code == 409
    make.item(paddles)
    assert reserve(browser, kit).status_code == 303


def test_a_kit_with_a_part_that_is_lent_no_more_says_so(
    app: Lainaamo, browser: Browser, skiing: Skiing
) -> None:
    with app.app_context(), transaction():
        session.execute(update(Kind).where(Kind.id == skiing.poles.id).values(left_at=clock.now()))
    assert "ei lainata nyt" in browser.get(f"/valineet/{skiing.kit.id}").text
    assert reserve(browser, skiing.kit).status_code == 409


def test_sixteen_ask_for_the_last_kit_and_its_parts_at_once(
    app: Lainaamo, at_once: AtOnce, skiing: Skiing
) -> None:
    wanted = [skiing.kit, skiing.skis, skiing.kit, skiing.boots]

    def one(browser: Browser) -> int:
        kind = wanted[browser.number % 4]
        return int(reserve(browser, kind, contact=f"p{browser.number}@example.fi").status_code)

    answers = at_once(16, one)
    assert set(answers) == {303, 409}
    with app.app_context():
        lines = session.scalars(select(Line.kind_id)).all()
        assert len(lines) == len(set(lines))
        assert session.scalar(select(func.count()).select_from(Allocation)) == 4 * len(lines)
        for reservation in session.scalars(select(Reservation.id)):
            held = select(func.count()).select_from(Line)
            count = session.scalar(held.where(Line.reservation_id == reservation))
            assert count in {1, 3}


def test_a_kit_stands_first_in_the_list_with_how_many_are_free(
    browser: Browser, make: Make
) -> None:
    Skiing(make, pairs=2)
    page = browser.get(f"/?first_day={TUE}&last_day={FRI}").text
    assert page.index("Hiihtopakkaus") < page.index("Monot")
    assert "4 välinettä vapaana" in page


def test_the_list_counts_a_kit_by_the_part_that_is_short(
    browser: Browser, make: Make, skiing: Skiing
) -> None:
    make.reservation(skiing.poles, date(2026, 3, 3), date(2026, 3, 3))
    page = browser.get(f"/?first_day={TUE}&last_day={FRI}&vapaat=1").text
    assert "Hiihtopakkaus" not in page
    assert "Sukset" in page


def test_a_kit_is_found_by_its_name(browser: Browser, skiing: Skiing) -> None:
    page = browser.get("/?q=hiihtopakkaus").text
    assert f"/valineet/{skiing.kit.id}" in page
