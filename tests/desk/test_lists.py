"""The office's lists: narrowed down by their address, a page at a time, and whole as files."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.journal import Entry
from lainaamo.core.web import Lainaamo
from lainaamo.goods.ledger import PAGE
from lainaamo.goods.queries import get_item
from lainaamo.lending.actions import take_back
from lainaamo.people.models import Person
from lainaamo.upkeep import actions as upkeep
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser
from tests.world import MON


@pytest.fixture
def office(signed_in: SignedIn) -> Browser:
    return signed_in("counter")


def taken(browser: Browser, path: str, query: str = "", *, post: bool = True) -> list[list[str]]:
    """Return the cells of a list's file, without its headers."""
    url = f"{path}.csv{query}"
    answer = browser.post(url) if post else browser.get(url)
    assert answer.status_code == 200
    lines = answer.get_data().decode("utf-8-sig").splitlines()[1:]
    return [line.split(";") for line in lines]


@pytest.fixture
def lent(make: Make) -> None:
    """Lend three things: one late, one due, one that came back."""
    make.site("varasto")
    kind = make.kind("Sukset")
    with clock.at(clock.now() - timedelta(20)):
        make.loan(make.item(kind, size="150"), MON - timedelta(3), person=_person(make, "Leena"))
        back = make.item(kind, size="160")
        make.loan(back, MON - timedelta(9), person=_person(make, "Eino"))
    make.loan(make.item(kind, size="170"), MON + timedelta(7), person=_person(make, "Väinö"))
    with make.app.app_context(), transaction():
        take_back(get_item(back.id))


def _person(make: Make, name: str) -> Person:
    return make.person("resident", first_name=name)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Leena", "Väinö"]),
        ("?tila=myohassa", ["Leena"]),
        ("?tila=palautettu", ["Eino"]),
        ("?tila=kaikki", ["Väinö", "Eino", "Leena"]),
        ("?tila=kaikki&alku=2026-03-01", ["Väinö"]),
        ("?loppu=2026-03-01", ["Leena"]),
        ("?paikka=999999", []),
        ("?tila=outo&alku=huomenna&paikka=x&jatko=%00", None),
        ("?tila=outo&alku=huomenna&paikka=x&jatko=-1", ["Leena", "Väinö"]),
    ],
)
def test_loans_are_narrowed_down_on_the_page_and_in_the_file_alike(
    lent: None, office: Browser, query: str, names: list[str] | None
) -> None:
    page = office.get(f"/lainat{query}")
    if names is None:
        assert page.status_code == 400
        return
    shown = [name for name in ("Leena", "Eino", "Väinö") if f">{name}</a>" in page.text]
    assert sorted(shown) == sorted(names)
    assert [row[3] for row in taken(office, "/lainat", query)] == names


def test_who_takes_a_list_of_people_out_is_in_the_journal(
    app: Lainaamo, lent: None, office: Browser
) -> None:
    office.get("/lainat")
    with app.app_context():
        assert not session.scalars(select(Entry).where(Entry.verb == "table.taken_out")).all()
    taken(office, "/lainat", "?tila=kaikki")
    with app.app_context():
        line = session.scalars(select(Entry).where(Entry.verb == "table.taken_out")).one()
        assert line.details == {"name": "lainat", "kind": "csv"}
        assert line.actor not in {"system", "worker"}


@pytest.mark.parametrize(
    "path", ["/lainat", "/varaukset", "/lahjoitukset", "/hallinta/kayttajat", "/hallinta/palaute"]
)
def test_a_file_of_people_is_no_mere_address(signed_in: SignedIn, path: str) -> None:
    assert signed_in("administrator").get(f"{path}.csv").status_code == 405


def test_reservations_say_what_became_of_them(make: Make, office: Browser) -> None:
    kind = make.kind("Luistimet")
    for _ in range(4):
        make.item(kind, size="38")
    later = MON + timedelta(7)
    make.reservation(kind, later, later, person=_person(make, "Leena"), count=2)
    make.reservation(kind, later, later, unit=make.unit("Koulu"))
    make.held(kind, later, later, name="Outi")
    rows = taken(office, "/varaukset")
    assert [(row[0], row[1], row[2]) for row in rows] == [
        ("2 × Luistimet", "2", "Leena"),  # noqa: RUF001 - a number of things
        ("Luistimet", "1", "Koulu"),
    ]
    assert [row[2] for row in taken(office, "/varaukset", "?tila=vahvistamatta")] == ["Outi"]
    assert len(taken(office, "/varaukset", "?tila=kaikki")) == 3
    assert taken(office, "/varaukset", "?tila=peruttu") == []


