"""Reservations: making, seeing and cancelling them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from sqlalchemy.exc import NoResultFound

from lainaamo.api import paging, queries, who
from lainaamo.api.offering import AN_ID, offers
from lainaamo.api.shapes import About, Unfit
from lainaamo.core.errors import N_
from lainaamo.core.i18n import gettext as _
from lainaamo.goods import queries as goods
from lainaamo.goods.words import name_of
from lainaamo.lending import actions as lending
from lainaamo.lending import kits, own_page
from lainaamo.lending import queries as lending_queries
from lainaamo.lending.actions import Asked, Borrower
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Line as LineRow
from lainaamo.lending.models import Loan
from lainaamo.lending.models import Reservation as Row
from lainaamo.people.access import Right

MOST_LINES = 20
MOST_THINGS = 60
LineState = Literal["coming", "ready", "on_loan", "late", "returned", "expired", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSize:
    """In which size a part of a kit is wanted."""

    kind: Annotated[int, About("The part's kind")]
    size: Annotated[str, About("One of its sizes")]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """So many things of one kind and size, or so many kits."""

    kind: Annotated[int, About("A kind's id; a kit's becomes a line for each of its parts")]
    size: Annotated[str | None, About("One of its sizes; else any. A kit has none")] = None
    part_sizes: Annotated[
        list[PartSize] | None,
        About(
            "Of a kit: the sizes of its parts, of a part with several things one after another",
            most=MOST_LINES,
        ),
    ] = None
    quantity: Annotated[int, About("How many", least=1, most=MOST_LINES)] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReservation:
    """What is to be reserved: one `kind`, or several `lines`; all of it is promised or nothing."""

    first_day: Annotated[date, About("The day of fetching", example="2026-03-02")]
    last_day: Annotated[date, About("The day of bringing back", example="2026-03-06")]
    kind: Annotated[int | None, About("A kind's or a kit's id; or send `lines`")] = None
    size: Annotated[str | None, About("One of its sizes; else any")] = None
    quantity: Annotated[int, About("How many", least=1, most=MOST_LINES)] = 1
    lines: Annotated[
        list[NewLine] | None, About("Several kinds at once", least=1, most=MOST_LINES)
    ] = None
    site: Annotated[
        int | str | None, About("A site's id or key; else the first that has the kind")
    ] = None
    borrower: who.Borrower = None
    age_agreed: Annotated[
        int | None,
        About(
            "From what age on the borrower is, or has a guardian's word; else `age_not_agreed`",
            least=0,
            most=99,
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing of a reservation."""

    id: int
    kind: int
    name: str
    size: str | None
    state: LineState
    loan: Annotated[int | None, About("The loan it became")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """Things promised to somebody for some days."""

    id: int
    borrower: Annotated[int | None, About("The person's id; null where it is a unit's")]
    unit: Annotated[int | None, About("The unit's id; null where it is a person's")]
    site: int
    first_day: date
    last_day: date
    state: Annotated[LineState, About("Of the line that needs something done soonest")]
    lines: list[Line]
    pick_up_code: Annotated[
        str | None, About("What is said at the desk; to the borrower only, while it waits")
    ] = None
    url: Annotated[str | None, About("The borrower's own page; to the borrower only")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationsAsked:
    """Which reservations are asked for."""

    state: Annotated[
        Literal["open", "over"] | None, About("`open`: something waits to be fetched")
    ] = None
    borrower: Annotated[
        str | None, About("A person's id or card, or `me`; staff see everybody's without it")
    ] = None
    cursor: paging.Cursor = None
    limit: paging.Limit = paging.PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationPage:
    """A page of reservations."""

    items: list[Reservation]
    next: paging.Next


@offers("POST", "/reservations", right=Right.ACCOUNT, status=201, summary=N_("Reserve things"))
def reserve(body: NewReservation) -> Reservation:
    """For the token's own person; staff may name another `borrower`.

    A kit's id reserves all its parts: a line for each, all of them or nothing. Where the days are
    taken, the refusal `not_free` names `first_free_day` and `alternatives`. Terms refuse with
    `too_long`, `too_far`, `at_once`, `age_not_agreed`, `needs_permit` or `permit_ends`.
    """
    asked = _asked(body)
    person = who.get_borrower(body.borrower, at="borrower") if body.borrower else who.myself()
    made = lending.reserve(
        asked,
        Borrower(person.first_name, person_id=person.id, age_agreed=body.age_agreed),
        site_id=_site_id(body, asked),
        first_day=body.first_day,
        last_day=body.last_day,
    )
    return _shown([queries.get_reservation(made.id, person_id=None)])[0]


def _asked(body: NewReservation) -> list[Asked]:
    if (body.kind is None) == (body.lines is None):
        raise Unfit({"kind": _("Send either kind or lines.")})
    own = [NewLine(kind=body.kind, size=body.size, quantity=body.quantity)] if body.kind else []
    lines = body.lines or own
    if sum(line.quantity for line in lines) > MOST_LINES:
        words = _("Send from %(least)d to %(most)d of these.", least=1, most=MOST_LINES)
        raise Unfit({"lines": words})
    known = queries.pools_of(line.kind for line in lines)
    if any(line.kind not in known for line in lines):
        raise Unfit({"kind" if body.kind else "lines": _("There is no such kind.")})
    asked = [Asked(line.kind, line.size) for line in lines for _one in range(line.quantity)]
    found = kits.laid_out(asked, [_sizes(line) for line in lines for _one in range(line.quantity)])
    if len(found) > MOST_THINGS:
        words = _("Send from %(least)d to %(most)d of these.", least=1, most=MOST_THINGS)
        raise Unfit({"kind" if body.kind else "lines": words})
    return found


def _sizes(line: NewLine) -> kits.Sizes:
    """Return the sizes of a kit's parts: of several alike they go one after another."""
    found: dict[tuple[int, int], str | None] = {}
    for one in line.part_sizes or ():
        number = sum(kind_id == one.kind for kind_id, _number in found)
        found[one.kind, number] = one.size
    return found


def _site_id(body: NewReservation, asked: Sequence[Asked]) -> int:
    """Return where it is fetched: where was said, else the first site that has all of it."""
    if body.site is not None:
        return who.get_site(body.site).id
    having = goods.sites_with_all({one.kind_id for one in asked})
    if not having and len({one.kind_id for one in asked}) > 1:
        having = {site.id for site in goods.sites_of(asked[0].kind_id)}
    if not having:
        raise Unfit({"kind": _("No site has this kind now.")})
    return min(having)


@offers("GET", "/reservations", right=Right.ACCOUNT, summary=N_("List reservations"))
def list_reservations(asked: ReservationsAsked) -> ReservationPage:
    """One's own, the newest first; for the staff everybody's."""
    found = queries.reservations(
        person_id=whose(asked.borrower),
        state=asked.state,
        after_id=(paging.read(asked.cursor) or (None,))[0],
        limit=asked.limit + 1,
    )
    more, found = len(found) > asked.limit, found[: asked.limit]
    return ReservationPage(items=_shown(found), next=paging.write(found[-1].id) if more else None)


def whose(borrower: str | None) -> int | None:
    """Return of whom a list is: None is everybody, for the staff."""
    if borrower == "me" or (borrower is None and not who.may(Right.BORROWERS)):
        return who.me().person_id
    return who.get_borrower(borrower, at="borrower").id if borrower else None


@offers(
    "GET",
    f"/reservations/<{AN_ID}:reservation_id>",
    right=Right.ACCOUNT,
    summary=N_("See one reservation"),
)
def see_reservation(reservation_id: int) -> Reservation:
    """One's own; for the staff anybody's."""
    return _shown([_mine(reservation_id)])[0]


@offers(
    "DELETE",
    f"/reservations/<{AN_ID}:reservation_id>",
    right=Right.ACCOUNT,
    status=204,
    summary=N_("Cancel a reservation"),
)
def cancel_reservation(reservation_id: int) -> None:
    """Give back what was not fetched yet; refused with `over` where there is nothing to cancel."""
    lending.cancel(_mine(reservation_id))


def _mine(reservation_id: int) -> Row:
    person_id = None if who.may(Right.BORROWERS) else who.me().person_id
    return queries.get_reservation(reservation_id, person_id=person_id)


def _shown(rows: Sequence[Row]) -> list[Reservation]:
    loans = lending_queries.loans_by_line(line.id for row in rows for line in row.lines)
    return [_one(row, [_line(line, loans.get(line.id), row) for line in row.lines]) for row in rows]


def _one(row: Row, lines: list[Line]) -> Reservation:
    if not lines:
        raise NoResultFound
    state = min((line.state for line in lines), key=own_page.URGENT.index)
    is_mine = row.person_id == who.me().person_id
    waits = state in {"coming", "ready"} and not row.is_unconfirmed
    return Reservation(
        id=row.id,
        borrower=row.person_id,
        unit=row.unit_id,
        site=row.site_id,
        first_day=row.first_day,
        last_day=row.last_day,
        state=state,
        lines=lines,
        pick_up_code=row.pick_up_code if is_mine and waits else None,
        url=who.settings().public_url.rstrip("/") + own_path(row, who.settings())
        if is_mine
        else None,
    )


def _line(line: LineRow, loan: Loan | None, row: Row) -> Line:
    return Line(
        id=line.id,
        kind=line.kind_id,
        name=name_of(line.kind),
        size=line.size,
        state=own_page.state_of(line, loan, row, queries.today()),  # type: ignore[arg-type]  # one of URGENT
        loan=loan.id if loan else None,
    )
