"""Several things wanted together at one site: when they can be had, and why not on some days."""

from collections.abc import Sequence
from datetime import date, timedelta

from lainaamo.catalogue.instead import name_of
from lainaamo.core import clock
from lainaamo.core.errors import N_, Refusal
from lainaamo.goods import queries as goods
from lainaamo.lending import ahead
from lainaamo.lending import queries as lending
from lainaamo.lending.actions import Asked
from lainaamo.lending.together import Part, Together, sizes_by_kind

Days = tuple[date, date]


def together(asked: Sequence[Asked], site_id: int, *, person_id: int | None) -> Together:
    """Return when all of these can be had at a site, on the terms of who borrows."""
    sizes = sizes_by_kind((one.kind_id, one.size) for one in asked)
    kinds, stocks = goods.kinds(sizes), ahead.stocks(sizes)
    group = lending.group_of(person_id)
    terms = lending.terms_of_kinds({kind.id: kind.category_id for kind in kinds}, group=group)
    parts = [
        Part(one.id, stocks[one.id], terms[one.id], sizes[one.id])
        for one in sorted(kinds, key=lambda kind: kind.id)
    ]
    return Together(parts, site_id, goods.opening(site_id))


def soonest(shelf: Together, length: int) -> Days | None:
    """Return the first days, so many after the first, on which all of it can be had."""
    today = clock.today()
    begin = shelf.opening.next_open(today)
    if begin is None:
        return None
    for days in (min(length, shelf.longest_from(begin)), shelf.terms.usual_from(begin)):
        first = shelf.first_free_day(begin, begin + timedelta(days), today=today)
        if first is not None:
            return first, first + timedelta(days)
    return None


def objection(shelf: Together, days: Days) -> Refusal | None:
    """Return why these days will not do, or what of all is missing on them."""
    said = shelf.objection(*days, clock.today())
    lacking = shelf.lacking(*days) if said is None else []
    if not lacking:
        return said
    kinds = {kind.id: kind for kind in goods.kinds({part.kind_id for part in lacking})}
    names = ", ".join(name_of(kinds[part.kind_id]) for part in lacking)
    words = N_("There are not enough of these on those days: %(names)s.")
    return Refusal(words, code="not_free", names=names)
