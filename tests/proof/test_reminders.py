"""Ten thousand open loans, two thousand people in line: the night, and the morning's messages."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from lainaamo.config import Settings
from lainaamo.core.web import Lainaamo
from tests.faults.reminding import fill, night_and_morning
from tests.letterbox import standing_letterbox
from tests.make import Make

pytestmark = pytest.mark.proof
LONGEST_NIGHT_S = 600


@pytest.mark.timeout(3600)
def test_a_night_of_ten_thousand_loans_reminds_everybody_once_and_takes_minutes(
    app: Lainaamo,
    make: Make,
    settings: Settings,
    share: Callable[[int], int],
    figure: Callable[[str, object], None],
) -> None:
    fill(app, make, loans=share(10_000), waits=share(2_000))
    with standing_letterbox() as letterbox:
        settings = replace(settings, smtp_url=letterbox.address)
        told = night_and_morning(app, settings, letterbox, kills=5)
    for part, seconds in told.seconds.items():
        figure(f"{part}, seconds, five kills included", seconds)
    figure("kills", told.kills)
    figure("people to remind", told.expected)
    figure("people reminded", told.people)
    figure("the same message sent again after a kill", told.sent_twice)
    figure("people told twice", told.other_message_twice)
    assert told.people == told.expected
    assert (told.other_message_twice, told.waiting) == (0, 0)
    assert told.sent_twice <= told.kills
    assert max(told.seconds.values()) < LONGEST_NIGHT_S
