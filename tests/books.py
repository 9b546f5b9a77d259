"""Workbooks made part by part, as good and as hostile programs make them."""

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OPEN = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a zip of these parts."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return whole.getvalue()


def _links(*kinds_and_paths: str) -> str:
    pairs = [one.split(" ") for one in kinds_and_paths]
    rows = "".join(
        f'<Relationship Id="rId{n}" Type="{KINDS}/{kind}" Target="{path}"/>'
        for n, (kind, path) in enumerate(pairs, 1)
    )
    return f'<Relationships xmlns="{LINKS}">{rows}</Relationships>'


def xlsx(
    *sheets: str,
    shared: str = "",
    styles: str = "",
    states: tuple[str, ...] = (),
    book: str = "",
    more: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """Return a workbook of sheets, each written as what stands between its <worksheet> tags."""
    listed = "".join(
        f'<sheet name="S{n}" sheetId="{n}" r:id="rId{n}"'
        f"{f' state={chr(34)}{states[n - 1]}{chr(34)}' if states else ''}/>"
        for n in range(1, len(sheets) + 1)
    )
    paths = [f"worksheet worksheets/sheet{n}.xml" for n in range(1, len(sheets) + 1)]
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": _links("officeDocument xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{KINDS}">{book}'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _links(
            *paths, "sharedStrings sharedStrings.xml", "styles styles.xml"
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
    }
    for n, sheet in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{n}.xml"] = f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>'
    return zipped({**parts, **(more or {})})


def rows(*texts: str) -> str:
    """Return rows of an XLSX sheet; cells are parted by `;`."""
    written = "".join(
        "<row>"
        + "".join(f'<c t="str"><v>{escape(cell)}</v></c>' for cell in text.split(";"))
        + "</row>"
        for text in texts
    )
    return f"<sheetData>{written}</sheetData>"


def ods(*tables: str, styles: str = "", manifest: str = "<manifest/>") -> bytes:
    """Return an OpenDocument spreadsheet; each table is written as its rows."""
    written = "".join(
        table if table.startswith("<table:table ") else f"<table:table>{table}</table:table>"
        for table in tables
    )
    body = f"<office:body><office:spreadsheet>{written}</office:spreadsheet></office:body>"
    automatic = f"<office:automatic-styles>{styles}</office:automatic-styles>"
    content = f"<office:document-content {OPEN}>{automatic}{body}</office:document-content>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def ods_rows(*texts: str) -> str:
    """Return rows of an ODS table; cells are parted by `;`."""
    return "".join(
        f"<table:table-row>{''.join(ods_cell(cell) for cell in text.split(';'))}</table:table-row>"
        for text in texts
    )


def ods_cell(text: str, **given: str) -> str:
    """Return a cell of an ODS table; `value_type` and the like are its office: attributes."""
    more = "".join(f' office:{key.replace("_", "-")}="{value}"' for key, value in given.items())
    return f"<table:table-cell{more}><text:p>{escape(text)}</text:p></table:table-cell>"


def named(given: object) -> str:
    """Name a case by what is expected: a file's bytes hold the time it was made at."""
    return given if isinstance(given, str) and "\n" not in given else "file"
