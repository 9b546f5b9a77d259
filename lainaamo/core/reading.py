"""What somebody's words look for: as written, else joined, completed, mended, or one of them."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from lainaamo.core import finnish, search
from lainaamo.core.search import SHORTEST_MENDED, Query
from lainaamo.core.terms import stems, words_of

MOST_WORDS = 8
SHORTEST_BEGINNING = 2
SHORTEST_ENDING = 4
MOST_MENDED = 3
"""How many misspelt words of one question are looked up letter by letter."""

ONE_SLIP, TWO_SLIPS = 4, 6
"""From how many letters on a word may have one slip, and two."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to take somebody's words; `mended` are the words where they are not theirs."""

    query: Query
    mended: str | None = None


@dataclass(frozen=True, slots=True)
class _Sense:
    """What one word looks for, and the word for it where it was written otherwise."""

    terms: frozenset[str]
    word: str
    is_mended: bool = False


def read(text: str, *marks: str, finds: Callable[[Query], bool]) -> Reading:
    """Return the likeliest way to take these words that finds something, else one that does not."""
    found = (reading for reading in _readings(text, *marks) if finds(reading.query))
    return next(found, Reading(Query(())))


@dataclass(frozen=True, slots=True)
class OneWord:
    """A word as written and in small letters, what it looks for, and how it was mended."""

    word: str
    query: Query
    mended: str | None


def read_each(text: str) -> list[OneWord]:
    """Return of each word what it looks for: nothing, where no name has it.

    Signs without a word look for nothing too.
    """
    words = words_of(text)[:MOST_WORDS]
    if not words:
        return [OneWord(text.lower(), Query(()), None)] if text else []
    senses = _Asked(words, frozenset()).mended
    return [_alone(word, sense) for word, sense in zip(words, senses, strict=True)]


def _alone(word: str, sense: "_Sense | None") -> OneWord:
    if sense is None:
        return OneWord(word, Query(()), None)
    return OneWord(word, Query((sense.terms,)), sense.word if sense.is_mended else None)


def _readings(text: str, *marks: str) -> Iterator[Reading]:
    """Return the ways to take these words; each costs a query or two."""
    words = words_of(text)[:MOST_WORDS]
    asked = _Asked(words, frozenset(marks))
    if words:
        yield from _whole(asked)
        yield from _joined(asked)
        yield from _mended(asked)
        yield from _single(asked)


@dataclass(frozen=True)
class _Asked:
    words: Sequence[str]
    marks: frozenset[str]

    @cached_property
    def pairs(self) -> list[str]:
        """Return neighbours as one word: "keinutuoli" of "keinu tuoli"."""
        return ["".join(pair) for pair in zip(self.words, self.words[1:], strict=False)]

    @cached_property
    def known(self) -> set[str]:
        """Return the terms, of all that these words may mean, that find something."""
        return search.known(
            term for word in (*self.words, *self.pairs) for some in _meanings(word) for term in some
        )

    @cached_property
    def senses(self) -> list["_Sense | None"]:
        """Return what each word looks for as it is written: whole, begun, or a compound's end."""
        found = [self.sense(word) for word in self.words]
        if found[-1] is None and len(self.words[-1]) >= SHORTEST_BEGINNING:
            found[-1] = _as_one(self.words[-1], search.completions(finnish.fold(self.words[-1])))
        return [
            sense or (_as_one(word, _endings(word)) if len(word) >= SHORTEST_ENDING else None)
            for word, sense in zip(self.words, found, strict=True)
        ]

    @cached_property
    def mended(self) -> list["_Sense | None"]:
        """Return the same with misspelt words mended."""
        unknown = [at for at, sense in enumerate(self.senses) if sense is None][:MOST_MENDED]
        return [
            _mend(word) if at in unknown else sense
            for at, (word, sense) in enumerate(zip(self.words, self.senses, strict=True))
        ]

    def parts(self) -> Iterator[Reading]:
        """Take of the last word that has known parts one part: the thing itself, if there is one.

        Where there are no "children's skis", skis will do.
        """
        words = [finnish.analyse(word) for word in reversed(self.words)]
        hearts = [{finnish.fold(form) for form in word.hearts} for word in words]
        firsts = [{finnish.fold(form) for form in word.firsts} for word in words]
        known = search.known(term for terms in (*hearts, *firsts) for term in terms)
        for parts, is_head in ((hearts, True), (firsts, False), (hearts, False)):
            for terms in parts:
                if terms & known:
                    yield self.part(terms & known, is_head=is_head)

    def part(self, terms: Set[str], *, is_head: bool) -> Reading:
        """Make a reading of a part of a word, shown as the longest of its forms."""
        longest = max(sorted(terms), key=len)
        query = Query((frozenset(terms),), self.marks, is_head=is_head)
        return Reading(query, search.shown([longest])[longest])

    def sense(self, word: str) -> _Sense | None:
        """Return what a word looks for as it is written."""
        found = (some & self.known for some in _meanings(word))
        return next((_Sense(frozenset(terms), word) for terms in found if terms), None)

    def reading(self, senses: Sequence[_Sense | None], *, is_wide: bool = False) -> Reading:
        """Make a reading of what these words look for, the unknown ones left out."""
        there = [sense for sense in senses if sense]
        changed = len(there) < len(senses) or any(sense.is_mended for sense in there)
        query = Query(tuple(sense.terms for sense in there), self.marks, is_wide)
        return Reading(query, " ".join(sense.word for sense in there) if changed else None)


