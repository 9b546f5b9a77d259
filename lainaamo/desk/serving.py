"""Whom the desk serves: a borrower who was chosen, and stays so for two minutes after each scan.

Who it is goes along with the desk's address and forms, signed for this session and with the
server's clock: what one window shows is what its next scan does, and whoever takes the next turn
serves nobody yet.
"""

import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import g, request
from sqlalchemy import func, select

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import ngettext
from lainaamo.core.secrets import derive, installation_key
from lainaamo.core.web import settings_now
from lainaamo.desk import borrower_page
from lainaamo.desk.rules import Mode
from lainaamo.lending.models import Line, Loan, Reservation
from lainaamo.people.models import Person
from lainaamo.people.visitor import visitor

LASTS = timedelta(minutes=2)
FIELD, LONGEST = "lainaaja", 80
PARTS = 3
MOST_WAITING = 3
Shown = dict[str, Any]


def token_for(person_id: int) -> str:
    """Return what says, for two minutes from now, that this borrower is served."""
    facts = f"{person_id}.{int((clock.now() + LASTS).timestamp())}"
    return f"{facts}.{_signature(facts)}"


def _signature(facts: str) -> str:
    me = visitor()
    nonce = f"{me.sign_in_id if me else 0}:{facts}"
    return derive(installation_key(settings_now()), "desk-serves", nonce)


def given() -> str:
    """Return what came with this request about whom the desk serves."""
    return request.values.get(FIELD, "")[:LONGEST]


def _read(token: str) -> tuple[int, datetime] | None:
    """Return who a token of ours says is served, and until when; of a stranger's token nothing."""
    facts, _dot, signature = token.rpartition(".")
    if len(token.split(".")) != PARTS or not token.isascii():
        return None
    if not hmac.compare_digest(_signature(facts).encode(), signature.encode()):
        return None
    person_id, ends_at_s = facts.split(".")
    return int(person_id), datetime.fromtimestamp(int(ends_at_s), UTC)


def person_id_now() -> int | None:
    """Return who is served now."""
    found = _read(given())
    return found[0] if found is not None and found[1] > clock.now() else None


def renewed(mode: Mode) -> str:
    """Return what carries the served borrower on to the next address, for two minutes more.

    One whose time is over is carried as it is: the page says that it is over.
    """
    if mode is not Mode.LOAN:
        return ""
    person_id = person_id_now()
    return token_for(person_id) if person_id is not None else given()


def bar(mode: Mode) -> Shown | None:
    """Return what the desk shows of the served borrower: no more than it needs to serve."""
    if mode is not Mode.LOAN or not given():
        return None
    if "desk_serves" not in g:
        g.desk_serves = _bar(mode)
    shown: Shown = g.desk_serves
    return shown


def _bar(mode: Mode) -> Shown:
    found, over_url = _read(given()), f"/tiski?tila={mode}"
    person = session.get(Person, found[0]) if found is not None else None
    if found is None or person is None or person.left_at is not None or found[1] <= clock.now():
        return {"is_over": True, "done_url": over_url}
    return {
        "is_over": False,
        "token": given(),
        "name": borrower_page.row(person)["name"],
        "text": _out(person.id),
        "waiting": _waiting(person.id),
        "block": borrower_page.block_of(person.id),
        "url": borrower_page.url_of(person),
        "done_url": over_url,
        "seconds": max(int((found[1] - clock.now()).total_seconds()), 1),
    }


def _out(person_id: int) -> str:
    out = (Loan.person_id == person_id, Loan.returned_at.is_(None))
    count = session.scalar(select(func.count()).select_from(Loan).where(*out)) or 0
    if not count:
        return _("Nothing on loan")
    return ngettext("%(num)d thing on loan", "%(num)d things on loan", count)


def _waiting(person_id: int) -> list[Shown]:
    """Return the addresses of the reservations that can be handed out whole."""
    waits = select(Line.id).where(Line.reservation_id == Reservation.id, Line.ended_at.is_(None))
    wanted = select(Reservation.id, Reservation.pick_up_code).where(
        Reservation.person_id == person_id, Reservation.first_day <= clock.today()
    )
    ordered = wanted.where(waits.exists()).order_by(Reservation.id).limit(MOST_WAITING)
    return [
        {"url": f"/tiski/varaukset/{one}", "code": code} for one, code in session.execute(ordered)
    ]
