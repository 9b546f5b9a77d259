"""A photo is shown as it should be seen, and nothing else of its file is kept."""

import io
from pathlib import Path

import pytest
from PIL import Image

from lainaamo.core.errors import Refusal
from lainaamo.goods.photos import SIZES, Photo, prepare

GPS, MAKER, ORIENTATION = 0x8825, 0x010F, 0x0112
ON_ITS_SIDE = 6


def picture(width: int = 1200, height: int = 900) -> Image.Image:
    """Return a picture whose upper left quarter is red, the rest white."""
    made = Image.new("RGB", (width, height), "white")
    made.paste("red", (0, 0, width // 2, height // 2))
    return made


def sent(image: Image.Image, kind: str = "JPEG", **facts: object) -> io.BytesIO:
    file = io.BytesIO()
    image.save(file, kind, **facts)
    file.seek(0)
    return file


def shown(photo: Photo, size: str = "l") -> Image.Image:
    return Image.open(io.BytesIO(photo.content[size]))


def test_three_sizes_are_made_and_none_is_larger_than_its_longest_side() -> None:
    photo = prepare(sent(picture(4000, 3000)))
    assert {size: max(shown(photo, size).size) for size in SIZES} == dict(SIZES)
    assert (photo.width, photo.height) == (1920, 1440)


def test_a_photo_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = ON_ITS_SIDE
    photo = prepare(sent(picture(1200, 900), exif=exif))
    assert (photo.width, photo.height) == (900, 1200)
    red, green, _blue = shown(photo).convert("RGB").getpixel((850, 50))  # type: ignore[misc]  # RGB has three
    assert red > 200
    assert green < 60


def test_where_and_when_a_photo_was_taken_is_not_kept() -> None:
    exif = Image.Exif()
    exif[MAKER] = "Phone of Väinö"
    exif.get_ifd(GPS)[2] = (65.0, 19.0, 0.0)
    photo = prepare(sent(picture(), exif=exif, comment=b"Tie 1, Ii"))
    for size in SIZES:
        content = photo.content[size]
        assert not shown(photo, size).getexif()
        assert b"Phone of" not in content
        assert b"Tie 1" not in content
        assert b"EXIF" not in content


def test_what_was_hidden_after_the_picture_is_not_kept() -> None:
    file = io.BytesIO(sent(picture()).getvalue() + b"PK\x03\x04 <script>alert(1)</script>")
    photo = prepare(file)
    assert all(b"<script>" not in content for content in photo.content.values())


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_the_usual_formats_are_read(kind: str) -> None:
    assert prepare(sent(picture(), kind)).width == 1200


def test_a_photo_of_an_iphone_is_read() -> None:
    with Path(__file__).with_name("photo.heic").open("rb") as file:
        photo = prepare(file)
    assert (photo.width, photo.height) == (320, 240)
    assert shown(photo).format == "WEBP"


def test_what_is_see_through_is_shown_on_white() -> None:
    clear = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    assert shown(prepare(sent(clear, "PNG"))).convert("RGB").getpixel((100, 100)) == (255, 255, 255)


def test_forty_megapixels_are_fine() -> None:
    photo = prepare(sent(picture(8000, 5000)))
    assert max(photo.width, photo.height) == 1920


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "photo_unreadable"),
        (b"PK\x03\x04 a list of goods", "photo_unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "photo_unreadable"),
        (b"%PDF-1.7", "photo_unreadable"),
        (sent(picture(2400, 1800)).getvalue()[:900], "photo_unreadable"),
        (sent(picture(10, 10)).getvalue(), "photo_too_small"),
        (sent(Image.new("1", (20_000, 20_000)), "PNG").getvalue(), "photo_too_large"),
        (sent(picture(), "GIF").getvalue(), "photo_unreadable"),
        (b"\0" * (30 * 1024 * 1024 + 1), "photo_too_large"),
    ],
)
def test_what_is_no_photo_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        prepare(io.BytesIO(content))
    assert refused.value.code == code
