"""The index that things are found in, and all that the two databases do differently with it.

Python makes the terms (core.terms), so both engines find the same. They only hold them: FTS5 beside
a plain table in SQLite, a tsvector with its own index in PostgreSQL.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Index,
    Integer,
    Select,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    cast,
    column,
    delete,
    false,
    func,
    insert,
    literal,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from lainaamo.core import clock
from lainaamo.core.db import db, insert_missing, is_sqlite, session
from lainaamo.core.finnish import ANALYSER
from lainaamo.core.orm import Area, Base, Id
from lainaamo.core.terms import HEAD, MARK, STEM, WIDE, Entry, grams, terms_of

AT_ONCE = 1_000
MOST_VALUES = 5_000  # SQLite takes 32,766 values in a statement
SHORTEST_MENDED = 4
"""Words shorter than this are never taken for misspelt."""

COMPLETIONS = 40
CANDIDATES = 60

Value = TypeVar("Value")

# In the order of the signs' numbers, so that words that begin alike stand side by side.
Sorted = String().with_variant(String(collation="C"), "postgresql")
FTS = table("search_index", column("rowid"), column("search_index"))
# The plus keeps SQLite from asking the whole question again for every kind: from the hits it goes
# to the kinds, never the other way.
HIT: ColumnElement[int] = literal_column("+search_index.rowid", Integer)

ASKED: BindParameter[str] = bindparam("asked", type_=String)
AFTER: BindParameter[int] = bindparam("after_id", type_=BigInteger)
LIMIT: BindParameter[int] = bindparam("limit", type_=Integer)


class Document(Base):
    """The terms of a thing, under the thing's own id."""

    __tablename__ = "search_document"
    counted_in = Area.GOODS
    __table_args__ = (
        # SQLite has FTS5 for it: there this index stays empty.
        Index(
            "ix_search_document_terms",
            "terms",
            postgresql_using="gin",
            sqlite_where=text("terms IS NULL"),
        ),
    )

    id: Mapped[Id]
    terms: Mapped[str] = mapped_column(Text().with_variant(postgresql.TSVECTOR(), "postgresql"))


class Word(Base):
    """A word that some thing is found by: as it is looked for, from its end, as people write it."""

    __tablename__ = "search_word"
    counted_in = Area.GOODS

    id: Mapped[Id]
    term: Mapped[str] = mapped_column(Sorted, unique=True)
    backwards: Mapped[str] = mapped_column(Sorted, index=True)
    shown: Mapped[str]


class Gram(Base):
    """Three letters of a word, by which misspelt ones are found."""

    __tablename__ = "search_gram"
    counted_in = Area.GOODS
    __table_args__ = (UniqueConstraint("gram", "term"),)

    id: Mapped[Id]
    gram: Mapped[str]
    term: Mapped[str]


class State(Base):
    """Which rules the index was made by: others need another index."""

    __tablename__ = "search_state"

    id: Mapped[Id]
    analyser: Mapped[str]
    made_at: Mapped[datetime]


def is_machinery(name: str | None) -> bool:
    """Tell whether a table is one of those in which FTS5 keeps its index."""
    return str(name).startswith(FTS.name)


# Writing


def put(entries: Mapping[int, Entry]) -> None:
    """Let these things be found by what they are called now."""
    rows: list[dict[str, Any]] = []
    every: set[str] = set()
    words: dict[str, str] = {}
    for thing_id, entry in sorted(entries.items()):
        terms = terms_of(entry)
        rows.append({"id": thing_id, "terms": " ".join(sorted(terms.all))})
        every |= terms.all
        words |= terms.shown
    # With what it made it sends many rows in one statement. FTS5 writes its index out at the end of
    # each statement: of one for each row that takes ten times as long.
    for some in _chunks(rows, AT_ONCE):
        session.execute(_upsert().returning(Document.id), some).all()
    _remember(words | {one: "" for one in every if one.startswith(STEM)})


def forget(ids: Iterable[int]) -> None:
    """Let these things be found no more."""
    for some in _chunks(list(ids), MOST_VALUES):
        session.execute(delete(Document).where(Document.id.in_(some)))


