"""Labels on sheets and rolls as a PDF, a page to try a printer with, and a code's symbol."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_ALPHA_NUM, QRData
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from lainaamo.core.errors import N_, Refusal
from lainaamo.goods import lettering
from lainaamo.goods.codes import label_url
from lainaamo.goods.papers import Sheet, Shift

# The standard's own (ISO/IEC 18004): four white modules on each side.
QUIET_ZONE = 4

# Any of the eight masks makes a true symbol; looking for the best takes twice the time of the rest.
_MASK = 3

_MARGIN_MM = 1.5
_SYMBOL_SHARE = 0.45
_LEAST_POINTS, _READABLE = 7.0, 9.5
_LEADING = 1.2
_ROUNDING = 1e-6
_SMALLER = 0.95
_USUAL_WIDTH, _MOST_LARGER = 34 * mm, 1.6
_STRAIGHT = Shift()
_TICK_MM, _RULER_POINTS, _CM = 4.0, 6.0, 10

_FONT, _BOLD = lettering.USUAL, lettering.BOLD


@dataclass(frozen=True)
class Label:
    """What is printed on one label; its sort says what stands largest.

    `symbol` is the text of its symbol where that is not the address of its code. `instead` is
    written where there are no letters for the name.
    """

    code: str
    name: str
    size: str | None = None
    place: str | None = None
    sort: str = "thing"
    symbol: str | None = None
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    """A text of a label: which, how large at the most (in points), and on how many lines."""

    field: str
    font: str
    points: float
    lines: int = 1


# Capital letters of 20 points are 5 mm high: read from a metre and a half. What tells things apart
# is the largest; a shelf's and a command's name is read from across the table.
_ROWS: Mapping[str, Sequence[_Row]] = {
    "thing": (
        _Row("code", _BOLD, 20),
        _Row("name", _FONT, 11, lines=2),
        _Row("size", _BOLD, 11),
        _Row("place", _BOLD, 11),
    ),
    "shelf": (
        _Row("name", _BOLD, 44, lines=2),
        _Row("place", _FONT, 11),
        _Row("code", _BOLD, 12),
    ),
    "command": (_Row("name", _BOLD, 30, lines=2), _Row("place", _FONT, 10, lines=2)),
    "blank": (_Row("code", _BOLD, 26), _Row("name", _FONT, 10, lines=2), _Row("place", _BOLD, 10)),
    "person": (
        _Row("size", _BOLD, 30),
        _Row("name", _BOLD, 16, lines=2),
        _Row("code", _BOLD, 14),
        _Row("place", _FONT, 9),
    ),
}


@dataclass(frozen=True, slots=True)
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
    shift: Shift = _STRAIGHT,
    title: str = "Lainaamo",
    language: str = "fi",
) -> bytes:
    """Return the labels as a PDF to be printed on sheets at its true size.

    The first goes on label `start_at` of the first sheet, so that a sheet begun is used up. The
    same labels give the same bytes. Refuses no labels at all and a place that the sheet has not.
    """
    _check_can_print(labels, sheet=sheet, start_at=start_at)

    def draw(canvas: Canvas) -> None:
        for number, label in enumerate(labels, start=start_at - 1):
            if number and number % sheet.per_page == 0:
                canvas.showPage()
                _move(canvas, shift)
            text = label.symbol or label_url(public_url, label.code)
            _draw_label(canvas, label, text, sheet=sheet, number=number % sheet.per_page)

    return _pdf(draw, sheet=sheet, shift=shift, title=title, language=language)


def trial_pdf(sheet: Sheet, *, shift: Shift = _STRAIGHT, says: str, language: str = "fi") -> bytes:
    """Return a page to be printed on plain paper and held against a sheet.

    It has the outline of every label, a cross in each corner, a ruler each way and a line that must
    be 100 mm (20 mm on a roll). `says` is what to do with it, a line for each.
    """

    def draw(canvas: Canvas) -> None:
        canvas.setLineWidth(0.3)
        for number in range(sheet.per_page):
            _draw_outline(canvas, sheet, number)
        _draw_crosses(canvas, sheet)
        _draw_rulers(canvas, sheet)
        _draw_advice(canvas, sheet, says)

    return _pdf(draw, sheet=sheet, shift=shift, title=says.partition("\n")[0], language=language)


def _pdf(
    draw: Callable[[Canvas], None], *, sheet: Sheet, shift: Shift, title: str, language: str
) -> bytes:
    written = io.BytesIO()
    size = (sheet.page_width_mm * mm, sheet.page_height_mm * mm)
    canvas = Canvas(written, pagesize=size, pageCompression=1, invariant=1, lang=language)
    canvas.setTitle(title)
    canvas.setCreator("lainaamo")
    _move(canvas, shift)
    draw(canvas)
    canvas.save()
    return written.getvalue()


def _move(canvas: Canvas, shift: Shift) -> None:
    if shift != _STRAIGHT:
        canvas.translate(shift.right_mm * mm, -shift.down_mm * mm)


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
    middle = sheet.page_height_mm - top - sheet.height_mm / 2
    symbol = min(sheet.height_mm - 2 * _MARGIN_MM, sheet.width_mm * _SYMBOL_SHARE)
    symbol_left = left + _MARGIN_MM
    text_left = symbol_left + symbol
    text_width = left + sheet.width_mm - _edge(sheet, sheet.margin_left_mm) - text_left
    text_height = sheet.height_mm - 2 * _edge(sheet, sheet.margin_top_mm)
    lines = _lines(label, text_width * mm, text_height * mm)
    upper = middle + symbol / 2
    _draw_symbol(canvas, address, left=symbol_left * mm, top=upper * mm, width=symbol * mm)
    _draw_text(canvas, lines, left=text_left * mm, middle=middle * mm)


def _edge(sheet: Sheet, margin_mm: float) -> float:
    """Return how far text stays from a label's edge, as there may be the paper's."""
    return max(_MARGIN_MM, sheet.white_edge_mm - margin_mm)


def _draw_symbol(canvas: Canvas, text: str, *, left: float, top: float, width: float) -> None:
    modules = _modules(text)
    module = width / (len(modules) + 2 * QUIET_ZONE)
    canvas.saveState()
    canvas.transform(module, 0, 0, -module, left + QUIET_ZONE * module, top - QUIET_ZONE * module)
    # All in one path: drawn apart, a screen shows hair lines between rows that touch. Written by
    # hand: the library's own path spends more on these whole numbers than all the rest takes.
    canvas.addLiteral(" ".join(f"{x} {y} {n} 1 re" for x, y, n in _runs(modules)) + " f")
    canvas.restoreState()


def _draw_text(canvas: Canvas, lines: Sequence[_Line], *, left: float, middle: float) -> None:
    baseline = middle + sum(line.points for line in lines) * _LEADING / 2
    for line in lines:
        baseline -= line.points * _LEADING
        canvas.setFont(line.font, line.points)
        canvas.drawString(left, baseline + line.points * (_LEADING - 1), line.text)


def _lines(label: Label, width: float, height: float) -> list[_Line]:
    """Write the label's texts as large as fits; what would be too small to read is left out."""
    share = max(1.0, min(width / _USUAL_WIDTH, _MOST_LARGER))
    while True:
        lines = [line for row in _ROWS[label.sort] for line in _written(label, row, share, width)]
        if sum(line.points for line in lines) * _LEADING <= height + _ROUNDING:
            return lines
        if all(line.points <= _LEAST_POINTS for line in lines):
            return lines[:-1]
        share *= _SMALLER


