"""Mail about feedback: the answer to who gave it, and the reminder to the service itself."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from lainaamo.config import Settings
from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.i18n import day, full_day, ngettext, speaking
from lainaamo.core.i18n import gettext as _
from lainaamo.core.outbox import Handler
from lainaamo.feedback import queries, rules
from lainaamo.feedback.models import Feedback
from lainaamo.upkeep import mail


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done for each kind of message about feedback."""
    return {
        "feedback.answered": partial(_answered, settings),
        "feedback.waiting": partial(_waiting, settings),
    }


def _answered(settings: Settings, payload: dict[str, Any], message_id: str) -> bool:
    """Send the answer, unless it was erased meanwhile."""
    row = queries.get_feedback(payload["feedback"])
    if row.answer is None or row.reply_to is None:
        return False
    with speaking(row.locale):
        subject = _("Answer to your feedback")
        said = f"{_('You wrote on %(day)s:', day=_given(row))}\n{_quoted(row)}"
    foot = f"{settings.service_name}, {settings.municipality}\n{settings.phone}"
    text = f"{row.answer}\n\n{foot}\n\n{said}\n"
    to = row.reply_to
    session.rollback()  # nothing is held open while the network is waited for
    mail.send(settings, to=to, subject=subject, text=text, message_id=message_id)
    return True


def _given(row: Feedback) -> str:
    return full_day(clock.local(row.given_at).date())


def _quoted(row: Feedback) -> str:
    return "\n".join(f"> {line}" for line in (row.text or "").splitlines())


def _waiting(settings: Settings, _payload: dict[str, Any], message_id: str) -> bool:
    """Tell the service's own address what must be answered soon; no words of the feedback."""
    rows = queries.near_end(clock.today())
    if not rows:
        return False
    with speaking("fi"):
        subject = ngettext(
            "%(num)d piece of feedback waits for an answer",
            "%(num)d pieces of feedback wait for an answer",
            len(rows),
        )
        lines = [_line(settings, row) for row in rows]
    session.rollback()
    whole = "\n".join(lines) + "\n"
    mail.send(settings, to=settings.email, subject=subject, text=whole, message_id=message_id)
    return True


def _line(settings: Settings, row: Feedback) -> str:
    last = rules.last_day(clock.local(row.given_at).date())
    link = f"{settings.public_url.rstrip('/')}/hallinta/palaute/{row.id}"
    return f"- {_('Answer by %(day)s', day=day(last))}: {link}"
