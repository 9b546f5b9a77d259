"""Finnish words: their base forms and the parts of compounds, from a dictionary kept as a file."""

import fcntl
import logging
import os
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import snowballstemmer
from marisa_trie import BytesTrie

RULES = 3
"""The number of the rules of words: raise it when they change, so that indexes are made again."""

ANALYSER = f"simplemma {version('simplemma')}, snowball {version('snowballstemmer')}, rules {RULES}"
SHORTEST_PART = 3
SHORTEST_TAIL = 4
SHORTEST_UNKNOWN_FIRST = 4
SHORTEST_TAIL_OF_UNKNOWN = 5
LONGEST_WORD = 60
LONG_ON_A_TILE, SOFT_HYPHEN = 12, "\u00ad"
MARKED = str.maketrans(
    {"\u0131": "i", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l"}
)
"""Letters of their own to Unicode that people also write plain; the first is a dotless i."""

FRONT = str.maketrans("ao", "äö")
logger = logging.getLogger(__name__)
_stemmers = [snowballstemmer.stemmer(name) for name in ("finnish", "swedish", "english")]


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Return a word as it is kept and looked for: small letters without marks, ä as a."""
    plain = unicodedata.normalize("NFKD", word.casefold().translate(MARKED))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


# The dictionary


class Dictionary:
    """The base form of every inflected form there is, in a file that processes share."""

    def __init__(self, path: Path) -> None:
        self.trie = BytesTrie()
        self.trie.mmap(str(path))

    def base(self, form: str) -> str | None:
        """Return the base form of a word, or nothing where it is not known.

        A base that begins otherwise is another word's ("sinä" of the dialect's "työ").
        """
        found = self.trie.get(form)
        base = found[0].decode().lower() if found else ""
        return base if base[:1] == form[:1] else form if found else None


_folders = [Path(sys.prefix, "share", "lainaamo")]


def look_in(folder: Path) -> None:
    """Look for the dictionary in this folder too; it is kept here where the program's is closed."""
    if folder not in _folders:
        _folders[1:] = [folder]


def is_ready() -> bool:
    """Tell whether the dictionary is there."""
    return any(_path(folder).exists() for folder in _folders)


