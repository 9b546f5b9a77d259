"""The screens of kits: making one from the kinds that are lent, and changing its parts."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from wtforms import IntegerField, SelectField
from wtforms.validators import NumberRange, Optional

from lainaamo.administration import forms, queries, shown
from lainaamo.administration import kits as actions
from lainaamo.administration.category_screens import category_choices
from lainaamo.administration.kits import KIT
from lainaamo.administration.screens import Sheet, bp, offer_closing, offer_undo, shown_again
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import ngettext, retold
from lainaamo.core.web import needs, refused_on
from lainaamo.goods import kits
from lainaamo.goods import queries as goods
from lainaamo.goods.words import name_of
from lainaamo.people.access import Right

MOST_PARTS, MOST_OF_ONE = 8, 20
FACTS = ("parts",)


class PartsForm(forms.Facts):
    """The parts of a kit: for each a kind and how many of it."""

    def parts(self) -> actions.Parts:
        """Return the parts that were chosen; one that was chosen twice is added up."""
        found: dict[int, int] = {}
        for number in range(MOST_PARTS):
            kind_id = self[f"kind_{number}"].data
            if kind_id is not None:
                count = self[f"count_{number}"].data or 1
                found[kind_id] = found.get(kind_id, 0) + count
        return [[kind_id, count] for kind_id, count in found.items()]

    def facts(self) -> Mapping[str, Any]:
        """Return the parts as they are kept of a change."""
        return {"parts": self.parts()}


for _number in range(MOST_PARTS):
    setattr(PartsForm, f"kind_{_number}", SelectField(N_("Part"), coerce=forms.number_or_none))
    setattr(
        PartsForm,
        f"count_{_number}",
        IntegerField(N_("How many"), validators=[Optional(), NumberRange(1, MOST_OF_ONE)]),
    )


class NewKitForm(PartsForm):
    """What a new kit is called, where it stands in the list, and its parts."""

    name = forms.words(N_("Name"), N_("Write the name."))
    category_id = SelectField(N_("Category"), coerce=forms.number_or_none)


def _choices() -> list[tuple[str, str]]:
    """Return the kinds that a kit may be put together from, by name."""
    every = kits.kits()
    named = sorted((name_of(kind), kind.id) for kind in queries.lent_kinds())
    return [("", "–"), *((str(one), name) for name, one in named if one not in every)]


def _offered(form: PartsForm) -> PartsForm:
    choices = _choices()
    for number in range(MOST_PARTS):
        forms.offer(form[f"kind_{number}"], choices)
    return form


def _form(kit_id: int, given: Any = None) -> PartsForm:
    parts = KIT.read(kit_id)["parts"]
    known = {f"kind_{n}": kind_id for n, (kind_id, _count) in enumerate(parts)}
    counts = {f"count_{n}": count for n, (_kind_id, count) in enumerate(parts)}
    return _offered(PartsForm(given, data={**known, **counts}))


def _new_form(given: Any = None) -> NewKitForm:
    form = NewKitForm(given)
    _offered(form)
    forms.offer(form.category_id, category_choices(pool="lendable"))
    return form


# All of them


@bp.get("/pakkaukset")
@needs(Right.MEND)
def all_kits() -> ResponseReturnValue:
    """Show the kits, and let one be made."""
    return _list_page(_new_form())


def _list_page(form: NewKitForm, refusal: Refusal | None = None) -> ResponseReturnValue:
    every, errors = kits.kits(), form.first_errors()
    page = render_template(
        "administration/kits.html",
        rows=[
            {
                "url": shown.url_of("kit", kit.id),
                "name": name_of(kit),
                "closed": kit.left_at is not None,
                "text": _count(sum(piece.quantity for piece in every[kit.id])),
            }
            for kit in goods.kinds(every)
        ],
        form=form,
        numbers=range(MOST_PARTS),
        errors=errors,
        refusal=retold(refusal) if refusal else None,
    )
    return page, 422 if errors else 200


def _count(number: int) -> str:
    return ngettext("%(num)d thing as one", "%(num)d things as one", number)


@bp.post("/pakkaukset")
@needs(Right.MEND)
@refused_on(lambda refusal: _list_page(_new_form(request.form), refusal))
def add_kit() -> ResponseReturnValue:
    """Make a kit of the parts that were chosen."""
    form = _new_form(request.form)
    if not form.validate():
        return _list_page(form)
    change = actions.add(str(form.name.data), form.category_id.data, form.parts())
    return shown_again(shown.url_of("kit", change.thing_id), change)


# One kit


def _sheet(kit_id: int) -> Sheet:
    return Sheet(KIT, kit_id, FACTS, "administration/kit.html")


def _page(
    kit_id: int, form: PartsForm | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:
    kit = goods.get_kind(kit_id)
    return _sheet(kit_id).page(
        form or _form(kit_id),
        refusal=refusal,
        name=name_of(kit),
        kit_id=kit_id,
        closed=kit.left_at is not None,
        numbers=range(MOST_PARTS),
        intro=_("A reservation of the kit is a reservation of all its parts."),
    )


@bp.get("/pakkaukset/<int:kit_id>")
@needs(Right.MEND)
def kit(kit_id: int) -> ResponseReturnValue:
    """Show what a kit is put together from, and what was changed."""
    return _page(kit_id)


def _refused(refusal: Refusal, kit_id: int) -> ResponseReturnValue:
    return _page(kit_id, _form(kit_id, request.form), refusal)


@bp.post("/pakkaukset/<int:kit_id>")
@needs(Right.MEND)
@refused_on(_refused)
def save_kit(kit_id: int) -> ResponseReturnValue:
    """Keep what a kit is put together from."""
    form = _form(kit_id, request.form)
    if not form.validate():
        return _page(kit_id, form)
    return _sheet(kit_id).save(form.facts())


offer_undo(KIT)
offer_closing(KIT)
