"""Joining the line for a kind or a size: how long it is, what is wished, who waits."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from lainaamo.catalogue import instead
from lainaamo.catalogue.borrowing import borrower_of, known, own_people
from lainaamo.catalogue.cards import sorted_sizes
from lainaamo.catalogue.choice import Choice, choice
from lainaamo.catalogue.forms import BorrowerForm, JoinForm
from lainaamo.catalogue.instead import name_of
from lainaamo.core.db import session
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import long_day, retold
from lainaamo.core.web import needs, refused_on
from lainaamo.goods import queries as goods
from lainaamo.lending import ahead, queries, waiting
from lainaamo.lending.actions import Asked, Borrower
from lainaamo.lending.models import Wait
from lainaamo.people import residents
from lainaamo.people.access import Right
from lainaamo.people.models import Person
from lainaamo.people.visitor import Door, served, visitor

bp = Blueprint("queueing", __name__)
HERE = "/valineet/<int:kind_id>/jono"
Shown = dict[str, Any]


def _choice(kind_id: int, args: Mapping[str, str]) -> Choice:
    found = goods.get_kind(kind_id)
    chosen = choice(found, args) if found.pool == "lendable" else None
    if chosen is None:
        raise NoResultFound
    return chosen


def panel(chosen: Choice) -> Shown | None:
    """Return what a kind's page says of its line: how long it is, my place, where to join."""
    if not chosen.shelf.terms.most_waiting or chosen.shelf.free(*chosen.days):
        return None
    line, me = queries.line_of([chosen.kind.id]), known()
    mine = [one for one in line if me is not None and one.person_id == me.person_id]
    turns = ahead.turn_days(chosen.kind.id) if mine else {}
    address = chosen.url(viikko=None).partition("?")[2]
    return {
        "url": f"/valineet/{chosen.kind.id}/jono?{address}",
        "waiting": len(_before(chosen, line, chosen.shelf.size)),
        "mine": [_mine(one, line, turns.get(one.id)) for one in mine],
        "due": _next_due(chosen, chosen.shelf.size),
        "kind_id": chosen.kind.id,
    }


def _mine(one: Wait, line: Sequence[Wait], turn: date | None) -> Shown:
    day = long_day(turn) if turn else None
    return {"size": one.size, "place": queries.place_of(one, line), "turn": day}


def _before(chosen: Choice, line: Iterable[Wait], size: str | None) -> list[Wait]:
    """Return who would be before somebody who joins for a size."""
    here = (one for one in line if one.site_id == chosen.shelf.site_id)
    return [one for one in here if size is None or one.size in {None, size}]


def _next_due(chosen: Choice, size: str | None) -> str | None:
    """Say when the next one is due back: a fact, and no promise of one's turn."""
    due = queries.next_due(chosen.kind.id, site_id=chosen.shelf.site_id, size=size)
    return _("The next one is due back on %(day)s.", day=long_day(due)) if due else None


def _page(chosen: Choice, form: JoinForm, refusal: Refusal | None = None) -> ResponseReturnValue:
    line, errors = queries.line_of([chosen.kind.id]), form.first_errors()
    size = form.size.data or None
    page = render_template(
        "catalogue/queue.html",
        kind={"name": name_of(chosen.kind), "url": chosen.url(viikko=None)},
        site=chosen.site.name,
        here_url=f"/valineet/{chosen.kind.id}/jono",
        fields=[("site", chosen.site.key)],
        before=len(_before(chosen, line, size)),
        due=_next_due(chosen, size),
        sure=instead.nothing_now(chosen),
        who=_who(),
        own_people=own_people(),
        sizes=_sizes(chosen),
        pick_up_days=chosen.shelf.terms.pick_up_days,
        longest=max(chosen.shelf.terms.longest_from(chosen.days[0]), 1),
        values=form.values(),
        errors=errors,
        refusal=retold(refusal) if refusal else None,
        reserve_url=chosen.url(viikko=None) if refusal and refusal.code == "free" else None,
    )
    return page, 422 if errors else 200


def _who() -> str:
    """Return how somebody says who waits: the staff for a caller, oneself, or after signing in."""
    me = visitor()
    if me is None:
        return "stranger"
    if served() is not None:
        return "own"
    if Door().may(Right.BORROWERS):
        return "staff"
    return "own" if me.first_name else "nameless"


def _sizes(chosen: Choice) -> list[tuple[str, str]]:
    here = (thing.size for thing in chosen.shelf.stock.things if _is_here(thing, chosen))
    named = [(size, size) for size in sorted_sizes(here)]
    return [("", _("Any size")), *named] if named else []


def _is_here(thing: Any, chosen: Choice) -> bool:
    return bool(thing.site_id == chosen.shelf.site_id)


def _new_form(chosen: Choice) -> JoinForm:
    first, last = chosen.days
    days = (last - first).days if chosen.last_day else 0
    usual = max(chosen.shelf.terms.usual_from(first), 1)
    whom = next((one.key for one in own_people()), "")
    wished = {
        "for_whom": whom,
        "size": chosen.shelf.size or "",
        "first_day": first,
        "days": days or usual,
    }
    return _with_choices(JoinForm(data=wished), chosen)


def _with_choices(form: JoinForm, chosen: Choice) -> JoinForm:
    form.size.choices = _sizes(chosen) or [("", "")]
    form.for_whom.choices = [(one.key, one.first_name) for one in own_people()]
    form.needs_from(_who())
    return form


@bp.get(HERE)
@needs(Right.LOOK)
def join_page(kind_id: int) -> ResponseReturnValue:
    """Ask what is wished, and who waits."""
    chosen = _choice(kind_id, request.args)
    return _page(chosen, _new_form(chosen))


def _of_form(kind_id: int) -> tuple[Choice, JoinForm]:
    given = {"paikka": request.form.get("site", ""), "koko": request.form.get("size", "")}
    chosen = _choice(kind_id, given)
    return chosen, _with_choices(JoinForm(request.form), chosen)


def _refused(refusal: Refusal, kind_id: int) -> ResponseReturnValue:
    return _page(*_of_form(kind_id), refusal)


@bp.post(HERE)
@needs(Right.ACCOUNT)
@refused_on(_refused)
def join(kind_id: int) -> ResponseReturnValue:
    """Take a place at the end of the line, and go to where it is seen."""
    chosen, form = _of_form(kind_id)
    if not form.validate():
        return _page(chosen, form)
    waiting.join(
        Asked(kind_id, form.size.data or None),
        _borrower(form),
        site_id=chosen.site.id,
        first_day=form.first_day.data,
        days=form.days.data,
    )
    is_staff = Door().may(Right.BORROWERS)
    going = f"/jonot/{kind_id}" if is_staff else "/omat?jonossa=1#waiting"
    return redirect(going, 303)


def _borrower(form: JoinForm) -> Borrower:
    """Return who waits, and for whom; the staff write a caller down."""
    who = _who()
    if who == "staff":
        return borrower_of(BorrowerForm(request.form))
    me = visitor()
    person = session.get_one(Person, me.person_id if me else 0)
    if who == "nameless":
        residents.call(person, (form.first_name.data or "").strip())
        return Borrower(person.first_name, person_id=person.id)
    names, whose = dict(form.for_whom.choices), known()
    return Borrower(
        names[form.for_whom.data], person_id=whose.person_id if whose is not None else person.id
    )
