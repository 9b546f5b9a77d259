"""Reading XLSX (ECMA-376, Office Open XML): values as the spreadsheet last showed them."""

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from lainaamo.intake import values
from lainaamo.intake.archive import Archive, half, own
from lainaamo.intake.grid import MOST_LETTERS, Grid, Rows, too_big

MARK = "[Content_Types].xml"
MOST_SPANS = 50_000
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_SIGN = re.compile("_x([0-9A-Fa-f]{4})_")
_TRUTH = {"1": "TOSI", "0": "EPÄTOSI", "true": "TOSI", "false": "EPÄTOSI"}


def read(archive: Archive) -> Iterator[Rows]:
    """Yield the table of each sheet that is shown, in their order."""
    book = _book(archive)
    paths = _links(archive, book)
    shown = _Workbook()
    archive.read(book, shown.start)
    words = _shared(archive, _sought(paths, "sharedStrings"))
    days = _day_styles(archive, _sought(paths, "styles"))
    for link in shown.sheets:
        kind, path = paths.get(link, ("", ""))
        if kind == "worksheet" and archive.has(path):
            yield _Cells(words, days, from_1904=shown.from_1904).read(archive, path)


def _book(archive: Archive) -> str:
    found = _sought(_links(archive, ""), "officeDocument")
    if found is None:
        raise half()
    return found


def _sought(paths: dict[str, tuple[str, str]], kind: str) -> str | None:
    return next((path for sort, path in paths.values() if sort == kind), None)


