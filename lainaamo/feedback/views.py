"""Giving feedback, and the inbox where it is answered."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.core import clock
from lainaamo.core.download import take_out
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import NAMES, locale, retold
from lainaamo.core.i18n import gettext as _
from lainaamo.core.limits import count_try
from lainaamo.core.tables import Cell, Row
from lainaamo.core.web import needs, own_transactions, refused_on
from lainaamo.feedback import actions, queries, rules
from lainaamo.feedback.forms import AnswerForm, FeedbackForm, read_page
from lainaamo.feedback.models import Feedback
from lainaamo.people import queries as people
from lainaamo.people.access import Right

bp = Blueprint("feedback", __name__)
MOST, WITHIN = 20, timedelta(hours=1)
AT_ONCE = 500
FACES = {"good": N_("Well"), "fair": N_("So-so"), "bad": N_("Badly")}
ABOUT_OF = {"saavutettavuus": "accessibility"}
INBOX = "/hallinta/palaute"


def _give_page(values: dict[str, Any], errors: dict[str, str]) -> str:
    return render_template(
        "feedback/give.html",
        values=values,
        errors=errors,
        page=read_page(values.get("page")),
        longest=rules.LONGEST_TEXT,
        days=rules.DAYS,
    )


def _refused_give(refusal: Refusal) -> ResponseReturnValue:
    return _give_page(dict(FeedbackForm(request.form).values()), {"": retold(refusal)})


@bp.get("/palaute")
@needs(Right.FEEDBACK)
def give_page() -> ResponseReturnValue:
    """Show the three faces."""
    about = ABOUT_OF.get(request.args.get("aihe", ""), "service")
    return _give_page({"about": about, "page": request.args.get("sivu")}, {})


@bp.post("/palaute")
@needs(Right.FEEDBACK)
@refused_on(_refused_give)
def give() -> ResponseReturnValue:
    """Take feedback in; what a program sent is thanked for and forgotten."""
    form = FeedbackForm(request.form)
    if not form.validate():
        return _give_page(dict(form.values()), dict(form.first_errors())), 422
    count_try("feedback", request.remote_addr or "", most=MOST, within=WITHIN)
    if not form.is_by_program():
        actions.give(
            about=form.subject(),
            face=form.face.data,
            text=form.words() or None,
            reply_to=(form.reply_to.data or "").strip() or None,
            page=read_page(form.page.data),
            locale=locale(),
        )
    will_answer = "?vastaus=1" if (form.reply_to.data or "").strip() else ""
    return redirect(f"/palaute/kiitos{will_answer}", 303)


@bp.get("/palaute/kiitos")
@needs(Right.FEEDBACK)
def thanks() -> ResponseReturnValue:
    """Thank for feedback and say what happens next."""
    will_answer = request.args.get("vastaus") == "1"
    return render_template("feedback/thanks.html", will_answer=will_answer, days=rules.DAYS)


@bp.get(INBOX)
@needs(Right.INBOX)
def inbox() -> ResponseReturnValue:
    """Show what waits for an answer, late ones first, or what was handled."""
    is_open = request.args.get("tila") != "kasitelty"
    after = request.args.get("jalkeen", "")
    after_id = int(after) if after.isascii() and after.isdigit() and len(after) < 18 else None  # noqa: PLR2004 - fits the database's numbers
    find = queries.open_ones if is_open else queries.handled_ones
    found = find(after_id, limit=queries.PAGE + 1)
    rows, more = found[: queries.PAGE], len(found) > queries.PAGE
    state = "" if is_open else "tila=kasitelty&"
    return render_template(
        "feedback/office/list.html",
        is_open=is_open,
        count=queries.count_open(),
        rows=[_shown(row) for row in rows],
        next_url=f"{INBOX}?{state}jalkeen={rows[-1].id}" if more else None,
    )


@bp.post(f"{INBOX}.<kind>")
@needs(Right.INBOX)
@own_transactions
def inbox_as_file(kind: str) -> ResponseReturnValue:
    """Give what waits for an answer, or what was handled, as a file."""
    headers = [_("Given"), _("About"), _("How it went"), _("Feedback"), _("Reply to")]
    headers += [_("Page"), _("Handled"), _("Answer")]
    is_open = request.args.get("tila") != "kasitelty"
    return take_out("palaute", kind, headers, _told(is_open=is_open))


def _told(*, is_open: bool) -> Iterator[Row]:
    find, after_id = queries.open_ones if is_open else queries.handled_ones, None
    while rows := find(after_id, limit=AT_ONCE):
        for row in rows:
            about = _("accessibility") if row.about == "accessibility" else _("the service")
            told: list[Cell] = [
                row.given_at,
                about,
                _(FACES[row.face]),
                row.text,
                row.reply_to,
                row.page,
            ]
            yield [*told, row.handled_at, row.answer]
        after_id = rows[-1].id


def _shown(row: Feedback) -> dict[str, Any]:
    given_on = clock.local(row.given_at).date()
    return {
        "id": row.id,
        "url": f"{INBOX}/{row.id}",
        "about": row.about,
        "face": row.face,
        "text": row.text,
        "reply_to": row.reply_to,
        "page": row.page,
        "language": NAMES[row.locale],
        "given_on": given_on,
        "last_day": rules.last_day(given_on),
        "left": rules.days_left(given_on, clock.today()),
        "handled_at": row.handled_at,
        "answer": row.answer,
        "erased_at": row.erased_at,
    }


def _one(feedback_id: int, **more: Any) -> str:
    row = queries.get_feedback(feedback_id)
    who = people.called([row.handled_by] if row.handled_by else [])
    return render_template(
        "feedback/office/one.html",
        one=_shown(row),
        who=who.get(row.handled_by or ""),
        **{"values": {}, "errors": {}, **more},
    )


def _refused_one(refusal: Refusal, feedback_id: int) -> ResponseReturnValue:
    values = {"answer": request.form.get("answer", "")}
    return _one(feedback_id, values=values, errors={"": retold(refusal)})


@bp.get(f"{INBOX}/<int:feedback_id>")
@needs(Right.INBOX)
def one(feedback_id: int) -> ResponseReturnValue:
    """Show one piece of feedback with a place to answer."""
    return _one(feedback_id)


@bp.post(f"{INBOX}/<int:feedback_id>/vastaus")
@needs(Right.INBOX)
@refused_on(_refused_one)
def answer(feedback_id: int) -> ResponseReturnValue:
    """Answer by mail."""
    form = AnswerForm(request.form)
    if not form.validate():
        errors = dict(form.first_errors())
        return _one(feedback_id, values=dict(form.values()), errors=errors), 422
    actions.answer(feedback_id, (form.answer.data or "").replace("\r\n", "\n").strip())
    return redirect(f"{INBOX}/{feedback_id}", 303)


@bp.post(f"{INBOX}/<int:feedback_id>/kasittely")
@needs(Right.INBOX)
@refused_on(_refused_one)
def mark_handled(feedback_id: int) -> ResponseReturnValue:
    """Take feedback off the list without a mail."""
    actions.mark_handled(feedback_id)
    return redirect(INBOX, 303)
