"""Whose turn it is gets what turns free, in the same moment, whatever door it came by."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from lainaamo.administration import actions as administration
from lainaamo.administration.goods import ITEM
from lainaamo.core import clock, outbox
from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.outbox import Message
from lainaamo.core.web import Lainaamo
from lainaamo.desk import actions as desk
from lainaamo.goods import actions as goods_actions
from lainaamo.goods import queries as goods
from lainaamo.goods.availability import Stock
from lainaamo.goods.in_hand import InHand
from lainaamo.goods.models import Item, Kind, Place
from lainaamo.lending import actions, ahead, blocks, queries, undo, waiting
from lainaamo.lending.ahead import InLine, Turn
from lainaamo.lending.models import Line, Loan, Reservation, Step, Wait
from lainaamo.people.models import Person
from lainaamo.upkeep import actions as upkeep
from lainaamo.upkeep import notices
from tests.conftest import AtOnce
from tests.make import Make
from tests.strict import Browser

MON = date(2026, 3, 2)
TUE, WED, THU, FRI = (MON + timedelta(n) for n in range(1, 5))
NEXT_MON = MON + timedelta(7)


def at(day: date, hour: int = 11) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.HELSINKI)


def got(make: Make, wait: Wait) -> Reservation | None:
    """Return the reservation that a place in line became."""
    found = make.again(wait)
    if found.reservation_id is None:
        return None
    with make.app.app_context():
        return session.get_one(Reservation, found.reservation_id)


def out(make: Make, kind: Kind | None = None, *, size: str | None = None) -> Item:
    """Make a thing and lend it until Friday."""
    item = make.item(kind or make.kind(), size=size)
    make.loan(item, FRI)
    return item


def kind_of(make: Make, item: Item) -> Kind:
    with make.app.app_context():
        return session.get_one(Kind, item.kind_id)


def test_who_is_first_in_line_gets_what_comes_back_at_once(make: Make) -> None:
    item = out(make)
    kind = kind_of(make, item)
    first, second = make.wait(kind), make.wait(kind)
    make.taken_back(item)
    made = got(make, first)
    assert made is not None
    assert (made.first_day, made.last_day, made.pick_up_by) == (MON, NEXT_MON, THU)
    assert got(make, second) is None
    assert [(use.purpose, use.first_day) for use in make.uses(item)] == [("reserved", MON)]


def test_nobody_else_can_reserve_what_has_come_back_for_the_line(make: Make) -> None:
    item = out(make)
    kind = kind_of(make, item)
    make.wait(kind)
    make.taken_back(item)
    with pytest.raises(Refusal) as refused:
        make.reservation(kind, TUE, WED)
    assert refused.value.code == "not_free"


def lost(app: Lainaamo, item: Item) -> None:
    with app.app_context(), transaction():
        row = goods.get_item(item.id)
        row.left_at, row.left_as = clock.now(), "lost"


def broken(app: Lainaamo, item: Item) -> None:
    with app.app_context(), transaction():
        desk.send_to_repair(goods.get_item(item.id), "repair")


def mended(app: Lainaamo, item: Item) -> None:
    with app.app_context(), transaction():
        desk.mend(goods.get_item(item.id))


def found_again(app: Lainaamo, item: Item) -> None:
    with app.app_context(), transaction():
        desk.find_again(goods.get_item(item.id))


@pytest.mark.parametrize(("before", "after"), [(broken, mended), (lost, found_again)])
def test_what_is_mended_or_found_again_goes_to_the_line(
    app: Lainaamo,
    make: Make,
    before: Callable[[Lainaamo, Item], None],
    after: Callable[[Lainaamo, Item], None],
) -> None:
    item = make.item()
    other = out(make, kind_of(make, item))
    before(app, item)
    wait = make.wait(kind_of(make, other))
    after(app, item)
    assert got(make, wait) is not None


def test_a_new_thing_goes_to_the_line(make: Make) -> None:
    kind = kind_of(make, out(make))
    wait = make.wait(kind)
    make.item(kind)
    assert got(make, wait) is not None


def test_what_is_put_on_a_shelf_of_another_site_goes_to_the_line_there(
    app: Lainaamo, make: Make
) -> None:
    kind, library = make.kind(), make.site("kirjasto")
    make.loan(make.item(kind, site=library), FRI)
    wait, item = make.wait(kind, site=library), make.item(kind)
    shelf = make.place("K1", site=library)
    assert got(make, wait) is None
    with app.app_context(), transaction():
        whole = InHand.of(goods.get_item(item.id))
        desk.shelve(whole, session.get_one(Place, shelf.id))
    made = got(make, wait)
    assert made is not None
    assert made.site_id == library.id


def test_a_corrected_size_goes_to_the_line(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    out(make, kind, size="150")
    item, wait = make.item(kind, size="160"), make.wait(kind, size="150")
    with app.app_context(), transaction():
        administration.edit(ITEM, item.id, {"size": "150"})
    assert got(make, wait) is not None


def test_a_list_brought_in_goes_to_the_line(app: Lainaamo, make: Make) -> None:
    kind = kind_of(make, out(make))
    wait = make.wait(kind)
    rows = [{"kind_id": kind.id, "site_id": make.site().id, "size": None}]
    with app.app_context(), transaction():
        goods_actions.receive_many(rows)
    assert got(make, wait) is not None


def test_a_cancelled_reservation_goes_to_the_line(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    made = make.reservation(kind, MON, NEXT_MON)
    wait = make.wait(kind)
    with app.app_context(), transaction():
        actions.cancel(queries.get_reservation(made.id))
    assert got(make, wait) is not None


def test_who_waits_for_another_size_is_not_passed_by(make: Make) -> None:
    kind = make.kind()
    small, large = out(make, kind, size="150"), out(make, kind, size="180")
    for_large, for_small = make.wait(kind, size="180"), make.wait(kind, size="150")
    make.taken_back(small)
    assert (got(make, for_large), got(make, for_small) is not None) == (None, True)
    make.taken_back(large)
    assert got(make, for_large) is not None


def test_a_blocked_person_keeps_the_place_and_the_next_gets_it(app: Lainaamo, make: Make) -> None:
    item, late = out(make), make.person("resident")
    kind = kind_of(make, item)
    first, second = make.wait(kind, late), make.wait(kind)
    with app.app_context(), transaction():
        blocks.block(session.get_one(Person, late.id), "late", last_day=FRI)
    make.taken_back(item)
    assert (got(make, first), got(make, second) is not None) == (None, True)
    make.item(kind)
    with app.app_context(), transaction():
        blocks.lift(session.get_one(Person, late.id))
    with app.app_context():
        upkeep.give_turns()
    assert got(make, first) is not None


def test_what_nobody_fetches_goes_to_the_next_exactly_once(app: Lainaamo, make: Make) -> None:
    item = out(make)
    kind = kind_of(make, item)
    first, second, third = make.wait(kind), make.wait(kind), make.wait(kind)
    make.taken_back(item)
    for _again in range(3):
        with clock.at(at(THU, 23)), app.app_context():
            upkeep.expire()
    assert got(make, second) is None
    for _again in range(3):
        with clock.at(at(FRI, 3)), app.app_context():
            upkeep.expire()
    made, then = got(make, first), got(make, second)
    assert made is not None
    assert then is not None
    assert [line.ended_as for line in make.lines(made)] == ["expired"]
    assert (then.first_day, got(make, third)) == (FRI, None)


def test_one_that_fails_stops_no_other(
    app: Lainaamo, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = []
    for name in ("Sukset", "Luistimet"):
        item = out(make, make.kind(name))
        waits.append(make.wait(kind_of(make, item)))
        make.kept(Item(**_facts_of(item)))  # came by a door that told nobody
    usual = ahead.turns

    def fails(facts: Stock, line: Sequence[InLine]) -> list[Turn | None]:
        if waits[0].id in {one.id for one in line}:
            raise RuntimeError
        return usual(facts, line)

    monkeypatch.setattr(ahead, "turns", fails)
    with app.app_context():
        upkeep.give_turns()
    assert [got(make, wait) is not None for wait in waits] == [False, True]


def _facts_of(item: Item) -> dict[str, object]:
    names = ("kind_id", "site_id", "attributes", "condition", "quantity", "unclaimed")
    return {**{name: getattr(item, name) for name in names}, "received_at": clock.now()}


def test_a_return_works_though_giving_it_on_fails(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = out(make)
    wait = make.wait(kind_of(make, item))
    with monkeypatch.context() as patch:
        patch.setattr(ahead, "turns", lambda _facts, _line: 1 / 0)
        make.taken_back(item)
    assert make.uses(item) == []
    with make.app.app_context():
        upkeep.give_turns()
    assert got(make, wait) is not None


def test_nobody_waits_for_half_a_year_and_the_place_is_forgotten_then(
    app: Lainaamo, make: Make
) -> None:
    wait = make.wait(kind_of(make, out(make)))
    with clock.at(at(MON) + timedelta(181)), app.app_context():
        upkeep.end_waits()
    assert make.again(wait).ended_as == "over"
    with clock.at(at(MON) + timedelta(272)), app.app_context():
        upkeep.end_waits()
        assert session.scalars(select(Wait)).all() == []


# What was done by mistake


def undo_last(app: Lainaamo) -> None:
    with app.app_context(), transaction():
        undo.undo(session.scalars(select(Step.id).order_by(Step.id.desc()).limit(1)).one())


def test_a_return_by_mistake_is_undone_and_nobody_was_told(app: Lainaamo, make: Make) -> None:
    item = out(make)
    wait = make.wait(kind_of(make, item))
    with app.app_context(), transaction():
        desk.take_back_if_out(InHand.of(goods.get_item(item.id)))
    assert got(make, wait) is not None
    undo_last(app)
    assert (got(make, wait), make.again(wait).ended_at) == (None, None)
    assert [use.purpose for use in make.uses(item)] == ["on_loan"]
    with app.app_context():
        assert outbox.count_waiting() == 0


def test_what_comes_back_broken_leaves_its_next_in_line_first(app: Lainaamo, make: Make) -> None:
    item = out(make)
    first = make.wait(kind_of(make, item))
    second = make.wait(kind_of(make, item))
    make.taken_back(item)
    with app.app_context(), transaction():
        loan = session.scalars(select(Loan).where(Loan.item_id == item.id)).one()
        desk.mark_condition(loan, "broken")
    assert (got(make, first), make.again(first).ended_at) == (None, None)
    mended(app, item)
    assert (got(make, first) is not None, got(make, second)) == (True, None)


# The message


def delivered(app: Lainaamo) -> int:
    with app.app_context():
        return outbox.deliver(notices.handlers(app.config["SETTINGS"]))


def mails(app: Lainaamo) -> list[str]:
    folder = app.config["SETTINGS"].folder / "mail"
    return [one.read_text() for one in sorted(folder.glob("*"))] if folder.exists() else []


def test_who_got_it_is_told_five_minutes_later(app: Lainaamo, make: Make) -> None:
    item = out(make)
    make.wait(kind_of(make, item), make.person("resident", email="aino@example.fi"))
    make.taken_back(item)
    assert (delivered(app), mails(app)) == (0, [])
    with clock.at(at(MON, 12)):
        delivered(app)
    assert len(mails(app)) == 1


def test_nobody_is_told_at_night(app: Lainaamo, make: Make) -> None:
    item = out(make)
    make.wait(kind_of(make, item), make.person("resident", email="aino@example.fi"))
    with clock.at(at(MON, 21)):
        make.taken_back(item)
    for moment in (at(MON, 22), at(TUE, 7)):
        with clock.at(moment):
            delivered(app)
    assert mails(app) == []
    with clock.at(at(TUE, 8)):
        delivered(app)
    assert len(mails(app)) == 1


def test_a_worker_that_was_away_tells_nobody_at_night_either(app: Lainaamo, make: Make) -> None:
    item = out(make)
    make.wait(kind_of(make, item), make.person("resident", email="aino@example.fi"))
    make.taken_back(item)
    for moment in (at(MON, 23), at(TUE, 2)):
        with clock.at(moment):
            delivered(app)
    assert mails(app) == []
    with clock.at(at(TUE, 9)):
        delivered(app)
        delivered(app)
    assert len(mails(app)) == 1


def test_who_has_cancelled_meanwhile_is_not_told(app: Lainaamo, make: Make) -> None:
    item = out(make)
    wait = make.wait(kind_of(make, item), make.person("resident", email="aino@example.fi"))
    make.taken_back(item)
    made = got(make, wait)
    assert made is not None
    with app.app_context(), transaction():
        actions.cancel(queries.get_reservation(made.id))
    with clock.at(at(MON, 12)):
        delivered(app)
    assert mails(app) == []


# Many at once


def test_of_sixteen_returns_and_sixteen_joiners_nobody_is_served_twice(
    app: Lainaamo, make: Make, at_once: AtOnce
) -> None:
    kind = make.kind()
    items = [out(make, kind) for _one in range(8)]
    people = [make.person("resident") for _one in range(8)]

    def do(browser: Browser) -> str:
        number, (half, rest) = browser.number, divmod(browser.number, 8)
        with app.app_context():
            try:
                with transaction():
                    if half:
                        actions.take_back(goods.get_item(items[rest].id))
                    else:
                        waiting.join(
                            actions.Asked(kind.id),
                            actions.Borrower("Aino", person_id=people[rest].id),
                            site_id=items[0].site_id,
                            first_day=MON,
                            days=7,
                        )
            except Refusal as refusal:
                return refusal.code
        return f"{number} done"

    answers = at_once(16, do)
    assert all(answer == "free" or answer.endswith("done") for answer in answers)
    with app.app_context():
        waits = session.scalars(select(Wait)).all()
        assert all(wait.ended_as == "served" for wait in waits)
        lines = session.scalars(select(Line)).all()
        assert len(lines) == len(waits) == 8 - answers.count("free")
        assert len({line.use_id for line in lines}) == len(lines)
        assert session.scalars(select(Message.dedup)).all().__len__() == len(waits)
