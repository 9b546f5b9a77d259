"""Calendars by a secret address: what they read, one's own, and those of sites and units."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import NoResultFound

from lainaamo.core import clock
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import full_day, retold
from lainaamo.core.i18n import gettext as _
from lainaamo.core.web import needs, refused_on, settings_now
from lainaamo.goods import queries as goods
from lainaamo.lending import feeds
from lainaamo.lending.models import CalendarFeed
from lainaamo.people import registry
from lainaamo.people.access import Right

bp = Blueprint("feeds", __name__)
HERE = "/kalenterit"


@bp.get(f"{feeds.PLACE}/<token>.ics")
@needs(Right.OWN_LINK)
def calendar(token: str) -> ResponseReturnValue:
    """Give a calendar what its address is for; the address is the key."""
    settings = settings_now()
    feed = feeds.find_by_token(token, settings)
    if feed is None:
        raise NoResultFound
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    file = feeds.file_of(feed, settings)
    return file, {**headers, "Content-Type": "text/calendar; charset=utf-8"}


# One's own


@bp.post("/omat/kalenteri")
@needs(Right.ACCOUNT)
def make_own() -> ResponseReturnValue:
    """Make an address for one's own calendar; an earlier one ends."""
    feeds.make({"person_id": current_user.person_id})
    return redirect("/omat#calendar", 303)


@bp.post("/omat/kalenteri/lopetus")
@needs(Right.ACCOUNT)
def end_own() -> ResponseReturnValue:
    """End the address of one's own calendar."""
    found = feeds.find({"person_id": current_user.person_id})
    if found is not None:
        feeds.end(found)
    return redirect("/omat#calendar", 303)


# Those of sites and units


@bp.get(HERE)
@needs(Right.LISTS)
def house_feeds() -> ResponseReturnValue:
    """Show the addresses of sites' and units' calendars, and let one be made."""
    return _page()


def _page(refusal: Refusal | None = None) -> ResponseReturnValue:
    return render_template(
        "lending/feeds.html",
        here_url=HERE,
        rows=[_row(one) for one in feeds.of_house()],
        sites=[(f"site_id:{one.id}", one.name) for one in goods.sites()],
        units=[(f"unit_id:{one.id}", one.name) for one in registry.units() if not one.closed_at],
        refusal=retold(refusal) if refusal else None,
    )


def _row(feed: CalendarFeed) -> Mapping[str, Any]:
    whose = feed.site or feed.unit
    return {
        "id": feed.id,
        "name": whose.name if whose else "",
        "sort": _("Site") if feed.site else _("Unit"),
        "made": full_day(clock.local(feed.made_at).date()),
        "url": address_of(feed),
    }


def address_of(feed: CalendarFeed) -> str:
    """Return the whole address that a calendar is given."""
    settings = settings_now()
    return settings.public_url.rstrip("/") + feeds.path_of(feed, settings)


@bp.post(HERE)
@needs(Right.LISTS)
@refused_on(_page)
def make_feed() -> ResponseReturnValue:
    """Make an address for a site or a unit; an earlier one ends."""
    known = [f"site_id:{one.id}" for one in goods.sites()]
    known += [f"unit_id:{one.id}" for one in registry.units() if not one.closed_at]
    chosen = request.form.get("whose", "")
    if chosen not in known:
        raise Refusal(N_("Choose the site or the unit whose calendar it is."), code="no_such")
    column, _colon, row_id = chosen.partition(":")
    feeds.make({column: int(row_id)})
    return redirect(HERE, 303)


@bp.post(f"{HERE}/<int:feed_id>/lopetus")
@needs(Right.LISTS)
def end_feed(feed_id: int) -> ResponseReturnValue:
    """End the address of a site's or a unit's calendar."""
    found = next((one for one in feeds.of_house() if one.id == feed_id), None)
    if found is None:
        raise NoResultFound
    feeds.end(found)
    return redirect(HERE, 303)
