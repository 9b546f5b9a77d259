"""The desk's camera reads a label from our own printed sheet; without one it says what to do."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.journeys.house import House
from tests.journeys.windows import PHONE, Windows

pytestmark = pytest.mark.browser

WIDTH, HEIGHT, FRAMES = 640, 480, 8
LABEL_MM, DOTS_PER_MM = (70, 37), 6


def filmed(pdf: bytes, folder: Path) -> Path:
    """Film the first label of a sheet as a camera above it would see it: turned and small."""
    command = ("pdftoppm", "-r", str(round(DOTS_PER_MM * 25.4)), "-png", "-", str(folder / "sheet"))
    subprocess.run(command, input=pdf, check=True)
    sheet = Image.open(next(iter(sorted(folder.glob("sheet*.png"))))).convert("RGB")
    label = sheet.crop((0, 0, LABEL_MM[0] * DOTS_PER_MM, LABEL_MM[1] * DOTS_PER_MM))
    table = Image.new("RGB", (WIDTH, HEIGHT), "#6b6b6b")
    seen = label.rotate(9, expand=True, fillcolor="#6b6b6b")
    # The symbol is at the label's left end: it lies under the middle of the camera.
    table.paste(seen, (WIDTH // 2 - 120, HEIGHT // 2 - seen.height // 2))
    film = folder / "label.y4m"
    luma, *chroma = table.convert("YCbCr").split()
    halves = [one.resize((WIDTH // 2, HEIGHT // 2)).tobytes() for one in chroma]
    frame = b"FRAME\n" + luma.tobytes() + b"".join(halves)
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode()
    film.write_bytes(head + frame * FRAMES)
    return film


@pytest.fixture
def sign(house: House) -> str:
    """Return the code of a thing that is lent now."""
    item = house.make.item(house.kind("Kameran sukset", things=0))
    house.make.loan(item, house.day(3))
    return house.make.sign(item)


@pytest.fixture
def filming(house: House, windows: Windows, sign: str, tmp_path: Path) -> Iterator[Browser]:
    """Return a browser whose camera sees the label of that thing, from our own sheet."""
    page = windows.open(cookie=house.cookie_of("counter"))
    printed = page.request.get(f"/tarrat.pdf?tavara={sign}")
    film = filmed(printed.body(), tmp_path)
    camera = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    browser = page.context.browser
    assert browser is not None
    other = browser.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, *camera])
    yield other
    other.close()


def test_the_camera_reads_a_label_of_ours_and_ends_the_loan(
    house: House, filming: Browser, sign: str
) -> None:
    windows = Windows(filming, house.address)
    page = windows.open(width=PHONE, cookie=house.cookie_of("counter"))
    page.goto("/tiski")
    page.get_by_role("button", name="Lue kameralla").click()
    expect(page.locator("#result .it .code")).to_have_text(sign)
    expect(page.locator("#result")).to_have_attribute("data-tone", "ok")
    assert house.count_open_loans("Kameran sukset") == 0
    page.locator('button[name=condition][value="ok"]').click()
    expect(page.locator('button[value="ok"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#camera video")).to_be_visible()  # one tap, and it still looks
    page.get_by_role("button", name="Sulje kamera").click()
    expect(page.get_by_role("button", name="Lue kameralla")).to_be_visible()
    windows.close()


def test_a_device_without_a_camera_is_told_to_type(house: House, windows: Windows) -> None:
    page = windows.open(width=PHONE, cookie=house.cookie_of("counter"))
    page.goto("/tiski")
    page.get_by_role("button", name="Lue kameralla").click()
    expect(page.locator("#camera [role=alert]")).to_contain_text("Kirjoita")
    expect(page.get_by_role("button", name="Lue kameralla")).to_be_visible()


def test_the_decoder_is_loaded_only_when_the_camera_is_asked_for(
    house: House, windows: Windows
) -> None:
    page = windows.open(cookie=house.cookie_of("counter"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/tiski")
    page.wait_for_timeout(500)
    assert not [url for url in asked if "zxing" in url or "camera" in url]
