"""The screens of categories."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any
from xml.etree import ElementTree

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.administration import categories, forms, queries, shipped, shown
from lainaamo.administration.categories import CATEGORY
from lainaamo.administration.screens import Sheet, bp, offer_closing, offer_undo, shown_again
from lainaamo.config import STATIC
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import pick, retold
from lainaamo.core.web import needs, refused_on
from lainaamo.goods.attributes import ATTRIBUTES
from lainaamo.goods.models import Category
from lainaamo.people.access import Right

FACTS = (*categories.PLAIN, *categories.LISTS, "parent_id", "after_id")


@cache
def drawings() -> Sequence[str]:
    """Return the names of the drawings there are, in the order of their names."""
    root = ElementTree.parse(STATIC / "pictures.svg").getroot()  # noqa: S314 - our own file
    found = [one.get("id", "") for one in root.iter("{http://www.w3.org/2000/svg}symbol")]
    return sorted(one for one in found if not one.startswith("condition-"))


def drawing_choices() -> list[tuple[str, str]]:
    """Return the drawings with words: the first category that uses one says what it is."""
    words: dict[str, str] = {}
    for row in queries.categories():
        words.setdefault(row.pictogram, name_of(row))
    return [(one, words.get(one, one)) for one in drawings()]


def name_of(row: Category) -> str:
    """Return a category's name in the language in use."""
    return pick(row.name_simple, row.name, row.name_sv, row.name_en)


def indented(rows: Sequence[Category]) -> Iterator[tuple[int, Category]]:
    """Yield each category with how deep it is; rows are parents before children."""
    depth: dict[int | None, int] = {None: -1}
    for row in rows:
        depth[row.id] = depth.get(row.parent_id, -1) + 1
        yield depth[row.id], row


def category_choices(*, pool: str, without: int | None = None) -> list[tuple[str, str]]:
    """Return the categories in use of a pool as one may choose one, deeper ones with dashes."""
    return [
        (str(row.id), f"{'– ' * depth}{name_of(row)}")
        for depth, row in indented(queries.categories())
        if row.closed_at is None and row.pool == pool and row.id != without
    ]


# The tree


def _tree_page(
    form: forms.CategoryForm, refusal: Refusal | None = None, *, adding: bool = False
) -> ResponseReturnValue:
    errors = form.first_errors()
    kinds = queries.count_kinds_by_category()
    page = render_template(
        "administration/categories.html",
        rows=[
            {"depth": depth, "row": row, "name": name_of(row), "kinds": kinds.get(row.id, 0)}
            for depth, row in indented(queries.categories())
        ],
        form=form,
        errors=errors,
        adding=adding or bool(errors) or refusal is not None,
        refusal=retold(refusal) if refusal else None,
    )
    return page, 422 if errors else 200


def _new_form(given: Any = None) -> forms.CategoryForm:
    form = forms.CategoryForm(given, data={"pool": "lendable", "pictogram": "box"})
    both = [*category_choices(pool="lendable"), *category_choices(pool="reuse")]
    forms.offer(form.parent_id, [("", _("Nothing: it is a main category")), *both])
    forms.offer(form.after_id, [("", "")])
    _dress(form)
    return form


def _dress(form: forms.CategoryForm) -> None:
    forms.offer(form.attributes, [(key, _(one.label)) for key, one in ATTRIBUTES.items()])
    forms.offer(form.pool, [(pool, _(word)) for pool, word in shown.POOLS.items()])
    forms.offer(form.pictogram, drawing_choices())


@bp.get("/luokat")
@needs(Right.CATEGORIES)
def all_categories() -> ResponseReturnValue:
    """Show the tree of categories."""
    return _tree_page(_new_form(), adding="uusi" in request.args)


@bp.post("/luokat")
@needs(Right.CATEGORIES)
@refused_on(lambda refusal: _tree_page(_new_form(request.form), refusal))
def add_category() -> ResponseReturnValue:
    """Make a category."""
    form = _new_form(request.form)
    if not form.validate():
        return _tree_page(form)
    change = categories.add(form.facts())
    return shown_again(shown.url_of("category", change.thing_id), change)


@bp.post("/luokat/valmiit")
@needs(Right.CATEGORIES)
def take_ready_made() -> ResponseReturnValue:
    """Take the categories that come with the program, with their terms; those there are stay."""
    shipped.load_categories()
    return redirect("/hallinta/luokat", 303)


# One category


def _category_form(category_id: int, given: Any = None) -> forms.CategoryForm:
    facts = CATEGORY.read(category_id)
    form = forms.CategoryForm(given, data={**facts, "aliases": "\n".join(facts["aliases"])})
    rows = queries.categories()
    parents = category_choices(pool=facts["pool"], without=category_id)
    forms.offer(form.parent_id, [("", _("Nothing: it is a main category")), *parents])
    beside = [
        (str(row.id), _("after %(name)s", name=name_of(row)))
        for row in rows
        if row.parent_id == facts["parent_id"] and row.id != category_id and not row.closed_at
    ]
    forms.offer(form.after_id, [("", _("first")), *beside])
    _dress(form)
    return form


def _category_page(
    category_id: int, form: forms.CategoryForm | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:
    row = queries.get_category(category_id)
    return _category_sheet(category_id).page(
        form or _category_form(category_id),
        refusal=refusal,
        category=row,
        name=name_of(row),
        kinds=queries.count_kinds_by_category().get(category_id, 0),
    )


def _category_sheet(category_id: int) -> Sheet:
    return Sheet(CATEGORY, category_id, FACTS, "administration/category.html")


def _refused_category(refusal: Refusal, category_id: int) -> ResponseReturnValue:
    return _category_page(category_id, _category_form(category_id, request.form), refusal)


@bp.get("/luokat/<int:category_id>")
@needs(Right.CATEGORIES)
def category(category_id: int) -> ResponseReturnValue:
    """Show a category."""
    return _category_page(category_id)


@bp.post("/luokat/<int:category_id>")
@needs(Right.CATEGORIES)
@refused_on(_refused_category)
def save_category(category_id: int) -> ResponseReturnValue:
    """Keep what a category is called, where it stands and what its things are like."""
    form = _category_form(category_id, request.form)
    if not form.validate():
        return _category_page(category_id, form)
    facts = categories.settled(category_id, form.facts())
    return _category_sheet(category_id).save(facts)


offer_undo(CATEGORY)
offer_closing(CATEGORY)
