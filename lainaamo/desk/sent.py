"""What was sent to somebody, as the desk sees it: what, when, by which way, whether it arrived."""

from collections.abc import Iterable
from typing import Any

from lainaamo.core import clock, letters
from lainaamo.core.errors import N_
from lainaamo.core.i18n import clock_time, day
from lainaamo.core.i18n import gettext as _
from lainaamo.lending.models import Sending

Shown = dict[str, Any]
WAYS = {"mail": N_("e-mail"), "sms": N_("text message")}


def rows(sendings: Iterable[Sending]) -> list[Shown]:
    """Return messages as a page lists them, the newest first."""
    return [row(one) for one in sendings]


def row(sending: Sending) -> Shown:
    """Return one message as a page shows it."""
    words, tone, sign = state(sending)
    return {
        "title": title(sending.kind),
        "when": when(sending),
        "way": _(WAYS[sending.way]),
        "state": words,
        "tone": tone,
        "icon": sign,
    }


def title(kind: str) -> str:
    """Return what a message is called."""
    known = {one.kind: one.title for one in letters.KNOWN.values()}
    return _(known[kind]) if kind in known else kind


def when(sending: Sending) -> str:
    """Return when it went out: the day and the time."""
    here = clock.local(sending.message.done_at or sending.made_at)
    return f"{day(here.date())} {clock_time(here)}"


def state(sending: Sending) -> tuple[str, str, str]:
    """Return whether it arrived, in words, with a tone and a sign."""
    if sending.undelivered_at is not None or sending.message.dead_at is not None:
        return _("did not arrive"), "bad", "alert"
    if sending.delivered_at is not None:
        return _("arrived"), "ok", "check"
    if sending.message.done_at is not None:
        return _("sent"), "ok", "check"
    return _("is tried again"), "warn", "clock"
