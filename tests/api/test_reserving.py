"""Reserving, seeing and cancelling through the API."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Item, Kind
from lainaamo.lending.models import Reservation
from tests.api.conftest import ROOT, Program, Programs, told
from tests.conftest import AtOnce
from tests.make import Make

MON = date(2026, 3, 2)
FRI = MON + timedelta(4)


def asked(kind: Kind, **more: Any) -> dict[str, Any]:
    return {"kind": kind.id, "first_day": str(MON), "last_day": str(FRI), **more}


def count(app: Lainaamo) -> int:
    with app.app_context():
        return session.scalar(select(func.count()).select_from(Reservation)) or 0


def test_a_program_reserves_for_its_person(program: Programs, skis: Kind) -> None:
    mine = program("resident")
    answer = mine.post("/reservations", asked(skis, size="170 cm"))
    made = answer.get_json()
    assert (answer.status_code, answer.location) == (201, f"{ROOT}/reservations/{made['id']}")
    assert (made["borrower"], made["state"], made["lines"][0]["size"]) == (
        mine.person_id,
        "ready",
        "170 cm",
    )
    assert mine.get(f"/reservations/{made['id']}") == made
    assert mine.get("/reservations?state=open")["items"] == [made]
    assert len(made["pick_up_code"]) == 4


def test_several_kinds_are_one_reservation_or_none(
    app: Lainaamo, program: Programs, make: Make, skis: Kind
) -> None:
    poles = make.kind("Sauvat")
    make.item(poles)
    lines = [{"kind": skis.id, "quantity": 2}, {"kind": poles.id}]
    days = {"first_day": str(MON), "last_day": str(FRI)}
    mine = program("resident")
    assert len(mine.post("/reservations", {**days, "lines": lines}).get_json()["lines"]) == 3
    no = told(mine.post("/reservations", {**days, "lines": lines}))
    assert (no["status"], no["refusal"], count(app)) == (409, "at_once", 1)


def test_when_taken_it_says_the_first_free_day_and_what_else(
    program: Programs, make: Make, skis: Kind
) -> None:
    other = make.kind("Lumikengät")
    make.item(other)
    make.reservation(skis, MON, FRI, count=3)
    no = told(program("resident").post("/reservations", asked(skis), Accept_Language="sv"))
    assert (no["status"], no["refusal"], no["first_free_day"]) == (409, "not_free", "2026-03-09")
    assert [one["id"] for one in no["alternatives"]] == [other.id]
    assert "upptagen" in no["detail"].lower() or "ledig" in no["detail"].lower()


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"kind": None}, ["kind"]),
        ({"kind": "1"}, ["kind"]),
        ({"kind": True}, ["kind"]),
        ({"kind": 999}, ["kind"]),
        ({"kind": 10**30}, ["kind"]),
        ({"quantity": 0}, ["quantity"]),
        ({"quantity": 1.5}, ["quantity"]),
        ({"first_day": "2026-02-30"}, ["first_day"]),
        ({"first_day": None}, ["first_day"]),
        ({"size": "x" * 10_000}, ["size"]),
        ({"size": "a\0b"}, ["size"]),
        ({"size": "\ud800"}, ["size"]),
        ({"site": "nowhere"}, ["site"]),
        ({"person_id": 1}, ["person_id"]),
        ({"lines": []}, ["lines"]),
        ({"lines": [{"kind": 1, "quantity": 99}]}, ["lines.0.quantity"]),
        ({"lines": ["x"]}, ["lines.0"]),
    ],
)
def test_each_field_that_is_wrong_is_named(
    app: Lainaamo, program: Programs, skis: Kind, changed: dict[str, Any], fields: list[str]
) -> None:
    no = told(program("resident").post("/reservations", asked(skis) | changed))
    assert (no["status"], [one["field"] for one in no["errors"]]) == (422, fields)
    assert count(app) == 0


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"kind": NaN}', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"kind=1", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"x" * 3_000_000, "application/json", 413),
    ],
)
def test_what_is_no_json_of_ours_is_refused(
    program: Programs, body: bytes, kind: str, status: int
) -> None:
    mine = program("resident")
    shown = {"Authorization": f"Bearer {mine.token}"}
    answer = mine.client.post(f"{ROOT}/reservations", data=body, content_type=kind, headers=shown)
    assert told(answer)["status"] == status


def test_the_same_key_is_done_once_and_another_body_is_a_mistake(
    app: Lainaamo, program: Programs, skis: Kind
) -> None:
    mine = program("resident")
    answers = [mine.post("/reservations", asked(skis), Idempotency_Key="k") for _ in range(3)]
    assert [one.status_code for one in answers] == [201, 201, 201]
    assert len({one.text for one in answers}) == len({one.location for one in answers}) == 1
    assert (
        told(mine.post("/reservations", asked(skis, quantity=2), Idempotency_Key="k"))["status"]
        == 422
    )
    assert (
        program("resident").post("/reservations", asked(skis), Idempotency_Key="k").status_code
        == 201
    )
    assert count(app) == 2


def test_ten_at_once_for_the_last_one_make_one(
    app: Lainaamo, program: Programs, make: Make, at_once: AtOnce
) -> None:
    kind = make.kind("Ainoa")
    make.item(kind)
    tokens = [program("resident").token for _ in range(10)]

    def reserve(browser: Any) -> int:
        mine = Program(browser, tokens[browser.number])
        return mine.post("/reservations", asked(kind)).status_code

    assert sorted(at_once(10, reserve)) == [201, *[409] * 9]
    assert count(app) == 1


def test_a_reservation_is_cancelled_once(program: Programs, skis: Kind) -> None:
    mine = program("resident")
    made = mine.post("/reservations", asked(skis)).get_json()
    address = f"/reservations/{made['id']}"
    assert mine.ask("DELETE", address).status_code == 204
    assert told(mine.ask("DELETE", address))["refusal"] == "over"
    assert mine.get(address)["state"] == "cancelled"
    assert mine.get("/reservations?state=over")["items"][0]["id"] == made["id"]


def test_others_reservations_are_not_there(app: Lainaamo, program: Programs, skis: Kind) -> None:
    theirs = program("resident").post("/reservations", asked(skis)).get_json()
    address = f"/reservations/{theirs['id']}"
    for role in ("resident", "buyer"):
        other = program(role)
        assert told(other.ask("GET", address))["status"] == 404
        assert told(other.ask("DELETE", address))["status"] == 404
        assert other.get("/reservations")["items"] == []
        assert (
            told(other.ask("GET", f"/reservations?borrower={theirs['borrower']}"))["status"] == 403
        )
        assert (
            told(other.post("/reservations", asked(skis, borrower=theirs["borrower"])))["status"]
            == 403
        )


def test_the_desk_sees_everybodys_but_no_key_of_theirs(program: Programs, skis: Kind) -> None:
    theirs = program("resident").post("/reservations", asked(skis)).get_json()
    desk = program("worker")
    (seen,) = desk.get("/reservations")["items"]
    assert seen["id"] == theirs["id"]
    assert not {"pick_up_code", "url"} & set(seen)
    assert desk.get("/reservations?borrower=me")["items"] == []
    assert desk.ask("DELETE", f"/reservations/{theirs['id']}").status_code == 204


def test_the_desk_reserves_for_whom_a_card_means(program: Programs, make: Make, skis: Kind) -> None:
    person = make.person("resident")
    card, desk = make.card(person), program("worker")
    for named in (person.id, card, card.lower()):
        made = desk.post("/reservations", asked(skis, borrower=named)).get_json()
        assert made["borrower"] == person.id
    assert told(desk.post("/reservations", asked(skis, borrower="K7M4P")))["status"] == 422


def test_a_unit_books_pieces_of_a_lot(program: Programs, make: Make, desks: Item) -> None:
    unit, other = make.unit("Koulu"), make.unit("Toinen")
    buyer = program("buyer", unit=unit)
    made = buyer.post("/claims", {"item": desks.id, "quantity": 5})
    assert (made.status_code, made.get_json()["unit"]) == (201, unit.id)
    by_code = {"item": make.sign(desks), "quantity": 2, "unit": unit.id}
    assert buyer.post("/claims", by_code).get_json()["waiting"] == 2
    no = told(buyer.post("/claims", {"item": desks.id, "quantity": 6}))
    assert (no["refusal"], no["left"]) == ("too_few_left", 5)
    theirs = {"item": desks.id, "quantity": 1, "unit": other.id}
    assert told(buyer.post("/claims", theirs))["errors"][0]["field"] == "unit"
    assert told(program("resident").post("/claims", by_code))["status"] == 403


def test_a_unit_is_named_by_its_key_or_by_the_card_of_who_buys_for_it(
    program: Programs, make: Make, desks: Item
) -> None:
    unit, other = make.unit("Koulu"), make.unit("Toinen")
    coordinator, buyer = program("coordinator"), make.person("buyer", unit=unit)
    busy, stranger = make.person("buyer", unit=unit), make.person("resident")
    make.granted(busy, "buyer", unit=other)
    for named in (unit.id, str(unit.id), unit.key, make.card(buyer), make.card(buyer).lower()):
        wish = {"item": desks.id, "quantity": 1, "unit": named}
        assert coordinator.post("/claims", wish).get_json()["unit"] == unit.id
    for named in (make.card(busy), make.card(stranger), "K7M4P", 10**14, "ei"):
        wish = {"item": desks.id, "quantity": 1, "unit": named}
        assert told(coordinator.post("/claims", wish))["errors"][0]["field"] == "unit"


def test_a_units_token_sees_only_lots_that_units_may_book(
    program: Programs, make: Make, skis: Kind, desks: Item
) -> None:
    buyer, worker = program("buyer", unit=make.unit()), program("worker")
    assert [one["id"] for one in buyer.get("/items")["items"]] == [desks.id]
    everything = worker.get("/items")["items"]
    assert len(everything) == 4
    lent = next(one["code"] for one in everything if one["pool"] == "lendable")
    assert worker.get(f"/items/{lent}")["kind"] == skis.id
    assert told(buyer.ask("GET", f"/items/{lent}"))["status"] == 404
    assert told(program("resident").ask("GET", "/items"))["status"] == 403
