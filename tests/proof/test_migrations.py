"""Migrations killed at random moments, on the engine in use."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from lainaamo.core.orm import Base
from lainaamo.upkeep import migrations
from tests import postgres
from tests.conftest import SERVER, WORKER
from tests.migrations.travelling import (
    differences,
    forget_everything,
    is_whole,
    opened,
    tables,
    upgrade_and_kill,
    upgrade_apart,
)

pytestmark = pytest.mark.proof
START_UPS = 3


def test_an_upgrade_killed_at_any_moment_is_whole_or_not_begun_and_can_be_made_again(
    tmp_path: Path, share: Callable[[int], int], figure: Callable[[str, object], None]
) -> None:
    address = (
        postgres.create(SERVER, f"killed_{WORKER}") if SERVER else f"sqlite:///{tmp_path}/killed.db"
    )
    engine, dice = opened(address), random.Random(7105)  # noqa: S311 - dice
    kills, torn, finished, not_begun = share(200), 0, 0, 0
    begins, whole = _timing(address)
    for _ in range(kills):
        forget_everything(engine)
        upgrade_and_kill(address, after_s=dice.uniform(begins * 0.8, whole * 1.2))
        torn += not is_whole(engine)
        finished += tables(engine) == sorted(Base.metadata.tables)
        not_begun += tables(engine) == []
        migrations.upgrade(address)
        torn += bool(differences(engine))
    figure("kills", kills)
    figure("left as they were before", not_begun)
    figure("finished before the kill", finished)
    figure("half migrated, or not to be migrated again", torn)
    engine.dispose()
    assert torn == 0


def _timing(address: str) -> tuple[float, float]:
    """Return how many seconds pass before a migration begins, and how many it all takes."""
    whole = upgrade_apart(address)
    return min(upgrade_apart(address) for _ in range(START_UPS)), whole
