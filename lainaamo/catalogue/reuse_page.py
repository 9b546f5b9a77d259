"""What a buyer sees of the goods for reuse: lots, those with most alike pieces first."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from lainaamo.catalogue import listing, lots
from lainaamo.catalogue.lots import SEATS, Facts, Wanted
from lainaamo.core import clock
from lainaamo.core.errors import N_
from lainaamo.core.i18n import euros, full_day, ngettext
from lainaamo.core.i18n import gettext as _
from lainaamo.goods import queries as goods
from lainaamo.goods.attributes import measures_text
from lainaamo.goods.models import Item, Kind
from lainaamo.goods.words import CONDITIONS, condition_word, name_of
from lainaamo.procurement.lot_page import picture_of, pieces, price_of, where

AMOUNTS = (1, 2, 4, 6, 12, 24)
"""How many alike pieces one may ask for with one tap."""
SEAT_WORDS: Mapping[str, str] = {
    "pieni": N_("Small, under 39 cm"),
    "koulu": N_("School, 39 to 46 cm"),
    "aikuinen": N_("Adult, 47 cm or more"),
}
OFFERED = [one for one in CONDITIONS if one != "broken"]
SOON_DAYS = 30
CURSOR = re.compile(r"([0-9]{1,9})-([0-9]{1,15})", re.ASCII)
LONGEST_NUMBER = 6
Shown = dict[str, Any]


class Question:
    """What an address asks of the list of lots, of all kinds or of one."""

    def __init__(self, args: Mapping[str, Sequence[str]], kind: Kind | None = None) -> None:
        self.kind = kind
        self.of_kinds = listing.Question("reuse", args)

    def first(self, name: str) -> str:
        """Return one value of the address, or nothing."""
        return self.of_kinds.first(name)

    def chosen(self, name: str, known: Sequence[str]) -> tuple[str, ...]:
        """Return the values of a filter that are known."""
        return tuple(one for one in self.of_kinds.args.get(name, ()) if one in known)

    def with_(self, **changes: str | None) -> str:
        """Return the address of the same question with some of it changed."""
        return self.of_kinds.with_(jatko=None, **changes)

    @cached_property
    def at_least(self) -> int:
        """Return how many alike pieces are looked for."""
        given = self.first("maara")
        is_number = given.isascii() and given.isdigit() and len(given) <= LONGEST_NUMBER
        return max(int(given), 1) if is_number else 1

    @cached_property
    def wanted(self) -> Wanted:
        """Return it as the queries understand it."""
        kinds = self.of_kinds.asked._replace(conditions=(), sizes=(), site_ids=(), ages=())
        return Wanted(
            kinds=kinds,
            kind_id=self.kind.id if self.kind else None,
            at_least=self.at_least,
            conditions=self.chosen("kunto", OFFERED),
            seats=self.chosen("istuin", list(SEATS)),
        )

    @property
    def after(self) -> tuple[int, int] | None:
        """Return the lot that the page before ended with, as (free pieces, id)."""
        match = CURSOR.fullmatch(self.first("jatko"))
        return (int(match[1]), int(match[2])) if match else None


def page(question: Question) -> Shown:
    """Return everything the list's template needs."""
    found = lots.lots(question.wanted, after=question.after)
    more, found = len(found) > lots.PAGE, found[: lots.PAGE]
    facts = lots.facts(question.wanted)
    last = f"{found[-1].unclaimed}-{found[-1].id}" if more else None
    photos = goods.first_photos(lot.id for lot in found)
    shown = [_hit(lot, question.at_least, photos.get(lot.id)) for lot in found]
    return {
        "kind_name": name_of(question.kind) if question.kind else None,
        "q": question.of_kinds.words,
        "instead": listing.instead(question.of_kinds),
        "kept": _kept(question),
        "categories": [] if question.kind else listing.tiles(question.of_kinds),
        "amounts": _amounts(question),
        "filters": _filters(question, facts),
        "found": _found(question, facts),
        "hits": shown,
        "next_url": question.of_kinds.with_(jatko=last) if last else None,
        "empty": None if shown else _empty(question),
    }


def _kept(question: Question) -> list[tuple[str, str]]:
    """Return what the search form carries along."""
    names = ("ryhma", "maara")
    return [(name, question.first(name)) for name in names if question.first(name)]


