"""Sizes among the words that somebody looks for: "sukset 150", "luistimet koko 38"; pure rules."""

import re
from typing import NamedTuple

from lainaamo.core.errors import Refusal
from lainaamo.goods.attributes import ATTRIBUTES, parse, show

NUMBER = r"\d{1,3}(?:[.,]\d)?"
UNIT = r"cm|mm|l|kg|eu|mondo|tuumaa|tum|″|\"|v"
LETTERS = r"[2-5]?X{1,3}[SL]|[SML]"
WRITTEN = re.compile(
    rf"(?<![\w.,/-])(?:koko|storlek|size)?\s*(?P<size>{NUMBER}\s*(?:{UNIT})?|{LETTERS})(?![\w.,/-])",
    re.IGNORECASE,
)
MOST = 3


class Apart(NamedTuple):
    """Words without the sizes among them, the sizes as written, and as they are kept of things."""

    words: str
    written: str
    sizes: tuple[str, ...]


def apart(words: str) -> Apart:
    """Tell sizes from other words; what could be no thing's size stays a word."""
    found = [match for match in WRITTEN.finditer(words) if _kept(match["size"])][:MOST]
    rest = words
    for match in reversed(found):
        rest = f"{rest[: match.start()]} {rest[match.end() :]}"
    sizes = dict.fromkeys(size for match in found for size in _kept(match["size"]))
    return Apart(" ".join(rest.split()), " ".join(one["size"] for one in found), tuple(sizes))


def _kept(written: str) -> list[str]:
    """Return how things of such a size are marked, by whatever they are measured."""
    shown = (_read(key, written) for key, one in ATTRIBUTES.items() if one.is_size)
    return sorted({size for size in shown if size})


def _read(key: str, written: str) -> str | None:
    try:
        return show(key, parse(key, written))
    except Refusal:
        return None
