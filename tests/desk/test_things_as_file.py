"""The staff's lists are files, by the same filters and for the same people, and come in again."""

import io
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from lainaamo.administration.shipped import load_categories
from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Item
from lainaamo.goods.queries import sign_of
from lainaamo.intake import actions as intake
from lainaamo.intake.columns import COLUMNS, map_columns
from tests.conftest import SignedIn
from tests.make import Make

LIST = (
    "nimi;luokka;koko;kpl;hinta;omistaja;kunto\n"
    "Murtomaasukset;sukset;170 cm;2;199,90;;hyvä\n"
    "Luistimet;luistimet;38;1;;;kulunut\n"
    "Työtuoli;tuolit;sininen, käsinojat puuttuvat;12;340;Iin koulu;uudenveroinen\n"
    "Pöytä;pöydät;160 x 80 x 72 cm;3;;;hyvä\n"
    "=cmd|x;sukset;;1;;;rikki\n"
)


@pytest.fixture
def stocked(app: Lainaamo, make: Make) -> None:
    """Fill the house from a list."""
    make.site()
    with app.app_context():
        with transaction():
            load_categories()
        seen = intake.preview(LIST.encode())
        with transaction():
            intake.apply(seen)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("locale", ["fi", "selko", "sv", "en"])
def test_what_was_taken_out_comes_in_unchanged(
    app: Lainaamo, stocked: None, signed_in: SignedIn, kind: str, locale: str
) -> None:
    visitor = signed_in("worker")
    visitor.set_cookie("kieli", locale)
    content = visitor.get(f"/tavarat.{kind}").get_data()
    with app.app_context():
        sheet = intake.read_list(content)
        assert set(map_columns(sheet.headers)) == set(COLUMNS)
        seen = intake.preview(content)
        number = session.scalar(select(func.count()).select_from(Item))
        assert [row.verdict for row in seen.rows] == ["already"] * (number or 0)


def test_an_empty_house_filled_from_the_file_is_the_same_house(
    app: Lainaamo, stocked: None, signed_in: SignedIn
) -> None:
    visitor = signed_in("worker")
    first = visitor.get("/tavarat.csv").get_data()
    with app.app_context():
        seen = intake.preview(first)
        for row in seen.rows:
            assert row.thing is not None
        facts = {row.thing.code: row.thing for row in seen.rows if row.thing}
        for item in session.scalars(select(Item)).all():
            thing = facts[sign_of(item.id)]
            assert (thing.size, thing.condition) == (item.size, item.condition)
            assert dict(thing.attributes) == item.attributes
            assert thing.price_new_cents == item.price_new_cents
            assert thing.count == item.quantity


def test_the_file_has_what_the_list_was_narrowed_to(stocked: None, signed_in: SignedIn) -> None:
    visitor = signed_in("worker")
    page = visitor.get("/tavarat?q=luistimet").text
    assert '/tavarat.csv?q=luistimet"' in page
    text = visitor.get("/tavarat.csv?q=luistimet").get_data().decode("utf-8-sig")
    assert [line.split(";")[0] for line in text.splitlines()[1:]] == ["Luistimet"]
    nothing = visitor.get(f"/tavarat.csv?q={quote('olematon')}").get_data().decode("utf-8-sig")
    assert len(nothing.splitlines()) == 1


def test_a_name_that_is_a_formula_is_words_in_the_file(stocked: None, signed_in: SignedIn) -> None:
    text = signed_in("worker").get("/tavarat.csv").get_data().decode("utf-8-sig")
    assert "\r\n'=cmd|x;" in text


def test_a_file_of_things_is_many_statements_but_not_one_a_thing(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    make.site()
    kind = make.kind("Sukset")
    for _n in range(60):
        make.item(kind)
    answer = signed_in("worker").get("/tavarat.csv")  # the strict reader counts
    assert len(answer.get_data().splitlines()) == 61
    assert answer.headers["Content-Disposition"] == 'attachment; filename="tavarat-2026-03-02.csv"'


@pytest.mark.parametrize(
    ("path", "role", "other", "method"),
    [
        ("/tavarat", "worker", "resident", "GET"),
        ("/lainat", "counter", "worker", "POST"),
        ("/varaukset", "supervisor", "buyer", "POST"),
        ("/korjaukset", "counter", "worker", "GET"),
        ("/lahjoitukset", "coordinator", "worker", "POST"),
        ("/kierto/varaukset", "counter", "worker", "GET"),
        ("/kierto/kaikki-varaukset", "counter", "buyer", "GET"),
        ("/hallinta/palaute", "counter", "worker", "POST"),
        ("/hallinta/luokat", "administrator", "counter", "GET"),
        ("/hallinta/ehdot", "coordinator", "counter", "GET"),
        ("/hallinta/toimipisteet", "coordinator", "counter", "GET"),
        ("/hallinta/kayttajat", "supervisor", "counter", "POST"),
        ("/hallinta/yksikot", "administrator", "supervisor", "GET"),
        ("/hallinta/muutokset", "coordinator", "counter", "POST"),
        ("/hallinta/paivakirja", "administrator", "coordinator", "GET"),
    ],
)
def test_who_may_see_a_list_may_take_it_out_and_nobody_else(
    signed_in: SignedIn, path: str, role: str, other: str, method: str
) -> None:
    for kind in ("csv", "xlsx"):
        assert signed_in(role).open(f"{path}.{kind}", method=method).status_code == 200
        assert signed_in(other).open(f"{path}.{kind}", method=method).status_code == 403
    assert signed_in(role).open(f"{path}.exe", method=method).status_code == 404


def test_feedback_is_a_file_of_words_and_not_of_formulas(make: Make, signed_in: SignedIn) -> None:
    make.feedback(text="=1+1", reply_to="+358401234567@example.fi")
    content = signed_in("counter").post("/hallinta/palaute.csv").get_data().decode("utf-8-sig")
    assert ";'=1+1;" in content
    assert io.StringIO(content).readline().startswith("Annettu;")
