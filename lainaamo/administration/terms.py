"""The terms of a category or a kind, for a group or for all, as facts; else the nearest hold.

Each pair of what it is of and whom it is for is a sort of its own, with its own history and undo.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from sqlalchemy import delete, select

from lainaamo.administration.records import Record
from lainaamo.administration.rules import Facts
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.goods.models import Category, Kind
from lainaamo.lending.models import GROUPS, LoanTerms
from lainaamo.lending.rules import COLUMNS, Terms

INHERITED: Facts = dict.fromkeys(COLUMNS)
"""The facts of what has no terms of its own."""

SLUGS: Mapping[str, str] = {"unit": "yksikot", "club": "seurat", "staff": "henkilosto"}
WORDS: Mapping[str, str] = {
    "": N_("Everybody"),
    "unit": N_("Units of the municipality"),
    "club": N_("Schools and clubs"),
    "staff": N_("Staff"),
}
SORTS: Mapping[str, str] = {
    "": N_("Loan terms"),
    "unit": N_("Loan terms of units"),
    "club": N_("Loan terms of schools and clubs"),
    "staff": N_("Loan terms of the staff"),
}
"""The word of a change, by whom the terms are for."""


class Of(NamedTuple):
    """What terms are of ("category" or "kind") and whom they are for, "" being everybody."""

    what: str
    group: str

    @property
    def thing(self) -> str:
        """Return its name in the journal."""
        name = {"category": "loan_terms", "kind": "kind_terms"}[self.what]
        return f"{name}_{self.group}" if self.group else name

    @property
    def part(self) -> str:
        """Return the part of the administration's addresses that its changes are under."""
        words = ["ehdot", *(["nimike"] if self.what == "kind" else []), SLUGS.get(self.group, "")]
        return "-".join(word for word in words if word)

    @property
    def url(self) -> str:
        """Return the address of its screen, with a place for the id."""
        base = {"category": "/hallinta/ehdot/{}", "kind": "/hallinta/ehdot/nimikkeet/{}"}[self.what]
        return f"{base}/{SLUGS[self.group]}" if self.group else base


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the rows of one sort are: the model they belong to, their column and group."""

    of: Of

    @property
    def model(self) -> type[Category] | type[Kind]:
        return Category if self.of.what == "category" else Kind

    def find(self, thing_id: int) -> LoanTerms | None:
        column = LoanTerms.category_id if self.of.what == "category" else LoanTerms.kind_id
        wanted = select(LoanTerms).where(column == thing_id)
        return session.scalar(wanted.where(LoanTerms.group_name == self.of.group))


def _lock(place: _Place, thing_id: int) -> None:
    """Make others wait who change terms of the same."""
    wanted = select(place.model.id).where(place.model.id == thing_id)
    session.scalars(wanted.with_for_update(key_share=True)).one()


def _read(place: _Place, thing_id: int) -> Facts:
    """Return its own terms; all None where it has none."""
    session.get_one(place.model, thing_id)
    row = place.find(thing_id)
    return {name: getattr(row, name) for name in COLUMNS} if row else INHERITED


def check(_thing_id: int, now: Facts, after: Facts, _confirmed: int) -> None:
    """Refuse an ordinary loan that is longer than the longest."""
    later = {**now, **after}
    if later["days"] is not None and later["days"] > later["longest_days"]:
        words = N_("The ordinary loan cannot be longer than the longest. Correct one of them.")
        raise Refusal(words, code="terms_in_order")


def _write(place: _Place, thing_id: int, facts: Facts) -> None:
    """Keep the facts; without days the nearest other terms hold. Promises stay as they are."""
    row = place.find(thing_id)
    if "days" in facts and facts["days"] is None:
        if row is not None:
            session.execute(delete(LoanTerms).where(LoanTerms.id == row.id))
            session.expire_all()
    elif row is None:
        usual = {name: getattr(Terms(), name) for name in COLUMNS}
        mine = {f"{place.of.what}_id": thing_id, "group_name": place.of.group}
        session.add(LoanTerms(**{**usual, **facts}, **mine))
    else:
        for name, value in facts.items():
            setattr(row, name, value)


def _record(of: Of) -> Record:
    place = _Place(of)
    lock, read = partial(_lock, place), partial(_read, place)
    return Record(of.thing, lock, read, check, partial(_write, place))


RECORDS: Mapping[Of, Record] = {
    of: _record(of)
    for of in (Of(what, group) for what in ("category", "kind") for group in ("", *GROUPS))
}
TERMS = RECORDS[Of("category", "")]
