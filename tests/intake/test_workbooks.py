"""Workbooks of Excel, LibreOffice and other programs are read, good ones and hostile ones."""

import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from lainaamo.core.errors import Refusal
from lainaamo.intake import archive, grid
from lainaamo.intake.columns import count_known
from lainaamo.intake.grid import MOST_COLUMNS, MOST_ROWS
from lainaamo.intake.sheets import Sheet, read
from tests import books

FILES = Path(__file__).parent / "files"
DAYS = '<numFmts><numFmt numFmtId="164" formatCode="d.m.yyyy"/></numFmts>'
STYLES = f'{DAYS}<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs>'


def sheet_of(content: bytes) -> Sheet:
    return read(content, count_known=count_known)


def cells_of(*cells: str, **more: str) -> list[str]:
    """Return how the cells of one row are read, written as XLSX has them."""
    first = '<row r="1"><c t="str"><v>nimi</v></c></row>'
    both = f'<sheetData>{first}<row r="2">{"".join(cells)}</row></sheetData>'
    return list(sheet_of(books.xlsx(both, **more)).rows[0][1])  # type: ignore[arg-type]


NOTE = "<office:annotation><text:p>huom</text:p></office:annotation>"


def ods_words(words: str, given: str = "") -> str:
    return f"<table:table-cell{given}>{words}</table:table-cell>"


def ods_cells_of(*cells: str) -> list[str]:
    rows = books.ods_rows("nimi") + f"<table:table-row>{''.join(cells)}</table:table-row>"
    return list(sheet_of(books.ods(rows)).rows[0][1])


@pytest.mark.parametrize("name", ["openpyxl.xlsx", "xlsxwriter.xlsx", "odfpy.ods"])
def test_the_same_list_is_read_alike_from_every_program(name: str) -> None:
    sheet = sheet_of((FILES / name).read_bytes())
    assert sheet.headers[:6] == ["Nimike", "Luokka", "Koko", "Kpl", "Hinta €", "Hankittu"]
    assert [list(cells[:6]) for _line, cells in sheet.rows] == [
        ["Murtomaasukset", "hiihto", "150 cm", "2", "199,9", "2.3.2026"],
        ["Työpöytä ”Ääkkönen”", "kalusteet", "", "1", "0,3", "31.12.2020"],
        ["=SUM(1;2)", "sekalaiset", "+1", "3", "12", "1.1.2021"],
    ]


def test_lines_are_counted_as_the_spreadsheet_shows_them() -> None:
    sheet = sheet_of((FILES / "openpyxl.xlsx").read_bytes())
    assert [line for line, _cells in sheet.rows] == [4, 5, 6]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<c><v>3</v></c>", "3"),
        ("<c><v>3.0</v></c>", "3"),
        ("<c><v>0.30000000000000004</v></c>", "0,3"),
        ("<c><v>1.5E3</v></c>", "1500"),
        ("<c><v>-2</v></c>", "-2"),
        ("<c><v>1E400</v></c>", "1E400"),
        ("<c><v>NaN</v></c>", "NaN"),
        ('<c t="b"><v>1</v></c>', "TOSI"),
        ('<c t="e"><v>#REF!</v></c>', ""),
        ('<c t="str"><f>A1&amp;"x"</f><v>nimix</v></c>', "nimix"),
        ("<c><f>SUM(A1:A2)</f><v>7</v></c>", "7"),
        ("<c><f>SUM(A1:A2)</f></c>", ""),
        ('<c s="1"><v>46083</v></c>', "2.3.2026"),
        ('<c s="2"><v>46083.5</v></c>', "2.3.2026 12.00"),
        ('<c s="1"><v>0.75</v></c>', "18.00"),
        ('<c s="1"><v>-1</v></c>', "-1"),
        ('<c s="1"><v>1E300</v></c>', "1E300"),
        ('<c t="d"><v>2026-03-02</v></c>', "2.3.2026"),
        ('<c t="inlineStr"><is><t>Suk</t><r><t>set</t></r></is></c>', "Sukset"),
        ('<c t="s"><v>0</v></c>', "Sukset"),
        ('<c t="s"><v>99</v></c>', ""),
        ('<c t="s"><v>-1</v></c>', ""),
        ('<c t="s"><v>²</v></c>', ""),
        ('<c t="s"><v>1</v></c>', "kaksi riviä"),
        ('<c t="s"><v>2</v></c>', "東京"),
        ('<c t="unheard-of"><v>x</v></c>', "x"),
    ],
)
def test_a_cell_is_read_as_its_spreadsheet_shows_it(cell: str, text: str) -> None:
    shared = (
        "<si><r><t>Suk</t></r><r><t>set</t></r></si>"
        "<si><t>kaksi_x000D_\nriviä_x0000_</t></si>"
        "<si><t>東京</t><rPh><t>トウキョウ</t></rPh></si>"
    )
    first = '<c t="str"><v>a</v></c>'
    got = cells_of(first, cell, first, shared=shared, styles=STYLES)
    assert got == ["a", text, "a"]


