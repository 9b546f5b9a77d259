"""A site as its facts: name, address, phone, the week's hours, and the days that break the week."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import delete, select

from lainaamo.administration import actions, queries, rules
from lainaamo.administration.models import Change
from lainaamo.administration.records import Record
from lainaamo.administration.rules import WEEKDAYS, Broken, Facts, day_fact, week_fact
from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.errors import CONSTRAINTS, N_, Refusal
from lainaamo.goods.actions import lock_kinds
from lainaamo.goods.models import DayException, OpeningHours, Site
from lainaamo.goods.opening import Hours, Opening
from lainaamo.lending import queries as lending

PLAIN = ("name", "address", "phone")
CONSTRAINTS["uq_site_key"] = Refusal(
    N_("There is a site with this name already. Choose another name."), code="site_name_taken"
)


def hours_value(opens: time | None, closes: time | None) -> list[str] | None:
    """Return hours as they are kept in a fact."""
    if opens is None or closes is None:
        return None
    return [opens.isoformat("minutes"), closes.isoformat("minutes")]


def lock(site_id: int) -> None:
    """Make others wait who change the site, promise something there or give turns there."""
    session.scalars(select(Site.id).where(Site.id == site_id).with_for_update()).one()
    lock_kinds(lending.kinds_waited_for(site_id))


def read(site_id: int) -> Facts:
    """Return a site's facts."""
    site = session.get_one(Site, site_id)
    facts: dict[str, Any] = {name: getattr(site, name) for name in PLAIN}
    facts["closed"] = site.closed_at is not None
    facts |= {week_fact(weekday): None for weekday in WEEKDAYS}
    for row in session.scalars(select(OpeningHours).where(OpeningHours.site_id == site_id)):
        facts[week_fact(row.weekday)] = hours_value(row.opens, row.closes)
    for day in session.scalars(select(DayException).where(DayException.site_id == site_id)):
        kept = {"hours": hours_value(day.opens, day.closes), "reason": day.reason}
        facts[day_fact(day.day)] = kept
    return facts


def check(site_id: int, now: Facts, after: Facts, confirmed: int) -> None:
    """Refuse to close a site in use, and days on which promises begin or end, until agreed to."""
    if after.get("closed"):
        _check_empty(site_id)
    if any(name.startswith(("week.", "day.")) for name in after):
        rules.check_confirmed(would_break(site_id, now, {**now, **after}), confirmed)


def _check_empty(site_id: int) -> None:
    count = queries.things_at(site_id)
    promises = queries.promises_of(site_id)
    if count:
        words = N_("The site has %(count)d things. Move them to another site first.")
        raise Refusal(words, code="site_in_use", count=count)
    if promises.pickups or promises.returns:
        words = N_("People still have reservations or loans at this site.")
        raise Refusal(words, code="site_promised")


def would_break(site_id: int, now: Facts, later: Facts) -> Broken:
    """Count the pickups and returns on days that are open now and would not be."""
    promises = queries.promises_of(site_id)
    before, after = opening(now), opening(later)

    def lost(day: date) -> bool:
        return before.is_open(day) and not after.is_open(day)

    return Broken(
        sum(count for day, count in promises.pickups.items() if lost(day)),
        sum(count for day, count in promises.returns.items() if lost(day)),
    )


def opening(facts: Facts) -> Opening:
    """Return when a site with these facts is open."""
    week = {n: hours for n in WEEKDAYS if (hours := _hours(facts.get(week_fact(n))))}
    days = {
        date.fromisoformat(name.removeprefix("day.")): _hours(value["hours"])
        for name, value in facts.items()
        if name.startswith("day.") and value is not None
    }
    return Opening(week, days)


def _hours(value: list[str] | None) -> Hours | None:
    return Hours(*(time.fromisoformat(one) for one in value)) if value else None


def write(site_id: int, facts: Facts) -> None:
    """Keep facts of a site."""
    site = session.get_one(Site, site_id)
    for name in PLAIN:
        if name in facts:
            setattr(site, name, facts[name])
    if "closed" in facts:
        site.closed_at = clock.now() if facts["closed"] else None
    for name, value in facts.items():
        if name.startswith("week."):
            _write_weekday(site_id, int(name.removeprefix("week.")), value)
        elif name.startswith("day."):
            _write_day(site_id, date.fromisoformat(name.removeprefix("day.")), value)


def _write_weekday(site_id: int, weekday: int, value: list[str] | None) -> None:
    here = (OpeningHours.site_id == site_id, OpeningHours.weekday == weekday)
    session.execute(delete(OpeningHours).where(*here))
    hours = _hours(value)
    if hours is not None:
        times = {"opens": hours.opens, "closes": hours.closes}
        session.add(OpeningHours(site_id=site_id, weekday=weekday, **times))


def _write_day(site_id: int, day: date, value: Mapping[str, Any] | None) -> None:
    here = (DayException.site_id == site_id, DayException.day == day)
    session.execute(delete(DayException).where(*here))
    if value is not None:
        hours = _hours(value["hours"])
        times = {"opens": hours.opens, "closes": hours.closes} if hours else {}
        session.add(DayException(site_id=site_id, day=day, reason=value["reason"], **times))


SITE = Record("site", lock, read, check, write)


def add(name: str, *, address: str, phone: str) -> Change:
    """Make a site; it is closed on every day until it gets hours."""
    site = Site(key=_key(name), name=name, address=address, phone=phone)
    session.add(site)
    session.flush()
    return actions.keep_made("site", [(site.id, read(site.id))])[0]


def _key(name: str) -> str:
    """Return a key that a name always gets, and no other name."""
    folded = name.casefold()
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode()
    digest = hashlib.sha256(folded.encode()).hexdigest()[:6]
    return "-".join([*re.findall("[a-z0-9]+", plain)[:4], digest])


def coming_exceptions(facts: Facts) -> Iterator[tuple[date, Mapping[str, Any]]]:
    """Yield the days to come that break the week, the first first."""
    for name in sorted(facts):
        if name.startswith("day.") and facts[name] is not None:
            day = date.fromisoformat(name.removeprefix("day."))
            if day >= clock.today():
                yield day, facts[name]


def days_between(first: date, last: date) -> list[date]:
    """Return all days of a stretch."""
    return [first + timedelta(n) for n in range((last - first).days + 1)]
