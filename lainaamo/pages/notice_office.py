"""Where somebody tells everyone of a break: on every page, from when, until when."""

from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.core import clock, i18n
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, own_transactions, refused_on
from lainaamo.pages import actions, notice, queries
from lainaamo.pages.forms import NoticeForm
from lainaamo.pages.models import OutageNotice
from lainaamo.people import queries as people
from lainaamo.people.access import Right

bp = Blueprint("notice", __name__, url_prefix="/hallinta/hairio")


@bp.get("")
@needs(Right.OUTAGE)
def edit() -> ResponseReturnValue:
    """Show the notice that is up, or the last words to begin from."""
    last = queries.find_notice()
    return _page(_values(last))


def _values(last: OutageNotice | None) -> dict[str, str]:
    if last is None:
        return {}
    texts = {"text_fi": last.text_fi, "text_simple": last.text_simple}
    texts |= {"text_sv": last.text_sv, "text_en": last.text_en}
    if not last.is_up:
        return texts
    ends = _written(last.shown_until) if last.shown_until else ""
    return {**texts, "starts_at": _written(last.starts_at), "shown_until": ends}


def _written(moment: datetime) -> str:
    return clock.local(moment).strftime("%Y-%m-%dT%H:%M")


def _page(values: dict[str, Any], **more: Any) -> str:
    history = queries.notices()
    last = history[0] if history else None
    return render_template(
        "pages/office/notice.html",
        values=values,
        seen=last.number if last else 0,
        is_up=last is not None and last.is_up,
        state=_state(last),
        shown_until=last.shown_until if last else None,
        starts_at=last.starts_at if last else None,
        history=history,
        who=people.called(line.actor for line in history),
        **{"errors": {}, "previews": [], **more},
    )


def _state(last: OutageNotice | None) -> str:
    if last is None or not last.is_up:
        return "down"
    if notice.is_shown(last, clock.now()):
        return "shown"
    return "coming" if last.starts_at > clock.now() else "over"


def _problems(form: NoticeForm, problems: dict[str, str]) -> ResponseReturnValue:
    return _page(dict(form.values()), errors=problems), 422


@bp.post("/esikatselu")
@needs(Right.OUTAGE)
@own_transactions
def preview() -> ResponseReturnValue:
    """Show how the notice would look in each language; nothing is said yet."""
    form = NoticeForm(request.form)
    problems = form.problems()
    if problems:
        return _problems(form, problems)
    texts = form.texts()
    seen = []
    for locale, name in i18n.NAMES.items():
        with i18n.speaking(locale):
            seen.append((name, notice.shown(texts)))
    return _page(dict(form.values()), previews=seen)


def _refused(refusal: Refusal) -> ResponseReturnValue:
    """Keep what was typed; the page shows what somebody else has said meanwhile."""
    theirs = queries.find_notice()
    values = dict(NoticeForm(request.form).values())
    return _page(values, errors={"": retold(refusal)}, theirs=theirs)


@bp.post("")
@needs(Right.OUTAGE)
@refused_on(_refused)
def put_up() -> ResponseReturnValue:
    """Put the notice on every page."""
    form = NoticeForm(request.form)
    problems = form.problems()
    if problems:
        return _problems(form, problems)
    seen = form.seen.data or 0
    actions.put_up(form.texts(), starts_at=form.begins(), shown_until=form.ends(), seen=seen)
    return redirect("/hallinta/hairio", 303)


@bp.post("/poisto")
@needs(Right.OUTAGE)
@refused_on(_refused)
def take_down() -> ResponseReturnValue:
    """Take the notice off every page."""
    form = NoticeForm(request.form)
    form.validate()
    actions.take_down(seen=form.seen.data or 0)
    return redirect("/hallinta/hairio", 303)