def _hit(lot: Item, at_least: int, photo: str | None) -> Shown:
    price, seat = price_of(lot), lot.attributes.get("seat_height_mm")
    measures = [
        measures_text(lot.attributes),
        _("seat %(height)s cm", height=f"{seat / 10:g}") if isinstance(seat, int | float) else None,
        lot.size,
    ]
    words = [text for text in (*measures, where(lot)) if text]
    wish = f"?kpl={at_least}" if at_least > 1 else ""
    return {
        "url": f"/kierto/erat/{lot.id}{wish}",
        "name": name_of(lot.kind),
        "picture": picture_of(lot.kind),
        "photo": photo,
        "text": " · ".join(words),
        "free": lot.unclaimed,
        "condition": condition_word(lot.condition),
        "price": _("as new about %(price)s a piece", price=euros(price)) if price else None,
        "days": _days(lot),
    }


def _days(lot: Item) -> list[tuple[str, str]]:
    """Return (tone, words) of the days that matter: from when, until when, since when here."""
    today, found = clock.today(), []
    if lot.must_go_by is not None:
        tone = "warn" if (lot.must_go_by - today).days <= SOON_DAYS else "none"
        found.append((tone, _("must go by %(date)s", date=full_day(lot.must_go_by))))
    if lot.available_from is not None and lot.available_from > today:
        found.append(("info", _("available from %(date)s", date=full_day(lot.available_from))))
    came = full_day(clock.local(lot.received_at).date())
    return [*found, ("", _("came %(date)s", date=came))]


def _amounts(question: Question) -> list[Shown]:
    chosen = question.at_least
    numbers = sorted({*AMOUNTS, chosen})
    return [
        {
            "number": number,
            "url": question.with_(maara=str(number) if number > 1 else None),
            "current": number == chosen,
        }
        for number in numbers
    ]


def _filters(question: Question, facts: Sequence[Facts]) -> list[Shown]:
    wanted = question.wanted
    by_condition = {
        one: [fact for fact in facts if fact.condition == one and _sits(fact, wanted.seats)]
        for one in OFFERED
    }
    by_seat = {
        seat: [fact for fact in facts if _sits(fact, (seat,)) and _is_as(fact, wanted.conditions)]
        for seat in SEATS
    }
    too_many = len(facts) > lots.COUNTED
    words = {one: condition_word(one) for one in OFFERED}
    groups = [_group(_("Condition"), "kunto", words, by_condition, wanted.conditions, too_many)]
    if wanted.seats or any(fact.seat_mm is not None for fact in facts):
        words = {seat: _(text) for seat, text in SEAT_WORDS.items()}
        groups.append(_group(_("Seat height"), "istuin", words, by_seat, wanted.seats, too_many))
    return groups


def _group(
    legend: str,
    name: str,
    words: Mapping[str, str],
    found: Mapping[str, Sequence[Facts]],
    chosen: Sequence[str],
    too_many: bool,  # noqa: FBT001
) -> Shown:
    options = [
        {
            "value": value,
            "label": label,
            "count": None if too_many else sum(fact.pieces for fact in found[value]),
            "checked": value in chosen,
        }
        for value, label in words.items()
    ]
    return {"legend": legend, "name": name, "options": options}


def _sits(fact: Facts, seats: Sequence[str]) -> bool:
    height = fact.seat_mm
    if not seats:
        return True
    return height is not None and any(SEATS[one][0] <= height <= SEATS[one][1] for one in seats)


def _is_as(fact: Facts, conditions: Sequence[str]) -> bool:
    return not conditions or fact.condition in conditions


def _found(question: Question, facts: Sequence[Facts]) -> str:
    """Say how many lots and pieces fit: exactly up to a thousand lots, never a guess."""
    if len(facts) > lots.COUNTED:
        return _("Over 1,000 lots")
    wanted = question.wanted
    fitting = [f for f in facts if _sits(f, wanted.seats) and _is_as(f, wanted.conditions)]
    number = pieces(sum(fact.pieces for fact in fitting))
    return ngettext(
        "%(num)d lot, %(pieces)s", "%(num)d lots, %(pieces)s", len(fitting), pieces=number
    )


def _empty(question: Question) -> Shown:
    """Say that nothing was found and what to do next."""
    links = []
    if question.at_least > 1:
        url = question.with_(maara=None)
        links.append({"url": url, "text": _("Show smaller lots too")})
    if question.wanted.conditions or question.wanted.seats:
        url = question.with_(kunto=None, istuin=None)
        links.append({"url": url, "text": _("Take the filters off")})
    if question.of_kinds.words or question.of_kinds.category or question.kind:
        links.append({"url": "/kierto", "text": _("Show everything")})
    return {"text": _("Nothing like this is in the warehouse now."), "links": links}
