"""The nightly round and the housekeeping that reach every room."""

import logging
from datetime import timedelta
from functools import partial

from sqlalchemy import delete, select

from lainaamo.config import Settings
from lainaamo.core import clock, journal, limits, once, outbox
from lainaamo.core import webhooks as told
from lainaamo.core.clockwork import BROUGHT, Duty, Round
from lainaamo.core.db import session, transaction
from lainaamo.core.files import Files
from lainaamo.feedback import actions as feedback
from lainaamo.feedback import found
from lainaamo.goods import actions as goods
from lainaamo.goods import freed, in_hand
from lainaamo.goods import queries as goods_queries
from lainaamo.intake import uploads
from lainaamo.lending import actions as lending
from lainaamo.lending import (
    answers,
    blocks,
    checks,
    closing,
    confirming,
    displaced,
    reminders,
    sendings,
    standing,
    turns,
    undo,
    waiting,
)
from lainaamo.lending import queries as lending_queries
from lainaamo.lending.models import Line
from lainaamo.people import residents
from lainaamo.people.models import SignIn
from lainaamo.reception import actions as reception
from lainaamo.reception import donors
from lainaamo.upkeep import backup, erasing, reminder_notices, return_notices, webhooks

SEALED_AT_ONCE = 1000
STRAYS_AT_ONCE = 500
OLD_SIGN_INS = timedelta(days=30)
WORDS_KEPT = timedelta(days=1)
REMIND = "remind of what is due"
logger = logging.getLogger(__name__)


def rounds(settings: Settings, files: Files) -> list[Round]:
    """Return every duty of the worker of a house that keeps its files there."""
    keeps = [Round("back up", partial(backup.make, settings, files))]
    return [
        *(keeps if settings.backup_folder else ()),
        Round("seal the journal", seal, every=timedelta(seconds=5)),
        Round("tell partners", partial(webhooks.tell, settings), every=timedelta(seconds=2)),
        Round("forget old answers", forget, every=timedelta(hours=1)),
        Round("expire", expire),
        Round("thank for returns", return_notices.ask, every=timedelta(minutes=10)),
        Round("end what nobody confirmed", lapse, every=timedelta(minutes=1)),
        Round("rehouse", rehouse),
        Round(REMIND, partial(remind, settings)),
        Round("apply closings", apply_closings, every=timedelta(minutes=1)),
        Round("give turns", give_turns, every=timedelta(minutes=10)),
        Round("end places in line that lasted long", end_waits),
        Round("sweep strays", partial(sweep, files)),
        Round("remind of feedback", remind_of_feedback),
        Round("erase old feedback", erase_old_feedback),
        Round("erase old finders", erase_old_finders),
        Round("erase old donors", erase_old_donors),
        Round("forget blocks that are over", forget_blocks),
        Round("hold what waits to be looked at", hold_what_waits),
        Round("forget old loans", forget_old_loans),
        Round("throw old lists away", throw_old_lists_away),
        *BROUGHT,
    ]


def seal() -> None:
    """Chain the journal's new lines."""
    while True:
        with transaction():
            if journal.seal(SEALED_AT_ONCE) < SEALED_AT_ONCE:
                return


def forget() -> None:
    """Drop what has served its time: answers for repeats, tries, old sessions, codes, undos."""
    with transaction():
        once.forget_old()
        session.execute(delete(SignIn).where(SignIn.ends_at < clock.now() - OLD_SIGN_INS))
        residents.forget_old()
        undo.forget_old()
        reception.forget_photos()
        told.forget_old()
        for kind in answers.KINDS:
            outbox.empty_old(kind, before=clock.now() - WORDS_KEPT)
    limits.forget_old()
    forget_sent()


def forget_sent() -> None:
    """Drop what is known of messages at its keep-time, so many in one transaction."""
    while True:
        with transaction():
            if sendings.forget_old() < sendings.ERASED_AT_ONCE:
                return


