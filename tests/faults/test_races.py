"""Sixteen processes at the last pair of skis, and one form sent again and again."""

from collections import Counter
from collections.abc import Iterator

import pytest

from lainaamo.config import Settings
from lainaamo.core.web import Lainaamo
from tests.crowd import Crowd
from tests.faults.racing import RACERS, race_for_the_last_pair, send_one_form
from tests.make import Make

ROUNDS = 6


@pytest.fixture
def crowd(app: Lainaamo, settings: Settings, make: Make) -> Iterator[Crowd]:
    make.site()
    with Crowd(RACERS, settings) as crowd:
        yield crowd


def test_sixteen_want_the_last_pair_and_one_gets_it(crowd: Crowd, make: Make) -> None:
    race = race_for_the_last_pair(crowd, make, rounds=ROUNDS)
    assert race.wrong_rounds == []
    assert race.answers == Counter({303: ROUNDS, 409: ROUNDS * (RACERS - 1)})
    assert race.without_first_free_day == 0


def test_one_form_sent_many_times_is_one_reservation(crowd: Crowd, make: Make) -> None:
    places, rows = send_one_form(crowd, make, times=2 * RACERS)
    assert len(places) == 1
    assert rows == [1, 1, 1, 3]
