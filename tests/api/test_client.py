"""A client made from the document alone finds, reserves, scans out and scans back."""

from datetime import date
from typing import Any

from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Item, Kind
from tests.api.conftest import Programs
from tests.api.unforeseen import CHECKS, schema_of
from tests.make import Make

MON = date(2026, 3, 2)


class Client:
    """A library's client: it is given the document and the names of operations, no address of ours.

    Each answer is checked against what the document says of it.
    """

    def __init__(self, schema: Any, token: str) -> None:
        self.schema = schema
        self.shown = {"Authorization": f"Bearer {token}"}

    def call(self, name: str, body: Any = None, **given: Any) -> Any:
        """Send a request as the document describes it and return what was answered."""
        operation = self.schema.find_operation_by_id(name)
        known = {one.name for one in operation.path_parameters}
        path = {one: value for one, value in given.items() if one in known}
        query = {one: value for one, value in given.items() if one not in known}
        sent = {"body": body, "media_type": "application/json"} if body is not None else {}
        case = operation.Case(path_parameters=path, query=query, **sent)
        answer = case.call_and_validate(headers=self.shown, checks=CHECKS)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None


def test_a_client_that_a_library_makes_from_the_document_does_a_whole_loan(
    app: Lainaamo, make: Make, skis: Kind
) -> None:
    schema = schema_of(app)
    resident, desk = Client(schema, make.token("resident")), Client(schema, make.token("worker"))
    day = str(MON)
    found = resident.call("find_kinds", q="sukset", first_day=day, last_day=day)["items"][0]
    assert found["id"] == skis.id
    assert resident.call("availability", kind_id=skis.id)["free"] == 3
    wish = {"kind": skis.id, "first_day": day, "last_day": day}
    made = resident.call("reserve", wish)
    code = desk.call("list_items", kind=skis.id, state="on_shelf")["items"][0]["code"]
    out = desk.call("scan", {"code": code, "action": "hand_out", "reservation": made["id"]})
    assert resident.call("list_loans", state="open")["items"][0]["id"] == out["loan"]
    back = desk.call("scan", [{"code": code, "action": "take_back"}])[0]
    assert (out["result"], back["result"], back["loan"]) == ("applied", "applied", out["loan"])
    assert resident.call("see_reservation", reservation_id=made["id"])["state"] == "returned"
    again = resident.call("reserve", wish)
    assert resident.call("cancel_reservation", reservation_id=again["id"]) is None


def test_a_client_that_a_library_makes_books_for_a_unit(
    app: Lainaamo, make: Make, desks: Item
) -> None:
    unit = make.unit("Koulu")
    buyer = make.person("buyer", unit=unit)
    client = Client(schema_of(app), make.token("buyer", buyer.id))
    lot = client.call("list_items")["items"][0]
    made = client.call("claim", {"item": lot["code"], "quantity": 4, "unit": make.card(buyer)})
    assert (made["item"], made["unit"], made["waiting"]) == (desks.id, unit.id, 4)
    assert client.call("list_items")["items"][0]["unclaimed"] == 8


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
