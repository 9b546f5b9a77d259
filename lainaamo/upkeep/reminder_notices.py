"""Reminders: of what is due soon, today or is late, and of what waits to be fetched."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from lainaamo.config import Settings
from lainaamo.core import clock, letters
from lainaamo.core.db import session
from lainaamo.core.errors import N_
from lainaamo.core.i18n import days, long_day
from lainaamo.core.i18n import gettext as _
from lainaamo.core.letters import BLANKS, SIGNED, Blank, Letter
from lainaamo.core.outbox import Handler
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Site
from lainaamo.goods.words import name_of, sized
from lainaamo.lending import letter_links, reminders
from lainaamo.lending.models import Loan, Reservation
from lainaamo.lending.reminders import Day
from lainaamo.lending.sendings import About
from lainaamo.people.models import Person
from lainaamo.upkeep.post import Reached, Told, handler, number_of

NAMED_IN_SMS = 3
BLANKS["short"] = Blank("luettelo", N_("the things on one line"), "Sukset 150, Luistimet 38")
FACTS = ("name", "things", "short", "day", "reply", "link")
HELLO, LOOK = N_("Hello %(name)s!"), N_("Keep them longer, or see all of it: %(link)s")
CALL = N_("Is something wrong? Call us: %(phone)s")
SIGNED_SMS = "%(link)s\n%(service)s, %(phone)s"
SOON = letters.add(
    Letter(
        number=12,
        kind=reminders.LOANS,
        title=N_("Reminder: due soon"),
        blanks=FACTS,
        subject=N_("Return by %(day)s: %(short)s"),
        mail=(HELLO, N_("You have borrowed these:"), "%(things)s", LOOK, CALL, SIGNED),
        sms=(N_("Return by %(day)s: %(short)s. %(reply)s"), SIGNED_SMS),
        must=("link",),
    )
)
TODAY = letters.add(
    replace(
        SOON,
        number=13,
        kind="loan.due_today",
        title=N_("Reminder: due today"),
        subject=N_("Return today: %(short)s"),
        sms=(N_("Return today: %(short)s. %(reply)s"), SIGNED_SMS),
    )
)
LATE = letters.add(
    replace(
        SOON,
        number=14,
        kind="loan.late",
        title=N_("Reminder: late"),
        subject=N_("This is late: %(short)s"),
        mail=(
            HELLO,
            N_("These should have come back:"),
            "%(things)s",
            N_("Bring them back as soon as you can. Somebody else may be waiting."),
            LOOK,
            CALL,
            SIGNED,
        ),
        sms=(N_("Late: %(short)s. Bring it back soon. %(reply)s"), SIGNED_SMS),
    )
)
PICKUP = letters.add(
    Letter(
        number=15,
        kind=reminders.PICKUPS,
        title=N_("Reminder: to be picked up"),
        blanks=FACTS,
        subject=N_("Pick up: %(short)s"),
        mail=(
            HELLO,
            N_("These wait for you:"),
            "%(things)s",
            N_("See the place and the code, or cancel: %(link)s"),
            CALL,
            SIGNED,
        ),
        sms=(N_("Pick up: %(short)s. %(reply)s"), SIGNED_SMS),
        must=("link",),
    )
)


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done for promised reminders."""
    return {
        reminders.LOANS: handler(settings, SOON, _loans),
        reminders.PICKUPS: handler(settings, PICKUP, _pickups),
    }


def steps(settings: Settings) -> Sequence[int]:
    """Return on which days after the due day somebody is reminded, as the house wants it."""
    found = reminders.read_steps(settings.reminder_days)
    return reminders.USUAL if found is None else found


def _who(kind: str, payload: Mapping[str, Any]) -> Reached | None:
    if reminders.put_off(kind, payload["person"], _day(payload)):
        return None
    return Reached.person(session.get(Person, payload["person"]))


def _day(payload: Mapping[str, Any]) -> Day:
    return Day(date.fromisoformat(payload["day"]), date.fromisoformat(payload["since"]))


def _loans(settings: Settings, payload: dict[str, Any], message_id: str) -> Told | None:
    """Name all that somebody should bring back, unless it came back or was renewed."""
    to = _who(reminders.LOANS, payload)
    when, wanted = _day(payload), steps(settings)
    loans = reminders.loans_to_name(payload["person"], when, wanted) if to else []
    if to is None or not loans:
        return None
    return Told(
        to,
        lambda: _loan_facts(settings, to, loans, message_id),
        about=tuple(About.loan(loan) for loan in loans),
        letter=_stage(loans),
    )


def _stage(loans: Sequence[Loan]) -> Letter:
    first, today = loans[0].due_on, clock.today()
    if first < today:
        return LATE
    return TODAY if first == today else SOON


def _loan_facts(
    settings: Settings, to: Reached, loans: Sequence[Loan], message_id: str
) -> Mapping[str, str]:
    items = goods.items_by_id(loan.item_id for loan in loans)
    names = [sized(name_of(items[one.item_id].kind), items[one.item_id].size) for one in loans]
    lines = [
        "- " + _("%(thing)s: return by %(day)s", thing=name, day=long_day(loan.due_on))
        for name, loan in zip(names, loans, strict=True)
    ]
    return {
        **_shared(settings, to, names, message_id, site_id=loans[0].site_id),
        "things": "\n".join(lines),
        "day": long_day(loans[0].due_on),
        "reply": _("Answer RENEW to keep it longer.") if settings.sms_secret else "",
    }


def _pickups(settings: Settings, payload: dict[str, Any], message_id: str) -> Told | None:
    """Name what waits for somebody, unless it was fetched or cancelled."""
    to = _who(reminders.PICKUPS, payload)
    made = reminders.pickups_to_name(payload["person"]) if to else []
    if to is None or not made:
        return None
    about = tuple(About(reservation_id=one.id) for one in made)
    return Told(to, lambda: _pickup_facts(settings, to, made, message_id), about=about)


def _pickup_facts(
    settings: Settings, to: Reached, made: Sequence[Reservation], message_id: str
) -> Mapping[str, str]:
    lines = [(one, sized(name_of(line.kind), line.size)) for one in made for line in one.lines]
    told = [f"- {name}: {days(one.first_day, one.last_day)}" for one, name in lines]
    return {
        **_shared(settings, to, [name for _one, name in lines], message_id, made[0].site_id),
        "things": "\n".join(told),
        "day": long_day(made[0].first_day),
        "reply": _("Answer CANCEL to cancel it.") if settings.sms_secret else "",
    }


def _shared(
    settings: Settings, to: Reached, names: Sequence[str], message_id: str, site_id: int
) -> dict[str, str]:
    site = session.get_one(Site, site_id)
    person = session.get_one(Person, to.person_id)
    path = letter_links.path_of(number_of(message_id), settings)
    return {
        "name": person.first_name,
        "short": _on_one_line(names),
        "phone": site.phone or settings.phone,
        "link": settings.public_url.rstrip("/") + path,
    }


def _on_one_line(names: Sequence[str]) -> str:
    told, more = list(names[:NAMED_IN_SMS]), len(names) - NAMED_IN_SMS
    return ", ".join([*told, *([_("%(num)d more", num=more)] if more > 0 else [])])