def lock() -> None:
    """Let others who would make the index anew wait."""
    if not is_sqlite(db.engine):
        session.execute(text("LOCK TABLE search_state IN EXCLUSIVE MODE"))


def begin_again() -> None:
    """Empty the index, to be filled by the rules of this version."""
    for model in (Document, Word, Gram, State):
        session.execute(delete(model))
    session.execute(insert(State).values(analyser=ANALYSER, made_at=clock.now()))


def analyser() -> str | None:
    """Return the id of the rules by which the index was made."""
    return session.scalar(select(State.analyser).order_by(State.id.desc()).limit(1))


def _upsert() -> Any:
    dialect: Any = sqlite if is_sqlite(db.engine) else postgresql
    wanted = dialect.insert(Document)
    terms = {"terms": wanted.excluded.terms}
    return wanted.on_conflict_do_update(index_elements=["id"], set_=terms)


def _remember(shown: Mapping[str, str]) -> None:
    """Add words that are new; in one order, so that two at once wait and never lock each other."""
    for some in _chunks(sorted(shown), MOST_VALUES):
        known = set(session.scalars(select(Word.term).where(Word.term.in_(some))))
        fresh = [term for term in some if term not in known]
        if fresh:
            rows = [{"term": one, "backwards": one[::-1], "shown": shown[one]} for one in fresh]
            insert_missing(Word, rows)
        letters = [
            {"gram": gram, "term": term}
            for term in fresh
            if len(term) >= SHORTEST_MENDED and term.isalpha()
            for gram in sorted(grams(term))
        ]
        if letters:
            insert_missing(Gram, letters)