def prepare() -> None:
    """Make the dictionary where it is missing: once after installing, for half a minute.

    Two at once make it once; who is killed leaves nothing that could be taken for it.
    """
    if is_ready():
        return
    folder = next(folder for folder in _folders if _is_open(folder))
    with Path(folder, "dictionary.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_ready():
            fresh = Path(folder, f"dictionary.{os.getpid()}")
            _write(fresh)
            fresh.replace(_path(folder))


def _path(folder: Path) -> Path:
    return folder / f"finnish-{version('simplemma')}.trie"


def _is_open(folder: Path) -> bool:
    """Tell whether we may write into a folder; it is made where it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _write(path: Path) -> None:
    # Only here: the dictionary as it comes takes 400 MB of a process that never lets go of it.
    from simplemma.strategies.dictionaries import DefaultDictionaryFactory  # noqa: PLC0415

    forms = DefaultDictionaryFactory().get_dictionary("fi")
    BytesTrie((form, base.encode()) for form, base in forms.items()).save(str(path))


@lru_cache(maxsize=1)
def dictionary() -> Dictionary:
    """Return the dictionary; made now where nobody has prepared it."""
    if not is_ready():
        logger.warning("making the Finnish dictionary: `lainaamo migrate` would have made it")
        prepare()
    return Dictionary(next(_path(folder) for folder in _folders if _path(folder).exists()))


# The rules


@dataclass(frozen=True, slots=True)
class Word:
    """A word: its base forms, what it is at heart ("hylly" of "kirjahylly"), what else it names."""

    bases: tuple[str, ...]
    hearts: tuple[str, ...]
    firsts: tuple[str, ...]


@lru_cache(maxsize=65536)
def analyse(word: str) -> Word:
    """Take a word apart; it is in small letters."""
    if word.isdecimal():
        return Word((word,), (), ())
    known = dictionary().base(word)
    splits = list(_splits(word, is_known=known is not None))
    bases = [word, *([known] if known else [first + base for first, _tail, base in splits])]
    hearts = [form for _first, tail, base in splits for form in _with_hearts(tail, base)]
    firsts = [form for first, _tail, _base in splits for form in (first, _nominative(first))]
    return Word(_with_singulars(bases), _with_singulars(hearts), _unique(firsts))


def is_head(word: str) -> bool:
    """Tell whether a word of a name may be the thing itself: no genitive, no local case."""
    base = dictionary().base(word)
    return base is None or base == word or word.endswith("t")


@lru_cache(maxsize=65536)
def stems(word: str) -> tuple[str, ...]:
    """Return what is left when endings are cut off without a dictionary.

    Also as Swedish and English cut them: nobody says which language a word is of. A number has
    none: as many are kept as there are names with one.
    """
    if word.isdecimal():
        return ()
    return _unique([str(stemmer.stemWord(word)) for stemmer in _stemmers])


@lru_cache(maxsize=4096)
def with_dots(word: str) -> tuple[str, ...]:
    """Return the base forms of what may be meant by a word that was written without its dots."""
    if "ä" in word or "ö" in word:
        return ()
    found = [*analyse(_front(word)).bases]
    for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        first, tail = word[:at], word[at:]
        pairs = ((first, _front(tail)), (_front(first), tail), (_front(first), _front(tail)))
        for one, other in pairs:
            base = dictionary().base(other)
            if base is not None and _may_end(other, base) and _may_begin(one):
                found.append(one + base)
    return tuple(form for form in dict.fromkeys(found) if form != word)


def _front(part: str) -> str:
    """Write the dots, where vowel harmony allows them."""
    return part if "u" in part else part.translate(FRONT)


def _with_hearts(tail: str, base: str) -> Iterator[str]:
    """Return a tail, and the tails of it: "pesukone" and "kone" of "astianpesukone"."""
    yield tail
    yield base
    yield from analyse(tail).hearts


def _with_singulars(forms: list[str]) -> tuple[str, ...]:
    """Add the singular of what the dictionary has as a word in plural ("liivit")."""
    singulars = [form[:-1] for form in forms if form.endswith("t")]
    return _unique(forms + [one for one in singulars if dictionary().base(one) == one])


def _unique(forms: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(forms))


@lru_cache(maxsize=4096)
def softened(text: str) -> str:
    """Let long compounds of a name break where their parts meet: browsers know no Finnish words."""
    return " ".join(_softened(word) for word in text.split(" "))


def _softened(word: str) -> str:
    small = word.lower()
    if len(word) < LONG_ON_A_TILE or len(small) != len(word) or not word.isalpha():
        return word
    for first, _tail, _base in _splits(small, is_known=dictionary().base(small) is not None):
        return f"{word[: len(first)]}{SOFT_HYPHEN}{word[len(first) :]}"
    return word


def _splits(word: str, *, is_known: bool) -> Iterator[tuple[str, str, str]]:
    """Find where a compound may be cut: its first part, its tail, and the tail's base form.

    A compound may begin with a name or a foreign word ("padelmaila"), when its parts are long
    enough to be no accident.
    """
    unknown_first = SHORTEST_UNKNOWN_FIRST + is_known
    for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        first, tail = word[:at], word[at:]
        base = dictionary().base(tail)
        if base is None or not _may_end(tail, base):
            continue
        if _may_begin(first) or (at >= unknown_first and len(tail) >= SHORTEST_TAIL_OF_UNKNOWN):
            yield first, tail, base


def _may_end(tail: str, base: str) -> bool:
    """Tell whether a compound may end so: with three letters only as the dictionary has them."""
    return len(tail) >= SHORTEST_TAIL or base == tail


def _may_begin(first: str) -> bool:
    """Tell whether a compound may begin so: a base form, a genitive, or nais- of nainen."""
    base = dictionary().base(first)
    if base is not None:
        return base == first or first.endswith("n") or len(base) <= len(first) + 1
    return first.endswith("s") and dictionary().base(f"{first[:-1]}nen") is not None


def _nominative(first: str) -> str:
    return dictionary().base(first) or first
