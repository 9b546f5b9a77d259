"""With other people's ids, at every address: nothing of theirs is shown, and nothing changes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lainaamo.core.db import session, transaction
from lainaamo.core.orm import Base
from lainaamo.core.web import Lainaamo
from lainaamo.lending.models import Loan, Reservation
from lainaamo.people.models import Person, Unit
from lainaamo.procurement.models import Claim
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import MACHINERY, Browser
from tests.world import World, build

THEIRS = "Zorvikko"  # in every name of somebody else's
STRANGER = "stranger"
OF_THE_VISIT = MACHINERY | {"journal_entry", "sign_in", "actor", "api_token", "change_count"}
NAMES = (Person.first_name, Reservation.for_name, Loan.for_name)


@pytest.fixture
def theirs(app: Lainaamo, make: Make) -> World:
    """Return a world that belongs to others, down to the last name."""
    world = build(app, make)
    with app.app_context(), transaction():
        for name in NAMES:
            session.execute(update(name.class_).values({name: THEIRS}))
        # Who gave a thing is told of it; who has booked some is their own matter.
        booked = Unit.id.in_(select(Claim.unit_id))
        session.execute(update(Unit).where(booked).values(name=THEIRS))
    return world


@pytest.fixture(params=["resident", "buyer", STRANGER])
def visitor(
    request: pytest.FixtureRequest,
    theirs: World,
    make: Make,
    signed_in: SignedIn,
    browser: Browser,
) -> Browser:
    """Return somebody who has come after them, with a unit of their own."""
    if request.param == STRANGER:
        return browser
    own = make.unit("Oma yksikkö") if request.param == "buyer" else None
    return signed_in(request.param, person_id=make.person(request.param, unit=own).id)


def addresses(app: Lainaamo, world: World, method: str) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and _is_guarded_by_ids(rule):
            with app.test_request_context():
                arguments = world.arguments(rule.endpoint, set(rule.arguments))
                yield app.url_for(rule.endpoint, **arguments)


def _is_guarded_by_ids(rule: Rule) -> bool:
    """Tell whether an address names its things by id: a link's token is its own key."""
    return rule.endpoint != "static" and "token" not in rule.arguments


def test_nothing_of_theirs_is_shown(
    app: Lainaamo,
    theirs: World,
    visitor: Browser,
    record_property: Callable[[str, object], None],
) -> None:
    asked = list(addresses(app, theirs, "GET"))
    shown = [one for one in asked if THEIRS in told(visitor.get(one, follow_redirects=True))]
    record_property("addresses", len(asked))
    assert shown == []


def test_nothing_of_theirs_changes(
    app: Lainaamo,
    theirs: World,
    visitor: Browser,
    record_property: Callable[[str, object], None],
) -> None:
    before, asked = rows(app), list(addresses(app, theirs, "POST"))
    shown = [one for one in asked if THEIRS in told(visitor.post(one))]
    record_property("addresses", len(asked))
    assert shown == []
    assert rows(app) == before


def told(answer: TestResponse) -> str:
    """Return the words of an answer; a picture has none."""
    return answer.text if answer.content_type.startswith(("text/", "application/")) else ""


def rows(app: Lainaamo) -> dict[str, list[Any]]:
    """Return every row of the house but what each visit leaves."""
    with app.app_context():
        tables = [one for one in Base.metadata.sorted_tables if one.name not in OF_THE_VISIT]
        return {
            one.name: [tuple(row) for row in session.execute(select(one).order_by(one.c.id))]
            for one in tables
        }
