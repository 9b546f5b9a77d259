"""With which letters a label is written: the printer's own font, or one of ours for more scripts.

Each reader of PDF has Helvetica, with the signs of cp1252. Other Latin letters, Greek, Cyrillic,
Armenian and Georgian come from DejaVu Sans, of which only the letters used go into the file.
Scripts whose letters join or are thousands are not written.
"""

import threading
import unicodedata
from functools import lru_cache

from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont

from lainaamo.config import STATIC

USUAL, BOLD = "Helvetica", "Helvetica-Bold"
_OURS = {
    USUAL: ("DejaVu Sans", "dejavu-sans.ttf"),
    BOLD: ("DejaVu Sans Bold", "dejavu-sans-bold.ttf"),
}
_LONGEST = 120
_first = threading.Lock()


def writable(text: str) -> str:
    """Return the text in signs that there are letters for; one wholly in others becomes empty."""
    plain = " ".join(text[:_LONGEST].split())
    written = "".join(_nearest(sign) for sign in unicodedata.normalize("NFC", plain))
    return written if any(sign.isalnum() for sign in written) else ""


def font_for(text: str, font: str) -> str:
    """Return the font, USUAL or BOLD, that has all signs of a writable text."""
    return font if _is_usual(text) else _loaded(font)


def _nearest(sign: str) -> str:
    if not sign.isprintable():
        return ""
    for form in (sign, unicodedata.normalize("NFKD", sign)[0]):
        if _is_usual(form) or ord(form) in _signs():
            return form
    return "?"


def _is_usual(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=1)
def _signs() -> frozenset[int]:
    """Return the signs that both of our fonts have."""
    return frozenset.intersection(*(frozenset(_font(font).face.charToGlyph) for font in _OURS))


@lru_cache(maxsize=2)
def _font(font: str) -> TTFont:
    name, file = _OURS[font]
    return TTFont(name, str(STATIC / "fonts" / file))


def _loaded(font: str) -> str:
    with _first:
        registerFont(_font(font))
    return _OURS[font][0]
