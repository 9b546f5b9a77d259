"""Kinds through the API: what is found, what is free, and when."""

from datetime import date, timedelta

import pytest

from lainaamo.goods.models import Item, Kind
from tests.api.conftest import Programs, told
from tests.make import Make
from tests.strict import Browser

MON = date(2026, 3, 2)
FRI = MON + timedelta(4)


def test_anybody_sees_what_is_lent_and_how_many_are_free(program: Programs, skis: Kind) -> None:
    (found,) = program(None).get("/kinds")["items"]
    assert found == {
        "id": skis.id,
        "name": "Sukset",
        "category": "skis",
        "pool": "lendable",
        "free": 3,
        "sizes": [{"size": "150 cm", "free": 2}, {"size": "170 cm", "free": 1}],
        "parts": [],
        "url": f"http://127.0.0.1:8000/valineet/{skis.id}",
    }


def test_free_is_counted_for_the_days_asked(program: Programs, make: Make, skis: Kind) -> None:
    make.reservation(skis, MON, FRI, size="170 cm")
    days = f"first_day={MON}&last_day={FRI}"
    (taken,) = program(None).get(f"/kinds?{days}")["items"]
    (later,) = program(None).get("/kinds?first_day=2026-03-09&last_day=2026-03-13")["items"]
    assert (taken["free"], taken["sizes"][1]["free"]) == (2, 0)
    assert later["free"] == 3


def test_the_page_and_the_api_count_the_same(
    program: Programs, browser: Browser, make: Make, skis: Kind
) -> None:
    make.reservation(skis, MON, FRI)
    (found,) = program(None).get(f"/kinds?first_day={MON}&last_day={FRI}")["items"]
    page = browser.get(f"/?first_day={MON}&last_day={FRI}").text
    assert f"{found['free']} vapaana" in page


def test_a_size_narrows_what_is_found_and_counted(program: Programs, skis: Kind) -> None:
    (found,) = program(None).get("/kinds?size=170 cm")["items"]
    assert found["free"] == 1
    assert program(None).get("/kinds?size=200 cm")["items"] == []


def test_words_a_category_and_a_language(program: Programs, make: Make, skis: Kind) -> None:
    make.item(make.kind("Teltta", category=make.category("tents")))
    ask = program(None)
    assert [one["id"] for one in ask.get("/kinds?q=suksi")["items"]] == [skis.id]
    assert [one["name"] for one in ask.get("/kinds?category=tents")["items"]] == ["Teltta"]
    swedish = ask.get("/kinds?q=suksi", Accept_Language="sv-FI,sv;q=0.9")["items"]
    assert swedish[0]["name"] == "Skidor"


def test_goods_for_reuse_are_for_those_who_may_book_them(
    program: Programs, make: Make, skis: Kind, desks: Item
) -> None:
    buyer = program("buyer", unit=make.unit())
    both = buyer.get("/kinds")["items"]
    assert [(one["pool"], one["free"]) for one in both] == [("lendable", 3), ("reuse", 12)]
    assert [one["pool"] for one in program("resident").get("/kinds")["items"]] == ["lendable"]
    assert told(program("resident").ask("GET", "/kinds?pool=reuse"))["status"] == 403
    assert buyer.get(f"/kinds/{desks.kind_id}/availability")["free"] == 12
    stranger = program(None).ask("GET", f"/kinds/{desks.kind_id}/availability")
    assert stranger.status_code == 404


def test_every_page_leads_to_the_next_through_both_pools(
    program: Programs, make: Make, desks: Item
) -> None:
    for number in range(5):
        make.item(make.kind(f"Peli {number}"))
    buyer, seen, cursor = program("buyer", unit=make.unit()), [], ""
    while True:
        page = buyer.get(f"/kinds?limit=2{cursor}")
        assert len(page["items"]) <= 2
        seen += [one["name"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [*(f"Peli {number}" for number in range(5)), "Pulpetti"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("first_day=2026-03-02", "last_day"),
        ("last_day=2026-03-02", "first_day"),
        ("first_day=2026-03-01&last_day=2026-03-05", "first_day"),
        ("first_day=2026-03-05&last_day=2026-03-04", "last_day"),
        ("first_day=tomorrow", "first_day"),
        ("first_day=20260302&last_day=20260303", "first_day"),
        ("category=nothing", "category"),
        ("pool=other", "pool"),
        ("cursor=%21%21", "cursor"),
        ("cursor=MQ", "cursor"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=1e3", "limit"),
        ("q=%00", "q"),
        ("colour=skis", "colour"),
    ],
)
def test_what_cannot_be_meant_is_told_at_its_field(
    program: Programs, skis: Kind, asked: str, field: str
) -> None:
    answer = program(None).ask("GET", f"/kinds?{asked}")
    if asked == "q=%00":
        assert told(answer)["status"] == 400
        return
    assert answer.status_code == 422
    assert told(answer)["errors"][0]["field"] == field


def test_availability_says_when_and_what_else(program: Programs, make: Make, skis: Kind) -> None:
    other = make.kind("Lumikengät")
    make.item(other)
    for _ in range(3):
        make.reservation(skis, MON, FRI)
    found = program(None).get(f"/kinds/{skis.id}/availability?first_day={MON}&last_day={FRI}")
    assert (found["free"], found["refusal"]) == (0, "not_free")
    assert found["first_free_day"] == "2026-03-09"
    assert [one["id"] for one in found["alternatives"]] == [other.id]
    states = {one["day"]: one["state"] for one in found["days"]}
    assert (states["2026-03-02"], states["2026-03-07"], states["2026-03-09"]) == (
        "taken",
        "closed",
        "free",
    )


def test_availability_tells_why_days_will_not_do(program: Programs, skis: Kind) -> None:
    asked = "first_day=2026-03-02&last_day=2026-03-07"
    found = program(None).get(f"/kinds/{skis.id}/availability?{asked}", Accept_Language="en")
    assert (found["free"], found["refusal"]) == (0, "closed")
    assert "We are closed on" in found["detail"]


@pytest.mark.parametrize("path", ["/kinds/999/availability", f"/kinds/{10**30}/availability"])
def test_a_kind_that_there_is_not(program: Programs, path: str) -> None:
    assert told(program(None).ask("GET", path))["status"] == 404


@pytest.mark.parametrize(("asked", "field"), [("site=x", "site"), ("size=9", "size")])
def test_where_and_which_size_must_be_there(
    program: Programs, skis: Kind, asked: str, field: str
) -> None:
    answer = program(None).ask("GET", f"/kinds/{skis.id}/availability?{asked}")
    assert [one["field"] for one in told(answer)["errors"]] == [field]
