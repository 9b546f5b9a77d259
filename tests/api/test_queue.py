"""Renewing a loan and waiting in line through the API."""

from datetime import date, timedelta

import pytest

from lainaamo.goods.models import Kind
from tests.api.conftest import ROOT, Programs, told
from tests.make import Make

MON = date(2026, 3, 2)
FRI = MON + timedelta(4)


def lent(make: Make, *, size: str | None = None, name: str = "Luistimet") -> Kind:
    """Make a kind whose only thing is out until Friday."""
    kind = make.kind(name)
    make.loan(make.item(kind, size=size), FRI)
    return kind


def test_a_program_renews_its_persons_loan_and_no_others(program: Programs, make: Make) -> None:
    make.terms(days=7)
    mine, other = program("resident"), program("resident")
    me = make.again(make.person("resident"))
    loan = make.loan(make.item(), FRI, person=me)
    path = f"/loans/{loan.id}/renewals"
    assert other.post(path, None).status_code == 404
    assert mine.post(path, None).status_code == 404
    desk = program("worker").post(path, None)
    assert (desk.status_code, desk.get_json()["due_on"]) == (201, str(FRI + timedelta(7)))
    own = program("resident", person=me).post(path, None)
    assert (own.status_code, own.get_json()["due_on"]) == (201, str(FRI + timedelta(14)))


def test_a_renewal_is_refused_with_every_reason(program: Programs, make: Make) -> None:
    make.terms(renewals=0)
    kind, me = make.kind(), make.person("resident")
    loan = make.loan(make.item(kind), FRI, person=me)
    make.wait(kind)
    no = told(program("resident", person=me).post(f"/loans/{loan.id}/renewals", None))
    assert (no["status"], no["refusal"], no["due_on"]) == (409, "someone_waits", str(FRI))
    assert no["reasons"] == ["someone_waits", "longest_reached"]


def test_a_program_joins_sees_its_place_and_leaves(program: Programs, make: Make) -> None:
    kind = lent(make, size="38")
    make.wait(kind, size="38")
    mine = program("resident")
    answer = mine.post("/queue", {"kind": kind.id, "size": "38"})
    made = answer.get_json()
    assert (answer.status_code, made["place"]) == (201, 2)
    assert answer.location == f"{ROOT}/queue/{made['id']}"
    assert mine.get("/queue")["items"] == [made]
    assert program("resident").get("/queue")["items"] == []
    assert program("resident").ask("DELETE", f"/queue/{made['id']}").status_code == 404
    assert mine.ask("DELETE", f"/queue/{made['id']}").status_code == 204
    assert told(mine.ask("DELETE", f"/queue/{made['id']}"))["refusal"] == "over"
    assert mine.get("/queue")["items"] == []


def test_staff_see_the_whole_line_and_residents_do_not(program: Programs, make: Make) -> None:
    kind = lent(make)
    waits = [make.wait(kind), make.wait(kind)]
    asked = f"/queue?kind={kind.id}"
    assert program("resident").ask("GET", asked).status_code == 403
    assert [one["id"] for one in program("worker").get(asked)["items"]] == [one.id for one in waits]


@pytest.mark.parametrize(
    ("terms", "more", "refusal"),
    [
        ({}, {"size": "99"}, "no_such_size"),
        ({"most_waiting": 0}, {}, "no_queue"),
        ({"most_waiting": 1}, {}, "queue_full"),
        ({}, {"first_day": "2026-03-01"}, "past"),
        ({}, {"first_day": "2027-03-01"}, "too_far"),
        ({}, {"days": 29}, "too_long"),
        ({}, {"first_day": "2026-03-09"}, "free"),
    ],
)
def test_why_nobody_can_join_is_told(
    program: Programs,
    make: Make,
    terms: dict[str, int],
    more: dict[str, object],
    refusal: str,
) -> None:
    kind = lent(make)
    if terms.get("most_waiting"):
        make.wait(kind)
    make.terms(most_waiting=terms.get("most_waiting", 50))
    answer = program("resident").post("/queue", {"kind": kind.id, **more})
    assert told(answer)["refusal"] == refusal


def test_what_is_free_is_reserved_and_not_waited_for(
    program: Programs, make: Make, skis: Kind
) -> None:
    no = told(program("resident").post("/queue", {"kind": skis.id}))
    assert (no["refusal"], no["first_day"]) == ("free", str(MON))


def test_waiting_counts_among_what_one_may_have_at_once(program: Programs, make: Make) -> None:
    make.terms(at_once=1)
    mine = program("resident")
    first, second = lent(make), lent(make, name="Kypärä")
    assert mine.post("/queue", {"kind": first.id}).status_code == 201
    assert told(mine.post("/queue", {"kind": first.id}))["refusal"] == "waits_already"
    assert told(mine.post("/queue", {"kind": second.id}))["refusal"] == "at_once"
