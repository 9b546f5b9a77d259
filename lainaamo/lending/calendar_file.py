"""A reservation as a file for the borrower's calendar: the pickup and the return."""

from datetime import date, datetime, timedelta

from lainaamo.core import clock, ics
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import pick
from lainaamo.core.ics import Event
from lainaamo.goods import queries as goods
from lainaamo.goods.opening import Opening
from lainaamo.lending import own_page, queries
from lainaamo.lending.models import Reservation

REMINDS = timedelta(days=1)
OVER = ("cancelled", "expired")


def calendar_file(reservation: Reservation, *, host: str, phone: str) -> str:
    """Return the pickup and the return with the hours of the site; the pickup code stays out.

    A calendar is often shown to others, and who knows the code could fetch the things.
    """
    opening, shown = goods.opening(reservation.site_id), own_page.page(reservation)["reservation"]
    loans = queries.loans_by_line(line.id for line in reservation.lines).values()
    last_day = max((loan.due_on for loan in loans), default=reservation.last_day)
    is_over = shown["state"] in OVER
    what = ", ".join(
        pick(kind.name_simple, kind.name, kind.name_sv, kind.name_en)
        for kind in (line.kind for line in reservation.lines)
    )
    texts = [
        ("pickup", _("Pick up: %(what)s", what=what), reservation.first_day),
        ("return", _("Return: %(what)s", what=what), last_day),
    ]
    events = [
        Event(
            key=f"reservation-{reservation.id}-{part}",
            title=title,
            day=day,
            made_at=reservation.made_at,
            between=open_between(opening, day),
            place=f"{reservation.site.name}, {reservation.site.address}",
            text=_("Call us: %(phone)s", phone=phone),
            is_cancelled=is_over,
            reminds=REMINDS,
        )
        for part, title, day in texts
    ]
    return ics.calendar(events, host=host)


def open_between(opening: Opening, day: date) -> tuple[datetime, datetime] | None:
    """Return when a site opens and closes on a day; None where it is closed."""
    hours = opening.hours_on(day)
    if hours is None:
        return None
    first, last = (
        datetime.combine(day, at, tzinfo=clock.HELSINKI) for at in (hours.opens, hours.closes)
    )
    return first, last