def _chunks(values: Sequence[Value], size: int) -> Iterator[Sequence[Value]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


# Looking for words


def known(terms: Iterable[str]) -> set[str]:
    """Return those of these terms that some thing is found by."""
    wanted = sorted(set(terms))[:MOST_VALUES]
    return set(session.scalars(select(Word.term).where(Word.term.in_(wanted))))


def shown(terms: Iterable[str]) -> dict[str, str]:
    """Return how people write these words."""
    rows = session.execute(select(Word.term, Word.shown).where(Word.term.in_(set(terms))))
    return {term: written for term, written in rows}  # noqa: C416 - a Row is no tuple to mypy


def completions(beginning: str) -> list[str]:
    """Return the words that begin so, the shortest first."""
    return _beginning(Word.term, beginning)


def endings(ending: str) -> list[str]:
    """Return the words that end so, the shortest first."""
    return _beginning(Word.backwards, ending[::-1])


def _beginning(written: InstrumentedAttribute[str], beginning: str) -> list[str]:
    after = beginning[:-1] + chr(ord(beginning[-1]) + 1)
    wanted = select(Word.term).where(written >= beginning, written < after)
    wanted = wanted.order_by(func.length(Word.term), Word.term)
    return list(session.scalars(wanted.limit(COMPLETIONS)))


def alike(terms: Iterable[str]) -> list[str]:
    """Return the words that share most threes of letters with these."""
    letters = sorted({gram for term in terms for gram in grams(term)})
    wanted = select(Gram.term).where(Gram.gram.in_(letters)).group_by(Gram.term)
    wanted = wanted.order_by(func.count().desc(), Gram.term)
    return list(session.scalars(wanted.limit(CANDIDATES)))


# Finding


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: of each word one of its terms, among what has all the marks.

    Wide, also what stands in the neighbourhood of such words; head, only what is the very thing.
    Without words it finds nothing.
    """

    words: tuple[frozenset[str], ...]
    marks: frozenset[str] = frozenset()
    is_wide: bool = False
    is_head: bool = False

    @property
    def heads(self) -> frozenset[str]:
        """Return the terms of what is the very thing that some word names."""
        return frozenset(HEAD + term for word in self.words for term in word)

    def choices(self) -> list[frozenset[str]]:
        """Return sets of terms: of each set one must be there."""
        wide = [word | {WIDE + term for term in word} for word in self.words]
        marks = [frozenset([MARK + mark]) for mark in sorted(self.marks)]
        heads = [self.heads] if self.is_head else []
        return [*(wide if self.is_wide else self.words), *heads, *marks]


def narrowed(wanted: Select[Any], id_: Any, query: Query) -> Select[Any]:
    """Narrow a select to what a query finds; `id_` is its column with the thing's id."""
    asked = literal(_written(query.choices()))
    return _matching(wanted, id_, asked) if query.words else wanted.where(false())


@dataclass(frozen=True)
class _Made:
    """The selects of something prepared, as one engine reads them: made when first asked for."""

    wanted: Select[Any]
    id_: Any
    number: Any
    """The column that the engine reads its hits by: so it stops at the page's end."""

    @cached_property
    def every(self) -> Select[Any]:
        """Return the select of everything that is found."""
        return _matching(self.wanted, self.id_, ASKED)

    @cached_property
    def newest(self) -> Select[Any]:
        """Return the same, the newest first."""
        return self.every.order_by(self.number.desc()).limit(LIMIT)

    @cached_property
    def following(self) -> Select[Any]:
        """Return the same, from below a thing's id on."""
        return self.newest.where(self.number < AFTER)


@dataclass(frozen=True)
class Prepared:
    """A select of things, narrowed to what a query finds that is given when it is run.

    To make a select costs as much as to run it; keep this as long as what it selects from stays. A
    process may ask both engines, one after the other: the bench does, and so does a move.
    """

    wanted: Select[Any]
    id_: Any
    made: dict[bool, _Made] = field(default_factory=dict, repr=False, compare=False)

    def _here(self) -> _Made:
        here = is_sqlite(db.engine)
        if here not in self.made:
            self.made[here] = _Made(self.wanted, self.id_, FTS.c.rowid if here else self.id_)
        return self.made[here]

    def rows(self, query: Query) -> list[tuple[Any, ...]]:
        """Return everything that a query finds, in no order."""
        return (
            self._run(self._here().every, {"asked": _written(query.choices())})
            if query.words
            else []
        )

    def page(self, query: Query, *, after_id: int | None, limit: int) -> list[tuple[Any, ...]]:
        """Return what a query finds: first what is the thing itself, then the rest, newest first.

        It goes on after the thing with this id.
        """
        if not query.words:
            return []
        first = _written([*query.choices(), query.heads])
        rest = _written(query.choices(), without=query.heads)
        parts = [first, rest] if after_id is None or _has(after_id, query.heads) else [rest]
        given = {} if after_id is None else {"after_id": after_id}
        rows: list[tuple[Any, ...]] = []
        for part in parts:
            if len(rows) < limit:
                some = self._here().following if given else self._here().newest
                rows += self._run(some, {"asked": part, "limit": limit - len(rows), **given})
                given = {}
        return rows

    def _run(self, wanted: Select[Any], given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in session.connection().execute(wanted, given)]


def _has(id_: int, terms: frozenset[str]) -> bool:
    found = _matching(select(Document.id), Document.id, literal(_written([terms])))
    return session.scalar(found.where(Document.id == id_)) is not None


def _matching(wanted: Select[Any], id_: Any, asked: ColumnElement[str]) -> Select[Any]:
    if is_sqlite(db.engine):
        return wanted.join(FTS, id_ == HIT).where(FTS.c.search_index.op("MATCH")(asked))
    joined = wanted if id_ is Document.id else wanted.join(Document, Document.id == id_)
    return joined.where(Document.terms.op("@@")(cast(asked, postgresql.TSQUERY())))


def _written(choices: Iterable[frozenset[str]], without: frozenset[str] | None = None) -> str:
    """Write down what must be there, and what must not, in the engine's signs."""
    if is_sqlite(db.engine):
        asked = " AND ".join(_either(some, '"', " OR ") for some in choices)
        # NOT around it all: FTS5 leaps from hit to hit of an AND, but steps through a NOT.
        return f"({asked}) NOT " + _either(without, '"', " OR ") if without else asked
    asked = " & ".join(_either(some, "'", " | ") for some in choices)
    return asked + (" & !" + _either(without, "'", " | ") if without else "")


def _either(terms: frozenset[str], quote: str, sign: str) -> str:
    # No term has a quote in it: words_of leaves only letters, numbers and their marks.
    return f"({sign.join(quote + term + quote for term in sorted(terms))})"
