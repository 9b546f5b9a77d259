"""Guessing typed attributes from the free text of a list: what is not understood is left alone."""

import re
from collections.abc import Iterable, Sequence

from lainaamo.core.errors import Refusal
from lainaamo.goods.attributes import (
    ATTRIBUTES,
    CHOICE,
    CROSS,
    LONGEST_TEXT,
    MEASURES,
    PLAIN_NUMBER,
    Value,
    parse,
    parse_measures,
)

_INCH_SIGN = r"(?:″|”|''|\"|-?\s?tuuma\w*|-?\s?tum\b|\s?inch\b)"


def _clue(words: str, value: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,])(?:{words})(?P<value>{value})(?!\w)", re.IGNORECASE)


def _said(words: str, unit: str) -> re.Pattern[str]:
    return _clue(rf"(?:{words})\s*:?\s*", rf"{PLAIN_NUMBER}\s*(?:{unit})?")


_LENGTH_UNIT = "mm|cm|m|senttiä"
_ONE_SIZE = r"\w+(?:[.,]\d)?(?:/\w+)?"
# A number alone may be any size but these two, which nobody writes without their unit.
_SAID_ALONE = {key for key, attribute in ATTRIBUTES.items() if attribute.is_size} - {
    "volume_l",
    "persons",
}

# What the words around a number say it is, the surest first. A number is given to the first key of
# the category that may hold it.
_CLUES: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (
        _said(r"istuinkorkeus|ist\.? ?kork\.?|sitthöjd|seat height", _LENGTH_UNIT),
        ("seat_height_mm",),
    ),
    (_said(r"leveys|lev\.?|bredd|width", _LENGTH_UNIT), ("width_mm",)),
    (_said(r"syvyys|syv\.?|djup|depth", _LENGTH_UNIT), ("depth_mm",)),
    (_said(r"korkeus|kork\.?|höjd|height", _LENGTH_UNIT), ("height_mm",)),
    (_said(r"pää(?:nympärys|n ympärys)?|huvudmått|head", "cm|mm"), ("head_girth",)),
    (_said(r"\w*sauv\w+|stavar|stav|poles?", "cm|m"), ("pole_length",)),
    (_said(r"\w*suks\w+|skidor|skis?", "cm|m"), ("ski_length",)),
    (_said(r"runko|rungon koko|ram|frame", rf"cm|{_INCH_SIGN}"), ("frame_size",)),
    (_said(r"mondo(?:point)?", "cm|mm"), ("shoe_mondo",)),
    (_clue("", rf"{PLAIN_NUMBER}\s*(?:mondo|mp)"), ("shoe_mondo",)),
    (_clue("", rf"{PLAIN_NUMBER}\s*(?:kg|kiloa?|g|grammaa)"), ("weight_g",)),
    (_clue("", rf"{PLAIN_NUMBER}\s*(?:l|dl|litraa?|liter|litres?)"), ("volume_l",)),
    (
        re.compile(
            r"(?<![\w.,])(?P<value>\d{1,3})\s*(?:hlön?|heng(?:en|elle)|henkeä|henkilö\w*|last?a|"
            r"lapsen|lapselle|personers?|persons?|barn)(?!\w)",
            re.IGNORECASE,
        ),
        ("persons",),
    ),
    (
        re.compile(rf"(?<![\w.,])(?P<value>{PLAIN_NUMBER})\s*{_INCH_SIGN}", re.IGNORECASE),
        ("wheel_inch",),
    ),
    (_said(r"pituus|längd|length", "cm|m"), ("ski_length", "body_length", "pole_length")),
    (_said(r"\w*mono[tn]?|\w*keng[äi]t|luistimet|pjäxor|skor|boots", "eu"), ("shoe_eu",)),
    (
        _clue(r"(?:koko|kengän ?koko|nro|stl\.?|storlek|size|eu)\s*:?\s*", _ONE_SIZE),
        ("shoe_eu", "clothing_size", "frame_size", "head_girth", "shoe_mondo", "wheel_inch"),
    ),
    (
        _clue("", rf"{PLAIN_NUMBER}\s*(?:cm|m|senttiä)"),
        ("body_length", "ski_length", "pole_length", "head_girth", "frame_size"),
    ),
)

# Bounds, ranges and guesses are not sizes: taken away before anything is read.
_UNIT_AFTER = r"(?:\s*(?:cm|mm|m|kg|g|l|v|h)\b|\s?(?:″|”|\"))?"
_NOT_A_SIZE = re.compile(
    rf"{PLAIN_NUMBER}\s*(?:cm|mm|m)?\s*(?:-|\u2013|\u2014|\.\.+|…)\s*{PLAIN_NUMBER}{_UNIT_AFTER}"
    r"|\b(?:yli|alle|vähintään|enintään|korkeintaan|noin|n\.|ca|max\.?|min\.?|över|under|upp till)"
    rf"\s*{PLAIN_NUMBER}{_UNIT_AFTER}"
    rf"|{PLAIN_NUMBER}{_UNIT_AFTER}\s*(?:asti|saakka|alkaen|eteenpäin)\b",
    re.IGNORECASE,
)
_CROSSED = re.compile(
    rf"(?<![\w.,]){PLAIN_NUMBER}\s*(?:mm|cm|m)?(?:\s*{CROSS}\s*{PLAIN_NUMBER}\s*(?:mm|cm|m)?){{1,3}}"
    r"(?!\w)",
    re.IGNORECASE,
)
_ALONE = re.compile(r"(?:^|(?<=[;,\n]))\s*(?P<value>" + _ONE_SIZE + r")\s*(?=$|[;,\n])")


def guess(text: str, keys: Iterable[str]) -> dict[str, Value]:
    """Return what the free text of a list says of these attributes; the rest is left out.

    Nothing is refused: what is not understood, is a range or is out of bounds is as if not written.
    """
    wanted = [key for key in keys if key in ATTRIBUTES]
    found: dict[str, Value] = {}
    left = _NOT_A_SIZE.sub(" ", text[:LONGEST_TEXT])
    left = _take_measures(left, wanted, found)
    for key in wanted:
        if key in CHOICE:
            left = _take_choice(left, key, found)
    for pattern, candidates in _CLUES:
        left = _take(left, pattern, [key for key in wanted if key in candidates], found)
    _take(left, _ALONE, [key for key in wanted if key in _SAID_ALONE], found)
    return found


def _take_measures(text: str, wanted: Sequence[str], found: dict[str, Value]) -> str:
    keys = [key for key in MEASURES if key in wanted]
    for match in _CROSSED.finditer(text):
        try:
            found.update(parse_measures(match[0], keys=keys))
        except Refusal:
            continue
        break
    return _CROSSED.sub(" ", text)


def _take_choice(text: str, key: str, found: dict[str, Value]) -> str:
    codes = {match.lastgroup for match in CHOICE[key].finditer(text)}
    if len(codes) == 1:
        found[key] = codes.pop() or ""
    return CHOICE[key].sub(" ", text)


def _take(
    text: str, pattern: re.Pattern[str], candidates: Sequence[str], found: dict[str, Value]
) -> str:
    """Give each match to the first candidate without a value that can hold it; return the rest."""

    def taken(match: re.Match[str]) -> str:
        for key in candidates:
            value = None if key in found else _parsed(key, match["value"])
            if value is not None:
                found[key] = value
                return " "
        return match[0]

    return pattern.sub(taken, text) if candidates else text


def _parsed(key: str, text: str) -> Value | None:
    try:
        return parse(key, text)
    except Refusal:
        return None
