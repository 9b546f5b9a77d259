"""How long a text message is: in so many parts it is sent, and paid for (3GPP TS 23.038)."""

from typing import NamedTuple

# The alphabet of text messages: those of the second line take two places.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€")
ONE, MANY = 160, 153
ONE_WIDE, MANY_WIDE = 70, 67


class Length(NamedTuple):
    """How many places a text takes, in how many parts, and signs that make all of it wider."""

    places: int
    parts: int
    wide: tuple[str, ...]


def length(text: str) -> Length:
    """Measure a text; one sign outside of the alphabet halves what fits into a part."""
    wide = tuple(sorted({sign for sign in text if sign not in BASIC | EXTENDED}))
    if wide:
        places, one, many = len(text.encode("utf-16-le")) // 2, ONE_WIDE, MANY_WIDE
    else:
        places = len(text) + sum(sign in EXTENDED for sign in text)
        one, many = ONE, MANY
    return Length(places, 1 if places <= one else -(-places // many), wide)
