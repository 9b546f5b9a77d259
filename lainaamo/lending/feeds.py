"""Secret addresses from which calendars read days: made, known again, ended, and what they tell."""

import hmac
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from lainaamo.config import Settings
from lainaamo.core import clock, ics, journal
from lainaamo.core.db import session
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import speaking
from lainaamo.core.ics import Event
from lainaamo.core.secrets import derive, installation_key
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item, Site
from lainaamo.goods.opening import Opening
from lainaamo.goods.words import name_of, sized, times
from lainaamo.lending import queries
from lainaamo.lending.calendar_file import open_between
from lainaamo.lending.models import CalendarFeed, Line, Loan, Reservation

PURPOSE = "calendar"
PLACE = "/kalenteri"
MOST = 1000
Whose = Mapping[str, int]
"""Of whom a feed is: one of `person_id`, `unit_id`, `site_id`."""


# Addresses


def path_of(feed: CalendarFeed, settings: Settings) -> str:
    """Return the path of a feed: who knows it reads it."""
    return f"{PLACE}/{feed.nonce}.{derive(installation_key(settings), PURPOSE, feed.nonce)}.ics"


def find_by_token(token: str, settings: Settings) -> CalendarFeed | None:
    """Return the feed that an address is of, while it is open and its person has not left."""
    nonce, _dot, given = token.partition(".")
    made = derive(installation_key(settings), PURPOSE, nonce)
    if not hmac.compare_digest(made.encode(), given.encode()):
        return None
    found = session.scalar(_whole().where(CalendarFeed.nonce == nonce))
    has_left = found is not None and found.person is not None and found.person.left_at is not None
    return None if has_left else found


def _whole() -> Select[CalendarFeed]:
    whose = (CalendarFeed.person, CalendarFeed.unit, CalendarFeed.site)
    wanted = select(CalendarFeed).where(CalendarFeed.ended_at.is_(None))
    return wanted.options(*(joinedload(one) for one in whose))


def find(whose: Whose) -> CalendarFeed | None:
    """Return the open feed of a person, a unit or a site."""
    return session.scalar(_whole().filter_by(**whose))


def of_house() -> Sequence[CalendarFeed]:
    """Return the open feeds of sites and units."""
    wanted = _whole().where(CalendarFeed.person_id.is_(None))
    return session.scalars(wanted.order_by(CalendarFeed.site_id, CalendarFeed.id)).all()


def make(whose: Whose) -> CalendarFeed:
    """Make a feed's address; an earlier one of the same ends."""
    for old in session.scalars(select(CalendarFeed).filter_by(ended_at=None, **whose)):
        end(old)
    session.flush()
    made = CalendarFeed(nonce=secrets.token_urlsafe(12), made_at=clock.now(), **whose)
    session.add(made)
    session.flush()
    journal.write("calendar.made", "calendar_feed", made.id, **whose)
    return made


def end(feed: CalendarFeed) -> None:
    """End a feed's address: it tells nothing any more."""
    feed.ended_at = clock.now()
    journal.write("calendar.ended", "calendar_feed", feed.id)


# What they tell


def file_of(feed: CalendarFeed, settings: Settings) -> str:
    """Return what waits to be fetched and what is out, with the hours of the site; no names."""
    with speaking(feed.person.locale if feed.person else "fi"):
        events = sorted(_events(feed, settings.phone), key=lambda event: (event.day, event.key))
        name = feed.site or feed.unit
        title = f"{settings.service_name}: {name.name}" if name else settings.service_name
        return ics.calendar(events, host=settings.public_host, name=title)


def _events(feed: CalendarFeed, phone: str) -> Iterator[Event]:
    dates = [*_of_reservations(feed), *_of_loans(feed)]
    places = {site_id: _place(site_id) for site_id in {one.site_id for one in dates}}
    for one in dates:
        where, opening = places[one.site_id]
        yield Event(
            key=one.key,
            title=one.title,
            day=one.day,
            made_at=one.made_at,
            between=open_between(opening, one.day),
            place=where,
            text=_("Call us: %(phone)s", phone=phone),
        )


class Date(NamedTuple):
    """A pickup or a return: what, where, on which day."""

    key: str
    title: str
    day: date
    made_at: datetime
    site_id: int


def _place(site_id: int) -> tuple[str, Opening]:
    site = session.get_one(Site, site_id)
    return f"{site.name}, {site.address}", goods.opening(site_id)


def _of_reservations(feed: CalendarFeed) -> Iterator[Date]:
    for one in _reservations(feed):
        what = _things((line.kind, line.size) for line in one.lines if line.ended_at is None)
        texts = (
            ("pickup", _("Pick up: %(what)s", what=what), one.first_day),
            ("return", _("Return: %(what)s", what=what), one.last_day),
        )
        for part, title, day in texts:
            yield Date(f"reservation-{one.id}-{part}", title, day, one.made_at, one.site_id)


def _of_loans(feed: CalendarFeed) -> Iterator[Date]:
    for one in _loans(feed):
        title = _("Return: %(what)s", what=_things([(one.item.kind, one.item.size)]))
        yield Date(f"loan-{one.id}-return", title, one.due_on, one.handed_out_at, one.site_id)


def _things(named: Iterable[tuple[Any, str | None]]) -> str:
    """Write what it is: alike things once, with their number."""
    names = [sized(name_of(kind), size) for kind, size in named]
    return ", ".join(times(names.count(name), name) for name in dict.fromkeys(names))


def _is_of(table: type[Reservation | Loan], feed: CalendarFeed) -> ColumnElement[bool]:
    """Tell whether something is of whom the feed is; of the three exactly one is named."""
    if feed.person_id is not None:
        return table.person_id == feed.person_id
    if feed.unit_id is not None:
        return table.unit_id == feed.unit_id
    return table.site_id == feed.site_id


def _reservations(feed: CalendarFeed) -> Sequence[Reservation]:
    waits = select(Line.reservation_id).where(Line.ended_at.is_(None))
    wanted = queries.whole().where(
        _is_of(Reservation, feed),
        Reservation.id.in_(waits),
        Reservation.last_day >= clock.today(),
        Reservation.browser_hash.is_(None),
    )
    return session.scalars(wanted.order_by(Reservation.first_day).limit(MOST)).all()


def _loans(feed: CalendarFeed) -> Sequence[Loan]:
    wanted = select(Loan).where(_is_of(Loan, feed), Loan.returned_at.is_(None))
    told = joinedload(Loan.item).joinedload(Item.kind)
    return session.scalars(wanted.options(told).order_by(Loan.due_on).limit(MOST)).all()
