"""The screens of the tree of units: adding, renaming, moving, closing, and who acts for each."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.administration import forms, queries, shown, units
from lainaamo.administration.screens import Sheet, bp, offer_closing, offer_undo, shown_again
from lainaamo.administration.units import UNIT
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, refused_on
from lainaamo.people import registry, words
from lainaamo.people.access import Right
from lainaamo.people.tree import in_order, reach

FACTS = ("name", "parent_id")
DEEPEST_SHOWN = 6


def unit_choices(*, without: int | None = None) -> list[tuple[str, str]]:
    """Return the units in use as one may choose one, deeper ones with dashes."""
    rows = {unit.id: unit for unit in registry.units()}
    parents = {unit.id: unit.parent_id for unit in rows.values()}
    own = reach(parents, [without]) if without is not None else frozenset()
    order = in_order(parents, {unit.id: unit.name for unit in rows.values()})
    return [
        (str(one), f"{'– ' * depth}{rows[one].name}")
        for one, depth in order
        if one not in own and rows[one].closed_at is None
    ]


def _form(given: Any = None, *, unit_id: int | None = None) -> forms.UnitForm:
    form = forms.UnitForm(given, data=UNIT.read(unit_id) if unit_id else None)
    forms.offer(form.parent_id, [("", _("at the top")), *unit_choices(without=unit_id)])
    return form


# The tree


@bp.get("/yksikot")
@needs(Right.UNITS)
def all_units() -> ResponseReturnValue:
    """Show the tree of units, and let one be added."""
    return _tree_page(_form())


def _tree_page(form: forms.UnitForm, refusal: Refusal | None = None) -> ResponseReturnValue:
    rows, counts = {unit.id: unit for unit in registry.units()}, registry.counts_by_unit()
    parents = {unit.id: unit.parent_id for unit in rows.values()}
    order = in_order(parents, {unit.id: unit.name for unit in rows.values()})
    errors = form.first_errors()
    page = render_template(
        "administration/units.html",
        rows=[
            {
                "url": shown.url_of("unit", one),
                "row": rows[one],
                "depth": min(depth, DEEPEST_SHOWN),
                "people": counts.get(one, 0),
            }
            for one, depth in order
        ],
        form=form,
        errors=errors,
        refusal=retold(refusal) if refusal else None,
    )
    return page, 422 if errors else 200


@bp.post("/yksikot")
@needs(Right.UNITS)
@refused_on(lambda refusal: _tree_page(_form(request.form), refusal))
def add_unit() -> ResponseReturnValue:
    """Add a unit under another, or at the top."""
    form = _form(request.form)
    if not form.validate():
        return _tree_page(form)
    change = units.add(form.facts())
    return shown_again(shown.url_of("unit", change.thing_id), change)


# One unit


def _sheet(unit_id: int) -> Sheet:
    return Sheet(UNIT, unit_id, FACTS, "administration/unit.html")


def _page(
    unit_id: int, form: forms.UnitForm | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:
    return _sheet(unit_id).page(
        form or _form(unit_id=unit_id),
        refusal=refusal,
        unit=queries.get_unit(unit_id),
        people=[
            (shown.url_of("person", person.id), person.first_name, words.role_word(role))
            for person, role in registry.people_of_unit(unit_id)
        ],
    )


@bp.get("/yksikot/<int:unit_id>")
@needs(Right.UNITS)
def unit(unit_id: int) -> ResponseReturnValue:
    """Show one unit: its name, what it is under, who acts for it, what was changed."""
    return _page(unit_id)


def _refused(refusal: Refusal, unit_id: int) -> ResponseReturnValue:
    return _page(unit_id, _form(request.form, unit_id=unit_id), refusal)


@bp.post("/yksikot/<int:unit_id>")
@needs(Right.UNITS)
@refused_on(_refused)
def save_unit(unit_id: int) -> ResponseReturnValue:
    """Keep what a unit is called and what it is under."""
    form = _form(request.form, unit_id=unit_id)
    if not form.validate():
        return _page(unit_id, form)
    return _sheet(unit_id).save(form.facts())


offer_undo(UNIT)
offer_closing(UNIT)
