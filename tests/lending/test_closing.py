"""Closed days are planned: what falls on them is spread, and each person is told once."""

from collections import Counter
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import func, select

from lainaamo.core import clock, outbox
from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.outbox import Message
from lainaamo.core.web import Lainaamo
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Kind, Site
from lainaamo.lending import closing
from lainaamo.lending.closing_plan import Days, plan
from lainaamo.lending.models import Loan, MovedDay
from lainaamo.upkeep import actions as upkeep
from lainaamo.upkeep import notices
from tests.conftest import AtOnce, SignedIn
from tests.make import Make
from tests.strict import Browser

MON = date(2026, 3, 2)
TUE, WED, THU, FRI = (MON + timedelta(n) for n in range(1, 5))
NEXT_MON, NEXT_FRI = MON + timedelta(7), MON + timedelta(11)
AFTER = MON + timedelta(14)


def week(site: Site, most: int = 20) -> Days:
    """Return the next week, closed."""
    return Days(site.id, NEXT_MON, NEXT_FRI, most)


def closed(app: Lainaamo, days: Days) -> int:
    with app.app_context():
        with transaction():
            made = closing.hold(days, reason="Remontti")
            closing.apply(made.id)
        return made.id


def lent(make: Make, count: int, due_on: date = NEXT_MON + timedelta(2)) -> list[Loan]:
    return [make.loan(make.item(), due_on) for _ in range(count)]


def told(app: Lainaamo) -> int:
    with app.app_context():
        wanted = select(func.count()).select_from(Message).where(Message.kind == closing.MESSAGE)
        return session.scalar(wanted) or 0


def test_due_days_are_spread_over_the_open_days_after(app: Lainaamo, make: Make) -> None:
    loans = lent(make, 5)
    closed(app, week(make.site(), 2))
    days = Counter(make.again(loan).due_on for loan in loans)
    assert days == {AFTER: 2, AFTER + timedelta(1): 2, AFTER + timedelta(2): 1}


def test_a_thing_that_is_promised_after_the_closing_comes_back_before_it(
    app: Lainaamo, make: Make
) -> None:
    kind = make.kind()
    loan = make.loan(make.item(kind), NEXT_MON)
    make.reservation(kind, AFTER, AFTER + timedelta(3))
    closed(app, week(make.site()))
    assert make.again(loan).due_on == FRI


