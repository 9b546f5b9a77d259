"""Bringing lists of goods in: first look, then all good rows at once."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from lainaamo.core import clock, journal
from lainaamo.core.db import insert_missing, insert_once, session
from lainaamo.core.errors import N_, Refusal
from lainaamo.goods import actions as goods
from lainaamo.goods import codes
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.models import Kind, Site
from lainaamo.intake import columns, queries, rules, sheets
from lainaamo.intake.models import ImportedRow
from lainaamo.intake.rules import Row, Thing, Verdict
from lainaamo.people.models import Unit


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


def preview(source: Path | bytes | str, *, site_id: int | None = None) -> Preview:
    """Read a list of goods and say what each row would become; write nothing.

    `source` is the file's path or its content. Without a site the first one gets the goods.
    Refuses a file that is no list of goods, or is cut.
    """
    content = source if isinstance(source, bytes) else Path(source).read_bytes()
    sheet = sheets.read_csv(content, count_known=columns.count_known)
    mapped = columns.map_columns(sheet.headers)
    columns.check_columns(mapped)
    site_id = site_id or next((site.id for site in goods_queries.sites()), None)
    keys = rules.row_keys(sheet.headers, [cells for _, cells in sheet.rows])
    cells = [{name: row[at] for name, at in mapped.items()} for _, row in sheet.rows]
    signs = _signs(cells)
    coded = [f"code:{sign}" for sign in signs]
    house = queries.house(site_id, keys=[*keys, *coded], signs=signs)
    judged = [
        rules.judge(line, key, row, house)
        for (line, _), key, row in zip(sheet.rows, keys, cells, strict=True)
    ]
    named = {at: name for name, at in mapped.items()}
    headers = [(header, named.get(at)) for at, header in enumerate(sheet.headers) if header]
    return Preview(headers, _told(rules.refuse_twins(judged)), site_id)


def _signs(rows: Sequence[Mapping[str, str]]) -> list[str]:
    found = []
    for row in rows:
        try:
            found.append(codes.read(row.get("code", ""), host=""))
        except Refusal:
            continue  # the row will say so itself
    return found


def _told(rows: Sequence[Row]) -> list[Row]:
    """Warn where a text cannot be kept: things of one kind share their description."""
    kept = rules.descriptions(row.thing for row in rows if row.thing)
    told = []
    for row in rows:
        text = row.thing.description if row.thing else ""
        if row.thing and text and row.verdict != "already" and not kept[rules.kind_key(row.thing)]:
            words = N_("“%(text)s” is left out: other rows of the same kind say something else.")
            note = Refusal(words, code="text_left_out", text=text[:80])
            told.append(replace(row, verdict="warning", notes=[*row.notes, note]))
        else:
            told.append(row)
    return told


def apply(seen: Preview) -> Outcome:
    """Bring in all good rows of a preview; what came in since it was made is left alone.

    Each lendable thing gets a code of its own; goods for reuse are one lot a row, with one code.
    """
    site_id = _open_house(seen.site_id)
    good = _still_new(seen.good)
    things = [row.thing for row in good if row.thing]
    kinds, made_kinds = _kinds(things)
    units, made_units = _units(things)
    places = queries.places(site_id)
    singles: list[tuple[Row, Thing, str]] = []
    facts: list[dict[str, Any]] = []
    for row in good:
        if row.thing is None:
            continue
        known = _facts(row.thing, site_id, kinds=kinds, units=units, places=places)
        copies = row.thing.count if row.thing.pool == "lendable" else 1
        for number in range(1, copies + 1):
            singles.append((row, row.thing, f"{row.key}/{number}"))
            facts.append(known)
    item_ids = goods.receive_many(facts, verb="item.imported")
    _label(item_ids, singles)
    insert_rows = [
        {"key": key, "item_id": item_id, "imported_at": clock.now()}
        for item_id, (_, _, key) in zip(item_ids, singles, strict=True)
    ]
    if insert_rows:
        session.execute(insert(ImportedRow), insert_rows)
    lots = sum(thing.pool == "reuse" for _, thing, _ in singles)
    return Outcome(
        rows=len(good),
        singles=len(singles) - lots,
        lots=lots,
        kinds=made_kinds,
        units=made_units,
        already=seen.count("already") + len(seen.good) - len(good),
        refused=seen.count("refused"),
    )


def _open_house(site_id: int | None) -> int:
    """Make other imports wait, and return the site the goods come to.

    A house without a site gets a first one, whose hours somebody has to set.
    """
    if site_id is None and not goods_queries.sites():
        insert_once(Site, key="varasto", name="Varasto", address="", phone="")
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


def _facts(
    thing: Thing,
    site_id: int,
    *,
    kinds: Mapping[tuple[int, str], int],
    units: Mapping[str, int],
    places: Mapping[str, int],
) -> dict[str, Any]:
    place = places.get(thing.place or "")
    return {
        "kind_id": kinds[rules.kind_key(thing)],
        "site_id": site_id,
        "place_id": place,
        "home_place_id": place,
        "size": thing.size,
        "attributes": dict(thing.attributes),
        "condition": thing.condition,
        "quantity": 1 if thing.pool == "lendable" else thing.count,
        "price_new_cents": thing.price_new_cents,
        "giving_unit_id": units.get(thing.owner.casefold()),
    }


def _label(item_ids: Sequence[int], things: Sequence[tuple[Row, Thing, str]]) -> None:
    """Give things the codes their rows name, the rest new ones."""
    named: dict[int, str] = {}
    for item_id, (row, thing, key) in zip(item_ids, things, strict=True):
        if thing.code and key == queries.first_key(row.key):
            named[item_id] = thing.code
    for item_id, sign in named.items():
        goods.label_as(item_id, sign)
    goods.label_many([item_id for item_id in item_ids if item_id not in named])
