"""The screens that correct what is written of a kind or a thing."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from lainaamo.administration import forms, queries
from lainaamo.administration.category_screens import category_choices, drawing_choices
from lainaamo.administration.goods import ITEM, ITEM_FACTS, KIND, KIND_FACTS
from lainaamo.administration.screens import Sheet, bp, offer_undo
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import pick
from lainaamo.core.web import needs, refused_on
from lainaamo.goods import queries as goods
from lainaamo.goods.attributes import ATTRIBUTES, size_text
from lainaamo.goods.models import Item, Kind
from lainaamo.goods.walking import in_order
from lainaamo.goods.words import CONDITIONS
from lainaamo.people.access import Right

BROKEN = "broken"


def _name(kind: Kind) -> str:
    return pick(kind.name_simple, kind.name, kind.name_sv, kind.name_en)


# Kinds


def _kind_form(kind: Kind, given: Any = None) -> forms.KindForm:
    facts = KIND.read(kind.id)
    cents = facts["price_new_cents"]
    price = f"{cents // 100},{cents % 100:02}" if cents is not None else ""
    form = forms.KindForm(given, data={**facts, "price": price, "picture": facts["picture"] or ""})
    forms.offer(form.category_id, category_choices(pool=kind.pool))
    forms.offer(form.picture, [("", _("As the category")), *drawing_choices()])
    return form


def _kind_page(
    kind_id: int, form: forms.KindForm | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:
    kind = goods.get_kind(kind_id)
    back = f"/valineet/{kind_id}" if kind.pool == "lendable" else f"/kierto/{kind_id}"
    sheet = Sheet(KIND, kind_id, KIND_FACTS, "administration/kind.html")
    return sheet.page(form or _kind_form(kind), refusal=refusal, name=_name(kind), public_url=back)


def _refused_kind(refusal: Refusal, kind_id: int) -> ResponseReturnValue:
    return _kind_page(kind_id, _kind_form(goods.get_kind(kind_id), request.form), refusal)


@bp.get("/nimikkeet/<int:kind_id>")
@needs(Right.MEND)
def kind(kind_id: int) -> ResponseReturnValue:
    """Show what is written of a kind."""
    return _kind_page(kind_id)


@bp.post("/nimikkeet/<int:kind_id>")
@needs(Right.MEND)
@refused_on(_refused_kind)
def save_kind(kind_id: int) -> ResponseReturnValue:
    """Keep what is written of a kind."""
    form = _kind_form(goods.get_kind(kind_id), request.form)
    if not form.validate():
        return _kind_page(kind_id, form)
    return Sheet(KIND, kind_id, KIND_FACTS, "administration/kind.html").save(form.facts())


# Things


def _keys(item: Item) -> list[str]:
    """Return the attributes that a thing's category says its things have."""
    return [key for key in item.kind.category.attributes if key in ATTRIBUTES]


def _item_form(item: Item, given: Any = None) -> forms.ItemForm:
    facts = ITEM.read(item.id)
    written = forms.written_attributes(facts["attributes"])
    form = forms.item_form(_keys(item))(given, data={**facts, **written})
    forms.offer(
        form.condition, [(key, _(word)) for key, word in CONDITIONS.items() if key != BROKEN]
    )
    forms.offer_attributes(form, _keys(item))
    if item.condition == BROKEN:
        del form.condition
    shelves = [
        one
        for one in queries.places()
        if one.level == "shelf" and (one.closed_at is None or one.id == item.home_place_id)
    ]
    sites = {site.id: site.name for site in goods.sites()}
    walked = sorted(in_order(shelves), key=lambda one: one.site_id)
    named = [(str(one.id), f"{one.name} · {sites.get(one.site_id, '')}") for one in walked]
    forms.offer(form.home_place_id, [("", _("No shelf yet")), *named])
    return form


def _facts(item: Item, form: forms.ItemForm) -> dict[str, Any]:
    """Return the facts of a good form; what the category does not ask for stays as it is."""
    keys = _keys(item)
    kept = {key: value for key, value in item.attributes.items() if key not in keys}
    attributes = {**kept, **forms.read_attributes(form, keys)}
    # A size that was written only as text stays; one that its attribute told goes with it.
    as_text = None if size_text(item.attributes, keys) else form.size.data or None
    return {
        "size": size_text(attributes, keys) or as_text,
        "attributes": attributes,
        "condition": form.condition.data if "condition" in form else item.condition,
        "home_place_id": form.home_place_id.data,
        "note": form.note.data or None,
        "model": form.model.data or None,
        "made_year": form.made_year.data,
    }


def _item_sheet(item_id: int) -> Sheet:
    return Sheet(ITEM, item_id, ITEM_FACTS, "administration/item.html")


def _item_page(
    item_id: int, form: forms.ItemForm | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:
    item = goods.get_item(item_id)
    sized = any(ATTRIBUTES[key].is_size for key in _keys(item))
    return _item_sheet(item_id).page(
        form or _item_form(item),
        refusal=refusal,
        facts_of=lambda good: _facts(item, good),
        name=_name(item.kind),
        kind_id=item.kind_id,
        sign=goods.sign_of(item_id),
        sized=sized,
    )


def _refused_item(refusal: Refusal, item_id: int) -> ResponseReturnValue:
    return _item_page(item_id, _item_form(goods.get_item(item_id), request.form), refusal)


@bp.get("/tavarat/<int:item_id>")
@needs(Right.MEND)
def item(item_id: int) -> ResponseReturnValue:
    """Show what is written of a thing."""
    return _item_page(item_id)


@bp.post("/tavarat/<int:item_id>")
@needs(Right.MEND)
@refused_on(_refused_item)
def save_item(item_id: int) -> ResponseReturnValue:
    """Keep what is written of a thing."""
    found = goods.get_item(item_id)
    form = _item_form(found, request.form)
    if not form.validate():
        return _item_page(item_id, form)
    return _item_sheet(item_id).save(_facts(found, form))


offer_undo(KIND)
offer_undo(ITEM)
