"""Reading ODS (OpenDocument 1.3, ISO/IEC 26300): values as the spreadsheet last showed them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lainaamo.intake import values
from lainaamo.intake.archive import Archive, half, locked, own
from lainaamo.intake.grid import MOST_COLUMNS, MOST_ROWS, Grid, Rows

MARK = "content.xml"
MANIFEST = "META-INF/manifest.xml"
MOST_LINES = 10_000_000
_TRUTH = {"true": "TOSI", "false": "EPÄTOSI"}
_ASIDES = frozenset({"annotation", "ruby-text", "note"})


def read(archive: Archive) -> Sequence[Rows]:
    """Return the tables of the sheets that are shown, in their order."""
    _check_open(archive)
    cells = _Cells()
    archive.read(MARK, cells.start, cells.end, cells.text)
    if not cells.is_spreadsheet:
        raise half()
    return [grid.table() for grid in cells.grids]


def _check_open(archive: Archive) -> None:
    def start(element: str, _given: dict[str, str]) -> None:
        if element == "encryption-data":
            raise locked()

    if archive.has(MANIFEST):
        archive.read(MANIFEST, start)


def _times(given: dict[str, str], name: str, most: int) -> int:
    """Read how often something is repeated."""
    text = own(given, name) or "1"
    return min(int(text[:9]), most) if text.isascii() and text.isdigit() else 1


@dataclass
class _Cells:
    """Reads all sheets' cells, one element after another."""

    grids: list[Grid] = field(default_factory=list)
    is_spreadsheet: bool = False
    hidden_styles: set[str] = field(default_factory=set)
    style: str = ""
    tables: int = 0
    is_shown: bool = True
    line: int = 0
    row_times: int = 1
    row: dict[int, str] = field(default_factory=dict)
    column: int = 0
    cell: dict[str, str] = field(default_factory=dict)
    depth: int = 0
    asides: int = 0
    parts: list[str] = field(default_factory=list)
    spans: list[tuple[int, int, int]] = field(default_factory=list)

    def start(self, element: str, given: dict[str, str]) -> None:
        """Note what begins."""
        if element in {"table-cell", "covered-table-cell"} and self.tables == 1:
            self.cell, self.depth = given, self.depth + 1
            self.parts.clear()
        elif element == "table-row" and self.tables == 1:
            self.row_times = _times(given, "number-rows-repeated", MOST_LINES)
            self.row, self.column = {}, 0
        elif element == "table":
            self._start_table(given)
        elif element in _ASIDES:
            self.asides += 1
        elif self.depth:
            self._start_inside(element)
        else:
            self._start_outside(element, given)

    def _start_inside(self, element: str) -> None:
        if element == "p" and self.parts:
            self.parts.append("\n")
        elif element in {"s", "tab", "line-break"}:
            self.parts.append(" ")

    def _start_outside(self, element: str, given: dict[str, str]) -> None:
        if element == "spreadsheet":
            self.is_spreadsheet = True
        elif element == "style":
            self.style = own(given, "name") or ""
        elif element == "table-properties" and own(given, "display") == "false":
            self.hidden_styles.add(self.style)

    def _start_table(self, given: dict[str, str]) -> None:
        self.tables += 1
        if self.tables == 1:
            self.is_shown = own(given, "style-name") not in self.hidden_styles
            self.grids.append(Grid())
            self.spans, self.line = [], 0

    def text(self, some: str) -> None:
        """Take the letters of a cell; of notes beside it none."""
        if self.depth and not self.asides:
            self.parts.append(some)

    def end(self, element: str) -> None:
        """Keep what ended."""
        if element in {"table-cell", "covered-table-cell"} and self.tables == 1:
            self._end_cell()
        elif element == "table-row" and self.tables == 1:
            self._end_row()
        elif element == "table":
            self._end_table()
        elif element in _ASIDES:
            self.asides -= 1

    def _end_cell(self) -> None:
        self.depth -= 1
        times = _times(self.cell, "number-columns-repeated", 20_000)
        text = self._value("".join(self.parts))
        if text.strip():
            tall = _times(self.cell, "number-rows-spanned", MOST_LINES)
            if tall > 1:
                self.spans.append((self.column + 1, self.line + 1, self.line + tall))
            for n in range(min(times, MOST_COLUMNS + 1)):
                self.row[self.column + 1 + n] = text
        self.column += times

    def _value(self, shown: str) -> str:
        sort = own(self.cell, "value-type") or "string"
        if sort in {"float", "currency", "percentage"}:
            return values.number(own(self.cell, "value") or shown)
        if sort == "date":
            return values.iso_day(own(self.cell, "date-value") or shown)
        if sort == "boolean":
            return _TRUTH.get(own(self.cell, "boolean-value") or "", shown)
        # A formula that failed shows its error and has no value of its own.
        is_error = own(self.cell, "formula") and shown.startswith(("#", "Err:"))
        return "" if is_error else shown

    def _end_row(self) -> None:
        for n in range(min(self.row_times, MOST_ROWS + 2) if self.row else 0):
            self.grids[-1].copy(self.line + 1 + n, self.row)
        self.line += self.row_times

    def _end_table(self) -> None:
        self.tables -= 1
        if self.tables:
            return
        if self.is_shown:
            self.grids[-1].fill_down(self.spans)
        else:
            self.grids.pop()
