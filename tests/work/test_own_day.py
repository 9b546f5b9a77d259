"""What I did today: one's own in words, of all others only sums."""

from datetime import timedelta

import pytest

from lainaamo.core import clock, journal
from lainaamo.core.db import transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods import actions as goods
from lainaamo.goods import queries as goods_queries
from lainaamo.people import queries as people
from tests.conftest import MONDAY, SignedIn
from tests.make import Make
from tests.strict import Browser

TODAY = "/tanaan"


@pytest.fixture
def me(signed_in: SignedIn) -> Browser:
    return signed_in("worker")


class Working:
    """Lets people do things in their own names."""

    def __init__(self, app: Lainaamo, make: Make) -> None:
        self.app = app
        self.make = make

    def took_in(self, person_id: int | None, number: int, name: str = "Sukset") -> None:
        kind, site = self.make.kind(name), self.make.site()
        with self.app.app_context():
            alias = people.alias_of(person_id or 0) or ""
            for _ in range(number):
                with transaction(), journal.acting(alias):
                    goods.receive(goods_queries.get_kind(kind.id), site_id=site.id)


@pytest.fixture
def working(app: Lainaamo, make: Make) -> Working:
    return Working(app, make)


def test_my_day_is_told_in_words_and_pictures(me: Browser, working: Working) -> None:
    working.took_in(me.person_id, 6)
    page = me.get(TODAY).text
    assert "Otit vastaan 6 tavaraa." in page
    assert page.count('<span class="word">Sukset') == 6


def test_one_is_said_as_one(me: Browser, working: Working) -> None:
    working.took_in(me.person_id, 1)
    assert "Otit vastaan 1 tavaran." in me.get(TODAY).text


def test_an_empty_day_says_what_to_do(me: Browser) -> None:
    page = me.get(TODAY).text
    assert "Tänään ei ole vielä mitään." in page
    assert 'href="/vastaanotto"' in page


def test_yesterday_is_not_today_but_is_this_week(
    me: Browser, working: Working, signed_in: SignedIn
) -> None:
    working.took_in(me.person_id, 3)
    with clock.at(MONDAY + timedelta(days=1)):
        page = signed_in("worker", person_id=me.person_id).get(TODAY).text
    assert "Otit vastaan" not in page
    assert "3 tehtävää" in page


def test_the_day_ends_at_midnight_in_helsinki(
    make: Make, working: Working, signed_in: SignedIn
) -> None:
    person = make.person("worker")
    with clock.at(MONDAY.replace(hour=23, minute=59)):
        working.took_in(person.id, 2)
        me = signed_in("worker", person_id=person.id)
        assert "Otit vastaan 2 tavaraa." in me.get(TODAY).text
    with clock.at(MONDAY.replace(hour=0, minute=1) + timedelta(days=1)):
        assert "Otit vastaan" not in me.get(TODAY).text


def test_what_was_taken_in_by_mistake_is_not_counted(
    app: Lainaamo, me: Browser, make: Make
) -> None:
    make.site()
    category = make.category("balls")
    fields = {"category": str(category.id), "condition": "good"}
    for _ in range(2):
        me.post("/vastaanotto", data=fields)
    assert me.post("/vastaanotto/2/peru", data={}).status_code == 303
    assert "Otit vastaan 1 tavaran." in me.get(TODAY).text


def test_what_others_did_is_told_only_as_a_sum(me: Browser, make: Make, working: Working) -> None:
    others = [make.person("worker", first_name=name) for name in ("Väinämö", "Tellervo")]
    working.took_in(me.person_id, 1)
    working.took_in(others[0].id, 2, "Luistimet")
    working.took_in(others[1].id, 4, "Pulkat")
    page = me.get(TODAY).text
    assert "7 otettu vastaan" in page
    for name in ("Väinämö", "Tellervo", "Luistimet", "Pulkat"):
        assert name not in page


def test_of_two_people_no_sum_is_told(me: Browser, make: Make, working: Working) -> None:
    working.took_in(me.person_id, 1)
    working.took_in(make.person("worker").id, 4)
    page = me.get(TODAY).text
    assert "5 otettu vastaan" not in page
    assert "kolme" in page


def test_what_machines_and_residents_do_is_in_no_sum(
    me: Browser, make: Make, working: Working
) -> None:
    for role in ("worker", "counter", "resident"):
        working.took_in(make.person(role).id, 2)
    working.took_in(me.person_id, 1)
    assert "5 otettu vastaan" in me.get(TODAY).text


def test_a_resident_has_no_such_page(signed_in: SignedIn) -> None:
    assert signed_in("resident").get(TODAY).status_code == 403
