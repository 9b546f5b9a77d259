"""A table is a file that a Finnish spreadsheet opens, and none of its words is ever a formula."""

import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from lainaamo.core.tables import RISKY, Row, write
from lainaamo.intake.columns import count_known
from lainaamo.intake.sheets import Sheet, read

ROWS: list[Row] = [
    ["Sukset", 2, 199.9, date(2026, 3, 2), datetime(2026, 3, 2, 9, 30, tzinfo=UTC), None],
    ['Työ;pöytä "hyvä"\nkaksi riviä', -5, 0, None, None, "ي 😀 <b>&"],
]
HEADERS = ["nimi", "kpl", "hinta", "päivä", "aika", "muu"]
FORMULAS = [
    '=HYPERLINK("http://x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "  =1",
    "\n=1",
]


def whole(kind: str, rows: list[Row], headers: list[str] | None = None) -> bytes:
    return b"".join(write(kind, headers or HEADERS, rows))


def again(content: bytes) -> Sheet:
    return read(content, count_known=count_known)


def test_csv_is_as_a_finnish_excel_writes_it() -> None:
    text = whole("csv", ROWS).decode()
    assert text.startswith("\ufeffnimi;kpl;hinta;päivä;aika;muu\r\n")
    assert text.splitlines()[1] == "Sukset;2;199,9;2.3.2026;2.3.2026 11.30;"
    assert text.endswith('"Työ;pöytä ""hyvä""\nkaksi riviä";-5;0;;;ي 😀 <b>&\r\n')


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_written_is_read_again(kind: str) -> None:
    sheet = again(whole(kind, ROWS))
    assert [list(cells) for _line, cells in sheet.rows] == [
        ["Sukset", "2", "199,9", "2.3.2026", "2.3.2026 11.30", ""],
        ['Työ;pöytä "hyvä" kaksi riviä', "-5", "0", "", "", "ي 😀 <b>&"],
    ]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_in_csv_is_words(formula: str) -> None:
    content = whole("csv", [[formula, 1]], [formula, "kpl"])
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"):
        assert not row[0].lstrip(" ").startswith(RISKY)


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_in_xlsx_is_words(formula: str) -> None:
    sheet = again(whole("xlsx", [[formula, 1]], [formula, "nimi"]))
    assert sheet.headers[0] == sheet.rows[0][1][0] == " ".join(formula.split())


def test_a_formula_made_harmless_is_itself_again_when_it_comes_back() -> None:
    sheet = again(whole("csv", [["-20 % alennus", 1]], ["nimi", "kpl"]))
    assert sheet.rows[0][1] == ["-20 % alennus", "1"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_signs_that_no_file_can_hold_are_left_out(kind: str) -> None:
    sheet = again(whole(kind, [["a\x00b\x0bc\ud800d\uffffe", 1]], ["nimi", "kpl"]))
    assert sheet.rows[0][1][0] == "abcde"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_without_rows_has_its_headers(kind: str) -> None:
    assert again(whole(kind, [])).headers == HEADERS


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_long_table_does_not_fill_the_memory(kind: str) -> None:
    def rows() -> Iterator[Row]:
        for n in range(50_000):
            yield [f"Sukset {n}", n, n / 7, date(2026, 3, 2), "x" * 50]

    tracemalloc.start()
    size = sum(len(some) for some in write(kind, ["a", "b", "c", "d", "e"], rows()))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 400_000
    assert most < 2_000_000
