"""The messages to whose turn it is, and to who lost a promised thing and is the next in line."""

from collections.abc import Mapping
from typing import Any

from lainaamo.config import Settings
from lainaamo.core import letters
from lainaamo.core.db import session
from lainaamo.core.errors import N_
from lainaamo.core.i18n import days, long_day
from lainaamo.core.letters import SIGNED, Letter
from lainaamo.core.outbox import Handler
from lainaamo.goods.words import name_of, sized
from lainaamo.lending import displaced, queries
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Line, Reservation, Wait
from lainaamo.lending.sendings import About
from lainaamo.lending.turns import MESSAGE
from lainaamo.people.models import Person
from lainaamo.upkeep.post import Reached, Told, handler

SUBJECT = N_("It is your turn: %(thing)s. Pick up by %(until)s")
TURN = letters.add(
    Letter(
        number=5,
        kind=MESSAGE,
        title=N_("It is your turn"),
        blanks=("name", "thing", "first_day", "until", "last_day", "place", "code", "link"),
        subject=SUBJECT,
        mail=(
            N_("Hello %(name)s!"),
            N_("You waited for this. Now it is kept for you: %(thing)s."),
            N_("You can pick it up from %(first_day)s on."),
            N_("Pick it up by %(until)s. Then it goes to the next in line."),
            N_("Bring it back by %(last_day)s."),
            N_("Pick up: %(place)s"),
            N_("Your pickup code: %(code)s"),
            N_("Do you not need it any more? Cancel it here: %(link)s"),
            SIGNED,
        ),
        sms=(SUBJECT, "%(link)s"),
        must=("link",),
    )
)


FIRST_SUBJECT = N_("We are sorry: the thing you reserved is not here")
FIRST = letters.add(
    Letter(
        number=51,
        kind=displaced.GONE,
        title=N_("A reserved thing is gone"),
        blanks=("name", "thing", "days", "link"),
        subject=FIRST_SUBJECT,
        mail=(
            N_("Hello %(name)s!"),
            N_("You reserved this for %(days)s: %(thing)s."),
            N_("It broke or is lost, and no other one is free."),
            N_("You are now the first in line. We tell you as soon as one is kept for you."),
            N_("Do you not need it any more? Cancel it here: %(link)s"),
            SIGNED,
        ),
        sms=(FIRST_SUBJECT, "%(link)s"),
        must=("link",),
    )
)


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done when somebody's turn has come, or a reserved thing is gone."""
    return {
        MESSAGE: handler(settings, TURN, _turn),
        displaced.GONE: handler(settings, FIRST, _first_in_line),
    }


def _first_in_line(settings: Settings, payload: dict[str, Any], _message_id: str) -> Told | None:
    """Tell who lost a promised thing, unless another was found or nobody waits any more."""
    wait, line = session.get(Wait, payload["wait"]), session.get(Line, payload["line"])
    to = Reached.person(session.get(Person, wait.person_id)) if wait and not wait.ended_at else None
    if to is None or line is None:
        return None
    made = queries.get_reservation(line.reservation_id)
    thing = sized(name_of(next(one for one in made.lines if one.id == line.id).kind), line.size)
    return Told(
        to,
        lambda: {
            "name": made.for_name,
            "thing": thing,
            "days": days(made.first_day, made.last_day),
            "link": settings.public_url.rstrip("/") + own_path(made, settings),
        },
        about=(About(reservation_id=made.id),),
    )


def _turn(settings: Settings, payload: dict[str, Any], _message_id: str) -> Told | None:
    """Tell that it can be fetched, unless it was fetched or is over by now."""
    made = queries.find_reservation(payload["reservation"])
    if made is None or all(line.ended_at is not None for line in made.lines):
        return None
    to = Reached.person(session.get(Person, made.person_id))
    if to is None:
        return None
    return Told(to, lambda: _facts(settings, made), about=(About(reservation_id=made.id),))


def _facts(settings: Settings, made: Reservation) -> Mapping[str, str]:
    line = made.lines[0]
    return {
        "name": made.for_name,
        "thing": sized(name_of(line.kind), line.size),
        "first_day": long_day(made.first_day),
        "until": long_day(made.pick_up_by or made.last_day),
        "last_day": long_day(made.last_day),
        "place": f"{made.site.name}, {made.site.address}",
        "code": made.pick_up_code,
        "link": settings.public_url.rstrip("/") + own_path(made, settings),
    }
