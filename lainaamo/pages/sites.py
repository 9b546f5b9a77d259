"""Where the sites are and when they are open, read live: never typed on a page."""

from datetime import date, timedelta
from typing import Any

from lainaamo.core import clock
from lainaamo.core.i18n import day as write_day
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import hours as write_hours
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Site
from lainaamo.goods.opening import Opening

DAYS_SHOWN = 14


def days() -> list[dict[str, Any]]:
    """Return each site with the next two weeks day by day."""
    sites = goods.sites()
    openings = goods.openings(site.id for site in sites)
    today = clock.today()
    coming = [today + timedelta(n) for n in range(DAYS_SHOWN)]
    return [
        {
            **_site(site),
            "rows": [(write_day(day), _words(openings[site.id], day)) for day in coming],
        }
        for site in sites
    ]


def places() -> list[dict[str, Any]]:
    """Return each site with its address, its phone and today's hours."""
    sites = goods.sites()
    openings = goods.openings(site.id for site in sites)
    return [
        {**_site(site), "rows": [(_("Today"), _words(openings[site.id], clock.today()))]}
        for site in sites
    ]


def _site(site: Site) -> dict[str, Any]:
    digits = "".join(sign for sign in site.phone if sign in "+0123456789")
    links = [{"url": f"tel:{digits}", "text": site.phone}] if digits else []
    return {"heading": site.name, "paragraphs": [site.address], "links": links}


def _words(opening: Opening, day: date) -> str:
    open_at = opening.hours_on(day)
    return write_hours(open_at.opens, open_at.closes) if open_at else _("closed")
