"""Bringing lists of goods in: first look, then all good rows at once."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, insert, select

from lainaamo.core import clock, journal
from lainaamo.core.db import insert_missing, insert_once, session
from lainaamo.core.errors import N_, Refusal
from lainaamo.goods import actions as goods
from lainaamo.goods import codes, finding
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.models import Kind, OpeningHours, Site
from lainaamo.intake import columns, queries, rules, sheets
from lainaamo.intake.models import ImportedRow
from lainaamo.intake.rules import Row, Thing, Verdict
from lainaamo.intake.sheets import Sheet
from lainaamo.people.models import Unit

USUAL_HOURS = {"opens": time(12), "closes": time(17)}
WORKDAYS = range(5)
AT_ONCE = 2_000
MOST_THINGS = 50_000


def _tell_nobody(_done: int, _total: int) -> None:
    """Bring things in without a bar."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a list would bring: nothing is written yet.

    `columns` says of each header which of columns.COLUMNS it is; those with None are not read.
    """

    columns: Sequence[tuple[str, str | None]]
    rows: Sequence[Row]
    site_id: int | None

    @property
    def unused(self) -> list[str]:
        """Return the headers that are not read."""
        return [header for header, meaning in self.columns if meaning is None]

    def count(self, *verdicts: Verdict) -> int:
        """Count the rows with any of these verdicts."""
        return sum(row.verdict in verdicts for row in self.rows)

    @property
    def good(self) -> list[Row]:
        """Return the rows that bring something."""
        return [row for row in self.rows if row.verdict in {"new", "warning"}]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import brought; `lots` and `singles` are things, `already` rows that were there."""

    rows: int
    singles: int
    lots: int
    kinds: int
    units: int
    already: int
    refused: int


def read_list(content: bytes) -> Sheet:
    """Read a list of XLSX, ODS or CSV, without the column that tells what to mend in it."""
    sheet = sheets.read(content, count_known=columns.count_known)
    kept = [n for n, header in enumerate(sheet.headers) if not columns.tells_reason(header)]
    if len(kept) == len(sheet.headers):
        return sheet
    rows = [(line, [cells[n] for n in kept]) for line, cells in sheet.rows]
    return Sheet([sheet.headers[n] for n in kept], rows)


def preview(source: Path | bytes | str, *, site_id: int | None = None) -> Preview:
    """Read a list of goods and say what each row would become; write nothing.

    `source` is the file's path or its content. Without a site the first one gets the goods.
    Refuses a file that is no list of goods, or is cut.
    """
    sheet = read_list(source if isinstance(source, bytes) else Path(source).read_bytes())
    mapped = columns.map_columns(sheet.headers)
    columns.check_columns(mapped)
    site_id = site_id or first_site_id()
    keys = rules.row_keys(sheet.headers, [cells for _, cells in sheet.rows])
    rows = [(line, key, row) for (line, row), key in zip(sheet.rows, keys, strict=True)]
    named = {at: name for name, at in mapped.items()}
    headers = [(header, named.get(at)) for at, header in enumerate(sheet.headers) if header]
    return Preview(headers, judge(mapped, rows, site_id), site_id)


def first_site_id() -> int | None:
    """Return the site that gets goods when nobody says which."""
    return next((site.id for site in goods_queries.sites()), None)


def judge(
    mapped: Mapping[str, int], rows: Iterable[tuple[int, str, Sequence[str]]], site_id: int | None
) -> list[Row]:
    """Say what each (line, key, cells) would become; `mapped` is where each column is."""
    read = [
        (line, key, {name: row[at] if at < len(row) else "" for name, at in mapped.items()})
        for line, key, row in rows
    ]
    signs = _signs([cells for _line, _key, cells in read])
    coded = [f"code:{sign}" for sign in signs]
    house = queries.house(site_id, keys=[*(key for _, key, _ in read), *coded], signs=signs)
    return rules.refuse_twins([rules.judge(*row, house) for row in read])


