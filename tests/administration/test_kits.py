"""An administrator makes a kit from what is lent, changes its parts, and takes changes back."""

import pytest

from lainaamo.core.web import Lainaamo
from lainaamo.goods import kits
from lainaamo.goods.models import Kind
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

HERE = "/hallinta/pakkaukset"


@pytest.fixture
def staff(signed_in: SignedIn) -> Browser:
    return signed_in("coordinator")


@pytest.fixture
def kinds(make: Make) -> list[Kind]:
    found = [make.kind(name) for name in ("Sukset", "Monot", "Sauvat")]
    for kind in found:
        make.item(kind)
    return found


def parts(app: Lainaamo, kit_id: int) -> list[tuple[int, int]]:
    with app.app_context():
        return [(one.kind_id, one.quantity) for one in kits.pieces_of(kit_id)]


def test_a_kit_is_made_and_reserved(app: Lainaamo, staff: Browser, kinds: list[Kind]) -> None:
    skis, boots, _poles = kinds
    sent = {"name": "Hiihtopakkaus", "category_id": str(skis.category_id)}
    chosen = {"kind_0": str(skis.id), "count_0": "1", "kind_3": str(boots.id), "count_3": "2"}
    answer = staff.post(HERE, data={**sent, **chosen})
    assert answer.status_code == 303
    kit_id = int(answer.location.partition("?")[0].rpartition("/")[2])
    assert parts(app, kit_id) == [(skis.id, 1), (boots.id, 2)]
    assert "Hiihtopakkaus" in staff.get(f"/valineet/{kit_id}").text
    assert "Hiihtopakkaus" in staff.get(HERE).text


def test_parts_are_changed_and_the_change_is_taken_back(
    app: Lainaamo, staff: Browser, make: Make, kinds: list[Kind]
) -> None:
    skis, boots, poles = kinds
    kit = make.kit("Pakkaus", (skis, 1), (boots, 1))
    page = staff.get(f"{HERE}/{kit.id}").text
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    chosen = {"kind_0": str(skis.id), "count_0": "1", "kind_1": str(poles.id), "count_1": "2"}
    answer = staff.post(f"{HERE}/{kit.id}", data={**chosen, "seen": seen})
    assert parts(app, kit.id) == [(skis.id, 1), (poles.id, 2)]
    page = staff.get(answer.location).text
    assert "2 × Sauvat" in page  # noqa: RUF001 - a number of things
    change = answer.location.rpartition("=")[2]
    staff.post(f"{HERE}/muutokset/{change}/peruminen")
    assert parts(app, kit.id) == [(skis.id, 1), (boots.id, 1)]


def test_a_kit_of_nothing_or_of_a_kit_is_refused(
    staff: Browser, make: Make, kinds: list[Kind]
) -> None:
    sent = {"name": "Pakkaus", "category_id": str(kinds[0].category_id)}
    assert staff.post(HERE, data=sent).status_code == 409
    kit = make.kit("Toinen", (kinds[0], 1))
    assert staff.post(HERE, data={**sent, "kind_0": str(kit.id)}).status_code == 422
    assert staff.post(HERE, data={**sent, "name": ""}).status_code == 422


def test_a_kit_taken_out_of_use_is_not_offered(
    staff: Browser, browser: Browser, make: Make, kinds: list[Kind]
) -> None:
    kit = make.kit("Pakkaus", (kinds[0], 1))
    assert "Pakkaus" in browser.get("/").text
    assert staff.post(f"{HERE}/{kit.id}/sulkeminen").status_code == 303
    assert "Pakkaus" not in browser.get("/").text
    assert "ei lainata nyt" in browser.get(f"/valineet/{kit.id}").text
    staff.post(f"{HERE}/{kit.id}/kayttoonotto")
    assert "Pakkaus" in browser.get("/").text
