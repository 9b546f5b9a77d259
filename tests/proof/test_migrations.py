"""Migrations killed after each of their statements, on the engine in use."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lainaamo.core.orm import Base
from lainaamo.upkeep import migrations
from tests import postgres
from tests.conftest import SERVER, WORKER
from tests.migrations.travelling import (
    count_statements,
    differences,
    forget_everything,
    is_whole,
    opened,
    tables,
    upgrade_and_kill,
)

pytestmark = [pytest.mark.proof, pytest.mark.timeout(3600)]


def test_an_upgrade_killed_after_any_statement_is_whole_or_not_begun_and_can_be_made_again(
    tmp_path: Path, share: Callable[[int], int], figure: Callable[[str, object], None]
) -> None:
    address = (
        postgres.create(SERVER, f"killed_{WORKER}") if SERVER else f"sqlite:///{tmp_path}/killed.db"
    )
    engine = opened(address)
    last = count_statements(address)
    steps = range(last, 0, -max(1, last // share(last)))
    killed = torn = finished = 0
    for after in steps:
        forget_everything(engine)
        killed += upgrade_and_kill(address, after=after)
        torn += not is_whole(engine)
        finished += tables(engine) == sorted(Base.metadata.tables)
        migrations.upgrade(address)
        torn += bool(differences(engine))
    figure("statements of the upgrade", last)
    figure("killed after one of them", killed)
    figure("finished all the same", finished)
    figure("half migrated, or not to be migrated again", torn)
    engine.dispose()
    assert (killed, torn) == (len(steps), 0)
