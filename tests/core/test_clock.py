"""The time in Helsinki."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import StatementError

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.people.models import Person
from tests.make import Make


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 1, 21, 59, tzinfo=UTC), date(2026, 3, 1)),
        (datetime(2026, 3, 1, 22, 0, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 6, 30, 20, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 21, 0, tzinfo=UTC), date(2026, 7, 1)),
    ],
)
def test_a_day_begins_at_midnight_in_helsinki(moment: datetime, day: date) -> None:
    with clock.at(moment):
        assert clock.today() == day


def test_the_clock_goes_on_after_it_was_stopped() -> None:
    before = clock.now()
    with clock.at(before + timedelta(days=400)):
        assert clock.now() == before + timedelta(days=400)
    assert clock.now() == before


def test_a_moment_is_read_as_it_was_written(app: Lainaamo, make: Make) -> None:
    moment = datetime(2026, 3, 29, 4, 30, 0, 123456, tzinfo=clock.HELSINKI)
    with clock.at(moment):
        person = make.person()
    assert person.made_at == moment
    assert person.made_at.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(app: Lainaamo) -> None:
    naive = datetime(2026, 3, 2)  # noqa: DTZ001 - the mistake itself
    with app.app_context(), pytest.raises(StatementError, match="naive"), transaction():
        session.add(Person(first_name="Aino", made_at=naive))
