"""Who borrows for a child is led from any list to what there is for children."""

from lainaamo.catalogue.cards import size_text
from tests.make import Make
from tests.strict import Browser

BANNER = 'class="callout" href="'


def banner(browser: Browser, address: str) -> str | None:
    """Return where the way in for families leads from a list, if there is one."""
    _before, found, rest = browser.get(address).text.partition(BANNER)
    return rest.partition('"')[0].replace("&amp;", "&") if found else None


def test_a_family_finds_what_there_is_for_children(browser: Browser, make: Make) -> None:
    small, large = make.kind("Lasten sukset"), make.kind("Aikuisten sukset")
    make.item(small, attributes={"age_group": "child"})
    make.item(large, attributes={"age_group": "adult"})
    leads_to = banner(browser, "/")
    assert leads_to == "?ika=child"
    page = browser.get(f"/{leads_to}").text
    assert "Lasten sukset" in page
    assert "Aikuisten sukset" not in page


def test_the_way_keeps_the_group_and_the_days(browser: Browser, make: Make) -> None:
    group = make.category("skating")
    make.item(make.kind("Luistimet", category=group), attributes={"age_group": "child"})
    days = "first_day=2026-03-03&last_day=2026-03-06"
    assert banner(browser, f"/?ryhma={group.key}&{days}") == f"?ryhma={group.key}&{days}&ika=child"


def test_among_children_s_things_a_child_s_size_can_be_kept(browser: Browser, make: Make) -> None:
    make.item(make.kind("Lasten sukset"), attributes={"age_group": "child"})
    assert banner(browser, "/?ika=child") == "/omat/lapset"


def test_where_nothing_is_for_children_nothing_is_promised(browser: Browser, make: Make) -> None:
    make.item(make.kind("Sukset"), attributes={"age_group": "adult"})
    assert banner(browser, "/") is None
    assert banner(browser, "/?q=sukset") is None


def test_a_unit_of_measure_is_said_once_and_stays_with_its_number() -> None:
    assert size_text(["90 cm", "100 cm"]) == "90, 100\N{NO-BREAK SPACE}cm"
    assert size_text(["38", "40"]) == "38, 40"
    assert size_text(["Mondo 24,5", "Mondo 26"]) == "Mondo 24,5, Mondo 26"
    assert size_text(["90 cm", "38"]) == "90 cm, 38"