def remind(settings: Settings) -> None:
    """Promise a message to everybody who has something to bring back or to fetch."""
    done_at = session.scalar(select(Duty.done_at).where(Duty.name == REMIND))
    day = reminders.day_of(done_at)
    session.rollback()
    reminders.promise_all(day, reminder_notices.steps(settings))


def expire() -> None:
    """End reservations that nobody fetched; each on its own, so that one stops no other."""
    for line_id in [line.id for line in lending_queries.unfetched_lines(clock.today())]:
        try:
            with transaction():
                lending.expire(session.get_one(Line, line_id))
        except Exception:
            logger.exception("ending line %s failed", line_id)


def lapse() -> None:
    """End reservations that nobody confirmed in time; each on its own."""
    for reservation_id in lending_queries.late_to_confirm(clock.now()):
        with transaction():
            confirming.lapse(reservation_id)


def give_turns() -> None:
    """Give what is free to who waits for it: days pass, and blocks end, without anybody's doing.

    Each kind on its own, so that one that fails stops no other.
    """
    for kind_id in lending_queries.kinds_waited_for():
        try:
            with transaction():
                turns.give([kind_id])
        except Exception:
            logger.exception("giving turns of kind %s failed", kind_id)


def apply_closings() -> None:
    """Close the days whose plan was held long enough; each on its own."""
    for closing_id in closing.due():
        try:
            with transaction():
                closing.apply(closing_id)
        except Exception:
            logger.exception("closing %s failed", closing_id)


def end_waits() -> None:
    """End places in line that have lasted half a year, or whose person is gone."""
    for wait_id in waiting.too_old():
        with transaction():
            waiting.end_if_over(wait_id)
    with transaction():
        waiting.forget_old()


def sweep(files: Files) -> None:
    """Remove files of photos whose row never came: their transaction failed."""
    old = list(files.old_names())
    for first in range(0, len(old), STRAYS_AT_ONCE):
        some = old[first : first + STRAYS_AT_ONCE]
        for name in goods_queries.names_without_photo(some):
            files.forget(name)


def rehouse() -> None:
    """Move promises off things that are late, broken or gone; who is left without is told once.

    Each kind on its own, so that one that fails stops no other.
    """
    for kind_id in in_hand.kinds_with_lost_promises():
        try:
            with transaction():
                goods.lock_kinds([kind_id])
                displaced.settle(kind_id, at_night=True)
                freed.note(kind_id)
        except Exception:
            logger.exception("finding other things of kind %s failed", kind_id)


def remind_of_feedback() -> None:
    """Tell the service's own address once a day what must be answered soon."""
    with transaction():
        feedback.remind()


def throw_old_lists_away() -> None:
    """Drop the rows of lists at their keep-time."""
    with transaction():
        uploads.forget_old()


def hold_what_waits() -> None:
    """Promise nothing new of what still waits to be looked at, or to dry."""
    with transaction():
        checks.hold_again()


def forget_blocks() -> None:
    """Forget who was to borrow nothing until a day that is over."""
    with transaction():
        blocks.forget_over()
        standing.forget_over()


def erase_old_feedback() -> None:
    """Drop the words of feedback at their keep-time, so many in one transaction."""
    while True:
        with transaction():
            if feedback.erase_old() < feedback.ERASED_AT_ONCE:
                return


def erase_old_finders() -> None:
    """Drop what strangers wrote of found things at the keep-time, so many in one transaction."""
    while True:
        with transaction():
            if found.erase_old() < found.ERASED_AT_ONCE:
                return


def erase_old_donors() -> None:
    """Forget who gave what at the keep-time, so many in one transaction."""
    while True:
        with transaction():
            if donors.erase_old() < donors.ERASED_AT_ONCE:
                return


def forget_old_loans() -> None:
    """Forget who borrowed what at the keep-time, then who has nothing left here."""
    for forget_some in (erasing.forget_old_loans, erasing.forget_old_reservations):
        while True:
            with transaction():
                if forget_some() < erasing.AT_ONCE:
                    break
    for person_id in erasing.idle_people():
        try:
            with transaction():
                erasing.forget(person_id)
        except Exception:
            logger.exception("forgetting person %s failed", person_id)
