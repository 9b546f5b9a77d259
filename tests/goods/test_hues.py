"""The main colours of a photo are called what people would call them."""

import io

import pytest
from PIL import Image, ImageDraw

from lainaamo.goods.attributes import COLOURS
from lainaamo.goods.hues import SAMPLES, main_colours

FLOOR, WALL = (150, 140, 130), (205, 203, 198)


def photo(*boxes: tuple[int, int, int], size: tuple[int, int] = (320, 240)) -> bytes:
    """Return a photo of something in stripes of these colours before a wall on a floor."""
    picture = Image.new("RGB", size, WALL)
    draw = ImageDraw.Draw(picture)
    width, height = size
    draw.rectangle((0, height * 7 // 10, width, height), fill=FLOOR)
    stripe = width // 2 // len(boxes)
    for number, colour in enumerate(boxes):
        left = width // 4 + number * stripe
        draw.rectangle((left, height // 5, left + stripe, height * 4 // 5), fill=colour)
    file = io.BytesIO()
    picture.save(file, "WEBP")
    return file.getvalue()


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ((190, 40, 40), "red"),
        ((120, 20, 30), "red"),
        ((20, 30, 80), "blue"),
        ((150, 190, 225), "blue"),
        ((20, 60, 40), "green"),
        ((185, 140, 90), "brown"),
        ((80, 50, 35), "brown"),
        ((225, 200, 160), "beige"),
        ((240, 205, 40), "yellow"),
        ((245, 130, 30), "orange"),
        ((90, 50, 140), "violet"),
        ((255, 150, 190), "pink"),
        ((40, 160, 160), "turquoise"),
        ((25, 25, 27), "black"),
        ((250, 250, 250), "white"),
    ],
)
def test_a_thing_before_a_grey_wall_has_its_own_colour(
    colour: tuple[int, int, int], name: str
) -> None:
    assert main_colours(photo(colour))[0] == name


def test_a_grey_thing_before_a_grey_wall_is_grey() -> None:
    assert main_colours(photo((120, 125, 130))) == ["grey"]


def test_a_thing_in_two_colours_has_both() -> None:
    assert set(main_colours(photo((190, 40, 40), (20, 30, 120)))) == {"red", "blue"}


def test_every_colour_is_one_that_things_may_have() -> None:
    assert set(SAMPLES) <= set(COLOURS)


@pytest.mark.parametrize("size", [(64, 64), (64, 960), (960, 64)])
def test_the_smallest_and_the_narrowest_photo_has_a_colour(size: tuple[int, int]) -> None:
    assert main_colours(photo((190, 40, 40), size=size))
