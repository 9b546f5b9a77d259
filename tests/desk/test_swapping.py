"""A child grows: skis of the season are changed for longer ones, till the same day, in one act."""

from datetime import timedelta

from lainaamo.core import journal
from lainaamo.core.db import session
from lainaamo.lending import queries
from tests.conftest import AtOnce
from tests.desk.conftest import FRIDAY, TODAY, Desk
from tests.make import Make

URL = "/tiski/vaihdot"


def due(make: Make, item_id: int) -> object:
    with make.app.app_context():
        loan = queries.find_open_loan(item_id)
        return loan.due_on if loan else None


def test_a_longer_pair_goes_till_the_day_of_the_shorter_also_at_the_limit(
    desk: Desk, make: Make
) -> None:
    make.terms(at_once=1, days=7, longest_days=200, season_ends="04-30")
    kind, person = make.kind(), make.person("resident")
    small, large = make.item(kind, size="140"), make.item(kind, size="150")
    season = TODAY + timedelta(59)
    make.loan(small, season, person=person)
    shown = desk.scan(make.sign(small), "lainaus").text
    assert "Change it for another size" in shown
    told = desk.press(URL, tavara=make.sign(small), uusi=make.sign(large)).text
    assert "Lent" in told
    assert (due(make, small.id), due(make, large.id)) == (None, season)
    assert [one.person_id for one in make.loans(large)] == [person.id]
    with make.app.app_context():
        verbs = [one.verb for one in session.query(journal.Entry).order_by(journal.Entry.id)]
    assert verbs[-3:] == ["loan.returned", "loan.handed_out", "loan.swapped"]


def test_a_new_size_that_was_reserved_is_fetched_by_the_change(desk: Desk, make: Make) -> None:
    kind, person = make.kind(), make.person("resident")
    small, large = make.item(kind, size="140"), make.item(kind, size="150")
    make.loan(small, FRIDAY, person=person)
    made = make.reservation(kind, TODAY, FRIDAY, person=person, size="150")
    desk.press(URL, tavara=make.sign(small), uusi=make.sign(large))
    assert [line.ended_as for line in make.lines(made)] == ["fetched"]


def test_nothing_is_changed_for_what_may_not_go(desk: Desk, make: Make) -> None:
    kind = make.kind()
    small, large, other = (
        make.item(kind, size="140"),
        make.item(kind, size="150"),
        make.item(make.kind("Luistimet", category=make.category("skates"))),
    )
    make.loan(small, FRIDAY)
    make.loan(large, FRIDAY)
    for new in (large, other, small):
        answer = desk.send(URL, tavara=make.sign(small), uusi=make.sign(new))
        assert answer.status_code == 409
    assert desk.send(URL, tavara=make.sign(small), uusi="nothing").status_code == 409
    assert desk.send(URL, tavara=make.sign(other), uusi=make.sign(large)).status_code == 409
    assert due(make, small.id) == FRIDAY


def test_of_two_desks_that_change_at_once_one_does(desk: Desk, make: Make, at_once: AtOnce) -> None:
    kind = make.kind()
    small, *large = (make.item(kind, size=size) for size in ("140", "150", "150"))
    make.loan(small, FRIDAY)
    signs = [make.sign(one) for one in large]
    sign = make.sign(small)
    answers = at_once(
        2, lambda browser: desk.twin(browser).send(URL, tavara=sign, uusi=signs.pop()).status_code
    )
    assert sorted(answers) == [303, 409]
    assert sorted(str(due(make, one.id)) for one in large) == [str(FRIDAY), "None"]
