"""Undo at the desk: how a thing stood before each act, and putting it back so.

Nothing is asked before an act; it can be taken back while the thing stands as the act left it. An
undo is a change of its own: the journal keeps both.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple, cast

from sqlalchemy import Table, bindparam, delete, func, insert, select, update

from lainaamo.core import clock, journal
from lainaamo.core.db import add, session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.journal import Entry
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area
from lainaamo.goods import actions as goods
from lainaamo.goods import freed
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.models import Item, Repair, Use
from lainaamo.lending import actions as lending
from lainaamo.lending import turns
from lainaamo.lending.models import Loan, Step
from lainaamo.lending.stands import Stand, stand, stands

KEPT = timedelta(days=2)
AT_HAND = timedelta(seconds=10)
"""How long an act's undo stands in the foot bar; later it is found in the day's log."""

PLACES = {"place": "place_id", "home": "home_place_id", "site": "site_id"}


@dataclass(slots=True)
class Act:
    """An act on a thing: how the thing stood before, and after where the act itself knows it."""

    before: Stand
    after: Stand | None = None
    steps: list[int] = field(default_factory=list)


@contextmanager
def kept(item_id: int, verb: str) -> Iterator[Act]:
    """Remember what is done to a thing inside, if it changed; the thing's kind must be locked.

    The act's `steps` are the step's id afterwards, where there was one.
    """
    act = Act(stand(item_id))
    yield act
    session.flush()
    after = stand(item_id) if act.after is None else act.after
    if after != act.before:
        act.steps.append(_written(item_id, verb, act.before, after))


@contextmanager
def kept_many(items: Sequence[Item], verb: str) -> Iterator[None]:
    """Remember what is done to each of these things inside, as `kept` does of one."""
    ids = [item.id for item in items]
    before = stands(ids)
    yield
    session.flush()
    after = stands(ids)
    changed = [one for one in ids if after[one] != before[one]]
    if changed:
        newest = _newest_lines(changed)
        shared = {"verb": verb, "actor": journal.actor(), "made_at": clock.now()}
        rows = [
            {"item_id": one, "entry_id": newest[one], "before": before[one], "after": after[one]}
            for one in changed
        ]
        session.execute(insert(Step), [{**row, **shared} for row in rows])


def _newest_lines(item_ids: Iterable[int]) -> Mapping[int, int]:
    """Return the newest journal line of each of these things."""
    wanted = select(Entry.thing_id, func.max(Entry.id)).where(Entry.thing == "item")
    rows = session.execute(wanted.where(Entry.thing_id.in_(item_ids)).group_by(Entry.thing_id))
    return dict(rows.all())


_STEP, _LINE = cast("Table", Step.__table__), cast("Table", Entry.__table__)
_NEWEST = (
    select(func.max(_LINE.c.id))
    .where(_LINE.c.thing == "item", _LINE.c.thing_id == bindparam("of_item"))
    .scalar_subquery()
)
_ADD = insert(_STEP).values(entry_id=_NEWEST)


def _written(item_id: int, verb: str, before: Stand, after: Stand) -> int:
    facts = {"item_id": item_id, "verb": verb, "before": before, "after": after}
    made = {"actor": journal.actor(), "made_at": clock.now()}
    return add(_ADD, {**facts, **made, "of_item": item_id})


def as_one(steps: Sequence[int]) -> None:
    """Let these steps be undone together."""
    if steps[1:]:
        later = update(Step).where(Step.id.in_(steps[1:]))
        session.execute(later.values(first_id=steps[0]))


# Taking back


def undo(step_id: int) -> list[Step]:
    """Put things back as they stood before a step and those done in one act with it, all or none.

    Refused when something has happened to one of them since.
    """
    first = session.get_one(Step, step_id)
    first_id = first.first_id or first.id
    act = (Step.id == first_id) | (Step.first_id == first_id)
    steps = session.scalars(select(Step).where(act).order_by(Step.id.desc())).all()
    kinds = select(Item.kind_id).where(Item.id.in_([step.item_id for step in steps]))
    goods.lock_kinds(session.scalars(kinds))
    for step in steps:
        session.refresh(step, with_for_update={"of": Step})
        _undo(step)
    return list(steps)


def _undo(step: Step) -> None:
    if step.undone_at is not None:
        raise Refusal(N_("This is undone already."), code="undone")
    if stand(step.item_id) != step.after:
        words = N_("Something has happened to this thing since. Look how it stands now.")
        raise Refusal(words, code="changed_since")
    item = goods_queries.get_item(step.item_id, fresh=True)
    turns.take_back_untold(item.kind_id)
    _put_facts_back(item, step)
    _put_days_back(item, step.before, step.after)
    freed.note(item.kind_id)
    step.undone_at = clock.now()
    facts = {"loan": step.after["last"] or step.before["last"], "condition": step.before["back"]}
    journal.write("desk.undone", "item", item.id, step=step.id, what=step.verb, **facts)


def _put_facts_back(item: Item, step: Step) -> None:
    before, after = step.before, step.after
    for name, column in PLACES.items():
        setattr(item, column, before[name])
    item.condition = before["condition"]
    if before["left"] != after["left"]:
        left_at = (item.left_at or step.made_at) if before["left"] is not None else None
        item.left_as, item.left_at = before["left"], left_at
    if before["back"] != after["back"] and before["last"] == after["last"]:
        session.get_one(Loan, after["last"]).condition_back = before["back"]
    for part in goods_queries.parts_of(item.id):
        since = before["missing"].get(str(part.id))
        part.missing_since = date.fromisoformat(since) if since else None
    session.flush()


def _put_days_back(item: Item, before: Stand, after: Stand) -> None:
    """Free the days that the act took and take again those that it freed."""
    gone = {name: after[name] for name in ("rest", "repair", "loan") if after[name] != before[name]}
    back = {
        name: before[name] for name in ("loan", "repair", "rest") if after[name] != before[name]
    }
    if gone.get("rest"):
        goods.end_rest(item.id)
    if gone.get("repair"):
        goods.forget_repair(session.get_one(Repair, gone["repair"]))
    if gone.get("loan"):
        lending.forget_loan(session.get_one(Loan, gone["loan"]))
    if back.get("loan"):
        lending.reopen_loan(session.get_one(Loan, back["loan"]))
    if back.get("repair"):
        goods.reopen_repair(session.get_one(Repair, back["repair"]))
    if back.get("rest"):
        goods.take_up(session.get_one(Use, back["rest"]))


# What can be undone


class Last(NamedTuple):
    """What somebody did last."""

    step_id: int
    made_at: datetime
    is_undone: bool


def last_by(actor: str, *, since: timedelta = AT_HAND) -> int | None:
    """Return the step that somebody did last, if it is not undone and was done just now."""
    last = _last_by(actor)
    if last is None or last.is_undone or last.made_at <= clock.now() - since:
        return None
    return last.step_id


@once_per_change(Area.WORK)
def _last_by(actor: str) -> Last | None:
    wanted = select(Step.id, Step.made_at, Step.undone_at.is_not(None))
    row = session.execute(wanted.where(Step.actor == actor).order_by(Step.id.desc()).limit(1))
    found = row.first()
    return None if found is None else Last(*found)


def of_items(item_ids: Iterable[int]) -> Mapping[int, Step]:
    """Return the newest step of each of these things, unless that is undone."""
    ids = list(item_ids)
    newest = select(func.max(Step.id)).where(Step.item_id.in_(ids), Step.undone_at.is_(None))
    found = session.scalars(select(Step).where(Step.id.in_(newest.group_by(Step.item_id))))
    return {step.item_id: step for step in found}


def forget_old() -> None:
    """Drop the steps that nobody undoes any more."""
    before = clock.now() - KEPT
    # An act's later steps name its first: they go before it.
    session.execute(delete(Step).where(Step.made_at < before, Step.first_id.is_not(None)))
    session.execute(delete(Step).where(Step.made_at < before))
