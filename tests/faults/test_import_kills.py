"""A worker killed while it brings a list in: nothing of the list is there, and then all of it."""

from collections.abc import Callable

import pytest

from lainaamo.config import Settings
from lainaamo.core.web import Lainaamo
from tests.faults import importing
from tests.make import Make

THINGS = 2_500  # two steps of the bar; the proof kills longer lists, oftener
POINTS: dict[str, Callable[[Lainaamo, int], bool]] = {
    "taken in hand": lambda app, _id: importing.is_in_hand(app),
    "most has come": lambda app, upload_id: importing.has_come(app, upload_id, 2_000),
}


@pytest.mark.timeout(400)
def test_a_list_whose_worker_is_killed_again_and_again_comes_in_whole_and_once(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    upload_id = importing.asked_list(app, make, things=THINGS)
    before = importing.found(app)
    assert set(before.values()) == {0}
    for name, has_come in POINTS.items():
        died = importing.kill_when(settings, lambda at=has_come: at(app, upload_id))  # type: ignore[misc]
        assert died, f"the worker was done before: {name}"
        assert importing.found(app) == before, name
        importing.let_time_pass(app, upload_id)
    importing.work(settings)
    assert importing.found(app) == importing.whole(THINGS)
    assert importing.same_list_again(app, things=THINGS) == {"already"}
