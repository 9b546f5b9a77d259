"""When days will not do: why, the first that would, and what else is free on them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from lainaamo.catalogue.cards import sorted_sizes
from lainaamo.catalogue.choice import Choice
from lainaamo.core import clock
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import days as write_days
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import pick, retold
from lainaamo.goods import queries as goods
from lainaamo.goods.availability import free
from lainaamo.goods.models import Kind
from lainaamo.lending import queries as lending
from lainaamo.lending import rules

MOST = 6


def objection(chosen: Choice) -> Refusal | None:
    """Return why the chosen days will not do: the same words that reserving them would get."""
    if chosen.first_day is None or chosen.last_day is None:
        return None
    first, last = chosen.first_day, chosen.last_day
    said = chosen.shelf.objection(first, last, clock.today())
    if said is not None or chosen.shelf.free(first, last):
        return said
    instead = lending.kinds_instead(
        chosen.kind, first, chosen.shelf.taken_until(last), site_id=chosen.shelf.site_id
    )
    return rules.not_free(_first_free(chosen), instead)


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
    start = refusal.params.get("first_free_day")
    url = text = None
    if isinstance(start, date) and chosen.first_day and chosen.last_day:
        end = start + (chosen.last_day - chosen.first_day)
        url = chosen.url(alku=start, loppu=end, viikko=None)
        text = _("Choose %(days)s", days=write_days(start, end))
    ids = refusal.params.get("alternatives")
    return {
        "text": retold(refusal),
        "first_free_text": text,
        "first_free_url": url,
        "alternatives": [*_of_the_same(chosen, refusal), *_others(chosen, ids)][:MOST],
    }


def nothing_now(chosen: Choice) -> dict[str, Any] | None:
    """Say when a kind is free again, before any days were chosen; None where it is free at once."""
    if chosen.first_day or chosen.shelf.free(*chosen.days):
        return None
    day = _first_free(chosen)
    if day is None:
        return {"text": _("All of these are taken for a long time. Call us."), "url": None}
    return {
        "text": _("The first free day is %(day)s.", day=write_days(day, day)),
        "url": chosen.url(alku=day, viikko=None),
    }


def _of_the_same(chosen: Choice, refusal: Refusal) -> Iterator[dict[str, Any]]:
    """Yield the other sizes, and the other sites, where the kind is free on these days."""
    if refusal.code != "not_free":
        return
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
    shelf, (first, last) = chosen.shelf, chosen.days
    opening = goods.opening(site_id)
    until = rules.taken_until(last, opening=opening, terms=shelf.terms)
    is_open = opening.is_open(first) and opening.is_open(last)
    return is_open and free(shelf.stock, first, until, site_id=site_id, size=shelf.size) > 0


def _others(chosen: Choice, ids: object) -> Iterator[dict[str, Any]]:
    """Yield the alike kinds that are free on these days."""
    for kind in goods.kinds(ids) if isinstance(ids, list) else ():
        address = f"/valineet/{kind.id}?" + chosen.url(koko=None).partition("?")[2]
        yield {"name": name_of(kind), "url": address, "text": _("available on these days")}


def name_of(kind: Kind) -> str:
    """Return a kind's name in the language in use."""
    return pick(kind.name_simple, kind.name, kind.name_sv, kind.name_en)
