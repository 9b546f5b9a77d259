"""Changes are counted by the database, whoever makes them, in the transaction that makes them."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import (
    Connection,
    Engine,
    Executable,
    create_engine,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from lainaamo.core import changes
from lainaamo.core.changes import ChangeCount
from lainaamo.core.db import db, is_sqlite, session, transaction
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area, Base
from lainaamo.core.outbox import Message
from lainaamo.core.web import Lainaamo
from lainaamo.people.models import Unit
from tests.conftest import AtOnce, SignedIn
from tests.strict import Browser

WRITERS, ROUNDS = 8, 12
UNIT = Base.metadata.tables["unit"]


@pytest.fixture
def others(app: Lainaamo) -> Iterator[Engine]:
    """Return another program's way to the same database, which knows nothing of ours."""
    engine = create_engine(app.config["SETTINGS"].database_url)
    yield engine
    engine.dispose()


def number(connection: Connection, area: Area = Area.PEOPLE) -> int:
    return changes.numbers(connection)[area]


def add(connection: Connection, key: str) -> None:
    connection.execute(insert(UNIT).values(key=key, name=key))


@once_per_change(Area.PEOPLE)
def units() -> int:
    return session.scalar(select(func.count()).select_from(Unit)) or 0


def test_every_kind_of_writing_is_counted(others: Engine) -> None:
    writings: list[Executable] = [
        insert(UNIT).values([{"key": "a", "name": "A"}, {"key": "b", "name": "B"}]),
        update(UNIT).values(name="C"),
        text("UPDATE unit SET name = 'D' WHERE key = 'a'"),
        delete(UNIT).where(UNIT.c.key == "b"),
        text("DELETE FROM unit"),
    ]
    for writing in writings:
        with others.connect() as connection:
            before = number(connection)
        with others.begin() as connection:
            connection.execute(writing)
        with others.connect() as connection:
            assert number(connection) > before, str(writing)


def test_emptying_a_table_is_counted(others: Engine) -> None:
    if is_sqlite(others):
        return
    with others.begin() as connection:
        before = number(connection)
        connection.execute(text("TRUNCATE unit CASCADE"))
        assert number(connection) > before


def test_who_sees_the_rows_sees_their_count_and_nobody_sooner(others: Engine) -> None:
    with others.connect() as reader, others.connect() as writer:
        before = number(reader)
        reader.rollback()
        with writer.begin():
            add(writer, "a")
            assert number(reader) == before
            assert reader.scalar(select(func.count()).select_from(UNIT)) == 0
            reader.rollback()
        assert number(reader) > before
        assert reader.scalar(select(func.count()).select_from(UNIT)) == 1


def test_what_is_rolled_back_is_not_counted(others: Engine) -> None:
    with others.connect() as connection:
        before = number(connection)
        add(connection, "a")
        connection.rollback()
        assert number(connection) == before


def test_what_follows_a_part_that_is_rolled_back_is_counted(others: Engine) -> None:
    if is_sqlite(others):  # its driver opens no transaction by itself that a savepoint could be in
        return
    with others.connect() as connection:
        before = number(connection)
        part = connection.begin_nested()
        add(connection, "a")
        part.rollback()
        assert number(connection) == before
        add(connection, "b")
        connection.commit()
        assert number(connection) == before + 1


def test_writers_do_not_wait_for_one_another(others: Engine) -> None:
    if is_sqlite(others):
        return
    with others.connect() as first, others.connect() as second:
        before = number(first)
        for connection, key in ((first, "a"), (second, "b")):
            connection.execute(text("SET LOCAL lock_timeout = '1s'"))
            add(connection, key)
        second.commit()
        first.commit()
        assert number(first) == before + 2


def test_a_transaction_is_counted_once(others: Engine) -> None:
    if is_sqlite(others):
        return
    with others.connect() as connection:
        before = number(connection)
        for key in ("a", "b", "c"):
            add(connection, key)
        connection.commit()
        assert number(connection) == before + 1


def test_areas_are_counted_apart_and_the_machinery_not_at_all(app: Lainaamo) -> None:
    with app.app_context():
        before = changes.numbers(session.connection())
        with transaction():
            session.add(Unit(key="a", name="A"))
        after = changes.numbers(session.connection())
        assert {area for area in Area if after[area] != before[area]} == {Area.PEOPLE}
    assert Message.counted_in is None
    assert ChangeCount.counted_in is None


def test_each_counted_table_has_its_triggers(others: Engine) -> None:
    with others.connect() as connection:
        found = dict(changes._found(connection))  # noqa: SLF001 - the live catalogue, as it is read
        wanted = {name: table for table, name, _ in changes._triggers(connection)}  # noqa: SLF001
    assert found == wanted
    assert set(found.values()) == set(changes.counted())


def test_what_has_lost_its_triggers_gets_them_again(others: Engine) -> None:
    with others.begin() as connection:
        wanted = dict(changes._found(connection))  # noqa: SLF001
        name, table = next((name, table) for name, table in wanted.items() if table == "unit")
        connection.exec_driver_sql(changes._drop(connection, name, table))  # noqa: SLF001
        changes.count_from_now_on(connection)
        assert dict(changes._found(connection)) == wanted  # noqa: SLF001


def test_what_is_kept_is_what_the_rows_say_while_many_write(
    app: Lainaamo, at_once: AtOnce, others: Engine
) -> None:
    """Readers compare what is kept with the rows, before and after: it is never older."""
    done = threading.Event()

    def write_some(browser: Browser) -> None:
        for turn in range(ROUNDS):
            with app.app_context(), transaction():
                session.add(Unit(key=f"{browser.number}.{turn}", name="A"))

    def read_some(_browser: Browser) -> None:
        while not done.is_set():
            with others.connect() as connection:
                least = connection.scalar(select(func.count()).select_from(UNIT)) or 0
            with app.app_context():
                told = units()
            with others.connect() as connection:
                most = connection.scalar(select(func.count()).select_from(UNIT)) or 0
            assert least <= told <= most

    def one(browser: Browser) -> None:
        if browser.number >= WRITERS:
            read_some(browser)
            return
        try:
            write_some(browser)
        finally:
            finished.append(browser.number)
            if len(finished) == WRITERS:
                done.set()

    finished: list[int] = []
    at_once(WRITERS + 3, one)
    with app.app_context():
        assert units() == WRITERS * ROUNDS


def test_who_is_signed_out_by_any_program_is_out_at_the_next_page(
    signed_in: SignedIn, others: Engine
) -> None:
    browser = signed_in("worker")
    assert browser.get("/tiski").status_code == 200
    with others.begin() as connection:
        connection.execute(text("UPDATE sign_in SET ended_at = seen_at"))
    assert browser.get("/tiski").status_code == 303


def test_what_is_written_outside_a_transaction_does_not_stay(app: Lainaamo) -> None:
    with app.app_context():
        if is_sqlite(db.engine):
            session.execute(insert(UNIT).values(key="a", name="A"))
        else:
            with pytest.raises(RuntimeError):
                session.execute(insert(UNIT).values(key="a", name="A"))
    with app.app_context():
        assert session.scalar(select(func.count()).select_from(UNIT)) == 0