def test_what_begins_on_a_closed_day_begins_on_the_next_open_one(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    over = make.reservation(kind, NEXT_FRI, AFTER + timedelta(4))
    closed(app, week(make.site()))
    found = make.again(over)
    assert (found.first_day, found.last_day) == (AFTER, AFTER + timedelta(4))


def test_what_lies_within_the_closing_moves_whole(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    item = make.item(kind)
    inside = make.reservation(kind, NEXT_MON, NEXT_FRI)
    closed(app, week(make.site()))
    found = make.again(inside)
    assert (found.first_day, found.last_day) == (AFTER, AFTER + timedelta(4))
    assert [use.first_day for use in make.uses(item)] == [AFTER]


def test_who_finds_no_day_keeps_the_reservation_and_is_called(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    inside = make.reservation(kind, NEXT_MON, NEXT_FRI)
    make.reservation(kind, AFTER, AFTER + timedelta(25))
    closing_id = closed(app, week(make.site()))
    assert make.again(inside).first_day == NEXT_MON
    with app.app_context():
        lost = [one for one in closing.moved(closing_id) if one.day is None]
    assert {one.reservation_id for one in lost} == {inside.id}


def test_each_person_gets_one_message_about_all(app: Lainaamo, make: Make) -> None:
    kind, aino = make.kind("Luistimet"), make.person("resident", email="aino@example.fi")
    for _ in range(2):
        make.loan(make.item(kind), NEXT_MON, person=aino)
    make.reservation(make_kind_with_item(make), TUE, NEXT_MON, person=aino)
    closed(app, week(make.site()))
    assert told(app) == 1
    with clock.at(datetime(2026, 3, 2, 12, tzinfo=clock.HELSINKI)), app.app_context():
        outbox.deliver(notices.handlers(app.config["SETTINGS"]))
    box = app.config["SETTINGS"].folder / "mail"
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in box.iterdir()]
    mine = [mail.get_content() for mail in mails if "Olemme kiinni" in mail["Subject"]]
    assert [text.count("Luistimet") for text in mine] == [2]


def make_kind_with_item(make: Make) -> Kind:
    kind = make.kind("Sukset")
    make.item(kind)
    return kind


def test_a_planned_closing_changes_nothing_till_its_time_and_can_be_withdrawn(
    app: Lainaamo, make: Make
) -> None:
    (loan,) = lent(make, 1)
    site = make.site()
    with app.app_context(), transaction():
        closing.hold(week(site), reason=None)
    with app.app_context():
        upkeep.apply_closings()
    assert make.again(loan).due_on == loan.due_on
    with app.app_context(), transaction():
        closing.withdraw(site.id)
    with clock.at(clock.now() + timedelta(hours=1)), app.app_context():
        upkeep.apply_closings()
        assert goods.opening(site.id).is_open(NEXT_MON)
    assert (make.again(loan).due_on, told(app)) == (loan.due_on, 0)


def test_the_worker_applies_it_once_though_it_comes_round_again(app: Lainaamo, make: Make) -> None:
    (loan,) = lent(make, 1)
    site = make.site()
    with app.app_context(), transaction():
        closing.hold(week(site), reason=None)
    for minutes in (11, 12):
        with clock.at(clock.now() + timedelta(minutes=minutes)), app.app_context():
            upkeep.apply_closings()
    assert (make.again(loan).due_on, told(app)) == (AFTER, 1)
    with app.app_context():
        assert not goods.opening(site.id).is_open(NEXT_MON)
        assert len(session.scalars(select(MovedDay)).all()) == 1


def test_an_apply_that_fails_in_the_middle_leaves_nothing(
    app: Lainaamo, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    (loan,) = lent(make, 1)
    site = make.site()
    with app.app_context(), transaction():
        closing.hold(week(site), reason=None)
    with clock.at(clock.now() + timedelta(minutes=11)), app.app_context():
        with monkeypatch.context() as patch:
            patch.setattr(closing, "_written", lambda *_rest: 1 / 0)
            upkeep.apply_closings()
        assert (make.again(loan).due_on, told(app)) == (loan.due_on, 0)
        upkeep.apply_closings()
    assert (make.again(loan).due_on, told(app)) == (AFTER, 1)


def test_two_who_send_at_once_send_once(app: Lainaamo, make: Make, at_once: AtOnce) -> None:
    lent(make, 2)
    site = make.site()
    with app.app_context(), transaction():
        closing.hold(week(site), reason=None)

    def send(_browser: Browser) -> str:
        with app.app_context():
            try:
                with transaction():
                    closing.send_now(site.id)
            except Refusal as refusal:
                return refusal.code
        return "sent"

    assert sorted(at_once(4, send)) == ["over", "over", "over", "sent"]
    assert told(app) == 2


def test_days_that_are_over_or_closed_already_are_refused(app: Lainaamo, make: Make) -> None:
    site = make.site()
    saturday = FRI + timedelta(1)
    for days, code in (
        (Days(site.id, MON, MON, 5), "past"),
        (Days(site.id, saturday, saturday, 5), "closed"),
    ):
        with app.app_context(), pytest.raises(Refusal) as refused, transaction():
            closing.hold(days, reason=None)
        assert refused.value.code == code


def test_the_preview_is_what_is_applied(app: Lainaamo, make: Make) -> None:
    loans = lent(make, 4)
    days = week(make.site(), 1)
    with app.app_context():
        foreseen = {move.loan.id: move.day for move in plan(days).moves if move.loan}
    closed(app, days)
    assert {loan.id: make.again(loan).due_on for loan in loans} == foreseen


def test_an_administrator_plans_withdraws_and_sends_a_closing(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    (loan,) = lent(make, 1)
    site, office = make.site(), signed_in("administrator")
    url = f"/hallinta/toimipisteet/{site.id}/sulku"
    typed = {"first_day": str(NEXT_MON), "last_day": str(NEXT_FRI), "most_a_day": "5"}
    seen = office.get(url, query_string=typed)
    assert 'id="affected"' in seen.text
    assert office.post(url, data=typed).status_code == 303
    assert 'id="held"' in office.get(url).text
    assert office.post(url, data={**typed, "_key": "again"}).status_code == 409
    assert office.post(f"{url}/peruminen").status_code == 303
    assert office.post(f"{url}/peruminen").status_code == 409
    office.post(url, data={**typed, "_key": "third"})
    assert office.post(f"{url}/lahetys").status_code == 303
    assert make.again(loan).due_on == AFTER
    assert office.post(f"{url}/lahetys", data={"_key": "late"}).status_code == 409


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"first_day": "huomenna"}, 422),
        ({"first_day": "2026-03-09", "last_day": "2026-03-02"}, 422),
        ({"first_day": "2026-03-09", "most_a_day": "0"}, 422),
        ({"first_day": "2026-03-09", "most_a_day": "x" * 10_000}, 422),
        ({"first_day": "2026-03-02", "most_a_day": "5"}, 409),
        ({}, 422),
    ],
)
def test_what_cannot_be_planned_is_said_at_the_field(
    make: Make, signed_in: SignedIn, typed: dict[str, str], code: int
) -> None:
    url = f"/hallinta/toimipisteet/{make.site().id}/sulku"
    assert signed_in("administrator").post(url, data=typed).status_code == code
