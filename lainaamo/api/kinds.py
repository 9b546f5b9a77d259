"""Kinds of things: finding them, how many are free, and when one of them can be had."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal

from flask import Response
from sqlalchemy.exc import NoResultFound

from lainaamo.api import paging, queries, who
from lainaamo.api.offering import AN_ID, offers
from lainaamo.api.shapes import About, Unfit
from lainaamo.catalogue import kit_choice, kit_page
from lainaamo.catalogue import queries as catalogue
from lainaamo.catalogue.cards import count_kits, sorted_sizes, together
from lainaamo.catalogue.choice import Choice, choice
from lainaamo.catalogue.kit_choice import KitChoice
from lainaamo.catalogue.listing import LONGEST_WORDS, Question
from lainaamo.catalogue.queries import Found
from lainaamo.catalogue.supply import Days, Pile, Supply, There
from lainaamo.core import clock
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import pick, retold
from lainaamo.core.tables import harmless
from lainaamo.goods import queries as goods
from lainaamo.goods.kits import pieces_of
from lainaamo.goods.models import POOLS
from lainaamo.goods.models import Kind as KindRow
from lainaamo.goods.queries import Group
from lainaamo.goods.words import name_of
from lainaamo.lending import ahead
from lainaamo.lending import queries as lending
from lainaamo.people.access import Right

Pool = Literal["lendable", "reuse"]
FirstDay = Annotated[date | None, About("The day of fetching", example="2026-03-02")]
LastDay = Annotated[date | None, About("The day of bringing back", example="2026-03-06")]
LONGEST_CALENDAR = 92
KITS = "kits"
ORDER = (KITS, *POOLS)
"""The parts of the list, in the order in which a cursor goes through them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindsAsked:
    """Which kinds are asked for, and the days they are counted for."""

    q: Annotated[
        str | None, About("Words, as on the page; a size may be among them", most=LONGEST_WORDS)
    ] = None
    pool: Annotated[
        Pool | None,
        About("`lendable` to residents, or for `reuse` by units; else all that may be seen"),
    ] = None
    category: Annotated[str | None, About("A category's key or id: it and all below it")] = None
    size: Annotated[str | None, About("Only things of this size", example="150 cm")] = None
    first_day: FirstDay = None
    last_day: LastDay = None
    cursor: paging.Cursor = None
    limit: paging.Limit = catalogue.PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAsked:
    """The days that a table is counted for."""

    first_day: FirstDay = None
    last_day: LastDay = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSize:
    """A size of a kind, and how many of it are free; sizes are alternatives, not a sum."""

    size: str
    free: Annotated[int, About("How many can be had", least=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class KitPart:
    """So many things of a kind in a kit."""

    kind: Annotated[int, About("The kind's id; it may be lent alone too")]
    quantity: Annotated[int, About("How many of it", least=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of thing, or a kit that is put together from others: what one reserves."""

    id: int
    name: Annotated[str, About("Its name in the language that was asked for")]
    category: Annotated[str, About("Its category's key")]
    pool: Pool
    free: Annotated[
        int,
        About("How many can be had on those days; without days, on the next open day", least=0),
    ]
    sizes: list[KindSize]
    parts: Annotated[list[KitPart], About("What a kit is put together from; else none")]
    url: Annotated[str, About("Its page")]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindPage:
    """A page of kinds."""

    items: list[Kind]
    next: paging.Next


@offers("GET", "/kinds", right=Right.LOOK, summary=N_("Find kinds, with how many are free"))
def find_kinds(asked: KindsAsked) -> KindPage:
    """Open data: needs no token. Kits come first, then the rest: the best match, else by name."""
    tree, days = goods.tree(), read_days(asked.first_day, asked.last_day)
    check_category(asked.category, tree)
    found, more = _found(asked, tree)
    shown = [
        *_kits([row for pool, row in found if pool == KITS], tree, days),
        *_lendable([row for pool, row in found if pool == "lendable"], asked, tree, days),
        *_reuse([row for pool, row in found if pool == "reuse"], tree),
    ]
    cursor = paging.write(ORDER.index(found[-1][0]), found[-1][1].id) if more else None
    return KindPage(items=shown, next=cursor)


@offers(
    "GET",
    "/kinds.csv",
    right=Right.LOOK,
    summary=N_("Take all kinds with how many are free as a table"),
)
def kinds_as_table(asked: TableAsked) -> Response:
    """Open data: every kind that is lent, a row for each size; for the days, else for now."""
    days = read_days(asked.first_day, asked.last_day)
    headers = ("id", "name", "category", "size", "free", "url")
    # Whole, not as it is read: what fails on the way is told, and no reader holds a connection.
    written = _written(headers, _table(days))
    response = Response(written, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="kinds.csv"'
    return response


def _written(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as RFC 4180 writes it; no cell begins as a formula does."""
    page = io.StringIO(newline="")
    writer = csv.writer(page)
    for row in ([*headers], *rows):
        writer.writerow([harmless(one) if isinstance(one, str) else one for one in row])
    return page.getvalue()


def _table(days: Days | None) -> Iterator[Sequence[object]]:
    """Yield a row for each size of each kind, or one for a kind without sizes."""
    tree, after_id, asked = goods.tree(), None, KindsAsked()
    for kit in _kits(catalogue.kits(catalogue.Asked("lendable")), tree, days):
        yield kit.id, kit.name, kit.category, "", kit.free, kit.url
    while True:
        wanted = catalogue.Asked("lendable")
        rows = catalogue.kinds(wanted, after_id=after_id, limit=paging.PAGE)
        for kind in _lendable(rows, asked, tree, days):
            sizes: Sequence[KindSize] = kind.sizes or [KindSize(size="", free=kind.free)]
            for one in sizes:
                yield kind.id, kind.name, kind.category, one.size, one.free, kind.url
        if len(rows) < paging.PAGE:
            return
        after_id = rows[-1].id


def read_days(first: date | None, last: date | None) -> Days | None:
    """Return the days that were asked for: both, in order and not over, or none."""
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise Unfit({"last_day" if first else "first_day": _("Send both days, or neither.")})
    if first < clock.today():
        raise Unfit({"first_day": _("The first day is over. Choose today or a later day.")})
    if last < first:
        raise Unfit({"last_day": _("The last day is before the first. Choose it again.")})
    return first, last


def check_category(named: str | None, tree: Sequence[Group]) -> Group | None:
    """Return a category by its key or id; one that there is not is unfit."""
    if named is None:
        return None
    found = next((one for one in tree if named in {one.key, str(one.id)}), None)
    if found is None:
        raise Unfit({"category": _("There is no such category.")})
    return found


def _found(asked: KindsAsked, tree: Sequence[Group]) -> tuple[list[tuple[str, Found]], bool]:
    """Return a page of kinds with their pools, and whether there are more: what is lent first."""
    at, after = paging.read(asked.cursor, size=2) or (0, 0)
    found: list[tuple[str, Found]] = []
    seen = _pools(asked.pool)
    for number, pool in enumerate(ORDER):
        if _pool_of(pool) in seen and number >= at and len(found) <= asked.limit:
            after_id = after if number == at and after else None
            wanted = _question(asked, _pool_of(pool), tree).asked
            find = _find_kits if pool == KITS else catalogue.kinds
            rows = find(wanted, after_id=after_id, limit=asked.limit + 1 - len(found))
            found += [(pool, row) for row in rows]
    return found[: asked.limit], len(found) > asked.limit


def _pool_of(part: str) -> Pool:
    """Return the pool that a part of the list is of."""
    return "reuse" if part == "reuse" else "lendable"


def _find_kits(
    wanted: catalogue.Asked, *, after_id: int | None = None, limit: int = paging.PAGE
) -> list[Found]:
    """Return so many kits, after the one with this id."""
    found = catalogue.kits(wanted)
    ids = [one.id for one in found]
    begin = ids.index(after_id) + 1 if after_id in ids else 0
    return found[begin : begin + limit]


def _kits(rows: Sequence[Found], tree: Sequence[Group], days: Days | None) -> list[Kind]:
    """Return kits, counted as the page counts them: how many all of whose parts are free."""
    counts = count_kits([row.id for row in rows], days) if rows else {}
    keys = {one.id: one.key for one in tree}
    return [
        Kind(
            id=row.id,
            name=pick(row.name_simple, row.name, row.name_sv, row.name_en),
            category=keys.get(row.category_id, ""),
            pool="lendable",
            free=counts[row.id],
            sizes=[],
            parts=[KitPart(kind=one.kind_id, quantity=one.quantity) for one in pieces_of(row.id)],
            url=who.page_at(row.id, "lendable"),
        )
        for row in rows
    ]


def _pools(asked: Pool | None) -> set[str]:
    """Return the pools to look in: the one that was asked for, or all that may be seen."""
    if asked == "reuse":
        who.check_may(Right.REUSE)
    seen = {"lendable", "reuse"} if who.may(Right.REUSE) else {"lendable"}
    return seen if asked is None else {asked}


def _question(asked: KindsAsked, pool: str, tree: Sequence[Group]) -> Question:
    """Return what is asked as the page asks it."""
    category = check_category(asked.category, tree)
    args = {"q": asked.q, "ryhma": category.key if category else None, "koko": asked.size}
    return Question(pool, {name: [text] for name, text in args.items() if text}, tree)


def _lendable(
    rows: Sequence[Found], asked: KindsAsked, tree: Sequence[Group], days: Days | None
) -> list[Kind]:
    """Return kinds to borrow, counted as the page counts them."""
    if not rows:
        return []
    sizes = frozenset(_question(asked, "lendable", tree).asked.sizes)
    there = There({row.id: row.category_id for row in rows}, goods.heaps([row.id for row in rows]))
    free = Supply(there, days).count(
        pile for row in rows for pile in there.piles_of(row.id, sizes=there.sizes_of(row.id))
    )
    keys = {one.id: one.key for one in tree}
    return [_kind(row, there, free, sizes, keys.get(row.category_id, "")) for row in rows]


def _kind(
    row: Found, there: There, free: dict[Pile, int], sizes: frozenset[str], category: str
) -> Kind:
    piles = there.piles_of(row.id, sizes=there.sizes_of(row.id) & sizes)
    counted = {
        size: sum(n for pile, n in free.items() if pile.kind_id == row.id and pile.size == size)
        for size in sorted_sizes(there.sizes_of(row.id))
    }
    return Kind(
        id=row.id,
        name=pick(row.name_simple, row.name, row.name_sv, row.name_en),
        category=category,
        pool="lendable",
        free=together({pile: free[pile] for pile in piles}),
        sizes=[KindSize(size=size, free=number) for size, number in counted.items()],
        parts=[],
        url=who.page_at(row.id, "lendable"),
    )


def _reuse(rows: Sequence[Found], tree: Sequence[Group]) -> list[Kind]:
    """Return kinds for reuse with how many pieces units may book."""
    pieces = queries.pieces_to_book([row.id for row in rows]) if rows else {}
    keys = {one.id: one.key for one in tree}
    return [
        Kind(
            id=row.id,
            name=pick(row.name_simple, row.name, row.name_sv, row.name_en),
            category=keys.get(row.category_id, ""),
            pool="reuse",
            free=sum(pieces.get(row.id, {}).values()),
            sizes=[
                KindSize(size=size, free=pieces[row.id][size])
                for size in sorted_sizes(pieces.get(row.id, {}))
            ],
            parts=[],
            url=who.page_at(row.id, "reuse"),
        )
        for row in rows
    ]


# When one of them can be had


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityAsked:
    """Where, which size and for which days."""

    site: Annotated[str | None, About("A site's id or key; else the first that has it")] = None
    size: Annotated[str | None, About("One of the kind's sizes; else any")] = None
    first_day: FirstDay = None
    last_day: LastDay = None
    days: Annotated[int, About("How many days of the calendar", least=1, most=LONGEST_CALENDAR)] = (
        28
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another kind that is free on those days."""

    id: int
    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """A day of the calendar: `free` to begin a loan of that day alone, `taken`, or `closed`."""

    day: date
    state: Literal["free", "taken", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """When a kind can be had; `refusal` says why those days will not do."""

    kind: int
    site: Annotated[int | None, About("Where; null for goods for reuse, which are booked in lots")]
    size: str | None
    first_day: date | None
    last_day: date | None
    free: Annotated[int, About("How many can be had on those days", least=0)]
    refusal: Annotated[str | None, About("The stable code of why not")]
    detail: Annotated[str | None, About("Why not, in the language that was asked for", most=2000)]
    first_free_day: Annotated[
        date | None, About("The first day from which as long a loan can be had")
    ]
    alternatives: list[Alternative]
    days: list[CalendarDay]


@offers(
    "GET",
    f"/kinds/<{AN_ID}:kind_id>/availability",
    right=Right.LOOK,
    summary=N_("See when a kind can be had"),
)
def availability(kind_id: int, asked: AvailabilityAsked) -> Availability:
    """Open data for what is lent: needs no token. The same packing as reserving asks."""
    kind = goods.get_kind(kind_id)
    if kind.pool == "reuse":
        return _of_lots(kind)
    if pieces_of(kind.id):
        return _of_kit(kind, asked)
    return _of_days(_chosen(kind, asked), asked)


def _of_lots(kind: KindRow) -> Availability:
    if not who.may(Right.REUSE):
        raise NoResultFound
    return Availability(
        kind=kind.id,
        site=None,
        size=None,
        first_day=None,
        last_day=None,
        free=sum(queries.pieces_to_book([kind.id]).get(kind.id, {}).values()),
        refusal=None,
        detail=None,
        first_free_day=None,
        alternatives=[],
        days=[],
    )


def _of_kit(kind: KindRow, asked: AvailabilityAsked) -> Availability:
    """Return when all parts of a kit can be had together, in whatever sizes."""
    if asked.size is not None:
        raise Unfit({"size": _("A kit has no size. Send the sizes of its parts.")})
    site = who.get_site(asked.site) if asked.site else None
    first, last = read_days(asked.first_day, asked.last_day) or (None, None)
    said = {"alku": first, "loppu": last, "paikka": site and site.key}
    chosen = kit_choice.choice(kind, {name: str(value) for name, value in said.items() if value})
    if chosen is None:
        raise NoResultFound
    if site is not None and chosen.site.id != site.id:
        raise Unfit({"site": _("This site has none of these.")})
    kinds = {row.id: row for row in goods.kinds({slot.kind_id for slot in chosen.slots})}
    said_no = kit_page.objection(chosen, kinds)
    free = 0 if said_no else chosen.shelf.free(*chosen.days)
    return Availability(
        kind=kind.id,
        site=chosen.site.id,
        size=None,
        first_day=chosen.days[0],
        last_day=chosen.days[1],
        free=free,
        refusal=said_no.code if said_no else None if free else "not_free",
        detail=_detail(said_no),
        first_free_day=chosen.days[0]
        if free
        else chosen.shelf.first_free_day(*chosen.days, today=clock.today()),
        alternatives=[],
        days=_days_of(chosen, asked.days),
    )


def _chosen(kind: KindRow, asked: AvailabilityAsked) -> Choice:
    days = read_days(asked.first_day, asked.last_day)
    site = who.get_site(asked.site) if asked.site else None
    first, last = days or (None, None)
    said = {"alku": first, "loppu": last, "paikka": site and site.key, "koko": asked.size}
    found = choice(kind, {name: str(value) for name, value in said.items() if value})
    if found is None:
        raise NoResultFound
    if site is not None and found.site.id != site.id:
        raise Unfit({"site": _("This site has none of these.")})
    if asked.size is not None and found.shelf.size != asked.size:
        raise Unfit({"size": _("There is no such size here.")})
    return found


def _of_days(chosen: Choice, asked: AvailabilityAsked) -> Availability:
    shelf, (first, last) = chosen.shelf, chosen.days
    objection = shelf.objection(first, last, clock.today()) if asked.first_day else None
    free = 0 if objection else shelf.free(first, last)
    return Availability(
        kind=chosen.kind.id,
        site=shelf.site_id,
        size=shelf.size,
        first_day=first,
        last_day=last,
        free=free,
        refusal=objection.code if objection else None if free else "not_free",
        detail=_detail(objection),
        first_free_day=first if free else _first_free(chosen),
        alternatives=[] if free else _instead(chosen),
        days=_days_of(chosen, asked.days),
    )


def _detail(objection: Refusal | None) -> str | None:
    return retold(objection) if objection else None


def _first_free(chosen: Choice) -> date | None:
    shelf = chosen.shelf
    return lending.first_free_day(
        shelf.stock,
        *chosen.days,
        opening=shelf.opening,
        terms=shelf.terms,
        site_id=shelf.site_id,
        size=shelf.size,
    )


def _instead(chosen: Choice) -> list[Alternative]:
    shelf, (first, last) = chosen.shelf, chosen.days
    until = shelf.taken_until(last)
    return alternatives(ahead.kinds_instead(chosen.kind, first, until, site_id=shelf.site_id))


def alternatives(kind_ids: Sequence[int]) -> list[Alternative]:
    """Return other kinds that would do."""
    rows = {kind.id: kind for kind in goods.kinds(kind_ids)}
    return [
        Alternative(id=one, name=name_of(rows[one]), url=who.page_of(rows[one]))
        for one in kind_ids
        if one in rows
    ]


def _days_of(chosen: Choice | KitChoice, number: int) -> list[CalendarDay]:
    shelf, first = chosen.shelf, chosen.days[0]
    days = [first + timedelta(n) for n in range(number)]
    latest = clock.today() + timedelta(shelf.terms.ahead_days)
    free_on = shelf.free_days([day for day in days if day <= latest])
    return [
        CalendarDay(
            day=day,
            state="closed"
            if not shelf.opening.is_open(day)
            else "free"
            if free_on.get(day)
            else "taken",
        )
        for day in days
    ]
