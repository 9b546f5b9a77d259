"""What the list of kinds shows: days first, then words and groups; every state is an address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from lainaamo.catalogue import cards, queries
from lainaamo.catalogue.cards import Card
from lainaamo.catalogue.forms import day_error, read_day
from lainaamo.catalogue.queries import Asked, Found
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import pick
from lainaamo.goods import queries as goods
from lainaamo.goods.queries import Group

LONGEST_WORDS = 200
BATCHES = 8
LONGEST_CURSOR = 15

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
        return next((one for one in self.tree if one.key == self.first("ryhma")), None)

    @property
    def words(self) -> str:
        """Return the words that were written, no more than anybody reads."""
        return " ".join(self.first("q")[:LONGEST_WORDS].replace("\0", " ").split())

    @property
    def days(self) -> tuple[date, date] | None:
        """Return the days that were chosen, when both were and in order."""
        first, last = read_day(self.first("first_day")), read_day(self.first("last_day"))
        return (first, last) if first and last and first <= last else None

    @property
    def only_free(self) -> bool:
        """Tell whether what is taken is left out."""
        return self.first("vapaat") == "1"

    @cached_property
    def asked(self) -> Asked:
        """Return it as the queries understand it."""
        sizes = tuple(self.args.get("koko", ()))
        return Asked(self.pool, self._subtree(), self.words, sizes)

    def _subtree(self) -> frozenset[int] | None:
        if self.category is None:
            return None
        inside = {self.category.id}
        for one in self.tree:  # parents stand before their children
            if one.parent_id in inside:
                inside.add(one.id)
        return frozenset(inside)

    def with_(self, **changes: str | None) -> str:
        """Return the address of the same question with some of it changed; None takes it out."""
        kept = [(k, v) for k, values in self.args.items() for v in values if k not in changes]
        added = [(name, value) for name, value in changes.items() if value is not None]
        return "?" + urlencode(kept + added)

    def errors(self) -> dict[str, str]:
        """Return what is wrong with the days that were written."""
        wrong = {name: day_error(self.first(name)) for name in ("first_day", "last_day")}
        found = {name: text for name, text in wrong.items() if text}
        both = read_day(self.first("first_day")) and read_day(self.first("last_day"))
        if both and self.days is None:
            found["last_day"] = _("The last day is before the first. Choose it again.")
        return found


def listing(question: Question) -> dict[str, Any]:
    """Return everything the list's template needs."""
    shown, next_id = _page(question)
    number = queries.count(question.asked)
    return {
        "pool": question.pool,
        "q": question.words,
        "first_day": read_day(question.first("first_day")),
        "last_day": read_day(question.first("last_day")),
        "free_known": question.days is not None and question.only_free and next_id is None,
        "categories": tiles(question),
        "kept": [("ryhma", question.category.key)] if question.category else [],
        "filters": _filters(question),
        "found": _found(question, number, shown, next_id),
        "cards": shown,
        "next_url": question.with_(jatko=str(next_id)) if next_id else None,
        "empty": None if shown else _empty(question),
        "errors": question.errors(),
    }


def _page(question: Question) -> tuple[list[Card], int | None]:
    """Return a page of cards, and the kind it ends with when there is more.

    Leaving out what is taken may empty a page, so it looks a few pages further.
    """
    asked, shown, after = question.asked, list[Card](), _cursor(question)
    for _batch in range(BATCHES):
        found = queries.kinds(asked, after_id=after, limit=queries.PAGE + 1)
        more, found = len(found) > queries.PAGE, found[: queries.PAGE]
        shown += _cards(question, found)
        if not more:
            return shown, None
        after = found[-1].id
        if len(shown) >= queries.PAGE or not question.only_free:
            break
    return shown, after


def _cards(question: Question, found: Sequence[Found]) -> list[Card]:
    if question.pool == "reuse":
        made = cards.reuse(found)
    else:
        made = cards.lendable(found, question.days, site_id=None)
    return [card for card in made if card.free] if question.only_free else made


def _cursor(question: Question) -> int | None:
    given = question.first("jatko")
    return (
        int(given) if given.isascii() and given.isdigit() and len(given) <= LONGEST_CURSOR else None
    )


def _found(question: Question, number: int, shown: Sequence[Card], next_id: int | None) -> str:
    """Write how many there are: exactly up to a thousand, never a number nobody counted."""
    if question.only_free:
        return f"{len(shown)}+" if next_id or question.first("jatko") else str(len(shown))
    return f"{queries.COUNTED // 1000} 000+" if number > queries.COUNTED else str(number)


def tiles(question: Question) -> list[dict[str, Any]]:
    """Return the groups to choose from: those under the chosen one, or its neighbours."""
    chosen, used = question.category, queries.used_categories(question.pool, question.tree)
    under = [one for one in used if chosen is not None and one.parent_id == chosen.id]
    parent_id = chosen.parent_id if chosen is not None else None
    shown = under or [one for one in used if one.parent_id == parent_id]
    above = [one for one in used if chosen is not None and one.id == chosen.id and under]
    return [_tile(question, one, chosen) for one in (*above, *shown)]


def _tile(question: Question, one: Group, chosen: Group | None) -> dict[str, Any]:
    current = chosen is not None and one.id == chosen.id
    up = next((up.key for up in question.tree if up.id == one.parent_id), None) if current else None
    return {
        "key": one.key,
        "name": pick(one.name_simple, one.name, one.name_sv, one.name_en),
        "pictogram": one.pictogram,
        "url": question.with_(ryhma=up if current else one.key, jatko=None, koko=None),
        "current": current,
    }


def _filters(question: Question) -> list[dict[str, Any]]:
    groups = []
    if question.pool == "lendable":
        only = {"value": "1", "label": _("Only what is available"), "count": None}
        choice = [{**only, "checked": question.only_free}]
        groups.append({"legend": _("Availability"), "name": "vapaat", "options": choice})
    sizes = dict(queries.sizes(question.asked)) if question.category else {}
    if sizes:
        checked = question.args.get("koko", ())
        options: list[dict[str, Any]] = [
            {"value": size, "label": size, "count": sizes[size], "checked": size in checked}
            for size in cards.sorted_sizes(sizes)
        ]
        groups.append({"legend": _("Size"), "name": "koko", "options": options})
    return groups


def _empty(question: Question) -> dict[str, Any]:
    """Say that nothing was found and what to do next."""
    links = []
    if question.only_free:
        links.append(
            {"url": question.with_(vapaat=None, jatko=None), "text": _("Show also what is taken")}
        )
    if question.words or question.category:
        nothing = {"q": None, "ryhma": None, "koko": None, "jatko": None}
        links.append({"url": question.with_(**nothing), "text": _("Show everything")})
    if question.days:
        no_days = {"first_day": None, "last_day": None, "jatko": None}
        links.append({"url": question.with_(**no_days), "text": _("Choose other days")})
    return {"text": _("Nothing was found. Try fewer words, or call us and ask."), "links": links}
