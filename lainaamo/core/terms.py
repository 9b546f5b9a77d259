"""From names to the terms that a thing is found by."""

import unicodedata
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache

from lainaamo.core import finnish

# A plain term is a word of a thing's own names or of its group's. No written word has a "_" in it.
HEAD = "h_"  # the thing itself: "pyora" of a bicycle, not of a bicycle stand
WIDE = "w_"  # words that lead to its whole neighbourhood: looked for when others find nothing
STEM = "s_"  # a word without its endings, for forms that the dictionary does not know
MARK = "m_"  # what a list is narrowed by

DOT_ABOVE = "\u0307"  # what İ leaves when it becomes a small letter
WORD_CLASSES = frozenset("LNM")  # letters, numbers, marks: Unicode's own classes
SHORTEST_STEM = 3
_FI = """eli että ilman ja jolla joilla jossa joissa joka jotka kanssa kuin kun myös ne oli olla ole
on ovat se sekä tai tämä varten"""
_SV = "att av det eller en ett för från med och på som till"
_EN = "and for from of or the to with"
LITTLE_WORDS = frozenset(f"{_FI} {_SV} {_EN}".split())
"""Words that tell nothing of a thing: nobody looks for them, unless for nothing else."""


Shown = Mapping[str, str]
"""Terms, and how people write the words that they are of."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a thing is called, its group, the groups above, what else leads to it, and its marks."""

    names: tuple[str, ...]
    group: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    wide: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms that a thing is found by; `shown` has the words among them."""

    all: Set[str]
    shown: Shown


class _Signs(dict[int, str]):
    """What becomes of each sign of a text: those of words stay; each is looked up once."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        kept = sign if unicodedata.category(sign)[0] in WORD_CLASSES else " "
        return self.setdefault(code, kept)


_signs = _Signs()


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters, without the little ones if others are there."""
    words = _all_words(text)
    return [word for word in words if word not in LITTLE_WORDS] or words


def _all_words(text: str) -> list[str]:
    """Return the words of a text in small letters, whatever its script."""
    plain = unicodedata.normalize("NFC", text).lower().replace(DOT_ABOVE, "")
    return [word[: finnish.LONGEST_WORD] for word in plain.translate(_signs).split()]


def stems(forms: Iterable[str]) -> set[str]:
    """Return the terms of words without their endings."""
    cut = {finnish.fold(stem) for form in forms for stem in finnish.stems(form)}
    return {STEM + one for one in cut if len(one) >= SHORTEST_STEM}


def terms_of(entry: Entry) -> Terms:
    """Return all that a thing is found by."""
    around = _around(entry.group, entry.above, entry.wide)
    found = set(around.all)
    shown = dict(around.shown)
    for name in entry.names:
        own = _of_name(name)
        found |= own.all
        shown |= own.shown
    found.update(MARK + mark for mark in entry.marks)
    return Terms(found, shown)


@lru_cache(maxsize=4096)
def _around(group: tuple[str, ...], above: tuple[str, ...], wide: tuple[str, ...]) -> Terms:
    """Return what all things of a group are found by."""
    forms = [_forms(word) for name in group for word in _naming_words(name)]
    # As they stand: a football is below "ball games", yet nobody would call it a game.
    single = [words[0] for words in map(_naming_words, above) if len(words) == 1]
    forms += [_bases(word) for word in single]
    further = [_forms(word) for name in wide for word in words_of(name)]
    found = {term for form in forms for term in form.all}
    found |= {WIDE + term for form in further for term in form.all}
    return Terms(found, _merged(form.shown for form in (*further, *forms)))


@lru_cache(maxsize=4096)
def _of_name(name: str) -> Terms:
    """Return the terms of a name's words, and of compounds those of what they begin with."""
    naming = set(_naming_words(name))
    joined = [_joined(part) for part in name.split() if "-" in part]
    words = words_of(name)
    forms = [_forms(word) for word in words]
    heads = [
        form
        for word, form in zip(words, forms, strict=True)
        if word in naming and finnish.is_head(word)
    ]
    parts = [*joined, *(_firsts(word) for word in words), *forms]
    found = {term for part in parts for term in part.all}
    found |= {term for part in (*joined, *heads) for term in part.heads}
    return Terms(found, _merged(part.shown for part in parts))


@dataclass(frozen=True, slots=True)
class _Forms:
    """The terms of one word, the same as terms of the thing itself, and how they are written."""

    all: frozenset[str]
    heads: frozenset[str]
    shown: Shown


def _made(forms: Iterable[str], *, with_stems: bool) -> _Forms:
    written = {finnish.fold(form): form for form in reversed([*forms])}
    written.pop("", None)
    found = frozenset(written) | (stems(written.values()) if with_stems else frozenset())
    return _Forms(found, frozenset(HEAD + term for term in found), written)


@lru_cache(maxsize=65536)
def _forms(word: str) -> _Forms:
    known = finnish.analyse(word)
    return _made((*known.bases, *known.hearts), with_stems=True)


@lru_cache(maxsize=65536)
def _firsts(word: str) -> _Forms:
    return _made(finnish.analyse(word).firsts, with_stems=False)


def _bases(word: str) -> _Forms:
    return _made(finnish.analyse(word).bases, with_stems=True)


def _joined(part: str) -> _Forms:
    """Return a word with a hyphen as one: "suplauta" of "SUP-lauta"."""
    return _made(["".join(_all_words(part))[: finnish.LONGEST_WORD]], with_stems=False)


def _naming_words(name: str) -> list[str]:
    """Return the words of a name itself: what comes after a comma only tells more."""
    return words_of(name.partition(",")[0])


def _merged(some: Iterable[Shown]) -> Shown:
    return {term: written for one in some for term, written in one.items()}


@lru_cache(maxsize=4096)
def grams(term: str) -> frozenset[str]:
    """Return the threes of letters of a term, its ends marked."""
    marked = f"_{term}_"
    return frozenset(marked[at : at + 3] for at in range(len(marked) - 2))
