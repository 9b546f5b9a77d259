"""What labels cost against the least that the same two libraries can make them for."""

import io
import time
from collections.abc import Callable
from statistics import median

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from lainaamo.bench.filling import NAMES, sign_of
from lainaamo.goods.codes import label_url
from lainaamo.goods.labels import Label, sheet_pdf
from lainaamo.goods.papers import SHEETS, USUAL

LABELS, ROUNDS = 1_000, 5
MOST = 1.1
PUBLIC_URL = "https://lainaamo.example"
MASK, BORDER = 3, 4


def some_labels(number: int = LABELS) -> list[Label]:
    """Return labels of things with names of several lengths."""
    return [Label(sign_of(n), NAMES[n % len(NAMES)]) for n in range(1, number + 1)]


def ours(labels: list[Label]) -> bytes:
    """Print labels as the application does."""
    return sheet_pdf(labels, sheet=SHEETS[USUAL], public_url=PUBLIC_URL)


def floor(labels: list[Label]) -> bytes:
    """Print the same symbols, codes and names with nothing thought of but the printing."""
    written, sheet = io.BytesIO(), SHEETS[USUAL]
    canvas = Canvas(written, pageCompression=1)
    side = (sheet.height_mm - 3) * mm
    for number, label in enumerate(labels):
        if number and number % sheet.per_page == 0:
            canvas.showPage()
        across, down = sheet.corner_mm(number % sheet.per_page)
        left, top = across * mm, (sheet.page_height_mm - down) * mm
        _symbol(canvas, label_url(PUBLIC_URL, label.code), left, top, side)
        canvas.setFont("Helvetica", 11)
        canvas.drawString(left + side, top - 30, label.code)
        canvas.setFont("Helvetica", 8)
        canvas.drawString(left + side, top - 45, label.name)
    canvas.save()
    return written.getvalue()


def _symbol(canvas: Canvas, text: str, left: float, top: float, side: float) -> None:
    symbol = QRCode(error_correction=ERROR_CORRECT_M, border=BORDER, mask_pattern=MASK)
    symbol.add_data(text)
    symbol.make(fit=True)
    rows = symbol.get_matrix()
    module, path = side / len(rows), canvas.beginPath()
    for down, signs in enumerate(rows):
        start = None
        for across, dark in enumerate([*signs, False]):
            if dark and start is None:
                start = across
            elif not dark and start is not None:
                y = top - (down + 1) * module
                path.rect(left + start * module, y, (across - start) * module, module)
                start = None
    canvas.drawPath(path, stroke=0, fill=1)


def measure() -> tuple[float, float]:
    """Return the seconds of CPU that 1,000 labels take, ours and the floor's, turn by turn."""
    labels = some_labels()
    makers, costs = (ours, floor), {ours: list[float](), floor: list[float]()}
    for maker in makers:
        maker(labels[:24])
    for _ in range(ROUNDS):
        for maker in makers:
            costs[maker].append(_seconds(maker, labels))
    return median(costs[ours]), median(costs[floor])


def _seconds(maker: Callable[[list[Label]], bytes], labels: list[Label]) -> float:
    start = time.process_time()
    maker(labels)
    return time.process_time() - start
