"""Reading CSV as a spreadsheet or an old program wrote it: bytes in, rows of cells out."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence

from lainaamo.core import tables
from lainaamo.core.errors import N_, Refusal
from lainaamo.intake.grid import Rows, check_columns, check_rows, has_words, tidy

DELIMITERS = (";", ",", "\t")
_UTF_16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read(content: bytes, *, count_known: Callable[[Sequence[str]], int]) -> Rows:
    """Read a CSV file in any of the usual encodings, with `;`, `,` or a tab between the cells.

    `count_known` says how many words of a first row name a column; it decides between delimiters.
    Refuses what is no text, is too big, or ends inside a quotation.
    """
    text, delimiter = _delimiter(_decoded(content), count_known)
    rows: list[tuple[int, list[str]]] = []
    for line, row in _rows(text, delimiter):
        while row and not row[-1]:
            row.pop()
        if has_words(row):
            check_rows(len(rows) + 1)
            check_columns(len(row))
            rows.append((line, row))
    return rows


def _decoded(content: bytes) -> str:
    text = _text(content).rstrip("\x1a")  # how DOS ended a file
    # No list has control signs, and PostgreSQL keeps no NUL.
    if re.search("[\x00-\x08\x0e-\x1f]", text):
        raise no_list()
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
        first = next((row for _, row in _rows(text, delimiter) if has_words(row)), [])
        return count_known(first), len(first)

    return text, max(DELIMITERS, key=sense)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            yield line, [tidy(_bare(cell)) for cell in row]
            line = reader.line_num + 1
    except csv.Error as error:
        words = N_(
            "The quotation marks on line %(line)d do not match. The file may be cut in the middle: "
            "get it again, or mend the line."
        )
        raise Refusal(words, code="half_a_file", line=line) from error


def _bare(cell: str) -> str:
    """Take the mark away by which a list made a formula harmless."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in tables.RISKY else cell


def no_list() -> Refusal:
    """Return the refusal of a file that is something else."""
    words = N_("This file is not a list. Save the list as XLSX, ODS or CSV and choose that file.")
    return Refusal(words, code="no_list")
