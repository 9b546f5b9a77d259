"""The tree of units: adding, renaming, moving, and who acts for each."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from lainaamo.core.db import session
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, refused_on
from lainaamo.people import registry, staff, words
from lainaamo.people.access import Right
from lainaamo.people.forms import UnitForm, unit_or_none
from lainaamo.people.models import Unit
from lainaamo.people.tree import in_order, reach

bp = Blueprint("unit_office", __name__)
HOME = "/hallinta/yksikot"
MARK = "– "


@bp.get(HOME)
@needs(Right.UNITS)
def units() -> ResponseReturnValue:
    """Show the tree of units, and let one be added."""
    return _units(UnitForm())


def _units(form: UnitForm, refused: str | None = None) -> ResponseReturnValue:
    rows = registry.units()
    names, counts = {unit.id: unit.name for unit in rows}, registry.counts_by_unit()
    order = in_order({unit.id: unit.parent_id for unit in rows}, names)
    errors = {"": refused} if refused else form.first_errors()
    page = render_template(
        "people/units.html",
        rows=[_row(unit_id, depth, names, counts) for unit_id, depth in order],
        parents=[(str(unit_id), MARK * depth + names[unit_id]) for unit_id, depth in order],
        values=form.values(),
        errors=errors,
    )
    return page, 422 if errors else 200


def _row(
    unit_id: int, depth: int, names: Mapping[int, str], counts: Mapping[int, int]
) -> dict[str, Any]:
    return {
        "url": f"{HOME}/{unit_id}",
        "name": names[unit_id],
        "depth": min(depth, 6),
        "people": counts.get(unit_id, 0),
    }


def _form() -> UnitForm:
    return UnitForm(request.form).under_one_of([unit.id for unit in registry.units()])


def _refused_new(refusal: Refusal) -> ResponseReturnValue:
    return _units(_form(), retold(refusal))


@bp.post(HOME)
@needs(Right.UNITS)
@refused_on(_refused_new)
def add() -> ResponseReturnValue:
    """Add a unit under another, or at the top."""
    form = _form()
    if not form.validate():
        return _units(form)
    unit = staff.add_unit(str(form.name.data), parent_id=unit_or_none(form.parent.data))
    return redirect(f"{HOME}/{unit.id}", 303)


@bp.get(f"{HOME}/<int:unit_id>")
@needs(Right.UNITS)
def unit(unit_id: int) -> ResponseReturnValue:
    """Show one unit: its name, what it is under, who acts for it, what happened."""
    return _unit(unit_id)


def _get(unit_id: int) -> Unit:
    found = session.get(Unit, unit_id)
    if found is None:
        raise NoResultFound
    return found


def _unit(
    unit_id: int, form: UnitForm | None = None, refused: str | None = None
) -> ResponseReturnValue:
    found, rows = _get(unit_id), registry.units()
    parents = {one.id: one.parent_id for one in rows}
    names = {one.id: one.name for one in rows}
    below = reach(parents, [unit_id])
    own = {"name": found.name, "parent": str(found.parent_id or "")}
    errors = {"": refused} if refused else form.first_errors() if form else {}
    page = render_template(
        "people/unit.html",
        name=found.name,
        url=f"{HOME}/{unit_id}",
        values=form.values() if form else own,
        errors=errors,
        parents=[
            (str(one), MARK * depth + names[one])
            for one, depth in in_order(parents, names)
            if one not in below
        ],
        people=[
            (f"/hallinta/kayttajat/{person.id}", person.first_name, words.role_word(role))
            for person, role in registry.people_of_unit(unit_id)
        ],
        history=words.told(registry.history("unit", unit_id)),
    )
    return page, 422 if errors else 200


def _refused(refusal: Refusal, unit_id: int) -> ResponseReturnValue:
    return _unit(unit_id, _form(), retold(refusal))


@bp.post(f"{HOME}/<int:unit_id>")
@needs(Right.UNITS)
@refused_on(_refused)
def change(unit_id: int) -> ResponseReturnValue:
    """Rename a unit or put it under another."""
    found, form = _get(unit_id), _form()
    if not form.validate():
        return make_response(_unit(unit_id, form))
    staff.rename_unit(found, str(form.name.data))
    staff.move_unit(found, unit_or_none(form.parent.data))
    return redirect(f"{HOME}/{unit_id}", 303)
