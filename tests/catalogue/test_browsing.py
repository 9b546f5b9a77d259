"""The list of kinds: honest counts for the days chosen, every state an address."""

from datetime import date
from html.parser import HTMLParser

import pytest
from sqlalchemy import event, insert

from lainaamo.catalogue.queries import COUNTED
from lainaamo.core import clock
from lainaamo.core.db import db, session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Item, Kind
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser


class Cards(HTMLParser):
    """Reads the links of the cards."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note links to kinds."""
        address = dict(attrs).get("href") or ""
        if tag == "a" and address.startswith(("/valineet/", "/kierto/")):
            self.found.append(address)


class Options(HTMLParser):
    """Reads what each filter would leave."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[tuple[str, str], int] = {}
        self.last = ("", "")
        self.is_number = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note check boxes, and that a number comes."""
        known = dict(attrs)
        if tag == "input" and known.get("type") == "checkbox":
            self.last = (known.get("name") or "", known.get("value") or "")
        self.is_number = tag == "span" and known.get("class") == "n"

    def handle_data(self, data: str) -> None:
        """Note the number of the check box before it."""
        if self.is_number:
            self.found[self.last] = int(data)
            self.is_number = False


def test_the_list_says_how_many_are_free_on_the_days_chosen(browser: Browser, make: Make) -> None:
    kind = make.kind("Sukset")
    make.item(kind)
    make.item(kind)
    days = {"first_day": "2026-03-03", "last_day": "2026-03-06"}
    form = {**days, "first_name": "Aino", "contact": "a@example.fi", "agree": "yes"}
    browser.post(f"/valineet/{kind.id}/varaukset", data=form)
    chosen = browser.get("/", query_string={**days, "kieli": "en"}, follow_redirects=True)
    assert "Last one" in chosen.text
    other = browser.get("/?first_day=2026-03-16&last_day=2026-03-18")
    assert "2 available" in other.text


def test_only_what_is_available_leaves_out_the_taken(browser: Browser, make: Make) -> None:
    free, taken = make.kind("Luistimet"), make.kind("Sukset")
    make.item(free)
    make.repair(make.item(taken))
    page = browser.get("/?vapaat=1").text
    assert Cards(page).found == [f"/valineet/{free.id}"]


def test_every_kind_is_on_exactly_one_page(browser: Browser, make: Make) -> None:
    kinds = [make.kind(f"Pallo {n % 7}") for n in range(60)]
    for kind in kinds:
        make.item(kind, sign=False)
    seen, address = [], "/"
    while address:
        page = browser.get(address).text
        seen += Cards(page).found
        more = (
            page.partition('rel="next"')[0].rpartition('href="')[2] if 'rel="next"' in page else ""
        )
        address = "/" + more.partition('"')[0].replace("&amp;", "&") if more else ""
    assert sorted(seen) == sorted(f"/valineet/{kind.id}" for kind in kinds)


def test_a_group_shows_its_own_and_what_is_under_it(browser: Browser, make: Make) -> None:
    winter = make.category("winter")
    skis = make.category("ski-sets", parent=winter)
    balls = make.category("balls")
    inside, outside = make.kind("Sukset", category=skis), make.kind("Pallo", category=balls)
    make.item(inside)
    make.item(outside)
    assert Cards(browser.get("/?ryhma=winter").text).found == [f"/valineet/{inside.id}"]


def test_words_find_names_in_any_language(browser: Browser, make: Make) -> None:
    kind = make.kind("Sukset", name_sv="Skidor", name_en="Skis")
    make.item(kind)
    for word in ("sukset", "SKI", "skidor"):
        assert Cards(browser.get("/", query_string={"q": word}).text).found
    assert not Cards(browser.get("/?q=laskuvarjo").text).found


@pytest.mark.parametrize(
    "address",
    [
        "/?q=" + "a" * 5000,
        "/?q=%25_%5C'\"<script>",
        "/?jatko=999999999999999999999",
        "/?jatko=-1",
        "/?ryhma=nothing",
        "/?koko=x&koko=y",
    ],
)
def test_strange_addresses_are_answered_calmly(browser: Browser, make: Make, address: str) -> None:
    make.item(make.kind())
    answer = browser.get(address)
    assert answer.status_code == 200
    assert "<script>" not in answer.text.replace("<script src", "")


