"""How often one may try: exactly so often, whoever serves and whatever fails."""

from datetime import timedelta

import pytest
from sqlalchemy import inspect

from lainaamo.config import Settings
from lainaamo.core import clock, limits
from lainaamo.core.db import db, is_sqlite, session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.limits import count_try, forget_old
from lainaamo.core.web import Lainaamo
from lainaamo.people.models import Unit
from tests.crowd import Crowd

WITHIN = timedelta(minutes=15)


def try_often(app: Lainaamo, times: int) -> int:
    """Return how many of the tries were let through."""
    passed = 0
    with app.app_context():
        for _ in range(times):
            try:
                count_try("sign-in", "aino", most=10, within=WITHIN)
            except Refusal:
                continue
            passed += 1
    return passed


def test_four_processes_let_exactly_ten_through(app: Lainaamo, settings: Settings) -> None:
    with Crowd(4, settings) as crowd:
        assert sum(crowd.do(try_often, 10, 10, 10, 10)) == 10


def test_a_restart_does_not_forget_the_count(app: Lainaamo, settings: Settings) -> None:
    for expected in (6, 4, 0):
        with Crowd(1, settings) as crowd:
            assert crowd.do(try_often, 6) == [expected]


def test_the_eleventh_is_told_how_long_to_wait(app: Lainaamo) -> None:
    assert try_often(app, 10) == 10
    with app.app_context(), pytest.raises(Refusal) as refused:
        count_try("sign-in", "aino", most=10, within=WITHIN)
    assert (refused.value.code, refused.value.params) == ("too_many_tries", {"minutes": 16})


def test_after_the_window_one_may_try_again(app: Lainaamo) -> None:
    try_often(app, 11)
    with clock.at(clock.now() + WITHIN):
        assert try_often(app, 11) == 10


def test_others_are_not_punished(app: Lainaamo) -> None:
    try_often(app, 11)
    with app.app_context():
        count_try("sign-in", "bertta", most=10, within=WITHIN)
        count_try("pin", "aino", most=10, within=WITHIN)


def try_inside_a_change_that_fails() -> None:
    with transaction():
        session.add(Unit(key="a", name="A"))
        session.flush()
        count_try("sign-in", "aino", most=10, within=WITHIN)
        raise LookupError


def test_the_count_outlives_a_change_that_was_taken_back(app: Lainaamo) -> None:
    for _ in range(10):
        with app.app_context(), pytest.raises(LookupError):
            try_inside_a_change_that_fails()
    assert try_often(app, 1) == 0


def test_counts_of_windows_that_are_over_are_forgotten(app: Lainaamo) -> None:
    try_often(app, 3)
    with app.app_context(), clock.at(clock.now() + 2 * WITHIN):
        forget_old()
        with limits.engine().connect() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM attempt").scalar() == 0


def test_who_tried_is_not_readable_in_the_table(app: Lainaamo) -> None:
    try_often(app, 1)
    with app.app_context(), limits.engine().connect() as connection:
        (what,) = connection.exec_driver_sql("SELECT what FROM attempt").scalars()
        assert "aino" not in what


def test_on_sqlite_the_counts_have_a_file_of_their_own(app: Lainaamo) -> None:
    with app.app_context():
        side, main = limits.engine(), db.engine
        assert (side.url == main.url) is not is_sqlite(main)
        try_often(app, 1)
        assert inspect(side).has_table("attempt")
