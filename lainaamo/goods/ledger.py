"""A long list of the office: narrowed down by its address, read by the page or whole as a file."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Select

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.download import download, take_out
from lainaamo.core.errors import N_
from lainaamo.core.i18n import full_day
from lainaamo.core.i18n import gettext as _
from lainaamo.core.tables import Row
from lainaamo.core.web import needs, own_transactions
from lainaamo.goods import queries
from lainaamo.goods.models import Site

if TYPE_CHECKING:
    from sqlalchemy.orm import InstrumentedAttribute
    from werkzeug.datastructures import MultiDict

PAGE, AT_ONCE = 50, 500
LONGEST_ID = 15
Shown = dict[str, Any]


class HasId(Protocol):
    """A row that was found: its id is where the next page goes on."""

    @property
    def id(self) -> int:
        """Return what tells it from all others."""


Found = TypeVar("Found", bound=HasId)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is asked for: a state, a site, days (both inclusive), and the row to go on after.

    Without a state, a site or a day it is not narrowed down by that.
    """

    state: str = ""
    site_id: int | None = None
    first: date | None = None
    last: date | None = None
    after_id: int | None = None


@dataclass(frozen=True)
class Ledger(Generic[Found]):
    """A list of the office and how it is read, shown and written.

    `states` are its states by their name in the address, the usual one first. `columns` and
    `headers` are untranslated: those of the page after the name, and those of the file. `find`
    returns so many rows at most. `shown` makes of them what the template needs: .name .url .code
    .label .tone .cells (texts, or (text, address)); `status` stands over .label. `told` makes the
    file's rows. Of one that `names_people` the file is taken by a POST, which the journal knows.
    """

    key: str
    url: str
    title: str
    empty: str
    days: str
    right: str
    states: Mapping[str, str]
    columns: Sequence[str]
    headers: Sequence[str]
    find: Callable[[Asked, int], Sequence[Found]]
    shown: Callable[[Sequence[Found]], list[Shown]]
    told: Callable[[Sequence[Found]], Iterable[Row]]
    status: str = N_("State")
    names_people: bool = True
    has_sites: bool = True

    @property
    def name(self) -> str:
        """Return the name of its file."""
        return self.url.rpartition("/")[2]

    @property
    def usual(self) -> str:
        """Return the state that is shown when none is named."""
        return next(iter(self.states), "")


def asked(ledger: Ledger[Any], args: "MultiDict[str, str]") -> Asked:
    """Read an address; what cannot be meant is left out."""
    state = args.get("tila", "")
    return Asked(
        state if state in ledger.states else ledger.usual,
        _number(args.get("paikka", "")) if ledger.has_sites else None,
        _day(args.get("alku", "")),
        _day(args.get("loppu", "")),
        _number(args.get("jatko", "")),
    )


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_ID
    return int(text) if is_number else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def on_days(column: "InstrumentedAttribute[date]", wanted: Asked) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions that a day is one of those that a list is asked for."""
    if wanted.first is not None:
        yield column >= wanted.first
    if wanted.last is not None:
        yield column <= wanted.last


def within(
    column: "InstrumentedAttribute[datetime]", wanted: Asked
) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions that a moment is on the days that a list is asked for."""
    if wanted.first is not None:
        yield column >= datetime.combine(wanted.first, time(), tzinfo=clock.HELSINKI)
    if wanted.last is not None:
        after = wanted.last + timedelta(1)
        yield column < datetime.combine(after, time(), tzinfo=clock.HELSINKI)


def newest_first(
    rows: Select[*tuple[Any, ...]], key: "InstrumentedAttribute[int]", wanted: Asked
) -> Select[*tuple[Any, ...]]:
    """Order rows from the newest on, after the one where the page before ended."""
    older = rows if wanted.after_id is None else rows.where(key < wanted.after_id)
    return older.order_by(key.desc())


def page(ledger: Ledger[Found], wanted: Asked) -> str:
    """Return a page of a list."""
    found = ledger.find(wanted, PAGE + 1)
    rows = found[:PAGE]
    sites = queries.sites() if ledger.has_sites else []
    return render_template(
        "goods/ledger.html",
        ledger=ledger,
        asked=wanted,
        states=[(state, _(words)) for state, words in ledger.states.items()],
        sites=[(site.id, site.name) for site in sites],
        columns=[_(words) for words in ledger.columns],
        rows=ledger.shown(rows),
        chosen=list(_chosen(ledger, wanted, sites)),
        is_narrowed=replace(wanted, after_id=None) != Asked(ledger.usual),
        next_url=_next(ledger, wanted, rows[-1].id) if len(found) > PAGE else None,
    )


def _chosen(ledger: Ledger[Any], wanted: Asked, sites: Sequence[Site]) -> Iterator[str]:
    """Yield in words what a list is narrowed down by now."""
    if ledger.states:
        yield _(ledger.states[wanted.state])
    yield from (site.name for site in sites if site.id == wanted.site_id)
    if wanted.first or wanted.last:
        ends = [full_day(one) if one else "" for one in (wanted.first, wanted.last)]
        yield " – ".join(ends).strip()


def _next(ledger: Ledger[Any], wanted: Asked, last_id: int) -> str:
    named = {
        "tila": wanted.state if wanted.state != ledger.usual else None,
        "paikka": wanted.site_id,
        "alku": wanted.first,
        "loppu": wanted.last,
        "jatko": last_id,
    }
    return f"{ledger.url}?{urlencode({name: one for name, one in named.items() if one})}"


def rows(ledger: Ledger[Found], wanted: Asked) -> Iterator[Row]:
    """Yield the whole list as rows of a table, so many read at a time."""
    while found := ledger.find(wanted, AT_ONCE):
        wanted = replace(wanted, after_id=found[-1].id)
        yield from ledger.told(found)
        session.expunge_all()  # a long list must not fill the memory


def offer(bp: Blueprint, ledger: Ledger[Any]) -> None:
    """Add a list's page and its file to a blueprint."""

    def look() -> ResponseReturnValue:
        return page(ledger, asked(ledger, request.args))

    def take(kind: str) -> ResponseReturnValue:
        headers = [_(words) for words in ledger.headers]
        whole = replace(asked(ledger, request.args), after_id=None)
        give = take_out if ledger.names_people else download
        return give(ledger.name, kind, headers, rows(ledger, whole))

    look.__doc__ = f"Show the list of {ledger.key}."
    take.__doc__ = f"Give the list of {ledger.key} as a file."
    method = "POST" if ledger.names_people else "GET"
    guard = needs(ledger.right)
    give_file = own_transactions(guard(take)) if ledger.names_people else guard(take)
    bp.add_url_rule(ledger.url, endpoint=ledger.key, view_func=guard(look))
    path, file = f"{ledger.url}.<kind>", f"{ledger.key}_as_file"
    bp.add_url_rule(path, endpoint=file, view_func=give_file, methods=[method])
