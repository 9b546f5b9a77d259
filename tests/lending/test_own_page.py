"""What a borrower's own page shows: the code to be shown, the way there, and what happens next."""

from datetime import date

from flask import Flask

from lainaamo.goods.labels import qr_svg_path
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Reservation
from tests.make import Make
from tests.strict import Browser

TUE, FRI = date(2026, 3, 3), date(2026, 3, 6)


def page_of(app: Flask, browser: Browser, reservation: Reservation) -> str:
    return browser.get(own_path(reservation, app.config["SETTINGS"])).text


def test_the_pickup_code_can_be_scanned_from_the_page(
    app: Flask, browser: Browser, make: Make
) -> None:
    kind = make.kind()
    make.item(kind)
    reservation = make.reservation(kind, TUE, FRI)
    page = page_of(app, browser, reservation)
    assert f"<b>{reservation.pick_up_code}</b>" in page
    assert qr_svg_path(reservation.pick_up_code)[0] in page


def test_the_way_there_is_a_link_and_shows_nothing_of_another_site(
    app: Flask, browser: Browser, make: Make
) -> None:
    kind = make.kind()
    make.item(kind)
    answer = browser.get(own_path(make.reservation(kind, TUE, FRI), app.config["SETTINGS"]))
    assert "https://www.openstreetmap.org/directions?to=Tie+1%2C+Ii" in answer.text
    assert answer.text.count("https://") == 1
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_what_happens_next_has_the_days_and_the_hours(
    app: Flask, browser: Browser, make: Make
) -> None:
    kind = make.kind()
    make.item(kind)
    page = page_of(app, browser, make.reservation(kind, TUE, FRI))
    assert "tiistaina 3.3." in page
    assert "perjantaina 6.3." in page
    assert "Olemme auki klo 12–17." in page


def test_a_cancelled_reservation_has_no_code_any_more(
    app: Flask, browser: Browser, make: Make
) -> None:
    kind = make.kind()
    make.item(kind)
    reservation = make.reservation(kind, TUE, FRI)
    browser.post(f"{own_path(reservation, app.config['SETTINGS'])}/peruutus")
    page = page_of(app, browser, reservation)
    assert "QR-koodi" not in page
