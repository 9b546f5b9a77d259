"""The service's sign in a theme's colours: for the tab of a browser and a phone's home screen.

A picture of the municipality's own (the theme's `icon.png`) is fitted to each size; without one the
mark of static/icon.svg is drawn in the theme's colours.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from PIL import Image, ImageDraw

from lainaamo.config import STATIC
from lainaamo.core import colours

SIZES: Mapping[str, tuple[int, bool]] = {
    "icon-192": (192, False),
    "icon-512": (512, False),
    "icon-maskable-512": (512, True),
    "apple-touch-icon": (180, True),
}
"""Pixels, and whether the ground goes from edge to edge: such an icon is cut to any shape."""
SAFE = 0.78
GRID, CORNER, STROKE, DOT = 36, 10, 3, 3.2
FINER, STEPS = 4, 40
Point = tuple[float, float]
WAVES = (((8, 20), (12, 16.5), (15, 16.5), (18, 20)), ((18, 20), (21, 23.5), (24, 23.5), (28, 20)))
LOWER, SUN = 6.5, (18, 11)
LEAST = 3.0
NARROWEST, WIDEST = 512, 2048
OPAQUE = 255


class Dress(NamedTuple):
    """The colours of the mark, as #rrggbb: its ground, the upper wave, the rest."""

    ground: str
    wave: str
    sun: str


def dress(brand: str, on_brand: str, sun: str) -> Dress:
    """Return the mark's colours; a sun that the ground would swallow is drawn as the wave is."""
    ground, shown = colours.read(brand), colours.read(sun)
    is_seen = ground and shown and colours.contrast(ground, shown) >= LEAST
    return Dress(brand, on_brand, sun if is_seen else on_brand)


def svg(worn: Dress) -> str:
    """Return the mark as a drawing."""
    drawing = (STATIC / "icon.svg").read_text(encoding="utf-8")
    usual = ("#12515a", "#fff", "#f6b73c")
    for was, is_now in zip(usual, worn, strict=True):
        drawing = drawing.replace(f'"{was}"', f'"{is_now}"')
    return drawing


def mark(name: str, worn: Dress) -> bytes:
    """Return the mark as a PNG of one of the sizes."""
    size, fills = SIZES[name]
    side = size * FINER
    picture = Image.new("RGBA", (side, side), worn.ground if fills else (0, 0, 0, 0))
    scale = side * (SAFE if fills else 1) / GRID
    edge = (side - GRID * scale) / 2
    pen = ImageDraw.Draw(picture)
    if not fills:
        pen.rounded_rectangle((0, 0, side - 1, side - 1), CORNER * scale, fill=worn.ground)
    for lower, colour in ((0, worn.wave), (LOWER, worn.sun)):
        for x, y in _wave(lower):
            _dot(pen, (edge + x * scale, edge + y * scale), STROKE / 2 * scale, colour)
    _dot(pen, (edge + SUN[0] * scale, edge + SUN[1] * scale), DOT * scale, worn.sun)
    return _png(picture.resize((size, size), Image.Resampling.LANCZOS))


def _wave(lower: float) -> Iterator[Point]:
    """Yield the points of a wave, near enough to one another to be a line when drawn with dots."""
    for curve in WAVES:
        for step in range(STEPS + 1):
            x, y = _on(curve, step / STEPS)
            yield x, y + lower


def _on(curve: Sequence[Point], part: float) -> Point:
    """Return the point of a cubic curve at a part of its way."""
    rest = 1 - part
    weights = (rest**3, 3 * rest**2 * part, 3 * rest * part**2, part**3)
    x, y = (
        sum(weight * point[axis] for weight, point in zip(weights, curve, strict=True))
        for axis in (0, 1)
    )
    return x, y


def _dot(pen: ImageDraw.ImageDraw, middle: Point, radius: float, colour: str) -> None:
    x, y = middle
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def fitted(name: str, source: bytes, ground: str) -> bytes:
    """Return the municipality's picture in one of the sizes; `ground` stands behind a clear one."""
    size, fills = SIZES[name]
    with Image.open(io.BytesIO(source)) as opened:
        picture = opened.convert("RGBA")
    inner = round(size * SAFE) if fills else size
    picture.thumbnail((inner, inner), Image.Resampling.LANCZOS)
    whole = Image.new("RGBA", (size, size), _ground(picture, ground) if fills else (0, 0, 0, 0))
    place = ((size - picture.width) // 2, (size - picture.height) // 2)
    whole.alpha_composite(picture, place)
    return _png(whole)


def _ground(picture: Image.Image, usual: str) -> str | tuple[int, ...]:
    """Return the colour that a picture has at its upper edge, so that it goes on to all edges."""
    found = picture.getpixel((picture.width // 2, 1))
    is_covering = isinstance(found, tuple) and found[3] == OPAQUE
    return found if isinstance(found, tuple) and is_covering else usual


def _png(picture: Image.Image) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def is_usable(content: bytes) -> bool:
    """Tell whether bytes are a square PNG of a fit size, measured before it is decoded."""
    try:
        with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
            width, height = picture.size
            if width != height or not NARROWEST <= width <= WIDEST:
                return False
            picture.load()
    except (OSError, SyntaxError, ValueError):
        return False
    return True
