"""What the demo's administrator has changed lately, so that the history is not empty."""

import secrets
from datetime import date, timedelta

from sqlalchemy import select

from lainaamo.administration import actions, queries, rules, sites
from lainaamo.administration.categories import CATEGORY
from lainaamo.administration.sites import SITE
from lainaamo.administration.terms import TERMS
from lainaamo.core import clock, journal, webhooks
from lainaamo.core.db import session
from lainaamo.demo import posted
from lainaamo.goods.models import Category, Site
from lainaamo.lending import feeds
from lainaamo.people.models import Actor, Grant

STOCKTAKE_IN = 45
"""How many days ahead a site is closed for counting its things, or the next day nobody comes on."""


def change() -> None:
    """Let the administrator close a day, add a name to a category, and make a loan longer."""
    with journal.acting(administrator()):
        with clock.at(clock.now() - timedelta(9)):
            category_id = category("ski_sets")
            known = CATEGORY.read(category_id)["aliases"]
            actions.edit(CATEGORY, category_id, {"aliases": [*known, "hiihtokamat"]})
        with clock.at(clock.now() - timedelta(2)):
            actions.edit(TERMS, category("sleds"), {"days": 7, "longest_days": 14})
        _close_for_counting()
        _tell_programs()
    posted.word(administrator())


def _tell_programs() -> None:
    """Let a calendar read the first site, and a partner have been tried: the demo sends nothing."""
    with clock.at(clock.now() - timedelta(40)):
        tried = webhooks.make(
            "https://partner.example.fi/lainaamo",
            words="Kumppanin kokeilu",
            events=["loan.handed_out", "loan.returned"],
            nonce=secrets.token_urlsafe(16),
        )
    webhooks.end(tried.id)
    feeds.make({"site_id": session.scalars(select(Site.id).order_by(Site.id).limit(1)).one()})


def administrator() -> str:
    """Return the journal's name for an administrator."""
    wanted = select(Actor.alias).join(Grant, Grant.person_id == Actor.person_id)
    return session.scalars(wanted.where(Grant.role == "administrator").limit(1)).one()


def category(key: str) -> int:
    """Return the id of a category."""
    return session.scalars(select(Category.id).where(Category.key == key)).one()


def _close_for_counting() -> None:
    site_id = session.scalars(select(Site.id).order_by(Site.id).limit(1)).one()
    day = _quiet_day(site_id)
    actions.edit(SITE, site_id, {rules.day_fact(day): {"hours": None, "reason": "Inventointi"}})


def _quiet_day(site_id: int) -> date:
    """Return an open day on which nobody is promised anything."""
    opening, promises = sites.opening(SITE.read(site_id)), queries.promises_of(site_id)
    busy = {*promises.pickups, *promises.returns}
    days = (clock.today() + timedelta(n) for n in range(STOCKTAKE_IN, 2 * STOCKTAKE_IN))
    return next(day for day in days if opening.is_open(day) and day not in busy)
