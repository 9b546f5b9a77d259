"""The screens of the terms things are lent on: of categories and kinds, for all and for groups."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from lainaamo.administration import actions, forms, permits, queries, shown
from lainaamo.administration.category_screens import indented, name_of
from lainaamo.administration.screens import Sheet, bp, offer_undo, shown_again
from lainaamo.administration.terms import INHERITED, RECORDS, SLUGS, WORDS, Of
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.web import needs, refused_on
from lainaamo.goods import queries as goods
from lainaamo.goods import words
from lainaamo.goods.models import Kind
from lainaamo.lending import queries as lending
from lainaamo.lending import rules
from lainaamo.lending.models import GROUPS
from lainaamo.lending.rules import COLUMNS, Step, Terms
from lainaamo.people.access import Right

NUMBERS = COLUMNS[:8]
"""What stands in columns of its own in a file."""

SHOWN = 6
"""How many of them do on the screen; the rest is told in words where it is not as usual."""

GROUP_OF = {slug: group for group, slug in SLUGS.items()}
Row = dict[str, Any]
View = Callable[..., ResponseReturnValue]


# The table


@bp.get("/ehdot")
@needs(Right.TERMS)
def all_terms() -> ResponseReturnValue:
    """Show the terms of all categories that are lent, and where each takes them from."""
    labels = [_(shown.LABELS[one]) for one in NUMBERS[:SHOWN]]
    return render_template("administration/terms.html", rows=terms_rows(), labels=labels)


def terms_rows() -> list[Row]:
    """Return the terms of every category that is lent, with those of its groups and kinds."""
    rows = [row for row in queries.categories() if row.pool == "lendable" and not row.closed_at]
    table = Table({row.id: name_of(row) for row in rows}, _kinds_with_own())
    return [
        one for depth, row in indented(rows) for one in table.of_category(depth, row.id, row.name)
    ]


def _kinds_with_own() -> Mapping[int, list[Kind]]:
    """Return the kinds with terms of their own, by their category."""
    found: dict[int, list[Kind]] = {}
    for kind in goods.kinds({step.kind_id for step in lending.own_terms() if step.kind_id}):
        found.setdefault(kind.category_id, []).append(kind)
    return found


@dataclass(frozen=True)
class Table:
    """The rows of the terms' table: what each category is called, and its kinds with own terms."""

    names: Mapping[int, str]
    kinds: Mapping[int, Sequence[Kind]]

    def of_category(self, depth: int, category_id: int, _name: str) -> Iterator[Row]:
        """Yield a category, its groups' terms, and its kinds that have their own."""
        of = Step(None, category_id, "")
        yield self._row(of, self.names[category_id], depth, category_id)
        yield from self._of_groups(of, depth, category_id)
        for kind in self.kinds.get(category_id, ()):
            mine = Step(kind.id, None, "")
            if mine in lending.own_terms():
                yield self._row(mine, words.name_of(kind), depth + 1, category_id)
            yield from self._of_groups(mine, depth + 1, category_id, words.name_of(kind))

    def _of_groups(
        self, of: Step, depth: int, category_id: int, name: str | None = None
    ) -> Iterator[Row]:
        called = name or self.names[category_id]
        for group in GROUPS:
            step = of._replace(group=group)
            if step in lending.own_terms():
                yield self._row(step, f"{called}: {_(WORDS[group])}", depth + 1, category_id)

    def _row(self, step: Step, name: str, depth: int, category_id: int) -> Row:
        asked = {"kind_id": step.kind_id, "group": step.group}
        giver = lending.giver_of(category_id, **asked)  # type: ignore[arg-type]  # the two keywords it names
        terms = lending.own_terms()[giver] if giver else Terms()
        return {
            "url": url_of(step),
            "depth": min(depth, 3),
            "name": name,
            "numbers": [getattr(terms, one) for one in NUMBERS],
            "rest": "; ".join(said(terms)),
            "words": "; ".join(said(terms, of_all=True)),
            "own": giver == step,
            "from": self.names.get(giver.category_id or 0) if giver else None,
        }


def url_of(step: Step) -> str:
    """Return the address of the terms of a step of the ladder."""
    of = Of("category" if step.kind_id is None else "kind", step.group)
    return of.url.format(step.category_id if step.kind_id is None else step.kind_id)


def said(terms: Terms, *, of_all: bool = False) -> Iterator[str]:
    """Say what terms ask besides the numbers in columns; `of_all` those on the screen only."""
    names = shown.Names()
    for name in COLUMNS[SHOWN if of_all else len(NUMBERS) :]:
        value = getattr(terms, name)
        if value != getattr(Terms(), name):
            told = shown.value("loan_terms", name, value, names)
            label = _(shown.LABELS[name])
            yield label if value is True else f"{label} {told}"


# One


def _sheet(of: Of, thing_id: int) -> Sheet:
    return Sheet(RECORDS[of], thing_id, COLUMNS, "administration/term.html")


def _form(given: Any = None, *, terms: Terms | None = None) -> forms.TermsForm:
    facts = {name: getattr(terms, name) for name in COLUMNS} if terms else {}
    form = forms.TermsForm(given, data=forms.typed_terms(facts) if facts else None)
    forms.offer(form.permit_sort_id, [("", _("None")), *permits.choices()])
    forms.offer(form.shows_id, [("", _("No")), ("1", _("Yes"))])
    return form


