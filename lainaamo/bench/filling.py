"""A house of any size to measure in: real categories, made-up kinds, every tenth thing promised."""

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import insert, select, text

from lainaamo.administration.shipped import load_categories
from lainaamo.core import clock, journal
from lainaamo.core.db import db, is_sqlite, session, transaction
from lainaamo.goods import finding
from lainaamo.goods.codes import ALPHABET, LENGTHS, check_sign
from lainaamo.goods.models import Allocation, Category, Code, Item, Kind, OpeningHours, Site, Use

THINGS_OF_A_KIND = 4
BATCH = 20_000
ONE_IN = 10  # things that are promised to somebody
COLOURS = ("sininen", "lasten", "puinen", "kevyt", "vanha", "punainen", "musta", "pieni")
NAMES = ("polkupyörä", "sukset", "luistimet", "teltta", "pöytä", "kypärä", "tuoli", "reppu")
SIZES = tuple(f"{100 + 10 * n}" for n in range(9))

Rows = Iterator[dict[str, Any]]


def fill(things: int) -> None:
    """Fill an empty, migrated database with so many things, four of each kind."""
    with journal.acting("command"), transaction():
        load_categories()
        place = {"key": "varasto", "name": "Varasto", "address": "Tie 1", "phone": "08 1234567"}
        session.execute(insert(Site), [place])
        hours = {"site_id": 1, "opens": time(8), "closes": time(20)}
        session.execute(insert(OpeningHours), [hours | {"weekday": n} for n in range(7)])
        leaves = _leaves()
    for first in range(1, things + 1, BATCH):
        numbers = range(first, min(first + BATCH, things + 1))
        with transaction():
            _fill_some(numbers, leaves)
    _settle()


def _settle() -> None:
    """Do now what the database would do later by itself, while pages are measured."""
    tidy = "ANALYZE" if is_sqlite(db.engine) else "VACUUM (ANALYZE)"
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(tidy))


def sign_of(number: int) -> str:
    """Return the code of the nth thing: five signs and a check sign."""
    signs = ""
    for _ in range(LENGTHS[1]):
        number, value = divmod(number, len(ALPHABET))
        signs += ALPHABET[value]
    return signs + check_sign(signs)


def _leaves() -> Sequence[int]:
    """Return the categories of things to lend that have none below them."""
    parents = select(Category.parent_id).where(Category.parent_id.is_not(None))
    wanted = select(Category.id).where(Category.pool == "lendable", Category.id.not_in(parents))
    return session.scalars(wanted.order_by(Category.id)).all()


def _fill_some(numbers: range, leaves: Sequence[int]) -> None:
    kinds = list(_kinds(numbers, leaves))
    finding.index_kinds(session.scalars(insert(Kind).returning(Kind.id), kinds).all())
    session.execute(insert(Item), list(_items(numbers)))
    session.execute(insert(Code), list(_codes(numbers)))
    session.execute(insert(Use), list(_uses(numbers)))
    session.execute(insert(Allocation), list(_allocations(numbers)))


def _kinds(numbers: range, leaves: Sequence[int]) -> Rows:
    for n in numbers:
        if n % THINGS_OF_A_KIND == 0:
            name = f"{NAMES[n // THINGS_OF_A_KIND % 8]} {COLOURS[n // 8 % 8]} {n}"
            made = {"pool": "lendable", "name": name.capitalize(), "made_at": clock.now()}
            yield made | {"category_id": leaves[n // THINGS_OF_A_KIND % len(leaves)]}


def _items(numbers: range) -> Rows:
    fixed = {"site_id": 1, "condition": "good", "quantity": 1, "unclaimed": 1, "attributes": {}}
    for n in numbers:
        own = {"kind_id": _kind_of(n), "size": SIZES[n % 9], "received_at": clock.now()}
        yield fixed | own


def _codes(numbers: range) -> Rows:
    for n in numbers:
        yield {"sign": sign_of(n), "item_id": n, "made_at": clock.now()}


def _uses(numbers: range) -> Rows:
    fixed = {"site_id": 1, "purpose": "reserved", "movable": True}
    for n, first_day, last_day in _promised(numbers):
        own = {"item_id": n, "kind_id": _kind_of(n), "size": SIZES[n % 9], "due_on": last_day}
        yield fixed | own | {"first_day": first_day, "last_day": last_day}


def _allocations(numbers: range) -> Rows:
    for n, first_day, last_day in _promised(numbers):
        for ahead in range((last_day - first_day).days + 1):
            day = first_day + timedelta(ahead)
            yield {"use_id": n // ONE_IN, "item_id": n, "day": day}


def _promised(numbers: range) -> Iterator[tuple[int, date, date]]:
    for n in numbers:
        if n % ONE_IN == 0:
            first_day = clock.today() + timedelta(n // ONE_IN % 30)
            yield n, first_day, first_day + timedelta(6)


def _kind_of(number: int) -> int:
    """Return the kind of the nth thing: the first four are of the first."""
    return (number - 1) // THINGS_OF_A_KIND + 1