def test_days_may_be_counted_from_1904() -> None:
    got = cells_of('<c s="1"><v>44621</v></c>', styles=STYLES, book='<workbookPr date1904="1"/>')
    assert got == ["2.3.2026"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (books.ods_cell("0,3", value_type="float", value="0.30000000000000004"), "0,3"),
        (books.ods_cell("25,00 €", value_type="currency", value="25"), "25"),
        (books.ods_cell("2.3.", value_type="date", date_value="2026-03-02"), "2.3.2026"),
        (books.ods_cell("TOSI", value_type="boolean", boolean_value="true"), "TOSI"),
        (ods_words("<text:p>kaksi</text:p><text:p>riviä</text:p>"), "kaksi riviä"),
        (ods_words('<text:p>a<text:s text:c="3"/>b<text:line-break/>c</text:p>'), "a b c"),
        (ods_words(f"{NOTE}<text:p>a</text:p>"), "a"),
        (ods_words("<text:p>#DIV/0!</text:p>", ' table:formula="of:=1/0"'), ""),
    ],
)
def test_an_opendocument_cell_is_read_as_its_spreadsheet_shows_it(cell: str, text: str) -> None:
    first = "<table:table-cell><text:p>a</text:p></table:table-cell>"
    assert ods_cells_of(first, cell, first) == ["a", text, "a"]


