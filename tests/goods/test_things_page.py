"""The staff's list of things, and one thing's page with its whole life."""

import re
from datetime import date, timedelta

import pytest

from lainaamo.core import clock
from lainaamo.core.db import transaction
from lainaamo.core.journal import Entry
from lainaamo.core.web import LANGUAGE_COOKIE, Lainaamo
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item
from lainaamo.lending import actions as lending
from tests.conftest import MONDAY, SignedIn
from tests.make import Make
from tests.strict import Browser

TODAY = MONDAY.date()
FRIDAY = TODAY + timedelta(4)


@pytest.fixture
def staff(signed_in: SignedIn) -> Browser:
    """Return the browser of a counter worker who reads English."""
    browser = signed_in("counter")
    browser.set_cookie(LANGUAGE_COOKIE, "en")
    return browser


def text_of(page: str) -> str:
    """Return what is read on a page, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def lent_and_back(app: Lainaamo, make: Make, item: Item, days_ago: int) -> None:
    """Let a loan of three days have happened."""
    with clock.at(MONDAY - timedelta(days_ago)):
        make.loan(item, clock.today() + timedelta(3))
    with (
        clock.at(MONDAY - timedelta(days_ago - 3)),
        app.app_context(),
        transaction(),
    ):
        lending.mark_condition(lending.take_back(goods.get_item(item.id)), "ok")


def names(page: str) -> list[str]:
    return re.findall(r'<th role="rowheader" scope="row"><a [^>]+>([^<]+)<', page)


# One thing


def test_its_whole_life_is_on_one_page(
    app: Lainaamo, staff: Browser, make: Make, signed_in: SignedIn
) -> None:
    worker = signed_in("worker", person_id=make.person("worker", first_name="Onni", number=12).id)
    kind = make.kind("Lasten sukset")
    with clock.at(MONDAY - timedelta(300)):
        item = make.item(kind, giving_unit_id=make.unit("Haminan koulu").id, quantity=1)
    lent_and_back(app, make, item, 20)
    shelf = make.sign(make.place("B12", sign=True))
    sign = make.sign(item)
    worker.post("/tiski/skannaukset", data={"code": sign, "tila": "hyllytys", "hylly": shelf})
    page = text_of(staff.get(f"/tavarat/{sign}").text)
    life = page[page.index("The life of this item") :]
    events = (
        "Put on shelf B12 worker 12 today 11:00",
        "Returned, OK 13 Feb 2026",
        "Lent Due Fri 13 Feb 10 Feb 2026",
        "Got a label",
        "Taken in Haminan koulu 6 May 2025",
    )
    at = [life.find(event) for event in events]
    assert -1 not in at, (life, at)
    assert at == sorted(at)
    assert "Onni" not in page


def test_what_is_coming_stands_on_top_with_a_first_name(staff: Browser, make: Make) -> None:
    kind = make.kind()
    item = make.item(kind, place=make.place())
    eetu = make.person("resident", first_name="Eetu")
    make.reservation(kind, FRIDAY, FRIDAY + timedelta(3), person=eetu)
    page = text_of(staff.get(f"/tavarat/{make.sign(item)}").text)
    assert "Reserved Fri 6 Mar – Mon 9 Mar · Eetu coming up" in page
    assert "Reserved from Fri 6 Mar" in page


def test_many_loans_are_told_in_one_line_and_all_of_them_on_demand(
    app: Lainaamo, staff: Browser, make: Make
) -> None:
    with clock.at(MONDAY - timedelta(400)):
        item = make.item()
    for days_ago in range(200, 40, -20):
        lent_and_back(app, make, item, days_ago)
    url = f"/tavarat/{make.sign(item)}"
    page = text_of(staff.get(url).text)
    assert "Lent 6 times before 3 days on average, last on 22 Nov 2025" in page
    assert page.count("Returned, OK") == 2
    assert page.index("Returned, OK") < page.index("Lent 6 times") < page.index("Taken in")
    assert text_of(staff.get(f"{url}?nayta=lainat").text).count("Returned, OK") == 8


def test_only_the_repairs_are_shown_on_demand(staff: Browser, make: Make) -> None:
    item = make.item(place=make.place())
    make.repair(item, "clean")
    page = text_of(staff.get(f"/tavarat/{make.sign(item)}?nayta=korjaukset").text)
    life = page[page.index("The life of this item") : page.index(" Label ")]
    assert "To be cleaned" in life
    assert "Got a label" not in life


def test_a_long_life_goes_on_on_the_next_page(app: Lainaamo, staff: Browser, make: Make) -> None:
    item = make.item()
    shelves = [make.place("A1", sign=True), make.place("A2", sign=True)]
    for turn in range(60):
        data = {"code": make.sign(item), "tila": "hyllytys", "hylly": make.sign(shelves[turn % 2])}
        staff.post("/tiski/skannaukset", data=data)
    page = staff.get(f"/tavarat/{make.sign(item)}").text
    assert page.count("Put on shelf") == 50
    assert "Taken in</b>" not in page
    following = re.search(r'href="([^"]+ennen=[^"]+)"', page)
    assert following is not None
    rest = staff.get(following[1].replace("&amp;", "&").partition("#")[0]).text
    assert rest.count("Put on shelf") == 10
    assert "Taken in</b>" in rest


def test_coming_home_to_the_same_shelf_is_told_once(staff: Browser, make: Make) -> None:
    shelf, item = make.place("B12"), make.item()
    for days in (3, 2, 1):
        with clock.at(MONDAY - timedelta(days)):
            make.kept(
                Entry(
                    happened_at=clock.now(),
                    actor="system",
                    verb="item.shelved",
                    thing="item",
                    thing_id=item.id,
                    details={"place": shelf.id},
                )
            )
    page = text_of(staff.get(f"/tavarat/{make.sign(item)}").text)
    assert page.count("Put on shelf B12") == 1
    assert "3 times since" in page


def test_what_is_known_of_it_is_listed(staff: Browser, make: Make) -> None:
    category = make.category("skis", attributes=["ski_length", "binding"])
    item = make.item(
        make.kind(category=category, price_new_cents=8000),
        place=make.place("B12"),
        attributes={"binding": "nnn", "ski_length": 120, "colour": "blue"},
        origin_building="Vanha koulu",
        electrical_check_on=date(2025, 5, 1),
        must_go_by=date(2026, 6, 30),
    )
    page = text_of(staff.get(f"/tavarat/{make.sign(item)}").text)
    for fact in (
        "Ski length 120 cm Binding NNN",
        "Home shelf Varasto, B12",
        "Price as new 80,00",
        "From the building Vanha koulu",
        "Electrical check 1 May 2025",
        "Must go by 30 Jun 2026",
    ):
        assert fact in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("lent", "On loan, due Fri 6 Mar"),
        ("late", "Late, was due Wed 25 Feb"),
        ("repair", "In repair"),
        ("resting", "Resting until Tue 3 Mar"),
        ("back", "At the desk, goes to shelf B12"),
        ("shelf", "On the shelf"),
        ("gone", "Recycled as material"),
    ],
)
def test_its_state_is_said_in_words(
    app: Lainaamo, staff: Browser, make: Make, state: str, words: str
) -> None:
    make.terms(turnaround_days=1 if state == "resting" else 0)
    place = make.place("B12", sign=True)
    with clock.at(MONDAY - timedelta(10)):
        left_at = clock.now() if state == "gone" else None
        left_as = "recycled" if state == "gone" else None
        item = make.item(place=place, left_at=left_at, left_as=left_as)
    sign = make.sign(item)
    if state == "late":
        with clock.at(MONDAY - timedelta(9)):
            make.loan(item, TODAY - timedelta(5))
    elif state in {"lent", "back", "resting"}:
        make.loan(item, FRIDAY)
    if state in {"back", "resting"}:
        staff.post("/tiski/skannaukset", data={"code": sign, "tila": "palautus"})
    if state == "resting":
        data = {"code": sign, "tila": "hyllytys", "hylly": make.sign(place)}
        staff.post("/tiski/skannaukset", data=data)
    if state == "repair":
        make.repair(item)
    assert words in staff.get(f"/tavarat/{sign}").text
    if state != "gone":
        assert words in staff.get("/tavarat").text


def test_a_thing_goes_to_the_workshop_and_comes_back(staff: Browser, make: Make) -> None:
    item = make.item(place=make.place())
    url = f"/tavarat/{make.sign(item)}"
    page = staff.post(f"{url}/korjaus", data={"need": "part"}, follow_redirects=True)
    assert "Waits for a part" in page.text
    page = staff.post(f"{url}/korjaus", data={"need": "part"}, follow_redirects=True)
    assert page.status_code == 200
    page = staff.post(f"{url}/korjaus", data={"need": "none"}, follow_redirects=True)
    assert "The part was found" in page.text
    assert make.uses(item) == []


def test_what_is_lent_cannot_go_to_the_workshop(staff: Browser, make: Make) -> None:
    item = make.item(place=make.place())
    make.loan(item, FRIDAY)
    page = staff.post(f"/tavarat/{make.sign(item)}/korjaus", data={"need": "repair"})
    assert page.status_code == 409
    assert "Take it back first" in page.text


def test_it_carries_its_own_code(staff: Browser, make: Make) -> None:
    sign = make.sign(make.item())
    page = staff.get(f"/tavarat/{sign.lower()}").text
    assert f'href="/tarrat?tavara={sign}"' in page
    assert re.search(r'<path d="M4 4h7v1h-7z', page)


def test_who_is_not_staff_sees_no_thing(browser: Browser, signed_in: SignedIn, make: Make) -> None:
    url = f"/tavarat/{make.sign(make.item())}"
    assert browser.get(url).status_code == 303
    assert signed_in("resident").get(url).status_code == 403


# All things


def test_two_hundred_things_take_no_more_queries_than_one(staff: Browser, make: Make) -> None:
    kind, place = make.kind(), make.place()
    for _ in range(200):
        make.item(kind, place=place)
    # The strict browser counts: a page may make twelve queries, and three for who is at the door.
    seen: set[str] = set()
    url: str | None = "/tavarat"
    pages = 0
    while url:
        page = staff.get(url).text
        seen |= set(re.findall(r'name="tavara" value="(\w+)"', page))
        following = re.search(r'href="([^"]+jatko=\d+)"', page)
        url = following[1].replace("&amp;", "&") if following else None
        pages += 1
    assert (len(seen), pages) == (200, 4)


def test_things_are_found_by_name_code_and_shelf(staff: Browser, make: Make) -> None:
    skis = make.item(make.kind("Lasten sukset", name_sv="Barnskidor"), place=make.place("B12"))
    make.item(make.kind("Potkukelkka"), place=make.place("C3"))
    for words in ("sukset", "SUKSET lasten", "skidor", make.sign(skis).lower(), "b12"):
        assert names(staff.get("/tavarat", query_string={"q": words}).text) == ["Lasten sukset"]
    for words in ("%", "_", "traktori"):
        assert names(staff.get("/tavarat", query_string={"q": words}).text) == []


def test_things_are_narrowed_down_by_state(staff: Browser, make: Make) -> None:
    place = make.place()
    items = {
        name: make.item(make.kind(name), place=place)
        for name in ("Hyllyssä", "Lainassa", "Myöhässä", "Korjauksessa")
    }
    make.item(make.kind("Tiskillä"))
    make.loan(items["Lainassa"], FRIDAY)
    with clock.at(MONDAY - timedelta(9)):
        make.loan(items["Myöhässä"], TODAY - timedelta(5))
    make.repair(items["Korjauksessa"])

    def found(*states: str) -> list[str]:
        return names(staff.get("/tavarat", query_string={"tila": states}).text)

    assert found("hyllyssa") == ["Hyllyssä"]
    assert found("lainassa") == ["Lainassa", "Myöhässä"]
    assert found("myohassa") == ["Myöhässä"]
    assert found("korjauksessa") == ["Korjauksessa"]
    assert found("tiskilla") == ["Tiskillä"]
    assert found("hyllyssa", "myohassa") == ["Hyllyssä", "Myöhässä"]
    assert len(found("muu")) == 5


def test_what_has_left_is_found_by_its_code_only(staff: Browser, make: Make) -> None:
    item = make.item(left_at=clock.now(), left_as="given")
    assert names(staff.get("/tavarat").text) == []
    page = staff.get("/tavarat", query_string={"q": make.sign(item)}).text
    assert "Given away" in page


def test_a_thing_without_a_label_is_listed_but_not_ticked(staff: Browser, make: Make) -> None:
    make.item(make.kind("Uusi"), sign=False)
    page = staff.get("/tavarat").text
    assert "Uusi" in page
    assert "no label" in page
    assert 'type="checkbox" name="tavara"' not in page


def test_what_a_list_said_of_this_very_thing_is_shown(staff: Browser, make: Make) -> None:
    sign = make.sign(make.item(note="karvapohjat, vaihdettu side"))
    assert "karvapohjat, vaihdettu side" in staff.get(f"/tavarat/{sign}").text
