"""The typed attributes of things: what they are, how they are read and how they are written.

The registry is closed. A category names the keys that its things have, an item stores their values:
lengths in cm, the measures of furniture in mm, weight in g, choices by their code.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from lainaamo.core.errors import N_, Refusal

Value: TypeAlias = int | float | str

# What people write for a unit, and how many of the stored unit it is. The empty one stands for a
# number alone.
_CENTIMETRES = {"": 1, "cm": 1, "m": 100, "mm": 0.1, "sentti": 1, "senttiä": 1, "metriä": 100}
_INCHES = dict.fromkeys(("″", "”", '"', "''", "in", "inch", "tuuma", "tuumaa", "tum"), 1.0)
_MILLIMETRES = {"mm": 1, "cm": 10, "m": 1000, "senttiä": 10, "metriä": 1000}
_GRAMS = {"": 1000, "kg": 1000, "g": 1, "kilo": 1000, "kiloa": 1000, "grammaa": 1}
_LITRES = {"": 1, "l": 1, "dl": 0.1, "litra": 1, "litraa": 1, "liter": 1, "litre": 1, "litres": 1}
_MONDO = {"": 1, "cm": 1, "mm": 0.1, "mondo": 1, "mp": 1}
_PERSONS = dict.fromkeys(("", "hlö", "henkilöä", "henkeä", "personer", "persons"), 1.0)

# A number alone of furniture is cm up to this, since no piece is wider than 5 m; above it is mm.
_MOST_CENTIMETRES = 500


@dataclass(frozen=True)
class Attribute:
    """One property of things; bounds are in the stored unit, both inclusive."""

    key: str
    label: str
    unit: str = ""
    kind: Literal["number", "choice", "text"] = "number"
    lowest: float = 0
    highest: float = 0
    example: str = ""
    units: Mapping[str, float] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    is_size: bool = False


BINDINGS = {
    "nnn": N_("NNN"),
    "nnn_bc": N_("NNN BC"),
    "prolink": N_("Prolink"),
    "turnamic": N_("Turnamic"),
    "sns": N_("SNS"),
    "sns_pilot": N_("SNS Pilot"),
    "nn75": N_("75 mm"),
    "alpine": N_("downhill binding"),
    "strap": N_("strap binding"),
}

AGES = {
    "child": N_("children"),
    "youth": N_("young people"),
    "adult": N_("adults"),
}

COLOURS = {
    "white": N_("white"),
    "grey": N_("grey"),
    "black": N_("black"),
    "beige": N_("beige"),
    "brown": N_("brown"),
    "red": N_("red"),
    "orange": N_("orange"),
    "yellow": N_("yellow"),
    "green": N_("green"),
    "turquoise": N_("turquoise"),
    "blue": N_("blue"),
    "violet": N_("violet"),
    "pink": N_("pink"),
    "silver": N_("silver"),
    "gold": N_("gold"),
    "multi": N_("many colours"),
}

MATERIALS = {
    "wood": N_("wood"),
    "laminate": N_("laminate"),
    "metal": N_("metal"),
    "aluminium": N_("aluminium"),
    "plastic": N_("plastic"),
    "fabric": N_("fabric"),
    "leather": N_("leather"),
    "glass": N_("glass"),
    "glass_fibre": N_("glass fibre"),
    "carbon_fibre": N_("carbon fibre"),
    "rubber": N_("rubber"),
    "stone": N_("stone"),
    "ceramic": N_("ceramic"),
}


def _length(key: str, label: str, lowest: float, highest: float, example: str) -> Attribute:
    return Attribute(
        key,
        label,
        "cm",
        lowest=lowest,
        highest=highest,
        example=example,
        units=_CENTIMETRES,
        is_size=True,
    )


def _measure(key: str, label: str, lowest: float, highest: float, example: str) -> Attribute:
    return Attribute(
        key, label, "mm", lowest=lowest, highest=highest, example=example, units=_MILLIMETRES
    )


_ALL = (
    _length("body_length", N_("Body length"), 40, 230, "120 cm"),
    _length("ski_length", N_("Ski length"), 60, 230, "140 cm"),
    _length("pole_length", N_("Pole length"), 50, 190, "105 cm"),
    Attribute(
        "shoe_eu",
        N_("Shoe size (EU)"),
        lowest=15,
        highest=55,
        example="38",
        units={"": 1, "eu": 1, "eur": 1},
        is_size=True,
    ),
    Attribute(
        "shoe_mondo",
        N_("Shoe size (Mondo)"),
        "Mondo",
        lowest=10,
        highest=36,
        example="25,5",
        units=_MONDO,
        is_size=True,
    ),
    Attribute("binding", N_("Binding"), kind="choice", choices=BINDINGS),
    _length("head_girth", N_("Head girth"), 35, 70, "54 cm"),
    Attribute("clothing_size", N_("Clothing size"), kind="text", example="M", is_size=True),
    Attribute(
        "frame_size",
        N_("Frame size"),
        "cm",
        lowest=20,
        highest=75,
        example="52 cm",
        units=_CENTIMETRES | dict.fromkeys(_INCHES, 2.54),
        is_size=True,
    ),
    Attribute(
        "wheel_inch",
        N_("Wheel size"),
        "″",
        lowest=8,
        highest=36,
        example="24″",
        units=_INCHES | {"": 1},
        is_size=True,
    ),
    Attribute(
        "volume_l",
        N_("Volume"),
        "l",
        lowest=0.1,
        highest=5000,
        example="60 l",
        units=_LITRES,
        is_size=True,
    ),
    Attribute(
        "persons",
        N_("For how many people"),
        lowest=1,
        highest=200,
        example="4",
        units=_PERSONS,
        is_size=True,
    ),
    _measure("width_mm", N_("Width"), 1, 10_000, "60 cm"),
    _measure("depth_mm", N_("Depth"), 1, 10_000, "40 cm"),
    _measure("height_mm", N_("Height"), 1, 10_000, "75 cm"),
    _measure("seat_height_mm", N_("Seat height"), 100, 1200, "45 cm"),
    Attribute(
        "weight_g",
        N_("Weight"),
        "g",
        lowest=1,
        highest=2_000_000,
        example="2,5 kg",
        units=_GRAMS,
    ),
    Attribute("age_group", N_("For whom"), kind="choice", choices=AGES),
    Attribute("colour", N_("Colour"), kind="choice", choices=COLOURS),
    Attribute("material", N_("Material"), kind="choice", choices=MATERIALS),
)
ATTRIBUTES: dict[str, Attribute] = {attribute.key: attribute for attribute in _ALL}
MEASURES = ("width_mm", "depth_mm", "height_mm")
_WHOLE_UNITS = {"mm", "g"}
_WHOLE_NUMBERS = {"persons"}

# The words by which Finnish, Swedish and English lists name a choice. Where one holds another, the
# longer comes first: "vaaleanpunainen" is pink, not red.
_WORDS: dict[str, dict[str, str]] = {
    "age_group": {
        "child": r"lasten|lapsi\w*|lapse\w+|barn(?:en|ens)?|child(?:ren)?(?:'s)?|kids?(?:'s)?",
        "youth": r"nuor(?:et|ten|iso\w*|ille)|junior\w*|ungdom\w*|youth|teen(?:ager)?s?",
        "adult": r"aikui(?:nen|set|sten|sille|selle)|vuxn?a?|vuxen|adults?(?:'s)?",
    },
    "binding": {
        "nnn_bc": r"nnn[ -]?bc",
        "nnn": r"nnn",
        "prolink": r"prolink",
        "turnamic": r"turnamic",
        "sns_pilot": r"(?:sns[ -])?pilot",
        "sns": r"sns(?:[ -]profil)?",
        "nn75": r"75[ -]?mm|rottefella[ -]?75|hiirenloukku\w*",
        "alpine": r"laskettelusi\w+|alppisi\w+|downhill binding",
        "strap": r"remmisi\w+|hihnasi\w+|strap binding",
    },
    "colour": {
        "pink": r"vaaleanpuna(?:inen|is\w*)|pinkki|pinkit|pinkin|rosa|pink",
        "white": r"(?:luonnon)?valkoi\w+|vit|vita|vitt|white",
        "grey": r"(?:tumman|vaalean)?harma\w+|grå|gråa|grått|gr[ae]y",
        "black": r"mustat?|mustan|mustia|svart|svarta|black",
        "beige": r"beige|beiget|beigen|beessi",
        "brown": r"(?:tumman|vaalean)?ruskea[tna]?|ruskei\w+|brun|bruna|brunt|brown",
        "red": r"(?:tumman)?puna(?:inen|is\w*)|röd|röda|rött|red",
        "orange": r"orans\w+|orange",
        "yellow": r"kelta(?:inen|is\w*)|gul|gula|gult|yellow",
        "green": r"(?:tumman|vaalean)?vihre\w+|grön|gröna|grönt|green",
        "turquoise": r"turkoos\w+|turkos|turquoise",
        "blue": r"(?:tumman|vaalean)?sini(?:nen|s\w*)|blå|blåa|blått|blue",
        "violet": r"violet\w*|liila\w*|lila|purple",
        "silver": r"hopea(?:nvärinen)?|hopei\w+|silver",
        "gold": r"kullanvärinen|kulta(?:inen|is\w*)|guld|gold",
        "multi": r"monivär\w+|kirjava\w*|flerfärgad\w*|many colours",
    },
    "material": {
        "glass_fibre": r"lasikui\w+|glasfiber|glass fibre",
        "carbon_fibre": r"hiilikui\w+|kolfiber|carbon(?: fibre)?",
        "wood": r"puu|puinen|puis\w+|koivua?|tammea?|tammi|mäntyä?|vaneria?|trä|wood|wooden",
        "laminate": r"laminaat\w+|laminat|laminate",
        "aluminium": r"alumiini\w*|aluminium",
        "metal": r"metalli\w*|teräs|teräks\w+|metall|stål|metal|steel",
        "plastic": r"muovi\w*|plast|plastic",
        "fabric": r"kangas|kangasta|kankaa\w+|kankai\w+|kangasverhoil\w*|tyg|fabric",
        "leather": r"nahkaa?|nahkai\w+|nahkaverhoil\w*|läder|skinn|leather",
        "glass": r"lasi|lasinen|lasis\w+|glas|glass",
        "rubber": r"kumi|kumi(?:nen|s\w+)|gummi|rubber",
        "stone": r"kivi|kivi(?:nen|s\w+)|sten|stone",
        "ceramic": r"posliini\w*|keramiikka\w*|porslin|ceramic",
    },
}
CHOICE = {
    key: re.compile(
        r"(?<![\w-])(?:"
        + "|".join(f"(?P<{code}>{pattern})" for code, pattern in words.items())
        # "NNN-side" names a binding; "musta-valkoinen" is neither black nor white.
        + (r")(?!\w)" if key == "binding" else r")(?![\w-])"),
        re.IGNORECASE,
    )
    for key, words in _WORDS.items()
}

_LETTER_SIZES = ("XXS", "XS", "S", "M", "L", "XL", "XXL", "3XL", "4XL", "5XL")
_OTHER_LETTERS = {"2XS": "XXS", "2XL": "XXL", "XXXL": "3XL", "XXXXL": "4XL", "XXXXXL": "5XL"}
_SMALLEST_GARMENT, _LARGEST_GARMENT = 30, 200

PLAIN_NUMBER = r"\d{1,5}(?:[.,]\d{1,3})?"
_NUMBER = re.compile(r"(\d+(?:[ \u00a0]\d{3})*(?:[.,]\d+)?)\s*(\D*)")
_NAME_OF_SIZE = re.compile(r"^(?:mondo|mp|eu|koko)\s*", re.IGNORECASE)
_RANGE = re.compile(r"\d\s*(?:-|\u2013|\u2014|\.\.+|…)\s*\d")
_MEASURE = re.compile(rf"\s*({PLAIN_NUMBER})\s*(mm|cm|m|)\s*", re.IGNORECASE)
CROSS = "[x*\u00d7]"
LONGEST_TEXT = 500


def parse(key: str, text: str) -> Value:
    """Return what the text says in the stored unit; refuse in words what cannot be that attribute.

    A unit may be left out: lengths are then cm, weights kg, and the measures of furniture cm up to
    500 and mm above it.
    """
    attribute = ATTRIBUTES[key]
    written = text.strip()[:LONGEST_TEXT]
    if attribute.kind == "choice":
        return _chosen(attribute, written)
    if attribute.kind == "text":
        return _garment_size(attribute, written)
    return _number(attribute, written)


def parse_measures(text: str, *, keys: Sequence[str] = MEASURES) -> dict[str, int]:
    """Return width, depth and height in mm from "60x40x75 cm"; two measures are the first two keys.

    A unit holds for the measures before it too.
    """
    parts = [_MEASURE.fullmatch(part) for part in re.split(CROSS, text, flags=re.IGNORECASE)]
    matches = [match for match in parts if match]
    if len(matches) != len(parts) or len(matches) not in range(2, len(keys) + 1):
        raise _refusal_of_measures()
    unit = ""
    numbers: list[tuple[str, str]] = []
    for match in reversed(matches):
        unit = match[2].lower() or unit
        numbers.insert(0, (match[1], unit))
    if not unit:
        largest = max(_decimal(number) for number, _ in numbers)
        unit = "cm" if largest <= _MOST_CENTIMETRES else "mm"
    return {
        key: int(_within(ATTRIBUTES[key], _decimal(number) * _MILLIMETRES[own or unit]))
        for key, (number, own) in zip(keys, numbers, strict=False)
    }


def show(key: str, value: Value, *, translate: Callable[[str], str] = str) -> str:
    """Return a stored value as it is printed: "120 cm", "2,5 kg", "Mondo 25,5", "blue"."""
    attribute = ATTRIBUTES[key]
    if isinstance(value, str):
        return translate(attribute.choices[value]) if value in attribute.choices else value
    if attribute.unit == "mm":
        return f"{_comma(value / 10)} cm"
    if attribute.unit == "g":
        return f"{_comma(value / 1000)} kg" if value >= _GRAMS["kg"] else f"{_comma(value)} g"
    if attribute.unit == "Mondo":
        return f"Mondo {_comma(value)}"
    return (
        f"{_comma(value)}″"
        if attribute.unit == "″"
        else f"{_comma(value)} {attribute.unit}".strip()
    )


def measures_text(attributes: Mapping[str, Value]) -> str | None:
    """Return width, depth and height in one, "60 x 40 x 75 cm", where at least two are known."""
    values = [attributes[key] for key in MEASURES if key in attributes]
    numbers = [_comma(value / 10) for value in values if not isinstance(value, str)]
    return " \u00d7 ".join(numbers) + " cm" if len(numbers) > 1 else None


def size_text(attributes: Mapping[str, Value], keys: Iterable[str]) -> str | None:
    """Return the size that is printed: that of the category's first size which the thing has."""
    for key in keys:
        if key in attributes and key in ATTRIBUTES and ATTRIBUTES[key].is_size:
            return show(key, attributes[key])
    return None


