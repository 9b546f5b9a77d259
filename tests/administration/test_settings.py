"""Settings: over the environment's, on every page of every process at once, and never a secret."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from lainaamo.app import create_app
from lainaamo.config import HOUSE, Settings
from lainaamo.core import house
from lainaamo.core.db import db, session
from lainaamo.core.house import HouseSetting
from lainaamo.core.web import Lainaamo
from tests.administration.conftest import Office
from tests.conftest import AtOnce
from tests.strict import Browser

PAGE = "/hallinta/asetukset"


@pytest.fixture
def other(settings: Settings) -> Iterator[Lainaamo]:
    """Return the application as another process has it."""
    app = create_app(settings)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_new_phone_stands_on_every_page_of_every_process_at_once(
    other: Lainaamo, settings: Settings, office: Office, browser: Browser
) -> None:
    elsewhere = other.test_client()
    assert settings.phone in elsewhere.get("/apua").text
    assert office.save(PAGE, phone="08 777 1234").status_code == 303
    for one in (browser.get("/apua"), elsewhere.get("/apua"), browser.get("/olematon")):
        assert "08 777 1234" in one.text
    with other.app_context():
        assert house.over(settings).phone == "08 777 1234"


def test_an_emptied_field_gives_the_environment_back(
    settings: Settings, office: Office, browser: Browser
) -> None:
    office.save(PAGE, service_name="Kierto")
    assert "Kierto" in browser.get("/apua").text
    office.save(PAGE, service_name="")
    assert f"– {settings.service_name}</title>" in browser.get("/apua").text


def test_each_value_says_where_it_comes_from(settings: Settings, office: Office) -> None:
    office.app.config["SETTINGS"] = replace(settings, phone="08 555 5555")
    office.save(PAGE, email="apu@ii.fi")
    page = office.browser.get(PAGE).text
    assert "LAINAAMO_PHONE" in page
    assert "tältä sivulta" in page
    assert "oletus" in page


def test_no_secret_is_on_the_screen(settings: Settings, office: Office) -> None:
    hidden = replace(settings, smtp_url="smtp://me:hush-hush@mail.example.fi", secret="sesame-open")
    office.app.config["SETTINGS"] = hidden
    page = office.browser.get(PAGE).text
    for secret in ("hush-hush", "mail.example.fi", "sesame-open", settings.database):
        assert secret not in page


@pytest.mark.parametrize(
    ("field", "typed"), [("phone", "soita!"), ("email", "ei osoite"), ("email", "08 123456")]
)
def test_what_nobody_could_be_reached_by_is_told_at_its_field(
    office: Office, field: str, typed: str
) -> None:
    told = office.save(PAGE, **{field: typed})
    assert told.status_code == 422
    assert f'id="f-{field}-wrong"' in told.text
    assert office.changes() == []


def test_two_who_set_the_first_settings_at_once_do_not_meet(
    app: Lainaamo, office: Office, at_once: AtOnce
) -> None:
    opened = office.form(PAGE)
    cookie = office.browser.get_cookie("istunto")
    assert cookie is not None

    def save(browser: Browser) -> int:
        browser.set_cookie("istunto", cookie.value)
        form = {**opened, "_key": f"k{browser.number}", "phone": f"08 000 000{browser.number}"}
        return browser.post(PAGE, data=form).status_code

    assert sorted(at_once(4, save)) == [303, 409, 409, 409]
    with app.app_context():
        assert len(session.scalars(select(HouseSetting.id)).all()) == len(HOUSE)
