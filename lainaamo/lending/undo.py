"""Undo at the desk: how a thing stood before each act, and putting it back so.

Nothing is asked before an act; it can be taken back while the thing stands as the act left it. An
undo is a change of its own: the journal keeps both.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, delete, func, insert, select
from sqlalchemy.orm import aliased

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.journal import Entry
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area
from lainaamo.goods import actions as goods
from lainaamo.goods import freed
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.models import Item, Part, Repair, Use
from lainaamo.lending import actions as lending
from lainaamo.lending import turns
from lainaamo.lending.models import Loan, Step

KEPT = timedelta(days=2)
AT_HAND = timedelta(seconds=10)
"""How long an act's undo stands in the foot bar; later it is found in the day's log."""

PLACES = {"place": "place_id", "home": "home_place_id", "site": "site_id"}
Stand = dict[str, Any]


@contextmanager
def kept(item: Item, verb: str) -> Iterator[list[Step]]:
    """Remember what is done to a thing inside, if it changed; the thing's kind must be locked.

    The list yielded holds the step afterwards, where there was one.
    """
    before, steps = stand(item.id), list[Step]()
    yield steps
    session.flush()
    after = stand(item.id)
    if after != before:
        steps.append(_written(item.id, verb, before, after))


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


def _written(item_id: int, verb: str, before: Stand, after: Stand) -> Step:
    of_thing = (Entry.thing == "item", Entry.thing_id == item_id)
    step = Step(
        item_id=item_id,
        entry_id=session.scalars(select(func.max(Entry.id)).where(*of_thing)).one(),
        verb=verb,
        before=before,
        after=after,
        actor=journal.actor(),
        made_at=clock.now(),
    )
    session.add(step)
    session.flush()
    return step


def as_one(steps: Sequence[Step]) -> None:
    """Let these steps be undone together."""
    for step in steps[1:]:
        step.first_id = steps[0].id


def stand(item_id: int) -> Stand:
    """Return how a thing stands: all that an act at the desk changes of it."""
    return stands([item_id])[item_id]


def stands(item_ids: Sequence[int]) -> Mapping[int, Stand]:
    """Return how each of these things stands."""
    missing = _missing(item_ids)
    rows = session.execute(_STANDS, {"items": item_ids})
    found = [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's own name
    return {(item_id := one.pop("item")): _standing(one, missing.get(item_id, {})) for one in found}


def _standing(found: Stand, missing: Mapping[str, str]) -> Stand:
    is_out = found["last"] is not None and found.pop("returned") is None
    found.pop("returned", None)
    return {**found, "loan": found["last"] if is_out else None, "missing": missing}


def _stands() -> Select[Any]:
    own = aliased(Loan)
    newest = select(func.max(own.id)).where(own.item_id == Item.id).scalar_subquery()
    repair = select(Repair.id).where(Repair.item_id == Item.id, Repair.closed_at.is_(None))
    resting = (Use.item_id == Item.id, Use.purpose == "turnaround", Use.ended_at.is_(None))
    rest = select(func.max(Use.id)).where(*resting)
    columns = (
        Item.id.label("item"),
        Item.place_id.label("place"),
        Item.home_place_id.label("home"),
        Item.site_id.label("site"),
        Item.condition.label("condition"),
        Item.left_as.label("left"),
        Loan.id.label("last"),
        Loan.returned_at.label("returned"),
        Loan.condition_back.label("back"),
        repair.scalar_subquery().label("repair"),
        rest.scalar_subquery().label("rest"),
    )
    of_these = Item.id.in_(bindparam("items", expanding=True))
    return select(*columns).outerjoin(Loan, Loan.id == newest).where(of_these)


_STANDS = _stands()


def _missing(item_ids: Sequence[int]) -> Mapping[int, dict[str, str]]:
    columns = (Part.item_id, Part.id, Part.missing_since)
    wanted = select(*columns).where(Part.item_id.in_(item_ids), Part.missing_since.is_not(None))
    found: dict[int, dict[str, str]] = {}
    for item_id, part, since in session.execute(wanted):
        if since is not None:
            found.setdefault(item_id, {})[str(part)] = since.isoformat()
    return found


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
        item.left_as, item.left_at = before["left"], item.left_at or step.made_at
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
        goods.end_rest(item)
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
