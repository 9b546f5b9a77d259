"""The lists that the demo municipality is made of: what they name is there."""

import csv
import re
from collections import Counter
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pytest

from lainaamo.goods.attributes import ATTRIBUTES, parse, show

ROOT: Final = Path(__file__).parents[2]
DEMO: Final = ROOT / "lainaamo" / "demo"
KIND: Final = ("name", "name_simple", "name_sv", "name_en", "category", "picture", "price_new_eur")
CONDITIONS: Final = {"as_new", "good", "worn", "broken"}

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def groups() -> list[Row]:
    return read(DEMO / "kinds.csv")


@pytest.fixture(scope="module")
def categories() -> dict[str, Row]:
    listed = read(ROOT / "lainaamo" / "goods" / "shipped" / "categories.csv")
    return {row["key"]: row for row in listed}


def attributes(group: Row) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in group["attributes"].split())


def things(group: Row) -> int:
    return 1 if group["lot"] == "1" else int(group["count"])


def test_the_demo_has_about_a_hundred_kinds_and_six_hundred_things(groups: list[Row]) -> None:
    assert len({group["name"] for group in groups}) >= 110
    assert 550 <= sum(map(things, groups)) <= 700


def test_half_the_kinds_are_lent_and_half_are_given_on(
    groups: list[Row], categories: dict[str, Row]
) -> None:
    pools = {group["name"]: categories[group["category"]]["pool"] for group in groups}
    counts = Counter(pools.values())
    assert abs(counts["lendable"] - counts["reuse"]) < len(pools) / 10


def test_a_kind_is_the_same_in_all_its_sizes(groups: list[Row]) -> None:
    kinds = {tuple(group[column] for column in KIND) for group in groups}
    assert len(kinds) == len({group["name"] for group in groups})
    assert all(all(kind) for kind in kinds)


def test_every_kind_has_a_drawing(groups: list[Row]) -> None:
    sprite = ElementTree.parse(ROOT / "static" / "pictures.svg")  # noqa: S314 - our own file
    drawn = {symbol.attrib["id"] for symbol in sprite.getroot()}
    assert {group["picture"] for group in groups} <= drawn


def test_things_stand_on_shelves_of_the_two_sites(groups: list[Row]) -> None:
    sites = {row["key"] for row in read(DEMO / "sites.csv")}
    assert {group["site"] for group in groups} == sites == {"varasto", "kirjasto"}
    places = re.compile("[^/]+ / [A-Z][0-9]+")
    assert all(places.fullmatch(group["place"]) for group in groups)


def test_reuse_goods_come_from_a_unit_and_wait_in_the_warehouse(
    groups: list[Row], categories: dict[str, Row]
) -> None:
    units = {row["key"] for row in read(DEMO / "units.csv") if row["parent"]}
    for group in groups:
        if categories[group["category"]]["pool"] == "reuse":
            assert group["unit"] in units, group["name"]
            assert group["site"] == "varasto", group["name"]
        else:
            assert (group["unit"], group["lot"]) == ("", "0"), group["name"]


def test_counts_conditions_and_prices_are_what_the_tables_hold(groups: list[Row]) -> None:
    for group in groups:
        assert int(group["count"]) > 0
        assert group["lot"] in {"0", "1"}
        assert group["condition"] in CONDITIONS
        assert re.fullmatch("[0-9]+", group["price_new_eur"])
        assert group["colour"] in ATTRIBUTES["colour"].choices


def test_attributes_are_those_of_the_category_and_of_things_there_are(
    groups: list[Row], categories: dict[str, Row]
) -> None:
    for group in groups:
        for key, value in attributes(group).items():
            assert key in categories[group["category"]]["attributes"].split(), group["name"]
            unit = ATTRIBUTES[key].unit
            assert str(parse(key, f"{value} {unit}".strip())) == value, group["name"]


def test_the_printed_size_is_one_of_the_attributes(groups: list[Row]) -> None:
    for group in groups:
        pairs = attributes(group).items()
        shown = {show(key, parse(key, f"{value} {ATTRIBUTES[key].unit}")) for key, value in pairs}
        assert group["size"] in {"", *shown}, group["name"]


def test_no_group_is_listed_twice(groups: list[Row]) -> None:
    seen = Counter((group["name"], group["size"], group["condition"]) for group in groups)
    assert [group for group, count in seen.items() if count > 1] == []


def test_four_units_belong_to_one_municipality() -> None:
    units = read(DEMO / "units.csv")
    tops = [unit["key"] for unit in units if not unit["parent"]]
    assert len(tops) == 1
    assert [unit["parent"] for unit in units if unit["parent"]] == tops * 4


def test_sites_say_when_they_are_open() -> None:
    hours = re.compile("(?:(?:ma|ti|ke|to|pe|la|su)(?:-(?:ma|ti|ke|to|pe|la|su))? [0-9]+-[0-9]+)")
    for site in read(DEMO / "sites.csv"):
        assert all(hours.fullmatch(part) for part in site["hours"].split("; "))
        assert site["name"]
        assert site["address"]


def test_there_is_somebody_in_every_role() -> None:
    roles = Counter(person["role"] for person in read(DEMO / "people.csv"))
    assert roles.pop("resident") == 12
    assert roles.pop("worker") == 3
    staff = ("counter", "supervisor", "buyer", "coordinator", "administrator")
    assert roles == dict.fromkeys(staff, 1)


def test_only_workers_have_numbers_and_only_buyers_a_unit() -> None:
    units = {row["key"] for row in read(DEMO / "units.csv")}
    people = read(DEMO / "people.csv")
    for person in people:
        assert bool(person["number"]) == (person["role"] == "worker")
        assert (person["unit"] in units) == (person["role"] == "buyer")
    numbers = [person["number"] for person in people if person["number"]]
    assert len(set(numbers)) == len(numbers)


def test_nobody_in_the_demo_can_be_written_to_or_called() -> None:
    people = read(DEMO / "people.csv")
    emails = [person["email"] for person in people if person["email"]]
    phones = [row["phone"] for row in [*people, *read(DEMO / "sites.csv")] if row["phone"]]
    assert all(re.fullmatch(r"[a-z]+@example\.org", email) for email in emails)
    assert all(re.fullmatch("040 000 0[0-9]{3}", phone) for phone in phones)
    assert len(set(emails)) == len(emails)
    assert len(set(phones)) == len(phones)
