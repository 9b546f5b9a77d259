"""By what kinds are found: their names and those of their groups, kept in the index."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import func, select

from lainaamo.core import search
from lainaamo.core.db import session
from lainaamo.core.finnish import ANALYSER
from lainaamo.core.terms import Entry
from lainaamo.goods.models import Category, Kind

AT_ONCE = 2_000


class _Called(NamedTuple):
    """What a kind is called, as a plain row: there may be a hundred thousand."""

    id: int
    category_id: int
    pool: str
    name: str
    name_simple: str | None
    name_sv: str | None
    name_en: str | None


def index_kinds(kind_ids: Iterable[int]) -> None:
    """Let these kinds be found by what they are called now, or no more when they have left.

    Call it in the transaction that adds, renames, moves or retires them.
    """
    ids, around = list(kind_ids), _around()
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        kinds = _called(some)
        search.put({kind.id: _entry(kind, around[kind.category_id]) for kind in kinds})
        search.forget(set(some) - {kind.id for kind in kinds})


def index_categories(category_ids: Iterable[int]) -> None:
    """Let the kinds below these groups be found by what the groups are called now.

    Call it in the transaction that renames or moves a group.
    """
    inside = set(category_ids)
    for group, line in _lines():
        if inside & {one.id for one in line}:
            inside.add(group.id)
    index_kinds(session.scalars(select(Kind.id).where(Kind.category_id.in_(inside))).all())


def freshen() -> int | None:
    """Make the index anew where other rules have made it; return of how many kinds, if it was."""
    search.lock()
    return None if is_fresh() else index_everything()


def index_everything() -> int:
    """Make the index anew and return how many kinds are in it."""
    search.lock()
    search.begin_again()
    ids = session.scalars(select(Kind.id).where(Kind.left_at.is_(None)).order_by(Kind.id)).all()
    index_kinds(ids)
    return len(ids)


def is_fresh() -> bool:
    """Tell whether the index was made by the rules of this version."""
    return search.analyser() == ANALYSER


def count_missing() -> int:
    """Count the kinds in the house that nobody can find: there should be none."""
    there = select(search.Document.id).where(search.Document.id == Kind.id).exists()
    wanted = select(func.count(Kind.id)).where(Kind.left_at.is_(None), ~there)
    return session.scalar(wanted) or 0


def _called(kind_ids: Sequence[int]) -> list[_Called]:
    """Return what those of these kinds that have not left are called."""
    names = (Kind.name, Kind.name_simple, Kind.name_sv, Kind.name_en)
    wanted = select(Kind.id, Kind.category_id, Kind.pool, *names)
    wanted = wanted.where(Kind.id.in_(kind_ids), Kind.left_at.is_(None))
    return [_Called(*row) for row in session.execute(wanted)]


def _entry(kind: _Called, around: Entry) -> Entry:
    names = (kind.name, kind.name_simple, kind.name_sv, kind.name_en)
    return replace(around, names=tuple(name for name in names if name), marks=(kind.pool,))


def _around() -> Mapping[int, Entry]:
    """Return by what all kinds of each group are found."""
    entries = {}
    for group, line in _lines():
        above = [name for one in line for name in (one.name, one.name_sv, one.name_en)]
        other = [name for one in (group, *line) for name in (one.name_simple, *one.aliases)]
        own = (group.name, group.name_simple, group.name_sv, group.name_en)
        entries[group.id] = Entry((), own, tuple(above), (*above, *other))
    return entries


def _lines() -> list[tuple[Category, Sequence[Category]]]:
    """Return all groups, each with those above it, the nearest first."""
    groups = {group.id: group for group in session.scalars(select(Category))}
    return [(group, list(_above(group, groups))) for group in groups.values()]


def _above(group: Category, groups: Mapping[int, Category]) -> Iterator[Category]:
    while group.parent_id is not None:
        group = groups[group.parent_id]
        yield group