def _signs(rows: Sequence[Mapping[str, str]]) -> list[str]:
    found = []
    for row in rows:
        try:
            found.append(codes.read(row.get("code", ""), host=""))
        except Refusal:
            continue  # the row will say so itself
    return found


@dataclass(frozen=True, slots=True)
class _Copy:
    """One thing to come in: its row, what it is, and the key it is known by afterwards."""

    row: Row
    thing: Thing
    key: str


def apply(seen: Preview, tell: Callable[[int, int], None] = _tell_nobody) -> Outcome:
    """Bring in all good rows of a preview; what came in since it was made is left alone.

    Each lendable thing gets a code of its own; goods for reuse are one lot a row, with one code.
    `tell` is told how many things of how many have come so far.
    """
    site_id = _open_house(seen.site_id)
    good = _still_new(seen.good)
    _check_number(good)
    things = [row.thing for row in good if row.thing]
    kinds, made_kinds = _kinds(things)
    units, made_units = _units(things)
    facts = _Facts(site_id, kinds, units, queries.places(site_id), rules.descriptions(things))
    copies = [copy for row in good for copy in _copies(row)]
    for first in range(0, len(copies), AT_ONCE):
        tell(first, len(copies))
        _bring(copies[first : first + AT_ONCE], facts)
    tell(len(copies), len(copies))
    lots = sum(copy.thing.pool == "reuse" for copy in copies)
    return Outcome(
        rows=len(good),
        singles=len(copies) - lots,
        lots=lots,
        kinds=made_kinds,
        units=made_units,
        already=seen.count("already") + len(seen.good) - len(good),
        refused=seen.count("refused"),
    )


def _check_number(rows: Sequence[Row]) -> None:
    """Refuse more things to lend than one transaction should hold."""
    things = (row.thing for row in rows if row.thing)
    number = sum(thing.count if thing.pool == "lendable" else 1 for thing in things)
    if number > MOST_THINGS:
        words = N_("The list would bring %(number)d things, %(most)d at most. Divide it.")
        raise Refusal(words, code="too_many_things", number=number, most=MOST_THINGS)


def _bring(copies: Sequence[_Copy], facts: "_Facts") -> None:
    item_ids = goods.receive_many([facts.of(copy.thing) for copy in copies], verb="item.imported")
    _label(item_ids, copies)
    _remember(item_ids, copies)


def _copies(row: Row) -> list[_Copy]:
    """Return what a row becomes: single things to lend, or one lot for reuse."""
    if row.thing is None:
        return []
    number = row.thing.count if row.thing.pool == "lendable" else 1
    return [_Copy(row, row.thing, f"{row.key}/{n}") for n in range(1, number + 1)]


def _remember(item_ids: Sequence[int], copies: Sequence[_Copy]) -> None:
    """Keep the keys, so that the same list again changes nothing."""
    now = clock.now()
    rows = [
        {"key": copy.key, "item_id": item_id, "imported_at": now}
        for item_id, copy in zip(item_ids, copies, strict=True)
    ]
    if rows:
        session.execute(insert(cast("Table", ImportedRow.__table__)), rows)


def _open_house(site_id: int | None) -> int:
    """Make other imports wait, and return the site the goods come to.

    A house without a site gets a first one with the usual hours: one that is never open could lend
    nothing.
    """
    if site_id is None and not goods_queries.sites():
        insert_once(Site, key="varasto", name="Varasto", address="", phone="")
        first = session.scalars(select(Site.id).where(Site.key == "varasto")).one()
        week = [{"site_id": first, "weekday": n, **USUAL_HOURS} for n in WORKDAYS]
        insert_missing(OpeningHours, week)
    # Not the plain lock: that one would make every new loan at the site wait too.
    wanted = select(Site.id).order_by(Site.id).with_for_update(key_share=True)
    sites = session.scalars(wanted).all()
    return site_id or sites[0]


