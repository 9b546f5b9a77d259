"""Duties that come round: in time, once, and each for itself."""

from datetime import datetime, timedelta

import pytest

from lainaamo.core import clock
from lainaamo.core.clockwork import LEASE, Round, run
from lainaamo.core.web import Lainaamo
from tests.conftest import AtOnce
from tests.strict import Browser


def helsinki(day: int, hour: int, *, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=clock.HELSINKI)


@pytest.fixture
def done() -> list[str]:
    return []


def fail() -> None:
    raise ConnectionError


def test_a_duty_comes_round_in_its_time(app: Lainaamo, done: list[str]) -> None:
    rounds = [Round("seal", lambda: done.append("seal"), timedelta(minutes=1))]
    with app.app_context():
        for seconds in (0, 30, 60, 90, 125):
            with clock.at(helsinki(2, 11) + timedelta(seconds=seconds)):
                run(rounds)
    assert len(done) == 3


def test_the_nightly_duty_is_done_once_a_local_day_after_three(
    app: Lainaamo, done: list[str]
) -> None:
    rounds = [Round("nightly", lambda: done.append("nightly"))]
    moments = {
        helsinki(2, 11): 1,  # never done before: at once
        helsinki(3, 1): 0,  # still yesterday's night
        helsinki(3, 2): 0,
        helsinki(3, 3): 1,
        helsinki(3, 23): 0,
        helsinki(4, 3): 1,
        helsinki(9, 12): 1,  # the server slept: one catching up is enough
    }
    with app.app_context():
        for moment, expected in moments.items():
            with clock.at(moment):
                assert run(rounds) == expected, moment


@pytest.mark.parametrize(("month", "day"), [(3, 29), (10, 25)])
def test_the_nightly_duty_is_done_once_when_the_clock_changes(
    app: Lainaamo, month: int, day: int
) -> None:
    times: list[datetime] = []
    rounds = [Round("nightly", lambda: times.append(clock.now()))]
    start = helsinki(day - 1, 12, month=month)
    with app.app_context():
        for hours in range(49):
            with clock.at(start + timedelta(hours=hours)):
                run(rounds)
    days = [clock.local(moment).date() for moment in times]
    assert len(days) == len(set(days)) == 3


def test_a_duty_that_fails_stops_no_other_and_is_tried_again(
    app: Lainaamo, done: list[str]
) -> None:
    minute = timedelta(minutes=1)
    rounds = [Round("bad", fail, minute), Round("good", lambda: done.append("good"), minute)]
    with app.app_context():
        assert run(rounds) == 1
        rounds[0] = Round("bad", lambda: done.append("bad"), minute)
        assert run(rounds) == 1
    assert done == ["good", "bad"]


def test_of_two_workers_one_does_it(app: Lainaamo, at_once: AtOnce, done: list[str]) -> None:
    def work(_browser: Browser) -> int:
        with app.app_context():
            return run([Round("nightly", lambda: done.append("nightly"))])

    assert sorted(at_once(4, work)) == [0, 0, 0, 1]
    assert done == ["nightly"]


def die() -> None:
    raise SystemExit


def test_a_duty_whose_worker_died_is_taken_over_when_its_lease_is_over(
    app: Lainaamo, done: list[str]
) -> None:
    rounds = [Round("nightly", lambda: done.append("nightly"))]
    with app.app_context(), pytest.raises(SystemExit):
        run([Round("nightly", die)])
    with app.app_context():
        assert run(rounds) == 0
        with clock.at(clock.now() + LEASE + timedelta(seconds=1)):
            assert run(rounds) == 1
