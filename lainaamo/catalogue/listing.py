"""What the list of kinds shows: days first, then words and groups; every state is an address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from lainaamo.catalogue import cards, facets, families, filters, queries
from lainaamo.catalogue.cards import Card
from lainaamo.catalogue.facets import Look
from lainaamo.catalogue.forms import day_error, read_day
from lainaamo.catalogue.queries import Asked
from lainaamo.catalogue.sizes import Apart, apart
from lainaamo.catalogue.supply import Days
from lainaamo.core import clock
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import days as write_days
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import locale, ngettext, pick, retold
from lainaamo.core.reading import Reading
from lainaamo.goods import queries as goods
from lainaamo.goods.attributes import AGES
from lainaamo.goods.models import CONDITIONS
from lainaamo.goods.queries import Group, Where
from lainaamo.lending import queries as lending
from lainaamo.lending import rules

LONGEST_WORDS = 200
BATCHES = 8
LONGEST_CURSOR = 15
MOST_PICKED = 30
ASKED = frozenset({"q", "first_day", "last_day", "ryhma", "jarjestys", "jatko", *filters.NAMES})
"""What an address may ask; what others hang on it, to see where somebody came from, is dropped."""

Args = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Question:
    """What an address asks of the list."""

    pool: str
    args: Args
    tree: Sequence[Group] = field(default_factory=goods.tree)

    def first(self, name: str) -> str:
        """Return one value of the address, or nothing."""
        return next(iter(self.args.get(name, ())), "")

    @cached_property
    def category(self) -> Group | None:
        """Return the group that was chosen."""
        key = self.first("ryhma")
        return next((one for one in self.tree if one.key == key), None) if key else None

    @cached_property
    def words(self) -> str:
        """Return the words that were written, no more than anybody reads."""
        return " ".join(self.first("q")[:LONGEST_WORDS].replace("\0", " ").split())

    @cached_property
    def typed(self) -> Apart:
        """Return the words apart from the sizes among them, where there is anything of the size."""
        found = apart(self.words)
        is_there = found.sizes and (found.words or self.category)
        if is_there and queries.count(self._asked(found)):
            return found
        return Apart(self.words, "", ())

    @cached_property
    def reading(self) -> Reading | None:
        """Return what the words look for; nothing where there are none."""
        return self._read(self.typed.words)

    def _read(self, words: str) -> Reading | None:
        return queries.read(words, self.pool) if words else None

    @cached_property
    def days(self) -> Days | None:
        """Return the days that were chosen, when both were, in order and not over."""
        first, last = read_day(self.first("first_day")), read_day(self.first("last_day"))
        return (first, last) if first and last and clock.today() <= first <= last else None

    @property
    def only_free(self) -> bool:
        """Tell whether what is taken is left out."""
        return self.first("vapaat") == "1"

    @property
    def newest_first(self) -> bool:
        """Tell whether what came last is shown first."""
        return self.first("jarjestys") == "uusin"

    @property
    def is_narrow(self) -> bool:
        """Tell whether it looks in a group or for words: then each filter says what it leaves."""
        return self.category is not None or bool(self.words)

    @cached_property
    def sites(self) -> Mapping[str, Where]:
        """Return the sites by their keys."""
        return {site.key: site for site in goods.wheres()}

    @cached_property
    def asked(self) -> Asked:
        """Return it as the queries understand it."""
        return self._asked(self.typed)

    def _asked(self, typed: Apart) -> Asked:
        reading = self._read(typed.words)
        sites = [self.sites[key].id for key in self.args.get("paikka", ()) if key in self.sites]
        conditions = [one for one in self.args.get("kunto", ()) if one in CONDITIONS]
        return Asked(
            pool=self.pool,
            category_ids=self._subtree(),
            query=reading.query if reading else None,
            sizes=(*self.args.get("koko", ())[:MOST_PICKED], *typed.sizes),
            site_ids=tuple(sites),
            conditions=tuple(conditions),
            ages=tuple(one for one in self.args.get("ika", ()) if one in AGES),
        )

    def _subtree(self) -> frozenset[int] | None:
        if self.category is None:
            return None
        inside = {self.category.id}
        for one in self.tree:  # parents stand before their children
            if one.parent_id in inside:
                inside.add(one.id)
        return frozenset(inside)

    def with_(self, **changes: str | Sequence[str] | None) -> str:
        """Return the address of the same question with some of it changed; None takes it out."""
        kept = [(k, v) for k, values in self.args.items() for v in values if v and k not in changes]
        for name, value in changes.items():
            given = [value] if isinstance(value, str) else value or ()
            kept += [(name, one) for one in given]
        return "?" + urlencode(kept)

    def errors(self) -> dict[str, str]:
        """Return what is wrong with the days that were written."""
        wrong = {name: day_error(self.first(name)) for name in ("first_day", "last_day")}
        found = {name: text for name, text in wrong.items() if text}
        first, last = read_day(self.first("first_day")), read_day(self.first("last_day"))
        if first and first < clock.today():
            found["first_day"] = _("The first day is over. Choose today or a later day.")
        elif first and last and first > last:
            found["last_day"] = _("The last day is before the first. Choose it again.")
        elif last and not first and not found:
            found["first_day"] = _("Choose the pickup day too.")
        return found


def listing(question: Question) -> dict[str, Any]:
    """Return everything the list's template needs."""
    found, kits = _look(question), _kits(question)
    shown, next_id = _page(question)
    shown = [*kits, *shown] if _cursor(question) is None else shown
    return {
        "q": question.words,
        "instead": instead(question),
        "first_day": read_day(question.first("first_day")),
        "last_day": read_day(question.first("last_day")),
        "days_note": _days_note(question),
        "categories": tiles(question),
        "kept": _kept(question),
        "filters": _filters(question, found),
        "picked": _picked(question),
        "family": families.banner(question.args, question.asked, found, question.with_),
        "order": _order(question),
        "found": _found(question, found, shown, kits),
        "cards": shown,
        "carried": _carried(question),
        "next_url": question.with_(jatko=str(next_id)) if next_id else None,
        "empty": None if shown else _empty(question),
        "errors": question.errors(),
    }


