"""When days will not do: why, the first that would, and what else is free on them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from lainaamo.catalogue.cards import sorted_sizes
from lainaamo.catalogue.choice import Choice, Chosen
from lainaamo.core import clock
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import days as write_days
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import pick, retold
from lainaamo.goods import queries as goods
from lainaamo.goods.availability import free
from lainaamo.goods.models import Kind
from lainaamo.goods.queries import Where
from lainaamo.lending import ahead, rules
from lainaamo.lending import queries as lending

MOST = 6


def objection(chosen: Choice) -> Refusal | None:
    """Return why the chosen days will not do: the same words that reserving them would get."""
    if chosen.first_day is None or chosen.last_day is None:
        return None
    first, last = chosen.first_day, chosen.last_day
    said = chosen.shelf.objection(first, last, clock.today())
    if said is not None or chosen.shelf.free(first, last):
        return said
    return rules.not_free(_first_free(chosen), [])


def _first_free(chosen: Choice) -> date | None:
    shelf = chosen.shelf
    return lending.first_free_day(
        shelf.stock,
        *chosen.days,
        opening=shelf.opening,
        terms=shelf.terms,
        site_id=shelf.site_id,
        size=shelf.size,
    )


def told(chosen: Choice, refusal: Refusal) -> dict[str, Any]:
    """Return a refusal as the page shows it: in words, with the first free days and what else."""
    is_taken = refusal.code == "not_free"
    others = [*_of_the_same(chosen), *_alike(chosen)] if is_taken else []
    return told_with(chosen, refusal, others)


def told_with(chosen: Chosen, refusal: Refusal, others: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a refusal with the first free days, and these others that would do."""
    start = refusal.params.get("first_free_day")
    url = text = None
    if isinstance(start, date) and chosen.first_day and chosen.last_day:
        end = start + (chosen.last_day - chosen.first_day)
        url = chosen.url(alku=start, loppu=end, viikko=None)
        text = _("Choose %(days)s", days=write_days(start, end))
    return {
        "text": retold(refusal),
        "first_free_text": text,
        "first_free_url": url,
        "alternatives": others[:MOST],
    }


def nothing_now(chosen: Choice) -> dict[str, Any] | None:
    """Say when a kind is free again, before any days were chosen; None where it is free at once."""
    if chosen.first_day or chosen.shelf.free(*chosen.days):
        return None
    return from_day(_first_free(chosen), chosen.url)


def from_day(day: date | None, url: Callable[..., str]) -> dict[str, Any]:
    """Say from which day something is free, and where that day is chosen; None: for long not."""
    if day is None:
        return {"text": _("All of these are taken for a long time. Call us."), "url": None}
    return {
        "text": _("The first free day is %(day)s.", day=write_days(day, day)),
        "url": url(alku=day, viikko=None),
    }


def _of_the_same(chosen: Choice) -> Iterator[dict[str, Any]]:
    """Yield the other sizes, and the other sites, where the kind is free on these days."""
    shelf, name = chosen.shelf, name_of(chosen.kind)
    here = (thing.size for thing in shelf.stock.things if thing.site_id == shelf.site_id)
    for size in sorted_sizes(here):
        if size != shelf.size and shelf.free(*chosen.days, size=size):
            words = _("Size %(size)s is available on these days", size=size)
            yield {"name": name, "url": chosen.url(koko=size), "text": words}
    for site in chosen.sites:
        if site.id != shelf.site_id and _is_free_at(chosen, site.id):
            words = _("At %(site)s, available on these days", site=site.name)
            yield {"name": name, "url": chosen.url(paikka=site.key), "text": words}


def _is_free_at(chosen: Choice, site_id: int) -> bool:
    until = _taken_until(chosen, site_id)
    shelf, first = chosen.shelf, chosen.days[0]
    size = shelf.size
    return until is not None and free(shelf.stock, first, until, site_id=site_id, size=size) > 0


def _taken_until(chosen: Choice, site_id: int) -> date | None:
    """Return until when a thing would be taken at a site; None where it is closed on the days."""
    opening, (first, last) = goods.opening(site_id), chosen.days
    if not (opening.is_open(first) and opening.is_open(last)):
        return None
    return rules.taken_until(last, opening=opening, terms=chosen.shelf.terms)


def _alike(chosen: Choice) -> Iterator[dict[str, Any]]:
    """Yield alike kinds that are free on these days: at the site, else at another."""
    alike = goods.kinds_like(chosen.kind)
    stocks = ahead.stocks(kind.id for kind in alike)
    taken_at = {site: _taken_until(chosen, site.id) for site in goods.wheres()}
    for kind in alike:
        for site in sorted(taken_at, key=lambda site: site.id != chosen.shelf.site_id):
            until = taken_at[site]
            if until and free(stocks[kind.id], chosen.days[0], until, site_id=site.id):
                yield _other(chosen, kind, site)
                break


def _other(chosen: Choice, kind: Kind, site: Where) -> dict[str, Any]:
    is_here = site.id == chosen.shelf.site_id
    words = _("At %(site)s, available on these days", site=site.name)
    address = chosen.url(koko=None, paikka=site.key).partition("?")[2]
    return {
        "name": name_of(kind),
        "url": f"/valineet/{kind.id}?{address}",
        "text": _("available on these days") if is_here else words,
    }


def name_of(kind: Kind) -> str:
    """Return a kind's name in the language in use."""
    return pick(kind.name_simple, kind.name, kind.name_sv, kind.name_en)
