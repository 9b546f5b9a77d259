"""What was promised with a change is done after it: never lost, never for nothing."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lainaamo.core import clock, outbox
from lainaamo.core.db import session, transaction
from lainaamo.core.outbox import LEASE, LONGEST_PAUSE, TRIES, Handler, Message, deliver, promise
from lainaamo.core.web import Lainaamo
from tests.conftest import AtOnce
from tests.strict import Browser


class Killed(BaseException):
    """Stands for kill -9: nothing after it runs but the database's own clean-up."""


@pytest.fixture
def promised(app: Lainaamo) -> None:
    with app.app_context(), transaction():
        promise("mail", "loan-1", loan=1)


def message() -> Message:
    return session.scalars(select(Message)).one()


def works(*, into: list[tuple[dict[str, Any], str]]) -> Mapping[str, Handler]:
    return {"mail": lambda payload, message_id: into.append((payload, message_id))}


def fails(_payload: dict[str, Any], _message_id: str) -> None:
    raise ConnectionError


def is_killed(_payload: dict[str, Any], _message_id: str) -> None:
    raise Killed


@pytest.mark.usefixtures("promised")
def test_a_message_is_done_once(app: Lainaamo) -> None:
    sent: list[tuple[dict[str, Any], str]] = []
    with app.app_context():
        assert [deliver(works(into=sent)) for _ in range(3)] == [1, 0, 0]
        assert message().done_at == clock.now()
    assert [payload for payload, _ in sent] == [{"loan": 1}]


def test_the_same_promise_twice_is_one(app: Lainaamo) -> None:
    with app.app_context():
        new = []
        for _ in range(3):
            with transaction():
                new.append(promise("mail", "loan-1", loan=1))
        assert new == [True, False, False]
        assert deliver(works(into=[])) == 1


def promise_and_fail() -> None:
    with transaction():
        promise("mail", "loan-1", loan=1)
        raise LookupError


def test_a_promise_goes_with_the_change_that_was_taken_back(app: Lainaamo) -> None:
    with app.app_context():
        with pytest.raises(LookupError):
            promise_and_fail()
        assert deliver(works(into=[])) == 0


@pytest.mark.usefixtures("promised")
def test_a_worker_killed_in_the_middle_leaves_it_to_the_next_with_the_same_id(
    app: Lainaamo,
) -> None:
    sent: list[tuple[dict[str, Any], str]] = []
    with app.app_context(), pytest.raises(Killed):
        deliver({"mail": is_killed})
    with app.app_context():
        first = f"lainaamo-{message().id}"
        assert deliver(works(into=sent)) == 0, "the killed worker's lease still runs"
    with app.app_context(), clock.at(clock.now() + LEASE + timedelta(seconds=1)):
        assert deliver(works(into=sent)) == 1
    assert [message_id for _, message_id in sent] == [first]


@pytest.mark.usefixtures("promised")
def test_what_fails_is_tried_again_later_and_later_and_then_waits_for_a_person(
    app: Lainaamo,
) -> None:
    pauses, moment = [], clock.now()
    for _ in range(TRIES):
        with app.app_context(), clock.at(moment):
            assert deliver({"mail": fails}) == 1
            assert deliver({"mail": fails}) == 0, "not before its time"
            row = message()
            pauses.append(row.due_at - moment)
            moment = row.due_at
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(seconds=30), LONGEST_PAUSE)
    with app.app_context(), clock.at(moment + timedelta(days=9)):
        assert deliver(works(into=[])) == 0
        assert (message().dead_at is not None, message().last_error) == (True, "ConnectionError")


@pytest.mark.usefixtures("promised")
def test_what_became_needless_is_dropped(app: Lainaamo) -> None:
    with app.app_context():
        assert deliver({"mail": lambda _payload, _message_id: False}) == 1
        assert (message().dropped_at, message().done_at) == (clock.now(), None)
        assert deliver(works(into=[])) == 0


def test_what_nobody_knows_how_to_do_stops_nothing_else(app: Lainaamo) -> None:
    sent: list[tuple[dict[str, Any], str]] = []
    with app.app_context():
        with transaction():
            promise("pigeon", "1")
            promise("mail", "2")
        assert deliver(works(into=sent)) == 2
        assert len(sent) == 1


def test_a_message_for_later_waits(app: Lainaamo) -> None:
    later = clock.now() + timedelta(hours=5)
    with app.app_context():
        with transaction():
            promise("mail", "1", due_at=later)
        assert deliver(works(into=[])) == 0
        with clock.at(later):
            assert deliver(works(into=[])) == 1


def test_what_a_failed_handler_wrote_is_not_kept(app: Lainaamo) -> None:
    def writes_and_fails(_payload: dict[str, Any], _message_id: str) -> None:
        promise("mail", "from the handler")
        raise ConnectionError

    with app.app_context():
        with transaction():
            promise("mail", "1")
        deliver({"mail": writes_and_fails})
        assert [row.dedup for row in session.scalars(select(Message))] == ["mail:1"]


def test_four_workers_never_do_the_same_message(app: Lainaamo, at_once: AtOnce) -> None:
    with app.app_context(), transaction():
        for number in range(40):
            promise("mail", str(number))
    sent: list[tuple[dict[str, Any], str]] = []

    def work(_browser: Browser) -> int:
        with app.app_context():
            return deliver(works(into=sent))

    assert sum(at_once(4, work)) == 40
    assert set(Counter(message_id for _, message_id in sent).values()) == {1}
    assert len(sent) == 40


def test_an_id_is_part_of_no_other(app: Lainaamo) -> None:
    with app.app_context(), transaction():
        assert outbox.promise("mail", "1")
        assert outbox.promise("letter", "1")
