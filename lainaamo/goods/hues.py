"""The main colours of a photo by the names people use for them.

Each pixel of a small copy gets the name of the nearest of some well-known colours in CIELAB (CIE
1976, white point D65; the sample values are those of CSS Color 4's named colours, with darker and
lighter ones of the same name). What stands at the photo's edges too is taken for the floor and the
wall, and the middle counts more than the rest.
"""

import io
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from functools import cache

from PIL import Image

Lab = tuple[float, float, float]

SAMPLES: Mapping[str, Sequence[str]] = {
    "white": ("#ffffff", "#f0f0f0", "#e6e6e4"),
    "grey": ("#808080", "#a9a9a9", "#c8c8c8", "#5c5c5c"),
    "black": ("#000000", "#1c1c1c", "#303030"),
    "beige": ("#f5f5dc", "#deb887", "#e6d3b3", "#d2b48c"),
    "brown": ("#8b4513", "#a0522d", "#654321", "#4a2c17", "#a5702f", "#b98146"),
    "red": ("#ff0000", "#b22222", "#dc143c", "#7f1119"),
    "orange": ("#ff8c00", "#ffa500", "#ff7f2a"),
    "yellow": ("#ffff00", "#ffd700", "#e8c832"),
    "green": ("#008000", "#32cd32", "#556b2f", "#1e4d2b", "#90c987"),
    "turquoise": ("#40e0d0", "#008b8b", "#20b2aa"),
    "blue": ("#0000ff", "#1e90ff", "#000080", "#101f78", "#27509b", "#87b5e0"),
    "violet": ("#8a2be2", "#800080", "#5b3a8c", "#b19cd9"),
    "pink": ("#ffc0cb", "#ff69b4", "#ff1493"),
}
SIDE = 48
EDGE = 4
MIDDLE_COUNTS = 3
"""How many times a pixel of the middle third counts."""
GROUND_SHARE = 0.25
"""A colour with this share of the edge is the ground's: there it counts for little."""
SECOND_SHARE = 0.3
"""A second colour is named when it covers this share of what is left."""
GROUND_COUNTS = 0.25


def main_colours(content: bytes) -> list[str]:
    """Return the one or two main colours of a photo as keys of attributes.COLOURS, most first."""
    with Image.open(io.BytesIO(content)) as opened:
        small = opened.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    named = [_nearest(pixel) for pixel in _pixels(small)]
    ground = _ground(named)
    weights: dict[str, float] = defaultdict(float)
    for at, name in enumerate(named):
        weights[name] += _weight(at) * (GROUND_COUNTS if name in ground else 1)
    return _most(weights, ground)


def _pixels(small: Image.Image) -> list[tuple[int, int, int]]:
    raw = small.tobytes()
    return [(raw[at], raw[at + 1], raw[at + 2]) for at in range(0, len(raw), 3)]


def _most(weights: Mapping[str, float], ground: Set[str]) -> list[str]:
    total = sum(weights.values())
    order = sorted(weights, key=lambda name: (-weights[name], name))
    large = (name for name in order[1:] if weights[name] >= SECOND_SHARE * total)
    second = [name for name in large if name not in ground][:1]
    return order[:1] + second


def _ground(named: Sequence[str]) -> set[str]:
    edge = Counter(name for at, name in enumerate(named) if _is_edge(at))
    total = edge.total()
    return {name for name, count in edge.items() if count >= GROUND_SHARE * total}


def _is_edge(at: int) -> bool:
    row, column = divmod(at, SIDE)
    return min(row, column) < EDGE or max(row, column) >= SIDE - EDGE


def _weight(at: int) -> float:
    row, column = divmod(at, SIDE)
    third = range(SIDE // 3, SIDE - SIDE // 3)
    return MIDDLE_COUNTS if row in third and column in third else 1


def _nearest(pixel: tuple[int, int, int]) -> str:
    # In steps of eight there are few different colours in a photo, and each is measured once.
    red, green, blue = (part // 8 * 8 + 4 for part in pixel)
    return _named(red, green, blue)


@cache
def _named(red: int, green: int, blue: int) -> str:
    here = _lab((red, green, blue))
    return min(_samples(), key=lambda sample: _distance(here, sample[1]))[0]


@cache
def _samples() -> tuple[tuple[str, Lab], ...]:
    return tuple(
        (name, _lab((int(one[1:3], 16), int(one[3:5], 16), int(one[5:7], 16))))
        for name, samples in SAMPLES.items()
        for one in samples
    )


def _distance(one: Lab, other: Lab) -> float:
    """Return how far two colours are apart; lightness counts half, since light varies most."""
    light, a, b = (x - y for x, y in zip(one, other, strict=True))
    return (light / 2) ** 2 + a**2 + b**2


def _lab(colour: tuple[int, int, int]) -> Lab:
    """Return a colour of sRGB in CIELAB (IEC 61966-2-1, CIE 15:2004)."""
    red, green, blue = (_linear(part / 255) for part in colour)
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = _cube_root(x), _cube_root(y), _cube_root(z)
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _linear(part: float) -> float:
    linear: float = part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB's own
    return linear


def _cube_root(part: float) -> float:
    small = (6 / 29) ** 3
    root: float = part ** (1 / 3) if part > small else part / (3 * (6 / 29) ** 2) + 4 / 29
    return root
