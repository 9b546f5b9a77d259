"""Labels as they come out of a printer: pictures of pages, and what a reader sees in them."""

import io
import subprocess
from pathlib import Path

import zxingcpp
from PIL import Image
from pypdf import PdfReader

DPI = 150
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def printed(pdf: bytes, folder: Path) -> list[Image.Image]:
    """Return the pages as a printer of 150 dots an inch would show them."""
    command = ["pdftoppm", "-r", str(DPI), "-gray", "-png", "-", str(folder / "page")]
    subprocess.run(command, input=pdf, check=True, timeout=60)
    return [Image.open(file).convert("L") for file in sorted(folder.glob("page*.png"))]


def read_from(page: Image.Image) -> list[str]:
    """Return what the symbols of a page say, from the upper left to the lower right."""
    # Of a thousand symbols one has dark modules in a row that are a short Codabar, too.
    found = zxingcpp.read_barcodes(page, formats=QR)
    ordered = sorted(
        found, key=lambda symbol: (symbol.position.top_left.y // 100, symbol.position.top_left.x)
    )
    return [symbol.text for symbol in ordered]


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
