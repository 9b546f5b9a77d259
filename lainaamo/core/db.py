"""The session, the one transaction, and everything the two databases do differently."""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from time import sleep
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    Engine,
    FromClause,
    Index,
    Insert,
    UniqueConstraint,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.util import identity_key
from sqlalchemy.schema import CreateTable

from lainaamo.core.orm import Base

if TYPE_CHECKING:
    from flask import Flask

db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True)
session = db.session

# FULL, not NORMAL: an acknowledged hand-out must survive a power cut. recursive_triggers: else
# INSERT OR REPLACE deletes journal lines without waking the trigger that forbids it.
PROMISES = (
    "foreign_keys=ON",
    "journal_mode=WAL",
    "busy_timeout=5000",
    "synchronous=FULL",
    "recursive_triggers=ON",
)
ASKED = "asked"


class Gate:
    """A place in the queue of SQLite's writers: first come, first served.

    SQLite's own waiting lets the unlucky starve for seconds; a file lock is fair and dies with its
    process.
    """

    def __init__(self) -> None:
        self.lock: int | None = None

    def enter(self, path: str) -> None:
        """Wait for the turn; entering twice is entering once."""
        if self.lock is None:
            self.lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            fcntl.flock(self.lock, fcntl.LOCK_EX)

    def leave(self) -> None:
        """Let the next writer in."""
        if self.lock is not None:
            os.close(self.lock)
            self.lock = None


_writing: ContextVar[Gate | None] = ContextVar("writing", default=None)

LAST: list[Callable[[], None]] = []
"""What is done at the end of every transaction, before it is kept; a feature adds its own.

For what must follow whichever door a change came in by: it looks at what was noted meanwhile.
"""


@contextmanager
def transaction() -> Iterator[None]:
    """Keep everything done inside, or nothing.

    A read before it may have opened a deferred transaction, so it begins with a rollback. It
    can't be nested: a part that commits by itself would break the promise of the whole.
    """
    if _writing.get() is not None:
        raise RuntimeError("A transaction is open already.")
    session.rollback()
    gate = Gate()
    token = _writing.set(gate)
    try:
        yield
        for last in LAST:
            last()
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _writing.reset(token)
        gate.leave()


def options(*, pooled: bool) -> dict[str, Any]:
    """Return how the engine is made; a pooler gives each transaction another session."""
    # A statement that was prepared in one session is not known in the next.
    connect = {"connect_args": {"prepare_threshold": None}} if pooled else {}
    # The values of a statement that failed may be names: no log gets them.
    # The connection used last again: it keeps what the last pages read.
    return {"hide_parameters": True, "pool_use_lifo": True, **connect}


def init_app(app: "Flask") -> None:
    """Open the configured database."""
    db.init_app(app)
    with app.app_context():
        if is_sqlite(db.engine):
            teach_sqlite(db.engine)
        else:
            teach_postgresql(db.engine)


def is_sqlite(engine: Engine) -> bool:
    """Tell whether this is the embedded engine."""
    return engine.dialect.name == "sqlite"


