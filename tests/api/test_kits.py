"""Programs find kits with how many are free, and reserve one by its id."""

from datetime import date

import pytest

from lainaamo.goods.models import Kind
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

TUE, FRI = "2026-03-03", "2026-03-06"
DAYS = {"first_day": TUE, "last_day": FRI}


@pytest.fixture
def kit(make: Make) -> Kind:
    """Return a kit of skis and two paddles, of which there is one too few for a second."""
    skis, paddles = make.kind("Sukset"), make.kind("Melat")
    for size in ("150", "160"):
        make.item(skis, size=size)
    for _one in range(3):
        make.item(paddles)
    return make.kit("Pakkaus", (skis, 1), (paddles, 2))


def test_a_kit_is_found_with_how_many_are_free(browser: Browser, kit: Kind) -> None:
    found = browser.get("/api/v1/kinds").get_json()["items"]
    assert found[0]["id"] == kit.id
    assert found[0]["free"] == 1
    assert [part["quantity"] for part in found[0]["parts"]] == [1, 2]
    assert [one["parts"] for one in found[1:]] == [[], []]


def test_kits_and_the_rest_are_paged_through_in_one_order(browser: Browser, kit: Kind) -> None:
    seen, next_page = list[str](), "/api/v1/kinds?limit=1"
    for _page in range(3):
        page = browser.get(next_page).get_json()
        seen += [one["name"] for one in page["items"]]
        next_page = f"/api/v1/kinds?limit=1&cursor={page['next']}"
    assert page["next"] is None
    assert seen == ["Pakkaus", "Melat", "Sukset"]


def test_a_kit_reserved_by_its_id_is_a_line_for_each_part(signed_in: SignedIn, kit: Kind) -> None:
    me = signed_in("resident")
    skis = kit.id - 2
    sizes = [{"kind": skis, "size": "160"}]
    sent = {**DAYS, "lines": [{"kind": kit.id, "part_sizes": sizes}]}
    answer = me.post("/api/v1/reservations", json=sent)
    assert answer.status_code == 201
    lines = answer.get_json()["lines"]
    assert [line["size"] for line in lines if line["kind"] == skis] == ["160"]
    assert len(lines) == 3
    assert browser_free(me, kit) == 0


def browser_free(browser: Browser, kit: Kind) -> int:
    address = f"/api/v1/kinds/{kit.id}/availability?first_day={TUE}&last_day={FRI}"
    return int(browser.get(address).get_json()["free"])


def test_when_a_kit_can_be_had_is_when_all_its_parts_can(
    browser: Browser, make: Make, kit: Kind
) -> None:
    paddles = make.kinds_of(kit)[1]
    for _one in range(2):
        make.reservation(paddles, date(2026, 3, 4), date(2026, 3, 4))
    address = f"/api/v1/kinds/{kit.id}/availability?first_day={TUE}&last_day={FRI}"
    told = browser.get(address).get_json()
    assert told["refusal"] == "not_free"
    assert "Melat" in told["detail"]
    assert told["first_free_day"] == "2026-03-06"
    states = {one["day"]: one["state"] for one in told["days"]}
    assert states[TUE] == "free"
    assert states["2026-03-04"] == "taken"
