"""A table while it is being read: rows of cells, with a bound on everything that can grow."""

import unicodedata
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lainaamo.core.errors import N_, Refusal

MOST_BYTES = 20_000_000
MOST_ROWS = 50_000
MOST_COLUMNS = 200
MOST_LETTERS = 20_000_000
MOST_FILLED = 1_000_000

Rows = Sequence[tuple[int, Sequence[str]]]


def too_big() -> Refusal:
    """Return the refusal of a file that holds more than anybody's list does."""
    words = N_("The file is over %(most)d MB. Divide it into smaller files.")
    return Refusal(words, code="too_big", most=MOST_BYTES // 1_000_000)


def check_rows(number: int) -> None:
    """Refuse one row too many."""
    if number > MOST_ROWS + 1:  # and the headers
        words = N_("The list has over %(most)d rows. Divide it into smaller files.")
        raise Refusal(words, code="too_many_rows", most=MOST_ROWS)


def check_columns(number: int) -> None:
    """Refuse a list wider than anybody's."""
    if number > MOST_COLUMNS:
        words = N_("The list has over %(most)d columns. Take the extra ones away.")
        raise Refusal(words, code="too_many_columns", most=MOST_COLUMNS)


def has_words(row: Sequence[str]) -> bool:
    """Tell whether a row says anything."""
    return any(sign.isalnum() for cell in row for sign in cell)


def tidy(cell: str) -> str:
    """Write alike what looks alike, so that the same list from two programs is the same."""
    return " ".join(unicodedata.normalize("NFC", cell).split())


@dataclass
class Grid:
    """One sheet of a workbook: only cells that say something are kept."""

    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    letters: int = 0

    def put(self, line: int, column: int, text: str) -> None:
        """Write a cell; lines and columns count from 1."""
        text = tidy(text)
        if not text:
            return
        check_columns(column)
        self.letters += len(text)
        if self.letters > MOST_LETTERS:
            raise too_big()
        row = self.rows.get(line)
        if row is None:
            check_rows(len(self.rows) + 1)
            row = self.rows[line] = {}
        row[column] = text

    def copy(self, line: int, cells: Mapping[int, str]) -> None:
        """Write a whole row that is like another."""
        for column, text in cells.items():
            self.put(line, column, text)

    def fill_down(self, spans: Sequence[tuple[int, int, int]]) -> None:
        """Let a cell that was merged over (column, first line, last line) stand on each of them.

        Lines that say nothing of their own stay empty.
        """
        lines, left = sorted(self.rows), MOST_FILLED
        for column, first, last in spans:
            text = self.rows.get(first, {}).get(column)
            if text is None:
                continue
            for line in lines[bisect_left(lines, first + 1) :]:
                left -= 1
                if line > last or left < 0:
                    break
                if column not in self.rows[line]:
                    self.put(line, column, text)

    def table(self) -> Rows:
        """Return the rows that say something, in order, each as wide as the widest."""
        width = max((max(row) for row in self.rows.values()), default=0)
        columns = range(1, width + 1)
        rows = (
            (line, [row.get(n, "") for n in columns]) for line, row in sorted(self.rows.items())
        )
        return [(line, cells) for line, cells in rows if has_words(cells)]
