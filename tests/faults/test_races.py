"""Sixteen processes at the last pair of skis or the last chairs; one form again and again."""

from collections import Counter
from collections.abc import Iterator

import pytest

from lainaamo.config import Settings
from lainaamo.core.web import Lainaamo
from tests.crowd import Crowd
from tests.faults import claiming, queueing
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


def test_sixteen_want_three_of_twenty_chairs_and_six_get_them(crowd: Crowd, make: Make) -> None:
    race = claiming.race_for_the_last_chairs(crowd, make, rounds=ROUNDS)
    won = claiming.WINNERS
    assert race.wrong_rounds == []
    assert race.answers == Counter({303: ROUNDS * won, 409: ROUNDS * (RACERS - won)})
    assert race.wrong_refusals == []


def test_one_booking_sent_many_times_is_one_booking(crowd: Crowd, make: Make) -> None:
    places, rows = claiming.send_one_form(crowd, make, times=2 * RACERS)
    assert len(places) == 1
    assert rows == [1, 1, 2, claiming.CHAIRS - claiming.WANTED]


def test_sixteen_return_reserve_and_join_at_once_and_nobody_is_passed(
    crowd: Crowd, make: Make
) -> None:
    race = queueing.race(crowd, make, rounds=2)
    assert race.wrong == []
    assert race.answers["return: done"] == 2 * queueing.THINGS
