"""A worker killed a hundred times while it brings ten thousand things in."""

import random
from collections.abc import Callable

import pytest

from lainaamo.config import Settings
from lainaamo.core.web import Lainaamo
from tests.faults import importing
from tests.make import Make

pytestmark = [pytest.mark.proof, pytest.mark.timeout(4 * 3600)]
THINGS = 10_000


def test_a_hundred_kills_in_the_middle_of_an_import_leave_nothing_half(
    app: Lainaamo,
    make: Make,
    settings: Settings,
    share: Callable[[int], int],
    figure: Callable[[str, object], None],
) -> None:
    dice = random.Random(1810)  # noqa: S311 - dice
    upload_id = importing.asked_list(app, make, things=THINGS)
    toll, done = importing.Toll(), 0
    for _ in range(share(100)):
        step = dice.choice((None, 0, 2_000, 4_000, 6_000, 8_000))

        def is_there(step: int | None = step, upload_id: int = upload_id) -> bool:
            if step is None:
                return importing.is_in_hand(app)
            return importing.has_come(app, upload_id, step)

        toll.kills += 1
        toll.before_its_end += importing.kill_when(settings, is_there, after_s=dice.uniform(0, 0.4))
        now = importing.found(app)
        if now == importing.whole(THINGS, done + 1):  # the kill came after the end
            done += 1
            upload_id = importing.asked_list(app, make, things=THINGS, number=done)
        elif now != importing.whole(THINGS, done):
            toll.halves.append(now)
        importing.let_time_pass(app, upload_id)
    importing.work(settings)
    figure("kills", toll.kills)
    figure("before the end of the import", toll.before_its_end)
    figure("half imports", len(toll.halves))
    assert toll.halves == []
    assert importing.found(app) == importing.whole(THINGS, done + 1)
    assert importing.same_list_again(app, things=THINGS, number=done) == {"already"}
