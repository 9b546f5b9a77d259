"""What a row of a list becomes, decided from its words alone."""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from lainaamo.core.errors import N_, Refusal
from lainaamo.goods import attributes, codes
from lainaamo.goods.guesses import guess

MOST_SINGLES = 500
MOST_IN_LOT = 1_000_000
LONGEST_NAME = 200
LONGEST_DESCRIPTION = 1_000
SHORTEST_TAIL = 4
MOST_TEXTS = 4_096
MOST_PRICE_CENTS = 100_000_000

CONDITION_WORDS = {
    "as_new": "uusi uudenveroinen käyttämätön erinomainen kiitettävä ny oanvänd nyskick new "
    "as_new unused excellent kuin_uusi i_nyskick",
    "good": "hyvä kunnossa ehjä toimiva ok siisti gott bra hel good fine",
    "worn": "kulunut käytetty tyydyttävä välttävä kohtalainen käytön_jälkiä sliten begagnad "
    "slitet använd worn used fair näkyy_että_on_käytetty spår_av_användning shows_wear",
    "broken": "rikki rikkinäinen viallinen epäkunnossa korjattava sönder trasig defekt broken "
    "faulty",
}
_CONDITION = {
    word.replace("_", " "): key for key, words in CONDITION_WORDS.items() for word in words.split()
}
_ABOUT = r"(?:n\.|noin|ca\.?|about|c\.)?\s*"
_DIGITS = r"\d{1,3}(?:[ .]\d{3})+|\d+"
_COUNT = re.compile(
    rf"(?P<number>-?\s?(?:{_DIGITS}))(?:[.,]0+)?\s*(?:kpl|st|pcs|paria)?\.?", re.IGNORECASE
)
_PRICE = re.compile(
    rf"{_ABOUT}(?:€|eur)?\s*(?P<euros>{_DIGITS})(?:[.,](?P<cents>\d{{1,2}}))?\s*"
    r"(?:,-|:-)?\s*(?:€|eur|euroa|e)?",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s*[(\[].*?[)\]]")
# Of several things in one name the first is the thing: "pöytä ja tuolit".
_FIRST = re.compile(r" (?:ja|sekä|och|and|\+|&) ")
_PIECE = re.compile(r"\s*(?:;|, |\n)\s*")

# In which column each thing to mend is.
FAULTS: Mapping[str, str] = {
    "no_name": "name",
    "long_name": "name",
    "no_category": "category",
    "unreadable_count": "count",
    "nothing": "count",
    "too_many": "count",
    "unreadable_price": "price",
    "unreadable_condition": "condition",
    "no_place": "place",
    "code_in_use": "code",
    "same_code": "code",
    "wrong_sign": "code",
    "not_a_code": "code",
}

Verdict = Literal["new", "warning", "already", "refused"]
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Group:
    """A category as a list's words find it: its names and aliases, folded."""

    id: int
    parent_id: int | None
    key: str
    pool: str
    words: frozenset[str]
    attributes: tuple[str, ...]


def fold(text: str) -> str:
    """Write words as they are compared: small letters, one space, asides in brackets left out."""
    plain = _ASIDE.sub(" ", text.casefold())
    return " ".join(re.sub(r"[^\w\s'&+-]+", " ", plain).split())


@dataclass(frozen=True)
class Groups:
    """All categories, and how a thing's words find its own."""

    all: Sequence[Group]

    @cached_property
    def _by_word(self) -> Mapping[str, Sequence[Group]]:
        found: dict[str, list[Group]] = {}
        for group in self.all:
            for word in group.words:
                found.setdefault(word, []).append(group)
        return found

    @cached_property
    def _by_id(self) -> Mapping[int, Group]:
        return {group.id: group for group in self.all}

    @cached_property
    def _parents(self) -> frozenset[int | None]:
        return frozenset(group.parent_id for group in self.all)

    @cached_property
    def _remembered(self) -> dict[tuple[str, int | None], Group | None]:
        return {}

    def find_named(self, text: str) -> Group | None:
        """Return the category a list calls by this name."""
        found = self._called(fold(text))
        return found[0] if found else None

    def find_for(self, name: str, *, within: Group | None = None) -> Group | None:
        """Return the category that the name of a thing tells, the longest word or tail first.

        `within` is what the list itself says. Its pool holds. A broad category is made finer, under
        itself if it can be; one of things of one sort gives way only to the very name of another.
        """
        key = (fold(name), within.id if within else None)
        if key not in self._remembered:
            self._remembered[key] = self._sought(key[0], within)
        return self._remembered[key]

    def find_other(self, pool: str) -> Group | None:
        """Return where things of a pool go that no category was found for."""
        fits = (group for group in self.all if group.pool == pool and is_other(group))
        return next(fits, None)

    def _sought(self, name: str, within: Group | None) -> Group | None:
        if within is not None and within.id not in self._parents and not is_other(within):
            same = [group for group in self._called(name) if group.pool == within.pool]
            return same[0] if same and not self._is_under(within, same[0]) else within
        return self._best(_FIRST.split(name)[0], within) or self._best(name, within) or within

    def _best(self, name: str, within: Group | None) -> Group | None:
        matches = [
            (within is not None and self._is_under(group, within), size, end, group)
            for size, end, groups in self._matches(name)
            for group in groups
            if within is None or group.pool == within.pool
        ]
        best = max(matches, key=lambda match: match[:3], default=None)
        return best[3] if best else None

    def _matches(self, name: str) -> Iterable[tuple[int, int, Sequence[Group]]]:
        """Find every alias that a word of the name is, or ends with: there is a compound's head."""
        for end in (match.end() for match in re.finditer(r"\S+", name)):
            for start in range(end):
                is_whole = start == 0 or not name[start - 1].isalnum()
                if is_whole or end - start >= SHORTEST_TAIL:
                    yield end - start, end, self._called(name[start:end])

    def _called(self, word: str) -> Sequence[Group]:
        """Look a word up as it is, and with the other number: a plural ends with t."""
        other = word[:-1] if word.endswith("t") else f"{word}t"
        return self._by_word.get(word) or self._by_word.get(other) or ()

    def _is_under(self, group: Group, top: Group) -> bool:
        here: Group | None = group
        while here is not None and here.id != top.id:
            here = self._by_id.get(here.parent_id) if here.parent_id else None
        return here is not None


def is_other(group: Group) -> bool:
    """Tell whether a category is for what has no other."""
    return "other" in group.key.split("_")


@dataclass(frozen=True, slots=True)
class Thing:
    """What a row says of a thing, or of a lot of alike things."""

    name: str
    category_id: int
    pool: str
    count: int
    size: str | None
    attributes: Mapping[str, Any]
    condition: str
    price_new_cents: int | None
    owner: str
    place: str | None
    code: str | None
    description: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row and what becomes of it: the words why, when it is not simply new."""

    line: int
    key: str
    name: str
    verdict: Verdict
    thing: Thing | None = None
    notes: Sequence[Refusal] = ()


@dataclass(frozen=True, slots=True)
class House:
    """What is there: keys of rows that came in before, shelves, and what codes stand for."""

    groups: Groups
    keys: Collection[str] = ()
    places: Collection[str] = ()
    codes: Mapping[str, Literal["blank", "thing", "other"]] = field(default_factory=dict)


def row_keys(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return each row's own key: the hash of its cells and its ordinal among equal rows.

    The order of columns and empty cells make no difference, nor does the file's format.
    """
    seen: dict[str, int] = {}
    keys = []
    names = [fold(header) for header in headers]
    for row in rows:
        cells = sorted([name, cell] for name, cell in zip(names, row, strict=False) if cell)
        text = json.dumps([*cells, *row[len(names) :]], ensure_ascii=True)
        digest = hashlib.sha256(text.encode()).hexdigest()[:32]
        seen[digest] = seen.get(digest, 0) + 1
        keys.append(f"row:{digest}:{seen[digest]}")
    return keys


def judge(line: int, key: str, cells: Mapping[str, str], house: House) -> Row:
    """Decide what a row becomes; `cells` are its cells by the keys of columns.COLUMNS."""
    name = cells.get("name", "")
    notes: list[Refusal] = []
    try:
        thing = _thing(cells, house, notes)
        key = f"code:{thing.code}" if thing.code else key
        verdict: Verdict = "warning" if notes else "new"
        if key in house.keys or house.codes.get(thing.code or "") == "thing":
            verdict, notes = "already", []
        return Row(line, key, name, verdict, thing, notes)
    except Refusal as refusal:
        return Row(line, key, name, "refused", None, [refusal])


def _thing(cells: Mapping[str, str], house: House, notes: list[Refusal]) -> Thing:
    name = _name(cells.get("name", ""))
    code = _code(cells.get("code", ""), house)
    group = _group(name, cells.get("category", ""), house.groups, notes)
    count = _noted(cells.get("count", ""), read_count, 1, notes)
    _check_count(count, group.pool)
    text = cells.get("size", "")
    known = _guessed(text, group.attributes) if text else {}
    return Thing(
        name=name,
        category_id=group.id,
        pool=group.pool,
        count=count,
        size=attributes.size_text(known, group.attributes),
        attributes={**_of_name(name, group), **known},
        condition=_noted(cells.get("condition", ""), read_condition, "good", notes),
        # A price of 0 is what the list asks; it says nothing about what a new one costs.
        price_new_cents=_noted(cells.get("price", ""), read_price, None, notes) or None,
        owner=cells.get("owner", "")[:LONGEST_NAME] if group.pool == "reuse" else "",
        place=_place(cells.get("place", ""), house, notes),
        code=code,
        description=(_unread(text, group.attributes) if known else text)[:LONGEST_DESCRIPTION],
    )


def _of_name(name: str, group: Group) -> Mapping[str, attributes.Value]:
    """Return what a name alone says of a thing: for whom it is made."""
    return _guessed(name, ("age_group",)) if "age_group" in group.attributes else {}


@lru_cache(maxsize=MOST_TEXTS)
def _guessed(text: str, keys: tuple[str, ...]) -> Mapping[str, attributes.Value]:
    """Return what a text says of a thing; the same sizes stand on most rows of a list."""
    return MappingProxyType(guess(text, keys))


def _name(text: str) -> str:
    if not re.search(r"\w", text):
        raise Refusal(N_("The name is missing. Write what the thing is called."), code="no_name")
    if len(text) > LONGEST_NAME:
        words = N_("The name is over %(most)d letters long. Shorten it.")
        raise Refusal(words, code="long_name", most=LONGEST_NAME)
    return text[0].upper() + text[1:]


def _code(text: str, house: House) -> str | None:
    if not text:
        return None
    sign = codes.read(text, host="")
    if house.codes.get(sign) == "other":
        words = N_("The code %(sign)s is on a shelf or a card. Give the thing another one.")
        raise Refusal(words, code="code_in_use", sign=sign)
    return sign


def _group(name: str, category: str, groups: Groups, notes: list[Refusal]) -> Group:
    named = groups.find_named(category) if category else None
    found = groups.find_for(name, within=named)
    if named is None and category:
        found = groups.find_for(name) or groups.find_for(category)
    if found is not None:
        return found
    other = groups.find_other("reuse")
    if other is None:
        missing = N_("No category fits. Write one of yours in the list.")
        raise Refusal(missing, code="no_category")
    words = N_("No category fits, so it is among other things for reuse. Choose one for it.")
    notes.append(Refusal(words, code="no_category"))
    return other


def _noted(text: str, read: Callable[[str], Read], otherwise: Read, notes: list[Refusal]) -> Read:
    """Read a cell; where it can't be read, note why and go on with the usual."""
    if not text:
        return otherwise
    try:
        return read(text)
    except Refusal as refusal:
        notes.append(refusal)
        return otherwise


def read_count(text: str) -> int:
    """Read how many there are."""
    match = _COUNT.fullmatch(text)
    if not match:
        words = N_("The count “%(text)s” is no number, so it is 1. Count the things.")
        raise Refusal(words, code="unreadable_count", text=text[:40])
    return int(re.sub(r"[ .]", "", match["number"]))


def _check_count(count: int, pool: str) -> None:
    if count < 1:
        words = N_("The count is %(count)d, so there is nothing to bring in.")
        raise Refusal(words, code="nothing", count=count)
    most = MOST_SINGLES if pool == "lendable" else MOST_IN_LOT
    if count > most:
        words = N_("The count is %(count)d. One row brings %(most)d at most: divide it.")
        raise Refusal(words, code="too_many", count=count, most=most)


def read_price(text: str) -> int:
    """Read a price into cents: "25 €", "1 200,00"."""
    match = _PRICE.fullmatch(_ASIDE.sub("", text).strip())
    cents = _cents(match) if match else MOST_PRICE_CENTS + 1
    if cents > MOST_PRICE_CENTS:
        words = N_("The price “%(text)s” was not understood, so it is left out.")
        raise Refusal(words, code="unreadable_price", text=text[:40])
    return cents


def _cents(match: re.Match[str]) -> int:
    euros = int(re.sub(r"[ .]", "", match["euros"]))
    return euros * 100 + int((match["cents"] or "").ljust(2, "0"))


def read_condition(text: str) -> str:
    """Read a condition in Finnish, Swedish or English."""
    key = _CONDITION.get(fold(text)) or _CONDITION.get(fold(text).partition(" ")[0])
    if key is None:
        words = N_("The condition “%(text)s” was not understood, so it is good. Look at it.")
        raise Refusal(words, code="unreadable_condition", text=text[:40])
    return key


def _place(text: str, house: House, notes: list[Refusal]) -> str | None:
    if not text or text.casefold() in house.places:
        return text.casefold() or None
    words = N_("There is no shelf “%(text)s” here, so the thing is on none. Shelve it.")
    notes.append(Refusal(words, code="no_place", text=text[:40]))
    return None


def _unread(text: str, keys: tuple[str, ...]) -> str:
    """Return the parts of a text of which no attribute was read."""
    parts = (part for part in _PIECE.split(text) if part and not _guessed(part, keys))
    return "; ".join(parts)


def refuse_twins(rows: Sequence[Row]) -> list[Row]:
    """Refuse rows whose code an earlier row of the list has."""
    first: dict[str, int] = {}
    judged = []
    for row in rows:
        if row.thing is None or row.thing.code is None:
            judged.append(row)
            continue
        before = first.setdefault(row.key, row.line)
        words = N_("Line %(line)d has the same code. Each thing has a code of its own.")
        twin = Refusal(words, code="same_code", line=before)
        same = before == row.line
        judged.append(row if same else Row(row.line, row.key, row.name, "refused", None, [twin]))
    return judged


def descriptions(things: Iterable[Thing]) -> dict[tuple[int, str], str]:
    """Return the description of each kind, by category and folded name: what all its rows say."""
    said: dict[tuple[int, str], set[str]] = {}
    for thing in things:
        said.setdefault(kind_key(thing), set()).add(thing.description)
    return {key: next(iter(texts)) if len(texts) == 1 else "" for key, texts in said.items()}


def kind_key(thing: Thing) -> tuple[int, str]:
    """Return what makes two rows one kind: the category and the name, large letters or small."""
    return thing.category_id, thing.name.casefold()
