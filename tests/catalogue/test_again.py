"""The same as last time: one tap offers it, one tick and one tap reserve it, for a family too."""

from datetime import date

import pytest
from sqlalchemy import select

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Kind
from lainaamo.lending import actions as lending
from lainaamo.lending import queries
from lainaamo.lending.actions import Asked, Borrower, Bundled
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Line, Reservation
from lainaamo.people.models import Person
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

TUE, FRI = date(2026, 3, 3), date(2026, 3, 6)
AGREED = {"agree": "yes", "alku": "2026-03-10", "loppu": "2026-03-13"}


def family(app: Lainaamo, make: Make, aino: Person) -> Reservation:
    """Let a family have had skis and boots for two."""
    skis, boots = make.kind("Sukset"), make.kind("Monot")
    for kind, sizes in ((skis, ("130", "190")), (boots, ("32", "42"))):
        for size in sizes:
            make.item(kind, size=size)
    asked = [
        Asked(kind.id, size, Bundled(number, for_name=name))
        for number, name, sizes in ((0, "Oona", ("130", "32")), (1, "Aino", ("190", "42")))
        for kind, size in zip((skis, boots), sizes, strict=True)
    ]
    with app.app_context(), transaction():
        borrower = Borrower("Aino", person_id=aino.id)
        days = {"first_day": TUE, "last_day": FRI}
        made = lending.reserve(asked, borrower, site_id=make.site().id, **days)
        made_id = made.id
    with app.app_context(), transaction():
        lending.cancel(queries.get_reservation(made_id))
    with app.app_context():
        return session.get_one(Reservation, made_id)


def sets(app: Lainaamo, reservation_id: int) -> list[tuple[str | None, str | None, int]]:
    with app.app_context():
        made = queries.get_reservation(reservation_id)
        return sorted(
            (line.bundle.for_name if line.bundle else None, line.size, line.kind_id)
            for line in made.lines
        )


def newest(app: Lainaamo) -> int:
    with app.app_context():
        wanted = select(Reservation.id).order_by(Reservation.id.desc()).limit(1)
        return session.scalars(wanted).one()


def test_a_family_gets_its_sets_again(app: Lainaamo, make: Make, signed_in: SignedIn) -> None:
    aino = make.person("resident", first_name="Aino")
    made = family(app, make, aino)
    browser = signed_in("resident", person_id=aino.id)
    url = f"/omat/uudestaan/{made.id}"
    assert url in browser.get("/omat").text
    page = browser.get(url).text
    assert "Oona" in page
    assert "ma 2.3. – to 5.3." in page  # as long as last time, from the first day that does
    assert browser.post(url, data=AGREED).status_code == 303
    assert newest(app) != made.id
    assert sets(app, newest(app)) == sets(app, made.id)


def test_what_is_taken_is_offered_for_the_first_days_it_is_free(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    aino, kind = make.person("resident", first_name="Aino"), make.kind("Sukset")
    item = make.item(kind)
    made = make.reservation(kind, TUE, FRI, person=aino)
    make.cancelled_reservation(made)
    make.loan(item, date(2026, 3, 12))
    browser = signed_in("resident", person_id=aino.id)
    url = f"/omat/uudestaan/{made.id}"
    assert "pe 13.3. – ma 16.3." in browser.get(url).text
    answer = browser.post(url, data=AGREED)
    assert answer.status_code == 409
    assert "pe 13.3. – ma 16.3." in answer.text


def test_nobody_gets_at_anothers_reservation(make: Make, signed_in: SignedIn) -> None:
    kind = make.kind()
    make.item(kind)
    made = make.reservation(kind, TUE, FRI)
    other = signed_in("resident")
    assert other.get(f"/omat/uudestaan/{made.id}").status_code == 404
    assert other.post(f"/omat/uudestaan/{made.id}", data=AGREED).status_code == 404


def test_without_the_tick_nothing_is_reserved(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    aino, kind = make.person("resident"), make.kind()
    make.item(kind)
    made = make.reservation(kind, TUE, FRI, person=aino)
    browser = signed_in("resident", person_id=aino.id)
    answer = browser.post(f"/omat/uudestaan/{made.id}", data={**AGREED, "agree": ""})
    assert answer.status_code == 422
    assert 'value="2026-03-10"' in answer.text
    assert newest(app) == made.id


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-03-13", "2026-03-10", "Viimeinen päivä on ennen ensimmäistä."),
        ("2026-02-10", "2026-02-13", "Ensimmäinen päivä on jo mennyt."),
        ("2027-03-10", "2027-03-12", "jonka voit nyt varata"),
        ("2026-03-10", "2026-03-14", "Olemme silloin kiinni"),
        ("2026-03-10", "2026-04-30", "Laina-aika on enintään"),
    ],
)
def test_days_that_will_not_do_are_told(
    make: Make, signed_in: SignedIn, first: str, last: str, words: str
) -> None:
    aino, kind = make.person("resident"), make.kind()
    make.item(kind)
    made = make.reservation(kind, TUE, FRI, person=aino)
    browser = signed_in("resident", person_id=aino.id)
    url = f"/omat/uudestaan/{made.id}"
    assert words in browser.get(f"{url}?alku={first}&loppu={last}").text
    answer = browser.post(url, data={"agree": "yes", "alku": first, "loppu": last})
    assert answer.status_code == 409
    assert words in answer.text


def test_what_left_the_house_is_named_and_left_out(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    aino = make.person("resident", first_name="Aino")
    made = family(app, make, aino)
    with app.app_context(), transaction():
        boots = session.scalars(select(Kind).where(Kind.name == "Monot")).one()
        boots.left_at = clock.now()
    browser = signed_in("resident", person_id=aino.id)
    url = f"/omat/uudestaan/{made.id}"
    assert "Näitä emme enää lainaa: Monot" in browser.get(url).text
    assert browser.post(url, data=AGREED).status_code == 303
    with app.app_context():
        lines = select(Line).where(Line.reservation_id == newest(app))
        assert len(session.scalars(lines).all()) == 2


def test_the_link_of_a_message_leads_there_by_signing_in(
    app: Lainaamo, browser: Browser, make: Make, signed_in: SignedIn
) -> None:
    kind, aino = make.kind(), make.person("resident")
    make.item(kind)
    made = make.reservation(kind, TUE, FRI, person=aino)
    make.cancelled_reservation(made)
    path = own_path(made, app.config["SETTINGS"])
    assert f"/omat/tulo?next=%2Fomat%2Fuudestaan%2F{made.id}" in browser.get(path).text
    mine = signed_in("resident", person_id=aino.id)
    assert f'href="/omat/uudestaan/{made.id}"' in mine.get(path).text


def test_a_second_press_makes_no_second_reservation(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    aino, kind = make.person("resident"), make.kind()
    make.item(kind)
    make.item(kind)
    made = make.reservation(kind, TUE, FRI, person=aino)
    browser = signed_in("resident", person_id=aino.id)
    form = {**AGREED, "_key": "k" * 22}
    answers = [browser.post(f"/omat/uudestaan/{made.id}", data=form) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert newest(app) == made.id + 1
