"""The tree of categories that a new house begins with, and the drawings it points to."""

import csv
import re
from collections import Counter
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pytest

from lainaamo.goods.attributes import ATTRIBUTES

ROOT: Final = Path(__file__).parents[2]
LIST: Final = ROOT / "lainaamo" / "goods" / "shipped" / "categories.csv"
DRAWINGS: Final = ROOT / "static" / "pictures.svg"
COLUMNS: Final = (
    "key,parent,name,name_simple,name_sv,name_en,pictogram,cpv,pool,attributes,"
    "loan_days,longest_days,at_once,turnaround_days,aliases"
)
NAMES: Final = ("name", "name_simple", "name_sv", "name_en")
TERMS: Final = ("loan_days", "longest_days", "at_once", "turnaround_days")
MOST_BYTES: Final = 60_000

Row = dict[str, str]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    with LIST.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def sprite() -> ElementTree.Element:
    return ElementTree.parse(DRAWINGS).getroot()  # noqa: S314 - our own file


def ids(sprite: ElementTree.Element) -> list[str]:
    return [element.attrib["id"] for element in sprite.iter() if "id" in element.attrib]


def test_the_list_has_its_columns_and_a_row_for_every_sort_of_goods(rows: list[Row]) -> None:
    assert ",".join(rows[0]) == COLUMNS
    assert 150 <= len(rows) <= 250
    assert Counter(row["pool"] for row in rows).keys() == {"lendable", "reuse"}


def test_every_category_has_a_key_of_its_own(rows: list[Row]) -> None:
    keys = [row["key"] for row in rows]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch("[a-z][a-z0-9_]*", key) for key in keys)


def test_every_category_is_named_in_all_four_languages(rows: list[Row]) -> None:
    nameless = [row["key"] for row in rows if not all(row[name].strip() for name in NAMES)]
    assert nameless == []


def test_parents_come_first_and_are_of_the_same_pool(rows: list[Row]) -> None:
    pools: dict[str, str] = {"": ""}
    for row in rows:
        assert row["parent"] in pools, row["key"]
        assert pools[row["parent"]] in {"", row["pool"]}, row["key"]
        pools[row["key"]] = row["pool"]


def test_the_tree_is_at_most_three_levels_deep(rows: list[Row]) -> None:
    depths = {"": 0}
    for row in rows:
        depths[row["key"]] = depths[row["parent"]] + 1
    assert max(depths.values()) == 3


def test_sisters_have_different_names_in_every_language(rows: list[Row]) -> None:
    for column in NAMES:
        shown = Counter((row["pool"], row["parent"], row[column]) for row in rows)
        assert [names for names, count in shown.items() if count > 1] == []


def test_every_category_has_a_drawing(rows: list[Row], sprite: ElementTree.Element) -> None:
    assert {row["pictogram"] for row in rows} <= set(ids(sprite))


def test_every_category_has_the_eight_digits_of_cpv(rows: list[Row]) -> None:
    assert [row["key"] for row in rows if not re.fullmatch("[0-9]{8}", row["cpv"])] == []


def test_categories_ask_for_known_attributes_and_always_for_colour(rows: list[Row]) -> None:
    for row in rows:
        keys = row["attributes"].split()
        assert len(set(keys)) == len(keys), row["key"]
        assert set(keys) <= set(ATTRIBUTES), row["key"]
        assert "colour" in keys, row["key"]


def test_what_is_lent_has_terms_and_what_is_given_has_none(rows: list[Row]) -> None:
    for row in rows:
        terms = [row[term] for term in TERMS]
        if row["pool"] == "reuse":
            assert terms == [""] * 4, row["key"]
            continue
        days, longest, at_once, turnaround = map(int, terms)
        assert 1 <= days <= longest, row["key"]
        assert at_once >= 1, row["key"]
        assert turnaround in {0, 1}, row["key"]


def test_no_name_or_alias_leads_to_two_categories(rows: list[Row]) -> None:
    words = Counter(
        word.casefold()
        for row in rows
        for word in {row["name"].casefold(), *row["aliases"].casefold().split("|")}
        if word
    )
    assert [word for word, count in words.items() if count > 1] == []


def test_aliases_are_clean_words(rows: list[Row]) -> None:
    aliases = [alias for row in rows if row["aliases"] for alias in row["aliases"].split("|")]
    assert [alias for alias in aliases if alias != alias.strip() or not alias] == []
    assert [alias for alias in aliases if re.search('[;,"]', alias)] == []


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("hiihto", "skiing"),
        ("sauvat", "ski_poles"),
        ("luistimet", "skates"),
        ("kypärä", "helmets"),
        ("urheiluvälineet", "lending_other"),
        ("toimistokalusteet", "furniture"),
        ("tuoli", "chairs"),
        ("sähkötyöpöytä", "electric_desks"),
        ("napit ja vetoketjut", "notions"),
        ("sekalaiset", "reuse_other"),
    ],
)
def test_lists_find_a_category_by_their_own_words(rows: list[Row], word: str, key: str) -> None:
    found = [
        row["key"]
        for row in rows
        if word in {row["name"].casefold(), *row["aliases"].casefold().split("|")}
    ]
    assert found == [key]


def test_each_pool_has_one_category_for_what_has_no_other(rows: list[Row]) -> None:
    others = [row["pool"] for row in rows if "other" in row["key"].split("_")]
    assert sorted(others) == ["lendable", "reuse"]


def test_the_drawings_are_light_and_each_is_found_by_its_own_id(
    sprite: ElementTree.Element,
) -> None:
    assert DRAWINGS.stat().st_size < MOST_BYTES
    found = ids(sprite)
    assert len(set(found)) == len(found)
    assert {element.tag.rpartition("}")[2] for element in sprite} == {"symbol"}
    assert all(symbol.get("viewBox") == "0 0 160 120" for symbol in sprite)


def test_the_drawings_carry_no_scripts_and_no_styles_of_their_own(
    sprite: ElementTree.Element,
) -> None:
    drawn = {"svg", "symbol", "g", "path", "rect", "circle", "ellipse"}
    for element in sprite.iter():
        assert element.tag.rpartition("}")[2] in drawn
        assert not any(name == "style" or name.startswith("on") for name in element.attrib)
        assert not any("href" in name for name in element.attrib)


def test_the_drawings_take_their_colours_from_the_page(sprite: ElementTree.Element) -> None:
    colour = re.compile("none|var\\(--[a-z-]+,#[0-9a-f]{3}(?:[0-9a-f]{3})?\\)")
    for element in sprite.iter():
        for name in ("fill", "stroke"):
            value = element.get(name)
            assert value is None or colour.fullmatch(value), value
