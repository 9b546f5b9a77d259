"""Draw the icons for home screens from static/icon.svg, and the shipped themes' from their logos.

Run it when a drawing has changed.
"""

from pathlib import Path

from playwright.sync_api import Page, sync_playwright

STATIC = Path(__file__).parent.parent / "static"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"]
# A maskable icon is cut to any shape: its drawing keeps to the middle, its ground fills all.
ICONS = (("icon-192", 192, False), ("icon-512", 512, False), ("icon-maskable-512", 512, True))
TOUCH = ("apple-touch-icon", 180, True)
SAFE, THEMES = 0.78, 512


def main() -> None:
    """Write every icon."""
    (STATIC / "icons").mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        for name, size, fills in (*ICONS, TOUCH):
            draw(page, STATIC / "icon.svg", STATIC / "icons" / f"{name}.png", size, fills=fills)
        for logo in STATIC.glob("themes/*/logo.svg"):
            draw(page, logo, logo.with_name("icon.png"), THEMES, fills=False)
        browser.close()


def draw(page: Page, source: Path, target: Path, size: int, *, fills: bool) -> None:
    """Draw one icon; one that fills has its ground from edge to edge."""
    drawing = source.read_text(encoding="utf-8")
    inner = round(size * SAFE) if fills else size
    ground = drawing.partition('fill="')[2].partition('"')[0] if fills else "transparent"
    page.set_viewport_size({"width": size, "height": size})
    page.set_content(
        f"<style>body {{ margin: 0; display: grid; place-items: center; height: 100vh; "
        f"background: {ground} }} svg {{ width: {inner}px }}</style>{drawing}"
    )
    page.screenshot(path=target, omit_background=not fills)


if __name__ == "__main__":
    main()
