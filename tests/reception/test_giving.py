"""Who gives: a unit in one tap, a resident on terms that are kept, thanks, and forgetting."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from lainaamo.core import clock, outbox
from lainaamo.core.db import session
from lainaamo.core.outbox import Message
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Item
from lainaamo.reception.models import DonatedThing, Donation
from lainaamo.upkeep import actions as upkeep
from lainaamo.upkeep.notices import handlers
from tests.conftest import MONDAY, SignedIn
from tests.make import Make
from tests.strict import Browser

GIVERS = "/vastaanotto/antajat"


@pytest.fixture
def worker(signed_in: SignedIn, make: Make) -> Browser:
    make.site()
    return signed_in("worker")


def donate(browser: Browser, **fields: str) -> TestResponse:
    found = re.search(r'name="terms" value="(\w+)"', browser.get(GIVERS).text)
    assert found is not None
    return browser.post(GIVERS, data={"terms": found[1], "accepted": "1", **fields})


def take_in(browser: Browser, make: Make, address: str) -> TestResponse:
    category = make.category("balls")
    given = dict(one.split("=") for one in address.partition("?")[2].split("&"))
    return browser.post(
        "/vastaanotto", data={"category": str(category.id), "condition": "good", **given}
    )


def only(app: Lainaamo, model: type[Donation]) -> Donation:
    with app.app_context():
        row = session.scalars(select(model)).one()
        session.expunge(row)
        return row


def mails(app: Lainaamo) -> str:
    folder = app.config["SETTINGS"].folder / "mail"
    return "\n".join(path.read_text() for path in sorted(folder.glob("*")))


def test_a_unit_is_chosen_in_one_tap_and_stays(app: Lainaamo, worker: Browser, make: Make) -> None:
    unit = make.unit("Haminan koulu")
    page = worker.get(GIVERS).text
    address = re.search(r'href="([^"]+)"[^>]*>(?:<svg.*?</svg>)?Haminan koulu', page)
    assert address is not None
    chosen = address[1].replace("&amp;", "&")
    assert "Haminan koulu" in worker.get(chosen).text
    after = take_in(worker, make, chosen)
    with app.app_context():
        assert session.scalars(select(Item)).one().giving_unit_id == unit.id
    assert f"yksikko={unit.id}" in after.location
    assert f"/vastaanotto?toimipiste=1&amp;yksikko={unit.id}" in worker.get(after.location).text


def test_the_unit_that_gave_last_is_offered_first(worker: Browser, make: Make) -> None:
    make.unit("Aamun koulu")
    last = make.unit("Zeppelinin koulu")
    make.item(giving_unit_id=last.id)
    page = worker.get(GIVERS).text
    assert page.index("Zeppelinin koulu") < page.index("Aamun koulu")


def test_a_resident_gives_on_the_terms_that_were_shown(
    app: Lainaamo, worker: Browser, make: Make
) -> None:
    make.page("donating", "fi", "Ehdot", "Annat tavaran kunnalle.")
    answer = donate(worker)
    donation = only(app, Donation)
    assert (donation.terms_number, donation.terms_locale) == (1, "fi")
    assert len(donation.terms_hash) == 64
    assert (donation.first_name, donation.email, donation.phone) == (None, None, None)
    take_in(worker, make, answer.location)
    with app.app_context():
        assert session.scalars(select(DonatedThing.donation_id)).all() == [donation.id]


def test_without_the_tick_nothing_is_written(app: Lainaamo, worker: Browser) -> None:
    answer = donate(worker, accepted="", first_name="Maija")
    assert answer.status_code == 422
    assert "f-accepted-wrong" in answer.text
    assert 'value="Maija"' in answer.text
    with app.app_context():
        assert session.scalars(select(Donation)).all() == []


def test_terms_that_changed_meanwhile_are_read_again(
    app: Lainaamo, worker: Browser, make: Make
) -> None:
    before = re.search(r'name="terms" value="(\w+)"', worker.get(GIVERS).text)
    assert before is not None
    make.page("donating", "fi", "Ehdot", "Uusi ehto.")
    answer = worker.post(GIVERS, data={"terms": before[1], "accepted": "1"})
    assert answer.status_code == 422
    assert "Uusi ehto." in answer.text


@pytest.mark.parametrize("contact", ["ei osoite", "x" * 10_000, "a@b", "+358"])
def test_an_unreadable_contact_is_corrected(worker: Browser, contact: str) -> None:
    answer = donate(worker, contact=contact)
    assert answer.status_code == 422
    assert "f-contact-wrong" in answer.text


def test_who_left_an_address_is_thanked_there_for_all_that_was_brought(
    app: Lainaamo, worker: Browser, make: Make
) -> None:
    given = donate(worker, first_name="Maija", contact="maija@example.fi").location
    take_in(worker, make, given)
    page = worker.get(f"/vastaanotto/kiitos/{only(app, Donation).id}").text
    assert "Kiitos, Maija!" in page
    assert "Balls" in page
    with app.app_context():
        outbox.deliver(handlers(app.config["SETTINGS"]))
        assert "maija@example.fi" not in mails(app)
        with clock.at(MONDAY + timedelta(hours=1)):
            outbox.deliver(handlers(app.config["SETTINGS"]))
    sent = mails(app)
    assert "maija@example.fi" in sent


def test_who_brought_nothing_after_all_is_not_thanked(app: Lainaamo, worker: Browser) -> None:
    donate(worker, contact="maija@example.fi")
    with app.app_context(), clock.at(MONDAY + timedelta(hours=1)):
        outbox.deliver(handlers(app.config["SETTINGS"]))
        message = session.scalars(select(Message).where(Message.kind == "donation.thanks")).one()
        assert message.dropped_at is not None


def test_a_donor_is_forgotten_after_ninety_days_and_the_terms_stay(
    app: Lainaamo, make: Make
) -> None:
    make.donation(make.item(), first_name="Maija", email="maija@example.fi")
    with app.app_context():
        with clock.at(MONDAY + timedelta(days=90)):
            upkeep.erase_old_donors()
        assert only(app, Donation).first_name == "Maija"
        with clock.at(MONDAY + timedelta(days=90, minutes=1)):
            upkeep.erase_old_donors()
    donation = only(app, Donation)
    assert (donation.first_name, donation.email) == (None, None)
    assert donation.erased_at is not None
    assert donation.terms_hash


def test_the_journal_never_names_a_donor(app: Lainaamo, worker: Browser) -> None:
    donate(worker, first_name="Maija", contact="maija@example.fi")
    with app.app_context():
        lines = session.connection().exec_driver_sql("SELECT verb, details FROM journal_entry")
        told = str(lines.all())
    assert "donation.accepted" in told
    assert "Maija" not in told
    assert "maija@" not in told


def test_the_things_page_says_that_a_resident_gave_it_and_not_who(
    worker: Browser, make: Make
) -> None:
    item = make.item()
    make.donation(item, first_name="Maija")
    page = worker.get(f"/tavarat/{make.sign(item)}").text
    assert "kuntalainen" in page
    assert "Maija" not in page


def test_everybody_may_read_the_terms(browser: Browser) -> None:
    page = browser.get("/lahjoita").text
    assert "Lahjoituksen ehdot" in page
    assert "90 päivän" in page
