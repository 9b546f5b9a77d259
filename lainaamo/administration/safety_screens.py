"""The screens of the safety rules of categories, and of the stop list."""

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.administration import actions, forms, queries, safety, shown
from lainaamo.administration.category_screens import indented, name_of
from lainaamo.administration.safety import NOT_OWN, RULE, SAFETY, STOP, STOP_FACTS
from lainaamo.administration.screens import Sheet, bp, offer_closing, offer_undo, shown_again
from lainaamo.core.db import session
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.web import needs, refused_on
from lainaamo.goods import checklists
from lainaamo.goods import queries as goods
from lainaamo.goods import safety as of_goods
from lainaamo.goods.models import StoppedModel
from lainaamo.goods.safety import Rule
from lainaamo.goods.words import name_of as kind_name
from lainaamo.goods.words import sized
from lainaamo.people.access import Right

# The rules


@bp.get("/turvallisuus")
@needs(Right.TERMS)
def all_safety() -> ResponseReturnValue:
    """Show how the things of each category are kept safe."""
    rows = [row for row in queries.categories() if row.pool == "lendable" and not row.closed_at]
    own, found = of_goods.own_rules(), of_goods.rules_of(rows)
    shown_rows = [
        {
            "url": shown.url_of("safety_rule", row.id),
            "name": name_of(row),
            "depth": min(depth, 3),
            "own": row.id in own,
            **_told(found[row.id]),
        }
        for depth, row in indented(rows)
    ]
    return render_template("administration/safety.html", rows=shown_rows)


def _told(rule: Rule) -> dict[str, Any]:
    return {
        "check": _(checklists.NAMES[rule.checklist]) if rule.checklist != "none" else "",
        "years": rule.life_years,
        "loans": rule.most_loans,
        "fall_ends": rule.fall_ends,
    }


def _form(given: Any = None, rule: Rule | None = None) -> forms.SafetyForm:
    form = forms.SafetyForm(given, data=rule._asdict() if rule else None)
    forms.offer(form.checklist, [(key, _(words)) for key, words in checklists.NAMES.items()])
    forms.offer(form.fall_ends, [("", _("It goes to repair")), ("1", _("It goes out of use"))])
    return form


def _page(
    category_id: int, form: forms.SafetyForm | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:
    row, rule = queries.get_category(category_id), of_goods.rule_of(category_id)
    looks = checklists.LOOKS[rule.checklist]
    return _sheet(category_id).page(
        form or _form(rule=rule),
        refusal=refusal,
        name=name_of(row),
        own=category_id in of_goods.own_rules(),
        address=shown.url_of("safety_rule", category_id),
        looks=[(drawing, _(words)) for drawing, words in looks],
    )


def _sheet(category_id: int) -> Sheet:
    return Sheet(SAFETY, category_id, RULE, "administration/safety_rule.html")


def _refused(refusal: Refusal, category_id: int) -> ResponseReturnValue:
    return _page(category_id, _form(request.form or None, of_goods.rule_of(category_id)), refusal)


@bp.get("/turvallisuus/<int:category_id>")
@needs(Right.TERMS)
def safety_rule(category_id: int) -> ResponseReturnValue:
    """Show how the things of one category are kept safe."""
    return _page(category_id)


@bp.post("/turvallisuus/<int:category_id>")
@needs(Right.TERMS)
@refused_on(_refused)
def save_safety(category_id: int) -> ResponseReturnValue:
    """Keep how the things of a category are kept safe."""
    form = _form(request.form)
    if not form.validate():
        return _page(category_id, form)
    return _sheet(category_id).save(form.facts())


@bp.post("/turvallisuus/<int:category_id>/perinta")
@needs(Right.TERMS)
@refused_on(_refused)
def inherit_safety(category_id: int) -> ResponseReturnValue:
    """Let a category take the rule of the one above it."""
    change = actions.edit(SAFETY, category_id, NOT_OWN)
    return shown_again(shown.url_of("safety_rule", category_id), change)


# The stop list


def _list_page(form: forms.StopForm) -> ResponseReturnValue:
    errors = form.first_errors()
    rows = [
        {"url": shown.url_of("stopped_model", row.id), "row": row, "things": _count(row)}
        for row in safety.every()
    ]
    page = render_template("administration/stopped.html", rows=rows, form=form, errors=errors)
    return page, 422 if errors else 200


def _count(row: StoppedModel) -> int:
    return len(of_goods.matching(row.model)) if row.ended_at is None else 0


@bp.get("/kaytto-kielletty")
@needs(Right.TERMS)
def stop_list() -> ResponseReturnValue:
    """Show the makes and models that nobody may use."""
    return _list_page(forms.StopForm())


@bp.post("/kaytto-kielletty")
@needs(Right.TERMS)
def stop_model() -> ResponseReturnValue:
    """Put a make and model on the stop list, and go to its things."""
    form = forms.StopForm(request.form)
    if not form.validate():
        return _list_page(form)
    change = safety.add(form.facts())
    return shown_again(shown.url_of("stopped_model", change.thing_id), change)


def _stop_page(
    stop_id: int, form: forms.StopForm | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:
    row, found = session.get_one(StoppedModel, stop_id), safety.of_model(stop_id)
    signs = goods.signs_of(item.id for item, _lent in found)
    things = [
        {
            "id": item.id,
            "name": sized(kind_name(item.kind), item.size),
            "picture": item.kind.picture or item.kind.category.pictogram,
            "model": item.model,
            "url": f"/tavarat/{signs[item.id]}" if item.id in signs else None,
            "is_lent": is_lent,
        }
        for item, is_lent in found
    ]
    sheet = Sheet(STOP, stop_id, STOP_FACTS, "administration/stop.html")
    form = form or forms.StopForm(data=STOP.read(stop_id))
    return sheet.page(
        form,
        refusal=refusal,
        row=row,
        address=shown.url_of("stopped_model", stop_id),
        here_things=[one for one in things if not one["is_lent"]],
        lent_things=[one for one in things if one["is_lent"]],
    )


def _refused_stop(refusal: Refusal, stopped_model_id: int) -> ResponseReturnValue:
    return _stop_page(stopped_model_id, None, refusal)


@bp.get("/kaytto-kielletty/<int:stopped_model_id>")
@needs(Right.TERMS)
def stopped_model(stopped_model_id: int) -> ResponseReturnValue:
    """Show one stopped model with the things of it that there are."""
    return _stop_page(stopped_model_id)


@bp.post("/kaytto-kielletty/<int:stopped_model_id>")
@needs(Right.TERMS)
@refused_on(_refused_stop)
def save_stopped_model(stopped_model_id: int) -> ResponseReturnValue:
    """Keep what is written of a stopped model."""
    form = forms.StopForm(request.form)
    if not form.validate():
        return _stop_page(stopped_model_id, form)
    return Sheet(STOP, stopped_model_id, STOP_FACTS, "administration/stop.html").save(form.facts())


@bp.post("/kaytto-kielletty/<int:stopped_model_id>/poistot")
@needs(Right.TERMS)
@refused_on(_refused_stop)
def withdraw_stopped(stopped_model_id: int) -> ResponseReturnValue:
    """Take those things of a stopped model out of use that were shown and are not lent."""
    ids = {forms.read_id(text) for text in request.form.getlist("item")}
    safety.withdraw_all(stopped_model_id, ids)
    return redirect(shown.url_of("stopped_model", stopped_model_id), 303)


offer_undo(SAFETY)
offer_undo(STOP)
offer_closing(STOP)
