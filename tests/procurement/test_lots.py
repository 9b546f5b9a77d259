"""Buyers find lots: those with most alike first, narrowed by number, condition and seat."""

import re
from typing import Any

import pytest

from lainaamo.goods.models import Item, Photo
from tests.make import Make
from tests.strict import Browser


def found(browser: Browser, query: str = "") -> list[int]:
    page = browser.get(f"/kierto{query}").text
    hits = re.findall(r'<h3><a href="/kierto/erat/(\d+)', page)
    return [int(one) for one in hits]


@pytest.fixture
def lots(make: Make) -> dict[str, Item]:
    kind = make.kind("Tuoli", pool="reuse", price_new_cents=6500)
    facts: dict[str, dict[str, Any]] = {
        "few": {"quantity": 3, "attributes": {"seat_height_mm": 300}, "condition": "worn"},
        "many": {"quantity": 24, "attributes": {"seat_height_mm": 450}},
        "some": {"quantity": 12, "attributes": {}, "condition": "as_new"},
        "broken": {"quantity": 40, "condition": "broken"},
    }
    return {name: make.item(kind, **facts[name]) for name in facts}


def test_lots_with_most_alike_come_first(at_school: Browser, lots: dict[str, Item]) -> None:
    assert found(at_school) == [lots[name].id for name in ("many", "some", "few")]


def test_what_is_booked_gone_or_broken_is_not_offered(
    make: Make, at_school: Browser, lots: dict[str, Item]
) -> None:
    make.taken(make.claim(lots["some"], make.unit(), 12))
    make.claim(lots["few"], make.unit(), 3)
    make.item(make.kind("Sukset"))
    assert found(at_school) == [lots["many"].id]


def test_one_asks_for_twelve_alike_and_the_lots_page_has_twelve_chosen(
    at_school: Browser, lots: dict[str, Item]
) -> None:
    assert found(at_school, "?maara=12") == [lots["many"].id, lots["some"].id]
    page = at_school.get("/kierto?maara=12").text
    assert f"/kierto/erat/{lots['many'].id}?kpl=12" in page
    assert 'required value="12"' in at_school.get(f"/kierto/erat/{lots['many'].id}?kpl=12").text


def test_who_looked_for_more_than_there_is_gets_all_there_is(
    at_school: Browser, lots: dict[str, Item]
) -> None:
    page = at_school.get(f"/kierto/erat/{lots['few'].id}?kpl=12").text
    assert "Etsit 12 kappaletta. Näitä on vapaana 3." in page
    assert 'required value="3"' in page


def test_filters_count_pieces_and_never_lie(
    make: Make, at_school: Browser, lots: dict[str, Item]
) -> None:
    page = at_school.get("/kierto").text
    assert re.search(r"3 erää, 39 kpl", page)
    counts = re.findall(r'value="(\w+)".*?<span class="n">(\d+)</span>', page)
    assert dict(counts) == {
        "as_new": "12",
        "good": "24",
        "worn": "3",
        "pieni": "3",
        "koulu": "24",
        "aikuinen": "0",
    }
    assert found(at_school, "?kunto=good") == [lots["many"].id]
    other = make.item(make.kind("Matto", pool="reuse"), quantity=7, condition="worn")
    narrowed = at_school.get("/kierto?kunto=good").text
    assert re.search(r'value="worn".*?<span class="n">10</span>', narrowed)
    assert found(at_school, "?kunto=worn") == [other.id, lots["few"].id]
    assert found(at_school, "?istuin=pieni&istuin=koulu") == [lots["many"].id, lots["few"].id]
    assert found(at_school, "?istuin=pieni&kunto=good") == []


def test_pages_follow_one_another_without_gaps(make: Make, at_school: Browser) -> None:
    kind = make.kind("Pöytä", pool="reuse")
    made = [make.item(kind, quantity=1 + n % 3, sign=False).id for n in range(30)]
    first = at_school.get("/kierto").text
    link = first.split('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    seen = found(at_school) + found(at_school, link.replace("&amp;", "&"))
    assert sorted(seen) == sorted(made)


@pytest.mark.parametrize(
    "query",
    [
        "?maara=x",
        "?maara=99999999999999999",
        "?jatko=1-",
        "?jatko=99999999999-9",
        "?kunto=x&istuin=y&q=%27%22%3Cscript",
        "?q=" + "ä" * 3000,
    ],
)
def test_strange_addresses_are_answered_calmly(
    at_school: Browser, lots: dict[str, Item], query: str
) -> None:
    assert at_school.get(f"/kierto{query}").status_code == 200


def test_the_page_of_a_kind_shows_its_lots_or_the_only_one(
    make: Make, at_school: Browser, lots: dict[str, Item]
) -> None:
    page = at_school.get(f"/kierto/{lots['many'].kind_id}")
    assert page.status_code == 200
    only = make.item(make.kind("Kaappi", pool="reuse"))
    answer = at_school.get(f"/kierto/{only.kind_id}")
    assert answer.location == f"/kierto/erat/{only.id}"
    lendable = make.item(make.kind("Sukset"))
    assert at_school.get(f"/kierto/{lendable.kind_id}").status_code == 404
    assert at_school.get(f"/kierto/erat/{lendable.id}").status_code == 404


def test_the_first_photo_of_a_lot_stands_for_it(
    make: Make, at_school: Browser, lots: dict[str, Item]
) -> None:
    lot = lots["many"]
    for name in ("aaa", "bbb"):
        made = {"width": 10, "height": 10, "fingerprint": name, "made_at": lot.received_at}
        make.kept(Photo(item_id=lot.id, name=name, **made))
    assert "/kuvat/aaa.s.webp" in at_school.get("/kierto").text
    page = at_school.get(f"/kierto/erat/{lot.id}").text
    assert "/kuvat/aaa.m.webp" in page
    assert "/kuvat/bbb.s.webp" in page
