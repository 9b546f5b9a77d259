"""Server and worker killed under load: what was acknowledged is there, and nothing is half."""

from lainaamo.config import Settings
from lainaamo.core.web import Lainaamo
from tests.faults.killing import kill_again_and_again
from tests.make import Make


def test_three_kills_cost_nothing_that_was_acknowledged(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    toll = kill_again_and_again(app, make, settings, kills=3)
    assert toll.processes_killed >= 3 * 4, "command, server, its worker process, our worker"
    assert all(toll.acknowledged.values()), toll.acknowledged
    assert not any(toll.lost.values()), toll.lost
    assert (toll.error_pages, toll.half_states) == (0, {})