def _written(label: Label, row: _Row, share: float, width: float) -> list[_Line]:
    text = _text(label, row.field)
    points = max(_LEAST_POINTS, row.points * share)
    if not text:
        return []
    font = lettering.font_for(text, row.font)
    if row.lines > 1:
        return _in_lines(text, font, points, width)
    return [_line(text, font, points, width)]


def _text(label: Label, field: str) -> str:
    text = lettering.writable(getattr(label, field) or "")
    return text or (lettering.writable(label.instead or "") if field == "name" else "")


def _line(text: str, font: str, largest: float, width: float) -> _Line:
    """Write the text as large as fits; shorten what would be too small to read."""
    fitting = width / float(stringWidth(text, font, 1))
    points = max(_LEAST_POINTS, min(largest, fitting))
    return _Line(_shortened(text, font, points, width), font, points)


def _in_lines(text: str, font: str, points: float, width: float) -> list[_Line]:
    """Write the text in two lines at the most; large words get smaller before they are broken."""
    longest = max(text.split(), key=lambda word: float(stringWidth(word, font, 1)))
    fitting = width / float(stringWidth(longest, font, 1))
    points = max(min(points, _READABLE), min(points, fitting))
    return [_Line(one, font, points) for one in _in_two_lines(text, font, points, width)]


