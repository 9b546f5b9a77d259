"""What labels are printed on: the sheets of A4 and the rolls that are sold, by their measures."""

from collections.abc import Mapping
from dataclasses import dataclass

A4_WIDTH_MM = 210.0
A4_HEIGHT_MM = 297.0
MOST_SHIFT_TENTHS = 100

# Office printers leave about 4 mm of a sheet's edge white, label printers about 1.5 mm.
_WHITE_EDGE_MM, _ROLL_EDGE_MM = 4.5, 1.5


@dataclass(frozen=True, slots=True)
class Shift:
    """How far to the right and down everything is moved, in mm: what a printer does amiss."""

    right_mm: float = 0.0
    down_mm: float = 0.0


@dataclass(frozen=True)
class Sheet:
    """Paper with labels of one size; measures are those that the maker prints, in mm.

    A roll's page is one label.
    """

    name: str
    columns: int
    rows: int
    width_mm: float
    height_mm: float
    margin_left_mm: float = 0.0
    margin_top_mm: float = 0.0
    pitch_x_mm: float = 0.0
    pitch_y_mm: float = 0.0
    page_width_mm: float = A4_WIDTH_MM
    page_height_mm: float = A4_HEIGHT_MM

    @property
    def per_page(self) -> int:
        """Count the labels of one sheet."""
        return self.columns * self.rows

    @property
    def is_roll(self) -> bool:
        """Tell whether the labels come one by one."""
        return self.per_page == 1

    @property
    def white_edge_mm(self) -> float:
        """Return how far from the paper's edge its printer can print."""
        return _ROLL_EDGE_MM if self.is_roll else _WHITE_EDGE_MM

    def corner_mm(self, number: int) -> tuple[float, float]:
        """Return how far a label's upper left corner is from the sheet's, number 0 being first."""
        row, column = divmod(number, self.columns)
        return (
            self.margin_left_mm + column * self.pitch_x_mm,
            self.margin_top_mm + row * self.pitch_y_mm,
        )

    def pages(self, labels: int, *, start_at: int = 1) -> int:
        """Count the sheets that so many labels need when the first goes on label `start_at`."""
        return -(-(labels + start_at - 1) // self.per_page)


def _grid(name: str, columns: int, rows: int, width_mm: float, height_mm: float) -> Sheet:
    """Return a sheet whose labels touch one another, cut in the middle of the paper."""
    left = (A4_WIDTH_MM - columns * width_mm) / 2
    top = (A4_HEIGHT_MM - rows * height_mm) / 2
    return Sheet(name, columns, rows, width_mm, height_mm, left, top, width_mm, height_mm)


def _roll(name: str, width_mm: float, height_mm: float) -> Sheet:
    return Sheet(name, 1, 1, width_mm, height_mm, page_width_mm=width_mm, page_height_mm=height_mm)


# Measures as several makers sell them; the second has gaps between its columns.
SHEETS: Mapping[str, Sheet] = {
    "70x37": _grid("70 × 37 mm", 3, 8, 70, 37),  # noqa: RUF001 - a measure
    "63x38": Sheet("63,5 × 38,1 mm", 3, 7, 63.5, 38.1, 7.21, 15.15, 66.04, 38.1),  # noqa: RUF001 - a measure
    "105x48": _grid("105 × 48 mm", 2, 6, 105, 48),  # noqa: RUF001 - a measure
    "48x25": _grid("48,5 × 25,4 mm", 4, 10, 48.5, 25.4),  # noqa: RUF001 - a measure
    "57x32": _roll("57 × 32 mm", 57, 32),  # noqa: RUF001 - a measure
    "62x29": _roll("62 × 29 mm", 62, 29),  # noqa: RUF001 - a measure
}
USUAL = "70x37"
