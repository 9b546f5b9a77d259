"""What the administrator's screens share: a form over a thing's facts, its history, the undo."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.administration import actions, queries, rules, shown
from lainaamo.administration.forms import Facts
from lainaamo.administration.models import Change
from lainaamo.administration.records import Record
from lainaamo.administration.rules import BreaksPromises
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, refused_on
from lainaamo.people.visitor import Door

bp = Blueprint("administration", __name__, url_prefix="/hallinta")
LONGEST_ID = 15
FactsOf = Callable[[Any], Mapping[str, Any]]


@dataclass(frozen=True)
class Sheet:
    """A form over some facts of one thing, with the facts as they are now."""

    record: Record
    thing_id: int
    names: Sequence[str]
    template: str

    def now(self) -> Mapping[str, Any]:
        """Return the facts the form is about."""
        facts = self.record.read(self.thing_id)
        return {name: facts.get(name) for name in self.names}

    def page(
        self,
        form: Facts,
        *,
        refusal: Refusal | None = None,
        facts_of: FactsOf = lambda form: form.facts(),
        **more: Any,
    ) -> ResponseReturnValue:
        """Show the form: with what is wrong, or with what others changed meanwhile."""
        now = self.now()
        errors = form.first_errors()
        shared = about(self.record.thing, self.thing_id, refusal)
        conflicts = self._conflicts(form, now, facts_of) if shared["stale"] else {}
        page = render_template(
            self.template,
            form=form,
            errors=errors,
            seen=rules.digest(now),
            conflicts=conflicts,
            **shared,
            **more,
        )
        return page, 422 if errors else 200

    def _conflicts(
        self, form: Facts, now: Mapping[str, Any], facts_of: FactsOf
    ) -> Mapping[str, str]:
        """Say what the facts are now where the form says otherwise."""
        if not form.validate():
            return {}
        names, thing = shown.Names(), self.record.thing
        return {
            shown.label(thing, name): shown.value(thing, name, now[name], names)
            for name in rules.changed(now, facts_of(form))
        }

    def save(self, facts: Mapping[str, Any]) -> ResponseReturnValue:
        """Keep what a good form says, and show the thing again."""
        seen = request.form.get("seen", "")
        change = actions.edit(self.record, self.thing_id, facts, seen=seen, confirmed=confirmed())
        return shown_again(shown.url_of(self.record.thing, self.thing_id), change)


def about(thing: str, thing_id: int, refusal: Refusal | None = None) -> dict[str, Any]:
    """Return what each page of a thing shows beside its form."""
    changes = queries.changes_of(thing, thing_id)
    saved = asked_id("muutos")
    return {
        "history": shown.history(changes, may=Door().may),
        "saved": next((one for one in changes[:1] if one.id == saved), None),
        "saved_undo_url": shown.undo_url(changes[0]) if changes else None,
        "refusal": retold(refusal) if refusal else None,
        "stale": refusal is not None and refusal.code == "stale",
        "breaks": refusal.count if isinstance(refusal, BreaksPromises) else 0,
    }


def asked_id(name: str) -> int:
    """Return a number of the address; nought where it has none."""
    return _number(request.args.get(name, ""))


def confirmed() -> int:
    """Return how many broken promises the form agrees to."""
    return _number(request.form.get("confirmed", ""))


def _number(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_ID
    return int(text) if is_number else 0


def shown_again(url: str, change: Change | None) -> ResponseReturnValue:
    """Go to a screen that tells of a change."""
    return redirect(f"{url}?muutos={change.id}" if change else url, 303)


def offer_undo(record: Record) -> None:
    """Add the address that takes a change of this sort back."""
    sort = shown.SORTS[record.thing]

    def undo(change_id: int) -> ResponseReturnValue:
        change = actions.undo(record, change_id, confirmed=confirmed())
        thing_id = (
            change.thing_id if change else queries.get_change(change_id, record.thing).thing_id
        )
        return shown_again(shown.url_of(record.thing, thing_id), change)

    def refused(refusal: Refusal, change_id: int) -> ResponseReturnValue:
        change = queries.get_change(change_id, record.thing)
        return render_template(
            "administration/undo.html",
            refusal=retold(refusal),
            breaks=refusal.count if isinstance(refusal, BreaksPromises) else 0,
            url=shown.undo_url(change),
            back=shown.url_of(record.thing, change.thing_id),
        )

    undo.__doc__ = f"Take back a change of a {record.thing}."
    view: Callable[..., ResponseReturnValue] = refused_on(refused)(needs(sort.right)(undo))
    bp.add_url_rule(
        f"/{sort.part}/muutokset/<int:change_id>/peruminen",
        endpoint=f"undo_{record.thing}",
        view_func=view,
        methods=["POST"],
    )


def offer_closing(record: Record) -> None:
    """Add the addresses that take a thing out of use and into use again."""
    sort = shown.SORTS[record.thing]

    def change(thing_id: int, *, closed: bool) -> ResponseReturnValue:
        made = actions.edit(record, thing_id, {"closed": closed})
        return shown_again(shown.url_of(record.thing, thing_id), made)

    def refused(refusal: Refusal, **arguments: int) -> ResponseReturnValue:
        (thing_id,) = arguments.values()
        back = shown.url_of(record.thing, thing_id)
        return render_template(
            "administration/undo.html", refusal=retold(refusal), breaks=0, url=None, back=back
        )

    for word, closed in (("sulkeminen", True), ("kayttoonotto", False)):

        def view(closed: bool = closed, **arguments: int) -> ResponseReturnValue:  # noqa: FBT001 - bound here, never by a caller
            (thing_id,) = arguments.values()
            return change(thing_id, closed=closed)

        bp.add_url_rule(
            f"/{sort.part}/<int:{record.thing}_id>/{word}",
            endpoint=f"{record.thing}_{word}",
            view_func=refused_on(refused)(needs(sort.right)(view)),
            methods=["POST"],
        )