def _chosen(attribute: Attribute, text: str) -> str:
    if text in attribute.choices:
        return text
    match = CHOICE[attribute.key].fullmatch(text)
    if not match or not match.lastgroup:
        raise Refusal(N_("This is not on the list. Choose one from the list."), code="not_a_choice")
    return match.lastgroup


def _garment_size(attribute: Attribute, text: str) -> str:
    parts = [_OTHER_LETTERS.get(part, part) for part in text.upper().replace(" ", "").split("/")]
    if text.count("/") > 1 or not all(_is_garment(part) for part in parts):
        raise Refusal(
            N_("Write the size as it is on the tag, for example %(example)s, 52 or 146/152."),
            code="not_a_size",
            example=attribute.example,
        )
    return "/".join(parts)


def _is_garment(part: str) -> bool:
    if part in _LETTER_SIZES:
        return True
    return (
        re.fullmatch("[0-9]{2,3}", part) is not None
        and _SMALLEST_GARMENT <= int(part) <= _LARGEST_GARMENT
    )


def _number(attribute: Attribute, text: str) -> int | float:
    match = _NUMBER.fullmatch(_NAME_OF_SIZE.sub("", text))
    if not match:
        message = (
            N_("Write one number, not a range, for example %(example)s.")
            if _RANGE.search(text)
            else N_("Write a number, for example %(example)s.")
        )
        raise Refusal(message, code="not_a_number", example=attribute.example)
    number, unit = _decimal(match[1]), match[2].strip().lower()
    factor = _factor(attribute, unit, number)
    if factor is None:
        raise Refusal(
            N_("The unit %(unit)s does not belong here. Write for example %(example)s."),
            code="wrong_unit",
            unit=unit[:20],
            example=attribute.example,
        )
    return _within(attribute, number * factor)


