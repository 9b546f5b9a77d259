"""Labels on the wall beside the desk: gloves never touch glass."""

import re

import pytest

from lainaamo.core.db import transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods import commands, queries
from lainaamo.goods.commands import Command
from lainaamo.goods.models import Item
from tests.desk.conftest import FRIDAY, Desk
from tests.make import Make


@pytest.fixture
def wall(app: Lainaamo) -> dict[Command, str]:
    """Return the code of each label on the wall."""
    with app.app_context():
        with transaction():
            commands.make()
        return dict(commands.signs())


def thing_now(page: str) -> str:
    """Return the thing that the desk's next command is about."""
    found = re.search(r'name="nyt" value="(\w+)"', page)
    return found[1] if found else ""


def need_of(app: Lainaamo, item: Item) -> str | None:
    with app.app_context():
        repair = queries.find_open_repair(item.id)
        return repair.need if repair else None


@pytest.mark.parametrize(
    ("command", "words", "need"),
    [
        (Command.OK, "Returned, OK", None),
        (Command.DIRTY, "Returned, dirty", "clean"),
        (Command.PART_MISSING, "Returned, a part is missing", "part"),
        (Command.BROKEN, "Returned, broken", "repair"),
    ],
)
def test_two_scans_take_a_thing_back_and_say_its_condition(
    app: Lainaamo,
    desk: Desk,
    make: Make,
    wall: dict[Command, str],
    command: Command,
    words: str,
    need: str | None,
) -> None:
    item = make.item(place=make.place("B12"))
    loan = make.loan(item, FRIDAY)
    back = desk.scan(make.sign(item)).text
    page = desk.scan(wall[command], nyt=thing_now(back)).text
    assert words in page
    assert make.again(loan).condition_back == str(command)
    assert need_of(app, item) == need


def test_a_thing_found_broken_on_its_shelf_goes_to_the_workshop_and_comes_back(
    app: Lainaamo, desk: Desk, make: Make, wall: dict[Command, str]
) -> None:
    item = make.item(place=make.place("B12"))
    seen = thing_now(desk.scan(make.sign(item)).text)
    broken = desk.scan(wall[Command.BROKEN], nyt=seen).text
    assert need_of(app, item) == "repair"
    desk.scan(wall[Command.OK], nyt=thing_now(broken))
    assert need_of(app, item) is None


def test_the_undo_label_takes_back_the_last_act(
    desk: Desk, make: Make, wall: dict[Command, str]
) -> None:
    item = make.item(place=make.place("B12"))
    loan = make.loan(item, FRIDAY)
    desk.scan(make.sign(item))
    page = desk.scan(wall[Command.UNDO]).text
    assert "Undone" in page
    assert make.again(loan).returned_at is None
    again = desk.scan(wall[Command.UNDO])
    assert again.status_code == 409
    assert "nothing of yours to undo" in again.text


@pytest.mark.parametrize(
    ("command", "mode"),
    [(Command.RETURN, "Return"), (Command.LOAN, "Loan"), (Command.SHELVE, "Put away")],
)
def test_a_label_changes_what_the_desk_does(
    desk: Desk, make: Make, wall: dict[Command, str], command: Command, mode: str
) -> None:
    item = make.item(place=make.place("B12"))
    page = desk.scan(wall[command], nyt=make.sign(item)).text
    assert f'<h1 class="vh">{mode}</h1>' in page
    assert thing_now(page) == make.sign(item)


def test_a_command_without_a_thing_says_what_to_scan_first(
    desk: Desk, wall: dict[Command, str]
) -> None:
    answer = desk.scan(wall[Command.BROKEN])
    assert answer.status_code == 409
    assert "Scan the thing first" in answer.text


def test_a_command_about_what_is_lent_is_refused_and_the_thing_stays_in_view(
    desk: Desk, make: Make, wall: dict[Command, str]
) -> None:
    item = make.item(place=make.place("B12"))
    make.loan(item, FRIDAY)
    sign = make.sign(item)
    answer = desk.scan(wall[Command.BROKEN], mode="lainaus", nyt=sign)
    assert answer.status_code == 409
    assert "This thing is lent" in answer.text
    assert thing_now(answer.text) == sign


@pytest.mark.parametrize("now", ["22222", "x" * 10_000, "'; --"])
def test_a_made_up_thing_is_no_thing(desk: Desk, wall: dict[Command, str], now: str) -> None:
    assert desk.scan(wall[Command.OK], nyt=now).status_code == 409
    assert desk.scan(wall[Command.LOAN], nyt=now).status_code in {200, 404}
