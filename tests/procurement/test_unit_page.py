"""A unit's own page: only its own people see it, and the sums say how they were counted."""

from lainaamo.goods.models import Item
from lainaamo.people.models import Unit
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser


def test_another_units_page_is_not_found(make: Make, at_school: Browser, school: Unit) -> None:
    other = make.unit("Toinen")
    assert at_school.get(f"/yksikko/{school.id}").status_code == 200
    assert at_school.get(f"/yksikko/{other.id}").status_code == 404


def test_coordinators_and_administrators_see_every_unit(
    make: Make, signed_in: SignedIn, school: Unit
) -> None:
    for role in ("coordinator", "administrator"):
        assert signed_in(role).get(f"/yksikko/{school.id}").status_code == 200
    for role in ("counter", "supervisor", "worker", "resident"):
        assert signed_in(role).get(f"/yksikko/{school.id}").status_code == 403


def test_whoever_has_one_unit_comes_to_its_page_and_with_more_chooses(
    make: Make, signed_in: SignedIn, at_school: Browser, school: Unit
) -> None:
    assert at_school.get("/yksikko").location == f"/yksikko/{school.id}"
    make.unit("Kirjasto", parent=school)
    page = at_school.get("/yksikko").text
    assert "Kirjasto" in page


def test_the_saving_is_what_new_ones_would_have_cost_on_the_day(
    make: Make, at_school: Browser, chairs: Item, school: Unit
) -> None:
    make.taken(make.claim(chairs, school, 4))
    unpriced = make.item(make.kind("Matto", pool="reuse"), quantity=2)
    make.taken(make.claim(unpriced, school, 2))
    make.claim(chairs, school, 1)
    page = at_school.get(f"/yksikko/{school.id}").text.replace("\xa0", " ")
    assert "300,00 €" in page
    assert "Otimme kierrosta: 6 kpl." in page
    assert "Hintaa ei tiedetä: 2 kpl jätettiin pois." in page


def test_names_in_any_script_are_shown_as_they_are(make: Make, signed_in: SignedIn) -> None:
    unit = make.unit("<script>كُتّاب & Ыыы")
    page = signed_in("coordinator").get(f"/yksikko/{unit.id}").text
    assert "&lt;script&gt;كُتّاب &amp; Ыыы" in page


def test_an_empty_page_tells_the_next_step(at_school: Browser, school: Unit) -> None:
    page = at_school.get(f"/yksikko/{school.id}").text
    assert "Nyt ei ole mitään varattuna." in page
    assert 'href="/kierto"' in page


def test_a_long_history_comes_in_pages(
    make: Make, at_school: Browser, chairs: Item, school: Unit
) -> None:
    for _ in range(51):
        make.cancelled(make.claim(chairs, school, 1))
    first = at_school.get(f"/yksikko/{school.id}").text
    assert first.count("1 kpl peruttu") == 50
    link = first.split('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    assert at_school.get(link).text.count("1 kpl peruttu") == 1