def test_days_that_cannot_be_read_are_said_so(browser: Browser, make: Make) -> None:
    make.item(make.kind())
    assert browser.get("/?first_day=huomenna&last_day=2026-03-06").status_code == 422
    assert browser.get("/?first_day=2026-03-06&last_day=2026-03-03").status_code == 422


def test_a_buyer_sees_how_many_are_for_reuse_and_where(signed_in: SignedIn, make: Make) -> None:
    chairs = make.kind("Tuoli", pool="reuse", price_new_cents=6500)
    lot = make.item(chairs, quantity=24, place=make.place("H4"))
    buyer = signed_in("buyer")
    assert Cards(buyer.get("/kierto").text).found == [f"/kierto/erat/{lot.id}"]
    page = buyer.get(f"/kierto/{chairs.id}", follow_redirects=True).text
    assert "H4" in page
    assert "24" in page


def test_goods_for_reuse_are_not_for_strangers(browser: Browser) -> None:
    answer = browser.get("/kierto")
    assert answer.status_code == 303
    assert answer.location.startswith("/kirjautuminen?next=%2Fkierto")


def test_the_list_asks_the_database_as_often_for_many_kinds_as_for_few(
    browser: Browser, make: Make
) -> None:
    for n in range(24):
        make.item(make.kind(f"Pallo {n}"), sign=False)
    assert browser.get("/?first_day=2026-03-03&last_day=2026-03-06").status_code == 200


