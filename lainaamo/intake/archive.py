"""The parts of a workbook: a zip of XML files, opened as if everybody who sends one were hostile.

Nothing is unpacked to the disk or whole into memory. A document type is refused, so there are no
entities to grow or to fetch; so much text and so many elements are read and no more.
"""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from xml.parsers import expat

from lainaamo.core.errors import N_, Refusal
from lainaamo.intake.grid import too_big

MOST_UNPACKED = 150_000_000
MOST_ELEMENTS = 6_000_000
MOST_PARTS = 5_000
CHUNK = 64 * 1024
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def half() -> Refusal:
    """Return the refusal of a file that is cut or broken."""
    words = N_("The file is broken or cut in the middle. Get the whole file again.")
    return Refusal(words, code="half_a_file")


def locked() -> Refusal:
    """Return the refusal of a file that opens with a password only."""
    words = N_("The file is locked with a password. Save it without one and choose it again.")
    return Refusal(words, code="locked")


class Archive:
    """A workbook's parts by name, with one bound for all that is read of it."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except _BROKEN as error:
            raise half() from error
        if len(self._zip.filelist) > MOST_PARTS:
            raise too_big()
        self._parts = {_plain(part.filename): part for part in self._zip.filelist}
        self._unpacked = self._elements = 0

    def has(self, name: str) -> bool:
        """Tell whether there is such a part."""
        return _plain(name) in self._parts

    def read(
        self, name: str, start: Start, end: End | None = None, text: Text | None = None
    ) -> None:
        """Read one part as XML; elements are named without their prefix."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_types
        parser.StartElementHandler = self._counted(start)
        if end is not None:
            parser.EndElementHandler = _without_prefix(end)
        if text is not None:
            parser.CharacterDataHandler = text
        try:
            for chunk in self._chunks(name):
                parser.Parse(chunk, False)  # noqa: FBT003 - the parser's own way
            parser.Parse(b"", True)  # noqa: FBT003 - the parser's own way
        except (expat.ExpatError, LookupError, ValueError) as error:
            # The last two: an encoding nobody has heard of, or one of several bytes a letter.
            raise half() from error

    def _counted(self, start: Start) -> Start:
        names: dict[str, str] = {}

        def count(name: str, attributes: dict[str, str]) -> None:
            self._elements += 1
            if self._elements > MOST_ELEMENTS:
                raise too_big()
            plain = names.get(name)
            if plain is None:
                plain = names[name] = name.rpartition(":")[2]
            start(plain, attributes)

        return count

    def _chunks(self, name: str) -> Iterator[bytes]:
        part = self._parts.get(_plain(name))
        if part is None:
            raise half()
        if part.flag_bits & 1:
            raise locked()
        if part.compress_type not in _PLAIN:
            raise half()
        try:
            with self._zip.open(part) as file:
                while chunk := file.read(CHUNK):
                    self._unpacked += len(chunk)
                    if self._unpacked > MOST_UNPACKED:
                        raise too_big()
                    yield chunk
        except _BROKEN as error:
            raise half() from error


def _plain(name: str) -> str:
    """Write a part's name as the standard compares it; some programs write it with backslashes."""
    return name.replace("\\", "/").lstrip("/").casefold()


def _without_prefix(end: End) -> End:
    names: dict[str, str] = {}

    def ended(name: str) -> None:
        plain = names.get(name)
        if plain is None:
            plain = names[name] = name.rpartition(":")[2]
        end(plain)

    return ended


def _refuse_types(*_declaration: object) -> None:
    raise half()


def own(attributes: Mapping[str, str], name: str) -> str | None:
    """Return an attribute by its name without a prefix."""
    if name in attributes:
        return attributes[name]
    return next((value for key, value in attributes.items() if key.endswith(f":{name}")), None)
