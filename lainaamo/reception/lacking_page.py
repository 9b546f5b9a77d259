"""The list of what came in and still lacks something; every state of it is an address."""

from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from lainaamo.core import clock
from lainaamo.core.i18n import day, pick
from lainaamo.core.i18n import gettext as _
from lainaamo.goods import queries as goods
from lainaamo.reception import arrivals
from lainaamo.reception.arrivals import GAPS, MOST_COUNTED, ROWS, Lacking
from lainaamo.reception.completing_page import gap_words
from lainaamo.reception.receiving_page import HERE

WHERE = f"{HERE}/taydennettavat"
WORDS_IN_URL = {
    "size": "koko",
    "place": "paikka",
    "photo": "kuva",
    "label": "tarra",
    "price": "hinta",
}
Shown = dict[str, Any]


def page(asked: str | None, after_id: int) -> Shown:
    """Return everything the list's template needs."""
    gap = next((key for key, word in WORDS_IN_URL.items() if word == asked), None)
    found = arrivals.lacking(gap, after_id=after_id)
    more, found = len(found) > ROWS, found[:ROWS]
    photos = goods.first_photos(row.id for row in found)
    return {
        "mode_name": _("To complete"),
        "filters": _filters(gap),
        "rows": [_row(row, photos.get(row.id)) for row in found],
        "next_url": _next(gap, found[-1].id) if more else None,
        "labels_url": _labels_of_today(),
        "is_narrowed": gap is not None,
        "all_url": WHERE,
        "receive_url": HERE,
    }


def _filters(gap: str | None) -> list[Shown]:
    counts, words = arrivals.counts_of_gaps(), gap_words()
    every = {"label": _("All"), "url": WHERE, "count": None, "on": gap is None}
    return [every, *(_filter(key, words[key], counts[key], on=key == gap) for key in GAPS)]


def _filter(key: str, label: str, count: int, *, on: bool) -> Shown:
    told = f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
    url = f"{WHERE}?{urlencode({'puuttuu': WORDS_IN_URL[key]})}"
    return {"label": label, "url": url, "count": told, "on": on}


def _next(gap: str | None, last_id: int) -> str:
    query = [("puuttuu", WORDS_IN_URL[gap])] if gap else []
    return f"{WHERE}?{urlencode([*query, ('jatko', str(last_id))])}"


def _row(row: Lacking, photo: str | None) -> Shown:
    words = gap_words()
    return {
        "url": f"{HERE}/{row.id}",
        "name": pick(row.name_simple, row.name, row.name_sv, row.name_en),
        "picture": row.picture,
        "photo": photo,
        "number": row.quantity,
        "day": day(clock.local(row.received_at).date()),
        "gaps": [words[gap] for gap in GAPS if gap in row.gaps],
    }


def _labels_of_today() -> str | None:
    """Return the sheet of labels of what came in today."""
    begun = datetime.combine(clock.today(), time(), tzinfo=clock.HELSINKI)
    signs = arrivals.signs_since(begun)
    return "/tarrat.pdf?" + urlencode([("tavara", sign) for sign in signs]) if signs else None
