"""Reading a list, whatever program wrote it: bytes in, headers and rows of cells out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lainaamo.core.errors import N_, Refusal
from lainaamo.intake import ods, text, xlsx
from lainaamo.intake.archive import Archive
from lainaamo.intake.grid import MOST_BYTES, Rows, too_big

LOOKED_THROUGH = 20
"""How many rows are searched for the headers: above them may stand a title and a date."""
_ZIP = b"PK"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_DOCUMENTS = (b"<", b"%PDF", b"{\\rtf")

CountKnown = Callable[[Sequence[str]], int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: the words of its headers, and under them the rows with the lines they begin on."""

    headers: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]


def read(content: bytes, *, count_known: CountKnown) -> Sheet:
    """Read a list of XLSX, ODS or CSV; the file's content tells which, not its name.

    `count_known` says how many of a row's words name a column: of several sheets the one whose
    headers are known best is read. Refuses what is no list, is empty, too big, locked or cut.
    """
    if len(content) > MOST_BYTES:
        raise too_big()
    tables = [rows for rows in _tables(content, count_known) if rows]
    if not tables:
        raise Refusal(N_("The file is empty. Choose another file."), code="empty_file")
    found = [_under_headers(rows, count_known) for rows in tables]
    return max(found, key=lambda sheet: count_known(sheet.headers))


def _tables(content: bytes, count_known: CountKnown) -> Iterable[Rows]:
    if content.startswith(_ZIP):
        return _workbook(Archive(content))
    if content.startswith(_OLD_EXCEL):
        words = N_("This is an old or a locked Excel file. Save it as XLSX, without a password.")
        raise Refusal(words, code="old_excel")
    if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(_DOCUMENTS):
        raise text.no_list()
    return [text.read(content, count_known=count_known)]


def _workbook(archive: Archive) -> Iterable[Rows]:
    if archive.has(xlsx.MARK):
        return xlsx.read(archive)
    if archive.has(ods.MARK):
        return ods.read(archive)
    raise text.no_list()


def _under_headers(rows: Rows, count_known: CountKnown) -> Sheet:
    """Find the row of headers: the best known of the first ones, of equals the first."""
    known = [count_known(cells) for _line, cells in rows[:LOOKED_THROUGH]]
    at = known.index(max(known))
    headers = rows[at][1]
    width = len(headers)
    return Sheet(
        headers, [(line, [*cells, *[""] * (width - len(cells))]) for line, cells in rows[at + 1 :]]
    )
