"""Looking at gear after a loan: what waits to be looked at keeps its promises, and gets no new."""

from collections.abc import Sequence

from sqlalchemy import func, select

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import full_day
from lainaamo.core.i18n import gettext as _
from lainaamo.goods import actions as goods
from lainaamo.goods import checklists, freed, safety
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.in_hand import InHand
from lainaamo.goods.models import Item, Repair
from lainaamo.lending import queries
from lainaamo.lending.models import Loan

CHECK = "check"
FALLS = "fell"
AGE = "age"
STOP = "stop"
WEAR = "wear"


def open_after_loan(thing: InHand) -> int | None:
    """Let a thing that came back wait to be looked at, where its category asks for it.

    A stopped model waits too. Returns the id of what it waits in. The kind must be locked.
    """
    if not safety.asks_check(thing.category_id) and not _is_stopped(thing.id):
        return None
    return goods.hold_to_look(thing, CHECK).id


def _is_stopped(item_id: int) -> bool:
    if not safety.stopped():
        return False
    item = goods_queries.get_item(item_id)
    return safety.is_stopped(item.model, item.kind.name)


def open_again(item: Item) -> None:
    """Let a thing wait to be looked at, if nobody has since its last loan; it was mended or dried.

    The kind must be locked.
    """
    if safety.asks_check(item.kind.category_id) and _is_due(item.id):
        goods.hold_to_look(InHand.of(item), CHECK)


def _is_due(item_id: int) -> bool:
    back = session.scalar(select(func.max(Loan.returned_at)).where(Loan.item_id == item_id))
    seen = session.scalar(select(func.max(Repair.looked_at)).where(Repair.item_id == item_id))
    return back is not None and (seen is None or seen < back)


def find_open(item_id: int) -> Repair | None:
    """Return what a thing waits in to be looked at; None where it does not."""
    repair = goods_queries.find_open_repair(item_id)
    return repair if repair is not None and repair.need == CHECK else None


def pass_check(item: Item) -> None:
    """Say that a thing was looked at and is safe; twice is no harm. The kind must be locked."""
    repair = find_open(item.id)
    if repair is None:
        return
    goods.close_repair(repair)
    loan = next(iter(queries.loans_of(item.id)), None)
    if loan is not None and loan.returned_at is not None and loan.condition_back is None:
        loan.condition_back = "ok"


def fell(item: Item) -> bool:
    """Say that a thing fell or was hit: it leaves, or goes to repair; tell whether it left.

    The kind must be locked.
    """
    check_here(item)
    journal.write("item.fell", "item", item.id)
    if safety.rule_of(item.kind.category_id).fall_ends:
        withdraw(item, FALLS)
        return True
    repair = goods_queries.find_open_repair(item.id)
    if repair is not None:
        goods.end_repair(repair)
    item.condition = "broken"
    goods.open_repair(item, "repair")
    return False


def check_here(item: Item) -> None:
    """Refuse what is lent or has left the house."""
    if item.left_at is not None:
        raise Refusal(N_("This thing has left the house. Put it aside and ask."), code="left")
    if queries.find_open_loan(item.id) is not None:
        raise Refusal(N_("This thing is lent. Take it back first."), code="on_loan")


def withdraw(item: Item, why: str) -> None:
    """Take a thing out of use for good; what was promised of it finds another where one is free.

    The kind must be locked.
    """
    check_here(item)
    repair = goods_queries.find_open_repair(item.id)
    if repair is not None:
        goods.end_repair(repair)
    goods.end_rest(item.id)
    goods.leave(item, "retired")
    goods.rehouse(item.kind_id)
    freed.note(item.kind_id)
    journal.write("item.withdrawn", "item", item.id, why=why)


def reasons_to_withdraw(item: Item) -> Sequence[str]:
    """Return what speaks for taking a thing out of use, the gravest first."""
    rule, today = safety.rule_of(item.kind.category_id), clock.today()
    found = {
        STOP: safety.is_stopped(item.model, item.kind.name),
        AGE: item.retire_on is not None and item.retire_on < today,
        WEAR: rule.most_loans is not None and count_loans(item.id) >= rule.most_loans,
    }
    return [why for why, holds in found.items() if holds]


def count_loans(item_id: int) -> int:
    """Count how often a thing was lent."""
    wanted = select(func.count()).select_from(Loan).where(Loan.item_id == item_id)
    return session.scalar(wanted) or 0


def told(why: str, item: Item) -> str:
    """Say why a thing is to go out of use."""
    if why == STOP:
        return _("Nobody may use this model. It is on the stop list.")
    if why == AGE and item.retire_on is not None:
        return _("This is too old. It could be used until %(day)s.", day=full_day(item.retire_on))
    return _("This has been lent %(count)d times. It may be worn.", count=count_loans(item.id))


def looks_of(item: Item) -> list[tuple[str, str]]:
    """Return what is looked at of a thing: a drawing and words."""
    listed = checklists.LOOKS[safety.rule_of(item.kind.category_id).checklist]
    return [(drawing, _(words)) for drawing, words in listed]


def hold_again() -> int:
    """Let what still waits to be looked at take the days that are free by now; return how many.

    For the night: what was promised before keeps its thing, nothing new is promised of it.
    """
    waiting = select(Repair).where(Repair.closed_at.is_(None), Repair.need.in_((CHECK, "dry")))
    count = 0
    for repair in session.scalars(waiting.order_by(Repair.id)).all():
        count += goods.hold_longer(repair)
    return count
