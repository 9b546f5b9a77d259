"""The goods of the demo: sites with shelves, kinds, and the things that stand there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.demo.life import Thing
from lainaamo.demo.tables import Row, read
from lainaamo.goods import actions as goods
from lainaamo.goods import finding
from lainaamo.goods.models import Category, Component, Kind, OpeningHours, Part, Place, Site
from lainaamo.lending import queries as lending

WINTER = frozenset({1, 2, 3, 4, 11, 12})
SUMMER = frozenset({5, 6, 7, 8, 9})
ALL_YEAR = WINTER | SUMMER | {10}
SEASONS: Mapping[str, frozenset[int]] = {
    "skiing": WINTER,
    "skating": WINTER,
    "winter": WINTER,
    "ice_fishing": WINTER,
    "winter_helmets": WINTER,
    "water": SUMMER,
    "cycling": SUMMER | {4, 10},
    "wheels": SUMMER,
    "yard_games": SUMMER,
}
"""The months in which things of a category, or of those under it, are lent."""

BUILDINGS = {"koulu": "Vanha koulu", "toimisto": "Kunnantalo", "paivakoti": "Vanha päiväkoti"}
WITH_PLUG = frozenset({"devices", "appliances", "lighting", "power_tools", "catering"})
"""Categories of things with a plug: their electrical check is written down."""

DAYS = ("ma", "ti", "ke", "to", "pe", "la", "su")
ARRIVALS = 12
"""On how many days the things came in, before the months that are played."""


KITS = (
    (
        (
            "ski_sets",
            "Aikuisen hiihtopakkaus",
            "Aikuisen hiihtopaketti",
            "Skidpaket för vuxen",
            "Ski set for adults",
        ),
        ("Aikuisten perinteisen sukset", "Hiihtomonot", "Suksisauvat"),
    ),
    (
        (
            "downhill",
            "Laskettelupakkaus",
            "Laskettelupaketti",
            "Slalompaket",
            "Downhill set",
        ),
        ("Laskettelusukset", "Laskettelumonot"),
    ),
)


@dataclass(frozen=True)
class Tree:
    """The categories of the house."""

    by_key: Mapping[str, Category]
    by_id: Mapping[int, Category]

    def lineage(self, key: str) -> list[str]:
        """Return the keys of a category and of those above it, nearest first."""
        here: Category | None = self.by_key[key]
        keys = []
        while here is not None:
            keys.append(here.key)
            here = self.by_id.get(here.parent_id or 0)
        return keys

    def months(self, key: str) -> frozenset[int]:
        """Return the months in which a category's things are lent."""
        return next((SEASONS[one] for one in self.lineage(key) if one in SEASONS), ALL_YEAR)


@dataclass(frozen=True, slots=True)
class _Arrival:
    """One thing or lot to come in: its row, its columns and its parts."""

    row: Row
    facts: dict[str, Any]
    parts: Sequence[str]


def come(units: Mapping[str, int]) -> list[Thing]:
    """Bring the sites and all goods in; return the things that can be lent."""
    places = _open_sites()
    rows = read("kinds")
    categories = session.scalars(select(Category)).all()
    tree = Tree({row.key: row for row in categories}, {row.id: row for row in categories})
    kinds = _kinds(rows, tree)
    _put_kits_together(kinds, tree)
    arrivals = [
        _Arrival(row, facts, _parts(row))
        for row in rows
        for facts in [_facts(row, tree, kinds=kinds, places=places, units=units)] * _copies(row)
    ]
    Random(1).shuffle(arrivals)  # noqa: S311 - a demo, nothing secret
    return [
        _thing(item_id, one, tree)
        for item_id, one in _receive(arrivals)
        if tree.by_key[one.row["category"]].pool == "lendable"
    ]


def _open_sites() -> dict[tuple[str, str], Place]:
    """Open the sites; return their shelves, each with a code, by the site's key and the name."""
    sites = {}
    for row in read("sites"):
        site = Site(**{name: row[name] for name in ("key", "name", "address", "phone")})
        session.add(site)
        session.flush()
        sites[site.key] = site.id
        session.add_all(_hours(site.id, row["hours"]))
    return _places(sites)


def _hours(site_id: int, week: str) -> Iterator[OpeningHours]:
    """Read a week: "ma-to 12-17; pe 10-15"."""
    for part in week.split("; "):
        days, _, hours = part.partition(" ")
        first, _, last = days.partition("-")
        opens, _, closes = hours.partition("-")
        for weekday in range(DAYS.index(first), DAYS.index(last or first) + 1):
            yield OpeningHours(
                site_id=site_id,
                weekday=weekday,
                opens=time(int(opens)),
                closes=time(int(closes)),
            )


