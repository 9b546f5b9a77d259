"""Backups taken under load, each made a house again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lainaamo.config import Settings
from lainaamo.core.web import Lainaamo
from tests.conftest import NewDatabase
from tests.faults.keeping import AppWith, bring_back, take_under_load
from tests.make import Make

pytestmark = pytest.mark.proof


def test_twenty_backups_taken_under_load_lack_nothing_acknowledged(
    app: Lainaamo,
    make: Make,
    settings: Settings,
    tmp_path: Path,
    new_database: NewDatabase,
    app_with: AppWith,
    share: Callable[[int], int],
    figure: Callable[[str, object], None],
) -> None:
    taken = take_under_load(app, make, settings, tmp_path, times=share(20))
    other = app_with(Settings(instance=str(tmp_path / "other"), database_url=new_database("other")))
    tolls = [bring_back(other, backup) for backup in taken]
    figure("backups", len(tolls))
    figure("slowest backup, s", round(max(backup.seconds for backup in taken), 1))
    figure("acknowledged before the last", sum(tolls[-1].acknowledged.values()))
    figure("acknowledged and lost", sum(sum(toll.lost.values()) for toll in tolls))
    assert not any(any(toll.lost.values()) for toll in tolls)
    assert all(toll.half_states == {} for toll in tolls)
