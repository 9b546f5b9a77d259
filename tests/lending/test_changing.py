"""A borrower changes the days or the size: the new promise comes first, or the old one stays."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from lainaamo.core import journal, outbox
from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Allocation, Item, Use
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Reservation
from tests.conftest import AtOnce
from tests.make import Make
from tests.strict import Browser

MON, TUE, WED, THU, FRI = (date(2026, 3, 2) + timedelta(n) for n in range(5))
NEXT_TUE = TUE + timedelta(7)


def change(
    app: Lainaamo, browser: Browser, made: Reservation, first: date, last: date, **more: str
) -> int:
    path = f"{own_path(made, app.config['SETTINGS'])}/muutos"
    form = {"first_day": first.isoformat(), "last_day": last.isoformat(), **more}
    return browser.post(path, data=form).status_code


def days_taken(app: Lainaamo, *items: Item) -> list[date]:
    with app.app_context():
        ids = [item.id for item in items]
        wanted = select(Allocation.day).where(Allocation.item_id.in_(ids))
        return list(session.scalars(wanted.order_by(Allocation.day)))


def test_other_days_are_taken_and_the_old_ones_are_free_and_the_code_stays(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    kind = make.kind()
    item = make.item(kind)
    made = make.reservation(kind, TUE, THU)
    own = own_path(made, app.config["SETTINGS"])
    assert "Muuta varausta" in browser.get(own).text
    assert 'value="2026-03-03"' in browser.get(f"{own}/muutos").text
    assert change(app, browser, made, WED, FRI) == 303
    assert days_taken(app, item) == [WED, THU, FRI]
    now = make.again(made)
    assert (now.first_day, now.last_day) == (WED, FRI)
    assert now.pick_up_code == made.pick_up_code
    page = browser.get(f"{own}?muutettu=1").text
    assert "keskiviikkona 4.3." in page
    assert made.pick_up_code in page
    with app.app_context():
        verbs = list(session.scalars(select(journal.Entry.verb)))
        assert verbs.count("reservation.changed") == 1
        kinds = list(session.scalars(select(outbox.Message.kind)))
        assert kinds.count("reservation.changed") == 1
        orphans = select(func.count()).select_from(Use).where(Use.purpose == "reserved")
        assert session.scalar(orphans) == 1


def test_what_is_not_free_is_refused_and_the_old_promise_stays(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    kind = make.kind()
    item = make.item(kind)
    mine = make.reservation(kind, TUE, WED)
    make.reservation(kind, THU, FRI)
    before = days_taken(app, item)
    assert change(app, browser, mine, WED, THU) == 409
    assert days_taken(app, item) == before
    assert make.lines(mine)[0].ended_at is None
    assert make.again(mine).first_day == TUE


def test_another_size_is_promised_where_it_is_free(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    kind = make.kind()
    small, large = make.item(kind, size="150"), make.item(kind, size="180")
    mine = make.reservation(kind, TUE, WED, size="150")
    [line] = make.lines(mine)
    own = own_path(mine, app.config["SETTINGS"])
    assert f'name="size_{line.id}"' in browser.get(f"{own}/muutos").text
    assert change(app, browser, mine, TUE, WED, **{f"size_{line.id}": "180"}) == 303
    assert days_taken(app, small) == []
    assert days_taken(app, large) == [TUE, WED]
    make.reservation(kind, TUE, WED, size="150")
    assert change(app, browser, mine, TUE, WED, **{f"size_{line.id}": "150"}) == 409
    assert change(app, browser, mine, TUE, WED, **{f"size_{line.id}": "x" * 10_000}) == 422
    assert days_taken(app, large) == [TUE, WED]


@pytest.mark.parametrize("day", ["", "tomorrow", "2026-13-45", "9" * 10_000, "2026-03-03'--"])
def test_unreadable_days_change_nothing(
    app: Lainaamo, browser: Browser, make: Make, day: str
) -> None:
    kind = make.kind()
    item = make.item(kind)
    made = make.reservation(kind, TUE, WED)
    path = f"{own_path(made, app.config['SETTINGS'])}/muutos"
    answer = browser.post(path, data={"first_day": day, "last_day": "2026-03-05"})
    assert answer.status_code == 422
    assert days_taken(app, item) == [TUE, WED]


def test_days_that_cannot_be_are_refused(app: Lainaamo, browser: Browser, make: Make) -> None:
    kind = make.kind()
    item = make.item(kind)
    made = make.reservation(kind, TUE, WED)
    saturday = date(2026, 3, 7)
    for first, last in ((TUE, saturday), (WED, TUE), (MON - timedelta(7), TUE)):
        assert change(app, browser, made, first, last) == 409
    assert days_taken(app, item) == [TUE, WED]


def test_what_is_fetched_cancelled_or_unconfirmed_is_not_changed(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    kind = make.kind()
    for _ in range(3):
        make.item(kind)
    cancelled, waits = make.reservation(kind, TUE, WED), make.held(kind, TUE, WED)
    browser.post(f"{own_path(cancelled, app.config['SETTINGS'])}/peruutus")
    for one in (cancelled, waits):
        own = own_path(one, app.config["SETTINGS"])
        assert "Muuta varausta" not in browser.get(own).text
        assert change(app, browser, one, WED, THU) == 409


def test_two_who_change_to_the_last_free_days_at_once(
    app: Lainaamo, make: Make, at_once: AtOnce
) -> None:
    kind = make.kind()
    things = [make.item(kind), make.item(kind)]
    make.reservation(kind, NEXT_TUE, NEXT_TUE)
    mine = [make.reservation(kind, day, day) for day in (TUE, WED)]

    def one(browser: Browser) -> int:
        return change(app, browser, mine[browser.number], NEXT_TUE, NEXT_TUE)

    told = at_once(2, one)
    assert sorted(told) == [303, 409]
    lost = mine[told.index(409)]
    assert sorted(days_taken(app, *things)) == [lost.first_day, NEXT_TUE, NEXT_TUE]


def test_changing_and_cancelling_at_once_leave_no_half(
    app: Lainaamo, make: Make, at_once: AtOnce
) -> None:
    kind = make.kind()
    item = make.item(kind)
    made = make.reservation(kind, TUE, WED)

    def one(browser: Browser) -> int:
        if browser.number:
            return change(app, browser, made, THU, FRI)
        own = own_path(made, app.config["SETTINGS"])
        return browser.post(f"{own}/peruutus").status_code

    told = at_once(2, one)
    assert told[0] == 303
    assert told[1] in {303, 409}
    assert days_taken(app, item) == []


# The calendar


def picked(page: str, kind: str) -> list[str]:
    """Return the days of the calendar that lead somewhere, of those links that set this."""
    return re.findall(rf'href="[^"]*{kind}=(\d{{4}}-\d\d-\d\d)&amp;viikko=[^"]*#days"', page)


def test_the_calendar_shows_where_the_reservation_could_be_moved(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    kind = make.kind()
    make.item(kind)
    mine = make.reservation(kind, TUE, WED)
    make.reservation(kind, THU, FRI)
    path = f"{own_path(mine, app.config['SETTINGS'])}/muutos"
    days = picked(browser.get(path).text, "alku")
    assert {str(MON), str(TUE), str(WED)} <= set(days)  # its own days are not in its way
    assert not {str(THU), str(FRI)} & set(days)
    ends = picked(browser.get(f"{path}?alku={MON}").text, "loppu")
    assert ends == [str(day) for day in (MON, TUE, WED)]


def test_two_days_pressed_in_the_calendar_are_in_the_form(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    kind = make.kind()
    make.item(kind)
    made = make.reservation(kind, TUE, WED)
    path = f"{own_path(made, app.config['SETTINGS'])}/muutos"
    half = browser.get(f"{path}?alku={MON}").text
    assert "Valitse palautuspäivä." in half
    assert f'value="{MON}" required' in half
    assert f'value="{WED}"' not in half
    whole = browser.get(f"{path}?alku={MON}&loppu={WED}").text
    assert f'value="{MON}" required' in whole
    assert f'value="{WED}" required' in whole
    assert change(app, browser, made, MON, WED) == 303


def test_what_the_calendar_shows_as_free_can_be_had_for_all_of_a_reservation(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    skis, boots = make.kind("Sukset"), make.kind("Monot")
    for _ in range(2):
        make.item(skis)
        make.item(boots)
    made = make.reservation(skis, NEXT_TUE, NEXT_TUE, count=2)
    make.reservation(skis, WED, WED)
    path = f"{own_path(made, app.config['SETTINGS'])}/muutos"
    days = picked(browser.get(f"{path}?viikko={MON}").text, "alku")
    assert str(WED) not in days  # one pair is left, and two are needed
    assert str(THU) in days
    assert change(app, browser, made, WED, WED) == 409
    assert change(app, browser, made, THU, THU) == 303


@pytest.mark.parametrize(
    "query", ["alku=x&loppu=y&viikko=z", "alku=9999-12-31&loppu=0001-01-01", "viikko=0001-01-01"]
)
def test_an_address_that_means_nothing_shows_the_days_all_the_same(
    app: Lainaamo, browser: Browser, make: Make, query: str
) -> None:
    kind = make.kind()
    make.item(kind)
    made = make.reservation(kind, TUE, WED)
    path = f"{own_path(made, app.config['SETTINGS'])}/muutos"
    assert browser.get(f"{path}?{query}").status_code == 200
