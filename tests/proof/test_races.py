"""A thousand races of sixteen processes for the last skis or chairs; one form a hundred times."""

from collections import Counter
from collections.abc import Callable

import pytest

from lainaamo.config import Settings
from lainaamo.core.web import Lainaamo
from tests.crowd import Crowd
from tests.faults import claiming, queueing
from tests.faults.racing import RACERS, race_for_the_last_pair, send_one_form
from tests.make import Make

pytestmark = pytest.mark.proof


def test_of_sixteen_processes_at_the_last_pair_one_gets_it_a_thousand_times(
    app: Lainaamo,
    settings: Settings,
    make: Make,
    share: Callable[[int], int],
    figure: Callable[[str, object], None],
) -> None:
    rounds = share(1000)
    make.site()
    with Crowd(RACERS, settings) as crowd:
        race = race_for_the_last_pair(crowd, make, rounds=rounds)
    figure("rounds", rounds)
    figure("reserved (303)", race.answers[303])
    figure("refused (409)", race.answers[409])
    figure("other answers", race.answers.total() - race.answers[303] - race.answers[409])
    figure("refusals without the first free day", race.without_first_free_day)
    figure("rounds with a second promise or none", len(race.wrong_rounds))
    assert race.wrong_rounds == []
    assert race.answers == Counter({303: rounds, 409: rounds * (RACERS - 1)})
    assert race.without_first_free_day == 0


def test_one_form_a_hundred_times_is_one_reservation(
    app: Lainaamo, settings: Settings, make: Make, figure: Callable[[str, object], None]
) -> None:
    make.site()
    with Crowd(10, settings) as crowd:
        places, rows = send_one_form(crowd, make, times=100)
    figure("answers that differ", len(places) - 1)
    figure("reservations, journal lines, messages, days", rows)
    assert len(places) == 1
    assert rows == [1, 1, 1, 3]


def test_of_sixteen_processes_at_twenty_chairs_six_get_three_each_a_thousand_times(
    app: Lainaamo,
    settings: Settings,
    make: Make,
    share: Callable[[int], int],
    figure: Callable[[str, object], None],
) -> None:
    rounds, won = share(1000), claiming.WINNERS
    make.site()
    with Crowd(RACERS, settings) as crowd:
        race = claiming.race_for_the_last_chairs(crowd, make, rounds=rounds)
    figure("rounds", rounds)
    figure("booked (303)", race.answers[303])
    figure("refused (409)", race.answers[409])
    figure("other answers", race.answers.total() - race.answers[303] - race.answers[409])
    figure("refusals that do not tell what is left", len(race.wrong_refusals))
    figure("rounds with more or fewer booked than there is", len(race.wrong_rounds))
    assert race.wrong_rounds == []
    assert race.answers == Counter({303: rounds * won, 409: rounds * (RACERS - won)})
    assert race.wrong_refusals == []


def test_one_booking_a_hundred_times_is_one_booking(
    app: Lainaamo, settings: Settings, make: Make, figure: Callable[[str, object], None]
) -> None:
    make.site()
    with Crowd(10, settings) as crowd:
        places, rows = claiming.send_one_form(crowd, make, times=100)
    figure("answers that differ", len(places) - 1)
    figure("bookings, journal lines, messages, chairs left", rows)
    assert len(places) == 1
    assert rows == [1, 1, 2, claiming.CHAIRS - claiming.WANTED]


def test_of_sixteen_processes_at_a_line_none_passes_another_three_hundred_times(
    app: Lainaamo,
    settings: Settings,
    make: Make,
    share: Callable[[int], int],
    figure: Callable[[str, object], None],
) -> None:
    rounds = share(300)
    make.site()
    with Crowd(RACERS, settings) as crowd:
        race = queueing.race(crowd, make, rounds=rounds)
    figure("rounds", rounds)
    for answer, count in sorted(race.answers.items()):
        figure(answer, count)
    figure("passed, idle, told twice, without a thing", len(race.wrong))
    assert race.wrong == []
