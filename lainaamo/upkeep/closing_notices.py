"""The message to whom a closing gives other days: all of one person in one."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from lainaamo.config import Settings
from lainaamo.core import letters
from lainaamo.core.db import session
from lainaamo.core.errors import N_
from lainaamo.core.i18n import day, days
from lainaamo.core.i18n import gettext as _
from lainaamo.core.letters import SIGNED, Letter
from lainaamo.core.outbox import Handler
from lainaamo.goods import queries as goods
from lainaamo.goods.words import name_of, sized
from lainaamo.lending import queries
from lainaamo.lending.closing import MESSAGE
from lainaamo.lending.models import Closing, Loan, MovedDay, Reservation
from lainaamo.lending.sendings import About
from lainaamo.people.models import Person
from lainaamo.upkeep import blanks  # noqa: F401 - what its texts are filled with
from lainaamo.upkeep.post import Reached, Told, handler

SUBJECT = N_("We are closed %(days)s – new days for you")
CLOSED = letters.add(
    Letter(
        number=52,
        kind=MESSAGE,
        title=N_("Closed days move other days"),
        blanks=("name", "days", "things", "link"),
        subject=SUBJECT,
        mail=(
            N_("Hello %(name)s!"),
            N_("We are closed %(days)s so your days change:"),
            "%(things)s",
            N_("Do the new days not suit you? Call us, or look at your own page: %(link)s"),
            SIGNED,
        ),
        sms=(SUBJECT, "%(things)s", "%(link)s"),
        must=("things",),
    )
)


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done when a closing has moved somebody's days."""
    return {MESSAGE: handler(settings, CLOSED, _closed)}


def _closed(settings: Settings, payload: dict[str, Any], _message_id: str) -> Told | None:
    """Tell what is still out or promised; what came back or was cancelled meanwhile is left out."""
    closing = session.get(Closing, payload["closing"])
    person = session.get(Person, payload["person"])
    to = Reached.person(person)
    moves = list(_of(payload["closing"], payload["person"]))
    if closing is None or person is None or to is None or not moves:
        return None
    name = moves[0][1].for_name
    return Told(
        to,
        lambda: {
            "name": name,
            "days": days(closing.first_day, closing.last_day),
            "things": "\n".join(f"- {_line(move, of)}" for move, of in moves),
            "link": f"{settings.public_url.rstrip('/')}/omat",
        },
        about=tuple(_about(of) for _move, of in moves),
    )


def _of(closing_id: int, person_id: int) -> Iterator[tuple[MovedDay, Loan | Reservation]]:
    wanted = select(MovedDay).where(MovedDay.closing_id == closing_id).order_by(MovedDay.id)
    for move in session.scalars(wanted).all():
        loan = session.get(Loan, move.loan_id) if move.loan_id else None
        if loan is not None and loan.person_id == person_id and loan.returned_at is None:
            yield move, loan
        made = queries.find_reservation(move.reservation_id) if move.reservation_id else None
        waits = made is not None and any(line.ended_at is None for line in made.lines)
        if made is not None and waits and made.person_id == person_id:
            yield move, made


def _about(of: Loan | Reservation) -> About:
    return About.loan(of) if isinstance(of, Loan) else About(reservation_id=of.id)


def _line(move: MovedDay, of: Loan | Reservation) -> str:
    """Return what becomes of one day: of which thing, what, and when."""
    if isinstance(of, Loan):
        item = goods.get_item(of.item_id)
        thing = sized(name_of(item.kind), item.size)
    else:
        thing = ", ".join(sized(name_of(line.kind), line.size) for line in of.lines)
    if move.day is None:
        return _("%(thing)s: call us, we look for new days together", thing=thing)
    return f"{thing}: {_(WORDS[move.what])} {day(move.day)} ({_('was')} {day(move.was_day)})"


WORDS: Mapping[str, str] = {
    "due": N_("bring it back"),
    "last": N_("bring it back"),
    "first": N_("fetch it from"),
    "pick_up": N_("fetch it by"),
}
"""What is done on a moved day."""
