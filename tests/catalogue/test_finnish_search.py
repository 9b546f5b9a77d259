"""Finnish words find what they name: inflected, in compounds, split, misspelt, by other names."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import pytest
from sqlalchemy import select

from lainaamo.catalogue import queries
from lainaamo.catalogue.queries import Asked
from lainaamo.core import clock, journal
from lainaamo.core.db import session, transaction
from lainaamo.core.terms import Entry, terms_of
from lainaamo.core.web import Lainaamo
from lainaamo.demo.tables import read
from lainaamo.goods import actions as goods
from lainaamo.goods import finding
from lainaamo.goods.models import Category, Kind
from lainaamo.upkeep.shipped import load_categories
from tests.make import Make

WORDS = Path(__file__).parent / "finnish"
LEAST_RECALL, LEAST_PRECISION = 0.97, 0.98
SETS = sorted(path.stem for path in WORDS.glob("*.txt"))


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a set of questions was answered, and which were not answered well."""

    recall: float
    precision: float
    empty: Sequence[str]
    poor: Mapping[str, tuple[Sequence[str], Sequence[str]]]


def stocked(make: Make, names: Sequence[str]) -> None:
    """Put one thing of each of these names on the shelf, in a group that says nothing."""
    group = make.category("muut")
    site_id = make.site().id
    with make.app.app_context(), transaction():
        kinds = [
            Kind(category_id=group.id, pool="lendable", name=name, made_at=clock.now())
            for name in names
        ]
        session.add_all(kinds)
        session.flush()
        finding.index_kinds(kind.id for kind in kinds)
        goods.receive_many([{"kind_id": kind.id, "site_id": site_id} for kind in kinds])


def found(words: str) -> list[str]:
    """Return the names of all that these words find, in order."""
    query = queries.read(words, "lendable").query
    return [one.name for one in queries.kinds(Asked("lendable", query=query), limit=10_000)]


def cases(name: str) -> list[dict[str, str]]:
    with (WORDS / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def measured(cases: Sequence[Mapping[str, str]]) -> Quality:
    recalls, precisions, empty, poor = [], [], [], {}
    for case in cases:
        got = set(found(case["query"]))
        wanted = set(case["expected"].split("|"))
        allowed = wanted | set(case["acceptable"].split("|"))
        recalls.append(len(got & wanted) / len(wanted))
        if got:
            precisions.append(len(got & allowed) / len(got))
        else:
            empty.append(case["query"])
        if not wanted <= got <= allowed:
            poor[case["query"]] = (sorted(wanted - got), sorted(got - allowed))
    return Quality(mean(recalls), mean(precisions), empty, poor)


@pytest.mark.parametrize("name", SETS)
def test_words_as_people_write_them_find_what_they_name(
    app: Lainaamo, make: Make, name: str
) -> None:
    stocked(make, (WORDS / f"{name}.txt").read_text(encoding="utf-8").splitlines())
    with app.app_context():
        quality = measured(cases(name))
    assert quality.empty == []
    assert quality.recall >= LEAST_RECALL, quality.poor
    assert quality.precision >= LEAST_PRECISION, quality.poor


@pytest.mark.parametrize("name", SETS)
def test_both_databases_find_what_the_terms_say_in_one_order(
    app: Lainaamo, make: Make, name: str
) -> None:
    names = (WORDS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    stocked(make, names)
    group = ("Muut",) * 4
    known = [(one, terms_of(Entry((one,), group, marks=("lendable",))).all) for one in names]
    with app.app_context():
        for case in cases(name):
            query = queries.read(case["query"], "lendable").query
            fits = [one for one in known if all(some & one[1] for some in query.choices())]
            newest = [(one, bool(query.heads & terms)) for one, terms in reversed(fits)]
            wanted = sorted(newest, key=lambda one: not one[1])
            assert found(case["query"]) == [one for one, _is_head in wanted], case["query"]


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
            names = ("name", "name_simple", "name_sv", "name_en")
            kinds = [
                Kind(
                    category_id=groups[row["category"]].id,
                    pool="lendable",
                    made_at=clock.now(),
                    **{name: row[name] for name in names},
                )
                for row in rows
            ]
            session.add_all(kinds)
            session.flush()
            finding.index_kinds(kind.id for kind in kinds)
            goods.receive_many([{"kind_id": kind.id, "site_id": site_id} for kind in kinds])
        firsts = {
            case["query"]: (found(case["query"])[:1], case["first"]) for case in cases("shipped")
        }
    poor = {
        query: (first, wanted)
        for query, (first, wanted) in firsts.items()
        if not set(first) & set(wanted.split("|"))
    }
    assert poor == {}
