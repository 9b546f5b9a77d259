"""Races of many processes for the last chairs of a lot, and what came of them."""

import html
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lainaamo.core import i18n, journal, outbox
from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Item
from lainaamo.people import actions as people
from lainaamo.people.models import Person, Unit
from lainaamo.people.visitor import COOKIE
from lainaamo.procurement import rules
from lainaamo.procurement.models import Claim
from tests.crowd import Crowd
from tests.make import Make

CHAIRS, WANTED = 20, 3
WINNERS, LEFT = divmod(CHAIRS, WANTED)


@dataclass(frozen=True, slots=True)
class Posted:
    """A form as one buyer sends it."""

    path: str
    form: Mapping[str, str]
    cookie: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a buyer was answered."""

    status: int
    location: str | None
    refusal: str


@dataclass(slots=True)
class Race:
    """What came of many rounds: how often each answer was given, and the rounds that went wrong."""

    answers: Counter[int] = field(default_factory=Counter)
    wrong_refusals: list[str] = field(default_factory=list)
    wrong_rounds: list[str] = field(default_factory=list)


def post(app: Lainaamo, posted: Posted) -> Told:
    """Send the form and read the answer."""
    client = FlaskClient(app, app.response_class)
    client.set_cookie(COOKIE, posted.cookie)
    answer = client.post(posted.path, data=posted.form)
    said = re.search(r'<h2 id="refusal">(.*?)</h2>', answer.text, re.DOTALL)
    return Told(answer.status_code, answer.location, html.unescape(said[1]) if said else "")


def buyers(make: Make, unit: Unit, number: int) -> Sequence[str]:
    """Return the session cookies of so many buyers of a unit."""
    ids = [make.person("buyer", unit=unit).id for _ in range(number)]
    with make.app.app_context(), transaction():
        return [people.sign_in(session.get_one(Person, one)) for one in ids]


def race_for_the_last_chairs(crowd: Crowd, make: Make, *, rounds: int) -> Race:
    """Let each of a crowd book three of twenty chairs, again and again; each round a new lot."""
    race, unit = Race(), make.unit()
    cookies = buyers(make, unit, len(crowd.members))
    with i18n.speaking("fi"):
        expected = i18n.retold(rules.too_many(LEFT))
    for number in range(rounds):
        lot = make.item(make.kind(f"Tuoli {number}", pool="reuse"), sign=False, quantity=CHAIRS)
        told = crowd.do(post, *(_sent(lot, unit, one, number) for one in cookies))
        race.answers.update(one.status for one in told)
        race.wrong_refusals += [
            one.refusal for one in told if one.status == 409 and one.refusal != expected
        ]
        if _kept(make.app, lot) != (CHAIRS, LEFT, CHAIRS - LEFT, WINNERS):
            race.wrong_rounds.append(f"{number}: {told}, {_kept(make.app, lot)}")
    return race


def _sent(lot: Item, unit: Unit, cookie: str, number: int) -> Posted:
    form = {"number": str(WANTED), "unit": str(unit.id), "_key": f"{number}"}
    return Posted(f"/kierto/erat/{lot.id}/varaukset", form, cookie)


def _kept(app: Flask, lot: Item) -> tuple[int, int, int, int]:
    """Return a lot's pieces, those free, those booked, and how many bookings there are."""
    with app.app_context():
        now = session.get_one(Item, lot.id)
        booked = select(func.coalesce(func.sum(Claim.waiting), 0), func.count(Claim.id))
        waiting, number = session.execute(booked.where(Claim.item_id == lot.id)).one()
        return now.quantity, now.unclaimed, int(waiting), number


def send_one_form(crowd: Crowd, make: Make, *, times: int) -> tuple[set[str | None], list[int]]:
    """Send one buyer's form so many times, in rounds of all at once.

    Return the answers' addresses and how many bookings, journal lines, messages there are, and how
    many pieces are free.
    """
    unit = make.unit()
    cookie = buyers(make, unit, 1)[0]
    lot = make.item(make.kind("Penkki", pool="reuse"), sign=False, quantity=CHAIRS)
    places: set[str | None] = set()
    for _ in range(0, times, len(crowd.members)):
        told = crowd.do(post, *[_sent(lot, unit, cookie, 0)] * len(crowd.members))
        assert {one.status for one in told} == {303}
        places |= {one.location for one in told}
    with make.app.app_context():
        made = journal.Entry.verb == "claim.made"
        rows = [
            session.scalar(select(func.count()).select_from(Claim)) or 0,
            session.scalar(select(func.count()).select_from(journal.Entry).where(made)) or 0,
            session.scalar(select(func.count()).select_from(outbox.Message)) or 0,
            session.get_one(Item, lot.id).unclaimed,
        ]
    return places, rows
