"""Who did what: lines without names, sealed into a chain that shows every later change."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from lainaamo.core import clock, journal
from lainaamo.core.db import db, is_sqlite, session, transaction
from lainaamo.core.web import Lainaamo


@pytest.fixture(autouse=True)
def ten_sealed_lines(app: Lainaamo) -> None:
    with app.app_context():
        for number in range(1, 11):
            with transaction(), journal.acting(f"p-{number % 3}"):
                journal.write("loan.returned", "item", number, loan=number, due_on=clock.today())
        with transaction():
            assert journal.seal() == 10


def tamper(*statements: str) -> None:
    """Change the journal as somebody with the database's own password can."""
    if is_sqlite(db.engine):
        before = ["PRAGMA foreign_keys=OFF"]
        for table in ("journal_entry", "journal_seal"):
            before += [f"DROP TRIGGER {table}_no_{change}" for change in ("update", "delete")]
    else:
        before = ["SET session_replication_role = replica"]
    with db.engine.connect() as connection:
        raw = connection.connection.cursor()
        for statement in (*before, *statements):
            raw.execute(statement)
        connection.connection.commit()
        connection.detach()
    session.rollback()


def line(where: str) -> int:
    """Return the id of the line that is about this item."""
    return session.scalar(text(f"SELECT id FROM journal_entry WHERE thing_id = {where}")) or 0


def test_an_untouched_journal_is_whole(app: Lainaamo) -> None:
    with app.app_context():
        verdict = journal.verify()
        assert (verdict.sealed, verdict.unsealed, verdict.first_bad) == (10, 0, None)
        assert journal.verify(batch=3) == verdict


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'p-9'",
        "verb = 'loan.lost'",
        "thing = 'unit'",
        "thing_id = 77",
        "details = '{}'",
        "happened_at = '2026-01-01 00:00:00'",
    ],
)
def test_an_edited_line_is_found(app: Lainaamo, change: str) -> None:
    with app.app_context():
        bad = line("4")
        tamper(f"UPDATE journal_entry SET {change} WHERE id = {bad}")
        assert journal.verify().first_bad == bad


def test_a_deleted_line_is_found(app: Lainaamo) -> None:
    with app.app_context():
        gone, following = line("4"), line("5")
        tamper(f"DELETE FROM journal_entry WHERE id = {gone}")
        assert journal.verify().first_bad == following


def test_a_line_deleted_with_its_seal_is_found(app: Lainaamo) -> None:
    with app.app_context():
        gone, following = line("4"), line("5")
        tamper(
            f"DELETE FROM journal_seal WHERE entry_id = {gone}",
            f"DELETE FROM journal_entry WHERE id = {gone}",
        )
        assert journal.verify().first_bad == following


def test_a_deleted_seal_is_found(app: Lainaamo) -> None:
    with app.app_context():
        gone, following = line("4"), line("5")
        tamper(f"DELETE FROM journal_seal WHERE entry_id = {gone}")
        verdict = journal.verify()
        assert (verdict.first_bad, verdict.unsealed) == (following, 1)


def test_a_rewritten_line_with_a_seal_made_to_fit_is_found(app: Lainaamo) -> None:
    with app.app_context():
        bad, following = line("4"), line("5")
        tamper(f"UPDATE journal_seal SET hash = '{'a' * 64}' WHERE entry_id = {bad}")
        assert journal.verify().first_bad == bad
        assert following > bad


def test_a_cut_tail_shows_in_the_head_that_was_kept_elsewhere(app: Lainaamo) -> None:
    with app.app_context():
        head, last = journal.verify().head, line("10")
        tamper(
            f"DELETE FROM journal_seal WHERE entry_id = {last}",
            f"DELETE FROM journal_entry WHERE id = {last}",
        )
        verdict = journal.verify()
        assert verdict.first_bad is None, "the chain alone cannot know"
        assert verdict.head != head


def test_a_line_of_a_slow_transaction_is_sealed_after_later_ones(app: Lainaamo) -> None:
    with app.app_context():
        for number in (100, 50):  # 50 was numbered first and kept last
            with transaction():
                session.add(
                    journal.Entry(
                        id=number,
                        happened_at=clock.now(),
                        actor="system",
                        verb="unit.made",
                        thing="unit",
                        thing_id=1,
                        details={},
                    )
                )
            assert journal.verify().unsealed == 1
            with transaction():
                assert journal.seal() == 1
        assert (journal.verify().sealed, journal.verify().first_bad) == (12, None)


def test_sealing_goes_on_where_it_stopped(app: Lainaamo) -> None:
    with app.app_context():
        with transaction():
            for number in range(5):
                journal.write("unit.made", "unit", number)
        for expected in (2, 2, 1, 0):
            with transaction():
                assert journal.seal(2) == expected
        assert (journal.verify().sealed, journal.verify().first_bad) == (15, None)


def test_a_line_goes_with_the_change_that_was_taken_back(app: Lainaamo) -> None:
    with app.app_context():
        with pytest.raises(LookupError):
            write_and_fail()
        assert journal.verify().unsealed == 0


def write_and_fail() -> None:
    with transaction():
        journal.write("unit.made", "unit", 1)
        session.flush()
        raise LookupError


def test_a_line_says_who_when_and_what(app: Lainaamo) -> None:
    with app.app_context():
        wanted = select(journal.Entry).where(journal.Entry.thing_id == 4)
        row = session.scalars(wanted).one()
        said = (row.actor, row.verb, row.thing, row.details, row.happened_at)
        details = {"loan": 4, "due_on": "2026-03-02"}
        assert said == ("p-1", "loan.returned", "item", details, clock.now())


@pytest.mark.parametrize(
    "detail",
    ["Aino Virtanen", "aino@example.fi", "Ä", "a\nb", "x" * 65, 1.5, ["a"], {"a": 1}, clock.now()],
)
def test_a_name_or_anything_else_that_must_be_forgotten_is_refused(
    app: Lainaamo, detail: object
) -> None:
    with app.app_context(), transaction(), pytest.raises(ValueError, match="not a number, day"):
        journal.write("unit.made", "unit", 1, note=detail)


@settings(max_examples=25)
@given(
    st.dictionaries(
        st.sampled_from(["first", "second", "third"]),
        st.integers(-(2**53), 2**53)
        | st.booleans()
        | st.dates(date(1900, 1, 1), date(2999, 12, 31))
        | st.from_regex(r"[\w.+:-]{0,64}", fullmatch=True).filter(str.isascii),
    )
)
def test_whatever_may_be_written_can_be_sealed_and_checked(
    app: Lainaamo, details: dict[str, object]
) -> None:
    with app.app_context(), clock.at(clock.now() + timedelta(microseconds=1)):
        with transaction():
            journal.write("unit.made", "unit", 1, **details)
            session.flush()
            journal.seal()
        assert journal.verify().first_bad is None