def _meanings(word: str) -> Iterator[set[str]]:
    """Return sets of terms that a word may mean, the surest set first."""
    bases = finnish.analyse(word).bases
    yield {finnish.fold(base) for base in bases}
    yield stems(bases)
    yield {finnish.fold(form) for form in finnish.with_dots(word)}


def _whole(asked: _Asked) -> Iterator[Reading]:
    """Take every word as it is."""
    if None not in asked.senses:
        yield asked.reading(asked.senses)
        yield asked.reading(asked.senses, is_wide=True)


def _joined(asked: _Asked) -> Iterator[Reading]:
    """Take two words as one."""
    for at, pair in enumerate(asked.pairs):
        sense = asked.sense(pair)
        if sense:
            rest = [*asked.senses[:at], sense, *asked.senses[at + 2 :]]
            yield asked.reading(rest)


def _mended(asked: _Asked) -> Iterator[Reading]:
    """Take misspelt words as what they are most like, and leave out what is not known at all."""
    if None in asked.senses and any(asked.mended):
        yield asked.reading(asked.mended)
        yield asked.reading(asked.mended, is_wide=True)


def _single(asked: _Asked) -> Iterator[Reading]:
    """Take one word alone, the last first: that is the thing, the others say what it is like."""
    for sense in reversed(asked.mended if len(asked.words) > 1 else []):
        if sense:
            yield asked.reading([sense, None])
    yield from asked.parts()


def _endings(word: str) -> list[str]:
    return search.endings(finnish.fold(word))


def _as_one(word: str, terms: Sequence[str]) -> _Sense | None:
    return _Sense(frozenset(terms), word) if terms else None


def _mend(word: str) -> _Sense | None:
    """Find the words that a misspelt one is most like."""
    forms = [finnish.fold(base) for base in finnish.analyse(word).bases]
    forms = [form for form in forms if _most_slips(form)]
    found = search.alike(forms) if forms else []
    slips = {term: min(distance(form, term, _most_slips(form)) for form in forms) for term in found}
    near = {term: number for term, number in slips.items() if number <= _most_slips(forms[0])}
    if not near:
        return None
    least = min(near.values())
    best = [term for term, number in near.items() if number == least]
    # Most people know how a word begins.
    most = max(_begins_alike(forms[0], term) for term in best)
    chosen = sorted(term for term in best if _begins_alike(forms[0], term) == most)
    return _Sense(frozenset(chosen), search.shown(chosen)[chosen[0]], is_mended=True)


def _begins_alike(one: str, other: str) -> int:
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _pair in same)


def _most_slips(word: str) -> int:
    if len(word) < max(ONE_SLIP, SHORTEST_MENDED):
        return 0
    return 1 if len(word) < TWO_SLIPS else 2


def distance(one: str, other: str, most: int) -> int:
    """Count the slips between two words: letters missing, too many, wrong, or two exchanged.

    Beyond `most` it only says that there are more.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, sign in enumerate(one, start=1):
        line = [row]
        for at, there in enumerate(other, start=1):
            slips = min(last[at] + 1, line[-1] + 1, last[at - 1] + (sign != there))
            if row > 1 < at and sign == other[at - 2] and one[row - 2] == there:
                slips = min(slips, before[at - 2] + 1)
            line.append(slips)
        if min(line) > most:
            return most + 1
        before, last = last, line
    return last[-1]
