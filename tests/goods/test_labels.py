import io
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from pypdf import PdfReader

from lainaamo.core.errors import Refusal
from lainaamo.goods import codes
from lainaamo.goods.labels import Label, qr_svg_path
from lainaamo.goods.labels import sheet_pdf as pdf_of
from lainaamo.goods.papers import SHEETS, Sheet

PUBLIC_URL = "https://lainaamo.kunta.example"
SHEET = SHEETS["70x37"]
DPI = 150
LONG = "Rinnakkain poljettava kolmipyöräinen sähköavusteinen tandempyörä kahdelle hengelle"


def a_label(number: int, name: str = "Hiihtosauvat, säädettävät") -> Label:
    signs = f"{number:04d}".translate(str.maketrans("0189", "ABCD"))
    return Label(signs + codes.check_sign(signs), name, "140 cm", "Hylly Å-12")


def sheet_pdf(labels: list[Label], *, sheet: Sheet = SHEET, start_at: int = 1) -> bytes:
    return pdf_of(labels, sheet=sheet, public_url=PUBLIC_URL, start_at=start_at)


def printed(pdf: bytes, folder: Path) -> list[Image.Image]:
    """Return the pages as a printer of 150 dots an inch would show them."""
    command = ["pdftoppm", "-r", str(DPI), "-gray", "-png", "-", str(folder / "page")]
    subprocess.run(command, input=pdf, check=True, timeout=60)
    return [Image.open(file).convert("L") for file in sorted(folder.glob("page*.png"))]


