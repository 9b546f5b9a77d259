"""A backup is taken while people work: what was acknowledged before it is in it, whole."""

from pathlib import Path

from lainaamo.config import Settings
from lainaamo.core.web import Lainaamo
from tests.conftest import NewDatabase
from tests.faults.keeping import AppWith, bring_back, take_under_load
from tests.make import Make


def test_a_house_made_of_a_backup_taken_under_load_lacks_nothing_acknowledged(
    app: Lainaamo,
    make: Make,
    settings: Settings,
    tmp_path: Path,
    new_database: NewDatabase,
    app_with: AppWith,
) -> None:
    taken = take_under_load(app, make, settings, tmp_path, times=2)
    other = app_with(Settings(instance=str(tmp_path / "other"), database_url=new_database("other")))
    for backup in taken:
        toll = bring_back(other, backup)
        assert all(toll.acknowledged.values()), toll.acknowledged
        assert not any(toll.lost.values()), toll.lost
        assert toll.half_states == {}