def test_repeated_cells_and_rows_are_as_many_as_they_are() -> None:
    rows = books.ods_rows("nimi;koko;kpl;hinta") + (
        '<table:table-row table:number-rows-repeated="2"><table:table-cell><text:p>a</text:p>'
        '</table:table-cell><table:table-cell table:number-columns-repeated="2"><text:p>b</text:p>'
        "</table:table-cell></table:table-row>"
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    assert sheet_of(books.ods(rows)).rows == [(2, ["a", "b", "b", ""]), (3, ["a", "b", "b", ""])]


def test_the_sheet_whose_headers_are_known_is_read() -> None:
    guide, goods = books.rows("Ohje", "Täytä taulukko"), books.rows("nimi;kpl", "Sukset;2")
    assert sheet_of(books.xlsx(guide, goods)).headers == ["nimi", "kpl"]
    tables = (books.ods_rows("Ohje"), books.ods_rows("nimi;kpl", "Sukset;2"))
    assert sheet_of(books.ods(*tables)).headers == ["nimi", "kpl"]


def test_a_sheet_nobody_sees_is_not_read() -> None:
    seen, hidden = books.rows("nimi", "Sukset"), books.rows("nimi;kpl;hinta", "Salaisuus;1;2")
    book = books.xlsx(hidden, seen, states=("hidden", "visible"))
    assert sheet_of(book).rows == [(2, ["Sukset"])]
    style = (
        '<style:style style:name="t1"><style:table-properties table:display="false"/></style:style>'
    )
    rows = books.ods_rows("nimi;kpl", "Salaisuus;1")
    out = f'<table:table table:style-name="t1">{rows}</table:table>'
    assert sheet_of(books.ods(out, books.ods_rows("nimi", "Sukset"), styles=style)).rows == [
        (2, ["Sukset"])
    ]


def test_headers_may_stand_under_a_title() -> None:
    sheet = sheet_of(books.xlsx(books.rows("Välineet 2026", "", "nimi;kpl", "Sukset;2")))
    assert sheet.headers == ["nimi", "kpl"]
    assert sheet.rows == [(4, ["Sukset", "2"])]


def test_what_is_merged_over_rows_stands_on_each_of_them() -> None:
    merged = '<mergeCells><mergeCell ref="A2:A3"/><mergeCell ref="A1:B1"/></mergeCells>'
    sheet = books.rows("luokka;nimi", "hiihto;Sukset", ";Sauvat", ";Muu") + merged
    assert [cells for _n, cells in sheet_of(books.xlsx(sheet)).rows] == [
        ["hiihto", "Sukset"],
        ["hiihto", "Sauvat"],
        ["", "Muu"],
    ]
    spanned = (
        books.ods_rows("luokka;nimi")
        + '<table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>hiihto</text:p>'
        "</table:table-cell><table:table-cell><text:p>Sukset</text:p></table:table-cell></table:table-row>"
        "<table:table-row><table:covered-table-cell/><table:table-cell><text:p>Sauvat</text:p>"
        "</table:table-cell></table:table-row>"
    )
    assert [cells for _n, cells in sheet_of(books.ods(spanned)).rows] == [
        ["hiihto", "Sukset"],
        ["hiihto", "Sauvat"],
    ]


def test_a_file_of_another_name_is_known_by_its_content() -> None:
    parts = {
        "[content_types].xml": "<Types/>",
        "_rels\\.rels": books._links("officeDocument /XL/book.xml"),  # noqa: SLF001 - a hand-made one
        "xl\\book.xml": f'<x:workbook xmlns:x="{books.MAIN}" xmlns:q="{books.KINDS}"><x:sheets>'
        '<x:sheet name="a" q:id="rId1"/></x:sheets></x:workbook>',
        "xl\\_rels\\book.xml.rels": books._links("worksheet s.xml"),  # noqa: SLF001
        "xl\\S.xml": f'<x:worksheet xmlns:x="{books.MAIN}"><x:sheetData><x:row><x:c t="str">'
        "<x:v>nimi</x:v></x:c></x:row></x:sheetData></x:worksheet>",
    }
    assert sheet_of(books.zipped(parts)).headers == ["nimi"]


def cut(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


def torn(content: bytes) -> bytes:
    """Spoil one packed byte in the middle of the longest part."""
    whole = bytearray(content)
    with zipfile.ZipFile(BytesIO(content)) as opened:
        part = max(opened.filelist, key=lambda one: one.compress_size)
    at = part.header_offset + 30 + len(part.filename) + part.compress_size // 2
    whole[at : at + 8] = b"\xff" * 8
    return bytes(whole)


GOOD = books.xlsx(books.rows("nimi;kpl", *(f"Sukset {n};{n}" for n in range(2000))))
LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;&lol;&lol;">'
    '<!ENTITY lol2 "&lol1;&lol1;&lol1;&lol1;">]>'
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
UNHEARD = '<?xml version="1.0" encoding="UTF-y"?><x/>'
MANY_BYTES = '<?xml version="1.0" encoding="shift-jis"?><x/>'
LOCKED = "<manifest><file-entry><encryption-data/></file-entry></manifest>"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (cut(GOOD), "half_a_file"),
        (torn(GOOD), "half_a_file"),
        (GOOD[:100], "half_a_file"),
        (b"PK\x05\x06" + bytes(18), "no_list"),
        (books.zipped({"a.txt": "nimi"}), "no_list"),
        (books.zipped({"[Content_Types].xml": "<Types/>"}), "half_a_file"),
        (books.zipped({"content.xml": "<office:text xmlns:office='o'/>"}), "half_a_file"),
        (books.xlsx(books.rows("nimi"), more={"xl/workbook.xml": "<workbook"}), "half_a_file"),
        (books.xlsx(""), "empty_file"),
        (books.xlsx(), "empty_file"),
        (books.ods(""), "empty_file"),
        (books.ods(books.ods_rows("nimi"), manifest=LOCKED), "locked"),
        (b"%PDF-1.4\n1 0 obj", "no_list"),
        (b"{\\rtf1 nimi}", "no_list"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_excel"),
        (b"<html><table><tr><td>nimi</td></tr></table>", "no_list"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "no_list"),
        (books.xlsx("", more={"_rels/.rels": LAUGHS + "<x>&lol2;</x>"}), "half_a_file"),
        (books.zipped({"content.xml": OUTSIDE + "<x>&e;</x>"}), "half_a_file"),
        (books.zipped({"content.xml": UNHEARD}), "half_a_file"),
        (books.zipped({"content.xml": MANY_BYTES}), "half_a_file"),
    ],
    ids=books.named,
)
def test_what_is_broken_locked_or_something_else_is_refused_in_words(
    content: bytes, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        sheet_of(content)
    assert refused.value.code == code


def _row(line: int, column: str, text: str = "x") -> str:
    return f'<row r="{line}"><c r="{column}{line}" t="str"><v>{text}</v></c></row>'


def far_corner() -> bytes:
    """Two cells, and all of a sheet between them."""
    return books.xlsx(f"<sheetData>{_row(1, 'A', 'nimi')}{_row(1_048_576, 'XFD')}</sheetData>")


def long_words() -> bytes:
    """One text of a megabyte that thirty thousand cells share."""
    cells = '<row><c t="s"><v>0</v></c></row>' * 30_000
    return books.xlsx(f"<sheetData>{cells}</sheetData>", shared=f"<si><t>{'a' * 10**6}</t></si>")


def much_from_little() -> bytes:
    """A few hundred kilobytes that unpack to more than anybody's list."""
    return books.xlsx("<sheetData>" + " " * (archive.MOST_UNPACKED + 10) + "</sheetData>")


def many_empty_cells() -> bytes:
    return books.xlsx(
        "<sheetData>" + "<row>" + "<c/>" * archive.MOST_ELEMENTS + "</row></sheetData>"
    )


def many_texts() -> bytes:
    return books.xlsx(books.rows("nimi"), shared=f"<si><t>{'a' * (grid.MOST_LETTERS + 1)}</t></si>")


def wide_repeat() -> bytes:
    cell = ods_words("<text:p>a</text:p>", ' table:number-columns-repeated="999999999"')
    row = f'<table:table-row table:number-rows-repeated="999999999">{cell}</table:table-row>'
    return books.ods(row)


def tall_repeat() -> bytes:
    row = f'<table:table-row table:number-rows-repeated="999999999">{books.ods_cell("a")}'
    return books.ods(f"{books.ods_rows('nimi')}{row}</table:table-row>")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (far_corner, "too_many_columns"),
        (long_words, "too_big"),
        (much_from_little, "too_big"),
        (many_texts, "too_big"),
        (wide_repeat, "too_many_columns"),
        (tall_repeat, "too_many_rows"),
        (lambda: b"nimi" + b";a" * MOST_COLUMNS, "too_many_columns"),
        (lambda: b"nimi\n" + b"a\n" * (MOST_ROWS + 1), "too_many_rows"),
    ],
)
def test_a_small_file_that_would_fill_the_machine_is_refused_at_once(
    make: object, code: str
) -> None:
    content: bytes = make()  # type: ignore[operator]
    began = time.monotonic()
    with pytest.raises(Refusal) as refused:
        sheet_of(content)
    assert refused.value.code == code
    assert time.monotonic() - began < 10


def test_more_elements_than_any_list_has_are_not_read_to_their_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archive, "MOST_ELEMENTS", 100_000)
    with pytest.raises(Refusal) as refused:
        sheet_of(many_empty_cells())
    assert refused.value.code == "too_big"


def test_merged_cells_over_the_whole_sheet_many_times_take_no_time() -> None:
    merged = '<mergeCell ref="A1:A1048576"/>' * 50_000
    sheet = books.rows("nimi", *["a"] * 3000) + f"<mergeCells>{merged}</mergeCells>"
    began = time.monotonic()
    assert len(sheet_of(books.xlsx(sheet)).rows) == 3000
    assert time.monotonic() - began < 10


def test_styled_empty_cells_to_the_edge_of_the_sheet_do_no_harm() -> None:
    second = '<row r="2"><c r="A2" t="str"><v>a</v></c><c r="XFD2" s="1"/></row>'
    edge = f"<sheetData>{_row(1, 'A', 'nimi')}{second}</sheetData>"
    assert sheet_of(books.xlsx(edge)).rows == [(2, ["a"])]
