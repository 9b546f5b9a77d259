"""Calendars by a secret address: one's own days, a site's, a unit's; valid, and without names."""

from datetime import date, timedelta

import pytest
from flask import Flask

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.lending import feeds
from lainaamo.lending.links import own_path
from lainaamo.lending.models import CalendarFeed
from lainaamo.people.models import Person
from tests.conftest import SignedIn
from tests.lending.test_calendar_file import unfolded
from tests.make import Make
from tests.strict import Browser

TUE, FRI = date(2026, 3, 3), date(2026, 3, 6)


def path(app: Flask, feed: CalendarFeed) -> str:
    return feeds.path_of(feed, app.config["SETTINGS"])


def read(app: Flask, browser: Browser, feed: CalendarFeed) -> list[str]:
    answer = browser.get(path(app, feed))
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "no-store" in answer.headers["Cache-Control"]
    lines = unfolded(answer.text)
    check_well_formed(lines)
    return lines


def check_well_formed(lines: list[str]) -> None:
    """Fail on what RFC 5545 does not allow: open parts, events without facts, one UID twice."""
    opened, seen, events = [], set[str](), list[dict[str, str]]()
    for line in lines:
        name, _colon, value = line.partition(":")
        if name == "BEGIN":
            opened.append(value)
            if value == "VEVENT":
                events.append({})
        elif name == "END":
            assert opened.pop() == value
        elif opened[-1] == "VEVENT":
            assert name not in events[-1], f"{name} twice"
            events[-1][name] = value
    assert opened == []
    assert {"BEGIN:VEVENT", "BEGIN:VTIMEZONE"} & set(lines), "a calendar of no component"
    for event in events:
        assert {"UID", "DTSTAMP", "SUMMARY"} <= set(event)
        assert any(name.startswith("DTSTART") for name in event)
        assert event["UID"] not in seen
        seen.add(event["UID"])


def test_a_resident_reads_the_own_days_and_no_others(
    app: Flask, browser: Browser, make: Make
) -> None:
    kind, other = make.kind("Sukset"), make.kind("Teltta")
    for one in (kind, kind, other):
        make.item(one)
    aino, ville = make.person("resident"), make.person("resident", first_name="Ville")
    mine = make.reservation(kind, TUE, FRI, person=aino)
    make.reservation(other, TUE, FRI, person=ville)
    lines = read(app, browser, make.feed(person_id=aino.id))
    assert "SUMMARY:Nouda: Sukset" in lines
    assert "DTSTART:20260306T100000Z" in lines
    assert f"UID:reservation-{mine.id}-pickup@127.0.0.1:8000" in lines
    assert not [line for line in lines if "Teltta" in line]


def test_a_loan_stands_on_its_due_day_with_the_same_key_after_it_is_moved(
    app: Flask, browser: Browser, make: Make
) -> None:
    loan = make.loan(make.item(make.kind("Sukset")), FRI)
    assert loan.person_id is not None
    lines = read(app, browser, make.feed(person_id=loan.person_id))
    assert f"UID:loan-{loan.id}-return@127.0.0.1:8000" in lines
    assert "SUMMARY:Palauta: Sukset" in lines


def test_a_site_reads_what_comes_and_goes_there_and_no_names(
    app: Flask, browser: Browser, make: Make
) -> None:
    kind = make.kind("Sukset")
    make.item(kind)
    person = make.person("resident", first_name="Nimetön-Testaaja")
    make.reservation(kind, TUE, FRI, person=person)
    make.item(kind, site=make.site("kirjasto"))
    lines = read(app, browser, make.feed(site_id=make.site().id))
    assert lines.count("SUMMARY:Nouda: Sukset") == 1
    assert "Nimetön" not in "".join(lines)
    there = read(app, browser, make.feed(site_id=make.site("kirjasto").id))
    assert "BEGIN:VEVENT" not in there


def test_a_unit_reads_its_own_only(app: Flask, browser: Browser, make: Make) -> None:
    make.loan(make.item(make.kind("Sukset")), FRI)
    lines = read(app, browser, make.feed(unit_id=make.unit().id))
    assert "BEGIN:VEVENT" not in lines


def test_what_is_cancelled_is_gone(app: Flask, browser: Browser, make: Make) -> None:
    kind = make.kind("Sukset")
    make.item(kind)
    person = make.person("resident")
    feed, made = make.feed(person_id=person.id), make.reservation(kind, TUE, FRI, person=person)
    browser.post(f"{own_path(made, app.config['SETTINGS'])}/peruutus")
    assert "BEGIN:VEVENT" not in read(app, browser, feed)


def test_an_address_is_made_and_ended_on_the_own_page(
    app: Flask, browser: Browser, signed_in: SignedIn
) -> None:
    me = signed_in("resident")
    assert "/kalenteri/" not in me.get("/omat").text
    assert me.post("/omat/kalenteri").status_code == 303
    page = me.get("/omat").text
    address = page.partition('<code class="secret">http://127.0.0.1:8000')[2].partition("<")[0]
    assert browser.get(address).status_code == 200
    me.post("/omat/kalenteri")
    assert browser.get(address).status_code == 404, "a new address ends the old one"
    me.post("/omat/kalenteri/lopetus")
    assert "/kalenteri/" not in me.get("/omat").text


@pytest.mark.parametrize("wrong", ["x", "ä", "", "x.y", "." * 200])
def test_a_guessed_address_is_nobodys(app: Flask, browser: Browser, make: Make, wrong: str) -> None:
    feed = make.feed(person_id=make.person("resident").id)
    assert browser.get(f"/kalenteri/{feed.nonce}.{wrong}.ics").status_code == 404
    assert browser.get(f"/kalenteri/{wrong}.ics").status_code == 404


def test_who_has_left_is_read_no_more(app: Flask, browser: Browser, make: Make) -> None:
    person = make.person("resident")
    feed = make.feed(person_id=person.id)
    with app.app_context(), transaction():
        session.get_one(Person, person.id).left_at = clock.now()
    assert browser.get(path(app, feed)).status_code == 404


def test_staff_make_and_end_the_addresses_of_sites_and_units(
    browser: Browser, signed_in: SignedIn, make: Make
) -> None:
    desk, site, unit = signed_in("counter"), make.site(), make.unit("Koulu")
    for whose in (f"site_id:{site.id}", f"unit_id:{unit.id}"):
        assert desk.post("/kalenterit", data={"whose": whose}).status_code == 303
    page = desk.get("/kalenterit").text
    assert page.count("/kalenteri/") == 2
    for whose in ("person_id:1", "site_id:99", "", "x" * 10_000):
        assert desk.post("/kalenterit", data={"whose": whose}).status_code == 409
    own = make.feed(person_id=make.person("resident").id)
    assert desk.post(f"/kalenterit/{own.id}/lopetus").status_code == 404, "a resident's own"
    assert signed_in("worker").get("/kalenterit").status_code == 403


def test_a_day_moved_on_is_the_same_event(app: Flask, browser: Browser, make: Make) -> None:
    kind = make.kind("Sukset")
    make.item(kind)
    person = make.person("resident")
    feed = make.feed(person_id=person.id)
    make.reservation(kind, TUE, FRI, person=person)
    before = [line for line in read(app, browser, feed) if line.startswith("UID")]
    with clock.at(clock.now() + timedelta(hours=5)):
        assert [line for line in read(app, browser, feed) if line.startswith("UID")] == before