def read_from(page: Image.Image) -> list[str]:
    """Return what the symbols of a page say, from the upper left to the lower right."""
    found = zxingcpp.read_barcodes(page)
    ordered = sorted(
        found, key=lambda symbol: (symbol.position.top_left.y // 100, symbol.position.top_left.x)
    )
    return [symbol.text for symbol in ordered]


def url_of(label: Label) -> str:
    return codes.label_url(PUBLIC_URL, label.code)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_every_symbol_of_a_full_sheet_is_read(sheet: Sheet, tmp_path: Path) -> None:
    labels = [a_label(number) for number in range(sheet.per_page)]
    (page,) = printed(sheet_pdf(labels, sheet=sheet), tmp_path)
    assert read_from(page) == [url_of(label) for label in labels]


def test_a_sheet_begun_is_used_up_from_label_seven_on(tmp_path: Path) -> None:
    labels = [a_label(number) for number in range(24)]
    first, second = printed(sheet_pdf(labels, start_at=7), tmp_path)
    assert read_from(first) == [url_of(label) for label in labels[:18]]
    assert read_from(second) == [url_of(label) for label in labels[18:]]
    two_rows = round((SHEET.margin_top_mm + 2 * SHEET.pitch_y_mm) / 25.4 * DPI)
    assert first.crop((0, 0, first.width, two_rows)).getextrema() == (255, 255)


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
@pytest.mark.parametrize("name", [LONG, "W" * 300, "Å" * 40 + " " + "W" * 40, "x"])
def test_nothing_is_printed_over_a_label_s_edge_or_where_printers_do_not_reach(
    sheet: Sheet, name: str, tmp_path: Path
) -> None:
    labels = [Label(a_label(number).code, name, name, name) for number in range(sheet.per_page)]
    (page,) = printed(sheet_pdf(labels, sheet=sheet), tmp_path)
    drawing = ImageDraw.Draw(page)
    edge = sheet.white_edge_mm - 0.3
    for number in range(sheet.per_page):
        left, top = sheet.corner_mm(number)
        inside = (
            max(left + 1, edge),
            max(top + 1, edge),
            min(left + sheet.width_mm - 1, sheet.page_width_mm - edge),
            min(top + sheet.height_mm - 1, sheet.page_height_mm - edge),
        )
        drawing.rectangle([round(edge / 25.4 * DPI) for edge in inside], fill=255)
    assert page.getextrema() == (255, 255)


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_the_labels_of_a_sheet_stay_on_the_paper_and_apart(sheet: Sheet) -> None:
    left, top = sheet.corner_mm(sheet.per_page - 1)
    assert left + sheet.width_mm <= sheet.page_width_mm
    assert top + sheet.height_mm <= sheet.page_height_mm
    assert sheet.is_roll or sheet.pitch_x_mm >= sheet.width_mm
    assert sheet.is_roll or sheet.pitch_y_mm >= sheet.height_mm
    # Sheets are cut in the middle of the paper.
    assert left + sheet.width_mm + sheet.margin_left_mm == pytest.approx(
        sheet.page_width_mm, abs=0.1
    )
    assert top + sheet.height_mm + sheet.margin_top_mm == pytest.approx(
        sheet.page_height_mm, abs=0.1
    )


def test_a_label_says_code_name_size_and_shelf_in_finnish_letters() -> None:
    label = a_label(1)
    text = text_of(sheet_pdf([label]))
    for words in (label.code, "Hiihtosauvat,", "säädettävät", "140 cm", "Hylly Å-12"):
        assert words in text


def test_a_long_shelf_is_written_smaller_before_it_is_shortened() -> None:
    label = Label("K7M4P", "Sukset", "140 cm", "Iso halli, taso 2, hylly 14")
    assert "Iso halli, taso 2, hylly 14" in text_of(sheet_pdf([label]))


def test_a_long_name_is_shortened_and_says_so() -> None:
    text = text_of(sheet_pdf([a_label(1, LONG)]))
    assert "Rinnakkain" in text
    assert "…" in text
    assert "kahdelle hengelle" not in text


@pytest.mark.parametrize(
    ("name", "printed_as"),
    [
        ("Čáhcesávjá", "Cáhcesávjá"),
        ("boŋŋot ja đ", "bonnot ja d"),
        ("a\u0308iti", "äiti"),
        ("šakki 5 €", "šakki 5 €"),
        ("pallo 🏀", "pallo ?"),
    ],
)
def test_letters_that_the_font_lacks_are_printed_as_the_nearest(name: str, printed_as: str) -> None:
    assert printed_as in text_of(sheet_pdf([a_label(1, name)]))


def test_a_name_in_another_script_leaves_the_code_alone() -> None:
    label = a_label(1, "Лижі для дітей")
    text = text_of(sheet_pdf([label]))
    assert label.code in text
    assert "?" not in text


@settings(max_examples=40, deadline=None)
@given(st.text(), st.none() | st.text(), st.none() | st.text())
def test_no_name_breaks_the_printing(name: str, size: str | None, place: str | None) -> None:
    assert sheet_pdf([Label("K7M4P", name, size, place)]).startswith(b"%PDF")


def test_the_file_says_its_title_and_language() -> None:
    pdf = pdf_of(
        [a_label(1)], sheet=SHEET, public_url=PUBLIC_URL, title="Tarrat: päävarasto", language="sv"
    )
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.metadata is not None
    assert reader.metadata.title == "Tarrat: päävarasto"
    assert str(reader.root_object["/Lang"]) == "sv"


def test_the_same_labels_make_the_same_file() -> None:
    labels = [a_label(number) for number in range(5)]
    assert sheet_pdf(labels) == sheet_pdf(labels)


@pytest.mark.parametrize("start_at", [0, -1, 25])
def test_a_place_that_the_sheet_has_not_is_refused(start_at: int) -> None:
    with pytest.raises(Refusal) as refusal:
        sheet_pdf([a_label(1)], start_at=start_at)
    assert refusal.value.params == {"number": start_at, "last": 24}


def test_a_sheet_of_nothing_is_refused() -> None:
    with pytest.raises(Refusal, match="no labels"):
        sheet_pdf([])


def test_the_symbol_on_a_page_is_read() -> None:
    text = url_of(a_label(1))
    path, side = qr_svg_path(text)
    picture = Image.new("L", (side * 4, side * 4), 255)
    drawing = ImageDraw.Draw(picture)
    for run in path.removesuffix("z").split("z"):
        corner, length = run.removeprefix("M").split("h")[0], run.split("h")[1].split("v")[0]
        left, top = (int(part) for part in corner.split())
        box = (left * 4, top * 4, (left + int(length)) * 4 - 1, top * 4 + 3)
        drawing.rectangle(box, fill=0)
    assert read_from(picture) == [text]
    assert len(path) < 6000


def test_a_symbol_of_other_signs_is_a_programmer_s_mistake() -> None:
    with pytest.raises(ValueError, match="represented"):
        qr_svg_path("https://lainaamo.fi")
