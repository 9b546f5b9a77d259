"""A new installation shows a municipality at work: every state a thing can be in is there."""

import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from lainaamo import demo
from lainaamo.app import create_app
from lainaamo.config import Settings
from lainaamo.core import clock
from lainaamo.core.changes import ChangeCount
from lainaamo.core.db import db, session
from lainaamo.core.errors import Refusal
from lainaamo.core.journal import Entry
from lainaamo.core.orm import Base
from lainaamo.core.outbox import Message
from lainaamo.core.web import Lainaamo
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Allocation, Code, Item, Kind, Part, Place, Repair, Site
from lainaamo.lending.models import Line, Loan, Reservation
from lainaamo.people import actions as people
from lainaamo.people import queries as people_queries
from lainaamo.people.models import ROLES, Actor, Child, Unit
from lainaamo.reception.arrivals import lacking, things_of_donation
from lainaamo.reception.models import Donation
from tests.conftest import MONDAY, NewDatabase
from tests.make import Make

MIDSUMMER_NIGHT = datetime(2026, 6, 20, 0, 3, tzinfo=clock.HELSINKI)
SUNDAY_OF_CHRISTMAS = datetime(2026, 12, 27, 15, tzinfo=clock.HELSINKI)


@pytest.fixture(scope="module")
def loaded(
    new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lainaamo]:
    """Return an installation with the demo, for tests that only look; loading takes seconds."""
    folder = tmp_path_factory.mktemp("demo")
    settings = Settings(
        instance=str(folder), database_url=new_database("demo"), secret="open sesame"
    )
    app = create_app(settings)
    with app.app_context():
        engine = db.engine
        try:
            with clock.at(MONDAY):
                demo.load()
        except BaseException:
            engine.dispose()
            raise
    yield app
    engine.dispose()


