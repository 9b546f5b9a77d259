"""Lending against the terms: who may, why, and how it is asked."""

from flask import request
from werkzeug.exceptions import Forbidden

from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.goods import life
from lainaamo.lending.rules import OVERRIDABLE, SEEN
from lainaamo.people.access import Right
from lainaamo.people.visitor import Door


def given() -> str | None:
    """Return the reason that came with a form; only the counter and those above it may give one."""
    reason = request.form.get("reason") or None
    if reason not in {None, SEEN} and not Door().may(Right.OVERRIDE):
        raise Forbidden
    return reason


def offered(refusal: Refusal) -> list[tuple[str, str]]:
    """Return the reasons that this visitor may give to lend anyway, as (code, words)."""
    if refusal.code == "id_not_seen":
        return [(SEEN, _("ID card seen: lend"))]
    if refusal.code not in OVERRIDABLE or not Door().may(Right.OVERRIDE):
        return []
    return [(code, _(words)) for code, words in life.OVERRIDES.items()]