def test_a_sign_that_cannot_be_stored_is_refused_everywhere(browser: Browser, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    assert browser.get("/?q=%00").status_code == 400
    form = {"first_name": "Ai\0no", "contact": "a@example.fi", "agree": "yes"}
    days = {"first_day": "2026-03-03", "last_day": "2026-03-06"}
    answer = browser.post(f"/valineet/{kind.id}/varaukset", data=form | days)
    assert answer.status_code == 400


def test_an_unchanged_house_is_asked_nothing_for_a_list_that_was_shown_before(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    for n in range(24):
        make.item(make.kind(f"Pallo {n}"), sign=False)
    browser.get("/")
    with app.app_context():
        engine = db.engine
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    def asks() -> bool:
        seen.clear()
        browser.get("/")
        return any(one.startswith("SELECT") for one in seen)

    event.listen(engine, "before_cursor_execute", note)
    # PostgreSQL's version counts its other databases' changes too: one try of a few is undisturbed.
    assert not all(asks() for _try in range(20)), seen
    event.remove(engine, "before_cursor_execute", note)


def test_each_filter_says_how_many_kinds_it_would_leave_on_the_days(
    browser: Browser, make: Make
) -> None:
    skis = make.category("skis")
    child, adult = make.kind("Lasten sukset", category=skis), make.kind("Sukset", category=skis)
    make.item(child, size="120 cm", attributes={"age_group": "child"})
    make.item(adult, size="190 cm", attributes={"age_group": "adult"})
    make.reservation(child, date(2026, 3, 3), date(2026, 3, 6))
    days = "first_day=2026-03-03&last_day=2026-03-06"
    page = browser.get(f"/?ryhma=skis&{days}").text
    assert Options(page).found == {("ika", "child"): 0, ("ika", "adult"): 1} | {
        ("koko", "120 cm"): 0,
        ("koko", "190 cm"): 1,
    }
    assert "1 väline vapaana" in page
    free = browser.get("/?ryhma=skis&first_day=2026-03-09&last_day=2026-03-10").text
    assert Options(free).found[("ika", "child")] == 1
    narrow = browser.get(f"/?ryhma=skis&ika=adult&{days}").text
    assert Cards(narrow).found == [f"/valineet/{adult.id}?alku=2026-03-03&loppu=2026-03-06"]


def test_a_card_counts_the_sizes_that_were_asked_for(browser: Browser, make: Make) -> None:
    boots = make.kind("Monot")
    for size, age in (("30", "child"), ("32", "child"), ("44", "adult")):
        make.item(boots, size=size, attributes={"age_group": age})
    make.reservation(boots, date(2026, 3, 3), date(2026, 3, 6))  # of any size
    browser.get("/?kieli=en")
    days = "ryhma=skis&first_day=2026-03-03&last_day=2026-03-06"
    assert "2 available" in browser.get(f"/?{days}").text
    assert "2 available" in browser.get(f"/?ika=child&{days}").text
    assert "Last one" in browser.get(f"/?ika=adult&{days}").text


def test_sites_and_conditions_narrow_down_together(browser: Browser, make: Make) -> None:
    here, there = make.site("ii"), make.site("kuivaniemi")
    skis = make.category("skis")
    good, worn = make.kind("Sukset", category=skis), make.kind("Sauvat", category=skis)
    make.item(good, site=here)
    make.item(worn, site=there, condition="worn")
    make.item(worn, site=here)
    found = Cards(browser.get("/?ryhma=skis&paikka=kuivaniemi&kunto=worn").text).found
    assert found == [f"/valineet/{worn.id}?paikka=kuivaniemi"]
    assert Cards(browser.get("/?ryhma=skis&paikka=ii&kunto=worn").text).found == []


def test_a_picked_filter_is_taken_off_by_its_chip(browser: Browser, make: Make) -> None:
    kind = make.kind()
    make.item(kind, size="120 cm")
    page = browser.get("/?ryhma=skis&koko=120+cm&vapaat=1").text
    assert 'href="?ryhma=skis&amp;vapaat=1"' in page
    assert 'href="?ryhma=skis&amp;koko=120+cm"' in page


def test_the_newest_can_be_seen_first_and_page_by_page(browser: Browser, make: Make) -> None:
    kinds = [make.kind(f"Pallo {n % 3}") for n in range(30)]
    for kind in kinds:
        make.item(kind, sign=False)
    first = browser.get("/?jarjestys=uusin").text
    assert Cards(first).found[0] == f"/valineet/{kinds[-1].id}"
    more = f"/?jarjestys=uusin&jatko={kinds[6].id}"
    assert more.removeprefix("/").replace("&", "&amp;") in first
    assert Cards(browser.get(more).text).found == [f"/valineet/{k.id}" for k in kinds[5::-1]]


def test_days_when_nobody_is_there_are_said_so(browser: Browser, make: Make) -> None:
    make.item(make.kind())
    page = browser.get("/?first_day=2026-03-07&last_day=2026-03-09").text
    assert "0 välinettä vapaana" in page
    assert "la 7.3." in page
    assert browser.get("/?first_day=2026-02-27&last_day=2026-03-09").status_code == 422


def many(app: Lainaamo, make: Make, number: int) -> None:
    """Put so many kinds in the house, one thing of each: every hundredth is large."""
    category, site = make.category(), make.site()
    made = {"category_id": category.id, "pool": "lendable", "made_at": clock.now()}
    kinds = [made | {"name": f"Sukset {n}"} for n in range(number)]
    thing = {"site_id": site.id, "condition": "good", "quantity": 1, "unclaimed": 1}
    thing |= {"attributes": {}, "received_at": clock.now()}
    with app.app_context(), transaction():
        ids = session.scalars(insert(Kind).returning(Kind.id), kinds).all()
        sizes = ["150" if n % 100 else "190" for n in range(number)]
        rows = [thing | {"kind_id": i, "size": s} for i, s in zip(ids, sizes, strict=True)]
        session.execute(insert(Item), rows)


def test_of_more_than_are_counted_a_filter_says_no_number(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    many(app, make, COUNTED + 100)
    days = "first_day=2026-03-03&last_day=2026-03-06"
    page = browser.get(f"/?ryhma=skis&{days}").text
    assert "yli 1 000" in page
    assert 'value="190"' in page
    assert Options(page).found == {}
    for address in ("/", f"/?{days}"):
        assert "yli 1 000" in browser.get(address).text


def test_what_fits_a_filter_is_counted_among_however_many(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    many(app, make, COUNTED + 100)
    page = browser.get("/?ryhma=skis&koko=190&first_day=2026-03-03&last_day=2026-03-06").text
    assert "11 " in page.partition('id="count">')[2].partition("<")[0]


def test_what_others_hang_on_an_address_is_dropped(browser: Browser, make: Make) -> None:
    make.item(make.kind())
    page = browser.get("/?utm_source=uutiskirje&vapaat=1").text
    assert "uutiskirje" not in page.partition("<main")[2].partition("</main>")[0]