def instead(question: Question) -> dict[str, str] | None:
    """Return the words that were looked for instead of those that found nothing."""
    mended = question.reading.mended if question.reading else None
    if not mended:
        return None
    words = f"{mended} {question.typed.written}".strip()
    return {"words": words, "url": question.with_(q=words, jatko=None)}


def _picked(question: Question) -> list[dict[str, str]]:
    """Return what the list was narrowed by, also a size that stands among the words."""
    chips = filters.picked(question.args, question.sites, question.with_)
    size = question.typed.written
    if size:
        without = question.with_(q=question.typed.words or None, jatko=None)
        chips.append({"text": _("Size %(size)s", size=size), "url": without})
    return chips


def _look(question: Question) -> Look | None:
    """Count what is asked for, where that says more than a number of names.

    Of more than are counted nobody is told how many are free.
    """
    is_counted = question.days and queries.count(question.asked) <= queries.COUNTED
    if not question.is_narrow and not is_counted:
        return None
    only_free = question.only_free
    return facets.look(question.asked, question.days, clock.today(), only_free=only_free)


def _filters(question: Question, look: Look | None) -> list[dict[str, Any]]:
    if not question.is_narrow:
        return filters.only_free(question.args)
    return filters.groups(question.args, question.category, look, question.sites)


def _kept(question: Question) -> list[tuple[str, str]]:
    """Return what the form carries that it has no field for."""
    chosen = [("ryhma", question.category.key)] if question.category else []
    return [*chosen, ("jarjestys", "uusin")] if question.newest_first else chosen


def _page(question: Question) -> tuple[list[Card], int | None]:
    """Return a page of cards, and the kind it ends with when there is more.

    Leaving out what is taken may empty a page, so it looks a few pages further.
    """
    shown, after = list[Card](), _cursor(question)
    for _batch in range(BATCHES):
        shelf = cards.shelf(question.asked, after, locale(), newest=question.newest_first)
        made = cards.lendable(shelf, question.days)
        shown += [card for card in made if card.free] if question.only_free else made
        after = shelf.next_id
        if after is None or len(shown) >= queries.PAGE or not question.only_free:
            break
    return shown, after


def _kits(question: Question) -> list[Card]:
    """Return the kits that fit, which stand before all others."""
    found = cards.kits(question.asked, question.days)
    return [kit for kit in found if kit.free] if question.only_free else found


def _carried(question: Question) -> str:
    """Return what a card's address takes along: the days, and a size or place if it is just one."""
    days = zip(("alku", "loppu"), question.days or (), strict=False)
    one = [(name, question.args.get(name, ())) for name in ("koko", "paikka")]
    kept = [(name, day.isoformat()) for name, day in days]
    kept += [(name, values[0]) for name, values in one if len(values) == 1]
    return f"?{urlencode(kept)}" if kept else ""


def _cursor(question: Question) -> int | None:
    given = question.first("jatko")
    return (
        int(given) if given.isascii() and given.isdigit() and len(given) <= LONGEST_CURSOR else None
    )


