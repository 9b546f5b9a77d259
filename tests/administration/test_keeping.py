"""Names do not stay in the history of changes for ever: the change stays, the name goes."""

from datetime import timedelta

from sqlalchemy import select

from lainaamo.administration import keeping
from lainaamo.administration.models import Change
from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.journal import Entry
from lainaamo.core.web import Lainaamo
from lainaamo.people.models import Person
from lainaamo.upkeep import worker
from tests.conftest import MONDAY, SignedIn
from tests.make import Make
from tests.strict import Browser

HOME = "/hallinta/kayttajat"


def renamed(admin: Browser, person: Person, name: str) -> None:
    answer = admin.post(f"{HOME}/{person.id}/nimi", data={"first_name": name})
    assert answer.status_code == 303


def kept(app: Lainaamo) -> list[Change]:
    with app.app_context():
        rows = list(session.scalars(select(Change).order_by(Change.id)))
        session.expunge_all()
        return rows


def test_a_worker_that_was_renamed_is_named_for_a_year_and_no_longer(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    person = make.person("worker", first_name="Marjatta", number=12)
    renamed(signed_in("administrator"), person, "Marja")
    with clock.at(MONDAY + keeping.KEPT):
        worker.work_once(app)
        assert kept(app)[0].before == {"first_name": "Marjatta"}
    with clock.at(MONDAY + keeping.KEPT + timedelta(days=1, minutes=1)):
        worker.work_once(app)
        change = kept(app)[0]
        assert (change.before, change.after) == ({"first_name": None}, {"first_name": None})
        assert change.erased_at is not None
        page = signed_in("administrator").get("/hallinta/muutokset").text
    assert "Marjatta" not in page
    assert "Marja" in page  # as the person is called now


def test_the_rest_of_the_change_stays(app: Lainaamo, make: Make) -> None:
    person = make.person("worker", number=3)
    with app.app_context(), transaction():
        session.add(
            Change(
                thing="person",
                thing_id=person.id,
                before={},
                after={"first_name": "Eetu", "roles": [["worker", None]], "closed": False},
                actor="system",
                made_at=clock.now(),
            )
        )
    with app.app_context():
        with clock.at(MONDAY + timedelta(days=800)):
            keeping.forget_names()
            keeping.forget_names()
        lines = session.scalars(select(Entry).where(Entry.verb == "change.erased")).all()
        assert len(lines) == 1
    after = kept(app)[0].after
    assert after == {"first_name": None, "roles": [["worker", None]], "closed": False}


def test_what_names_nobody_is_left_alone(app: Lainaamo, make: Make) -> None:
    make.change(make.place("A1"), name="A2")
    with app.app_context(), clock.at(MONDAY + timedelta(days=800)):
        keeping.forget_names()
    assert kept(app)[0].after == {"name": "A2"}


def test_many_changes_are_cut_in_many_transactions(app: Lainaamo, make: Make) -> None:
    person = make.person("worker", number=3)
    with app.app_context(), transaction():
        facts = {"thing": "person", "thing_id": person.id, "actor": "system"}
        names = {"before": {"first_name": "A"}, "after": {"first_name": "B"}}
        session.add_all(
            Change(**facts, **names, made_at=clock.now()) for _ in range(keeping.AT_ONCE + 3)
        )
    with app.app_context(), clock.at(MONDAY + timedelta(days=800)):
        keeping.forget_names()
    assert all(change.erased_at is not None for change in kept(app))


def test_a_renaming_whose_names_are_gone_is_not_undone(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    person = make.person("worker", first_name="Marjatta", number=12)
    renamed(signed_in("administrator"), person, "Marja")
    with clock.at(MONDAY + timedelta(days=800)):
        with app.app_context():
            keeping.forget_names()
        undo = f"{HOME}/muutokset/{kept(app)[0].id}/peruminen"
        assert signed_in("administrator").post(undo).status_code == 409
    assert make.again(person).first_name == "Marja"
