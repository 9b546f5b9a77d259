"""Mail about feedback: the answer to who gave it, and the reminder to the service itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from lainaamo.config import Settings
from lainaamo.core import clock, letters
from lainaamo.core.errors import N_
from lainaamo.core.i18n import day, full_day, ngettext
from lainaamo.core.i18n import gettext as _
from lainaamo.core.letters import SIGNED, Letter
from lainaamo.core.outbox import Handler
from lainaamo.feedback import queries, rules
from lainaamo.feedback.models import Feedback
from lainaamo.upkeep.post import Reached, Told, handler

ANSWERED = letters.add(
    Letter(
        number=10,
        kind="feedback.answered",
        title=N_("Answer to feedback"),
        blanks=("answer", "day", "quote"),
        subject=N_("Answer to your feedback"),
        mail=("%(answer)s", SIGNED, N_("You wrote on %(day)s:"), "%(quote)s"),
        must=("answer",),
    )
)


WAITING = letters.add(
    Letter(
        number=18,
        kind="feedback.waiting",
        title=N_("To the office: feedback waits"),
        blanks=("waiting", "list"),
        subject="%(waiting)s",
        mail=("%(list)s", SIGNED),
        must=("list",),
        at_once=True,
    )
)


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done for each kind of message about feedback."""
    return {
        ANSWERED.kind: handler(settings, ANSWERED, _answered),
        WAITING.kind: handler(settings, WAITING, _waiting),
    }


def _answered(_settings: Settings, payload: dict[str, Any], _message_id: str) -> Told | None:
    """Send the answer, unless it was erased meanwhile."""
    row = queries.get_feedback(payload["feedback"])
    if row.answer is None or row.reply_to is None:
        return None
    answer = row.answer
    return Told(
        Reached(row.reply_to, None, row.locale),
        lambda: {"answer": answer, "day": _given(row), "quote": _quoted(row)},
    )


def _given(row: Feedback) -> str:
    return full_day(clock.local(row.given_at).date())


def _quoted(row: Feedback) -> str:
    return "\n".join(f"> {line}" for line in (row.text or "").splitlines())


def _waiting(settings: Settings, _payload: dict[str, Any], _message_id: str) -> Told | None:
    """Tell the service's own address what must be answered soon; no words of the feedback."""
    rows = queries.near_end(clock.today())
    if not rows:
        return None
    return Told(Reached.house(settings), lambda: _urgent(settings, rows))


def _urgent(settings: Settings, rows: Sequence[Feedback]) -> Mapping[str, str]:
    waiting = ngettext(
        "%(num)d piece of feedback waits for an answer",
        "%(num)d pieces of feedback wait for an answer",
        len(rows),
    )
    return {"waiting": waiting, "list": "\n".join(_line(settings, row) for row in rows)}


def _line(settings: Settings, row: Feedback) -> str:
    last = rules.last_day(clock.local(row.given_at).date())
    link = f"{settings.public_url.rstrip('/')}/hallinta/palaute/{row.id}"
    by = _("Answer by %(day)s", day=day(last))
    return f"- {by}: {link}"
