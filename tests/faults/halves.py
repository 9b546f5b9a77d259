"""What only half a change could leave behind, and how to find it."""

from datetime import date

from sqlalchemy import text

from lainaamo.core import journal
from lainaamo.core.db import db, is_sqlite, session

OF_LOAN = "CAST(j.details ->> 'loan' AS INTEGER) = l.id AND j.thing_id = l.item_id"

# Each of these counts rows, and all of them count none where changes are whole.
RESERVATIONS = {
    "reservations without lines": "SELECT count(*) FROM reservation r WHERE NOT EXISTS "
    "(SELECT 1 FROM reservation_line l WHERE l.reservation_id = r.id)",
    "promises without a line": "SELECT count(*) FROM item_use u WHERE u.purpose = 'reserved' "
    "AND NOT EXISTS (SELECT 1 FROM reservation_line l WHERE l.use_id = u.id)",
    "lines and promises of which one is over": "SELECT count(*) FROM reservation_line l "
    "JOIN item_use u ON u.id = l.use_id WHERE (l.ended_at IS NULL) <> (u.ended_at IS NULL)",
    "reservations without a journal line": "SELECT count(*) FROM reservation r WHERE NOT EXISTS "
    "(SELECT 1 FROM journal_entry j WHERE j.verb = 'reservation.made' AND j.thing_id = r.id)",
    "journal lines without a reservation": "SELECT count(*) FROM journal_entry j "
    "WHERE j.verb = 'reservation.made' "
    "AND NOT EXISTS (SELECT 1 FROM reservation r WHERE r.id = j.thing_id)",
    "one reservation twice": "SELECT count(*) FROM (SELECT person_id FROM reservation "
    "GROUP BY person_id HAVING count(*) > 1) AS twice",
}
DAYS = {
    "uses without days": "SELECT count(*) FROM item_use u WHERE u.ended_at IS NULL "
    "AND u.last_day IS NOT NULL AND NOT EXISTS (SELECT 1 FROM allocation a WHERE a.use_id = u.id)",
    "days on another thing": "SELECT count(*) FROM allocation a JOIN item_use u "
    "ON u.id = a.use_id WHERE a.item_id <> u.item_id",
    "days of ended uses": "SELECT count(*) FROM allocation a JOIN item_use u "
    "ON u.id = a.use_id WHERE u.ended_at IS NOT NULL AND a.day > date(u.ended_at)",
}
LOANS = {
    "hand-outs without a journal line": "SELECT count(*) FROM loan l WHERE NOT EXISTS "
    f"(SELECT 1 FROM journal_entry j WHERE j.verb = 'loan.handed_out' AND {OF_LOAN})",
    "journal lines without a hand-out": "SELECT count(*) FROM journal_entry j "
    "WHERE j.verb = 'loan.handed_out' "
    f"AND NOT EXISTS (SELECT 1 FROM loan l WHERE {OF_LOAN})",
    "returns without a journal line": "SELECT count(*) FROM loan l "
    "WHERE l.returned_at IS NOT NULL AND NOT EXISTS "
    f"(SELECT 1 FROM journal_entry j WHERE j.verb = 'loan.returned' AND {OF_LOAN})",
    "journal lines without a return": "SELECT count(*) FROM journal_entry j "
    "WHERE j.verb = 'loan.returned' AND NOT EXISTS "
    f"(SELECT 1 FROM loan l WHERE l.returned_at IS NOT NULL AND {OF_LOAN})",
    "hand-outs or returns told twice": "SELECT count(*) FROM (SELECT j.verb FROM journal_entry j "
    "WHERE j.verb IN ('loan.handed_out', 'loan.returned') "
    "GROUP BY j.verb, j.details ->> 'loan' HAVING count(*) > 1) AS twice",
    "conditions without a journal line": "SELECT count(*) FROM loan l "
    "WHERE l.condition_back IS NOT NULL AND NOT EXISTS "
    f"(SELECT 1 FROM journal_entry j WHERE j.verb = 'item.condition_marked' AND {OF_LOAN})",
    "journal lines without a condition": "SELECT count(*) FROM journal_entry j "
    "WHERE j.verb = 'item.condition_marked' AND NOT EXISTS "
    f"(SELECT 1 FROM loan l WHERE l.condition_back IS NOT NULL AND {OF_LOAN})",
    "loans without a use of their own": "SELECT count(*) FROM loan l "
    "LEFT JOIN item_use u ON u.id = l.use_id WHERE u.id IS NULL OR u.purpose <> 'on_loan' "
    "OR u.item_id <> l.item_id OR u.due_on <> l.due_on",
    "uses without a loan": "SELECT count(*) FROM item_use u WHERE u.purpose = 'on_loan' "
    "AND NOT EXISTS (SELECT 1 FROM loan l WHERE l.use_id = u.id)",
    "loans and uses of which one is over": "SELECT count(*) FROM loan l "
    "JOIN item_use u ON u.id = l.use_id WHERE (l.returned_at IS NULL) <> (u.ended_at IS NULL)",
    "fetched lines without a loan": "SELECT count(*) FROM reservation_line r "
    "WHERE r.ended_as = 'fetched' AND NOT EXISTS (SELECT 1 FROM loan l WHERE l.line_id = r.id)",
    "loans of lines that were not fetched": "SELECT count(*) FROM loan l "
    "JOIN reservation_line r ON r.id = l.line_id "
    "WHERE r.ended_as IS NULL OR r.ended_as <> 'fetched'",
    "one walk-in twice": "SELECT count(*) FROM (SELECT person_id FROM loan "
    "WHERE line_id IS NULL GROUP BY person_id HAVING count(*) > 1) AS twice",
    "things in two hands": "SELECT count(*) FROM (SELECT item_id FROM item_use "
    "WHERE purpose = 'on_loan' AND ended_at IS NULL GROUP BY item_id HAVING count(*) > 1) AS twice",
    "lent things on a shelf": "SELECT count(*) FROM item i JOIN loan l ON l.item_id = i.id "
    "WHERE l.returned_at IS NULL AND i.place_id IS NOT NULL",
}
REQUESTS = {
    "people the journal has no name for": "SELECT count(*) FROM person p WHERE NOT EXISTS "
    "(SELECT 1 FROM actor a WHERE a.person_id = p.id)",
    "requests half answered": "SELECT count(*) FROM answered_request WHERE status = 0",
}
HALVES = RESERVATIONS | DAYS | LOANS | REQUESTS


