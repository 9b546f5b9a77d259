"""A photo is shown as it should be seen, and nothing else of its file is kept."""

import io
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from lainaamo.core.errors import Refusal
from lainaamo.core.room import Full, Room
from lainaamo.goods import photos
from lainaamo.goods.photos import MOST_PIXELS, SIZES, Photo, prepare

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


# Many at once

SEVERAL = """
import resource, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from lainaamo.goods.photos import prepare

def read(_number):
    with Path(sys.argv[1]).open("rb") as file:
        return prepare(file).width

number = int(sys.argv[2])
with ThreadPoolExecutor(number) as pool:
    assert list(pool.map(read, range(number))) == [1920] * number
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak_mb(path: Path, number: int) -> int:
    """Return the most memory that a process had while it read a photo so often at once."""
    command = [sys.executable, "-c", SEVERAL, str(path), str(number)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_four_of_the_largest_at_once_need_hardly_more_memory_than_one(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    path = tmp_path / "large.png"
    Image.linear_gradient("L").resize((8000, 7900)).convert("RGB").save(path, compress_level=1)
    one, four = peak_mb(path, 1), peak_mb(path, 4)
    record_property("one_mb", one)
    record_property("four_mb", four)
    assert four < one * 1.5, (one, four)


def test_photos_of_phones_do_not_wait_for_one_another() -> None:
    small = [sent(picture(4000, 3000)) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert [photo.width for photo in pool.map(prepare, small)] == [1920] * 4


def test_who_has_waited_long_for_large_photos_is_told_to_try_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(photos, "LONGEST_WAIT_S", 0.05)
    with photos.ROOM.taken(MOST_PIXELS, longest_s=1):
        with pytest.raises(Refusal) as refused:
            prepare(sent(picture(), "PNG"))
        assert refused.value.code == "photo_busy"
    assert prepare(sent(picture(), "PNG")).width == 1200


def test_a_photo_that_cannot_be_read_leaves_its_room() -> None:
    for _ in range(3):
        with pytest.raises(Refusal):
            prepare(io.BytesIO(sent(picture(6000, 6000), "PNG").getvalue()[:2000]))
    with photos.ROOM.taken(MOST_PIXELS, longest_s=0.05):
        pass


def test_the_large_is_not_starved_by_the_small() -> None:
    room, order, inside = Room(10), [], threading.Event()

    def small() -> None:
        with room.taken(4, longest_s=10):
            inside.set()
            threading.Event().wait(0.1)

    def large() -> None:
        with room.taken(10, longest_s=10):
            order.append("large")

    def late() -> None:
        with room.taken(1, longest_s=10):
            order.append("late")

    threads = [threading.Thread(target=one) for one in (small, large, late)]
    threads[0].start()
    inside.wait(5)
    for thread in threads[1:]:
        thread.start()
        threading.Event().wait(0.02)
    for thread in threads:
        thread.join(10)
    assert order == ["large", "late"]


def test_a_room_that_stays_full_says_so() -> None:
    room = Room(1)
    with room.taken(1, longest_s=1), pytest.raises(Full), room.taken(1, longest_s=0.01):
        pass
