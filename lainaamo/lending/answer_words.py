"""What a text message that comes back means: words of three languages, however they are typed."""

import re
import unicodedata
from typing import NamedTuple

RENEW, CANCEL, CHOOSE, UNCLEAR = "renew", "cancel", "choose", "unclear"
WORDS = {
    RENEW: """jatka jatkan jatkaa jatko jatkoa jatkakaa uusi uusin lisaa pidenna
forlang forlanga forlanger fornya fornyar renew extend prolong""",
    CANCEL: """peru perun peruuta peruutan peruutus perukaa poista
avboka avbokar avbestall avbestaller annullera cancel""",
}
MEANINGS = {word: meaning for meaning, words in WORDS.items() for word in words.split()}
# Who writes one of these beside may mean the opposite.
TURNING = frozenset(
    ["ala", "alkaa", "en", "ei", "emme", "eika", "inte", "ej", "icke", "not", "no", "dont", "never"]
)
LONGEST = 400
LONGEST_NUMBER = 2
MOST_WORDS = 8
SIGN = re.compile(r"[^\w]+")
MERGED = str.maketrans({"ø": "o", "æ": "a", "_": " "})


class Said(NamedTuple):
    """What somebody asks for, and the number that was written beside it."""

    meaning: str
    number: int | None = None


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters without dots: "J a t k a !" is one word."""
    plain = unicodedata.normalize("NFKD", text[:LONGEST]).casefold().translate(MERGED)
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    words = [word for word in SIGN.sub(" ", kept.replace("'", "")).split() if word]
    spelt = "".join(words)
    is_spelt = len(words) > 1 and all(len(word) == 1 for word in words)
    return [spelt] if is_spelt and spelt.isalpha() else words


def read(text: str) -> Said:
    """Return what an answer means; unclear where it may mean two things, or the opposite."""
    words = words_of(text)
    numbers = [word for word in words if word.isascii() and word.isdigit()]
    meanings = {MEANINGS[word] for word in words if word in MEANINGS}
    if len(words) > MOST_WORDS or len(numbers) > 1 or TURNING & set(words) or len(meanings) > 1:
        return Said(UNCLEAR)
    number = int(numbers[0]) if numbers and len(numbers[0]) <= LONGEST_NUMBER else None
    if meanings:
        return Said(meanings.pop(), number)
    return Said(CHOOSE, number) if number is not None and len(words) == 1 else Said(UNCLEAR)
