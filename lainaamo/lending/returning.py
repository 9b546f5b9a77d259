"""Taking many things back at once: as many statements for a cartful as for one thing."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import func, select

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.goods import actions as goods
from lainaamo.goods.in_hand import InHand
from lainaamo.goods.models import Item
from lainaamo.lending import actions, checks, queries
from lainaamo.lending.models import Loan


def open_loans(item_ids: Iterable[int]) -> Mapping[int, Loan]:
    """Return the loans that these things are out on; others who would end them wait."""
    wanted = select(Loan).where(Loan.item_id.in_(set(item_ids)), Loan.returned_at.is_(None))
    wanted = wanted.order_by(Loan.id).with_for_update()
    found = session.scalars(wanted.execution_options(populate_existing=True))
    return {loan.item_id: loan for loan in found}


def last_loans(item_ids: Iterable[int], *, most: int = 3) -> Mapping[int, Sequence[Loan]]:
    """Return the last few loans of each of these things that are over, the newest first."""
    number = func.row_number().over(partition_by=Loan.item_id, order_by=Loan.id.desc())
    over = (Loan.item_id.in_(set(item_ids)), Loan.returned_at.is_not(None))
    newest = select(Loan.id, number.label("number")).where(*over).subquery()
    wanted = select(Loan).join(newest, Loan.id == newest.c.id).where(newest.c.number <= most)
    found: dict[int, list[Loan]] = {}
    for loan in session.scalars(wanted.order_by(Loan.id.desc())):
        found.setdefault(loan.item_id, []).append(loan)
    return found


def take_back_many(items: Sequence[Item], loans: Mapping[int, Loan]) -> None:
    """End these things' open loans as `take_back` ends one. Their kinds must be locked."""
    now, uses = clock.now(), [loans[item.id].use_id for item in items]
    for item in items:
        loans[item.id].returned_at = now
    goods.release(*uses)
    terms = queries.terms_of_kinds({item.kind_id: item.kind.category_id for item in items})
    for item in items:
        if terms[item.kind_id].turnaround_days:
            actions.let_rest(InHand.of(item))
        checks.open_after_loan(InHand.of(item))
    lines = [(item.id, {"loan": loans[item.id].id}) for item in items]
    journal.write_many("loan.returned", "item", lines)
