"""Loans: one's own, or for the desk everybody's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from lainaamo.api import paging, queries, who
from lainaamo.api.offering import AN_ID, offers
from lainaamo.api.reservations import whose
from lainaamo.api.shapes import About
from lainaamo.core.errors import N_
from lainaamo.goods import queries as goods
from lainaamo.goods.words import name_of
from lainaamo.lending import renewing
from lainaamo.lending.models import Loan as Row
from lainaamo.people.access import Right


@dataclass(frozen=True, slots=True, kw_only=True)
class LoansAsked:
    """Which loans are asked for."""

    state: Annotated[
        Literal["open", "late", "returned"] | None, About("Who is late is open too")
    ] = None
    borrower: Annotated[
        str | None, About("A person's id or card, or `me`; staff see everybody's without it")
    ] = None
    cursor: paging.Cursor = None
    limit: paging.Limit = paging.PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """A thing in somebody's hands until it is returned."""

    id: int
    item: Annotated[int, About("The thing's id")]
    code: Annotated[str | None, About("The code on its label")]
    kind: int
    name: str
    borrower: Annotated[int | None, About("The person's id; null where it is a unit's")]
    unit: Annotated[int | None, About("The unit's id; null where it is a person's")]
    reservation: Annotated[int | None, About("The reservation it was fetched for")]
    site: int
    handed_out_at: datetime
    due_on: date
    returned_at: datetime | None
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanPage:
    """A page of loans."""

    items: list[Loan]
    next: paging.Next


@offers("GET", "/loans", right=Right.ACCOUNT, summary=N_("List loans"))
def list_loans(asked: LoansAsked) -> LoanPage:
    """One's own, the newest first; for the staff everybody's."""
    found = queries.loans(
        person_id=whose(asked.borrower),
        state=asked.state,
        after_id=(paging.read(asked.cursor) or (None,))[0],
        limit=asked.limit + 1,
    )
    more, found = len(found) > asked.limit, found[: asked.limit]
    signs = goods.signs_of(loan.item_id for loan in found)
    return LoanPage(
        items=[_loan(row, signs) for row in found],
        next=paging.write(found[-1].id) if more else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewedLoan:
    """Until when a loan may be kept now."""

    loan: Annotated[int, About("The loan's id")]
    due_on: date


@offers(
    "POST",
    f"/loans/<{AN_ID}:loan_id>/renewals",
    right=Right.ACCOUNT,
    status=201,
    summary=N_("Renew a loan"),
)
def renew_loan(loan_id: int) -> RenewedLoan:
    """One's own; for the staff anybody's. It is shortened to the last open day that fits.

    Refused with `someone_waits`, `longest_reached`, `blocked` or `returned`; `reasons` names all
    that hold, `due_on` is until when it may be kept.
    """
    person_id = None if who.may(Right.BORROWERS) else who.me().person_id
    loan = renewing.renew(queries.get_loan_id(loan_id, person_id=person_id))
    return RenewedLoan(loan=loan.id, due_on=loan.due_on)


def _loan(row: Row, signs: Mapping[int, str]) -> Loan:
    return Loan(
        id=row.id,
        item=row.item_id,
        code=signs.get(row.item_id),
        kind=row.item.kind_id,
        name=name_of(row.item.kind),
        borrower=row.person_id,
        unit=row.unit_id,
        reservation=row.line.reservation_id if row.line else None,
        site=row.site_id,
        handed_out_at=row.handed_out_at,
        due_on=row.due_on,
        returned_at=row.returned_at,
        late=row.returned_at is None and row.due_on < queries.today(),
    )
