"""Two machines that serve, a primary that dies under load, a standby that takes over."""

import contextlib
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import pytest

from lainaamo.config import Settings
from lainaamo.core import journal
from lainaamo.core.db import db
from lainaamo.core.web import Lainaamo
from lainaamo.upkeep import migrations
from tests import postgres
from tests.faults.halves import half_states
from tests.faults.killing import Toll, clients_of, compare, serving
from tests.faults.load import Load, Told
from tests.make import Make

pytestmark = [
    pytest.mark.proof,
    pytest.mark.only_on("PostgreSQL"),
]
AppWith = Callable[[Settings], Lainaamo]
Figure = Callable[[str, object], None]
BEFORE_S, LONGEST_GAP_S, AFTER_S = 6, 60, 6


def test_a_killed_primary_costs_two_nodes_nothing_acknowledged(
    settings: Settings, app_with: AppWith, share: Callable[[int], int], figure: Figure
) -> None:
    tolls, gaps = [], []
    for _ in range(share(5)):
        toll, gap = lose_the_primary(settings, app_with)
        tolls.append(toll)
        gaps.append(gap)
    figure("primaries killed", len(tolls))
    figure("acknowledged", sum(sum(toll.acknowledged.values()) for toll in tolls))
    figure("acknowledged and lost", sum(sum(toll.lost.values()) for toll in tolls))
    figure("half states", sum(len(toll.half_states) for toll in tolls))
    figure("longest gap in writing, s", round(max(gaps), 1))
    for toll in tolls:
        assert all(toll.acknowledged.values()), toll.acknowledged
        assert not any(toll.lost.values()), toll.lost
        assert toll.half_states == {}


def lose_the_primary(settings: Settings, app_with: AppWith) -> tuple[Toll, float]:
    """Serve on two nodes, kill the primary, promote the standby; return the toll and the gap."""
    with postgres.replicated() as (primary, standby):
        hosts = "&".join(f"host=127.0.0.1:{node.port}" for node in (primary, standby))
        address = f"postgresql+psycopg://postgres@/postgres?{hosts}&target_session_attrs=read-write"
        migrations.upgrade(address)
        # What one machine has of its own, the other has not: only the secret is the same.
        nodes = [
            replace(settings, instance=f"{settings.instance}-{n}", database_url=address)
            for n in range(2)
        ]
        app, toll, told = app_with(nodes[0]), Toll(), Told()
        clients = clients_of(Make(app), told)
        with (
            contextlib.closing(Load(clients)) as load,
            serving(nodes[0], toll) as first,
            serving(nodes[1], toll) as second,
        ):
            load.start(first)
            for client in clients[::2]:
                client.wire.port = second
            _wait_for_more(told, than=Told())
            time.sleep(BEFORE_S)
            acknowledged, died_at = deepcopy(told), time.monotonic()
            primary.kill()
            standby.promote()
            _wait_for_more(told, than=acknowledged)
            gap = time.monotonic() - died_at
            time.sleep(AFTER_S)
        with app.app_context():
            db.engine.dispose()  # what it held open led to the dead one
            compare(toll, told)
            toll.half_states = half_states()
            assert journal.verify().first_bad is None
        return toll, gap


def _wait_for_more(told: Told, *, than: Told) -> None:
    """Wait until something of each sort was acknowledged that was not before."""
    ends = time.monotonic() + LONGEST_GAP_S
    while time.monotonic() < ends:
        sorts = ("reservations", "hand_outs", "returns")
        if all(len(getattr(told, sort)) > len(getattr(than, sort)) for sort in sorts):
            return
        time.sleep(0.02)
    raise AssertionError("nobody was served any more")
