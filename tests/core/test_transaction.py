"""Everything or nothing: the one transaction."""

from contextlib import suppress

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lainaamo.core.db import broken_constraint, insert_once, session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.people.models import Unit


def units() -> int:
    return session.scalar(select(func.count()).select_from(Unit)) or 0


def add_a_unit_and_raise(error: type[BaseException]) -> None:
    with transaction():
        session.add(Unit(key="a", name="A"))
        session.flush()
        raise error


def test_what_is_done_inside_is_kept(app: Lainaamo) -> None:
    with app.app_context():
        with transaction():
            session.add(Unit(key="a", name="A"))
        session.remove()
        assert units() == 1


def test_an_error_leaves_nothing_behind(app: Lainaamo) -> None:
    with app.app_context():
        with pytest.raises(LookupError):
            add_a_unit_and_raise(LookupError)
        assert units() == 0


def test_an_interrupt_leaves_nothing_behind(app: Lainaamo) -> None:
    with app.app_context():
        with pytest.raises(KeyboardInterrupt):
            add_a_unit_and_raise(KeyboardInterrupt)
        assert units() == 0


def test_a_transaction_inside_another_is_refused_and_takes_nothing_with_it(app: Lainaamo) -> None:
    with app.app_context():
        with transaction():
            session.add(Unit(key="a", name="A"))
            with pytest.raises(RuntimeError, match="open already"), transaction():
                pass
        assert units() == 1


def test_what_was_written_before_it_is_not_kept_with_it(app: Lainaamo) -> None:
    with app.app_context():
        session.add(Unit(key="stray", name="Stray"))
        with suppress(RuntimeError):  # PostgreSQL would keep it, so there it is refused
            session.flush()
        with transaction():
            session.add(Unit(key="a", name="A"))
        assert session.scalars(select(Unit.key)).all() == ["a"]


def test_a_read_before_it_does_not_spoil_its_lock(app: Lainaamo) -> None:
    """A deferred SQLite transaction that reads first may never write after another's write."""
    with app.app_context():
        assert units() == 0
        with app.app_context(), transaction():
            session.add(Unit(key="other", name="Other"))
        with transaction():
            session.add(Unit(key="a", name="A"))
        assert units() == 2


def test_after_a_failure_the_next_one_works(app: Lainaamo) -> None:
    with app.app_context():
        with pytest.raises(IntegrityError), transaction():
            session.add_all([Unit(key="a", name="A"), Unit(key="a", name="B")])
        with transaction():
            session.add(Unit(key="a", name="A"))
        assert units() == 1


def test_a_broken_key_is_known_by_its_name_on_either_engine(app: Lainaamo) -> None:
    with app.app_context():
        with pytest.raises(IntegrityError) as broken, transaction():
            session.add_all([Unit(key="a", name="A"), Unit(key="a", name="B")])
        assert broken_constraint(broken.value) == "uq_unit_key"


def test_a_row_is_added_once_however_often_it_is_asked_for(app: Lainaamo) -> None:
    with app.app_context():
        with transaction():
            added = [insert_once(Unit, key="a", name="A") for _ in range(3)]
        assert added == [True, False, False]
        assert units() == 1
