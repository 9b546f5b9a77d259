"""Choosing whom the desk serves: by a card, a number, a name, or the borrower's own page."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from lainaamo.core.db import transaction
from lainaamo.core.web import needs, own_transactions, refused_on, settings_now
from lainaamo.desk import counter, screen, seeking, serving
from lainaamo.desk.rules import Mode
from lainaamo.goods import codes
from lainaamo.people.access import Right

bp = Blueprint("choosing", __name__)


def serve(person_id: int) -> ResponseReturnValue:
    """Serve a borrower from now on, with the thing in hand that waited for one."""
    counter.open_borrower(person_id)
    now = request.form.get("nyt", "")
    waits = screen.form_mode() is Mode.LOAN and codes.is_code(now)
    token = serving.token_for(person_id)
    return screen.go(Mode.LOAN, tavara=now if waits else "", lainaaja=token)


@bp.post("/tiski/lainaaja")
@needs(Right.BORROWERS)
@refused_on(screen.refused)
def choose() -> ResponseReturnValue:
    """Serve the borrower who was pointed at."""
    return serve(screen.number("person"))


@bp.get("/tiski/haku")
@needs(Right.DESK)
def back() -> ResponseReturnValue:
    """Go back to the desk: an answer that names people has no address."""
    return redirect(f"/tiski?tila={Mode.LOAN}", 303)


@bp.post("/tiski/haku")
@needs(Right.BORROWERS)
@own_transactions
@refused_on(screen.refused)
def search() -> ResponseReturnValue:
    """Show whom, and which things, the words in the field mean; the journal knows who was seen.

    Its answer names people, so it is not kept for a repeat as other answers are.
    """
    words, host = seeking.words_of(request.form.get("code", "")), settings_now().public_host
    with transaction():
        counter.note_look_up(words, host=host)
    people = counter.look_up(words, host=host)
    return screen.show(Mode.LOAN, seeking.card(words, Mode.LOAN, people), code=words)
