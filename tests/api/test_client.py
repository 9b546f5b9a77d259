"""A client made from the document alone finds, reserves, scans out and scans back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lainaamo.goods.models import Kind
from tests.api.conftest import Program, Programs

MON = date(2026, 3, 2)


@dataclass(frozen=True, slots=True)
class Client:
    """Calls operations by the names that the document gives them."""

    program: Program
    document: Mapping[str, Any]

    def call(self, name: str, body: Any = None, **given: Any) -> Any:
        """Send a request as the document describes it, and check that the answer is described."""
        address, method, described = self._find(name)
        asked = []
        for parameter in described["parameters"]:
            value = given.pop(parameter["name"], None)
            if parameter["in"] == "path":
                address = address.replace(f"{{{parameter['name']}}}", str(value))
            elif parameter["in"] == "query" and value is not None:
                asked.append(f"{parameter['name']}={value}")
        assert not given, f"{name} does not take {list(given)}"
        answer = self.program.ask(method.upper(), f"{address}?{'&'.join(asked)}", body)
        assert str(answer.status_code) in described["responses"]
        assert answer.status_code < 300, answer.text
        return answer.get_json(silent=True)

    def _find(self, name: str) -> tuple[str, str, Mapping[str, Any]]:
        found = (
            (address, method, described)
            for address, methods in self.document["paths"].items()
            for method, described in methods.items()
            if described["operationId"] == name
        )
        return next(found)


def test_a_client_made_from_the_document_does_a_whole_loan(program: Programs, skis: Kind) -> None:
    document = program(None).get("/openapi.json")
    assert document["openapi"].startswith("3.1")
    resident, desk = Client(program("resident"), document), Client(program("worker"), document)
    kind = resident.call("find_kinds", q="sukset", first_day=MON, last_day=MON)["items"][0]["id"]
    wish = {"kind": kind, "first_day": str(MON), "last_day": str(MON)}
    made = resident.call("reserve", wish)
    code = desk.call("list_items", kind=kind, state="on_shelf")["items"][0]["code"]
    out = desk.call("scan", {"code": code, "action": "hand_out", "reservation": made["id"]})
    back = desk.call("scan", [{"code": code, "action": "take_back"}])
    assert (out["result"], back[0]["result"], back[0]["loan"]) == (
        "applied",
        "applied",
        out["loan"],
    )
    assert resident.call("see_reservation", reservation_id=made["id"])["state"] == "returned"
    again = resident.call("reserve", wish)
    assert resident.call("cancel_reservation", reservation_id=again["id"]) is None


def test_every_reference_of_the_document_leads_somewhere(program: Programs) -> None:
    document = program(None).get("/openapi.json")
    known = document["components"]["schemas"]

    def references(part: Any) -> list[str]:
        if isinstance(part, list):
            return [one for inner in part for one in references(inner)]
        if not isinstance(part, dict):
            return []
        own = [part["$ref"]] if "$ref" in part else []
        return own + [one for inner in part.values() for one in references(inner)]

    missing = {one for one in references(document) if one.rpartition("/")[2] not in known}
    assert missing == set()


def test_the_table_of_open_data_has_a_row_for_each_size(program: Programs, skis: Kind) -> None:
    answer = program(None).ask("GET", f"/kinds.csv?first_day={MON}&last_day={MON}")
    rows = answer.text.splitlines()
    assert rows[0] == "id,name,category,size,free,url"
    assert rows[1].startswith(f"{skis.id},Sukset,skis,150 cm,2,")
    assert len(rows) == 3


def test_the_table_speaks_the_language_that_was_asked_for(program: Programs, skis: Kind) -> None:
    table = program(None).ask("GET", "/kinds.csv", Accept_Language="sv").text
    assert table.splitlines()[1].startswith(f"{skis.id},{skis.name_sv},")


def test_a_token_that_changes_too_much_is_told_to_wait(program: Programs) -> None:
    mine = program("resident")
    answers = [mine.ask("DELETE", "/reservations/1").status_code for _ in range(601)]
    assert set(answers[:600]) == {404}
    last = mine.ask("DELETE", "/reservations/1")
    assert (last.status_code, last.headers["Retry-After"]) == (429, "120")
