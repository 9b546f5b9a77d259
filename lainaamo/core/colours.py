"""Colours as CSS writes them, and the contrast between two (WCAG 2.2, 1.4.3)."""

import re
from math import cos, radians, sin

RGB = tuple[float, float, float]
"""Red, green and blue from 0 to 1, in sRGB."""

HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
NUMBER = r"([0-9]{1,3}(?:\.[0-9]{1,6})?%?|\.[0-9]{1,6})"
BETWEEN = r"\s*[\s,]\s*"
FUNCTION = re.compile(
    rf"(rgb|oklch)\(\s*{NUMBER}{BETWEEN}{NUMBER}{BETWEEN}{NUMBER}(?:deg)?\s*\)", re.IGNORECASE
)


def read(text: str) -> RGB | None:
    """Read #rgb, #rrggbb, rgb() or oklch(); None for anything else, transparency too."""
    text = text.strip()
    if found := HEX.fullmatch(text):
        digits = found[1] if len(found[1]) > 3 else "".join(sign * 2 for sign in found[1])  # noqa: PLR2004 - #rgb
        red, green, blue = (int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4))
        return red, green, blue
    found = FUNCTION.fullmatch(text)
    if found is None:
        return None
    if found[1].lower() == "rgb":
        red, green, blue = (min(_part(found[n], 255), 1) for n in (2, 3, 4))
        return red, green, blue
    hue = radians(float(found[4].rstrip("%")))
    return _of_oklch(_part(found[2], 1), _part(found[3], 1) * _chroma_scale(found[3]), hue)


def _part(text: str, most: float) -> float:
    return float(text[:-1]) / 100 if text.endswith("%") else float(text) / most


def _chroma_scale(text: str) -> float:
    """Return what 100 % of chroma is (CSS Color 4)."""
    return 0.4 if text.endswith("%") else 1


def _of_oklch(lightness: float, chroma: float, hue: float) -> RGB:
    """Convert as CSS Color 4 does; what a screen cannot show is cut to what it can."""
    a, b = chroma * cos(hue), chroma * sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _encoded(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
        _encoded(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
        _encoded(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short),
    )


def _encoded(linear: float) -> float:
    linear = min(max(linear, 0.0), 1.0)
    if linear <= 0.0031308:  # noqa: PLR2004 - sRGB's own
        return 12.92 * linear
    encoded: float = 1.055 * linear ** (1 / 2.4) - 0.055
    return encoded


def as_hex(colour: RGB) -> str:
    """Write a colour as #rrggbb."""
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)


def contrast(one: RGB, other: RGB) -> float:
    """Return how strongly two colours differ: from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: RGB) -> float:
    """Return how bright a colour is: from 0 to 1."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB's own
        for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
