"""The base of every model and the column types they share."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from sqlalchemy import BigInteger, DateTime, Dialect, Index, Integer, MetaData, TypeDecorator, text
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite numbers rows only where the type is spelled INTEGER.
KEY = BigInteger().with_variant(Integer, "sqlite")

Id = Annotated[int, mapped_column(KEY, primary_key=True)]


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC in both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they are always a mistake."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back an aware time whichever database it came from."""
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Area(StrEnum):
    """A part of the database whose changes are counted, because answers read from it are kept.

    SQLite's counters go by the order: a new one goes last, and has a migration that adds its row.
    """

    HOUSE = "house"  # what the office arranges: sites and hours, groups, terms, settings, texts
    PEOPLE = "people"  # who is signed in and may do what
    GOODS = "goods"  # what things there are, when they are taken, who waits for them
    WORK = "work"  # what has been done: the journal, what can be undone, what waits to be looked at


class Base(DeclarativeBase):
    """What every table is built on; one from which answers are kept names its area."""

    counted_in: ClassVar[Area | None] = None

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Moment}  # noqa: RUF012 - SQLAlchemy reads it as a plain dict

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Give every table ids that are never used again (SQLite would reuse the last one)."""
        args = cls.__dict__.get("__table_args__", ())
        cls.__table_args__ = (*args, {"sqlite_autoincrement": True})
        super().__init_subclass__(**kwargs)


def only_one(name: str, *columns: str, where: str) -> Index:
    """Allow one row per key while a condition holds, in both databases."""
    condition = text(where)
    return Index(name, *columns, unique=True, sqlite_where=condition, postgresql_where=condition)


def one_of(column: str, *values: str) -> str:
    """Return the text of a CHECK that a column holds one of these words."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"