def _factor(attribute: Attribute, unit: str, number: float) -> float | None:
    if attribute.unit == "mm" and not unit:
        return 10 if number <= _MOST_CENTIMETRES else 1
    return attribute.units.get(unit)


def _within(attribute: Attribute, number: float) -> int | float:
    """Return the number as it is stored, refusing what no such thing measures."""
    if not attribute.lowest <= number <= attribute.highest:
        raise Refusal(
            N_("This must be from %(lowest)s to %(highest)s. Check the number and the unit."),
            code="out_of_bounds",
            lowest=show(attribute.key, attribute.lowest),
            highest=show(attribute.key, attribute.highest),
        )
    if attribute.key in _WHOLE_NUMBERS and number % 1:
        raise Refusal(
            N_("Write a whole number, for example %(example)s."),
            code="not_whole",
            example=attribute.example,
        )
    rounded = round(number, 0 if attribute.unit in _WHOLE_UNITS else 1)
    return int(rounded) if rounded == int(rounded) else rounded


def _refusal_of_measures() -> Refusal:
    return Refusal(
        N_("Write width, depth and height, for example %(example)s."),
        code="not_measures",
        example="60x40x75 cm",
    )


def _decimal(written: str) -> float:
    return float(re.sub(r"\s", "", written).replace(",", "."))


def _comma(number: float) -> str:
    return f"{round(number, 3):.10g}".replace(".", ",")
