"""Labels of things on sheets of A4, and the symbol of a code for a page."""

import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_ALPHA_NUM, QRData
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from lainaamo.core.errors import N_, Refusal
from lainaamo.goods.codes import label_url

A4_WIDTH_MM = 210.0
A4_HEIGHT_MM = 297.0

# The standard's own (ISO/IEC 18004): four white modules on each side.
QUIET_ZONE = 4

# Any of the eight masks makes a true symbol; looking for the best takes twice the time of the rest.
_MASK = 3

# Printers leave about 4 mm of a sheet's edge white, and some sheets have labels up to the edge.
_TEXT_MARGIN_MM = 4.5
_SYMBOL_MARGIN_MM = 1.5
_SYMBOL_SHARE = 0.45
_CODE_POINTS, _NAME_POINTS, _LEAST_POINTS = 20.0, 9.5, 7.0
_LEADING = 1.2
_LONGEST_TEXT = 120
_ROUNDING = 1e-6

# The fonts that each reader of PDF has. They write the signs of cp1252; for the letters of the Sámi
# languages and Polish that Unicode does not take apart, the nearest.
_FONT, _BOLD = "Helvetica", "Helvetica-Bold"
_NEAREST = str.maketrans("đĐŋŊŧŦłŁ", "dDnNtTlL")


@dataclass(frozen=True)
class Sheet:
    """A sheet of A4 with labels of one size; measures are those that the maker prints, in mm."""

    name: str
    columns: int
    rows: int
    width_mm: float
    height_mm: float
    margin_left_mm: float
    margin_top_mm: float
    pitch_x_mm: float
    pitch_y_mm: float

    @property
    def per_page(self) -> int:
        """Count the labels of one sheet."""
        return self.columns * self.rows

    def corner_mm(self, number: int) -> tuple[float, float]:
        """Return how far a label's upper left corner is from the sheet's, number 0 being first."""
        row, column = divmod(number, self.columns)
        return (
            self.margin_left_mm + column * self.pitch_x_mm,
            self.margin_top_mm + row * self.pitch_y_mm,
        )


# The second is the common sheet of 21 with rounded corners (Avery L7160 and its equals).
SHEETS = {
    "70x37": Sheet("70 × 37 mm, 24", 3, 8, 70, 37, 0, 0.5, 70, 37),  # noqa: RUF001 - a measure
    "63x38": Sheet("63,5 × 38,1 mm, 21", 3, 7, 63.5, 38.1, 7.21, 15.15, 66.04, 38.1),  # noqa: RUF001 - a measure
}


@dataclass(frozen=True)
class Label:
    """What is printed for one thing."""

    code: str
    name: str
    size: str | None = None
    place: str | None = None


@dataclass(frozen=True)
class _Line:
    text: str
    font: str
    points: float


def sheet_pdf(
    labels: Sequence[Label],
    *,
    sheet: Sheet,
    public_url: str,
    start_at: int = 1,
    title: str = "Lainaamo",
    language: str = "fi",
) -> bytes:
    """Return the labels as a PDF to be printed on sheets at its true size.

    The first goes on label `start_at` of the first sheet, so that a sheet begun is used up. The
    same labels give the same bytes. Refuses no labels at all and a place that the sheet has not.
    """
    _check_can_print(labels, sheet=sheet, start_at=start_at)
    written = io.BytesIO()
    size = (A4_WIDTH_MM * mm, A4_HEIGHT_MM * mm)
    canvas = Canvas(written, pagesize=size, pageCompression=1, invariant=1, lang=language)
    canvas.setTitle(title)
    canvas.setCreator("lainaamo")
    for number, label in enumerate(labels, start=start_at - 1):
        if number and number % sheet.per_page == 0:
            canvas.showPage()
        address = label_url(public_url, label.code)
        _draw_label(canvas, label, address, sheet=sheet, number=number % sheet.per_page)
    canvas.save()
    return written.getvalue()


def qr_svg_path(text: str) -> tuple[str, int]:
    """Return the symbol as the `d` of one SVG path, and the side of its square view box.

    The quiet zone is inside. The text is of the signs 0-9 A-Z $%*+-./: and space, else ValueError.
    """
    modules = _modules(text)
    runs = (
        f"M{left + QUIET_ZONE} {row + QUIET_ZONE}h{length}v1h-{length}z"
        for left, row, length in _runs(modules)
    )
    return "".join(runs), len(modules) + 2 * QUIET_ZONE


def _check_can_print(labels: Sequence[Label], *, sheet: Sheet, start_at: int) -> None:
    if not labels:
        raise Refusal(N_("There are no labels to print. Choose things first."), code="no_labels")
    if not 1 <= start_at <= sheet.per_page:
        raise Refusal(
            N_("The sheet has no label %(number)s. Choose a number from 1 to %(last)s."),
            code="no_such_label",
            number=start_at,
            last=sheet.per_page,
        )


