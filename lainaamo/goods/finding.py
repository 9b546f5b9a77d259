"""By what kinds are found: their names and those of their groups, kept in the index."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    ids, groups = list(kind_ids), _groups()
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        names = (Kind.name, Kind.name_simple, Kind.name_sv, Kind.name_en)
        there = select(Kind.id, Kind.category_id, Kind.pool, *names)
        wanted = there.where(Kind.id.in_(some), Kind.left_at.is_(None))
        kinds = [_Called(*row) for row in session.execute(wanted)]
        search.put({kind.id: _entry(kind, groups) for kind in kinds})
        search.forget(set(some) - {kind.id for kind in kinds})


def index_categories(category_ids: Iterable[int]) -> None:
    """Let the kinds below these groups be found by what the groups are called now.

    Call it in the transaction that renames or moves a group.
    """
    inside = set(category_ids)
    for group in _groups().values():  # parents stand before their children
        if group.parent_id in inside:
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


def _groups() -> Mapping[int, Category]:
    """Return all groups by id, parents before their children."""
    groups = session.scalars(select(Category).order_by(Category.id)).all()
    known = {group.id: group for group in groups}
    return {group.id: group for group in sorted(groups, key=lambda one: len(_line(one, known)))}


def _line(group: Category, groups: Mapping[int, Category]) -> Sequence[Category]:
    """Return a group's ancestors, the nearest first."""
    return list(_ancestors(group, groups))


def _ancestors(group: Category, groups: Mapping[int, Category]) -> Iterator[Category]:
    while group.parent_id is not None:
        group = groups[group.parent_id]
        yield group


def _entry(kind: _Called, groups: Mapping[int, Category]) -> Entry:
    group = groups[kind.category_id]
    line = _line(group, groups)
    above = [name for one in line for name in (one.name, one.name_sv, one.name_en)]
    return Entry(
        names=[name for name in (kind.name, kind.name_simple, kind.name_sv, kind.name_en) if name],
        group=[group.name, group.name_simple, group.name_sv, group.name_en],
        above=above,
        wide=[
            *above,
            *(name for one in (group, *line) for name in (one.name_simple, *one.aliases)),
        ],
        marks=[kind.pool],
    )
