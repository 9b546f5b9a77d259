import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageOps
from pypdf import PdfReader

from lainaamo.core.errors import Refusal
from lainaamo.goods import codes
from lainaamo.goods.labels import Label, qr_svg_path, trial_pdf
from lainaamo.goods.labels import sheet_pdf as pdf_of
from lainaamo.goods.papers import SHEETS, Sheet, Shift
from tests.paper import DPI, printed, read_from, text_of

PUBLIC_URL = "https://lainaamo.kunta.example"
SHEET = SHEETS["70x37"]
LONG = "Rinnakkain poljettava kolmipyöräinen sähköavusteinen tandempyörä kahdelle hengelle"


def a_label(number: int, name: str = "Hiihtosauvat, säädettävät") -> Label:
    signs = f"{number:04d}".translate(str.maketrans("0189", "ABCD"))
    return Label(signs + codes.check_sign(signs), name, "140 cm", "Hylly Å-12")


def sheet_pdf(labels: list[Label], *, sheet: Sheet = SHEET, start_at: int = 1) -> bytes:
    return pdf_of(labels, sheet=sheet, public_url=PUBLIC_URL, start_at=start_at)


def url_of(label: Label) -> str:
    return codes.label_url(PUBLIC_URL, label.code)


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
        ("Čáhcesávjá", "Čáhcesávjá"),
        ("boŋŋot ja đ", "boŋŋot ja đ"),
        ("Лижі, ґанок", "Лижі, ґанок"),
        ("Лыжи детские", "Лыжи детские"),
        ("Σκι παιδικά", "Σκι παιδικά"),
        ("Қолшана", "Қолшана"),
        ("თხილამურები", "თხილამურები"),
        ("Сани 雪", "Сани ?"),
        ("a\u0308iti", "äiti"),
        ("šakki 5 €", "šakki 5 €"),
        ("pallo 🏀", "pallo ?"),
    ],
)
def test_names_are_printed_in_their_own_letters_where_there_are_any(
    name: str, printed_as: str
) -> None:
    assert printed_as in text_of(sheet_pdf([a_label(1, name)]))


@pytest.mark.parametrize("name", ["زلاجات الأطفال", "儿童滑雪板", "สกี", "🎿🎿"])
def test_a_name_there_are_no_letters_for_gives_its_line_to_the_category(name: str) -> None:
    label = replace(a_label(1, name), instead="Sukset")
    text = text_of(sheet_pdf([label]))
    assert label.code in text
    assert "Sukset" in text
    assert "?" not in text


def test_a_name_in_other_letters_is_read_from_the_paper(tmp_path: Path) -> None:
    """Only the letters used go into the file, and a page drawn from it has them."""
    plain, other = sheet_pdf([a_label(1, "Sukset")]), sheet_pdf([a_label(1, "Лижі дитячі")])
    assert len(other) - len(plain) < 30_000
    fonts = PdfReader(io.BytesIO(other)).pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    assert any("DejaVu" in str(fonts[one].get_object()["/BaseFont"]) for one in fonts)
    (page,) = printed(other, tmp_path)
    (bare,) = printed(sheet_pdf([a_label(1, "🎿")]), tmp_path)
    assert sum(page.histogram()[:128]) > sum(bare.histogram()[:128])


def test_the_same_name_in_other_letters_makes_the_same_file() -> None:
    assert sheet_pdf([a_label(1, "Лижі")]) == sheet_pdf([a_label(1, "Лижі")])


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


@pytest.mark.parametrize(("sort", "largest"), [("shelf", "A-12"), ("command", "RIKKI")])
def test_what_is_read_across_the_table_is_the_largest(sort: str, largest: str) -> None:
    label = Label(a_label(1).code, largest, place="Iso halli", sort=sort)
    sizes = sizes_of(sheet_pdf([label]))
    assert sizes[largest] == max(sizes.values())
    assert sizes[largest] >= 20


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_the_code_of_a_thing_is_read_at_arm_s_length(sheet: Sheet) -> None:
    label = Label(a_label(1).code, LONG, "140 cm", "Hylly Å-12")
    sizes = sizes_of(sheet_pdf([label], sheet=sheet))
    # Capitals of 4 mm: a two hundredth of 80 cm, as signs are measured (DIN 1450).
    assert sizes[label.code] * 0.72 / 72 * 25.4 >= 3.5
    assert min(sizes.values()) >= 7


def sizes_of(pdf: bytes) -> dict[str, float]:
    """Return how large each text is drawn, in points."""
    sizes: dict[str, float] = {}

    def see(text: str, _cm: object, _tm: object, _font: object, size: float) -> None:
        if text.strip():
            sizes[text.strip()] = size

    PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=see)
    return sizes


def test_a_badge_says_what_it_is_told_not_an_address(tmp_path: Path) -> None:
    label = Label("", "Aino", "12", "Lainaamo", sort="person", symbol="TYO-ABCDEFGHIJKLMNOP")
    (page,) = printed(sheet_pdf([label]), tmp_path)
    assert read_from(page) == ["TYO-ABCDEFGHIJKLMNOP"]


def test_a_printer_that_prints_aside_is_mended(tmp_path: Path) -> None:
    labels = [a_label(number) for number in range(30)]
    shift = Shift(right_mm=5, down_mm=-2)
    straight, moved = (
        printed(pdf_of(labels, sheet=SHEET, public_url=PUBLIC_URL, shift=one), tmp_path)
        for one in (Shift(), shift)
    )
    for before, after in zip(straight, moved, strict=True):
        left, top, _right, _bottom = ImageOps.invert(before).getbbox() or (0, 0, 0, 0)
        to_left, to_top, _right, _bottom = ImageOps.invert(after).getbbox() or (0, 0, 0, 0)
        assert to_left - left == pytest.approx(5 / 25.4 * DPI, abs=1.5)
        assert to_top - top == pytest.approx(-2 / 25.4 * DPI, abs=1.5)


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_the_trial_page_outlines_every_label(sheet: Sheet, tmp_path: Path) -> None:
    pdf = trial_pdf(sheet, says="Kohdistussivu\nTulosta tavalliselle paperille.")
    (page,) = printed(pdf, tmp_path)
    for number in range(sheet.per_page):
        left, top = sheet.corner_mm(number)
        across = left + sheet.width_mm - 0.4 if sheet.is_roll else left + sheet.width_mm
        at = min(round(across / 25.4 * DPI), page.width - 1)
        down = round((top + sheet.height_mm * 0.75) / 25.4 * DPI)
        around = page.crop((max(at - 3, 0), down, min(at + 4, page.width), down + 1))
        assert min(around.tobytes()) < 200, f"label {number + 1} has no edge"
    assert "Kohdistussivu" in text_of(pdf) or sheet.is_roll