def _links(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """Return what a part refers to: id → what it is and where."""
    folder, name = posixpath.split(part)
    found: dict[str, tuple[str, str]] = {}

    def start(element: str, given: dict[str, str]) -> None:
        if element == "Relationship" and given.get("TargetMode") != "External":
            kind = given.get("Type", "").rpartition("/")[2]
            path = posixpath.normpath(posixpath.join("/", folder, given.get("Target", "")))
            found[given.get("Id", "")] = kind, path.lstrip("/")

    where = posixpath.join(folder, "_rels", f"{name}.rels")
    if archive.has(where):
        archive.read(where, start)
    return found


class _Workbook:
    """Which sheets are shown, and from which day days are counted."""

    def __init__(self) -> None:
        self.all: list[tuple[str, bool]] = []
        self.from_1904 = False

    def start(self, element: str, given: dict[str, str]) -> None:
        if element == "sheet":
            self.all.append((own(given, "id") or "", given.get("state", "visible") == "visible"))
        elif element == "workbookPr":
            self.from_1904 = given.get("date1904") in {"1", "true"}

    @property
    def sheets(self) -> list[str]:
        return [link for link, is_shown in self.all if is_shown]


def _shared(archive: Archive, path: str | None) -> Sequence[str]:
    """Return the texts that cells share."""
    if path is None or not archive.has(path):
        return ()
    texts = _Texts()
    archive.read(path, texts.start, texts.end, texts.text)
    return texts.found


class _Texts:
    """Reads the texts that cells share; what tells how to pronounce them is left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.parts: list[str] = []
        self.letters = self.words = self.sounds = 0

    def start(self, element: str, _given: dict[str, str]) -> None:
        if element == "t":
            self.words += 1
        elif element == "rPh":
            self.sounds += 1
        elif element == "si":
            self.parts.clear()

    def text(self, some: str) -> None:
        if not self.words or self.sounds:
            return
        self.letters += len(some)
        if self.letters > MOST_LETTERS:
            raise too_big()
        self.parts.append(some)

    def end(self, element: str) -> None:
        if element == "t":
            self.words -= 1
        elif element == "rPh":
            self.sounds -= 1
        elif element == "si":
            self.found.append(_plain("".join(self.parts)))


def _plain(text: str) -> str:
    """Undo how signs are written that XML cannot hold; those nobody types are left out."""
    return _SIGN.sub(_sign, text) if "_x" in text else text


def _sign(match: re.Match[str]) -> str:
    sign = chr(int(match[1], 16))
    return sign if sign.isprintable() else " "


def _day_styles(archive: Archive, path: str | None) -> frozenset[str]:
    """Return the styles of cells that hold days, by the number that cells name them with."""
    if path is None or not archive.has(path):
        return frozenset()
    formats: dict[str, str] = {}
    styles: list[str] = []
    inside: list[str] = []

    def start(element: str, given: dict[str, str]) -> None:
        if element == "numFmt":
            formats[given.get("numFmtId", "")] = given.get("formatCode", "")
        elif element == "cellXfs":
            inside.append(element)
        elif element == "xf" and inside:
            styles.append(given.get("numFmtId", "0"))

    def end(element: str) -> None:
        if element == "cellXfs":
            inside.clear()

    archive.read(path, start, end)
    return frozenset(str(n) for n, one in enumerate(styles) if _is_day(one, formats))


def _is_day(number_id: str, formats: dict[str, str]) -> bool:
    known = int(number_id) if number_id.isascii() and number_id.isdigit() else 0
    return values.is_day_format(known, formats.get(number_id))


@dataclass
class _Cells:
    """Reads one sheet's cells."""

    words: Sequence[str]
    days: frozenset[str]
    from_1904: bool
    grid: Grid = field(default_factory=Grid)
    spans: list[tuple[int, int, int]] = field(default_factory=list)
    line: int = 0
    column: int = 0
    sort: str = ""
    style: str = ""
    is_read: bool = False
    parts: list[str] = field(default_factory=list)

    def read(self, archive: Archive, path: str) -> Rows:
        """Return the sheet's table."""
        archive.read(path, self._start, self._end, self._text)
        self.grid.fill_down(self.spans)
        return self.grid.table()

    def _start(self, element: str, given: dict[str, str]) -> None:
        if element == "c":
            self._start_cell(given)
        elif element == ("t" if self.sort == "inlineStr" else "v"):
            self.is_read = True
        elif element == "row":
            self._start_row(given.get("r"))
        elif element == "rPh":
            self.is_read = False
        elif element == "mergeCell":
            self._add_span(given.get("ref", ""))

    def _start_row(self, named: str | None) -> None:
        known = named is not None and named.isascii() and named.isdigit()
        self.line = int(named[:8]) if named and known else self.line + 1
        self.column = 0

    def _start_cell(self, given: dict[str, str]) -> None:
        place = _CELL.fullmatch(given.get("r", ""))
        self.column = _column(place[1]) if place else self.column + 1
        self.sort, self.style = given.get("t", "n"), given.get("s", "")
        self.parts.clear()

    def _add_span(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        start, end = _CELL.fullmatch(first), _CELL.fullmatch(last)
        if start and end and int(end[2]) > int(start[2]) and len(self.spans) < MOST_SPANS:
            self.spans.append((_column(start[1]), int(start[2]), int(end[2])))

    def _text(self, some: str) -> None:
        if self.is_read:
            self.parts.append(some)

    def _end(self, element: str) -> None:
        if element in {"v", "t"}:
            self.is_read = False
        elif element == "c" and self.parts:
            self.grid.put(self.line, self.column, self._value("".join(self.parts)))

    def _value(self, text: str) -> str:
        read: dict[str, Callable[[str], str]] = {
            "s": self._word,
            "n": self._number,
            "b": lambda sign: _TRUTH.get(sign.strip(), ""),
            "e": lambda _error: "",
            "d": values.iso_day,
        }
        return read.get(self.sort, _plain)(text)

    def _word(self, text: str) -> str:
        plain = text.strip()
        place = int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else -1  # noqa: PLR2004 - more digits than words
        return self.words[place] if 0 <= place < len(self.words) else ""

    def _number(self, text: str) -> str:
        if self.style in self.days:
            return values.serial_day(text, from_1904=self.from_1904)
        return values.number(text.strip())


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
