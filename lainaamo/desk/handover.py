"""A whole reservation at the desk: its things and their parts ticked, handed out by one tap."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import day, days, retold
from lainaamo.core.i18n import gettext as _
from lainaamo.core.web import needs, refused_on, settings_now
from lainaamo.desk import exceptions, sent, work
from lainaamo.desk import fetching as actions
from lainaamo.goods import codes
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item, Part
from lainaamo.goods.words import name_of
from lainaamo.lending import queries as lending
from lainaamo.lending import sendings, undo
from lainaamo.lending.models import Line, Loan, Reservation
from lainaamo.lending.own_page import bundle_of
from lainaamo.people.access import Right
from lainaamo.people.visitor import Door

bp = Blueprint("handover", __name__)
HERE = "/tiski/varaukset/<int:reservation_id>"
LONGEST_ID = 15
ASKED = frozenset({"line", "shown", "part", "code"})
Shown = dict[str, Any]


@bp.get(HERE)
@needs(Right.BORROWERS)
def reservation(reservation_id: int) -> ResponseReturnValue:
    """Show what a reservation holds: what is ready to go, and what has gone."""
    return _page(reservation_id)


def _page(reservation_id: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    found = lending.get_reservation(reservation_id)
    items = _things_of(found)
    waiting = [line for line in found.lines if line.ended_at is None]
    parts = goods.parts_of_many(items[line.id].id for line in waiting)
    signs = goods.signs_of(item.id for item in items.values())
    loans = lending.loans_by_line(line.id for line in found.lines)
    step_id = undo.last_by(Door().alias())
    return render_template(
        "desk/reservation.html",
        here_url=f"/tiski/varaukset/{found.id}",
        mode_name=_("Pickup"),
        name=found.for_name or _("Borrower"),  # who was forgotten has no name
        days=days(found.first_day, found.last_day),
        code=found.pick_up_code,
        is_unconfirmed=found.is_unconfirmed,
        borrower_url=f"/tiski/lainaajat/{found.person_id}" if found.person_id else None,
        waiting=[_waits(line, items[line.id], signs, parts) for line in waiting],
        gone=[_gone(line, loans.get(line.id)) for line in found.lines if line.ended_at],
        refusal=retold(refusal) if refusal else None,
        anyway=_anyway(refusal) if refusal else None,
        undo=work.of_step(step_id) if step_id else None,
        sent=sent.rows(sendings.of_reservation(found.id, [one.id for one in loans.values()])),
    )


def _things_of(found: Reservation) -> Mapping[int, Item]:
    """Return the thing that each line stands on now."""
    by_id = goods.items_by_id(line.use.item_id for line in found.lines)
    return {line.id: by_id[line.use.item_id] for line in found.lines}


def _waits(
    line: Line, item: Item, signs: Mapping[int, str], parts: Mapping[int, Sequence[Part]]
) -> Shown:
    return {
        "line": line.id,
        "bundle": bundle_of(line),
        "name": name_of(line.kind),
        "size": item.size,
        "picture": line.kind.picture or line.kind.category.pictogram,
        "code": signs.get(item.id),
        "shelf": item.place.name if item.place else None,
        "parts": [
            {
                "id": part.id,
                "name": f"{part.name} × {part.quantity}" if part.quantity > 1 else part.name,  # noqa: RUF001 - a count
                "missing": part.missing_since is not None,
            }
            for part in parts.get(item.id, ())
        ],
    }


def _gone(line: Line, loan: Loan | None) -> Shown:
    if loan is None:
        text, tone = _("Not handed out"), "none"
    elif loan.returned_at is not None:
        text, tone = _("Returned"), "ok"
    else:
        text, tone = _("Lent, due %(day)s", day=day(loan.due_on)), "ok"
    whose = bundle_of(line)
    return {
        "name": name_of(line.kind),
        "size": line.size,
        "text": f"{text} · {whose}" if whose else text,
        "tone": tone,
    }


def _refused(refusal: Refusal, reservation_id: int) -> ResponseReturnValue:
    return _page(reservation_id, refusal)


def _anyway(refusal: Refusal) -> Shown | None:
    """Return what was asked once more, with the reasons to do it all the same; None without."""
    reasons = exceptions.offered(refusal)
    asked = [(name, value) for name, value in request.form.items(multi=True) if name in ASKED]
    return {"reasons": reasons, "url": request.path, "fields": asked} if reasons else None


@bp.post(f"{HERE}/luovutus")
@needs(Right.BORROWERS)
@refused_on(_refused)
def hand_out(reservation_id: int) -> ResponseReturnValue:
    """Hand out the things that are ticked, all or none; parts without a tick are missing."""
    ticks = actions.Ticks(_numbers("shown"), _numbers("part"))
    actions.hand_out_lines(
        reservation_id, _numbers("line"), ticks=ticks, override=exceptions.given()
    )
    return redirect(f"/tiski/varaukset/{reservation_id}", 303)


def _numbers(name: str) -> frozenset[int]:
    given = request.form.getlist(name)
    short = (one for one in given if len(one) <= LONGEST_ID)
    return frozenset(int(one) for one in short if one.isascii() and one.isdigit())


@bp.post(f"{HERE}/skannaukset")
@needs(Right.BORROWERS)
@refused_on(_refused)
def scan(reservation_id: int) -> ResponseReturnValue:
    """Hand out the thing that was scanned, for the line that it does for."""
    sign = codes.read(request.form.get("code", ""), host=settings_now().public_host)
    code = goods.find_code(sign)
    if code is None or code.item_id is None:
        words = N_("This code is not in use here. Check that you read the right label.")
        raise Refusal(words, code="unknown_code")
    item = goods.get_item(code.item_id)
    actions.hand_out_scanned(reservation_id, item, override=exceptions.given())
    return redirect(f"/tiski/varaukset/{reservation_id}", 303)
