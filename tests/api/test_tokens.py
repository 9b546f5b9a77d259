"""Tokens: who a program acts as, what it may do, and when it may no more."""

from datetime import date, timedelta

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from lainaamo.cli import main
from lainaamo.config import Settings
from lainaamo.core import clock, journal
from lainaamo.core.db import session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.people import tokens
from lainaamo.people.models import Actor, Grant, Token
from lainaamo.people.visitor import COOKIE
from tests.api.conftest import Program, Programs, told
from tests.conftest import SignedIn
from tests.make import Make

MON = date(2026, 3, 2)


def test_a_program_acts_as_the_person_of_its_token(program: Programs) -> None:
    mine = program("worker")
    me = mine.get("/me")
    assert (me["id"], me["role"]) == (mine.person_id, "worker")


def test_without_a_token_one_is_asked_for(program: Programs) -> None:
    answer = program(None).ask("GET", "/me")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    told(answer)


@pytest.mark.parametrize("shown", ["Bearer nonsense", "Bearer ", "Basic YTpi", "x", "Bearer ä"])
def test_a_token_that_opens_nothing_is_told_so_even_where_none_is_needed(
    program: Programs, shown: str
) -> None:
    for path in ("/kinds", "/me"):
        assert told(program(None).ask("GET", path, Authorization=shown))["status"] == 401


def test_a_session_opens_nothing_of_the_api(app: Lainaamo, signed_in: SignedIn) -> None:
    cookie = signed_in("administrator").get_cookie(COOKIE)
    assert cookie is not None
    shown = {"Cookie": f"{COOKIE}={cookie.value}"}
    assert app.test_client().get("/api/v1/me", headers=shown).status_code == 401


def test_a_token_opens_no_page(app: Lainaamo, make: Make) -> None:
    shown = {"Authorization": f"Bearer {make.token('administrator')}"}
    assert app.test_client().get("/hallinta", headers=shown).status_code == 303


def test_a_token_may_do_only_what_its_role_may(program: Programs, make: Make) -> None:
    boss = make.person("administrator")
    token = make.token("worker", boss.id)
    worker = Program(program(None).client, token)
    assert worker.ask("GET", "/items").status_code == 200
    assert worker.ask("GET", "/kinds?pool=reuse").status_code == 403


def test_a_role_that_is_taken_away_is_gone_from_the_token_at_once(
    program: Programs, make: Make
) -> None:
    person = make.person("worker")
    worker = program("worker", person=person)
    assert worker.ask("GET", "/items").status_code == 200
    make.grants_ended(person)
    assert told(worker.ask("GET", "/items"))["status"] == 403


def test_an_ended_token_opens_nothing(app: Lainaamo, program: Programs) -> None:
    worker = program("worker")
    with app.app_context(), transaction():
        tokens.end(session.scalars(select(Token)).one())
    assert worker.ask("GET", "/me").status_code == 401


def test_a_token_opens_on_its_last_day_and_not_on_the_day_after(
    program: Programs, make: Make
) -> None:
    person = make.person("worker")
    token = make.token("worker", person.id, last_day=MON)
    worker = Program(program(None).client, token)
    assert worker.ask("GET", "/me").status_code == 200
    with clock.at(clock.now() + timedelta(days=1)):
        assert worker.ask("GET", "/me").status_code == 401


def test_only_its_fingerprint_is_stored_and_after_its_first_use_it_cannot_be_made_again(
    app: Lainaamo, program: Programs
) -> None:
    worker = program("worker")
    with app.app_context():
        row = session.scalars(select(Token)).one()
        assert worker.token not in {row.token_hash, row.nonce, row.words}
        assert tokens.find_text(row, key="sesame") == worker.token
    worker.get("/me")
    with app.app_context():
        row = session.scalars(select(Token)).one()
        assert (row.nonce, row.used_at) == (None, clock.now())


def test_its_use_is_written_down_hourly_at_most(app: Lainaamo, program: Programs) -> None:
    worker, began = program("worker"), clock.now()
    for minutes in (0, 30, 59, 61):
        with clock.at(began + timedelta(minutes=minutes)):
            worker.get("/me")
    with app.app_context():
        assert session.scalars(select(Token.used_at)).one() == began + timedelta(minutes=61)


def test_the_journal_knows_the_tokens_person(app: Lainaamo, program: Programs, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    mine = program("resident")
    asked = {"kind": kind.id, "first_day": str(MON), "last_day": str(MON)}
    assert mine.post("/reservations", asked).status_code == 201
    with app.app_context():
        alias = session.scalars(select(Actor.alias).where(Actor.person_id == mine.person_id)).one()
        made = select(journal.Entry.actor).where(journal.Entry.verb == "reservation.made")
        assert session.scalars(made).one() == alias


def test_nobody_gets_a_token_for_a_role_they_do_not_have(make: Make) -> None:
    with pytest.raises(Exception, match="does not have the role"):
        make.token("worker", make.person("resident").id)


# The command


def run(settings: Settings, *words: str) -> Result:
    environment = {
        "LAINAAMO_INSTANCE": settings.instance,
        "LAINAAMO_DATABASE_URL": settings.database_url,
        "LAINAAMO_SECRET": settings.secret,
    }
    return CliRunner().invoke(main, ["token", *words], env=environment)


def test_the_command_prints_the_token_and_nothing_else(
    app: Lainaamo, settings: Settings, program: Programs
) -> None:
    made = run(settings, "create", "--role", "worker")
    (token,) = made.stdout.splitlines()
    me = Program(program(None).client, token).get("/me")
    assert me["role"] == "worker"
    with app.app_context():
        roles = session.scalars(select(Grant.role).where(Grant.person_id == me["id"])).all()
    assert roles == ["worker"]


def test_the_command_lists_tokens_and_ends_them(settings: Settings, make: Make) -> None:
    token = make.token("worker")
    listed = run(settings, "list").stdout
    assert ("worker" in listed, token in listed) == (True, False)
    number = listed.split("\t")[0]
    assert run(settings, "revoke", number).exit_code == 0
    assert "ended" in run(settings, "list").stdout
    assert run(settings, "revoke", number).exit_code == 1


@pytest.mark.parametrize("who", ["id", "email", "phone", "card"])
def test_the_command_finds_the_person(
    app: Lainaamo, settings: Settings, program: Programs, make: Make, who: str
) -> None:
    mailed = make.person("worker", email="ville@example.fi")
    called = make.person("worker", phone="+358401234567")
    signed_card = make.card(mailed)
    names = {
        "id": (str(called.id), called.id),
        "email": ("Ville@example.fi", mailed.id),
        "phone": ("040 123 4567", called.id),
        "card": (signed_card, mailed.id),
    }
    named, expected = names[who]
    token = run(settings, "create", "--role", "worker", "--person", named).stdout.strip()
    assert Program(program(None).client, token).get("/me")["id"] == expected


@pytest.mark.parametrize(
    "words",
    [
        ("--role", "emperor"),
        ("--role", "worker", "--person", "nobody"),
        ("--role", "buyer", "--unit", "Ei"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence_and_nothing_is_printed(
    settings: Settings, words: tuple[str, ...]
) -> None:
    made = run(settings, "create", *words)
    assert (made.exit_code, made.stdout) == (1, "")
    assert made.stderr.startswith("Error: ")