def half_states() -> dict[str, int]:
    """Return every kind of half state that was found, and how often."""
    found = {name: session.scalar(text(sql)) for name, sql in HALVES.items()}
    found["messages that were not promised"] = _without_their_messages()
    found["journal broken at"] = journal.verify().first_bad
    found["days of uses that are missing"] = _missing_days()
    if is_sqlite(db.engine):
        found["integrity"] = session.scalar(text("PRAGMA integrity_check")) != "ok"
        found["foreign keys"] = len(session.execute(text("PRAGMA foreign_key_check")).all())
    return {name: int(count) for name, count in found.items() if count}


def _without_their_messages() -> int:
    made = set(session.scalars(text("SELECT id FROM reservation")))
    kinds = "'reservation.made', 'reservation.asked'"
    dedups = session.scalars(text(f"SELECT dedup FROM outbox_message WHERE kind IN ({kinds})"))
    return len(made ^ {int(dedup.rpartition(":")[2]) for dedup in dedups})


def _missing_days() -> int:
    """Count live uses that have fewer or more days than they take."""
    days = session.execute(
        text(
            "SELECT u.first_day, u.last_day, count(a.id) FROM item_use u "
            "LEFT JOIN allocation a ON a.use_id = u.id WHERE u.ended_at IS NULL "
            "AND u.last_day IS NOT NULL GROUP BY u.id, u.first_day, u.last_day"
        )
    ).all()
    read = date.fromisoformat
    return sum((read(str(last)) - read(str(first))).days + 1 != n for first, last, n in days)
