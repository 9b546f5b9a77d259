"""A reservation goes into the borrower's own calendar, and calendars read it as it is meant."""

from datetime import date

from flask import Flask

from lainaamo.lending.links import own_path
from lainaamo.lending.models import Reservation
from tests.make import Make
from tests.strict import Browser

TUE, FRI = date(2026, 3, 3), date(2026, 3, 6)


def file_of(app: Flask, browser: Browser, reservation: Reservation) -> str:
    answer = browser.get(f"{own_path(reservation, app.config['SETTINGS'])}/kalenteri.ics")
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.text


def unfolded(text: str) -> list[str]:
    """Return the lines as a calendar reads them, after seeing that each is as the standard says."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def test_the_pickup_and_the_return_stand_at_the_hours_of_the_site(
    app: Flask, browser: Browser, make: Make
) -> None:
    kind = make.kind("Sukset")
    make.item(kind)
    lines = unfolded(file_of(app, browser, make.reservation(kind, TUE, FRI)))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert "DTSTART:20260303T100000Z" in lines  # 12 o'clock in Finland's winter
    assert "DTEND:20260303T150000Z" in lines
    assert "DTSTART:20260306T100000Z" in lines
    assert "SUMMARY:Nouda: Sukset" in lines
    assert "SUMMARY:Palauta: Sukset" in lines
    assert "LOCATION:Varasto\\, Tie 1\\, Ii" in lines


def test_summer_time_is_summer_time(app: Flask, browser: Browser, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    reservation = make.reservation(kind, date(2026, 3, 27), date(2026, 3, 30))
    lines = unfolded(file_of(app, browser, reservation))
    assert "DTSTART:20260327T100000Z" in lines
    assert "DTSTART:20260330T090000Z" in lines


def test_any_name_is_text_and_nothing_else(app: Flask, browser: Browser, make: Make) -> None:
    name = "Ski; 1,5 \\ pair\r\nATTENDEE:mailto:x@example.fi 滑雪板" + " ääkkösiä" * 20
    kind = make.kind(name)
    make.item(kind)
    lines = unfolded(file_of(app, browser, make.reservation(kind, TUE, FRI)))
    assert not [line for line in lines if line.startswith("ATTENDEE")]
    (title,) = [line for line in lines if line.startswith("SUMMARY:Nouda")]
    assert title.startswith(
        "SUMMARY:Nouda: Ski\\; 1\\,5 \\\\ pair\\nATTENDEE:mailto:x@example.fi 滑雪板"
    )


def test_a_cancelled_reservation_takes_itself_out_of_the_calendar(
    app: Flask, browser: Browser, make: Make
) -> None:
    kind = make.kind()
    make.item(kind)
    reservation = make.reservation(kind, TUE, FRI)
    before = unfolded(file_of(app, browser, reservation))
    browser.post(f"{own_path(reservation, app.config['SETTINGS'])}/peruutus")
    after = unfolded(file_of(app, browser, reservation))
    keys = [[line for line in lines if line.startswith("UID:")] for lines in (before, after)]
    assert keys[0] == keys[1]
    assert len(set(keys[0])) == 2
    assert after.count("STATUS:CANCELLED") == 2
    assert "BEGIN:VALARM" not in after


def test_the_code_that_opens_the_shelf_is_not_in_a_calendar(
    app: Flask, browser: Browser, make: Make
) -> None:
    kind = make.kind()
    make.item(kind)
    reservation = make.reservation(kind, TUE, FRI)
    text = file_of(app, browser, reservation)
    assert f"SUMMARY:{reservation.pick_up_code}" not in text
    assert "/oma/" not in text


def test_a_wrong_key_opens_no_calendar(app: Flask, browser: Browser, make: Make) -> None:
    assert browser.get("/oma/x-y/kalenteri.ics").status_code == 404
