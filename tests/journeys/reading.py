"""What axe-core and a narrow window find wrong with a page."""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from playwright.sync_api import Page

from tests.journeys.windows import HEIGHTS, PHONE

NARROWEST = 320
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
CONTRAST = ("color-contrast",)
RUN = """
async ([type, values]) => {
  const found = await axe.run(document, { runOnly: { type, values }, resultTypes: ["violations"] });
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary}`));
}
"""
# What reaches over the right edge, without what scrolls inside its own box.
TOO_WIDE = """
() => {
  const width = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > width + 1)
    .map((one) => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 40)}`)
    .slice(-3);
}
"""


@cache
def axe() -> str:
    """Return the source of axe-core."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, *, rules: Iterable[str] = (), tags: Iterable[str] = ()) -> list[str]:
    """Return what axe-core finds: by these rules, or by all rules with these tags."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe())
    asked = ["rule", [*rules]] if rules else ["tag", [*tags]]
    found: list[str] = page.evaluate(RUN, asked)
    return found


def too_wide(page: Page, width: int) -> Sequence[str]:
    """Return what makes a page scroll sideways in a window this wide."""
    page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, HEIGHTS[PHONE])})
    found: list[str] = page.evaluate(TOO_WIDE)
    return [f"{width} px: {one}" for one in found]
