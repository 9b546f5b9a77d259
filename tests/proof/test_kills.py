"""A server and its worker killed two hundred times under load."""

from collections.abc import Callable

import pytest

from lainaamo.config import Settings
from lainaamo.core.web import Lainaamo
from tests.faults.killing import kill_again_and_again
from tests.make import Make

pytestmark = pytest.mark.proof


def test_two_hundred_kills_of_server_and_worker_cost_nothing_acknowledged(
    app: Lainaamo,
    make: Make,
    settings: Settings,
    share: Callable[[int], int],
    figure: Callable[[str, object], None],
) -> None:
    toll = kill_again_and_again(app, make, settings, kills=share(200))
    figure("kills", toll.kills)
    figure("processes killed", toll.processes_killed)
    for name, count in toll.acknowledged.items():
        figure(f"{name} acknowledged", count)
    figure("acknowledged and lost", sum(toll.lost.values()))
    figure("error pages", toll.error_pages)
    figure("half states", toll.half_states or 0)
    assert toll.processes_killed >= 4 * toll.kills
    assert all(toll.acknowledged.values()), toll.acknowledged
    assert not any(toll.lost.values()), toll.lost
    assert (toll.error_pages, toll.half_states) == (0, {})
