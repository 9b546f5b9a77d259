"""What the bench measures is a house as any other, and what it says is what it measured."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lainaamo.bench import importing, lending
from lainaamo.bench.filling import ONE_IN, fill, sign_of
from lainaamo.bench.meter import Page, measure
from lainaamo.bench.run import Figure, lines
from lainaamo.bench.serving import serving
from lainaamo.bench.targets import SQLITE, paths
from lainaamo.bench.wire import first_load, next_load
from lainaamo.config import STATIC, Settings
from lainaamo.core.db import session
from lainaamo.core.kept import MOST
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Allocation, Code, Item, Use
from tests.conftest import SignedIn
from tests.strict import Browser

THINGS = 400


@pytest.fixture
def full(app: Lainaamo) -> Lainaamo:
    with app.app_context():
        fill(THINGS)
    return app


def test_every_tenth_thing_of_the_house_is_promised_for_a_week(full: Lainaamo) -> None:
    with full.app_context():
        uses = session.scalars(select(Use)).all()
        assert len(uses) == THINGS // ONE_IN
        assert {use.last_day - use.first_day for use in uses if use.last_day} == {timedelta(6)}
        assert session.scalar(select(func.count()).select_from(Allocation)) == 7 * len(uses)
        of_another = select(Allocation.id).join(Use).where(Allocation.item_id != Use.item_id)
        assert session.scalars(of_another).all() == []
        of_another = select(Use.id).join(Item).where(Use.kind_id != Item.kind_id)
        assert session.scalars(of_another).all() == []


def test_the_nth_code_is_the_nth_thing(full: Lainaamo) -> None:
    with full.app_context():
        wanted = select(Code.item_id).where(Code.sign == sign_of(THINGS))
        assert session.scalars(wanted).one() == THINGS


def test_every_page_that_is_measured_is_there(
    full: Lainaamo, browser: Browser, signed_in: SignedIn
) -> None:
    worker = signed_in("worker")
    for name, addresses in paths().items():
        if name in {"hello", "rows", "empty", "scan", "desk", "hand-out"}:
            continue  # the floor's own, and the worker's
        page = browser.get(addresses[0])
        assert page.status_code == 200
        assert 'href="/valineet/' in page.text, f"{name} shows nothing"
    answer = worker.get(f"/Q/{sign_of(THINGS)}")
    assert sign_of(THINGS) in (answer.location or "")


def test_what_is_first_asked_about_are_more_days_than_are_kept() -> None:
    for name, addresses in paths().items():
        if name.endswith("first asked"):
            assert len(set(addresses)) == len(addresses) > MOST


def test_a_page_of_rows_costs_more_than_one_word() -> None:
    with serving("lainaamo.bench.floor:create_floor", {}, path="/hello") as server:
        hello, rows = Page(server, ["/hello"]), Page(server, ["/rows"])
        measure([hello, rows], rounds=3, times=50)
    assert 0 < hello.cost_ms < rows.cost_ms


def test_a_missed_target_is_said_to_be_missed() -> None:
    figures = [Figure(1, "page", SQLITE, value, 2.0, "ms") for value in (2.0, 2.1)]
    _head, _rule, first, second = lines(figures)
    assert first == "| 1 | page | SQLite | 2.00 | ≤ 2 | yes | ms |"
    assert second == "| 1 | page | SQLite | 2.10 | ≤ 2 | NO | ms |"


def test_a_first_load_weighs_its_style_and_drawings_too(full: Lainaamo, settings: Settings) -> None:
    own = {"DATABASE_URL": settings.database_url, "INSTANCE": settings.instance, "SECRET": "x"}
    with serving("lainaamo.app:create_app", own, path="/healthz") as server:
        first, again = first_load(server, "/"), next_load(server, "/")
    style = (STATIC / "app.css").stat().st_size
    assert again > 1000
    assert first - again > style / 10, "compressed to a tenth at the best"


def test_an_import_is_measured_against_the_rows_it_leaves(
    app: Lainaamo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "ROWS", 40)
    monkeypatch.setattr(importing, "ROUNDS", 2)
    with app.app_context():
        importing.prepare()
        for kind in ("csv", "xlsx"):
            brought, bulk = importing.measure(kind)
            assert 0 < bulk < brought
        assert session.scalar(select(func.count()).select_from(Item)) == 2 * 2 * 2 * 40


def test_workers_hand_out_and_take_back_what_the_bench_measures(
    full: Lainaamo, signed_in: SignedIn
) -> None:
    worker = signed_in("worker")
    for path, form in ((lending.LOANS, lending.loan_of(1)), (lending.SCANS, lending.return_of(1))):
        answer = worker.post(path, data={**form, "_key": path})
        assert (answer.status_code, sign_of(1) in (answer.location or "")) == (303, True)
