"""Races of many processes for what a line waits for: returns, reservations, joiners, a breakage."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from flask import Flask
from sqlalchemy import func, select

from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.outbox import Message
from lainaamo.core.web import Lainaamo
from lainaamo.desk import actions as desk
from lainaamo.goods import queries as goods
from lainaamo.goods.availability import pack
from lainaamo.goods.models import Allocation, Item, Kind
from lainaamo.lending import actions, ahead, turns, waiting
from lainaamo.lending.actions import Asked, Borrower
from lainaamo.lending.models import Displacement, Line, Wait
from tests.crowd import Crowd
from tests.make import Make

MON = date(2026, 3, 2)
FRI, NEXT_MON = MON + timedelta(4), MON + timedelta(7)
THINGS, WAITING = 4, 2


@dataclass(frozen=True, slots=True)
class Act:
    """What one racer does: a verb, by whom, to which kind and thing, from which day, how long."""

    verb: str
    person_id: int
    kind_id: int
    site_id: int
    item_id: int
    first_day: date
    days: int


@dataclass(slots=True)
class Race:
    """What came of many rounds: how often each answer was given, and what went wrong."""

    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def do(app: Lainaamo, act: Act) -> str:
    """Do it in a transaction of its own, and return what was answered."""
    with app.app_context():
        try:
            with transaction():
                _act(act)
        except Refusal as refusal:
            return f"{act.verb}: {refusal.code}"
    return f"{act.verb}: done"


def _act(act: Act) -> None:
    borrower, asked = Borrower("Aino", person_id=act.person_id), Asked(act.kind_id)
    if act.verb == "join":
        first, site_id = act.first_day, act.site_id
        waiting.join(asked, borrower, site_id=site_id, first_day=first, days=act.days)
    elif act.verb == "reserve":
        last = goods.opening(act.site_id).due_on(act.first_day, act.days)
        first, site_id = act.first_day, act.site_id
        actions.reserve([asked], borrower, site_id=site_id, first_day=first, last_day=last)
    elif act.verb == "return":
        actions.take_back(goods.get_item(act.item_id))
    else:
        desk.send_to_repair(goods.get_item(act.item_id), "repair")


def race(crowd: Crowd, make: Make, *, rounds: int, seed: int = 7) -> Race:
    """Let all act at once on things that a line waits for; each round has a kind of its own."""
    found, random = Race(), Random(seed)  # noqa: S311 - made-up acts, nothing secret
    for number in range(rounds):
        kind = make.kind(f"Sukset {number}")
        items = [make.item(kind, sign=False) for _ in range(THINGS)]
        for item in items:
            make.loan(item, FRI)
        for _ in range(WAITING):
            make.wait(kind, days=random.choice((3, 7)))
        before = _turns(make.app, kind)
        acts = [_drawn(make, kind, items, n, random) for n in range(len(crowd.members))]
        found.answers.update(crowd.do(do, *acts))
        is_broken = any(act.verb == "break" for act in acts)
        wrong = list(_wrong(make.app, kind, {} if is_broken else before))
        found.wrong += [f"{number}: {one}" for one in wrong]
    return found


def _drawn(make: Make, kind: Kind, items: list[Item], number: int, random: Random) -> Act:
    verb = "return" if number < THINGS else random.choice(("join", "join", "reserve", "reserve"))
    if number == THINGS and random.random() < 1 / 3:
        verb = "break"
    return Act(
        verb,
        make.person("resident").id,
        kind.id,
        make.site().id,
        items[number % THINGS].id,
        random.choice((MON, NEXT_MON)),
        random.choice((1, 3, 7)),
    )


def _turns(app: Flask, kind: Kind) -> Mapping[int, date]:
    with app.app_context():
        line = ahead.lines([kind.id]).get(kind.id, ())
        given = zip(line, ahead.turns(goods.stock(kind.id), line), strict=True)
        return {one.id: turn.first_day for one, turn in given if turn is not None}


def _wrong(app: Flask, kind: Kind, before: Mapping[int, date]) -> list[str]:
    """Return what is not as it must be."""
    found = []
    with app.app_context():
        stock = goods.stock(kind.id)
        line = ahead.lines([kind.id]).get(kind.id, ())
        given = list(zip(line, ahead.turns(stock, line), strict=True))
        if any(turn is not None and turn.is_now for _one, turn in given):
            found.append("a thing stands idle while somebody who fits waits")
        if any(
            turn is None or turn.first_day > before.get(one.id, date.max)
            for one, turn in given
            if one.id in before
        ):
            found.append("somebody in line waits longer for what another did")
        # What broke may have been promised for days far away: that stays promised.
        lost = {wish.key for wish in stock.wishes} - set(pack(stock) or {})
        if lost and before:
            found.append("a promise has no thing")
        served = session.scalars(select(Wait).where(Wait.ended_as == "served")).all()
        told = select(func.count()).select_from(Message).where(Message.kind == turns.MESSAGE)
        told = told.where(Message.dropped_at.is_(None))
        if len({one.reservation_id for one in served}) != len(served):
            found.append("a reservation was given twice")
        if (session.scalar(told) or 0) != len(served):
            found.append("somebody is told twice, or not at all")
        found += _passed(kind)
        found += _days_without_promise(kind, lost)
    return found


def _passed(kind: Kind) -> list[str]:
    # By who came first; who lost a promised thing goes before all of them.
    lost = select(Displacement.wait_id)
    wanted = select(Wait).where(Wait.kind_id == kind.id, Wait.id.not_in(lost))
    waits = session.scalars(wanted.order_by(Wait.id)).all()
    passed, alike = [], set()
    for wait in waits:
        wish = (wait.first_day, wait.days, wait.size)
        if wait.ended_at is None:
            alike.add(wish)
        elif wish in alike:
            passed.append(f"{wait.id} was served before somebody with the same wish")
    return passed


def _days_without_promise(kind: Kind, lost: set[int]) -> list[str]:
    """Return the open lines whose use has not its days written down, though it has a thing."""
    lines = select(Line).where(Line.kind_id == kind.id, Line.ended_at.is_(None))
    lines = lines.where(Line.use_id.not_in(lost))
    return [
        f"line {line.id} has no days"
        for line in session.scalars(lines).all()
        if not session.scalar(select(func.count()).where(Allocation.use_id == line.use_id))
    ]
