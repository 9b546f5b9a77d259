"""Reading a list as a spreadsheet or an old program wrote it: bytes in, rows of cells out."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lainaamo.core.errors import N_, Refusal

MOST_BYTES = 20_000_000
MOST_ROWS = 50_000
DELIMITERS = (";", ",", "\t")
_UTF_16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: the words of its first row, and under them the rows with the lines they begin on."""

    headers: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]


def read_csv(content: bytes, *, count_known: Callable[[Sequence[str]], int]) -> Sheet:
    """Read a CSV file in any of the usual encodings, with `;`, `,` or a tab between the cells.

    `count_known` says how many words of a first row name a column; it decides between delimiters.
    Refuses what is no text, has no rows, is too big, or ends inside a quotation.
    """
    text = _decoded(content)
    text, delimiter = _delimiter(text, count_known)
    lines = ((line, row) for line, row in _rows(text, delimiter) if _has_words(row))
    first = next(lines, None)
    if first is None:
        raise Refusal(N_("The file is empty. Choose another file."), code="empty_file")
    headers, width = first[1], len(first[1])
    rows: list[tuple[int, list[str]]] = []
    for line, row in lines:
        if len(rows) == MOST_ROWS:
            words = N_("The list has over %(most)d rows. Divide it into smaller files.")
            raise Refusal(words, code="too_many_rows", most=MOST_ROWS)
        rows.append((line, row + [""] * (width - len(row))))
    return Sheet(headers, rows)


def _decoded(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        words = N_("The file is over %(most)d MB. Divide it into smaller files.")
        raise Refusal(words, code="too_big", most=MOST_BYTES // 1_000_000)
    text = _text(content).rstrip("\x1a")  # how DOS ended a file
    # No list has control signs, and PostgreSQL keeps no NUL.
    if content.startswith(_ZIP) or re.search("[\x00-\x08\x0e-\x1f]", text):
        words = N_("This is not a CSV file. Save the list as CSV and choose that file.")
        raise Refusal(words, code="not_csv")
    return text.removeprefix("\ufeff")


def _text(content: bytes) -> str:
    encoding = _UTF_16.get(content[:2]) or _bare_utf_16(content)
    if encoding:
        return content.decode(encoding, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end == len(content) and error.reason == "unexpected end of data":
            words = N_("The file ends in the middle of a letter. Get the whole file again.")
            raise Refusal(words, code="half_a_file") from error
        # Old programs write Windows' own Western letters; five bytes of it mean nothing.
        return content.decode("cp1252", errors="replace")


def _bare_utf_16(content: bytes) -> str | None:
    """Know UTF-16 without its mark by the zeros: every second byte of Western text is one."""
    start = content[:200]
    if len(start) < 4 or start.count(0) < len(start) // 3:  # noqa: PLR2004 - two letters
        return None
    return "utf-16-le" if start[1] == 0 else "utf-16-be"


def _delimiter(text: str, count_known: Callable[[Sequence[str]], int]) -> tuple[str, str]:
    """Find the delimiter that the first row makes most sense with; Excel may name it itself."""
    named = re.match("sep=(.)\r?\n?", text)
    if named:
        # The line stays, emptied, so that the lines are counted as the person sees them.
        return "\n" + text[named.end() :], named[1]

    def sense(delimiter: str) -> tuple[int, int]:
        first = next((row for _, row in _rows(text, delimiter) if _has_words(row)), [])
        return count_known(first), len(first)

    return text, max(DELIMITERS, key=sense)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            yield line, [_tidy(cell) for cell in row]
            line = reader.line_num + 1
    except csv.Error as error:
        words = N_(
            "The quotation marks on line %(line)d do not match. The file may be cut in the middle: "
            "get it again, or mend the line."
        )
        raise Refusal(words, code="half_a_file", line=line) from error


def _has_words(row: Sequence[str]) -> bool:
    return any(sign.isalnum() for cell in row for sign in cell)


def _tidy(cell: str) -> str:
    """Write alike what looks alike, so that the same list from two programs is the same."""
    return " ".join(unicodedata.normalize("NFC", cell).split())
