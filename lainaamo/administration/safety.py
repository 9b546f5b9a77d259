"""The safety rule of a category, and the stop list, as facts."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select

from lainaamo.administration import actions
from lainaamo.administration.models import Change
from lainaamo.administration.records import Record
from lainaamo.administration.rules import Facts
from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.goods import actions as goods
from lainaamo.goods import freed
from lainaamo.goods import safety as of_goods
from lainaamo.goods.models import Category, Item, SafetyRule, StoppedModel
from lainaamo.goods.safety import Rule
from lainaamo.lending import checks, queries

RULE = Rule._fields
NOT_OWN: Facts = dict.fromkeys(RULE)
"""The facts of a category that has no rule of its own."""
STOP_FACTS = ("model", "source")


def lock(category_id: int) -> None:
    """Make others wait who change the category's rule."""
    wanted = select(Category.id).where(Category.id == category_id)
    session.scalars(wanted.with_for_update(key_share=True)).one()


def read(category_id: int) -> Facts:
    """Return a category's own rule; all None where it has none."""
    session.get_one(Category, category_id)
    row = _find(category_id)
    return {name: getattr(row, name) for name in RULE} if row else NOT_OWN


def _find(category_id: int) -> SafetyRule | None:
    return session.scalar(select(SafetyRule).where(SafetyRule.category_id == category_id))


def check(_category_id: int, _now: Facts, _after: Facts, _confirmed: int) -> None:
    """Refuse nothing: the form knows what a rule may be."""


def write(category_id: int, facts: Facts) -> None:
    """Keep a rule, and reckon anew until when things may be used; promises find other things."""
    row = _find(category_id)
    if "checklist" in facts and facts["checklist"] is None:
        session.execute(delete(SafetyRule).where(SafetyRule.category_id == category_id))
        session.expire_all()
    elif row is None:
        session.add(SafetyRule(category_id=category_id, **{**Rule()._asdict(), **facts}))
    else:
        for name, value in facts.items():
            setattr(row, name, value)
    session.flush()
    _rehouse(of_goods.reckon_all())


def _rehouse(kind_ids: Iterable[int]) -> None:
    ids = sorted(kind_ids)
    goods.lock_kinds(ids)
    for kind_id in ids:
        goods.rehouse(kind_id)
    freed.note_all(ids)


SAFETY = Record("safety_rule", lock, read, check, write)


# The stop list


def lock_stop(stop_id: int) -> None:
    """Make others wait who change the same."""
    wanted = select(StoppedModel.id).where(StoppedModel.id == stop_id)
    session.scalars(wanted.with_for_update()).one()


def read_stop(stop_id: int) -> Facts:
    """Return what is written of a stopped model."""
    row = session.get_one(StoppedModel, stop_id)
    closed = row.ended_at is not None
    return {**{name: getattr(row, name) for name in STOP_FACTS}, "closed": closed}


def write_stop(stop_id: int, facts: Facts) -> None:
    """Keep facts of a stopped model; things that were taken out of use stay so."""
    row = session.get_one(StoppedModel, stop_id)
    for name in STOP_FACTS:
        setattr(row, name, facts.get(name, getattr(row, name)))
    if "closed" in facts:
        row.ended_at = clock.now() if facts["closed"] else None


STOP = Record("stopped_model", lock_stop, read_stop, check, write_stop)


def add(facts: Facts) -> Change:
    """Put a make and model on the stop list."""
    row = StoppedModel(**facts, made_at=clock.now())
    session.add(row)
    session.flush()
    return actions.keep_made("stopped_model", [(row.id, read_stop(row.id))])[0]


def every() -> Sequence[StoppedModel]:
    """Return the stop list: what is stopped now first, the newest first."""
    order = (StoppedModel.ended_at.is_not(None), StoppedModel.id.desc())
    return session.scalars(select(StoppedModel).order_by(*order)).all()


def withdraw_all(stop_id: int, item_ids: set[int]) -> int:
    """Take the things of a stopped model out of use that were shown; return how many.

    Those that are lent stay till they come back: then the desk is told.
    """
    row = session.get_one(StoppedModel, stop_id)
    if row.ended_at is not None:
        raise Refusal(N_("This is not on the stop list any more."), code="over")
    found = [one for one in of_goods.matching(row.model) if one.id in item_ids]
    goods.lock_kinds(one.kind_id for one in found)
    here = [one for one in found if queries.find_open_loan(one.id) is None]
    for item in here:
        session.refresh(item, ["left_at"])
        if item.left_at is None:
            checks.withdraw(item, checks.STOP)
    return len(here)


def of_model(stop_id: int) -> Sequence[tuple[Item, bool]]:
    """Return the things of a stopped model in the house's books, each with whether it is lent."""
    found = of_goods.matching(session.get_one(StoppedModel, stop_id).model)
    return [(one, queries.find_open_loan(one.id) is not None) for one in found]
