"""Finnish words find what they name: inflected, in compounds, split, misspelt, by other names."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from lainaamo.administration.shipped import load_categories
from lainaamo.bench.finding import (
    LEAST_PRECISION,
    LEAST_RECALL,
    SETS,
    cases,
    found,
    measure,
    names,
    stock,
)
from lainaamo.catalogue import queries
from lainaamo.core import clock, finnish, journal
from lainaamo.core.db import session, transaction
from lainaamo.core.terms import Entry, terms_of
from lainaamo.core.web import Lainaamo
from lainaamo.demo.tables import read
from lainaamo.goods import actions as goods
from lainaamo.goods import finding
from lainaamo.goods.models import Category, Kind
from tests.make import Make

SHIPPED = Path(__file__).parent / "finnish" / "shipped.csv"


def stocked(make: Make, names: Sequence[str]) -> None:
    """Put one thing of each of these names on the shelf, in a group that says nothing."""
    group, site = make.category("muut"), make.site()
    with make.app.app_context(), transaction():
        stock(group, site, names)


@pytest.mark.parametrize("name", SETS)
def test_words_as_people_write_them_find_what_they_name(
    app: Lainaamo, make: Make, name: str
) -> None:
    stocked(make, names(name))
    with app.app_context():
        quality = measure(name)
    assert quality.empty == []
    assert quality.recall >= LEAST_RECALL, quality.poor
    assert quality.precision >= LEAST_PRECISION, quality.poor


@pytest.mark.parametrize("name", SETS)
def test_both_databases_find_what_the_terms_say_in_one_order(
    app: Lainaamo, make: Make, name: str
) -> None:
    stocked(make, names(name))
    group = ("Muut",) * 4
    known = [(one, terms_of(Entry((one,), group, marks=("lendable",))).all) for one in names(name)]
    with app.app_context():
        for words, _wanted, _allowed in cases(name):
            query = queries.read(words, "lendable").query
            fits = [one for one in known if all(some & one[1] for some in query.choices())]
            newest = [(one, bool(query.heads & terms)) for one, terms in reversed(fits)]
            wanted = sorted(newest, key=lambda one: not one[1])
            assert found(words) == [one for one, _is_head in wanted], words


def test_the_demos_goods_are_found_in_every_language_and_by_other_names(
    app: Lainaamo, make: Make
) -> None:
    """First comes what is meant."""
    site_id = make.site().id
    with app.app_context():
        with journal.acting("command"), transaction():
            load_categories()
            groups = {one.key: one for one in session.scalars(select(Category))}
            rows = {row["name"]: row for row in read("kinds")}.values()
            called = ("name", "name_simple", "name_sv", "name_en")
            kinds = [
                Kind(
                    category_id=groups[row["category"]].id,
                    pool="lendable",
                    made_at=clock.now(),
                    **{name: row[name] for name in called},
                )
                for row in rows
            ]
            session.add_all(kinds)
            session.flush()
            finding.index_kinds(kind.id for kind in kinds)
            goods.receive_many([{"kind_id": kind.id, "site_id": site_id} for kind in kinds])
        with SHIPPED.open(encoding="utf-8") as file:
            questions = [(row["query"], row["first"]) for row in csv.DictReader(file)]
        firsts = {words: (found(words)[:1], wanted) for words, wanted in questions}
    poor = {
        query: (first, wanted)
        for query, (first, wanted) in firsts.items()
        if not set(first) & set(wanted.split("|"))
    }
    assert poor == {}


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("sukset ja sauvat", ["sukset ja sauvat"]),
        ("pallo jolla on pumppu", ["pallo ja pumppu"]),
        ("ja", ["jakkara"]),
        ("olematon", []),
    ],
)
def test_little_words_neither_find_nor_hide_anything(
    app: Lainaamo, make: Make, words: str, wanted: list[str]
) -> None:
    stocked(make, ["sukset ja sauvat", "pallo ja pumppu", "laite jolla voi olla", "jakkara"])
    with app.app_context():
        assert found(words) == wanted


def test_long_compounds_break_where_their_parts_meet() -> None:
    long = {"Hiihtopakkaukset": "Hiihto\u00adpakkaukset", "Kesäpelireput": "Kesäpeli\u00adreput"}
    assert {name: finnish.softened(name) for name in long} == long
    for name in ("Sukset", "Sukset, monot ja sauvat", "Näyttö 24″", "Қ" * 30, "İ" * 30, ""):
        assert finnish.softened(name) == name
