"""A promise that loses its thing: another is found, or its person goes to the front, told once."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from lainaamo.core import clock, outbox
from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.outbox import Message
from lainaamo.core.web import Lainaamo
from lainaamo.desk import actions as desk
from lainaamo.goods import actions as goods_actions
from lainaamo.goods import freed
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item, Kind
from lainaamo.lending import actions, queries, undo, waiting
from lainaamo.lending.models import Reservation, Step, Wait
from lainaamo.people.models import Person
from lainaamo.upkeep import actions as upkeep
from lainaamo.upkeep import erasing, notices
from tests.conftest import SignedIn
from tests.make import Make

MON = date(2026, 3, 2)
TUE, WED, THU, FRI = (MON + timedelta(n) for n in range(1, 5))
NEXT_MON = MON + timedelta(7)
LOST = ("promise.lost", "promise.displaced")


def at(day: date, hour: int = 11, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.HELSINKI)


def breaks(app: Lainaamo, item: Item, need: str = "repair") -> None:
    with app.app_context(), transaction():
        desk.send_to_repair(goods.get_item(item.id), need)


def leaves(app: Lainaamo, item: Item) -> None:
    with app.app_context(), transaction():
        goods_actions.leave(goods_actions.lock_item(item.id), "lost")


def ends(make: Make, made: Reservation) -> list[str | None]:
    return [line.ended_as for line in make.lines(made)]


def line_of(app: Lainaamo, kind: Kind) -> list[Wait]:
    with app.app_context():
        found = list(queries.line_of([kind.id]))
        session.expunge_all()
        return found


def promised(app: Lainaamo) -> list[str]:
    with app.app_context():
        wanted = select(Message.kind).where(Message.kind.in_(LOST), Message.dropped_at.is_(None))
        return list(session.scalars(wanted.order_by(Message.id)))


def reserved(make: Make, first: date = MON, last: date = FRI) -> tuple[Kind, Item, Reservation]:
    kind = make.kind()
    item = make.item(kind)
    return kind, item, make.reservation(kind, first, last)


@pytest.mark.parametrize("how", [breaks, leaves])
def test_another_thing_is_found_in_the_same_moment_where_one_is_free(
    app: Lainaamo, make: Make, how: Callable[[Lainaamo, Item], None]
) -> None:
    kind, item, made = reserved(make)
    other = make.item(kind)
    how(app, item)
    assert [use.purpose for use in make.uses(other)] == ["reserved"]
    assert (ends(make, made), promised(app)) == ([None], [])


@pytest.mark.parametrize("how", [breaks, leaves])
def test_who_had_it_goes_to_the_very_front_and_is_told_once(
    app: Lainaamo, make: Make, how: Callable[[Lainaamo, Item], None]
) -> None:
    with clock.at(at(MON)):
        kind, item, made = reserved(make)
        other = make.item(kind)
        make.loan(other, TUE)
        waits = make.wait(kind)
        how(app, item)
        upkeep_of(app)
        line = line_of(app, kind)
    assert [one.person_id for one in line] == [made.person_id, waits.person_id]
    assert (line[0].first_day, line[0].days) == (MON, 4)
    assert ends(make, made) == ["thing_removed"]
    assert promised(app) == ["promise.displaced"]


def upkeep_of(app: Lainaamo) -> None:
    with app.app_context():
        upkeep.rehouse()
        upkeep.give_turns()
        upkeep.rehouse()


def test_the_first_that_comes_back_is_the_one_of_who_lost_it(app: Lainaamo, make: Make) -> None:
    with clock.at(at(MON)):
        kind, item, made = reserved(make)
        other = make.item(kind)
        make.loan(other, FRI)
        waits = make.wait(kind)
        breaks(app, item)
    with clock.at(at(MON, 12)):
        tell(app)
        make.taken_back(other)
    with app.app_context():
        served = session.scalar(select(Wait).where(Wait.ended_as == "served"))
        assert served is not None
        assert served.person_id == made.person_id
    assert make.again(waits).ended_as is None


def test_who_was_not_told_yet_keeps_the_reservation_when_another_comes_back(
    app: Lainaamo, make: Make
) -> None:
    kind, item, made = reserved(make)
    other = make.item(kind)
    make.loan(other, TUE)
    breaks(app, item)
    make.taken_back(other)
    assert (ends(make, made), line_of(app, kind), promised(app)) == ([None], [], [])


def test_what_is_undone_is_as_it_was_and_nobody_is_told(app: Lainaamo, make: Make) -> None:
    kind, item, made = reserved(make)
    breaks(app, item)
    with app.app_context(), transaction():
        step = session.scalars(select(Step).order_by(Step.id.desc())).first()
        assert step is not None
        undo.undo(step.id)
    assert (ends(make, made), line_of(app, kind), promised(app)) == ([None], [], [])
    assert [use.purpose for use in make.uses(item)] == ["reserved"]


def tell(app: Lainaamo) -> None:
    with app.app_context():
        outbox.deliver(notices.handlers(app.config["SETTINGS"]))


def test_the_message_says_that_one_is_first_in_line(app: Lainaamo, make: Make) -> None:
    with clock.at(at(MON)):
        _kind, item, _made = reserved(make)
        breaks(app, item)
    with clock.at(at(MON, 12)):
        tell(app)
    box = app.config["SETTINGS"].folder / "mail"
    assert any("jonossa" in path.read_bytes().decode("utf-8", "replace") for path in box.iterdir())


def test_a_thing_in_repair_now_stays_promised_for_days_far_away(app: Lainaamo, make: Make) -> None:
    _kind, item, made = reserved(make, NEXT_MON, NEXT_MON + timedelta(4))
    breaks(app, item)
    upkeep_of(app)
    assert (ends(make, made), promised(app)) == ([None], [])


def test_it_is_given_up_the_day_before_when_it_is_not_mended(app: Lainaamo, make: Make) -> None:
    with clock.at(at(MON)):
        kind, item, made = reserved(make, FRI, NEXT_MON)
        breaks(app, item)
    with clock.at(at(THU, 3)):
        upkeep_of(app)
        assert len(line_of(app, kind)) == 1
    assert (ends(make, made), promised(app)) == (["thing_removed"], ["promise.displaced"])


def test_a_thing_being_washed_stays_promised_and_its_person_is_told_in_the_night_before(
    app: Lainaamo, make: Make
) -> None:
    with clock.at(at(MON)):
        _kind, item, made = reserved(make, WED, FRI)
        breaks(app, item, "clean")
        upkeep_of(app)
        assert promised(app) == []
    with clock.at(at(TUE, 3)):
        upkeep_of(app)
        upkeep_of(app)
    assert (ends(make, made), promised(app)) == ([None], ["promise.lost"])


def test_what_is_found_again_is_for_whom_it_was_promised(app: Lainaamo, make: Make) -> None:
    kind, item, made = reserved(make)
    leaves(app, item)
    with app.app_context(), transaction():
        desk.find_again(goods.get_item(item.id))
    assert (ends(make, made), line_of(app, kind)) == ([None], [])
    assert [use.purpose for use in make.uses(item)] == ["reserved"]


def test_the_morning_list_says_what_is_reserved_and_has_no_thing(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    with clock.at(at(MON)):
        kind, item = make.kind("Luistimet"), None
        item = make.item(kind)
        make.loan(item, MON)
        made = make.reservation(kind, TUE, FRI)
    with clock.at(at(TUE, 9)):
        upkeep_of(app)
        page = signed_in("counter").get("/tiski/aamu").text
    assert 'id="without"' in page
    assert f"/tiski/varaukset/{made.id}" in page


def test_a_unit_keeps_its_place_and_is_called(app: Lainaamo, make: Make) -> None:
    kind = make.kind()
    item = make.item(kind)
    made = make.reservation(kind, MON, FRI, unit=make.unit())
    breaks(app, item)
    assert (ends(make, made), line_of(app, kind)) == ([None], [])


def test_giving_up_twice_is_giving_up_once(app: Lainaamo, make: Make) -> None:
    kind, item, _made = reserved(make)
    breaks(app, item)
    with app.app_context(), transaction():
        freed.note(kind.id)
    assert (len(line_of(app, kind)), promised(app)) == (1, ["promise.displaced"])


def test_the_desk_may_lend_what_is_promised_with_a_reason_and_who_had_it_goes_to_the_front(
    app: Lainaamo, make: Make
) -> None:
    kind, item, made = reserved(make)
    other = make.person("resident")
    with app.app_context(), pytest.raises(Refusal) as refused, transaction():
        lend(item, other, None)
    assert refused.value.code == "promised"
    with app.app_context(), transaction():
        lend(item, other, "exchange")
    assert [one.person_id for one in line_of(app, kind)] == [made.person_id]
    assert promised(app) == ["promise.displaced"]


def lend(item: Item, who: Person, override: str | None) -> None:
    borrower = actions.Borrower(who.first_name, person_id=who.id)
    actions.hand_out(goods.get_item(item.id), borrower, due_on=FRI, override=override)


def test_of_a_family_s_set_that_comes_back_in_part_the_rest_stays_lent_to_its_own_day(
    app: Lainaamo, make: Make
) -> None:
    aino, kind = make.person("resident"), make.kind()
    skis, boots = make.item(kind), make.item(make.kind("Monot"))
    make.loan(skis, WED, person=aino)
    rest = make.loan(boots, FRI, person=aino)
    make.taken_back(skis)
    assert (make.again(rest).returned_at, make.again(rest).due_on) == (None, FRI)


def test_nothing_is_received_as_a_kit(make: Make) -> None:
    kit = make.kit("Hiihtopaketti", (make.kind(), 1))
    with pytest.raises(Refusal) as refused:
        make.item(kit)
    assert refused.value.code == "kit"


def test_who_went_to_the_front_can_be_forgotten_and_old_places_too(
    app: Lainaamo, make: Make
) -> None:
    _kind, item, made = reserved(make)
    kind, other, _other_made = reserved(make)
    breaks(app, item)
    breaks(app, other)
    with app.app_context(), transaction():
        erasing.erase(made.person_id or 0)
    (wait,) = line_of(app, kind)
    with app.app_context(), transaction():
        waiting.leave(wait.id, person_id=wait.person_id)
    with clock.at(clock.now() + timedelta(120)), app.app_context():
        upkeep.end_waits()
        assert session.scalars(select(Wait)).all() == []