def teach_sqlite(engine: Engine, *, durable: bool = True) -> None:
    """Make SQLite keep its promises: foreign keys, durability, and one writer at a time."""
    gate_path = f"{engine.url.database}.gate"
    promises = PROMISES if durable else (*PROMISES, "synchronous=NORMAL")

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in promises:
            _patiently(connection, f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        gate = _writing.get()
        if gate is not None and durable:
            gate.enter(gate_path)
        connection.exec_driver_sql("BEGIN" if gate is None and durable else "BEGIN IMMEDIATE")


def _patiently(connection: sqlite3.Connection, pragma: str) -> None:
    """Ask again while another connection makes the log: SQLite itself does not wait for that."""
    for pause in (0.01,) * 100 + (0.1,) * 50:
        try:
            connection.execute(pragma)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            sleep(pause)
        else:
            return
    connection.execute(pragma)


def teach_postgresql(engine: Engine) -> None:
    """Let a session that only reads ask without BEGIN and ROLLBACK: each is a round trip.

    At READ COMMITTED each statement sees what is committed when it begins, in a transaction or
    not. What would be written outside of `transaction()` would stay, so it is refused.
    """

    @event.listens_for(engine, "checkin")
    def _checkin(driver: Any, _record: Any) -> None:
        if driver is not None and not driver.closed:
            _commit_each(driver, is_wanted=False)

    @event.listens_for(engine, "before_execute")
    def _before(connection: Connection, statement: Any, *_rest: Any) -> None:
        connection.info[ASKED] = connection.info.get(ASKED, 0) + 1
        if getattr(statement, "is_dml", False) and _commits_each(connection):
            raise RuntimeError("Changes are made in a transaction().")


@event.listens_for(session, "after_begin")
def _after_begin(_session: Any, _transaction: Any, connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        _commit_each(connection.connection.dbapi_connection, is_wanted=not is_writing())


def _commit_each(driver: Any, *, is_wanted: bool) -> None:
    if driver.autocommit != is_wanted:
        driver.autocommit = is_wanted


def _commits_each(connection: Connection) -> bool:
    driver: Any = connection.connection.dbapi_connection
    return bool(driver.autocommit)


def is_writing() -> bool:
    """Tell whether a transaction is open whose changes nobody else sees yet."""
    return _writing.get() is not None


def stamp(connection: Connection) -> str | None:
    """Return a text that stays the same while nothing at all was changed; None where none is cheap.

    It is compared with texts of the same connection only: SQLite counts what others committed, and
    the connection itself counts its own changes.
    """
    if connection.dialect.name != "sqlite":
        return None
    driver: Any = connection.connection.dbapi_connection
    committed = driver.execute("PRAGMA data_version").fetchone()[0]
    return f"{committed}:{driver.total_changes}"


def mark(connection: Connection) -> int:
    """Return a number that stays while a transaction sees the same rows as it saw before.

    SQLite shows nobody else's changes till it is over. On PostgreSQL each statement may see more:
    it counts them all.
    """
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.dbapi_connection
        return int(driver.total_changes)
    return int(connection.info.get(ASKED, 0))


def locks_rows() -> bool:
    """Tell whether a writer must lock rows: SQLite has one writer at a time anyway."""
    return not is_sqlite(db.engine)


def add(made_once: Insert, facts: dict[str, Any]) -> int:
    """Add a row by a statement that is made once, and return its id."""
    session.flush()  # what waits to be written may be named by it
    key: Any = session.connection().execute(made_once, facts).inserted_primary_key
    return int(key[0])


def reread(model: type[Base], ids: Iterable[int], *columns: str) -> None:
    """Let rows of the session that a statement of its own changed be read again when asked for."""
    known = session().identity_map
    for one in ids:
        row = known.get(identity_key(model, one))
        if row is not None:
            session.expire(row, columns or None)


def insert_once(model: type[Base], **values: Any) -> bool:
    """Add a row unless its unique key is there already; tell whether it was added.

    On PostgreSQL it waits for another transaction that is adding the same key.
    """
    return insert_new(model, **values) is not None


def insert_new(model: type[Base], **values: Any) -> int | None:
    """Add a row as `insert_once` does and return its id; None where its unique key was there."""
    session.flush()
    found: int | None = session.scalar(_insert_new(model, is_sqlite(db.engine)), values)
    return found


@lru_cache(maxsize=64)
def _insert_new(model: type[Base], is_embedded: bool) -> Any:  # noqa: FBT001 - a key of the cache
    dialect: Any = sqlite if is_embedded else postgresql
    # The table, not the model: the ORM's own bookkeeping would double the time.
    wanted = dialect.insert(model.__table__).on_conflict_do_nothing()
    return wanted.returning(model.__table__.c.id)


def insert_missing(model: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """Add in bulk the rows whose unique keys are not there yet."""
    # The table, not the model: the ORM's own bookkeeping would double the time.
    session.execute(_insert(model.__table__).on_conflict_do_nothing(), list(rows))


def hold_name(name: str) -> None:
    """Make whoever else holds this name wait until this transaction is over.

    It is for limits on what has no row of its own to lock. SQLite has one writer at a time anyway.
    """
    if locks_rows():
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def count_up(connection: Connection, model: type[Base], keys: dict[str, Any], column: str) -> int:
    """Add one to a counter row, made when missing, and return the count; safe from many at once."""
    counter = model.__table__.c[column]
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    wanted = dialect.insert(model).values(**keys, **{column: 1})
    raised = wanted.on_conflict_do_update(index_elements=list(keys), set_={column: counter + 1})
    return int(connection.scalar(raised.returning(counter)) or 0)


def side_engine(name: str, model: type[Base]) -> Engine:
    """Return an engine for rows that must commit apart from the request's transaction.

    PostgreSQL: the same database. SQLite: a file of its own beside the main one, with this one
    table, since a second writer inside a POST would wait for itself.
    """
    if not is_sqlite(db.engine):
        return db.engine
    return _side_file(f"{db.engine.url.database}.{name}", model)


@lru_cache(maxsize=64)
def _side_file(path: str, model: type[Base]) -> Engine:
    engine = create_engine(f"sqlite:///{path}")
    teach_sqlite(engine, durable=False)
    table = Base.metadata.tables[model.__tablename__]
    ddl = str(CreateTable(table, if_not_exists=True).compile(engine))

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute(ddl)  # on each connection: the file may have been swept meanwhile

    return engine


def _insert(target: type[Base] | FromClause) -> Any:
    dialect: Any = sqlite if is_sqlite(db.engine) else postgresql
    return dialect.insert(target)


def broken_constraint(error: IntegrityError) -> str:
    """Return the name of the constraint that refused a change, on either engine; "" if unknown."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name or "")
    kind, _, what = str(error.orig).partition(" constraint failed: ")
    return _unique_on(what) if kind == "UNIQUE" else what


def _unique_on(columns: str) -> str:
    """Find the unique key SQLite means by "table.column, table.column"."""
    names = [column.partition(".") for column in columns.split(", ")]
    table = Base.metadata.tables.get(names[0][0])
    wanted = [name for _, _, name in names]
    if table is None:
        return ""
    keys: list[UniqueConstraint | Index] = [index for index in table.indexes if index.unique]
    keys += [rule for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    return next((str(key.name) for key in keys if [c.name for c in key.columns] == wanted), "")
