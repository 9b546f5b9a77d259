"""From names to the terms that a thing is found by."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from lainaamo.core import finnish

# A plain term is a word of a thing's own names or of its group's. No written word has a "_" in it.
HEAD = "h_"  # the thing itself: "pyora" of a bicycle, not of a bicycle stand
WIDE = "w_"  # words that lead to its whole neighbourhood: looked for when others find nothing
STEM = "s_"  # a word without its endings, for forms that the dictionary does not know
MARK = "m_"  # what a list is narrowed by

DOT_ABOVE = "\u0307"  # what İ leaves when it becomes a small letter
WORD_SIGNS = frozenset("LNM")  # letters, numbers, marks: Unicode's own classes
SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """What a thing is called, its group, the groups above, what else leads to it, and its marks."""

    names: Sequence[str]
    group: Sequence[str] = ()
    above: Sequence[str] = ()
    wide: Sequence[str] = ()
    marks: Sequence[str] = ()


@dataclass(slots=True)
class Terms:
    """The terms of a thing; `shown` has the words among them as people write them."""

    all: set[str] = field(default_factory=set)
    shown: dict[str, str] = field(default_factory=dict)

    def add(self, forms: Iterable[str], *prefixes: str) -> None:
        """Add these forms under each prefix."""
        for form in forms:
            term = finnish.fold(form)
            if term:
                self.shown.setdefault(term, form)
                self.all.update(prefix + term for prefix in prefixes)

    def add_stems(self, forms: Iterable[str], *prefixes: str) -> None:
        """Add what is left of these forms without their endings."""
        self.all.update(prefix + term for term in stems(forms) for prefix in prefixes)


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters, whatever its script."""
    plain = unicodedata.normalize("NFC", text).lower().replace(DOT_ABOVE, "")
    kept = (sign if unicodedata.category(sign)[0] in WORD_SIGNS else " " for sign in plain)
    return [word[: finnish.LONGEST_WORD] for word in "".join(kept).split()]


def naming_words(name: str) -> list[str]:
    """Return the words of a name itself: what comes after a comma only tells more."""
    return words_of(name.partition(",")[0])


def stems(forms: Iterable[str]) -> set[str]:
    """Return the terms of words without their endings."""
    cut = {finnish.fold(stem) for form in forms for stem in finnish.stems(form)}
    return {STEM + one for one in cut if len(one) >= SHORTEST_STEM}


def terms_of(entry: Entry) -> Terms:
    """Return all that a thing is found by."""
    terms = Terms()
    for name in entry.names:
        _add_name(terms, name)
    for name in entry.group:
        for word in naming_words(name):
            _add_forms(terms, word, "")
    for name in entry.above:
        # As it stands: a football is below "ball games", yet nobody would call it a game.
        _add_bases(terms, name)
    for name in entry.wide:
        for word in words_of(name):
            _add_forms(terms, word, WIDE)
    terms.all.update(MARK + mark for mark in entry.marks)
    return terms


def _add_name(terms: Terms, name: str) -> None:
    """Add a name's words, and of compounds what they begin with."""
    naming = set(naming_words(name))
    for word in words_of(name):
        is_head = word in naming and finnish.is_head(word)
        _add_forms(terms, word, *(("", HEAD) if is_head else ("",)))
        terms.add(finnish.analyse(word).firsts, "")
    for joined in _hyphened(name):
        terms.add([joined], "", HEAD)


def _add_bases(terms: Terms, name: str) -> None:
    words = naming_words(name)
    if len(words) == 1:
        bases = finnish.analyse(words[0]).bases
        terms.add(bases, "")
        terms.add_stems(bases, "")


def _add_forms(terms: Terms, word: str, *prefixes: str) -> None:
    known = finnish.analyse(word)
    forms = (*known.bases, *known.hearts)
    terms.add(forms, *prefixes)
    terms.add_stems(forms, *prefixes)


def _hyphened(name: str) -> Iterator[str]:
    """Return words with a hyphen as one: "suplauta" of "SUP-lauta"."""
    for part in name.split():
        words = words_of(part)
        if "-" in part and len(words) > 1:
            yield "".join(words)[: finnish.LONGEST_WORD]


@lru_cache(maxsize=4096)
def grams(term: str) -> frozenset[str]:
    """Return the threes of letters of a term, its ends marked."""
    marked = f"_{term}_"
    return frozenset(marked[at : at + 3] for at in range(len(marked) - 2))