def _draw_label(canvas: Canvas, label: Label, address: str, *, sheet: Sheet, number: int) -> None:
    left, top = sheet.corner_mm(number)
    middle = A4_HEIGHT_MM - top - sheet.height_mm / 2
    symbol = min(sheet.height_mm - 2 * _SYMBOL_MARGIN_MM, sheet.width_mm * _SYMBOL_SHARE)
    symbol_left = left + _SYMBOL_MARGIN_MM
    text_left = symbol_left + symbol
    text_width = left + sheet.width_mm - _TEXT_MARGIN_MM - text_left
    upper = middle + symbol / 2
    _draw_symbol(canvas, address, left=symbol_left * mm, top=upper * mm, width=symbol * mm)
    _draw_text(canvas, label, left=text_left * mm, middle=middle * mm, width=text_width * mm)


def _draw_symbol(canvas: Canvas, text: str, *, left: float, top: float, width: float) -> None:
    modules = _modules(text)
    module = width / (len(modules) + 2 * QUIET_ZONE)
    canvas.saveState()
    canvas.transform(module, 0, 0, -module, left + QUIET_ZONE * module, top - QUIET_ZONE * module)
    # All in one path: drawn apart, a screen shows hair lines between rows that touch.
    path = canvas.beginPath()
    for run_left, row, length in _runs(modules):
        path.rect(run_left, row, length, 1)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


def _draw_text(canvas: Canvas, label: Label, *, left: float, middle: float, width: float) -> None:
    lines = _lines(label, width)
    baseline = middle + sum(line.points for line in lines) * _LEADING / 2
    for line in lines:
        baseline -= line.points * _LEADING
        canvas.setFont(line.font, line.points)
        canvas.drawString(left, baseline + line.points * (_LEADING - 1), line.text)


def _lines(label: Label, width: float) -> list[_Line]:
    name = _in_two_lines(_writable(label.name), width)
    rest = [_writable(text) for text in (label.size, label.place) if text]
    return [
        _line(label.code, width, largest=_CODE_POINTS),
        *(_Line(text, _FONT, _NAME_POINTS) for text in name),
        *(_line(text, width, largest=_NAME_POINTS) for text in rest if text),
    ]


def _line(text: str, width: float, *, largest: float) -> _Line:
    """Write the text in bold as large as fits; shorten what would be too small to read."""
    fitting = width / float(stringWidth(text, _BOLD, 1))
    points = max(_LEAST_POINTS, min(largest, fitting))
    return _Line(_shortened(text, _BOLD, points, width), _BOLD, points)


def _in_two_lines(name: str, width: float) -> list[str]:
    if _fits(name, _FONT, _NAME_POINTS, width):
        return [name] if name else []
    words = name.split()
    first = ""
    while words and _fits(f"{first} {words[0]}".strip(), _FONT, _NAME_POINTS, width):
        first = f"{first} {words.pop(0)}".strip()
    if not first:
        first, words[0] = _broken(words[0], width)
    return [first, _shortened(" ".join(words), _FONT, _NAME_POINTS, width)]


def _broken(word: str, width: float) -> tuple[str, str]:
    length = len(word) - 1
    while length > 1 and not _fits(word[:length] + "-", _FONT, _NAME_POINTS, width):
        length -= 1
    return word[:length] + "-", word[length:]


def _shortened(text: str, font: str, points: float, width: float) -> str:
    if _fits(text, font, points, width):
        return text
    length = len(text) - 1
    while length and not _fits(text[:length] + "…", font, points, width):
        length -= 1
    return text[:length].rstrip() + "…"


def _fits(text: str, font: str, points: float, width: float) -> bool:
    return bool(stringWidth(text, font, points) <= width + _ROUNDING)


def _writable(text: str) -> str:
    """Return the text in signs that the font has; a text wholly in other signs becomes empty."""
    plain = " ".join(text[:_LONGEST_TEXT].split()).translate(_NEAREST)
    written = "".join(_nearest(sign) for sign in unicodedata.normalize("NFC", plain))
    return written if any(sign.isalnum() for sign in written) else ""


def _nearest(sign: str) -> str:
    if not sign.isprintable():
        return ""
    for form in (sign, unicodedata.normalize("NFKD", sign)[0]):
        if form.encode("cp1252", errors="ignore"):
            return form
    return "?"


def _modules(text: str) -> list[list[bool]]:
    symbol = QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    symbol.add_data(QRData(text, mode=MODE_ALPHA_NUM))
    symbol.make(fit=True)
    modules: list[list[bool]] = symbol.modules
    return modules


def _runs(modules: list[list[bool]]) -> Iterator[tuple[int, int, int]]:
    """Yield left, row and length of dark modules side by side: fewer shapes, a smaller file."""
    for row, signs in enumerate(modules):
        left = 0
        for column, dark in enumerate([*signs, False]):
            if not dark:
                if column > left:
                    yield left, row, column - left
                left = column + 1