def test_repairs_and_donations_are_lists_too(make: Make, office: Browser) -> None:
    item = make.item(make.kind("Teltta"))
    make.repair(item, "clean")
    make.donation(item, first_name="Maija", email="maija@example.fi")
    assert taken(office, "/korjaukset", post=False)[0][0] == "Teltta"
    assert taken(office, "/korjaukset", "?tila=valmis", post=False) == []
    row = taken(office, "/lahjoitukset")[0]
    assert (row[0], row[2], row[3]) == ("Teltta", "Maija", "maija@example.fi")


def test_a_donor_that_was_erased_is_in_no_file(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    make.donation(make.item(), first_name="Maija", email="maija@example.fi")
    with clock.at(clock.now() + timedelta(91)):
        with app.app_context():
            upkeep.erase_old_donors()
        row = taken(signed_in("counter"), "/lahjoitukset")[0]
    assert (row[2], row[3]) == ("", "")
    assert row[6]


def test_a_unit_takes_out_its_own_bookings_and_no_others(make: Make, signed_in: SignedIn) -> None:
    mine, other = make.unit("Päiväkoti"), make.unit("Koulu")
    lot = make.item(make.kind("Tuoli", pool="reuse", price_new_cents=9900), quantity=20)
    claim = make.claim(lot, mine, 6)
    make.taken(claim, 2)
    make.cancelled(claim, 1)
    make.claim(lot, other, 5)
    buyer = signed_in("buyer", person_id=make.person("buyer", unit=mine).id)
    rows = taken(buyer, f"/yksikko/{mine.id}", post=False)
    assert [row[2:8] for row in rows] == [["Päiväkoti", "6", "3", "2", "1", "99,0"]]
    assert buyer.get(f"/yksikko/{other.id}.csv").status_code == 404
    assert buyer.get("/kierto/kaikki-varaukset").status_code == 403
    all_of_them = taken(signed_in("counter"), "/kierto/kaikki-varaukset", post=False)
    assert [row[2] for row in all_of_them] == ["Päiväkoti", "Koulu"]


def test_the_journal_is_read_in_words_and_taken_out_in_codes_and_holds_no_name(
    make: Make, signed_in: SignedIn
) -> None:
    make.person("resident", first_name="Kustaa")
    visitor = signed_in("administrator")
    page = visitor.get("/hallinta/paivakirja").text
    assert "Henkilö: " in page
    assert "Kustaa" not in page
    rows = taken(visitor, "/hallinta/paivakirja", post=False)
    assert any("person." in row[0] for row in rows)
    assert signed_in("coordinator").get("/hallinta/paivakirja").status_code == 403


def test_terms_sites_and_days_are_files(make: Make, signed_in: SignedIn) -> None:
    make.terms(make.category("skis"), days=7)
    site = make.site("varasto")
    make.closed(MON, site=site)
    visitor = signed_in("administrator")
    assert taken(visitor, "/hallinta/ehdot", post=False)[0][:2] == ["Skis", "7"]
    assert "Varasto" in taken(visitor, "/hallinta/toimipisteet", post=False)[0]
    days = taken(visitor, f"/hallinta/toimipisteet/{site.id}/paivat", post=False)
    assert days[0][:3] == ["Varasto", "2.3.2026", "kiinni"]


def test_headers_are_in_the_readers_language(signed_in: SignedIn) -> None:
    visitor = signed_in("counter")
    heads = {}
    for locale in ("fi", "sv", "en"):
        visitor.set_cookie("kieli", locale)
        heads[locale] = visitor.post("/lainat.csv").get_data().decode("utf-8-sig").split(";")[3]
    assert heads["en"] == "For whom"
    assert len(set(heads.values())) == 3


def test_a_long_list_is_read_page_by_page_and_loses_nothing(make: Make, office: Browser) -> None:
    kind, number = make.kind("Sukset"), 2 * PAGE + 7
    make.terms(at_once=number)
    someone = make.person("resident")
    for n in range(number):
        make.loan(make.item(kind, sign=False), MON + timedelta(n % 3), person=someone)
    for state in ("lainassa", "kaikki"):
        seen = 0
        following: str | None = f"/lainat?tila={state}"
        while following:
            page = office.get(following).text
            seen += page.count('role="rowheader"')
            found = re.search(r'href="([^"]*)" rel="next"', page)
            following = found[1].replace("&amp;", "&") if found else None
        assert seen == number
        assert len(taken(office, "/lainat", f"?tila={state}")) == number


def test_empty_lists_say_where_to_go_on(office: Browser) -> None:
    for path in ("/lainat", "/varaukset", "/korjaukset", "/lahjoitukset"):
        assert 'href="/tiski"' in office.get(path).text
        assert f'href="{path}"' in office.get(f"{path}?alku=2020-01-01").text