def _page(
    of: Of, thing_id: int, form: forms.TermsForm | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:
    kind_id, category_id, name = _what(of, thing_id)
    giver = lending.giver_of(category_id, kind_id=kind_id, group=of.group)
    terms = lending.terms_of(category_id, kind_id=kind_id, group=of.group)
    mine = Step(kind_id, None if kind_id else category_id, of.group)
    return _sheet(of, thing_id).page(
        form or _form(terms=terms),
        refusal=refusal,
        facts_of=lambda one: one.facts(),
        name=name,
        group=_(WORDS[of.group]) if of.group else None,
        own=mine == giver,
        address=of.url.format(thing_id),
        groups=_groups(of, thing_id),
        ladder=_ladder(kind_id, category_id, of.group, giver),
        kinds=_kinds_of(category_id) if kind_id is None else [],
        up=None if kind_id is None else (Of("category", "").url.format(category_id)),
    )


def _what(of: Of, thing_id: int) -> tuple[int | None, int, str]:
    """Return the kind (none of a category's), the category, and what it is called."""
    if of.what == "category":
        return None, thing_id, name_of(queries.get_category(thing_id))
    kind = goods.get_kind(thing_id)
    return kind.id, kind.category_id, words.name_of(kind)


def _groups(of: Of, thing_id: int) -> list[Row]:
    """Return whom one may look at the terms of."""
    return [
        {
            "name": _(WORDS[group]),
            "url": of._replace(group=group).url.format(thing_id),
            "current": group == of.group,
        }
        for group in ("", *GROUPS)
    ]


def _ladder(kind_id: int | None, category_id: int, group: str, giver: Step | None) -> list[Row]:
    """Return where terms are looked for, the nearest first, and which of them hold."""
    lineage = goods.lineage(category_id, goods.parents_of_categories())
    names, own = shown.category_names(), lending.own_terms()
    return [
        *(
            {
                "name": _step_name(step, names),
                "url": url_of(step),
                "state": "wins" if step == giver else "passed" if step in own else "none",
            }
            for step in rules.ladder(kind_id, lineage, group)
        ),
        {"name": _("The usual terms"), "url": None, "state": "passed" if giver else "wins"},
    ]


def _step_name(step: Step, names: Mapping[int, str]) -> str:
    called = names[step.category_id] if step.category_id else _("This kind")
    return f"{called}: {_(WORDS[step.group])}" if step.group else called


def _kinds_of(category_id: int) -> list[tuple[str, str]]:
    return [(str(kind.id), words.name_of(kind)) for kind in goods.lent_in([category_id])]


def _of(what: str, group: str | None) -> Of:
    if group is not None and group not in GROUP_OF:
        raise NoResultFound
    return Of(what, GROUP_OF[group] if group else "")


def _refused(what: str) -> Callable[..., ResponseReturnValue]:
    """Return the page of refused terms, with what was typed."""

    def page(refusal: Refusal, thing_id: int, group: str | None = None) -> ResponseReturnValue:
        return _page(_of(what, group), thing_id, _form(request.form or None), refusal)

    return page


def _offer(what: str, base: str) -> None:
    """Add the screens of the terms of categories, or of kinds, for all and for each group."""

    def look(thing_id: int, group: str | None = None) -> ResponseReturnValue:
        return _page(_of(what, group), thing_id)

    def save(thing_id: int, group: str | None = None) -> ResponseReturnValue:
        form, of = _form(request.form), _of(what, group)
        if not form.validate():
            return _page(of, thing_id, form)
        return _sheet(of, thing_id).save(form.facts())

    def inherit(thing_id: int, group: str | None = None) -> ResponseReturnValue:
        of = _of(what, group)
        change = actions.edit(RECORDS[of], thing_id, INHERITED)
        return shown_again(shown.url_of(of.thing, thing_id), change)

    told = refused_on(_refused(what))
    _add(f"{what}_terms", base, look, "GET")
    _add(f"save_{what}_terms", base, told(save), "POST")
    _add(f"inherit_{what}_terms", base, told(inherit), "POST", end="/perinta")


def _add(endpoint: str, base: str, view: View, method: str, *, end: str = "") -> None:
    """Add a screen for everybody's terms, and for each group's."""
    guarded = needs(Right.TERMS)(view)
    bp.add_url_rule(f"{base}/<int:thing_id>{end}", endpoint, guarded, methods=[method])
    of_group = f"{base}/<int:thing_id>/<group>{end}"
    bp.add_url_rule(of_group, f"{endpoint}_of_group", guarded, methods=[method])


_offer("category", "/ehdot")
_offer("kind", "/ehdot/nimikkeet")


@bp.get("/ehdot/nimikkeet")
@needs(Right.TERMS)
def choose_kind() -> ResponseReturnValue:
    """Go to the terms of the kind that was chosen."""
    kind_id = forms.read_id(request.args.get("nimike", ""))
    if not kind_id:
        return redirect("/hallinta/ehdot", 303)
    return redirect(shown.url_of("kind_terms", goods.get_kind(kind_id).id), 303)


for _record in RECORDS.values():
    offer_undo(_record)
