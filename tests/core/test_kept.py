"""What is read once per change is never older than what somebody was told is done."""

import pytest
from sqlalchemy import func, select, text

from lainaamo.core.db import hold_name, session, transaction
from lainaamo.core.kept import FEW, few_per_change, once_per_change
from lainaamo.core.orm import Area
from lainaamo.core.web import Lainaamo
from lainaamo.people.models import Unit
from tests.conftest import AtOnce
from tests.make import Make
from tests.strict import Browser

reads: list[int] = []


@once_per_change(Area.PEOPLE)
def units() -> int:
    number = session.scalar(select(func.count()).select_from(Unit)) or 0
    reads.append(number)
    return number


@few_per_change(Area.PEOPLE)
def large(number: int) -> int:
    reads.append(number)
    return number


@once_per_change(Area.HOUSE)
def too_little() -> int:
    return units()


def add(key: str) -> None:
    with transaction():
        session.add(Unit(key=key, name=key))


def test_what_did_not_change_is_read_once(app: Lainaamo) -> None:
    reads.clear()
    for _request in range(3):
        with app.app_context():
            assert units() == 0
    assert reads == [0]


def test_what_is_kept_of_one_area_outlives_the_changes_of_another(
    app: Lainaamo, make: Make
) -> None:
    with app.app_context():
        assert units() == 0
    reads.clear()
    make.item()
    with app.app_context():
        assert units() == 0
    assert reads == []


def test_what_reads_what_is_kept_of_another_area_must_name_it(app: Lainaamo) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="name it"):
        too_little()


def test_a_change_is_seen_by_the_next_request_whoever_made_it(app: Lainaamo) -> None:
    for number in range(1, 4):
        with app.app_context():
            add(f"unit {number}")
        with app.app_context():
            assert units() == number


def test_a_change_of_another_thread_is_seen_at_once(app: Lainaamo, at_once: AtOnce) -> None:
    with app.app_context():
        assert units() == 0

    def one(browser: Browser) -> int:
        with app.app_context():
            add(f"unit {browser.number}")
        with app.app_context():
            return units()

    seen = at_once(8, one)
    assert max(seen) == 8
    assert min(seen) >= 1
    with app.app_context():
        assert units() == 8


def add_and_raise() -> None:
    with transaction():
        session.add(Unit(key="a", name="A"))
        session.flush()
        assert units() == 1
        raise LookupError


def test_what_was_rolled_back_is_never_kept(app: Lainaamo) -> None:
    with app.app_context(), pytest.raises(LookupError):
        add_and_raise()
    with app.app_context():
        assert units() == 0


def test_within_a_transaction_everything_is_read_afresh(app: Lainaamo) -> None:
    with app.app_context(), transaction():
        for number in (1, 2):
            session.add(Unit(key=str(number), name="A"))
            session.flush()
            assert units() == number


def test_what_was_asked_last_is_kept_and_the_rest_makes_room(app: Lainaamo) -> None:
    with app.app_context():
        for number in range(FEW):
            large(number)
        large(0)
        large(FEW)
        reads.clear()
        large(0)
        large(1)
        assert reads == [1]


def test_a_transaction_asks_again_only_for_what_has_changed(app: Lainaamo, make: Make) -> None:
    with app.app_context():
        assert units() == 0
        reads.clear()
        with transaction():
            assert units() == units() == 0
            assert reads == []
            session.add(Unit(key="a", name="A"))
            assert units() == units() == 1
        assert reads == [1, 1]
    make.item()
    with app.app_context(), transaction():
        assert units() == 1
        session.execute(text("DELETE FROM unit"))
        assert units() == 0


def test_what_another_did_meanwhile_is_seen_in_the_midst_of_a_transaction(
    app: Lainaamo, at_once: AtOnce
) -> None:
    with app.app_context():
        assert units() == 0

    def one(browser: Browser) -> int:
        with app.app_context(), transaction():
            hold_name("units")
            before = units()
            session.add(Unit(key=str(browser.number), name="A"))
            return before

    assert sorted(at_once(6, one)) == list(range(6))