def count(model: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def counts() -> dict[str, int]:
    tables = [one for one in Base.metadata.sorted_tables if one is not ChangeCount.__table__]
    return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


def out() -> Sequence[Loan]:
    return session.scalars(select(Loan).where(Loan.returned_at.is_(None))).all()


def test_every_state_is_there(loaded: Lainaamo) -> None:
    with loaded.app_context():
        check_every_state()


@pytest.mark.only_on("SQLite")  # days know no engine, and each loading takes half a minute
@pytest.mark.parametrize("now", [MIDSUMMER_NIGHT, SUNDAY_OF_CHRISTMAS])
def test_every_state_is_there_on_closed_days_too(app: Lainaamo, now: datetime) -> None:
    with app.app_context(), clock.at(now):
        demo.load()
        check_every_state()


def check_every_state() -> None:
    today = clock.today()
    due = Counter((loan.due_on > today) - (loan.due_on < today) for loan in out())
    assert due[1] >= 5, "on loan"
    assert due[-1] >= 1, "late"
    near = goods.openings([site.id for site in goods.sites()])
    opens_today = any(opening.is_open(today) for opening in near.values())
    assert due[0] >= opens_today, "due today"

    endings = Counter(session.scalars(select(Line.ended_as)))
    assert {"fetched", "cancelled", "expired"} <= set(endings)
    waiting = select(Reservation).join(Line).where(Line.ended_at.is_(None)).distinct()
    first_days = [made.first_day for made in session.scalars(waiting)]
    assert sum(day > today for day in first_days) >= 5, "coming"
    assert sum(day <= today for day in first_days) >= 3, "ready to be fetched"
    fetched = select(Line.reservation_id).where(Line.ended_as == "fetched")
    half = waiting.where(Reservation.id.in_(fetched))
    assert session.scalars(half).all(), "being fetched"

    back = Counter(session.scalars(select(Loan.condition_back)))
    assert {"ok", "dirty", "part_missing", "broken"} <= set(back)
    last = max(loan.returned_at for loan in session.scalars(select(Loan)) if loan.returned_at)
    opening = next(iter(near.values()))
    assert clock.local(last).date() == opening.previous_open(today), "returned today"
    repairs = Counter(row.closed_at is None for row in session.scalars(select(Repair)))
    assert repairs[True] >= 3
    assert repairs[False] >= 3
    needs = {row.need for row in session.scalars(select(Repair)) if row.closed_at is None}
    assert needs == {"check", "clean", "part", "repair"}
    assert session.scalars(select(Part).where(Part.missing_since.is_not(None))).all()


def test_the_municipality_is_as_large_as_promised(loaded: Lainaamo) -> None:
    with loaded.app_context():
        assert count(Site) == 2
        assert count(Unit) >= 4
        assert 110 <= count(Kind) <= 150
        assert 550 <= count(Item) <= 700
        pools = Counter(session.scalars(select(Kind.pool)))
        assert min(pools["lendable"], pools["reuse"]) >= 30
        lots = session.scalars(select(Item.quantity).where(Item.quantity > 1)).all()
        assert len(lots) >= 10
        coded = select(func.count()).select_from(Code).where(Code.item_id.is_not(None))
        assert session.scalar(coded) == count(Item)
        shelves = select(func.count()).select_from(Place).where(Place.level == "shelf")
        coded = select(func.count()).select_from(Code).where(Code.place_id.is_not(None))
        assert session.scalar(coded) == session.scalar(shelves)


def test_things_stand_on_their_shelves_unless_they_are_out(loaded: Lainaamo) -> None:
    with loaded.app_context():
        loans = {loan.item_id for loan in out()}
        for item in session.scalars(select(Item)):
            is_fresh = item.received_at > clock.now() - timedelta(days=1)
            assert item.home_place_id is not None or is_fresh
            assert (item.place_id is None) or item.id not in loans


def test_something_came_in_today_and_lacks_something(loaded: Lainaamo) -> None:
    with loaded.app_context():
        assert len(lacking("place")) >= 3
        assert len(lacking("size")) >= 1
        (donation,) = session.scalars(select(Donation)).all()
        assert len(things_of_donation(donation.id)) == 2


def test_histories_are_in_order_and_have_an_actor(loaded: Lainaamo) -> None:
    with loaded.app_context():
        lines = session.scalars(select(Entry).order_by(Entry.id)).all()
        moments = [line.happened_at for line in lines]
        assert max(moments) <= clock.now()
        assert min(moments) < clock.now() - timedelta(200)
        aliases = set(session.scalars(select(Actor.alias)))
        loans = [line for line in lines if line.verb == "loan.handed_out"]
        assert len(loans) >= 150
        assert {line.actor for line in loans} <= aliases
        assert [line.happened_at for line in loans] == sorted(line.happened_at for line in loans)
        long = Counter(line.thing_id for line in loans)
        assert max(long.values()) >= 4


def test_no_message_is_sent_about_the_past(loaded: Lainaamo) -> None:
    with loaded.app_context():
        waiting = select(Message).where(Message.done_at.is_(None), Message.dropped_at.is_(None))
        assert session.scalars(waiting).all() == []


def test_each_role_can_sign_in_with_what_is_shown(loaded: Lainaamo) -> None:
    with loaded.app_context():
        lines = demo.load()
        for line in lines:
            with_pin = line.sign_in.isdigit()
            found = people_queries.find_to_sign_in(line.sign_in, with_pin=with_pin)
            assert found is not None
            person, password_hash = found
            assert people.is_right(password_hash, line.password)
            assert line.role in people_queries.roles_of(person.id)
        assert {line.role for line in lines} == set(ROLES)
        workers = [line for line in lines if line.role == "worker"]
        assert all(len(line.password) == 6 and line.password.isdigit() for line in workers)
        assert all(line.password in str(line) for line in lines)
        folder = loaded.config["SETTINGS"].folder
        [path] = folder.glob("demo-sign-ins*")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_loading_twice_changes_nothing_and_shows_the_same_sign_ins(loaded: Lainaamo) -> None:
    with loaded.app_context():
        first = demo.load()
        before = counts()
        assert demo.load() == first
        assert counts() == before


def test_a_lost_list_of_sign_ins_is_made_anew(loaded: Lainaamo) -> None:
    with loaded.app_context():
        first = demo.load()
        [path] = loaded.config["SETTINGS"].folder.glob("demo-sign-ins*")
        path.unlink()
        second = demo.load()
        assert [line.sign_in for line in second] == [line.sign_in for line in first]
        found = people_queries.find_by_name(second[0].sign_in)
        assert found is not None
        assert people.is_right(found[1], second[0].password)
        assert not people.is_right(found[1], first[0].password)


def test_a_demo_cut_in_the_middle_leaves_nothing_and_starts_over(
    app: Lainaamo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_rest: object) -> None:
        raise KeyboardInterrupt

    with app.app_context():
        with monkeypatch.context() as cutting:
            cutting.setattr("lainaamo.demo.life.Life.play", cut)
            with pytest.raises(KeyboardInterrupt):
                demo.load()
        assert set(counts().values()) == {0}
        demo.load()
        assert count(Item) >= 550


def test_the_demo_never_mixes_with_goods_of_a_house(app: Lainaamo, make: Make) -> None:
    make.item()
    with app.app_context():
        with pytest.raises(Refusal) as refused:
            demo.load()
        assert refused.value.code == "not_empty"
        assert count(Item) == 1


def test_what_is_taken_has_its_days_and_nothing_twice(loaded: Lainaamo) -> None:
    with loaded.app_context():
        days = session.execute(select(Allocation.item_id, Allocation.day)).all()
        assert len(days) == len(set(days))
        assert len(days) > 100


def test_families_have_children_and_a_card(loaded: Lainaamo) -> None:
    with loaded.app_context():
        families = set(session.scalars(select(Child.person_id)))
        cards = {one: goods.sign_of_person(one) for one in families}
    assert len(families) > 1
    assert all(cards.values())