def _places(sites: Mapping[str, int]) -> dict[tuple[str, str], Place]:
    wanted = dict.fromkeys((row["site"], row["place"]) for row in read("kinds"))
    places: dict[tuple[str, str], Place] = {}
    rooms: dict[tuple[str, str], Place] = {}
    for site, path in wanted:
        room_name, _, name = path.partition(" / ")
        if (site, room_name) not in rooms:
            rooms[site, room_name] = _place(sites[site], room_name, parent_id=None)
        places[site, path] = _place(sites[site], name, parent_id=rooms[site, room_name].id)
        goods.label_place(places[site, path])
    return places


def _place(site_id: int, name: str, *, parent_id: int | None) -> Place:
    level = "shelf" if parent_id else "room"
    place = Place(site_id=site_id, name=name, level=level, parent_id=parent_id)
    session.add(place)
    session.flush()
    return place


def _kinds(rows: Sequence[Row], tree: Tree) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for row in rows:
        category = tree.by_key[row["category"]]
        kinds.setdefault(
            row["name"],
            Kind(
                category_id=category.id,
                pool=category.pool,
                **{name: row[name] for name in ("name", "name_simple", "name_sv", "name_en")},
                picture=row["picture"] or None,
                price_new_cents=int(row["price_new_eur"]) * 100,
                made_at=clock.now(),
            ),
        )
    session.add_all(kinds.values())
    session.flush()
    finding.index_kinds(kind.id for kind in kinds.values())
    return kinds


def _put_kits_together(kinds: Mapping[str, Kind], tree: Tree) -> None:
    """Make the demo's kits of what it lends."""
    for row, parts in KITS:
        names = dict(zip(("name", "name_simple", "name_sv", "name_en"), row[1:], strict=True))
        group = tree.by_key[row[0]]
        kit = Kind(category_id=group.id, pool="lendable", made_at=clock.now(), **names)
        session.add(kit)
        session.flush()
        session.add_all(
            Component(kit_id=kit.id, kind_id=kinds[part].id, quantity=1) for part in parts
        )
        finding.index_kinds([kit.id])


def _copies(row: Row) -> int:
    return 1 if row["lot"] == "1" else int(row["count"])


def _parts(row: Row) -> Sequence[str]:
    return [part for part in row["parts"].split(";") if part]


def _facts(
    row: Row,
    tree: Tree,
    *,
    kinds: Mapping[str, Kind],
    places: Mapping[tuple[str, str], Place],
    units: Mapping[str, int],
) -> dict[str, Any]:
    place = places[row["site"], row["place"]]
    has_plug = not WITH_PLUG.isdisjoint(tree.lineage(row["category"]))
    return {
        "kind_id": kinds[row["name"]].id,
        "site_id": place.site_id,
        "place_id": place.id,
        "home_place_id": place.id,
        "size": row["size"] or None,
        "attributes": _attributes(row),
        "condition": row["condition"],
        "quantity": int(row["count"]) if row["lot"] == "1" else 1,
        "giving_unit_id": units.get(row["unit"]),
        "origin_building": BUILDINGS.get(row["unit"]),
        "electrical_check_on": clock.today() - timedelta(5) if has_plug else None,
    }


def _attributes(row: Row) -> dict[str, Any]:
    pairs = (pair.split("=") for pair in row["attributes"].split())
    known: dict[str, Any] = {key: _value(text) for key, text in pairs}
    return {**known, "colour": row["colour"]} if row["colour"] else known


def _value(text: str) -> int | float | str:
    """Read a stored value: a number in the attribute's unit, a choice or a garment's size."""
    if not text.replace(".", "", 1).isdigit():
        return text
    number = float(text)
    return int(number) if number.is_integer() else number


def _receive(arrivals: Sequence[_Arrival]) -> list[tuple[int, _Arrival]]:
    """Take things in on a dozen days one after another, with their codes, shelves and parts."""
    received: list[tuple[int, _Arrival]] = []
    size = -(-len(arrivals) // ARRIVALS)
    for number in range(ARRIVALS):
        some = arrivals[number * size : (number + 1) * size]
        with clock.at(clock.now() + timedelta(number / 2)):
            ids = goods.receive_many([one.facts for one in some])
            goods.label_many(ids)
            pairs = list(zip(ids, some, strict=True))
            shelved = [(item_id, {"place": one.facts["place_id"]}) for item_id, one in pairs]
            journal.write_many("item.shelved", "item", shelved)
        received.extend(pairs)
    session.add_all(
        Part(item_id=item_id, name=name, quantity=1)
        for item_id, one in received
        for name in one.parts
    )
    return received


def _thing(item_id: int, one: _Arrival, tree: Tree) -> Thing:
    category = tree.by_key[one.row["category"]]
    terms = lending.terms_of(category.id, kind_id=one.facts["kind_id"])
    return Thing(
        item_id=item_id,
        kind_id=one.facts["kind_id"],
        category_id=category.id,
        size=one.facts["size"],
        site_id=one.facts["site_id"],
        home_id=one.facts["home_place_id"],
        loan_days=terms.days,
        longest_days=terms.longest_days,
        months=tree.months(category.key),
        has_parts=bool(one.parts),
    )
