"""A photo from a phone made fit to show: upright, in three sizes, with nothing but the picture.

Everything is decoded and encoded anew: place and time (EXIF), previews, comments and whatever was
appended to the file stay behind.
"""

import hashlib
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from pi_heif import register_heif_opener
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from lainaamo.core.errors import N_, Refusal
from lainaamo.core.room import Full, Room

register_heif_opener()
Image.MAX_IMAGE_PIXELS = None  # measured below, before anything is decoded
# Blocks so large are given back to the system at once; smaller ones stay with each thread.
Image.core.set_block_size(64 * 1024 * 1024)  # type: ignore[attr-defined]  # PILLOW_BLOCK_SIZE does the same
SIZES: Mapping[str, int] = {"s": 320, "m": 960, "l": 1920}
"""The longest side in pixels of each size: for lists, for pages, for looking close."""
_AT_ONCE = 1024 * 1024
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
LARGEST_BYTES = 30 * 1024 * 1024
MOST_PIXELS = 64_000_000
ROOM = Room(MOST_PIXELS)
"""How many pixels a process has decoded at one time: four bytes each, and half as much again."""
LONGEST_WAIT_S = 20.0
NARROWEST = 64
QUALITY = 80

UNREADABLE = N_("This is not a photo that we can read. Take a new one, or choose a JPEG or PNG.")
TOO_LARGE = N_("This photo is too large. Take it with fewer megapixels.")
BUSY = N_("Many large photos are being made ready now. Try again in a minute.")
TOO_SMALL = N_("This photo is too small to see anything in. Take a new one.")


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo ready to be kept: WebP content by size, its shape, and what its source was.

    `fingerprint` is the SHA-256 of the file that was sent, so that the same one is known again.
    """

    content: Mapping[str, bytes]
    width: int
    height: int
    fingerprint: str


def prepare(file: IO[bytes]) -> Photo:
    """Read a photo and make its sizes; refuse what is no photo, and what is too large or small.

    Takes a second or two for forty megapixels: call it before a transaction is opened. Large ones
    wait for one another, with nothing of theirs in memory; who has waited long is refused.
    """
    if file.seek(0, os.SEEK_END) > LARGEST_BYTES:
        raise Refusal(TOO_LARGE, code="photo_too_large")
    picture = _decoded(file)
    content = {size: _encoded(picture, side) for size, side in SIZES.items()}
    return Photo(content, *picture.size, _fingerprint(file))


def _fingerprint(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while some := file.read(_AT_ONCE):
        digest.update(some)
    return digest.hexdigest()


def _decoded(file: IO[bytes]) -> Image.Image:
    """Return the picture upright, in sRGB, no larger than its largest size."""
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as opened:
            _check_shape(*opened.size)
            # A JPEG is decoded at a half or a quarter where that is enough: less time and memory.
            opened.draft("RGB", (SIZES["l"], SIZES["l"]))
            with ROOM.taken(opened.width * opened.height, longest_s=LONGEST_WAIT_S):
                # Made small before it is turned: turning copies.
                opened.thumbnail((SIZES["l"], SIZES["l"]), Image.Resampling.LANCZOS)
            return _in_srgb(ImageOps.exif_transpose(opened))
    except Full as error:
        raise Refusal(BUSY, code="photo_busy") from error
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        MemoryError,
    ) as error:
        raise Refusal(UNREADABLE, code="photo_unreadable") from error


def _check_shape(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise Refusal(TOO_LARGE, code="photo_too_large")
    if min(width, height) < NARROWEST:
        raise Refusal(TOO_SMALL, code="photo_too_small")


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Return the picture in the colours of the web, on white where it was see-through."""
    profile = picture.info.get("icc_profile")
    if picture.mode in {"RGBA", "LA", "P", "PA"}:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture)
    picture = picture.convert("RGB") if picture.mode != "RGB" else picture
    return _by_profile(picture, profile) if profile else picture


def _by_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    """Turn a phone's wide colours into sRGB; a profile that is broken changes nothing."""
    try:
        wide = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(picture, wide, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return turned if turned is not None else picture


def _encoded(picture: Image.Image, side: int) -> bytes:
    """Return a picture as WebP, its longer side no longer than so many pixels."""
    smaller = picture.copy()
    smaller.thumbnail((side, side), Image.Resampling.LANCZOS)
    smaller.info.clear()
    target = io.BytesIO()
    smaller.save(target, "WEBP", quality=QUALITY, method=4, exif=b"", icc_profile=b"")
    return target.getvalue()
