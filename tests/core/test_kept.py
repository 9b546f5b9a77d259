"""What is read once per change is never older than what somebody was told is done."""

import pytest
from sqlalchemy import func, select

from lainaamo.core.db import session, transaction
from lainaamo.core.kept import FEW, few_per_change, once_per_change
from lainaamo.core.web import Lainaamo
from lainaamo.people.models import Unit
from tests.conftest import AtOnce
from tests.strict import Browser

reads: list[int] = []


@once_per_change
def units() -> int:
    number = session.scalar(select(func.count()).select_from(Unit)) or 0
    reads.append(number)
    return number


@few_per_change
def large(number: int) -> int:
    reads.append(number)
    return number


def add(key: str) -> None:
    with transaction():
        session.add(Unit(key=key, name=key))


def test_what_did_not_change_is_read_once(app: Lainaamo) -> None:
    # PostgreSQL's version counts its other databases' changes too: one try of a few is undisturbed.
    assert any(_is_read_once(app) for _try in range(20))


def _is_read_once(app: Lainaamo) -> bool:
    reads.clear()
    for _request in range(3):
        with app.app_context():
            assert units() == 0
    return len(reads) <= 1


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
    # One try of a few is undisturbed, as above.
    assert any(_makes_room(app) for _try in range(20))


def _makes_room(app: Lainaamo) -> bool:
    with app.app_context():
        for number in range(FEW):
            large(number)
        large(0)
        large(FEW)
        reads.clear()
        large(0)
        large(1)
        return reads == [1]