def _in_two_lines(name: str, font: str, points: float, width: float) -> list[str]:
    if _fits(name, font, points, width):
        return [name]
    words = name.split()
    first = ""
    while words and _fits(f"{first} {words[0]}".strip(), font, points, width):
        first = f"{first} {words.pop(0)}".strip()
    if not first:
        first, words[0] = _broken(words[0], font, points, width)
    return [first, _shortened(" ".join(words), font, points, width)]


def _broken(word: str, font: str, points: float, width: float) -> tuple[str, str]:
    length = len(word) - 1
    while length > 1 and not _fits(word[:length] + "-", font, points, width):
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


def _draw_outline(canvas: Canvas, sheet: Sheet, number: int) -> None:
    left, top = sheet.corner_mm(number)
    bottom = sheet.page_height_mm - top - sheet.height_mm
    canvas.rect(left * mm, bottom * mm, sheet.width_mm * mm, sheet.height_mm * mm)
    canvas.setFont(_FONT, _LEAST_POINTS)
    words = str(number + 1)
    canvas.drawString((left + sheet.width_mm - _TICK_MM * 2) * mm, (bottom + 2) * mm, words)


def _draw_crosses(canvas: Canvas, sheet: Sheet) -> None:
    """Mark the outer corners of all labels together, where an error is seen best."""
    left, top = sheet.corner_mm(0)
    last_left, last_top = sheet.corner_mm(sheet.per_page - 1)
    canvas.setLineWidth(0.8)
    for x in (left, last_left + sheet.width_mm):
        for down in (top, last_top + sheet.height_mm):
            y = sheet.page_height_mm - down
            canvas.line((x - _TICK_MM) * mm, y * mm, (x + _TICK_MM) * mm, y * mm)
            canvas.line(x * mm, (y - _TICK_MM) * mm, x * mm, (y + _TICK_MM) * mm)
    canvas.setLineWidth(0.3)


def _draw_rulers(canvas: Canvas, sheet: Sheet) -> None:
    """Draw a ruler from the paper's left edge and one from its upper edge, marked each mm."""
    across, down = sheet.page_width_mm, sheet.page_height_mm
    left, _top = sheet.corner_mm(sheet.columns - 1)
    _left, top = sheet.corner_mm(sheet.per_page // 2)
    ruler_x, ruler_y = left + sheet.width_mm * 0.4, down - top - sheet.height_mm / 2
    canvas.setFont(_FONT, _RULER_POINTS)
    for at in range(int(across) + 1):
        tick = _tick(at)
        canvas.line(at * mm, ruler_y * mm, at * mm, (ruler_y + tick) * mm)
        if at % _CM == 0:
            canvas.drawString((at + 0.5) * mm, (ruler_y + tick) * mm, str(at))
    for at in range(int(down) + 1):
        tick, y = _tick(at), (down - at) * mm
        canvas.line(ruler_x * mm, y, (ruler_x + tick) * mm, y)
        if at % _CM == 0:
            canvas.drawString((ruler_x + tick + 0.5) * mm, y - 1, str(at))


def _tick(at: int) -> float:
    return _TICK_MM if at % _CM == 0 else _TICK_MM * (0.7 if at % (_CM // 2) == 0 else 0.4)


def _draw_advice(canvas: Canvas, sheet: Sheet, says: str) -> None:
    """Say what to do, over a line of a known length."""
    lines, length = says.split("\n"), 20.0 if sheet.is_roll else 100.0
    left, top = _advice_corner(sheet)
    points = _LEAST_POINTS if sheet.is_roll else 11.0
    canvas.setFont(_FONT, points)
    canvas.setLineWidth(1)
    canvas.line(left * mm, top * mm, (left + length) * mm, top * mm)
    for end in (left, left + length):
        canvas.line(end * mm, (top - 1.5) * mm, end * mm, (top + 1.5) * mm)
    canvas.drawString((left + length + 1) * mm, (top - 1) * mm, f"{length:g} mm")
    if sheet.is_roll:
        return
    for number, line in enumerate(lines, start=1):
        baseline = top * mm - number * points * 1.6 - 4
        width = float(stringWidth(line, _FONT, points))
        canvas.setFillGray(1)
        canvas.rect(left * mm - 2, baseline - 3, width + 4, points * 1.4, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.drawString(left * mm, baseline, line)


def _advice_corner(sheet: Sheet) -> tuple[float, float]:
    if sheet.is_roll:
        return _TICK_MM * 2, sheet.page_height_mm * 0.8
    return 20.0, sheet.page_height_mm * 0.8


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
