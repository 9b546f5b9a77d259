"""How well Finnish words find what they name: given questions, and others never seen before.

Each set has the names of a made-up house (.txt) and questions with what they must find, and what
they may (.csv).
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from lainaamo.catalogue import queries
from lainaamo.catalogue.queries import Asked
from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.goods import actions as goods
from lainaamo.goods import finding
from lainaamo.goods.models import Category, Kind, Site

WORDS = Path(__file__).parent / "finnish"
SETS = ("given", "unseen", "fresh")
LEAST_RECALL, LEAST_PRECISION = 0.97, 0.98
ALL = 10_000


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a set of questions was answered, and which were not answered well."""

    recall: float
    precision: float
    empty: Sequence[str]
    poor: Mapping[str, tuple[Sequence[str], Sequence[str]]]


def names(of: str) -> list[str]:
    """Return the names of a set's house."""
    return (WORDS / f"{of}.txt").read_text(encoding="utf-8").splitlines()


def cases(of: str) -> Iterator[tuple[str, set[str], set[str]]]:
    """Yield each question of a set with the names it must find and those it may find."""
    with (WORDS / f"{of}.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            wanted = set(row["expected"].split("|"))
            yield row["query"], wanted, wanted | set(row["acceptable"].split("|"))


def stock(group: Category, site: Site, names: Sequence[str]) -> None:
    """Put one thing of each of these names on the shelf; call it in a transaction."""
    kinds = [
        Kind(category_id=group.id, pool="lendable", name=name, made_at=clock.now())
        for name in names
    ]
    session.add_all(kinds)
    session.flush()
    finding.index_kinds(kind.id for kind in kinds)
    goods.receive_many([{"kind_id": kind.id, "site_id": site.id} for kind in kinds])


def found(words: str) -> list[str]:
    """Return the names of all that these words find, in order."""
    query = queries.read(words, "lendable").query
    return [one.name for one in queries.kinds(Asked("lendable", query=query), limit=ALL)]


def measure(of: str) -> Quality:
    """Ask every question of a set in the house that was stocked with its names."""
    recalls, precisions, empty, poor = [], [], [], {}
    for query, wanted, allowed in cases(of):
        got = set(found(query))
        recalls.append(len(got & wanted) / len(wanted))
        if got:
            precisions.append(len(got & allowed) / len(got))
        else:
            empty.append(query)
        if not wanted <= got <= allowed:
            poor[query] = (sorted(wanted - got), sorted(got - allowed))
    return Quality(mean(recalls), mean(precisions), empty, poor)


def open_house() -> tuple[Category, Site]:
    """Write down a group that says nothing and a site; call it in a transaction."""
    said = dict.fromkeys(("key", "name", "name_simple", "name_sv", "name_en"), "muut")
    rest = {"position": 1, "pictogram": "box", "cpv": "", "pool": "lendable"}
    group = Category(**said, **rest, attributes=[], aliases=[])
    site = Site(key="varasto", name="Varasto", address="", phone="")
    session.add_all([group, site])
    session.flush()
    return group, site