def _found(
    question: Question, look: Look | None, shown: Sequence[Card], kits: Sequence[Card]
) -> str:
    """Say how many there are: for the days chosen, exactly up to a thousand, never a guess."""
    number = (look.number if look else queries.count(question.asked)) + len(kits)
    if number > queries.COUNTED:
        return _("over %(found)s things", found=f"{queries.COUNTED // 1000} 000")
    if question.days is None:
        return ngettext("%(num)d thing", "%(num)d things", number)
    free = look.free + sum(kit.free > 0 for kit in kits) if look else len(shown)
    days = write_days(*question.days)
    return ngettext(
        "%(num)d thing available %(days)s", "%(num)d things available %(days)s", free, days=days
    )


def _days_note(question: Question) -> str | None:
    """Say what the numbers are for when no days are chosen, or why nothing is free on them."""
    if question.days is None:
        return _("The numbers are for the next day we are open. Choose your days.")
    refusals = [_refusal_at(site, question.days) for site in question.sites.values()]
    said = [one for one in refusals if one is not None]
    return retold(said[0]) if said and len(said) == len(refusals) else None


def _refusal_at(site: Where, days: Days) -> Refusal | None:
    """Return why nothing at all can be borrowed at a site on these days."""
    opening, terms = goods.opening(site.id), lending.longest_terms()
    try:
        rules.check_days(*days, today=clock.today(), opening=opening, terms=terms)
    except Refusal as refusal:
        return refusal
    return None


def _order(question: Question) -> list[dict[str, Any]]:
    """Return the orders to choose from; words have an order of their own."""
    if question.words:
        return []
    newest = question.newest_first
    by_name = {"text": _("By name"), "url": question.with_(jarjestys=None, jatko=None)}
    by_day = {"text": _("Newest first"), "url": question.with_(jarjestys="uusin", jatko=None)}
    return [{**by_name, "current": not newest}, {**by_day, "current": newest}]


def tiles(question: Question) -> list[dict[str, Any]]:
    """Return the groups to choose from: those under the chosen one, or its neighbours."""
    chosen, used = question.category, queries.used_categories(question.pool)
    under = [one for one in used if chosen is not None and one.parent_id == chosen.id]
    parent_id = chosen.parent_id if chosen is not None else None
    shown = under or [one for one in used if one.parent_id == parent_id]
    above = [one for one in used if chosen is not None and one.id == chosen.id and under]
    rest = question.with_(ryhma=None, jatko=None, **dict.fromkeys(filters.NAMES))
    return [_tile(question, one, chosen, rest) for one in (*above, *shown)]


def _tile(question: Question, one: Group, chosen: Group | None, rest: str) -> dict[str, Any]:
    current = chosen is not None and one.id == chosen.id
    up = next((up.key for up in question.tree if up.id == one.parent_id), None) if current else None
    return {
        "key": one.key,
        "name": pick(one.name_simple, one.name, one.name_sv, one.name_en),
        "pictogram": one.pictogram,
        "url": _with_group(rest, up if current else one.key),
        "current": current,
    }


def _with_group(rest: str, key: str | None) -> str:
    """Return an address with a group more; the rest is the same for all and written once."""
    return (
        rest if key is None else f"{rest}{'&' if len(rest) > 1 else ''}{urlencode({'ryhma': key})}"
    )


def _empty(question: Question) -> dict[str, Any]:
    """Say that nothing was found and what to do next."""
    links = []
    if question.only_free:
        links.append(
            {"url": question.with_(vapaat=None, jatko=None), "text": _("Show also what is taken")}
        )
    picked = [name for name in filters.NAMES if question.args.get(name)]
    if picked:
        without = {"jatko": None, **dict.fromkeys(picked)}
        links.append({"url": question.with_(**without), "text": _("Remove the filters")})
    if question.words or question.category:
        nothing = {"q": None, "ryhma": None, "jatko": None, **dict.fromkeys(filters.NAMES)}
        links.append({"url": question.with_(**nothing), "text": _("Show everything")})
    if question.days:
        no_days = {"first_day": None, "last_day": None, "jatko": None}
        links.append({"url": question.with_(**no_days), "text": _("Choose other days")})
    if not links:
        to_hours = {"url": "/aukiolo", "text": _("Opening hours")}
        return {
            "text": _("There is nothing to borrow here yet. Call us and ask."),
            "links": [to_hours],
        }
    return {"text": _("Nothing was found. Try fewer words, or call us and ask."), "links": links}
