"""The same as last time: what somebody had once, the first days it can be had, one tap."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import NoResultFound
from wtforms import BooleanField

from lainaamo.catalogue import wanted
from lainaamo.catalogue.forms import AGREES, age_said, read_day
from lainaamo.catalogue.wanted import Days
from lainaamo.core import clock
from lainaamo.core.errors import Refusal
from lainaamo.core.forms import Form
from lainaamo.core.i18n import days as write_days
from lainaamo.core.i18n import retold
from lainaamo.core.limits import count_try
from lainaamo.core.web import needs, refused_on
from lainaamo.goods.models import Kind
from lainaamo.goods.words import name_of
from lainaamo.lending import actions as lending
from lainaamo.lending import queries
from lainaamo.lending.actions import Asked, Borrower, Bundled
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Line, Reservation
from lainaamo.people.access import Right
from lainaamo.people.visitor import Door

bp = Blueprint("again", __name__)
HERE = "/omat/uudestaan/<int:reservation_id>"
RESERVATIONS, WITHIN = 60, timedelta(hours=1)


class AgreeForm(Form):
    """That somebody agrees; all else is as it was."""

    agree = BooleanField(validators=[AGREES])
    of_age = age_said()


def _mine(reservation_id: int) -> Reservation:
    """Return one's own reservation; the staff open anybody's, for who calls."""
    made = queries.find_reservation(reservation_id)
    if made is None or made.person_id is None or made.is_unconfirmed:
        raise NoResultFound
    if made.person_id != current_user.person_id and not Door().may(Right.BORROWERS):
        raise NoResultFound
    return made


def _asked(made: Reservation) -> list[Asked]:
    """Return what is asked for: all that was, as it belonged together, if it is still lent."""
    lines = sorted(made.lines, key=lambda line: line.id)
    return [Asked(line.kind_id, line.size, _bundled(line)) for line in lines if _is_lent(line.kind)]


def _bundled(line: Line) -> Bundled | None:
    bundle = line.bundle
    return Bundled(bundle.id, bundle.kit_id, bundle.for_name) if bundle else None


def _is_lent(kind: Kind) -> bool:
    return kind.pool == "lendable" and kind.left_at is None


def _page(
    reservation_id: int, *, form: AgreeForm | None = None, refusal: Refusal | None = None
) -> str:
    made = _mine(reservation_id)
    asked, is_mine = _asked(made), made.person_id == current_user.person_id
    shelf = wanted.together(asked, made.site_id, person_id=made.person_id)
    soonest = wanted.soonest(shelf, (made.last_day - made.first_day).days) if asked else None
    days = _days() or soonest
    said = refusal or (wanted.objection(shelf, days) if asked and days else None)
    return render_template(
        "catalogue/again.html",
        here_url=f"/omat/uudestaan/{made.id}",
        for_name=made.for_name,
        sets=_sets(made),
        gone=[name_of(line.kind) for line in made.lines if not _is_lent(line.kind)],
        site=made.site.name,
        days=days,
        days_text=write_days(*days) if days else None,
        today=clock.today().isoformat(),
        refusal=retold(said) if said else None,
        soonest=_other(soonest, days),
        errors=form.first_errors() if form else {},
        is_mine=is_mine,
        back_url="/omat" if is_mine else f"/tiski/lainaajat/{made.person_id}",
        values=form.values() if form else {},
        least_age=shelf.terms.least_age,
        can=bool(asked) and days is not None and said is None,
    )


def _days() -> Days | None:
    first, last = (read_day(request.values.get(name)) for name in ("alku", "loppu"))
    return (first, last) if first and last else None


def _other(soonest: Days | None, days: Days | None) -> dict[str, str] | None:
    """Return the first days on which all of it can be had, where others were chosen."""
    if soonest is None or soonest == days:
        return None
    first, last = soonest
    return {"query": f"?alku={first}&loppu={last}", "text": write_days(first, last)}


def _sets(made: Reservation) -> list[dict[str, Any]]:
    """Return the things by whom they are for, alike ones once with their number."""
    found: dict[str | None, list[Line]] = {}
    for line in sorted(made.lines, key=lambda one: one.id):
        found.setdefault(_title(line), []).append(line)
    return [{"title": title, "things": _things(lines)} for title, lines in found.items()]


def _title(line: Line) -> str | None:
    if line.bundle is None:
        return None
    return line.bundle.for_name or (name_of(line.bundle.kit) if line.bundle.kit else None)


def _things(lines: Sequence[Line]) -> list[dict[str, Any]]:
    counts = Counter((line.kind_id, line.size) for line in lines)
    kinds = {line.kind_id: line.kind for line in lines}
    return [
        {
            "name": name_of(kinds[kind_id]),
            "size": size,
            "count": count,
            "picture": kinds[kind_id].picture or kinds[kind_id].category.pictogram,
        }
        for (kind_id, size), count in counts.items()
    ]


@bp.get(HERE)
@needs(Right.ACCOUNT)
def again(reservation_id: int) -> ResponseReturnValue:
    """Offer what was borrowed once for the first days on which all of it can be had."""
    return _page(reservation_id)


def _refused(refusal: Refusal, reservation_id: int) -> ResponseReturnValue:
    return _page(reservation_id, form=AgreeForm(request.form), refusal=refusal)


@bp.post(HERE)
@needs(Right.ACCOUNT)
@refused_on(_refused)
def reserve(reservation_id: int) -> ResponseReturnValue:
    """Promise the same things for these days, as one reservation."""
    count_try("reserve", request.remote_addr or "", most=RESERVATIONS, within=WITHIN)
    made, form, days = _mine(reservation_id), AgreeForm(request.form), _days()
    if not form.validate() or days is None:
        return _page(reservation_id, form=form), 422
    first_day, last_day = days
    fresh = lending.reserve(
        _asked(made),
        Borrower(made.for_name, person_id=made.person_id, age_agreed=form.of_age.data),
        site_id=made.site_id,
        first_day=first_day,
        last_day=last_day,
    )
    if made.person_id != current_user.person_id:
        return redirect(f"/tiski/varaukset/{fresh.id}", 303)
    return redirect(f"{own_path(fresh, current_app.config['SETTINGS'])}?uusi=1", 303)
