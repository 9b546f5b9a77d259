"""Lists arrive in whatever form a spreadsheet or an old program gave them."""

import pytest

from lainaamo.core.errors import Refusal
from lainaamo.intake.columns import check_columns, count_known, find_meaning, map_columns
from lainaamo.intake.grid import MOST_BYTES
from lainaamo.intake.sheets import Sheet
from lainaamo.intake.sheets import read as read_sheet

LIST = "nimi;koko;kpl\r\nSukset;”150 cm”;2\r\nPöytä;80 × 160;1\r\n"  # noqa: RUF001 - as people write
ROWS = [(2, ["Sukset", "”150 cm”", "2"]), (3, ["Pöytä", "80 × 160", "1"])]  # noqa: RUF001


def read(content: bytes | str) -> Sheet:
    raw = content.encode() if isinstance(content, str) else content
    return read_sheet(raw, count_known=count_known)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_same_list_is_read_alike_from_every_program(
    encoding: str, line_end: str, delimiter: str
) -> None:
    text = LIST.replace("\r\n", line_end).replace(";", delimiter)
    sheet = read(text.encode(encoding))
    assert sheet.headers == ["nimi", "koko", "kpl"]
    assert list(sheet.rows) == ROWS


def test_excel_may_name_the_delimiter_on_the_first_line() -> None:
    sheet = read("sep=;\r\nnimi;kpl\r\nSukset;2\r\n")
    assert list(sheet.rows) == [(3, ["Sukset", "2"])]


def test_commas_inside_cells_do_not_divide_a_list_of_semicolons() -> None:
    sheet = read("nimi;hinta;huom, muuta, kaikkea, lisää\nTuoli;1 200,00;a, b, c\n")
    assert list(sheet.rows) == [(2, ["Tuoli", "1 200,00", "a, b, c"])]


def test_a_quoted_line_break_stays_in_its_cell_and_lines_are_counted_as_seen() -> None:
    sheet = read('nimi,kpl\n"Sukset,\r\npitkät ""hyvät""",1\n\n ,\nSauvat,2\n')
    assert list(sheet.rows) == [(2, ['Sukset, pitkät "hyvät"', "1"]), (6, ["Sauvat", "2"])]


def test_a_list_of_names_alone_is_a_list() -> None:
    assert list(read("nimi\nSukset\nSauvat").rows) == [(2, ["Sukset"]), (3, ["Sauvat"])]


def test_a_short_row_has_empty_cells() -> None:
    assert list(read("nimi;koko;kpl\nSukset\n").rows) == [(2, ["Sukset", "", ""])]


def test_a_formula_is_text_like_any_other() -> None:
    sheet = read('nimi;koko\n"=HYPERLINK(""http://x"")";+1\n')
    assert list(sheet.rows) == [(2, ['=HYPERLINK("http://x")', "+1"])]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('nimi;kpl\nSukset;1\n"Sauvat;1\nMonot;1\n', 3),
        ('nimi;kpl\n"kaksi\nriviä";1\n"Sauvat', 4),
        ('nimi;kpl\n"Sukset" pitkät;1\n', 2),
    ],
)
def test_half_a_file_is_refused_and_the_line_is_named(text: str, line: int) -> None:
    with pytest.raises(Refusal) as refused:
        read(text)
    assert refused.value.code == "half_a_file"
    assert refused.value.params == {"line": line}


def test_a_file_cut_inside_a_letter_is_half_a_file() -> None:
    with pytest.raises(Refusal) as refused:
        read("nimi\nPöytä".encode()[:-1])
    assert refused.value.code == "half_a_file"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf\r\n;;\r\n", "empty_file"),
        (b"PK\x03\x04 and what follows", "half_a_file"),
        (b"nimi\nSuk\x00set", "no_list"),
        (b"nimi\n" + b"a" * MOST_BYTES, "too_big"),
    ],
)
def test_what_is_no_list_is_refused_in_words(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(content)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("name_fi", "name"),
        ("Tavara", "name"),
        ("NIMIKE", "name"),
        ("Benämning", "name"),
        ("category_fi", "category"),
        ("Luokka", "category"),
        ("size_or_variant", "size"),
        ("Koko / malli", None),
        ("Määrä (kpl)", "count"),
        ("antal", "count"),
        ("Hinta €", "price"),
        ("lender", "owner"),
        ("Omistaja", "owner"),
        ("Koodi", "code"),
        ("Skick", "condition"),
        ("Hylly", "place"),
        ("source_url", None),
        ("", None),
    ],
)
def test_a_header_is_known_in_three_languages(header: str, meaning: str | None) -> None:
    assert find_meaning(header) == meaning


def test_of_two_columns_of_names_the_first_is_read() -> None:
    assert map_columns(["kpl", "nimi", "", "namn"]) == {"count": 0, "name": 1}


def test_a_list_that_names_no_column_of_names_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        check_columns({"count": 0})
    assert refused.value.code == "no_names"