def _still_new(rows: Sequence[Row]) -> list[Row]:
    """Look again under the lock: somebody may have brought the same list in the meantime."""
    known = queries.known_keys(row.key for row in rows)
    signs = [row.thing.code for row in rows if row.thing and row.thing.code]
    taken = {sign for sign, meaning in queries.codes(signs).items() if meaning != "blank"}
    return [
        row
        for row in rows
        if row.key not in known and (row.thing is None or row.thing.code not in taken)
    ]


def _kinds(things: Sequence[Thing]) -> tuple[dict[tuple[int, str], int], int]:
    """Return the kinds of these things, made where missing, and how many were made."""
    known = queries.kinds({thing.category_id for thing in things})
    described = rules.descriptions(things)
    missing = {rules.kind_key(thing): thing for thing in things}
    rows = [
        Kind(
            category_id=thing.category_id,
            pool=thing.pool,
            name=thing.name,
            description=described[key] or None,
            made_at=clock.now(),
        )
        for key, thing in missing.items()
        if key not in known
    ]
    session.add_all(rows)
    session.flush()
    known.update({(kind.category_id, kind.name.casefold()): kind.id for kind in rows})
    finding.index_kinds(kind.id for kind in rows)
    journal.write_many("kind.made", "kind", [(kind.id, {}) for kind in rows])
    return known, len(rows)


def _units(things: Sequence[Thing]) -> tuple[dict[str, int], int]:
    """Return the giving units by name, made where missing, and how many were made."""
    known = queries.units()
    names = {thing.owner.casefold(): thing.owner for thing in things if thing.owner}
    missing = [name for folded, name in names.items() if folded not in known]
    if not missing:
        return known, 0
    insert_missing(Unit, [{"key": _unit_key(name), "name": name} for name in missing])
    known = queries.units()
    made: list[tuple[int, dict[str, Any]]] = [(known[name.casefold()], {}) for name in missing]
    journal.write_many("unit.made", "unit", made)
    return known, len(made)


def _unit_key(name: str) -> str:
    """Return a key that a name always gets, and no other name: "iin-koulu-1f3a90c2"."""
    folded = name.casefold()
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode()
    digest = hashlib.sha256(folded.encode()).hexdigest()[:8]
    return "-".join([*re.findall("[a-z0-9]+", plain)[:5], digest])


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the rows' words stand for in this house."""

    site_id: int
    kinds: Mapping[tuple[int, str], int]
    units: Mapping[str, int]
    places: Mapping[str, int]
    descriptions: Mapping[tuple[int, str], str]

    def of(self, thing: Thing) -> dict[str, Any]:
        """Return the columns of a new thing.

        What all rows say of a kind is the kind's description; what only this one says, its note.
        """
        kind = rules.kind_key(thing)
        place = self.places.get(thing.place or "")
        own = thing.description if thing.description != self.descriptions[kind] else ""
        return {
            "kind_id": self.kinds[kind],
            "site_id": self.site_id,
            "place_id": place,
            "home_place_id": place,
            "size": thing.size,
            "attributes": dict(thing.attributes),
            "condition": thing.condition,
            "quantity": 1 if thing.pool == "lendable" else thing.count,
            "price_new_cents": thing.price_new_cents,
            "giving_unit_id": self.units.get(thing.owner.casefold()),
            "note": own or None,
        }


def _label(item_ids: Sequence[int], copies: Sequence[_Copy]) -> None:
    """Give things the codes their rows name, the rest new ones."""
    named: dict[int, str] = {}
    for item_id, copy in zip(item_ids, copies, strict=True):
        if copy.thing.code and copy.key == queries.first_key(copy.row.key):
            named[item_id] = copy.thing.code
    for item_id, sign in named.items():
        goods.label_as(item_id, sign)
    goods.label_many([item_id for item_id in item_ids if item_id not in named])
