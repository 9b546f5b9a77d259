"""Races of many processes for one pair of skis, and what came of them."""

import html
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Select, func, select

from lainaamo.core import i18n, journal, outbox
from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Allocation, Use
from lainaamo.lending import rules
from lainaamo.lending.models import Line, Reservation
from tests.crowd import Crowd
from tests.make import Make

RACERS = 16
MON = date(2026, 3, 2)
WED = MON + timedelta(2)
# As long a loan from Thursday would end on a Saturday, when the place is closed.
FIRST_FREE = MON + timedelta(7)


@dataclass(frozen=True, slots=True)
class Posted:
    """A form as one racer sends it, from an address of its own: limits are not raced here."""

    path: str
    form: Mapping[str, str]
    address: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a racer was answered."""

    status: int
    location: str | None
    refusal: str


@dataclass(slots=True)
class Race:
    """What came of many rounds: how often each answer was given, and the rounds that went wrong."""

    answers: Counter[int] = field(default_factory=Counter)
    without_first_free_day: int = 0
    wrong_rounds: list[str] = field(default_factory=list)


def post(app: Lainaamo, posted: Posted) -> Told:
    """Send the form and read the answer."""
    client = FlaskClient(app, app.response_class)
    sender = {"REMOTE_ADDR": posted.address}
    answer = client.post(posted.path, data=posted.form, environ_overrides=sender)
    said = re.search(r'<h2 id="refusal">(.*?)</h2>', answer.text, re.DOTALL)
    return Told(answer.status_code, answer.location, html.unescape(said[1]) if said else "")


def form(who: str, key: str) -> dict[str, str]:
    """Return the form that reserves from Monday to Wednesday."""
    return {
        "first_day": MON.isoformat(),
        "last_day": WED.isoformat(),
        "first_name": "Aino",
        "contact": f"{who}@example.fi",
        "agree": "1",
        "_key": key,
    }


def race_for_the_last_pair(crowd: Crowd, make: Make, *, rounds: int) -> Race:
    """Let all race for one pair, again and again; each round has a kind of its own."""
    race, racers = Race(), len(crowd.members)
    with i18n.speaking("fi"):
        expected = i18n.retold(rules.not_free(FIRST_FREE, []))
    for number in range(rounds):
        kind = make.kind(f"Sukset {number}")
        item = make.item(kind, sign=False)
        told = crowd.do(post, *(_sent(kind.id, number, racer) for racer in range(racers)))
        race.answers.update(one.status for one in told)
        refusals = [one.refusal for one in told if one.status == 409]
        race.without_first_free_day += sum(refusal != expected for refusal in refusals)
        won = sorted(one.status for one in told) == [303] + [409] * (racers - 1)
        if not won or _kept(make.app, item.id) != (3, 1):
            race.wrong_rounds.append(f"{number}: {told}, {_kept(make.app, item.id)}")
    return race


def _sent(kind_id: int, number: int, racer: int) -> Posted:
    address = f"10.{number // 250}.{number % 250}.{racer}"
    return Posted(
        f"/valineet/{kind_id}/varaukset", form(f"r{number}-{racer}", f"{number}-{racer}"), address
    )


def _kept(app: Flask, item_id: int) -> tuple[int, int]:
    """Return how many days and how many lines stand on a thing."""
    with app.app_context():
        days = select(func.count()).where(Allocation.item_id == item_id)
        lines = select(func.count()).select_from(Line).join(Line.use).where(Use.item_id == item_id)
        return session.scalar(days) or 0, session.scalar(lines) or 0


def send_one_form(crowd: Crowd, make: Make, *, times: int) -> tuple[set[str | None], list[int]]:
    """Send one form so many times, in rounds of all at once.

    Return the answers' addresses and how many reservations, journal lines, messages and days there
    are.
    """
    kind = make.kind("Lumikengät")
    for _ in range(3):
        make.item(kind, sign=False)
    places: set[str | None] = set()
    for n in range(0, times, len(crowd.members)):
        posted = Posted(f"/valineet/{kind.id}/varaukset", form("aino", "one-key"), f"10.9.9.{n}")
        told = crowd.do(post, *[posted] * len(crowd.members))
        assert {one.status for one in told} == {303}
        places |= {one.location for one in told}
    return places, _rows(make.app)


def _rows(app: Flask) -> list[int]:
    made = journal.Entry.verb == "reservation.made"
    wanted: list[Select[int]] = [
        select(func.count()).select_from(Reservation),
        select(func.count()).select_from(journal.Entry).where(made),
        select(func.count()).select_from(outbox.Message),
        select(func.count()).select_from(Allocation),
    ]
    with app.app_context():
        return [session.scalar(one) or 0 for one in wanted]
