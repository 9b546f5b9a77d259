"""Waiting lists for the staff: who waits, moving and removing with a kept reason."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import full_day, retold
from lainaamo.core.i18n import gettext as _
from lainaamo.core.web import needs, refused_on
from lainaamo.desk import borrower_page
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Kind
from lainaamo.goods.words import name_of
from lainaamo.lending import ahead, queries, waiting
from lainaamo.lending.models import Wait
from lainaamo.people.access import Right
from lainaamo.people.models import Person

bp = Blueprint("lines", __name__)
HERE = "/jonot"
LONGEST_PLACE = 6
Shown = dict[str, Any]

MOVES: Mapping[str, str] = {
    "school": N_("For a school or a group"),
    "agreed": N_("Agreed with the supervisor"),
    "our_mistake": N_("We made a mistake"),
    "swap": N_("Changed to a size that fits"),
}
REMOVALS: Mapping[str, str] = {
    "asked": N_("The person asked for it"),
    "not_reached": N_("We cannot reach the person"),
    "got_another": N_("The person got another one"),
    "our_mistake": N_("We made a mistake"),
}


@bp.get(HERE)
@needs(Right.BORROWERS)
def lines() -> ResponseReturnValue:
    """Show the kinds that people wait for, those with most people first."""
    waits = select(Wait.kind_id, func.count().label("number")).where(Wait.ended_at.is_(None))
    counted = waits.group_by(Wait.kind_id).subquery()
    wanted = select(Kind, counted.c.number).join(counted, counted.c.kind_id == Kind.id)
    rows = session.execute(wanted.order_by(counted.c.number.desc(), Kind.name, Kind.id))
    shown = [{"name": name_of(kind), "id": kind.id, "number": number} for kind, number in rows]
    return render_template(
        "desk/lines.html", here_url=HERE, mode_name=_("Waiting lists"), rows=shown
    )


def _page(kind_id: int, refusal: Refusal | None = None) -> str:
    kind, line = goods.get_kind(kind_id), queries.line_of([kind_id])
    people, turns = _people(line), ahead.turn_days(kind_id)
    return render_template(
        "desk/line.html",
        here_url=f"{HERE}/{kind_id}",
        mode_name=_("Waiting list"),
        name=name_of(kind),
        kind_url=f"/valineet/{kind_id}",
        rows=[_row(number, one, people, turns) for number, one in enumerate(line, start=1)],
        moves=[(code, _(words)) for code, words in MOVES.items()],
        removals=[(code, _(words)) for code, words in REMOVALS.items()],
        refusal=retold(refusal) if refusal else None,
    )


def _people(line: Any) -> Mapping[int, Person]:
    wanted = select(Person).where(Person.id.in_({one.person_id for one in line}))
    return {person.id: person for person in session.scalars(wanted)}


def _row(number: int, wait: Wait, people: Mapping[int, Person], turns: Mapping[int, date]) -> Shown:
    person, turn = people[wait.person_id], turns.get(wait.id)
    return {
        "id": wait.id,
        "number": number,
        "for_name": wait.for_name,
        "known_by": borrower_page.row(person)["known_by"],
        "url": borrower_page.url_of(person),
        "size": wait.size,
        "from": full_day(wait.first_day),
        "days": wait.days,
        "joined": full_day(wait.joined_at),
        "turn": full_day(turn) if turn else None,
    }


@bp.get(f"{HERE}/<int:kind_id>")
@needs(Right.BORROWERS)
def line(kind_id: int) -> ResponseReturnValue:
    """Show who waits for a kind, in their order."""
    return _page(kind_id)


def _refused(refusal: Refusal, wait_id: int) -> ResponseReturnValue:
    return _page(queries.get_wait(wait_id).kind_id, refusal)


@bp.post(f"{HERE}/paikat/<int:wait_id>/siirto")
@needs(Right.BORROWERS)
@refused_on(_refused)
def move(wait_id: int) -> ResponseReturnValue:
    """Put somebody at another place of the line; the reason is kept in the journal."""
    text = request.form.get("place", "")
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_PLACE
    if not is_number:
        raise Refusal(N_("Write the new place as a number."), code="no_place")
    waiting.move(wait_id, int(text), request.form.get("reason", ""))
    return redirect(f"{HERE}/{queries.get_wait(wait_id).kind_id}", 303)


@bp.post(f"{HERE}/paikat/<int:wait_id>/poisto")
@needs(Right.BORROWERS)
@refused_on(_refused)
def remove(wait_id: int) -> ResponseReturnValue:
    """Take somebody out of the line; the reason is kept in the journal."""
    waiting.remove(wait_id, request.form.get("reason", ""))
    return redirect(f"{HERE}/{queries.get_wait(wait_id).kind_id}", 303)
