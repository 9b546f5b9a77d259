"""The verbs of feedback: give, answer, mark as handled, remind, erase."""

from lainaamo.core import clock, journal, outbox
from lainaamo.core.db import session
from lainaamo.feedback import queries, rules
from lainaamo.feedback.models import Feedback

ERASED_AT_ONCE = 500


def give(
    *,
    about: str,
    face: str,
    text: str | None,
    reply_to: str | None,
    page: str | None,
    locale: str,
) -> Feedback:
    """Take feedback in; its fourteen days begin."""
    row = Feedback(about=about, face=face, locale=locale, given_at=clock.now())
    row.text, row.reply_to, row.page = text, reply_to, page
    session.add(row)
    session.flush()
    journal.write("feedback.given", "feedback", row.id, about=about, face=face)
    return row


def answer(feedback_id: int, text: str) -> None:
    """Answer by mail, once; the message is promised with the answer."""
    row = queries.lock_feedback(feedback_id)
    rules.check_open(row.handled_at)
    rules.check_has_address(row.reply_to)
    row.answer = text
    row.handled_at, row.handled_by = clock.now(), journal.actor()
    outbox.promise("feedback.answered", str(row.id), feedback=row.id)
    journal.write("feedback.answered", "feedback", row.id)


def mark_handled(feedback_id: int) -> None:
    """Take off the list what needs no answer or was answered otherwise."""
    row = queries.lock_feedback(feedback_id)
    rules.check_open(row.handled_at)
    row.handled_at, row.handled_by = clock.now(), journal.actor()
    journal.write("feedback.handled", "feedback", row.id)


def remind() -> bool:
    """Promise one message a day to the service's own address while answers are due soon."""
    if not queries.near_end(clock.today()):
        return False
    return outbox.promise("feedback.waiting", clock.today().isoformat())


def erase_old() -> int:
    """Drop words and addresses at their keep-time; return how many pieces were erased."""
    rows = queries.to_erase(clock.now() - rules.KEPT, limit=ERASED_AT_ONCE)
    for row in rows:
        row.text = row.reply_to = row.answer = None
        row.erased_at = clock.now()
        journal.write("feedback.erased", "feedback", row.id)
    return len(rows)
