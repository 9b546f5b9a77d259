"""Writing a table for a spreadsheet, row by row: CSV and XLSX, formulas made harmless."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from xml.sax.saxutils import escape

from lainaamo.core import clock

Cell = str | int | float | date | None
Row = Sequence[Cell]

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A text that begins so is a formula to a spreadsheet (OWASP, "CSV Injection")."""
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BOM = "\ufeff"
_AT_ONCE = 200
_LONGEST = 32_767  # what a cell of XLSX holds
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write(kind: str, headers: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a table as the bytes of a file; `kind` is one of KINDS."""
    return as_xlsx(headers, rows) if kind == "xlsx" else as_csv(headers, rows)


# CSV as a Finnish Excel opens it: semicolons, decimal commas, and a mark that it is UTF-8


def as_csv(headers: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a table as CSV."""
    page = io.StringIO(newline="")
    writer = csv.writer(page, delimiter=";", lineterminator="\r\n")
    page.write(_BOM)
    writer.writerow([harmless(header) for header in headers])
    for number, row in enumerate(rows, 1):
        writer.writerow([_written(cell) for cell in row])
        if number % _AT_ONCE == 0:
            yield _taken(page)
    yield _taken(page)


def _taken(page: io.StringIO) -> bytes:
    text = page.getvalue()
    page.seek(0)
    page.truncate()
    return text.encode()


def _written(cell: Cell) -> str:
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, datetime):
        local = clock.local(cell)
        return f"{_day(local)} {local.hour}.{local.minute:02}"
    if isinstance(cell, date):
        return _day(cell)
    return "" if cell is None else str(cell).replace(".", ",")


def _day(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    clean = _UNWRITABLE.sub("", text)
    return f"'{clean}" if clean.lstrip(" ").startswith(RISKY) else clean


# XLSX (ECMA-376): one sheet, a frozen row of headers, texts in their cells

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PLAIN, _BOLD, _DAY, _MOMENT, _QUOTED = range(5)
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_KINDS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_KINDS}"><sheets>'
    '<sheet name="Lista" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_KINDS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_KINDS}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="d\\.m\\.yyyy"/>'
    '<numFmt numFmtId="165" formatCode="d\\.m\\.yyyy\\ h\\.mm"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" '
    'applyNumberFormat="1"/></cellXfs><cellStyles count="1">'
    '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
_FIRST = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's days have no zone


class _Pipe(io.RawIOBase):
    """What the zip writes and the reader has not taken yet."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, some: object) -> int:
        written = bytes(memoryview(some))  # type: ignore[arg-type]  # any bytes-like
        self.waiting.append(written)
        return len(written)

    def take(self) -> bytes:
        taken = b"".join(self.waiting)
        self.waiting.clear()
        return taken


def as_xlsx(headers: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a table as XLSX; no text of it is ever a formula."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, _HEAD + content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=False) as sheet:
            for some in _sheet(headers, rows):
                sheet.write(some.encode())
                if taken := pipe.take():
                    yield taken
    yield pipe.take()


def _sheet(headers: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    panes = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    views = f'<sheetViews><sheetView workbookViewId="0">{panes}</sheetView></sheetViews>'
    width = f'<cols><col min="1" max="{max(1, len(headers))}" width="22" customWidth="1"/></cols>'
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}">{views}{width}<sheetData>'
    yield f"<row>{''.join(_text(header, _BOLD) for header in headers)}</row>"
    some: list[str] = []
    for row in rows:
        some.append(f"<row>{''.join(_cell(cell) for cell in row)}</row>")
        if len(some) == _AT_ONCE:
            yield "".join(some)
            some.clear()
    yield f"{''.join(some)}</sheetData></worksheet>"


def _cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, str):
        return _text(cell, _QUOTED if cell.lstrip(" ").startswith(RISKY) else _PLAIN)
    if isinstance(cell, datetime):
        local = clock.local(cell).replace(tzinfo=None)
        return f'<c s="{_MOMENT}"><v>{(local - _FIRST).total_seconds() / 86400:.6f}</v></c>'
    if isinstance(cell, date):
        return f'<c s="{_DAY}"><v>{cell.toordinal() - _FIRST.toordinal()}</v></c>'
    return f"<c><v>{cell}</v></c>"


def _text(text: str, style: int) -> str:
    words = escape(_UNWRITABLE.sub("", text)[:_LONGEST])
    given = f' s="{style}"' if style else ""
    return f'<c t="inlineStr"{given}><is><t xml:space="preserve">{words}</t></is></c>'
