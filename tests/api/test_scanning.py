"""Scans through the API: one, a queue, twice, at once, late, and those that collide."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.journal import Entry
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Kind
from lainaamo.lending.models import Loan, Step
from lainaamo.people.models import Person
from tests.api.conftest import Program, Programs, told
from tests.conftest import AtOnce, SignedIn
from tests.make import Make

MON = date(2026, 3, 2)
FRI = MON + timedelta(4)


@pytest.fixture
def desk(program: Programs) -> Program:
    return program("worker")


@pytest.fixture
def person(make: Make) -> Person:
    return make.person("resident")


def scan(desk: Program, code: str, action: str, **more: Any) -> dict[str, Any]:
    answer = desk.post("/scans", {"code": code, "action": action, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def state(desk: Program, code: str) -> str:
    return str(desk.get(f"/items/{code}")["state"])


def test_list_reserve_scan_out_and_back(
    program: Programs, desk: Program, make: Make, skis: Kind
) -> None:
    mine = program("resident")
    asked = {"kind": skis.id, "first_day": str(MON), "last_day": str(FRI)}
    made = mine.post("/reservations", asked).get_json()
    code = desk.get(f"/items?kind={skis.id}&state=on_shelf&free=true")["items"][0]["code"]
    out = scan(desk, code, "hand_out", reservation=made["id"])
    assert (out["result"], out["due_on"]) == ("applied", str(FRI))
    assert mine.get("/loans?state=open")["items"][0]["id"] == out["loan"]
    assert state(desk, code) == "on_loan"
    back = scan(desk, code, "take_back")
    assert (back["result"], back["loan"]) == ("applied", out["loan"])
    assert mine.get("/loans?state=open")["items"] == []
    assert state(desk, code) == "at_desk"


def test_what_is_done_already_is_said_to_be(desk: Program, make: Make, person: Person) -> None:
    code, shelf = make.sign(make.item()), make.place("B1")
    assert scan(desk, code, "hand_out", borrower=person.id)["result"] == "applied"
    assert scan(desk, code, "hand_out", borrower=person.id)["result"] == "already"
    for result in ("applied", "already"):
        assert scan(desk, code, "take_back")["result"] == result
    for result in ("applied", "already"):
        assert scan(desk, code, "shelve", place=make.sign(shelf))["result"] == result
    for action in ("send_to_repair", "mend"):
        for result in ("applied", "already"):
            assert scan(desk, code, action)["result"] == result


def test_a_card_and_a_labels_address_will_do(desk: Program, make: Make, person: Person) -> None:
    code, card = make.sign(make.item()), make.card(person)
    label = f"HTTP://127.0.0.1:8000/Q/{code}"
    assert scan(desk, label, "hand_out", borrower=card)["result"] == "applied"
    assert desk.get(f"/loans?borrower={card}")["items"][0]["code"] == code


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"code": "ZZZZZ", "action": "take_back"}, "wrong_sign"),
        ({"code": "K7M4P", "action": "take_back"}, "unknown_code"),
        ({"code": "SHELF", "action": "take_back"}, "no_thing"),
        ({"code": "THING", "action": "hand_out", "borrower": 999}, "no_person"),
        ({"code": "THING", "action": "hand_out", "borrower": "K7M4P"}, "no_person"),
        ({"code": "THING", "action": "hand_out", "reservation": 999}, "no_reservation"),
        ({"code": "THING", "action": "shelve", "place": 999}, "no_place"),
        ({"code": "THING", "action": "shelve", "place": "K7M4P"}, "no_place"),
        ({"code": "OUT", "action": "hand_out", "borrower": "ME"}, "on_loan"),
        ({"code": "OUT", "action": "shelve", "place": "SHELF"}, "on_loan"),
        ({"code": "LOT", "action": "hand_out", "borrower": "ME"}, "not_lendable"),
    ],
)
def test_a_collision_says_why_and_changes_nothing(
    app: Lainaamo,
    desk: Program,
    make: Make,
    person: Person,
    given: dict[str, Any],
    refusal: str,
) -> None:
    lent = make.item()
    make.loan(lent, FRI)
    names = {
        "THING": make.sign(make.item()),
        "OUT": make.sign(lent),
        "SHELF": make.sign(make.place("B1")),
        "LOT": make.sign(make.item(make.kind(pool="reuse"), quantity=3)),
        "ME": person.id,
    }
    sent = {name: names.get(value, value) for name, value in given.items()}
    before = lines(app)
    no = told(desk.post("/scans", sent))
    assert (no["status"], no["refusal"], no["result"]) == (409, refusal, "collision")
    (one,) = desk.post("/scans", [sent]).get_json()
    assert (one["result"], one["reason"], one["detail"]) == ("collision", refusal, no["detail"])
    assert lines(app) == before


def lines(app: Lainaamo) -> int:
    with app.app_context():
        return session.scalar(select(func.count()).select_from(Entry)) or 0


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"action": "hand_out"}, "borrower"),
        ({"action": "shelve"}, "place"),
        ({"action": "eat"}, "action"),
        ({"action": "take_back", "condition": "sad"}, "condition"),
        ({"action": "take_back", "at": "yesterday"}, "at"),
        ({"action": "take_back", "at": "2026-03-02T10:00:00"}, "at"),
        ({"action": "take_back", "key": "k" * 129}, "key"),
        ({"action": "take_back", "code": ""}, "code"),
    ],
)
def test_a_field_that_is_wrong_is_named(desk: Program, given: dict[str, Any], field: str) -> None:
    sent = {"code": "K7M4P", **given}
    assert told(desk.post("/scans", sent))["errors"][0]["field"] == field
    assert told(desk.post("/scans", [sent]))["errors"][0]["field"] == f"0.{field}"


def test_a_queue_is_done_in_its_order_and_one_collision_stops_no_other(
    desk: Program, make: Make, person: Person
) -> None:
    first, second = make.sign(make.item()), make.sign(make.item())
    sent = [
        {"code": first, "action": "hand_out", "borrower": person.id},
        {"code": "K7M4P", "action": "take_back"},
        {"code": second, "action": "hand_out", "borrower": person.id},
        {"code": first, "action": "take_back"},
        {"code": first, "action": "take_back"},
        {"code": second, "action": "take_back", "condition": "dirty"},
        {"code": first, "action": "hand_out", "borrower": person.id},
    ]
    answer = desk.post("/scans", sent)
    results = [one["result"] for one in answer.get_json()]
    assert results == [
        "applied",
        "collision",
        "applied",
        "applied",
        "already",
        "applied",
        "applied",
    ]
    assert (state(desk, first), state(desk, second)) == ("on_loan", "in_repair")


def test_a_queue_may_be_empty_and_no_longer_than_two_hundred(desk: Program) -> None:
    assert desk.post("/scans", []).get_json() == []
    scans = [{"code": "K7M4P", "action": "take_back"}] * 201
    assert told(desk.post("/scans", scans))["status"] == 422
    assert len(desk.post("/scans", scans[:200]).get_json()) == 200


def test_a_scan_keeps_its_result_under_its_key(desk: Program, make: Make, person: Person) -> None:
    code = make.sign(make.item())
    out = {"code": code, "action": "hand_out", "borrower": person.id, "key": "1"}
    back = {"code": code, "action": "take_back", "key": "2"}
    first = desk.post("/scans", [out, back]).get_json()
    assert [one["result"] for one in first] == ["applied", "applied"]
    assert desk.post("/scans", [out, back, back]).get_json() == [*first, first[1]]
    assert scan(desk, code, "hand_out", borrower=person.id, key="1")["loan"] == first[0]["loan"]
    assert state(desk, code) == "at_desk"


def test_a_collision_is_kept_under_its_key_too(desk: Program, make: Make, person: Person) -> None:
    item = make.item()
    loan_of_another = make.loan(item, FRI)
    sent = {"code": make.sign(item), "action": "hand_out", "borrower": person.id, "key": "1"}
    assert told(desk.post("/scans", sent))["refusal"] == "on_loan"
    assert scan(desk, make.sign(item), "take_back")["loan"] == loan_of_another.id
    assert told(desk.post("/scans", sent))["refusal"] == "on_loan"
    assert desk.post("/scans", [sent]).get_json()[0]["reason"] == "on_loan"
    assert (
        scan(desk, make.sign(item), "hand_out", borrower=person.id, key="2")["result"] == "applied"
    )


def test_a_key_is_for_one_scan_of_one_person(program: Programs, desk: Program, make: Make) -> None:
    first, second = make.item(), make.item()
    for item in (first, second):
        make.loan(item, FRI)
    assert scan(desk, make.sign(first), "take_back", key="1")["result"] == "applied"
    other = {"code": make.sign(second), "action": "take_back", "key": "1"}
    assert told(desk.post("/scans", other))["refusal"] == "other_scan"
    assert program("worker").post("/scans", other).get_json()["result"] == "applied"


def test_the_same_queue_at_once_is_done_once(
    app: Lainaamo, desk: Program, make: Make, at_once: AtOnce
) -> None:
    items = [make.item() for _ in range(5)]
    for item in items:
        make.loan(item, FRI)
    sent = [
        {"code": make.sign(item), "action": "take_back", "key": f"{number}"}
        for number, item in enumerate(items)
    ]
    answers = at_once(
        6, lambda browser: Program(browser, desk.token).post("/scans", sent).get_json()
    )
    assert all(one == answers[0] for one in answers)
    assert {one["result"] for one in answers[0]} == {"applied"}
    with app.app_context():
        returned = select(func.count()).where(Entry.verb == "loan.returned")
        assert session.scalar(returned) == 5


def test_queues_that_cross_wait_for_each_other_and_never_for_ever(
    app: Lainaamo, desk: Program, make: Make, at_once: AtOnce
) -> None:
    items = [make.item() for _ in range(6)]
    for item in items:
        make.loan(item, FRI)
    signs = [make.sign(item) for item in items]

    def send(browser: Any) -> list[str]:
        order = signs if browser.number % 2 else signs[::-1]
        sent = [{"code": sign, "action": "take_back"} for sign in order]
        answer = Program(browser, desk.token).post("/scans", sent)
        return [one["result"] for one in answer.get_json()]

    results = [one for answer in at_once(6, send) for one in answer]
    assert sorted(results) == ["already"] * 30 + ["applied"] * 6


@pytest.mark.parametrize(
    ("at", "kept"),
    [
        (timedelta(hours=-1), timedelta(hours=-1)),
        (timedelta(days=-30), timedelta(days=-2)),
        (timedelta(days=1), timedelta()),
    ],
)
def test_the_moment_of_a_return_is_between_the_hand_out_and_now(
    app: Lainaamo, desk: Program, make: Make, at: timedelta, kept: timedelta
) -> None:
    item, now = make.item(), clock.now()
    with clock.at(now - timedelta(days=2)):
        make.loan(item, FRI)
    done = scan(desk, make.sign(item), "take_back", at=(now + at).isoformat())
    assert done["result"] == "applied"
    with app.app_context():
        assert session.scalars(select(Loan.returned_at)).one() == now + kept


def test_an_old_scan_does_not_end_the_loan_that_came_after_it(desk: Program, make: Make) -> None:
    item, now = make.item(), clock.now()
    with clock.at(now - timedelta(days=3)):
        old = make.loan(item, FRI)
    with clock.at(now - timedelta(days=1)):
        scan(desk, make.sign(item), "take_back")
        new = make.loan(item, FRI)
    late = (now - timedelta(days=2)).isoformat()
    assert scan(desk, make.sign(item), "take_back", at=late)["result"] == "already"
    assert scan(desk, make.sign(item), "take_back", at=late)["loan"] == old.id
    assert desk.get("/loans?state=open")["items"][0]["id"] == new.id


def test_the_moment_of_a_hand_out_is_kept(
    app: Lainaamo, desk: Program, make: Make, person: Person
) -> None:
    item, now = make.item(), clock.now()
    at = (now - timedelta(hours=3)).isoformat()
    scan(desk, make.sign(item), "hand_out", borrower=person.id, at=at)
    with app.app_context():
        assert session.scalars(select(Loan.handed_out_at)).one() == now - timedelta(hours=3)


def test_what_a_queue_took_back_can_be_undone_at_the_desk(
    app: Lainaamo, desk: Program, make: Make, signed_in: SignedIn
) -> None:
    items = [make.item() for _ in range(3)]
    for item in items:
        make.loan(item, FRI)
    codes = [make.sign(item) for item in items]
    desk.post("/scans", [{"code": code, "action": "take_back"} for code in codes])
    with app.app_context():
        steps = session.scalars(select(Step.id).order_by(Step.id)).all()
    assert len(steps) == 3
    at_desk = signed_in("worker")
    page = at_desk.post("/tiski/peruutukset", data={"step": steps[1], "tila": "palautus"})
    assert page.status_code == 303
    assert [state(desk, code) for code in codes] == ["at_desk", "on_loan", "at_desk"]


def test_things_rest_after_a_queue_as_after_one_scan(desk: Program, make: Make) -> None:
    make.terms(turnaround_days=2)
    items = [make.item(), make.item()]
    for item in items:
        make.loan(item, FRI)
    desk.post("/scans", [{"code": make.sign(items[0]), "action": "take_back"}])
    scan(desk, make.sign(items[1]), "take_back")
    rests = [[(use.purpose, use.last_day) for use in make.uses(item)] for item in items]
    assert rests[0] == rests[1] == [("turnaround", MON + timedelta(2))]


def test_only_the_desk_scans(program: Programs, make: Make) -> None:
    item = make.item()
    make.loan(item, FRI)
    sent = {"code": make.sign(item), "action": "take_back"}
    for role in ("resident", "buyer"):
        assert told(program(role).post("/scans", sent))["status"] == 403
